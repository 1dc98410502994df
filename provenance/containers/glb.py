"""GLB: the JSON of a glTF scene, where generators of shapes keep their graph (glTF 2.0, 4.4)."""

from provenance.containers.family import Family
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.window import Window

_GLB = Format("model/gltf-binary", Carries.NO)
_HEADER = 12


def _recognise(head: bytes, _window: Window) -> Format | None:
    known = head.startswith(b"glTF") and head[4:8] in {b"\1\0\0\0", b"\2\0\0\0"} and head[16:20] == b"JSON"
    return _GLB if known else None


def _walk(window: Window, notes: Notes) -> None:
    length = int.from_bytes(window.at(_HEADER, 4), "little")
    if int.from_bytes(window.at(8, 4), "little") > window.size:
        notes.gap("GLB", "it says it is longer than it is: the file is cut short or damaged")
    place = f"GLB JSON at {_HEADER}"
    notes.block(BlockKind.TAG, place, window.at(_HEADER + 8, notes.bounded(place, length)), "gltf")


FAMILY = Family(_recognise, _walk)
"""GLB."""
