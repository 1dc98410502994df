"""OpenEXR ("OpenEXR File Layout"): the attributes of its headers. The pixels behind them are never read."""

from provenance.containers.family import End, Family
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.window import Window

_EXR = Format("image/x-exr", Carries.NO)
_MAGIC = b"\x76\x2f\x31\x01"
_MULTI_PART = 0x1000
_LONGEST_NAME = 255
_MOST_PARTS = 256
_MOST_ATTRIBUTES = 8192
_TEXTS = frozenset({b"string", b"stringvector", b"text"})
_KNOWN = frozenset(
    {
        b"box2f", b"box2i", b"bytes", b"chlist", b"chromaticities", b"compression", b"deepImageState", b"double",
        b"envmap", b"float", b"floatvector", b"idmanifest", b"int", b"keycode", b"lineOrder", b"m33d", b"m33f",
        b"m44d", b"m44f", b"preview", b"rational", b"tiledesc", b"timecode", b"v2d", b"v2f", b"v2i", b"v3d", b"v3f",
        b"v3i",
    }
)  # fmt: skip
"""Types that hold no text. Any other is one that a program made up, and may hold anything."""
_REQUIRED = frozenset({b"channels", b"compression", b"dataWindow", b"displayWindow", b"lineOrder"})
"""Attributes that every header has. One that ends without them does not end where its writer ended it."""
_OWN_LIMIT = 1 << 20


def _recognise(head: bytes, _window: Window) -> Format | None:
    return _EXR if head.startswith(_MAGIC) else None


def _walk(window: Window, notes: Notes) -> None:
    """Read the headers, one for each part, up to the empty name that ends each, and the empty header that ends all."""
    parts = _MOST_PARTS if int.from_bytes(window.at(4, 4), "little") & _MULTI_PART else 1
    at, left = 8, _MOST_ATTRIBUTES
    seen: set[tuple[bytes, bytes]] = set()
    for number in range(parts):
        if number and window.at(at, 1) == b"\0":
            return
        part = f" of part {number}" if number else ""
        names: set[bytes] = set()
        while window.at(at, 1) != b"\0":
            found = _attribute(window, at)
            if found is None or left <= 0:
                why = "the header breaks off: the file is cut short or damaged" if left > 0 else "too many attributes"
                notes.gap(f"EXR header{part} at {at}", why)
                return
            _read(window, notes, found, (part, seen))
            names.add(found[0])
            at, left = found[2] + found[3], left - 1
        if not names >= _REQUIRED:
            notes.gap(f"EXR header{part} at {at}", "it ends before all that every header has: it is damaged")
            return
        at += 1


def _attribute(window: Window, at: int) -> tuple[bytes, bytes, int, int] | None:
    """Return the name and the type of an attribute, where its value starts and how long that is."""
    head = window.at(at, 2 * (_LONGEST_NAME + 1) + 4)
    name, ended, rest = head.partition(b"\0")
    kind, typed, rest = rest.partition(b"\0")
    size = int.from_bytes(rest[:4], "little", signed=True)
    start = at + len(name) + len(kind) + 6
    sound = ended and typed and 0 < len(name) <= _LONGEST_NAME and 0 < len(kind) <= _LONGEST_NAME and len(rest) >= 4
    return (name, kind, start, size) if sound and 0 <= size <= window.size - start else None


def _read(
    window: Window, notes: Notes, found: tuple[bytes, bytes, int, int], context: tuple[str, set[tuple[bytes, bytes]]]
) -> None:
    """Hand on the text of one attribute, unless another part has said the same."""
    (name, kind, start, size), (part, seen) = found, context
    if kind in _KNOWN or not size:
        return
    key = name.decode("utf-8", "replace")
    place = f"EXR attribute {key!r}{part} at {start}"
    if kind not in _TEXTS and size > _OWN_LIMIT:
        notes.gap(place, f"{size} bytes of a type that only its program knows were not read")
        return
    data = window.at(start, notes.bounded(place, size))
    text = _joined(data) if kind == b"stringvector" else data
    if (name, text) not in seen:
        seen.add((name, text))
        notes.block(BlockKind.FIELD, place, text, key)


def _joined(data: bytes) -> bytes:
    """Return the strings of a vector, each of which has its length before it, one a line."""
    found, at = [], 0
    while at + 4 <= len(data):
        size = int.from_bytes(data[at : at + 4], "little")
        found.append(data[at + 4 : at + 4 + size])
        at += 4 + size
    return b"\n".join(found)


FAMILY = Family(_recognise, _walk, End.OPEN)
