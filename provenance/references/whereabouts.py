r"""Where a path or URL in a timeline may lie, as parts of a path. Pure: nothing is opened, looked up or fetched.

Timelines travel: what is `D:\Show\plate.mov` or `//server/show/plate.mov` there is a zone's file here.
"""

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):(?=//|[^\\])")
_DRIVE = re.compile(r"/?[A-Za-z][:|](?=[\\/]|\Z)")
_WINDOWS = re.compile(r"[A-Za-z]:\\|\\\\")


@dataclass(frozen=True, slots=True)
class Spelling:
    """One way to read a path: its parts, and whether they start at this machine's root, or at the timeline."""

    parts: tuple[bytes, ...]
    start: str
    """`here` (an absolute path of a machine like this one), `elsewhere` (a drive or a server), `beside` (relative)."""


def spellings(target: str) -> tuple[Spelling, ...]:
    """Return the ways to read a path or URL, the likeliest first. Empty for what can be no file of ours (`remote`)."""
    if not target or "\0" in target or remote(target):
        return ()
    if target[:5].lower() == "file:":
        return _of_url(target[5:])
    found = [_of_path(target.encode("utf-8", "surrogateescape"), windows=bool(_WINDOWS.match(target)))]
    if "%" in target:  # OpenTimelineIO means URLs, and many write paths
        found.append(_of_path(unquote_to_bytes(target), windows=False))
    return tuple(dict.fromkeys(s for s in found if s is not None))


def remote(target: str) -> str:
    """Return the scheme of a URL that leads to no file system; empty for anything else."""
    if _DRIVE.match(target):
        return ""
    found = _SCHEME.match(target)
    return "" if found is None or found[1].lower() == "file" else found[1].lower()


def _of_url(rest: str) -> tuple[Spelling, ...]:
    """Read what follows `file:` (RFC 8089): with no host or this one, with a server's name, or with a drive."""
    host, path = "", rest
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        path = slash + path
        if _DRIVE.match(host + "/"):  # file://D:/x, which some write
            host, path = "", f"/{host}{path}"
    raw = unquote_to_bytes(path)
    if b"\0" in raw:
        return ()
    if host.lower() not in {"", "localhost", "127.0.0.1"}:
        found = _of_path(b"//" + unquote_to_bytes(host) + raw, windows=False)
    else:
        found = _of_path(raw, windows=b"\\" in raw and _DRIVE.match(raw.decode("latin-1")) is not None)
    return () if found is None else (found,)


def _of_path(path: bytes, *, windows: bool) -> Spelling | None:
    drive = _DRIVE.match(path.decode("latin-1"))
    if windows or drive:
        path = path.replace(b"\\", b"/")
    start = "here" if path.startswith(b"/") else "beside"
    if drive:
        path, start = path[drive.end() :], "elsewhere"
    elif path.startswith(b"//"):
        start = "elsewhere"
    parts = _parts(path, below_root=start != "beside")
    return Spelling(parts, start) if parts and parts[-1] != b".." else None


def _parts(path: bytes, *, below_root: bool) -> tuple[bytes, ...]:
    """Return the parts of a path, with `..` taken back where there is something to take."""
    parts: list[bytes] = []
    for part in path.split(b"/"):
        if part == b".." and parts and parts[-1] != b"..":
            parts.pop()
        elif part == b".." and below_root:
            continue
        elif part not in {b"", b"."}:
            parts.append(part)
    return tuple(parts)


def key_of(name: bytes) -> bytes:
    """Return what two names have in common that differ in case, or in how letters with marks are written.

    macOS and Windows keep one file under both. To compare with: it makes more alike, so it can only make a name mean
    more than one file.
    """
    if name.isascii():
        return name.lower()
    text = unicodedata.normalize("NFC", name.decode("utf-8", "surrogateescape"))
    return unicodedata.normalize("NFC", text.casefold()).encode("utf-8", "surrogateescape")


_MEDIA = frozenset(
    b"mov mp4 m4v mxf avi mkv webm mpg mpeg m2v m2t m2ts mts ts r3d braw ari arx dng crm cine nev png jpg jpeg tif tiff"
    b" exr dpx cin tga bmp webp heic heif avif psd jxl gif svg j2k j2c jp2 cr2 cr3 nef arw raf orf rw2 hdr sgi wav bwf"
    b" rf64 w64 aif aiff caf mp3 m4a aac flac ogg opus".split()
)


def stem_of(key: bytes) -> bytes:
    """Return a key without its ending, as reels and labels have it; empty where the ending is not that of media.

    What only lies beside media, a document or the timeline itself is not what a label means.
    """
    stem, _, ending = key.rpartition(b".")
    return stem if ending in _MEDIA else b""
