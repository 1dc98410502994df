import hashlib
import struct

import pytest

from provenance.credentials.essence import essence_digest
from provenance.files import BufferMedia
from tests import newsroom as room

KNOWN = (room.JPEG, room.PNG, room.TIFF, room.WEBP, room.MP4, room.MOV, room.WAV, room.MP3)


@pytest.mark.parametrize("media_type", KNOWN)
def test_essence_survives_marking_and_nothing_else(media_type: str) -> None:
    """The digest over pictures or sound is blind to a credential and sees any byte of the media."""
    data = room.media(media_type)
    plain = essence_digest(BufferMedia(data))
    assert plain is not None
    assert essence_digest(BufferMedia(room.generated(media_type))) == plain
    # The last bytes of a PNG are its IEND chunk; in every other format they are media.
    at = len(data) - (20 if media_type == room.PNG else 9)
    assert essence_digest(BufferMedia(room.flipped(data, at))) != plain


def test_essence_is_found_in_each_form_of_a_box_and_a_picture() -> None:
    """Boxes of 64-bit size or open end hold the same media, and tiles are read like strips."""
    head, body = room.box(b"ftyp", b"isom", bytes(4)), bytes(range(200))
    plain = essence_digest(BufferMedia(head + room.box(b"mdat", body)))
    long = b"\0\0\0\1mdat" + (16 + len(body)).to_bytes(8, "big") + body
    open_end = b"\0\0\0\0mdat" + body
    assert plain == essence_digest(BufferMedia(head + long)) == essence_digest(BufferMedia(head + open_end))
    tile = bytes(range(64))
    fields = [(324, 4, 1, 8), (325, 3, 1, len(tile))]
    entries = b"".join(struct.pack("<HHII", *field) for field in fields)
    tiled = struct.pack("<2sHI", b"II", 42, 8 + len(tile)) + tile + struct.pack("<H", 2) + entries + bytes(4)
    assert essence_digest(BufferMedia(tiled)) == hashlib.sha256(tile).hexdigest()


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"II*\0\x08\0\0\0\xff\xff", b"RIFF....WAVE", b"?"]
)
def test_essence_of_nothing_is_nothing(data: bytes) -> None:
    """Fragments have no essence, and reading them neither raises nor hangs."""
    assert essence_digest(BufferMedia(data)) is None
