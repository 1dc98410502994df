"""Video without a container: MPEG-1 and MPEG-2 (ISO 13818-2), AVC (ISO 14496-10, annex B), HEVC (ISO 23008-2, annex B).

Such a stream is a row of units behind start codes, and ends anywhere. It is known by the units that have to come first.
Within none of them may the zeros of a start code stand: what has them is none of it. Texts stand in user data and in
supplemental information.
"""

import re
from collections.abc import Iterator
from typing import Final

from provenance.containers.family import End, Family
from provenance.containers.model import Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.rare.follow import ends_at, pictures_in
from provenance.containers.remains import search
from provenance.containers.tags import note_remains, note_text
from provenance.containers.window import Window

_MPEG = Format("video/mpeg", Carries.NO)
_AVC = Format("video/h264", Carries.NO)
_HEVC = Format("video/h265", Carries.NO)

_START: Final = b"\0\0\1"
_LOOKED = 256 << 10
_TEXTS = 1 << 20
_FROM_START, _FROM_END = 256 << 20, 64 << 20
_PIECE, _OVERLAP = 1 << 20, 64
_ZEROS, _FOREIGN = b"\0\0\0", re.compile(rb"\0\0\0[^\0\1]")
"""What ends a run of zeros that no start code does. The run itself is no part of it: it may be long, and is padding."""
_MOST_UNITS = 64

_SEQUENCE_HEADER = 12
_NEXT = frozenset({0x00, 0xB2, 0xB5, 0xB8})
_SLICE = 0x01
_AVC_PROFILES = frozenset({44, 66, 77, 83, 86, 88, 100, 110, 118, 122, 128, 134, 138, 139, 144, 244})
_SETS, _PICTURES = {7, 8}, frozenset({1, 2, 5})
_USER_DATA, _SUPPLEMENTAL, _HEVC_SUPPLEMENTAL = b"\xb2", 6, frozenset({39, 40})
_USER_PAYLOADS = {4: 0, 5: 16}
"""Kinds of supplemental information that hold what anybody likes, and the bytes that say whose it is (D.1.6, D.1.7)."""
_SPLIT, _MOST_SPLIT = re.compile(_START), 20_000
_HEVC_SETS = [32, 33, 34]


def _recognise(head: bytes, window: Window) -> Format | None:
    data = window.at(0, _LOOKED)
    if head.startswith(b"\0\0\1\xb3"):
        return _MPEG if _is_mpeg(data) else None
    if _is_avc(data):
        return _AVC
    return _HEVC if _is_hevc(data) else None


def _is_mpeg(data: bytes) -> bool:
    """Whether a sequence header is sound, and leads to a picture and its first slice."""
    if len(data) < _SEQUENCE_HEADER or not 0 < data[7] >> 4 < 15 or not 0 < data[7] & 15 < 9 or not data[10] & 0x20:
        return False
    length = _SEQUENCE_HEADER + (64 if data[11] & 2 else 0)
    length += 64 if data[length - 1] & 1 else 0
    rest = data[length : length + 256].lstrip(b"\0")
    if not any(data[4:7]) or rest[:1] != b"\1" or rest[1:2] == b"" or rest[1] not in _NEXT:
        return False
    kinds = [kind for kind, _ in _units(data)]
    return 0 in kinds and _SLICE in kinds[kinds.index(0) :]


def _units(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the first byte of each unit and the three behind it."""
    at = data.find(_START)
    for _ in range(_MOST_UNITS):
        if at < 0 or at + 7 > len(data):
            return
        yield data[at + 3], data[at + 4 : at + 7]
        at = data.find(_START, at + 3)


def _is_avc(data: bytes) -> bool:
    """Whether the first units are those of AVC: parameter sets, and then a picture (7.3.1, table 7-1)."""
    seen: set[int] = set()
    for first, rest in _units(data):
        kind, reference = first & 31, first >> 5
        if first & 0x80 or kind not in {1, 2, 5, 6, 7, 8, 9, 13, 15}:
            return False
        if kind in _PICTURES:
            return seen >= _SETS and (kind != 5 or reference > 0)
        if (kind in _SETS) != (reference > 0) and kind not in {13, 15}:
            return False
        if kind == 7 and (rest[0] not in _AVC_PROFILES or rest[1] & 3):
            return False
        seen.add(kind)
    return False


def _is_hevc(data: bytes) -> bool:
    """Whether the first units are those of HEVC: three parameter sets in their order, and then a picture (7.4.2.2)."""
    sets: list[int] = []
    for first, rest in _units(data):
        kind, temporal = first >> 1 & 63, rest[0] & 7
        if first & 0x81 or rest[0] >> 3 or temporal == 0 or 22 <= kind < 32 or kind > 47:
            return False
        if kind < 22:
            return list(dict.fromkeys(sets)) == _HEVC_SETS
        if kind in _HEVC_SETS:
            sets.append(kind)
    return False


def _walk(window: Window, notes: Notes) -> None:
    data = window.at(0, _TEXTS)
    found = _recognise(data[:8], window)
    count = 0
    for unit in _SPLIT.split(data)[1 : _MOST_SPLIT + 1]:
        texts = _texts(unit, found)
        count += len(texts)
        for text in texts:
            note_text(notes, f"text {count} of the video stream", "comment", text)
    note_remains(notes, "video stream at 0", data)
    search(window, notes, 0, "video stream")
    behind = max(_FROM_START, window.size - _FROM_END)
    for start, stop in ((0, min(_FROM_START, window.size)), (behind, window.size)):
        at = _foreign(window, start, stop)
        if at >= 0:
            ends_at(window, notes, at, "video stream")
            return


def _texts(unit: bytes, found: Format | None) -> list[bytes]:
    """Return what user data, or registered and unregistered user data of supplemental information, a unit holds."""
    if found == _MPEG:
        return [unit[1:]] if unit[:1] == _USER_DATA else []
    header = 1 if found == _AVC else 2
    kind = unit[0] & 31 if found == _AVC and unit else unit[0] >> 1 & 63 if unit else 0
    if not (kind == _SUPPLEMENTAL if header == 1 else kind in _HEVC_SUPPLEMENTAL):
        return []
    data, at, texts = unit[header:].replace(b"\0\0\3", b"\0\0"), 0, list[bytes]()
    while at + 2 < len(data):
        numbers = [0, 0]
        for which in (0, 1):
            while data[at : at + 1] == b"\xff":
                numbers[which] += 255
                at += 1
            numbers[which] += int.from_bytes(data[at : at + 1], "big")
            at += 1
        payload = data[at : at + numbers[1]]
        if numbers[0] in _USER_PAYLOADS:
            texts.append(payload[_USER_PAYLOADS[numbers[0]] :])
        at += numbers[1]
    return texts


def _foreign(window: Window, start: int, stop: int) -> int:
    """Return where bytes begin that no unit can hold, or -1. Zeros at the very end are padding."""
    for at in range(start, stop, _PIECE):
        data = window.at(at, min(_PIECE + _OVERLAP, stop - at))
        found = _FOREIGN.search(data) if _ZEROS in data else None
        zeros = [len(data[: found.end() - 1].rstrip(b"\0"))] if found else []
        starts = [*pictures_in(data, sure=True), *zeros]
        if starts:
            # A picture has its signature some bytes before its first zeros.
            return max(0, at + min(starts) - 16)
    return -1


FAMILY = Family(_recognise, _walk, End.OPEN)
