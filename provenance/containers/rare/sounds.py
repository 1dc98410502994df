"""Sound in chunks or blocks: Sony Wave64, AU, CAF, WavPack, APE, DTS-HD files.

Their texts are read; the sound is stepped over. Wave64 is RIFF with GUIDs and lengths of 64 bits; CAF keeps texts in
`info` (Core Audio Format 1.0, "Information Chunk"); WavPack keeps tags behind its blocks, and what stood around the
sound of a WAV in a block of its own (WavPack 4 and 5 file format).
"""

from itertools import accumulate

from provenance.containers.family import Family
from provenance.containers.model import Carries, Format
from provenance.containers.notes import BLOCK_LIMIT, STEPS, Notes
from provenance.containers.rare.follow import ends_at, look_over, note_unknown
from provenance.containers.remains import find_remains, remains_between
from provenance.containers.riff_tags import read_chunk, read_list
from provenance.containers.tags import note_remains, note_text
from provenance.containers.tail import read_tail
from provenance.containers.window import Window

_W64 = Format("audio/x-w64", Carries.NO)
_AU = Format("audio/basic", Carries.NO)
_CAF = Format("audio/x-caf", Carries.NO)
_WAVPACK = Format("audio/x-wavpack", Carries.NO)
_APE = Format("audio/x-ape", Carries.NO)
_DTS_HD = Format("audio/vnd.dts.hd", Carries.NO)

_RIFF = bytes.fromhex("726966662e91cf11a5d628db04c10000")
_WAVE = bytes.fromhex("77617665f3acd3118cd100c04f8edb8a")
_LIST_TAIL, _CHUNK_TAIL = _RIFF[4:], _WAVE[4:]
_AU_HEADER, _MOST_ENCODING, _UNKNOWN = 24, 27, 0xFFFFFFFF
_WV_HEADER, _WV_LEAST, _WV_MOST = 32, 24, 1 << 24
_SNIFFED = 1 << 20
_CAF_SOUND = 32
_MOST_TEXTS, _MOST_LINES = 65_536, 4096
_DTS_TEXT = b"DTSHDHDR"


def _recognise(head: bytes, window: Window) -> Format | None:
    if head.startswith(_RIFF):
        return _W64 if head[24:40] == _WAVE else None
    if head.startswith(b".snd"):
        start, _, encoding, rate, channels = (int.from_bytes(head[n : n + 4], "big") for n in range(4, 24, 4))
        sound = _AU_HEADER <= start <= window.size and 0 < encoding <= _MOST_ENCODING and rate and 0 < channels < 256
        return _AU if sound else None
    if head.startswith(b"caff"):
        return _CAF
    if head.startswith(b"wvpk"):
        return _WAVPACK if _wavpack_length(head) and head[8:10] >= b"\2\4" and head[9] == 4 else None
    if head.startswith(b"MAC "):
        return _APE if _ape_spans(head)[-1] <= window.size and head[8:12] >= b"\x34\0\0\0" else None
    return _DTS_HD if head.startswith(_DTS_TEXT) and _long(head[8:16]) < window.size else None


def _long(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _walk(window: Window, notes: Notes) -> None:
    match window.at(0, 4):
        case b"riff":
            _walk_w64(window, notes)
        case b".snd":
            _walk_au(window, notes)
        case b"caff":
            _walk_caf(window, notes)
        case b"wvpk":
            _walk_wavpack(window, notes)
        case b"MAC ":
            _walk_ape(window, notes)
        case _:
            _walk_dts(window, notes)
    look_over(window, notes)


def _walk_w64(window: Window, notes: Notes) -> None:
    at = 40
    for _ in range(STEPS):
        head = window.at(at, 24)
        size = int.from_bytes(head[16:], "little")
        if len(head) < 24 or size < 24 or at + size > window.size or not any(head[4:16]):
            break
        kind, place = head[:4], f"W64 {head[:4].decode('latin-1')!r} at {at}"
        if kind != b"data" and find_remains(window.at(at, min(size, BLOCK_LIMIT))) >= 0:
            notes.residue(place)
        if head[4:16] == _LIST_TAIL and kind == b"list":
            read_list(window, notes, at + 24, at + size)
        elif head[4:16] == _CHUNK_TAIL and kind == b"bext":
            read_chunk(window, notes, place, (kind, at + 24, size - 24))
        elif kind != b"data":
            note_unknown(window, notes, place, (at + 24, size - 24))
        at += size + 7 & ~7
    ends_at(window, notes, at, "W64")


def _walk_au(window: Window, notes: Notes) -> None:
    start, size = (int.from_bytes(window.at(n, 4), "big") for n in (4, 8))
    place = f"AU annotation at {_AU_HEADER}"
    note_unknown(window, notes, place, (_AU_HEADER, start - _AU_HEADER))
    for line in window.at(_AU_HEADER, min(start - _AU_HEADER, _SNIFFED)).split(b"\n")[:_MOST_LINES]:
        # FFmpeg writes its tags so; others write a sentence.
        key, named, value = line.partition(b"=")
        if named and key.isalnum():
            note_text(notes, f"{place} / {key[:40].decode()!r}", key.decode(), value)
    if size != _UNKNOWN and start + size <= window.size:
        ends_at(window, notes, start + size, "AU")
        return
    if size != _UNKNOWN:
        notes.gap("AU", "it says it is longer than it is: the file is cut short or damaged")


def _walk_caf(window: Window, notes: Notes) -> None:
    at = 8
    for _ in range(STEPS):
        head = window.at(at, 12)
        kind, size = head[:4], int.from_bytes(head[4:], "big", signed=True)
        if kind == b"data" and size == -1 and len(head) == 12:
            return
        if len(head) < 12 or size < 0 or at + 12 + size > window.size or not kind.strip(b"\0"):
            break
        place = f"CAF {kind.decode('latin-1')!r} at {at}"
        if kind == b"info":
            _read_info(notes, place, window.at(at + 12, notes.bounded(place, size)))
        elif kind not in {b"data", b"pakt"} and (kind != b"desc" or size > _CAF_SOUND):
            note_unknown(window, notes, place, (at + 12, size))
        at += 12 + size
    ends_at(window, notes, at, "CAF")


def _read_info(notes: Notes, place: str, data: bytes) -> None:
    """Hand on names and texts, each ended by a zero."""
    texts = data[4:].split(b"\0")
    for number in range(min(_long(data[:4]), _MOST_TEXTS, len(texts) // 2)):
        key, text = texts[2 * number : 2 * number + 2]
        note_text(notes, f"{place} / {key[:40].decode('utf-8', 'replace')!r}", key.decode("utf-8", "replace"), text)
    if _long(data[:4]) != len(texts) // 2:
        note_remains(notes, place, data)


def _wavpack_length(head: bytes) -> int:
    size = int.from_bytes(head[4:8], "little")
    return size + 8 if head[:4] == b"wvpk" and len(head) >= 10 and _WV_LEAST <= size < _WV_MOST else 0


def _walk_wavpack(window: Window, notes: Notes) -> None:
    at = last = 0
    for _ in range(STEPS):
        head = window.at(at, _WV_HEADER)
        length = _wavpack_length(head)
        if not length or at + length > window.size:
            break
        if at == 0 or not any(head[20:24]):
            _note_block(window, notes, at, length)
        last, at = at, at + length
    if last:
        _note_block(window, notes, last, at - last)
    ends_at(window, notes, at, "WavPack", read_tail(window, notes, at))


def _note_block(window: Window, notes: Notes, at: int, length: int) -> None:
    """Look for text and a credential in a block that may hold what stood around the sound."""
    note_remains(notes, f"WavPack block at {at}", window.at(at, min(length, _SNIFFED)))
    if (found := remains_between(window, at, at + length)) >= 0:
        notes.residue(f"WavPack block at {found}")


def _ape_spans(head: bytes) -> list[int]:
    """Return where the parts of an APE end: descriptor, header, seek table, WAV header, sound, WAV trailer."""
    numbers = [int.from_bytes(head[n : n + 4], "little") for n in range(8, 36, 4)]
    sound = numbers.pop(5) << 32
    numbers[4] += sound
    return list(accumulate(numbers))


def _walk_ape(window: Window, notes: Notes) -> None:
    """Look through what stood around the sound of a WAV, and read the tags (Monkey's Audio 3.98 and later)."""
    ends = _ape_spans(window.at(0, 36))
    for start, stop in (ends[2:4], ends[4:6]):
        note_unknown(window, notes, f"APE, kept of a WAV at {start}", (start, stop - start))
    ends_at(window, notes, ends[-1], "APE", read_tail(window, notes, ends[-1]))


def _walk_dts(window: Window, notes: Notes) -> None:
    at = 0
    for _ in range(STEPS):
        head = window.at(at, 16)
        size = _long(head[8:])
        if len(head) < 16 or not head[:8].replace(b"-", b"_").replace(b"_", b"A").isalnum():
            break
        if at + 16 + size > window.size:
            break
        if head[:8] != b"STRMDATA":
            note_unknown(window, notes, f"DTS-HD {head[:8].decode('latin-1')} at {at}", (at + 16, size))
        at += 16 + size
    ends_at(window, notes, at, "DTS-HD")


FAMILY = Family(_recognise, _walk)
