"""Tags behind sound: ID3v1, APE, Lyrics3, and ID3v2.4 at the end."""

from provenance.containers.id3_tag import HEADER, read_tag, tag_size
from provenance.containers.inside import look_inside
from provenance.containers.notes import Notes
from provenance.containers.tags import note_remains, note_text
from provenance.containers.window import Window

_OLD = 128
_OLD_FIELDS = ((3, 33, "TIT2"), (33, 63, "artist"), (63, 93, "album"), (97, 127, "comment"))
_APE = b"APETAGEX"
_APE_HEADER = 32
_NEARBY = 4096
"""Bytes at the end in which a tag is looked for that something pushed out of its place."""
_APE_LIMIT = 16 << 20
_MOST_ITEMS = 65_536
_MOST_TAGS = 4
_LYRICS, _LYRICS_START = b"LYRICS200", b"LYRICSBEGIN"
_LYRICS_FOOT, _FIELD_HEAD = 15, 8


def read_tail(window: Window, notes: Notes, start: int) -> int:
    """Hand on the tags that end where the file ends, one before the other, of what lies behind `start`.

    Return where the first of them begins.
    """
    stop = window.size
    for _ in range(_MOST_TAGS):
        size = _read_last(window, notes, stop)
        if size == 0 or stop - size < start:
            break
        stop -= size
    nearby = max(start, stop - _NEARBY)
    lost = window.at(nearby, stop - nearby).rfind(_APE)
    if lost >= 0:
        notes.gap(f"APE tag at {nearby + lost}", "it does not end where a tag should")
        note_remains(notes, f"APE tag at {nearby + lost}", window.at(nearby, stop - nearby))
    return stop


def _read_last(window: Window, notes: Notes, stop: int) -> int:
    """Read the tag that ends at `stop` and return how long it is, 0 where there is none."""
    if stop >= _OLD and window.at(stop - _OLD, 3) == b"TAG":
        _read_old(notes, stop - _OLD, window.at(stop - _OLD, _OLD))
        return _OLD
    footer = window.at(stop - _APE_HEADER, _APE_HEADER) if stop >= _APE_HEADER else b""
    if footer.startswith(_APE):
        return _read_ape(window, notes, stop, footer)
    if footer.endswith(_LYRICS):
        return _read_lyrics(window, notes, stop, footer)
    if footer[-HEADER:-7] == b"3DI" and (size := tag_size(b"ID3" + footer[-7:])) is not None and size <= stop:
        read_tag(window, notes, stop - size, size)
        return size
    return 0


def _read_old(notes: Notes, at: int, data: bytes) -> None:
    """Hand on the four texts of an ID3v1 tag: 30 bytes each."""
    for first, last, key in _OLD_FIELDS:
        text = data[first:last].split(b"\0", 1)[0].strip()
        note_text(notes, f"ID3v1 {key} at {at + first}", key, text.decode("latin-1").encode())


def _read_lyrics(window: Window, notes: Notes, stop: int, footer: bytes) -> int:
    """Hand on the fields of a Lyrics3 tag (version 2.00: name, length in five digits, text); return how long it is."""
    told = footer[-_LYRICS_FOOT : -len(_LYRICS)]
    size = int(told) + _LYRICS_FOOT if told.isdigit() else 0
    place = f"Lyrics3 tag at {stop - size}"
    if not size or window.at(stop - size, len(_LYRICS_START)) != _LYRICS_START:
        notes.gap(f"Lyrics3 tag before {stop}", "its length cannot be right")
        return 0
    data = window.at(stop - size, size - _LYRICS_FOOT)
    at = len(_LYRICS_START)
    while at < len(data) and notes.step(place):
        name, told = data[at : at + 3], data[at + 3 : at + _FIELD_HEAD]
        start = at + _FIELD_HEAD
        if not told.isdigit() or start + int(told) > len(data):
            notes.gap(place, "its fields break off")
            note_remains(notes, place, data[at:])
            break
        at = start + int(told)
        text = data[start:at].decode("latin-1").encode()
        note_text(notes, f"{place} / {name.decode('latin-1')!r}", _LYRICS_FIELDS.get(name, ""), text)
    return size


_LYRICS_FIELDS = {b"INF": "comment", b"EAL": "album", b"EAR": "artist", b"ETT": "TIT2"}


def _read_ape(window: Window, notes: Notes, stop: int, footer: bytes) -> int:
    """Hand on the items of an APE tag (version 2: key in ASCII, value in UTF-8 or bytes); return how long it is."""
    size = int.from_bytes(footer[12:16], "little")
    count = int.from_bytes(footer[16:20], "little")
    place = f"APE tag at {stop - size}"
    if not _APE_HEADER <= size <= stop:
        notes.gap(f"APE tag before {stop}", "its length cannot be right")
        return 0
    if size > _APE_LIMIT:
        notes.gap(place, f"only the first {_APE_LIMIT} of its {size} bytes were read")
    data = window.at(stop - size, min(size - _APE_HEADER, _APE_LIMIT))
    at = 0
    for _ in range(min(count, _MOST_ITEMS)):
        length, flags = (int.from_bytes(data[at + n : at + n + 4], "little") for n in (0, 4))
        name = data.find(b"\0", at + 8, at + 8 + 256)
        if name < 0 or name + 1 + length > len(data):
            notes.gap(place, "its items break off")
            note_remains(notes, place, data[at:])
            break
        key, value = data[at + 8 : name].decode("latin-1"), data[name + 1 : name + 1 + length]
        where = f"APE {key[:40]!r} at {stop - size + at}"
        if flags >> 1 & 3 == 1:
            _, _, inside = value.partition(b"\0")
            look_inside(notes, where, inside, unknown=True)
        else:
            note_text(notes, where, key, value)
        at = name + 1 + length
    else:
        if any(data[at:]):
            notes.gap(place, "its items do not fill it: it is damaged")
            note_remains(notes, place, data[at:])
    has_header = int.from_bytes(footer[20:24], "little") >> 31 & 1
    return min(stop, size + (_APE_HEADER if has_header else 0))
