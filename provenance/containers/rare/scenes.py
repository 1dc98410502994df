"""Scenes of 3D: FBX, Blender and Maya. Textures and sounds that were packed into them are examined.

Their structure is followed from block to block, and has an end. What a program keeps in a block is not understood.
"""

import re

from provenance.containers.family import Family
from provenance.containers.inside import decline, look_inside
from provenance.containers.model import Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.rare.follow import MOST_FRAMES, ends_at, show_pictures
from provenance.containers.remains import search
from provenance.containers.tags import note_remains
from provenance.containers.window import Window

_FBX = Format("application/x-fbx", Carries.NO)
_BLENDER = Format("application/x-blender", Carries.NO)
_MAYA = Format("application/x-maya", Carries.NO)

_FBX_START, _FBX_END = b"Kaydara FBX Binary  \0\x1a\0", bytes.fromhex("f85a8c6adef5d97eece90ce3758f290b")
_FBX_HEADER, _FBX_FOOTER, _FBX_WIDE = 27, 200, 7500
"""From version 7.5 on the lengths have 64 bits."""
_CONTENT = b"\x07ContentR"
"""A file that was packed: the name of its node, and the kind of value that is raw bytes."""

_BLEND = re.compile(rb"BLENDER(?:([-_])([vV])\d{3}|17-\d\dv\d{4})")
_SOUGHT = (b"\x89PNG", b"\xff\xd8\xff")
"""How pictures begin that are found wherever they stand."""
_MEDIA = (
    b"II*\0", b"MM\0*", b"\x76\x2f\x31\x01", b"RIFF", b"OggS", b"ID3", b"8BPS", b"GIF8",
    b"#?RADIANCE", b"SDPX", b"XPDS", b"fLaC", b"\x1a\x45\xdf\xa3", b"FORM", b"\0\0\0\x0cjP", b"DDS ",
)  # fmt: skip
"""How other pictures, sounds and films begin that Blender packs, each as a block of its own."""
_MOST_FILES = 4096
_TEXTS = 1 << 20


def _recognise(head: bytes, _window: Window) -> Format | None:
    if head.startswith(_FBX_START):
        return _FBX
    if head.startswith(b"BLENDER"):
        return _BLENDER if _BLEND.match(head) else None
    return _MAYA if _maya_end(head) else None


def _walk(window: Window, notes: Notes) -> None:
    head = window.at(0, 64)
    note_remains(notes, "text of the scene at 0", window.at(0, _TEXTS))
    search(window, notes, 0, "scene")
    if head.startswith(_FBX_START):
        _walk_fbx(window, notes)
    elif head.startswith(b"BLENDER"):
        _walk_blender(window, notes, head)
    else:
        end = _maya_end(head)
        show_pictures(window, notes, 8, min(end, window.size))
        ends_at(window, notes, end if end <= window.size else 0, "Maya scene")


def _maya_end(head: bytes) -> int:
    """Return where the scene of a Maya binary ends: it is one chunk, of a length of 32 or 64 bits. 0 if it is none."""
    if head[:4] == b"FOR4" and head[8:12] == b"Maya":
        return 8 + int.from_bytes(head[4:8], "big")
    return 16 + int.from_bytes(head[8:16], "big") if head[:4] == b"FOR8" and head[16:20] == b"Maya" else 0


def _walk_fbx(window: Window, notes: Notes) -> None:
    """Follow the nodes of the top level up to the empty one, behind which a footer of fixed bytes stands."""
    width = 8 if int.from_bytes(window.at(23, 4), "little") >= _FBX_WIDE else 4
    at = _FBX_HEADER
    for _ in range(MOST_FRAMES):
        stop = int.from_bytes(window.at(at, width), "little")
        if stop == 0:
            at += 3 * width + 1
            break
        if not at < stop <= window.size:
            break
        at = stop
    whole = 0 <= window.size - at <= _FBX_FOOTER and window.last(len(_FBX_END)) == _FBX_END
    if not whole:
        notes.gap(f"FBX at {at}", "it does not end as one does: it is cut short, or something follows")
        ends_at(window, notes, at, "FBX")
    show_pictures(window, notes, _FBX_HEADER, window.size)
    _unpack(window, notes)


def _unpack(window: Window, notes: Notes) -> None:
    """Show every file that was packed into an FBX to the visitor."""
    at = window.find(_CONTENT, _FBX_HEADER, window.size)
    for _ in range(_MOST_FILES):
        if at < 0:
            return
        start = at + len(_CONTENT) + 4
        length = int.from_bytes(window.at(start - 4, 4), "little")
        if length and not window.at(start, 4).startswith(_SOUGHT):
            look_inside(notes, f"a file in it at {start}", window.part(start, length))
        at = window.find(_CONTENT, start, window.size)
    decline(notes, "the rest of it", f"more than {_MOST_FILES} files were packed into it")


def _walk_blender(window: Window, notes: Notes, head: bytes) -> None:
    """Follow the blocks up to the last, and show those that begin as a file does."""
    found = _BLEND.match(head)
    wide = found is None or found[1] is None
    pointer = 4 if found is not None and found[1] == b"_" else 8
    header, (start, stop) = (32, (16, 24)) if wide else (16 + pointer, (4, 8))
    at = 17 if wide else 12
    show_pictures(window, notes, at, window.size)
    for _ in range(MOST_FRAMES):
        block = window.at(at, header + 16)
        length = block[start:stop][::-1] if found is not None and found[2] == b"V" else block[start:stop]
        size = int.from_bytes(length, "little")
        if len(block) < header or at + header + size > window.size:
            break
        if block[header:].startswith(_MEDIA) or block[header + 4 : header + 8] == b"ftyp":
            look_inside(notes, f"a file in it at {at + header}", window.part(at + header, size), unknown=True)
        at += header + size
        if block.startswith(b"ENDB"):
            break
    ends_at(window, notes, at, "Blender scene")


FAMILY = Family(_recognise, _walk)
