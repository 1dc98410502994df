"""MXF: the header's metadata, and streams of text (SMPTE ST 377-1, 7 to 9; ST 410; RP 2057).

Essence is never read: the index at the end of the file leads to each partition. Who wrote the file and with what
(`Identification`) are facts of its history, and no tags.
"""

from typing import Final, NamedTuple

from provenance.containers.family import End, Family
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.packets import find_packet
from provenance.containers.remains import search
from provenance.containers.tags import note_remains, note_tag, note_text, search_text
from provenance.containers.window import Window
from provenance.files import BufferMedia

HEADER_PARTITION: Final = bytes.fromhex("060e2b34020501010d0102010102")
"""The first fourteen bytes of the key of a header partition pack (SMPTE ST 377-1, 7.1)."""
_MXF = Format("application/mxf", Carries.NO)
_RUN_IN = 65_536
_PARTITION = HEADER_PARTITION[:13]
_RANDOM_INDEX = bytes.fromhex("060e2b34020501010d01020101110100")
_GENERIC_STREAM = 0x03
"""Byte 14 of the key of a partition that holds a stream which is no essence (ST 410, 5.2)."""
_SETS = bytes.fromhex("060e2b34")
_METADATA_LIMIT = 16 << 20
_MOST_PARTITIONS = 4096
_MOST_STREAMS = 64
_STREAM_LIMIT = 4 << 20
_FILL = bytes.fromhex("060e2b34010101"), bytes.fromhex("0301021001000000")
"""The key of a filler (ST 336, annex A), without the byte for its version."""
_NAME, _VALUE = 0x5001, 0x5003
_PLAIN_TEXTS = {0x4402: "package name", 0x4802: "track name", 0x0602: "comment"}


def _recognise(head: bytes, window: Window) -> Format | None:
    """Know MXF by its first partition, which may have up to 64 KiB of anything before it (ST 377-1, 6.5)."""
    if head.startswith(HEADER_PARTITION):
        return _MXF
    return _MXF if window.find(HEADER_PARTITION, 0, _RUN_IN + len(HEADER_PARTITION)) >= 0 else None


class _Partition(NamedTuple):
    """A partition pack: its kind, where it ends, which one is before it, the footer, how long its metadata are."""

    kind: int
    stop: int
    previous: int
    footer: int
    metadata: int


def _length(window: Window, at: int) -> tuple[int, int]:
    """Return where the value of a KLV starts and how long it is, from its length on (ST 336, 5.3); -1: no length."""
    first = window.at(at, 1)
    if not first:
        return at, -1
    more = first[0] & 0x7F if first[0] & 0x80 else 0
    if more > 8 or first[0] == 0x80:
        return at, -1
    return at + 1 + more, window.number(at + 1, more) if more else first[0]


def _is_fill(key: bytes) -> bool:
    return (key[:7], key[8:]) == _FILL


def _partition(window: Window, at: int) -> _Partition | None:
    head = window.at(at, 16)
    if not head.startswith(_PARTITION):
        return None
    body, length = _length(window, at + 16)
    data = window.at(body, 88)
    if length < 88 or len(data) < 88:
        return None
    return _Partition(head[13], body + length, *(int.from_bytes(data[n : n + 8], "big") for n in (16, 24, 32)))


def _walk(window: Window, notes: Notes) -> None:
    start = 0 if window.at(0, 14) == HEADER_PARTITION else window.find(HEADER_PARTITION, 0, _RUN_IN + 14)
    header = _partition(window, start)
    if header is None:
        notes.gap("MXF", "its first partition cannot be read")
        search(window, notes, 0, "MXF data")
        return
    _read_metadata(window, notes, header)
    if not header.metadata:
        notes.gap("MXF", "its header says that it holds no metadata, as no header may")
    places = [start + at for at in _index(window)] or _chain(window, start, header.footer)
    if len(places) < 2:
        notes.gap("MXF", "neither an index nor a footer leads to its partitions: damaged, or never finished")
    if len(places) > _MOST_PARTITIONS:
        notes.gap("MXF", f"it has more than {_MOST_PARTITIONS} partitions; only the first and last were looked at")
        places = places[: _MOST_PARTITIONS - 1] + places[-1:]
    streams = 0
    for at in places:
        found = _partition(window, at) if at > start else None
        if found is None:
            if at > start:
                notes.gap(f"MXF at {at}", "its index says that a partition starts there, and none does")
            continue
        if found.metadata:
            _read_metadata(window, notes, found)
        if found.kind == _GENERIC_STREAM and window.number(at + 14, 1) == 0x11:
            streams += 1
            if streams > _MOST_STREAMS:
                notes.gap("MXF", f"it has more than {_MOST_STREAMS} streams of text; the rest was not read")
                return
            _read_stream(window, notes, found)


def _index(window: Window) -> list[int]:
    """Return where each partition starts, as the pack at the end of the file says (ST 377-1, 12)."""
    at = window.size - int.from_bytes(window.last(4), "big")
    if at <= 0 or window.at(at, 16) != _RANDOM_INDEX:
        return []
    body, size = _length(window, at + 16)
    data = window.at(body, min(size - 4, 12 * (_MOST_PARTITIONS + 1)))
    return [int.from_bytes(data[n + 4 : n + 12], "big") for n in range(0, len(data) - 11, 12)]


def _chain(window: Window, start: int, footer: int) -> list[int]:
    """Return where each partition starts, from the footer back: each names the one before it (ST 377-1, 7.1)."""
    places: list[int] = []
    at = footer
    while at > 0 and len(places) <= _MOST_PARTITIONS:
        found = _partition(window, start + at)
        if found is None:
            break
        places.append(start + at)
        if found.previous >= at:
            break
        at = found.previous
    return places


def _read_metadata(window: Window, notes: Notes, partition: _Partition) -> None:
    """Hand on the tagged values and comments in the sets behind a partition pack."""
    start = partition.stop
    if _is_fill(window.at(start, 16)):
        body, length = _length(window, start + 16)
        start = body + max(length, 0)
    place = f"MXF metadata at {start}"
    if start + partition.metadata > window.size:
        notes.gap(place, "it is longer than the file: the file is cut short or damaged")
    if partition.metadata > _METADATA_LIMIT:
        notes.gap(place, f"only the first {_METADATA_LIMIT} of its {partition.metadata} bytes were read")
    data = window.at(start, min(partition.metadata, _METADATA_LIMIT))
    at, packet = find_packet(data)
    if packet:
        notes.block(BlockKind.XMP, f"MXF XMP at {start + at}", packet)
    whole = Window(BufferMedia(data))
    at = 0
    while at + 17 < len(data) and notes.step(place):
        key = data[at : at + 16]
        body, length = _length(whole, at + 16)
        if not key.startswith(_SETS) or length < 0 or body + length > len(data):
            # An alignment grid leaves bytes that belong to nothing; whatever is in them is looked through.
            if any(data[at:]):
                notes.gap(f"MXF at {start + at}", "its metadata break off")
            note_remains(notes, f"MXF at {start + at}", data[at:])
            return
        if not _is_fill(key):
            content = data[body : body + length]
            if key[4:6] == b"\2\x53":
                _read_set(notes, start + at, content)
            else:
                note_remains(notes, f"MXF at {start + at}", content)
        at = body + length


def _read_set(notes: Notes, start: int, data: bytes) -> None:
    """Hand on the texts of one local set: a name with its value, and comments (two bytes of tag, two of length)."""
    items: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(data) and notes.step("MXF"):
        tag, length = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")
        items.setdefault(tag, data[at + 4 : at + 4 + length])
        at += 4 + length
    if at != len(data):
        notes.gap(f"MXF set at {start}", "its items do not fill it: it is damaged")
    if (_NAME in items) != (_VALUE in items):
        note_remains(notes, f"MXF set at {start}", data)
    if _NAME in items and _VALUE in items:
        name = _wide(items[_NAME])
        _read_value(notes, f"MXF tagged value {name[:40]!r} at {start}", name, items[_VALUE])
    for tag, key in _PLAIN_TEXTS.items():
        if tag in items:
            note_tag(notes, f"MXF {key} at {start}", key, _wide(items[tag]))


def _read_value(notes: Notes, place: str, name: str, data: bytes) -> None:
    """Hand on a value that says its own type: a byte for the order, sixteen for the type (AAF, "Indirect")."""
    body = data[17:] if data[:1] in {b"L", b"B", b"U"} and len(data) >= 17 else data
    if len(body) % 2 == 0 and b"\0" in body[:64]:
        note_tag(notes, place, name, _wide(body, little=data[:1] == b"L"))
    else:
        note_text(notes, place, name, body)


def _wide(data: bytes, *, little: bool = False) -> str:
    """Return UTF-16 as text; with the wrong order of bytes there would be no letter below U+0100 in it."""
    text = data.decode("utf-16-le" if little else "utf-16-be", "replace")
    other = data.decode("utf-16-be" if little else "utf-16-le", "replace")
    return max((text, other), key=lambda t: sum(c.isascii() for c in t[:200])).strip("\0").replace("\0", " ")


def _read_stream(window: Window, notes: Notes, partition: _Partition) -> None:
    """Hand on the text or XMP in a partition for such: the first KLV behind its pack that is no filler."""
    at = partition.stop
    for _ in range(8):
        key = window.at(at, 16)
        body, length = _length(window, at + 16)
        if key.startswith((_PARTITION, _RANDOM_INDEX)) or at >= window.size:
            return
        if not key.startswith(_SETS) or length < 0 or body + length > window.size:
            notes.gap(f"MXF stream at {at}", "it breaks off")
            search_text(window, notes, f"MXF stream at {at}", at, window.size)
            return
        if not _is_fill(key):
            place = f"MXF stream at {at}"
            if length > _STREAM_LIMIT:
                notes.gap(place, f"only the first {_STREAM_LIMIT} of its {length} bytes were read")
            note_text(notes, place, "text", window.at(body, min(length, _STREAM_LIMIT)))
        at = body + length


FAMILY = Family(_recognise, _walk, End.OPEN)
"""MXF."""
