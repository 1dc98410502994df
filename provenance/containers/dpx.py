"""DPX (SMPTE ST 268-1): the text in its headers, and the header that users may add."""

from provenance.containers.family import End, Family
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.packets import sniff
from provenance.containers.window import Window

_DPX = Format("image/x-dpx", Carries.NO)
_HEADERS = 2048
_FIELDS = {
    "File name": (36, 100),
    "Creator": (160, 100),
    "Project": (260, 200),
    "Copyright": (460, 200),
    "Source image": (1432, 100),
    "Input device": (1556, 32),
    "Frame identification": (1732, 32),
    "Slate": (1764, 100),
}
_USER_SIZE, _UNDEFINED = 32, 0xFFFFFFFF


def _recognise(head: bytes, _window: Window) -> Format | None:
    return _DPX if head[:4] in {b"SDPX", b"XPDS"} else None


def _walk(window: Window, notes: Notes) -> None:
    data = window.at(0, _HEADERS)
    if len(data) < _HEADERS:
        notes.gap("DPX", "it ends within its headers: the file is cut short")
    for name, (at, length) in _FIELDS.items():
        # Unused fields are zeros, or all ones.
        text = data[at : at + length].partition(b"\0")[0].strip(b"\xff ")
        if text:
            notes.block(BlockKind.FIELD, f"DPX {name} at {at}", text, "Software" if name == "Creator" else name)
    size = int.from_bytes(data[_USER_SIZE : _USER_SIZE + 4], "big" if data[:1] == b"S" else "little")
    if size not in {0, _UNDEFINED}:
        _read_user(window, notes, min(size, window.size - _HEADERS))


def _read_user(window: Window, notes: Notes, size: int) -> None:
    """Read the user's header: the name of whoever defines it, and whatever they keep."""
    place = f"DPX user data at {_HEADERS}"
    data = window.at(_HEADERS, notes.bounded(place, size))
    body = data[32:].strip(b"\0 ")
    key = data[:32].partition(b"\0")[0].decode("latin-1")
    if body and not sniff(notes, place, body):
        notes.block(BlockKind.FIELD, place, body, key)


FAMILY = Family(_recognise, _walk, End.OPEN)
