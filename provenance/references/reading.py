"""From a file somebody named to a timeline. Everything is bounded, and what cannot be read whole is not read at all."""

import hashlib
import io
import os
import zipfile
import zlib
from pathlib import Path
from typing import Final

from provenance.asset import Digest
from provenance.errors import FileMissing, NotARegularFile, NotPermitted, ReadFailed, TimelineUnreadable
from provenance.files import display
from provenance.references import edl, fcpxml, otio, xmeml
from provenance.references.model import Gathering, Timeline, TimelineFormat, Unreadable, shortened
from provenance.references.tree import decoded, parsed, tag_of
from watcher.opening import NotRegular, opened_file

LARGEST = 32 << 20
"""Bytes of a document that are read: a feature's timeline has a few million."""
_MOST_ENTRIES = 100_000

_BUNDLES: Final = {".fcpxmld": "Info.fcpxml", ".otiod": "content.otio"}
"""Folders that are one timeline, with the document in each."""
_ZIPPED = "content.otio"
_KNOWN = "Known are OpenTimelineIO (.otio, .otioz, .otiod), FCPXML (.fcpxml, .fcpxmld), FCP 7 XML and CMX 3600 EDLs."


def read_timeline(path: Path) -> Timeline:
    """Return what a timeline points at. No link is followed, no other file opened, and nothing fetched.

    Raises `FileTrouble` for what is not there or may not be read, `TimelineUnreadable` for what is no timeline that is
    known, is damaged, or points at nothing.
    """
    shown = display(os.fsencode(path))
    document = path / _BUNDLES[path.suffix.lower()] if path.suffix.lower() in _BUNDLES and path.is_dir() else path
    data = _bytes(document, shown)
    gathering = Gathering()
    try:
        form = _read(data, gathering)
        if not gathering.clips:
            raise Unreadable("it points at no media, so there is nothing that it could prove")
    except Unreadable as error:
        raise TimelineUnreadable(f"{shown} cannot be read as a timeline: {error}", help=_KNOWN) from error
    return Timeline(
        form,
        shortened(display(os.fsencode(path.name))),
        Digest(hashlib.sha256(data).hexdigest()),
        gathering.clips,
        gathering.references(),
        gathering.made(),
    )


def _bytes(path: Path, shown: str) -> bytes:
    """Return the document, taken out of its bundle."""
    absolute = Path.cwd() / path
    try:
        with (
            opened_file(os.fsencode(absolute.parent), os.fsencode(absolute.name)) as descriptor,
            os.fdopen(os.dup(descriptor), "rb") as stream,
        ):
            if stream.read(4) == b"PK\3\4":
                return _unzipped(stream, shown)
            stream.seek(0)
            data = stream.read(LARGEST + 1)
    except NotRegular as error:
        raise NotARegularFile(f"{shown} is a {error.odd.value}", help="Name the timeline's file itself.") from error
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise FileMissing(f"there is no timeline at {shown}") from error
    except PermissionError as error:
        raise NotPermitted(f"not permitted to read {shown}") from error
    except OSError as error:
        raise ReadFailed(f"cannot read {shown}: {error.strerror or error}") from error
    if len(data) > LARGEST:
        raise TimelineUnreadable(f"{shown} is larger than {LARGEST >> 20} MiB, which no timeline is", help=_KNOWN)
    return data


def _unzipped(stream: io.BufferedReader, shown: str) -> bytes:
    try:
        with zipfile.ZipFile(stream) as archive:
            if len(archive.infolist()) > _MOST_ENTRIES:
                raise TimelineUnreadable(f"{shown} has more than {_MOST_ENTRIES:,} entries", help=_KNOWN)
            with archive.open(_ZIPPED) as entry:
                data = entry.read(LARGEST + 1)
    except (KeyError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error, EOFError, ValueError) as error:
        raise TimelineUnreadable(f"{shown} is an archive without a timeline in it", help=_KNOWN) from error
    if len(data) > LARGEST:
        raise TimelineUnreadable(f"the timeline in {shown} is larger than {LARGEST >> 20} MiB", help=_KNOWN)
    return data


def _read(data: bytes, gathering: Gathering) -> TimelineFormat:
    """Read a document by what it is, whatever it is called."""
    for mark, says in _OTHERS.items():
        if data.startswith(mark):
            raise Unreadable(says)
    text = decoded(data)
    start = text.lstrip("\ufeff \t\r\n")[:1]
    if start == "{":
        otio.read(text.encode("utf-8", "surrogateescape"), gathering)
        return TimelineFormat.OTIO
    if start == "<":
        root = parsed(text)
        match tag_of(root):
            case "fcpxml":
                fcpxml.read(root, gathering)
                return TimelineFormat.FCPXML
            case "xmeml":
                xmeml.read(root, gathering)
                return TimelineFormat.XMEML
            case other:
                raise Unreadable(f"it is XML of another kind ({shortened(other)[:40]})")
    if "\0" in text:
        raise Unreadable("it is no text")
    edl.read(text, gathering)
    return TimelineFormat.EDL


_OTHERS: Final = {
    b"\x1f\x8b": "it is a project of Premiere; export the sequence as Final Cut Pro XML",
    b"\xd0\xcf\x11\xe0": "it is AAF; export the sequence as XML, OpenTimelineIO or an EDL",
}
"""What other files of editing systems begin with, and what to do about them."""
