"""Tags of films, sound and pictures in ISO base media and QuickTime, in all the places where writers keep them.

`udta` with its texts (QuickTime File Format, "User Data Atoms"; 3GPP TS 26.244, 8) and XMP; `meta` with `keys` and
`ilst` (QuickTime "Metadata"), as iTunes and ffmpeg write them; `uuid` boxes with XMP. All of them in the film, in its
tracks, in fragments, or at the top of the file.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from provenance.containers.boxes import Box, Break, boxes
from provenance.containers.id3_tag import read_tag, tag_size
from provenance.containers.inside import look_inside
from provenance.containers.model import BlockKind
from provenance.containers.notes import Notes
from provenance.containers.packets import is_packet
from provenance.containers.tags import TEXT_LIMIT, note_remains, note_tag, note_text, search_text
from provenance.containers.window import Window
from provenance.files import BufferMedia

XMP_UUID: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_HOLDERS = frozenset({b"moov", b"trak", b"mdia", b"moof", b"traf", b"udta", b"meta", b"cmov"})
_DEEPEST = 8
_MOST_KEYS = 65_536
_MOST_TEXTS = 256
_KEYS_LIMIT = 4 << 20
_LOOKED = 512
_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
"""Canon's raw pictures: each directory of their EXIF is a TIFF structure of its own in a box `CMT1` to `CMT4`."""
_SNIFFED = 64 << 10
_KNOWN = frozenset(
    {
        b"mvhd", b"tkhd", b"mdhd", b"hdlr", b"edts", b"tref", b"iods", b"mvex", b"minf", b"mfhd", b"tfhd", b"tfdt",
        b"trun", b"saiz", b"saio", b"senc", b"sbgp", b"sgpd", b"subs", b"free", b"skip", b"keys", b"ilst", b"load",
        b"tapt", b"gmhd", b"elng", b"pitm", b"iinf", b"iloc", b"iprp", b"iref", b"idat", b"ipro", b"pssh", b"dcom",
        b"dinf", b"prof", b"trgr", b"meco", b"sdtp", b"grpl", b"clip", b"matt", b"txas",
    }
)  # fmt: skip
"""Boxes that hold no tags."""
_TEXTS = frozenset({b"titl", b"dscp", b"cprt", b"perf", b"auth", b"gnre", b"albm", b"kywd", b"rtng", b"loci"})
"""Texts of 3GPP: version and flags, a language, then the text."""
_PICTURES = frozenset({13, 14, 27})
_NUMBERS = frozenset({21, 22, 23, 24, 65, 66, 67, 70, 71, 72, 74, 75, 76, 77, 78, 79})


class _Level(NamedTuple):
    """A box whose inside is to be read, and where it stands in words."""

    box: Box
    path: str
    depth: int


_HEADS = frozenset({b"mvhd", b"cmvd", b"mvex"})
"""What an index begins with (ISO 14496-12, 8.2.2), or is compressed into."""


def read_movie(window: Window, notes: Notes, top: Box) -> None:
    """Hand on all tags and XMP in a box of the top level: of a film, a fragment, user data or metadata."""
    waiting = [_Level(top, top.name, 0)]
    if top.kind == b"meta":
        _metadata(window, notes, top, top.name)
    headed = top.kind != b"moov"
    while waiting:
        level = waiting.pop()
        for box in _inner(window, notes, level):
            headed |= box.kind in _HEADS
            if not notes.step(f"BMFF {top.name} at {top.at}"):
                return
            path = f"{level.path}/{box.name}"
            if box.kind not in _HOLDERS:
                _read(window, notes, box, path, of=level.box.kind)
            elif level.depth == _DEEPEST:
                notes.gap(f"BMFF {path} at {box.at}", "boxes are nested too deep to be followed")
            else:
                if box.kind == b"meta":
                    _metadata(window, notes, box, path)
                waiting.append(_Level(box, path, level.depth + 1))
    if not headed:
        notes.gap(f"BMFF {top.name} at {top.at}", "it is an index without a header: it is damaged")


def _inner(window: Window, notes: Notes, level: _Level) -> Iterator[Box]:
    """Yield the boxes within a box; what is no box is looked through for text."""
    place = f"BMFF {level.path} at {level.box.at}"
    for box in boxes(window, _start(window, level.box), level.box.stop):
        if isinstance(box, Box):
            yield box
            continue
        if level.box.kind != b"udta":
            # QuickTime ends user data with four zeros, and some cameras put there what is no list at all.
            notes.gap(place, f"its boxes break off at {box.at}")
        search_text(window, notes, place, box.at, level.box.stop)


def _start(window: Window, box: Box) -> int:
    """Return where the boxes within a box begin: `meta` has a version in ISO's form and none in QuickTime's."""
    return box.body + 4 if box.kind == b"meta" and window.at(box.body + 4, 4) != b"hdlr" else box.body


def _metadata(window: Window, notes: Notes, meta: Box, path: str) -> None:
    """Hand on the items of a `meta` box, whose names may stand in a list of their own before them."""
    keys: list[str] = []
    for box in boxes(window, _start(window, meta), meta.stop):
        if isinstance(box, Break):
            break
        if box.kind == b"keys":
            keys = _keys(window, notes, box, path)
        elif box.kind == b"ilst":
            _items(window, notes, box, f"{path}/ilst", keys)


def _keys(window: Window, notes: Notes, box: Box, path: str) -> list[str]:
    """Return the names that the items of `ilst` are numbered by, from 1 on."""
    if box.length > _KEYS_LIMIT:
        notes.gap(f"BMFF {path}/keys at {box.at}", f"only the first {_KEYS_LIMIT} bytes were read")
    data = window.at(box.body, min(box.length, _KEYS_LIMIT))
    names: list[str] = []
    at = 8
    while at + 8 <= len(data) and len(names) < _MOST_KEYS:
        size = int.from_bytes(data[at : at + 4], "big")
        if size < 8 or at + size > len(data):
            notes.gap(f"BMFF {path}/keys at {box.at}", "its list of names breaks off")
            note_remains(notes, f"BMFF {path}/keys at {box.at}", data)
            break
        names.append(data[at + 8 : at + size].decode("utf-8", "replace"))
        at += size
    return names


def _pieces(window: Window, start: int, stop: int) -> Iterator[Box | Break]:
    """Yield boxes whose type may be any number, as those of `ilst` are."""
    at = start
    while at + 8 <= stop:
        head = window.at(at, 8)
        size = int.from_bytes(head[:4], "big")
        if not any(head) and not any(window.at(at, min(stop - at, _SNIFFED))):
            return
        if size < 8 or at + size > stop:
            yield Break(at, "no item starts where one should")
            return
        yield Box(head[4:8], at, at + 8, at + size)
        at += size


def _items(window: Window, notes: Notes, listed: Box, path: str, keys: list[str]) -> None:
    """Hand on the values of `ilst`: by number of a key, by a type, or under a free name (`----`)."""
    place = f"BMFF {path} at {listed.at}"
    for item in _pieces(window, listed.body, listed.stop):
        if not notes.step(place):
            return
        if isinstance(item, Break):
            notes.gap(place, f"its items break off at {item.at}")
            search_text(window, notes, place, item.at, listed.stop)
            return
        if item.kind in {b"free", b"skip"}:
            continue
        number = int.from_bytes(item.kind, "big")
        key = keys[number - 1] if 0 < number <= len(keys) else item.kind.decode("latin-1")
        _item(window, notes, item, f"BMFF {path}", key)


def _item(window: Window, notes: Notes, item: Box, path: str, key: str) -> None:
    """Hand on the values of one item."""
    seen = False
    for box in _pieces(window, item.body, item.stop):
        if isinstance(box, Break) or not notes.step(path):
            break
        if box.kind == b"name" and item.kind == b"----":
            key = window.at(box.body + 4, min(box.length - 4, 256)).decode("utf-8", "replace")
        elif box.kind == b"data":
            seen = True
            _value(window, notes, box, f"{path} {key[:64]!r} at {box.at}", key)
    if not seen:
        place = f"{path} {key[:64]!r} at {item.at}"
        note_text(notes, place, key, window.at(item.body, notes.bounded(place, item.length)))


def _value(window: Window, notes: Notes, box: Box, place: str, key: str) -> None:
    """Hand on one value by what it says that it is (QuickTime File Format, "Well-known types")."""
    kind = int.from_bytes(window.at(box.body, 4), "big") & 0xFFFFFF
    if kind in _NUMBERS:
        return
    data = window.at(box.body + 8, notes.bounded(place, box.length - 8))
    if kind in _PICTURES or key == "covr":
        look_inside(notes, place, data)
    elif kind in {1, 4}:
        note_tag(notes, place, key, data.decode("utf-8", "replace"))
    elif kind in {2, 5}:
        note_tag(notes, place, key, data.decode("utf-16" if data[:2] == b"\xff\xfe" else "utf-16-be", "replace"))
    else:
        note_text(notes, place, key, data)


def _read(window: Window, notes: Notes, box: Box, path: str, *, of: bytes) -> None:
    """Read one box that holds no others."""
    place = f"BMFF {path} at {box.at}"
    if box.kind == b"XMP_":
        notes.block(BlockKind.XMP, place, window.at(box.body, notes.bounded(place, box.length)))
    elif box.kind == b"uuid":
        _extension(window, notes, box, place)
    elif box.kind == b"ID32":
        size = tag_size(window.at(box.body + 6, 10))
        if size is not None:
            read_tag(window, notes, box.body + 6, min(size, box.length - 6))
        else:
            note_remains(notes, place, window.at(box.body, notes.bounded(place, box.length)))
    elif box.kind == b"cmvd":
        _compressed(window, notes, box, place)
    elif box.kind == b"xml ":
        note_text(notes, place, "xml", window.at(box.body + 4, notes.bounded(place, box.length - 4)))
    elif of == b"udta":
        _user_data(window, notes, box, place)
    elif box.kind not in _KNOWN:
        # A box that was renamed, by damage or by hand, still holds what it held.
        note_remains(notes, place, window.at(box.body, min(box.length, _SNIFFED)))


def _extension(window: Window, notes: Notes, box: Box, place: str) -> None:
    head = window.at(box.body, min(box.length, _LOOKED))
    if head.startswith(XMP_UUID) or is_packet(head):
        data = window.at(box.body, notes.bounded(place, box.length))
        notes.block(BlockKind.XMP, place, data[16:] if head.startswith(XMP_UUID) else data[data.index(b"<") :])
    elif head.startswith(_CANON):
        for inner in boxes(window, box.body + len(_CANON), box.stop):
            if isinstance(inner, Box) and inner.kind.startswith(b"CMT"):
                data = window.at(inner.body, notes.bounded(place, inner.length))
                notes.block(BlockKind.EXIF, f"{place}, {inner.name}", data)
    else:
        note_remains(notes, place, window.at(box.body, min(box.length, _SNIFFED)))


def _compressed(window: Window, notes: Notes, box: Box, place: str) -> None:
    """Read a film's index that QuickTime compressed: the length it has, then zlib (`cmov`)."""
    if notes.inner:
        notes.gap(place, "an index compressed within a compressed one was not read")
        return
    data = notes.inflated(place, window.at(box.body + 4, notes.bounded(place, box.length - 4)))
    inside = Window(BufferMedia(data))
    notes.inner, before = True, notes.inner
    for found in boxes(inside, 0, inside.size):
        if isinstance(found, Break):
            notes.gap(place, "the index in it cannot be followed")
        elif found.kind == b"moov":
            read_movie(inside, notes, found)
    notes.inner = before


def _user_data(window: Window, notes: Notes, box: Box, place: str) -> None:
    """Hand on a text of user data, in QuickTime's form, 3GPP's, or as it is."""
    key = box.kind.decode("latin-1")
    if box.length > TEXT_LIMIT and box.kind[0] != 0xA9:
        search_text(window, notes, place, box.body, box.stop)
        return
    data = window.at(box.body, notes.bounded(place, box.length))
    texts = list(_quicktime_texts(data)) if box.kind[0] == 0xA9 else []
    if not texts and box.kind in _TEXTS and data[:4] == bytes(4):
        texts = [data[6:]]
    if box.kind[0] == 0xA9 and data[4:8] == b"data":
        texts = [data[16:]]
    for text in texts or [data]:
        note_text(notes, place, key, text)


def _quicktime_texts(data: bytes) -> Iterator[bytes]:
    """Yield each text: two bytes of length, two of language, then the text; as many as there are.

    Of a text of more than 64 KiB ffmpeg writes as much of its length as there is room for: where the lengths do not
    add up, all is one text.
    """
    at, texts, end = 0, list[tuple[int, bytes]](), len(data.rstrip(b"\0"))
    while at < end and len(texts) <= _MOST_TEXTS:
        size, language = int.from_bytes(data[at : at + 2], "big"), int.from_bytes(data[at + 2 : at + 4], "big")
        texts.append((language, data[at + 4 : at + 4 + size]))
        at += 4 + size
    if at < end or at > len(data):
        texts = [(0, data[4:])]
    for language, text in texts:
        yield text.decode("mac-roman").encode() if language < 0x400 and not _is_utf8(text) else text


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data[:2] in {b"\xff\xfe", b"\xfe\xff"}
    return True
