"""Names of sequences and shots: which names a pattern means. Pure.

In a pattern for file names `*` stands for one or more characters other than a dot (a version, for example), and `####`
for a frame number of at least so many digits. In one for folders `*` does so within one folder's name.
"""

import os
import re
from collections.abc import Iterable
from functools import lru_cache

LONGEST_RANGE = 1_000_000
"""More frames than a film of eleven hours has."""

_PART = re.compile(r"#+|\*|[^#*]+")
_RANGE = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
_SHOT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*[A-Za-z0-9]")
_SEPARATORS = "_.-"
_DIGITS = 18
"""Digits of a frame number at the most."""


def fits(pattern: str, frames: tuple[int, int] | None, name: str) -> bool:
    """Whether a file's name is one a pattern means, with a frame number in range where the pattern has one."""
    found = _compiled(pattern).fullmatch(name)
    if found is None:
        return False
    number = found.groupdict().get("frame")
    if number is None:
        return frames is None
    return frames is not None and frames[0] <= int(number) <= frames[1]


def frame_of(pattern: str, name: str) -> int | None:
    """Return the number of the frame that a name stands for; None if the pattern does not mean it."""
    found = _compiled(pattern).fullmatch(name)
    number = found.groupdict().get("frame") if found else None
    return None if number is None else int(number)


def folder_fits(folder: str, path: bytes) -> bool:
    """Whether the folders a file lies in end as the pattern says; an empty one means any."""
    if not folder:
        return True
    wanted = folder.split("/")
    lies_in = os.fsdecode(path.rpartition(b"/")[0]).split("/")[-len(wanted) :]
    return len(lies_in) == len(wanted) and all(
        _compiled(want, frames=False).fullmatch(has) for want, has in zip(wanted, lies_in, strict=True)
    )


def name_of(path: bytes) -> str:
    """Return the last part of a path, as patterns are held against it."""
    return os.fsdecode(path.rpartition(b"/")[2])


def range_of(text: str) -> tuple[int, int] | None:
    """Return the range in `1001-1100` or `1001`; None if it is none."""
    found = _RANGE.fullmatch(text)
    if found is None:
        return None
    first, last = int(found[1]), int(found[2] or found[1])
    return (first, last) if first <= last < first + LONGEST_RANGE else None


@lru_cache(maxsize=1024)
def trouble_with(pattern: str, frames: tuple[int, int] | None, shot: str | None) -> str | None:
    """Return what is wrong with a pattern, or None.

    The pattern of a shot must hold the shot's code to the letter, with a separator on either side: `SH01*` would mean
    every shot whose code begins so, and `*` every file there is.
    """
    runs = len(re.findall(r"#+", pattern))
    if not pattern or "/" in pattern:
        return "it is the name of a file, without folders"
    if runs > 1:
        return "it has more than one frame number"
    if runs and frames is None:
        return "it has a frame number: say which with --frames"
    if frames is not None and not runs:
        return "it has no frame number (write it as ####), and --frames says one"
    if shot is None:
        return None
    if not _SHOT.fullmatch(shot):
        return f"{shot!r} is no code of a shot"
    edge = f"[{re.escape(_SEPARATORS)}]"
    if not re.search(f"(?:^|{edge}){re.escape(shot)}(?:{edge}|$)", pattern):
        return f"it does not hold the shot's code {shot} to the letter, between separators"
    return None


def folder_trouble(folder: str) -> str | None:
    """Return what is wrong with a pattern for folders, or None."""
    if any(part in {"", ".", ".."} for part in folder.split("/")):
        return "it is the end of a path, such as comp/SH010, without empty parts, . and .."
    return None


def missing_from(frames: tuple[int, int], there: Iterable[int]) -> str:
    """Return which frames of a range are not there, in words; empty if all are."""
    absent = sorted(set(range(frames[0], frames[1] + 1)) - set(there))
    spans: list[tuple[int, int]] = []
    for frame in absent:
        if spans and spans[-1][1] == frame - 1:
            spans[-1] = (spans[-1][0], frame)
        else:
            spans.append((frame, frame))
    shown = [str(a) if a == b else f"{a}-{b}" for a, b in spans[:_SHOWN]]
    return ", ".join(shown) + (f" and {len(spans) - _SHOWN} more gaps" if len(spans) > _SHOWN else "")


_SHOWN = 5


@lru_cache(maxsize=1024)
def _compiled(pattern: str, *, frames: bool = True) -> re.Pattern[str]:
    def part(text: str) -> str:
        if text == "*":
            return r"[^/.]+" if frames else r"[^/]+"
        if text[0] == "#" and frames:
            return rf"(?P<frame>[0-9]{{{len(text)},{max(len(text), _DIGITS)}}})"
        return re.escape(text)

    return re.compile("".join(part(p) for p in _PART.findall(pattern)), re.DOTALL)
