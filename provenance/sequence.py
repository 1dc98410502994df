"""Image sequences: which files of a folder are frames of one thing, and which frames a person means. Pure.

A frame's name is a stem, a number and an extension of stills. Names are bytes and may be anything. Grouping is for
showing: each frame stays a file of its own, with its own records. Nothing here counts from a first frame to a last:
a number may be a time stamp, and the gap to the next one millions.

What people type (`shot.####.exr`, `shot.%04d.exr`, `shot.1001-1240#.exr`) is read by `fileseq`, which knows the ways of
the trade; it is loaded for that alone. It does not group: it joins `shot.1` with `shot.1001`, whose padding differs.
"""

import os
import re
import struct
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, pairwise
from typing import Any, NamedTuple, TypeVar

LEAST = 3
"""Fewer frames are shown as the files they are."""

SPARSE = 10
"""With so many times more frames missing than there are, the numbers are no run of frames, and nothing is missing."""

SHOWN = 5
"""So many stretches of frames are named in a sentence."""

LARGEST = 1_000_000
"""Of a range somebody typed that is longer, it is not said which frames are missing."""

STILLS = frozenset(
    b"exr sxr dpx cin tif tiff png jpg jpeg jpe tga bmp sgi rgb rgba hdr pic iff psd psb jp2 j2c j2k jpf jxl webp heic"
    b" heif avif dng ari arx".split()
)
"""Extensions of files that are frames when they are numbered."""

_CAMERA = frozenset(b"jpg jpeg jpe heic heif dng tif tiff".split())
_DCF = re.compile(rb"[0-9A-Z_]{4}[0-9]{4}")
"""A camera's own name (DCF 2.0, JEITA CP-3461, 5.4.1): its number counts pictures, and they are no shot."""

_FRAME = re.compile(rb"(.*?)((?:(?<=[._])|^)-(?=[0-9]*[1-9]))?(?<![0-9])([0-9]{1,18})(\.[A-Za-z0-9]+)", re.DOTALL)
_PADS = (b"#", b"@", b"%", b"$", b"<")


class Framed(NamedTuple):
    """A name taken apart; `digits` is how many its number is written with."""

    stem: bytes
    number: int
    digits: int
    tail: bytes


class Spans(tuple[tuple[int, int], ...]):
    """Stretches of frames, first and last of each, in order and apart."""

    __slots__ = ()

    @classmethod
    def of(cls, numbers: Iterable[int]) -> "Spans":
        """Return the stretches that some numbers are."""
        return cls.joined((n, n) for n in numbers)

    @classmethod
    def joined(cls, spans: Iterable[tuple[int, int]]) -> "Spans":
        """Return some stretches as few as they can be."""
        found: list[tuple[int, int]] = []
        for first, last in sorted(spans):
            if found and first <= found[-1][1] + 1:
                found[-1] = (found[-1][0], max(last, found[-1][1]))
            else:
                found.append((first, last))
        return cls(found)

    @classmethod
    def read(cls, text: str) -> "Spans":
        """Return what `text` was made from, if nothing was left out; raises `ValueError` for anything else."""
        found = []
        for part in text.split(",") if text else ():
            match = re.fullmatch(r" ?(-?[0-9]+)(?:-(-?[0-9]+))?", part)
            if match is None:
                raise ValueError(f"{part!r} is no stretch of frames")
            found.append((int(match[1]), int(match[2] or match[1])))
        return cls.joined(found)

    @property
    def total(self) -> int:
        """How many frames."""
        return sum(last - first + 1 for first, last in self)

    @property
    def gaps(self) -> "Spans":
        """What lies between the first and the last and is none of them."""
        return Spans((a[1] + 1, b[0] - 1) for a, b in pairwise(self))

    def text(self, shown: int | None = None) -> str:
        """Return them as `1001-1040,1043`; with `shown`, for a sentence: so many, and how many more there are."""
        parts = [str(a) if a == b else f"{a}-{b}" for a, b in self[:shown]]
        if shown is None:
            return ",".join(parts)
        more = len(self) - len(parts)
        return ", ".join(parts) + (f" and {more:,} more stretches" if more else "")

    def words(self) -> str:
        """Return them for a sentence, with the word: `frames 1041-1043`."""
        return f"{'frame' if self.total == 1 else 'frames'} {self.text(SHOWN)}"


@dataclass(frozen=True, slots=True)
class Sequence:
    """Files of one folder that differ by a number alone."""

    scope: bytes
    """What its files were told apart by, besides their folder."""
    folder: bytes
    """The path down to it, with the slash; empty for none."""
    stem: bytes
    pad: int
    """How many digits a number has at least."""
    tail: bytes
    frames: Spans
    files: int
    """How many files; more than frames only where one was named twice."""

    @property
    def several(self) -> bool:
        """Whether there are enough of them to be called a sequence."""
        return self.files >= LEAST

    @property
    def path(self) -> bytes:
        """What it is called: `shot.####.exr`."""
        return self.folder + self.stem + self._number + self.tail

    @property
    def _number(self) -> bytes:
        """What stands for a number of it, and for no other way to write one."""
        return b"@" if self.pad == 1 else b"#" * self.pad

    @property
    def range(self) -> str:
        """Its first and last frame, as `1001-1240`."""
        return Spans([(self.frames[0][0], self.frames[-1][1])]).text()

    @property
    def missing(self) -> Spans:
        """Frames that are not there; none where the numbers are no run of frames."""
        gaps = self.frames.gaps
        return gaps if gaps.total <= SPARSE * self.files else Spans()

    @property
    def missing_words(self) -> str:
        """Which frames are missing, for a sentence; empty if none is."""
        missing = self.missing
        if not missing:
            return ""
        verb = "is" if missing.total == 1 else "are"
        return f"{missing.words()} of {self.range} {verb} missing ({missing.total:,})"

    def spelled(self, frames: Spans) -> bytes | None:
        """Return how to type some of its frames, so that these are meant and no others; None where that cannot be."""
        if len(frames) > _SPELLED:
            return None
        if frames.total == 1:
            number = frames[0][0]
            digits = b"%0*d" % (self.pad, abs(number))
            return self.folder + self.stem + (b"-" if number < 0 else b"") + digits + self.tail
        only = b"" if frames == self.frames else frames.text().encode()
        name = self.stem + only + self._number + self.tail
        pattern = pattern_in(name)
        if pattern is None or (pattern.stem, pattern.digits, pattern.tail) != (self.stem, self.pad, self.tail):
            return None
        read = all(a in pattern and b in pattern for a, b in frames)
        return self.folder + name if read else None


_SPELLED = 12
"""So many stretches somebody could still read in a command."""


def framed(name: bytes) -> Framed | None:
    """Return a name as that of a frame; None for one that is none: a film's, a document's, or a camera's own."""
    extension = name.rpartition(b".")[2].lower()
    match = _FRAME.fullmatch(name) if extension in STILLS else None
    if match is None or (extension in _CAMERA and _DCF.fullmatch(match[1] + match[3])):
        return None
    number = int(match[3])
    return Framed(match[1], -number if match[2] else number, len(match[3]), match[4])


def is_frame(path: bytes) -> bool:
    """Whether a path is that of a frame, in a sequence or not."""
    return framed(path.rpartition(b"/")[2]) is not None


_SUFFIX = struct.Struct(">BQ")
_MIDDLE = 1 << 63


def key_of(scope: bytes, path: bytes) -> bytes | None:
    """Return what a frame is sorted by, so that those of a sequence come together; None for what is no frame.

    `scope` tells apart what must not be shown as one.
    """
    folder, slash, name = path.rpartition(b"/")
    frame = framed(name)
    if frame is None:
        return None
    what = b"\0".join((scope.replace(b"\0", b"\1"), folder + slash, frame.tail, frame.stem, b""))
    return what + _SUFFIX.pack(frame.digits, frame.number + _MIDDLE)


def groups(keys: Iterable[bytes]) -> Iterator[Sequence]:
    """Yield what sorted keys come to, one after another: the first `files` keys, the next, and so on.

    Numbers with a leading zero say how long all are. One without goes to the longest of those that are no longer than
    it is, as a counter runs over; else to those without.
    """
    for what, same in groupby(keys, key=lambda k: k[: -_SUFFIX.size]):
        scope, folder, tail, stem, _ = what.split(b"\0")
        pad, files, spans = 0, 0, list[tuple[int, int]]()
        for digits, some in groupby((_SUFFIX.unpack(k[-_SUFFIX.size :]) for k in same), key=lambda s: s[0]):
            padded, more, stretches = _alike(digits, (number - _MIDDLE for _, number in some))
            if padded and files:
                yield Sequence(scope, folder, stem, pad, tail, Spans.joined(spans), files)
                pad, files, spans = 0, 0, []
            pad = pad or digits
            files += more
            spans += stretches
        yield Sequence(scope, folder, stem, pad, tail, Spans.joined(spans), files)


def _alike(digits: int, numbers: Iterable[int]) -> tuple[bool, int, list[tuple[int, int]]]:
    """Return whether any of some numbers of so many digits has a leading zero, how many there are, and which."""
    least = 10 ** (digits - 1)
    padded, count, spans = False, 0, list[tuple[int, int]]()
    for number in numbers:
        count += 1
        padded |= digits > 1 and abs(number) < least
        if spans and number <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], number)
        else:
            spans.append((number, number))
    return padded, count, spans


def folded(paths: Iterable[bytes]) -> Iterator[Sequence | bytes]:
    """Yield sequences of some paths, and each path that is in none; few enough to be held at once."""
    by_key: list[tuple[bytes, bytes]] = []
    for path in paths:
        key = key_of(b"", path)
        if key is None:
            yield path
        else:
            by_key.append((key, path))
    by_key.sort()
    at = 0
    for sequence in groups(key for key, _ in by_key):
        if sequence.several:
            yield sequence
        else:
            yield from (path for _, path in by_key[at : at + sequence.files])
        at += sequence.files


T = TypeVar("T")


def bunched(items: Iterable[tuple[str, bytes, T]]) -> list[tuple[Sequence | None, list[T]]]:
    """Return things about files, those of a sequence together where the first of them stood; each other by itself.

    Each comes with what must be the same for all of a sequence, and with its path.
    """
    found: list[tuple[Sequence | None, list[T]] | None] = []
    frames: list[tuple[bytes, int]] = []
    for scope, path, item in items:
        key = key_of(scope.encode("utf-8", "surrogatepass"), path)
        if key is not None:
            frames.append((key, len(found)))
        found.append((None, [item]))
    frames.sort()
    at = 0
    for sequence in groups(key for key, _ in frames):
        places = [place for _, place in frames[at : at + sequence.files]]
        at += sequence.files
        if sequence.several:
            same = [item for place in places for item in (found[place] or (None, []))[1]]
            for place in places:
                found[place] = None
            found[min(places)] = (sequence, same)
    return [bunch for bunch in found if bunch is not None]


class Pattern:
    """Which frames somebody means."""

    def __init__(self, stem: bytes, pad: bytes, tail: bytes, digits: int, only: "Collection[Any] | None") -> None:
        self.stem, self.digits, self.tail = stem, digits, tail
        self.only = only
        self._any_length = pad == b"#"
        number = rb"(-?)([0-9]{%d,18})" % min(digits, 18)
        self._fits = re.compile(re.escape(stem) + number + re.escape(tail), re.DOTALL)

    def number(self, name: bytes) -> int | None:
        """Return the number of a frame that is meant, by its name; None for any other file."""
        found = self._fits.fullmatch(name)
        if found is None:
            return None
        number = int(found[1] + found[2])
        padded = self._any_length or found[2] == b"%0*d" % (self.digits, abs(number))
        return number if padded and number in self and (number or not found[1]) else None

    def __contains__(self, number: int) -> bool:
        return self.only is None or number in self.only

    def missing(self, there: Iterable[int]) -> Spans:
        """Return the frames that are meant and not there: those named, or else those between the first and last."""
        found = Spans.of(there)
        if self.only is None:
            return found.gaps if found.gaps.total <= SPARSE * found.total else Spans()
        if len(self.only) > LARGEST:
            return Spans()
        have = {n for a, b in found for n in range(a, b + 1)}
        return Spans.of(int(n) for n in self.only if int(n) not in have)


@lru_cache(maxsize=64)
def pattern_in(name: bytes) -> Pattern | None:
    """Return the frames a name stands for that somebody typed; None if it is a name like any other.

    `####`, `%04d`, `@@@@`, `$F4` and `<UDIM>` stand for a number that is filled up to so many digits with zeros, `#`
    alone for one however it is written. Which numbers may stand before it, as in `shot.1001-1010,1020####.exr`.
    """
    if not any(pad in name for pad in _PADS):
        return None
    from fileseq.constants import PAD_STYLE_HASH1
    from fileseq.exceptions import FileSeqException
    from fileseq.filesequence import FileSequence

    try:
        read = FileSequence(os.fsdecode(name), pad_style=PAD_STYLE_HASH1)
        only = read.frameSet()
        if not any(pad in os.fsencode(read.padding()) for pad in _PADS):
            return None
        stem, pad, tail = map(os.fsencode, (read.basename(), read.padding(), read.extension()))
        return Pattern(stem, pad, tail, read.zfill(), only)
    except (FileSeqException, ValueError, OverflowError):
        return None
