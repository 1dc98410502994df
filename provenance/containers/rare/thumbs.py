"""`Thumbs.db`: the small pictures of a folder that Windows keeps in a structured storage, one in each stream.

A stream is a header, which says how long it and the picture are, and a JPEG or PNG. The list of them (`Catalog`) holds
names and dates.
"""

import re
from collections.abc import Sequence

from provenance.containers.compound_streams import Stream
from provenance.containers.inside import look_inside
from provenance.containers.notes import Notes
from provenance.containers.rare.follow import pictures_in
from provenance.files import BufferMedia

_NAMES = re.compile(r"\d{1,5}|\d{2,4}_[0-9a-fA-F]{16}")
_CATALOG = "Catalog"
_HEADERS = {12: b"\1\0\0\0", 24: b"\3\0\0\0"}
"""By its length, what stands behind that in a header: of Windows XP, and of all since."""
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_LARGEST, _MOST = 4 << 20, 20_000


def read_thumbnails(notes: Notes, streams: Sequence[Stream]) -> bool:
    """Show all pictures to the visitor, and return whether there is nothing but pictures; if not, none is shown."""
    found = [(stream, data) for stream in streams if (data := _picture(stream)) is not None]
    listed = sum(_is_catalog(stream) for stream in streams)
    if not found or len(found) > _MOST or len(found) + listed < len(streams):
        return False
    for stream, data in found:
        look_inside(notes, f"inside {stream.path}", BufferMedia(data))
    return True


def _is_catalog(stream: Stream) -> bool:
    """Whether a stream is the list of names, and no picture begins in it."""
    if stream.path != _CATALOG or stream.media is None or stream.size > _LARGEST:
        return False
    return not pictures_in(stream.media.read(0, stream.size), sure=False)


def _picture(stream: Stream) -> bytes | None:
    """Return the picture in a stream, None where there is none, or anything else beside it."""
    if stream.media is None or stream.size > _LARGEST or not _NAMES.fullmatch(stream.path):
        return None
    data = stream.media.read(0, stream.size)
    start, length = (int.from_bytes(data[n : n + 4], "little") for n in (0, 8))
    if data[4:8] != _HEADERS.get(start) or start + length > len(data) or any(data[start + length :]):
        return None
    picture = data[start : start + length]
    return picture if picture.startswith(_PICTURES) else None
