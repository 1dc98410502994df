"""Projects of After Effects, InDesign and Avid, and what programs and discs keep beside media.

The first two write XMP, which is read. Pictures are looked for in all of them, wherever they begin; what a program
keeps for itself is not understood.
"""

import re
from typing import Final

from provenance.containers.ending import look_at_end
from provenance.containers.family import Family
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.packets import find_packet
from provenance.containers.rare.follow import ends_at, follow, show_pictures
from provenance.containers.remains import search
from provenance.containers.tags import note_remains
from provenance.containers.window import Window


def _plain(media_type: str) -> Format:
    return Format(media_type, Carries.NO)


_AFTER_EFFECTS, _INDESIGN, _AVID = map(
    _plain, ("application/x-aftereffects", "application/x-indesign", "application/x-avid-bin")
)
_DATABASE = bytes.fromhex("0606edf5d81d46bdef31e7fe74b71df5") + b"DOCUMENT"
_OTHERS: Final = (
    (bytes.fromhex("4c0000000114020000000000c000000000000046"), _plain("application/x-ms-shortcut")),
    (b"nut/multimedia container\0", _plain("video/x-nut")),
    (b"\x030010111100101011", _plain("application/x-protools-session")),
)
_DVD, _BLURAY, _SECTOR = _plain("application/x-dvd-info"), _plain("application/x-bluray-info"), 2048
_LISTS = re.compile(rb"(?:HDMV|INDX|MOBJ|MPLS)0[123]00")
_VOLUMES, _VOLUMES_START, _NEWEST = _plain("application/x-openvdb"), b" BDV\0\0\0\0", 1000
_UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{3}")
_AVID_STARTS = (b"\6\0DomainDJBO\7\0AObjDoc\4", b"\0\6DomainOBJD\0\7AObjDoc\4")
_AVID_HEADER, _AVID_REST = 22, 28 + 32 + 16
"""Where the text of the last change stands, and what comes between it and the objects."""

_PACKET_START, _PACKET_ENDS = b"<?xpacket begin", (b'<?xpacket end="w"?>', b'<?xpacket end="r"?>')
_CONTIGUOUS = bytes.fromhex("de39397951884b6c8e63eef8aee0dd38")
"""What stands before an object behind the pages of an InDesign document: its own XMP (XMP part 3, 1.2.5)."""
_MOST_PACKETS = 64
_LONGEST_PACKET = 16 << 20
_TEXTS = 1 << 20


def _recognise(head: bytes, window: Window) -> Format | None:
    if head.startswith(b"RIFX"):
        return _AFTER_EFFECTS if head[8:12] == b"Egg!" else None
    if head.startswith(_DATABASE):
        return _INDESIGN
    if head.startswith(_AVID_STARTS):
        return _AVID
    numbers = [int.from_bytes(head[n : n + 4], "big") for n in (8, 12, 16, 28)]
    if head.startswith((b"DVDVIDEO-VMG", b"DVDVIDEO-VTS")):
        return _DVD if (numbers[3] + 1) * _SECTOR == window.size else None
    if _LISTS.match(head):
        return _BLURAY if all(n < window.size for n in numbers[:3]) else None
    if head.startswith(_VOLUMES_START):
        versions = (int.from_bytes(head[n : n + 4], "little") for n in (8, 12, 16))
        return _VOLUMES if all(n < _NEWEST for n in versions) and head[20] < 2 and _UUID.match(head, 21) else None
    return next((found for start, found in _OTHERS if head.startswith(start)), None)


def _walk(window: Window, notes: Notes) -> None:
    search(window, notes, 0, "project data")
    head = window.at(0, 64)
    if head.startswith(b"RIFX"):
        _walk_after_effects(window, notes)
    elif head.startswith(_DATABASE):
        _walk_indesign(window, notes)
    elif head.startswith(_AVID_STARTS):
        _walk_avid(window, notes, "little" if head[:1] == b"\6" else "big")
    else:
        if not show_pictures(window, notes, 4, window.size):
            note_remains(notes, "text at 0", window.at(0, _TEXTS))
        look_at_end(window, notes, pictures=True)


def _walk_after_effects(window: Window, notes: Notes) -> None:
    """Read the packet of XMP that stands behind the project, and nothing may follow."""
    end = 8 + window.number(4, 4)
    end += end & 1
    if end > window.size:
        notes.gap("After Effects", "it says it is longer than it is: the file is cut short or damaged")
    show_pictures(window, notes, 12, min(end, window.size))
    data = window.at(end, _LONGEST_PACKET)
    at, packet = find_packet(data)
    if packet and not data[:at].strip(b"\0\r\n ") and b"<?xpacket" not in data[len(_PACKET_START) : at]:
        notes.block(BlockKind.XMP, f"After Effects XMP at {end + at}", packet)
        ends = [found + len(mark) for mark in _PACKET_ENDS if (found := data.find(mark, at)) >= 0]
        end += min(ends, default=at + len(packet))
        end += len(window.at(end, 64)) - len(window.at(end, 64).lstrip(b"\r\n "))
    ends_at(window, notes, end, "After Effects project")


def _walk_indesign(window: Window, notes: Notes) -> None:
    """Read all packets of XMP. The document's own is an object by itself; others speak of what was placed in it."""
    show_pictures(window, notes, len(_DATABASE), window.size)
    at = window.find(_PACKET_START, 0, window.size)
    for _ in range(_MOST_PACKETS):
        if at < 0:
            break
        data = window.at(at, _LONGEST_PACKET)
        _, packet = find_packet(data)
        own = _CONTIGUOUS in window.at(max(0, at - 64), 64)
        if packet:
            notes.block(BlockKind.XMP, f"InDesign XMP at {at}", packet, part=not own)
        at = window.find(_PACKET_START, at + max(len(packet), len(_PACKET_START)), window.size)
    else:
        notes.gap("InDesign", f"there are more than {_MOST_PACKETS} packets of XMP; the rest was not read")
    look_at_end(window, notes, pictures=False)


def _walk_avid(window: Window, notes: Notes, order: str) -> None:
    """Follow the objects of a bin: each has four letters and a length."""

    def number(data: bytes) -> int:
        return int.from_bytes(data if order == "big" else data[::-1], "big")

    def length(head: bytes) -> int:
        return 8 + number(head[4:8]) if len(head) == 8 and head[:4].isalnum() else 0

    if not show_pictures(window, notes, 8, window.size):
        note_remains(notes, "text of the bin at 0", window.at(0, _TEXTS))
    start = _AVID_HEADER + 2 + number(window.at(_AVID_HEADER, 2)) + _AVID_REST
    ends_at(window, notes, follow(window, min(start, window.size - 1), length, 8), "Avid bin")


FAMILY = Family(_recognise, _walk)
