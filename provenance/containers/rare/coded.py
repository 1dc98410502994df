"""Sound as a bare row of frames: AC-3, E-AC-3, AC-4, TrueHD, DTS, AMR. And Blu-ray's subtitles, a row of segments.

ETSI TS 102 366, TS 103 190-2 (annex G) and TS 102 114; Dolby TrueHD (MLP) bitstream description; RFC 4867, section 5.
None of them has room for metadata. Each frame tells how long it is, so that the whole row is followed: what is no frame
of it has no place in the file.
"""

from provenance.containers.family import Family
from provenance.containers.model import Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.rare.follow import Length, are_frames, ends_at, follow, look_over
from provenance.containers.window import Window

_AC3 = Format("audio/ac3", Carries.NO)
_EAC3 = Format("audio/eac3", Carries.NO)
_DTS = Format("audio/vnd.dts", Carries.NO)
_AC4 = Format("audio/ac4", Carries.NO)
_TRUEHD = Format("audio/vnd.dolby.mlp", Carries.NO)
_PGS = Format("application/x-pgs", Carries.NO)
_AMR = Format("audio/amr", Carries.NO)
_AMR_WB = Format("audio/amr-wb", Carries.NO)

_HEAD = 13
_PROOF = 4
"""Frames in a row that prove a type: each has its sync word and a length that leads to the next."""

_DOLBY = b"\x0b\x77"
_BITRATES = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640)
_OLD_STREAM, _NEW_STREAM = frozenset(range(9)), frozenset(range(11, 17))
"""Values of `bsid`: AC-3, and E-AC-3 (4.4.2.1; E.1.3.1.6)."""

_CORE, _EXTENSION = b"\x7f\xfe\x80\x01", b"\x64\x58\x20\x25"
_DTS_HEAD = 10
_LEAST_CORE, _LEAST_BLOCKS = 95, 5

_AC4_STARTS = (b"\xac\x40", b"\xac\x41")
_TRUEHD_SYNCS, _TRUEHD_APART, _LEAST_UNIT = (b"\xf8\x72\x6f\xba", b"\xf8\x72\x6f\xbb"), 128, 8
"""Units of TrueHD, and of MLP before it: so many at the most come between two that begin with a sync word."""

_SUBTITLES, _SEGMENT, _SEGMENTS = b"PG", 13, frozenset({0x14, 0x15, 0x16, 0x17, 0x80})
"""Palette, object, composition, windows and end."""

_NARROW, _WIDE = b"#!AMR\n", b"#!AMR-WB\n"
_NARROW_SIZES = {0: 13, 1: 14, 2: 16, 3: 18, 4: 20, 5: 21, 6: 27, 7: 32, 8: 6, 15: 1}
_WIDE_SIZES = {0: 18, 1: 24, 2: 33, 3: 37, 4: 41, 5: 47, 6: 51, 7: 59, 8: 61, 9: 6, 14: 1, 15: 1}


def _dolby(head: bytes) -> int:
    """Return the length of a frame of AC-3 (5.4.1, table 4.13) or E-AC-3 (E.1.3.1)."""
    if len(head) < 6 or head[:2] != _DOLBY:
        return 0
    stream = head[5] >> 3
    if stream in _NEW_STREAM:
        return 0 if head[2] >> 6 == 3 else ((head[2] & 7) << 8 | head[3]) * 2 + 2
    rate, code = head[4] >> 6, head[4] & 63
    if stream not in _OLD_STREAM or rate == 3 or code >= 2 * len(_BITRATES):
        return 0
    bitrate = _BITRATES[code >> 1]
    return (bitrate * 4, (bitrate * 1_536_000 // 705_600 + (code & 1)) * 2, bitrate * 6)[rate]


def _dts(head: bytes) -> int:
    """Return the length of a frame of the core (5.3) or of its extension (7.4.1)."""
    if len(head) < _DTS_HEAD:
        return 0
    if head[:4] == _CORE:
        fields = int.from_bytes(head[4:8], "big")
        size, blocks = fields >> 4 & 0x3FFF, fields >> 18 & 0x7F
        return size + 1 if size >= _LEAST_CORE and blocks >= _LEAST_BLOCKS else 0
    if head[:4] == _EXTENSION:
        fields = int.from_bytes(head[5:10], "big")
        wide = head[5] & 0x20
        header, size = (
            (fields >> 25 & 0xFFF, fields >> 5 & 0xFFFFF) if wide else (fields >> 29 & 0xFF, fields >> 13 & 0xFFFF)
        )
        return size + 1 if header < size else 0
    return 0


def _ac4(head: bytes) -> int:
    """Return the length of a frame of AC-4 in its sync layer (annex G), with its checksum where it has one."""
    if len(head) < _DTS_HEAD or head[:2] not in _AC4_STARTS:
        return 0
    size, before = int.from_bytes(head[2:4], "big"), 4
    if size == 0xFFFF:
        size, before = int.from_bytes(head[4:7], "big"), 7
    return before + size + (2 if head[1] == _AC4_STARTS[1][1] else 0) if size else 0


def _truehd() -> Length:
    """Return what tells the length of a unit of TrueHD: some have a sync word, and never far from one another."""
    since = 0

    def length(head: bytes) -> int:
        nonlocal since
        since = 0 if head[4:8] in _TRUEHD_SYNCS else since + 1
        size = (int.from_bytes(head[:2], "big") & 0xFFF) * 2
        return size if size >= _LEAST_UNIT and since < _TRUEHD_APART else 0

    return length


def _segment(head: bytes) -> int:
    """Return the length of a segment of subtitles: times, kind and length stand before it."""
    sound = len(head) >= _SEGMENT and head[:2] == _SUBTITLES and head[10] in _SEGMENTS
    return _SEGMENT + int.from_bytes(head[11:13], "big") if sound else 0


def _speech(sizes: dict[int, int]) -> Length:
    return lambda head: sizes.get(head[0] >> 3, 0) if head and head[0] & 0x83 == 0 else 0


def _kind(head: bytes) -> tuple[Format, int, Length]:
    """Return the type, where the frames begin and how long one is."""
    if head.startswith(_DOLBY):
        return (_EAC3 if len(head) > 5 and head[5] >> 3 in _NEW_STREAM else _AC3), 0, _dolby
    if head.startswith(_AC4_STARTS):
        return _AC4, 0, _ac4
    if head[4:8] in _TRUEHD_SYNCS:
        return _TRUEHD, 0, _truehd()
    if head.startswith(_SUBTITLES):
        return _PGS, 0, _segment
    if head.startswith(_NARROW):
        return _AMR, len(_NARROW), _speech(_NARROW_SIZES)
    if head.startswith(_WIDE):
        return _AMR_WB, len(_WIDE), _speech(_WIDE_SIZES)
    return _DTS, 0, _dts


def _recognise(head: bytes, window: Window) -> Format | None:
    found, at, length_of = _kind(head)
    return found if are_frames(window, at, length_of, _HEAD, _PROOF) else None


def _walk(window: Window, notes: Notes) -> None:
    found, at, length_of = _kind(window.at(0, _HEAD))
    ends_at(window, notes, follow(window, at, length_of, _HEAD), found.media_type.partition("/")[2].upper())
    look_over(window, notes)


FAMILY = Family(_recognise, _walk)
