"""Sound with tags before or behind it: MP3, FLAC, and AAC as a stream.

The tags themselves are read in `id3_tag`, `tail` and `vorbis`.
"""

from provenance.containers.family import End, Family
from provenance.containers.id3_tag import HEADER, read_tag, tag_size
from provenance.containers.model import Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.tags import note_remains
from provenance.containers.tail import read_tail
from provenance.containers.vorbis import read_flac
from provenance.containers.window import Window

_MP3 = Format("audio/mpeg", Carries.YES, "audio/mpeg")
_FLAC = Format("audio/flac", Carries.YES, "audio/flac")

_AAC = Format("audio/aac", Carries.NO)

_MOST_TAGS = 16
_MOST_FRAMES = 3
_BETWEEN = 64 << 10

_BITRATES = {
    (3, 3): (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (3, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (3, 1): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 3): (32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 1): (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""kbit/s by version (3: MPEG-1, 2: MPEG-2 and 2.5) and layer field (ISO 11172-3, 2.4.2.3; ISO 13818-3, 2.4.2.3)."""
_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""Samples a second by version field."""


def _recognise(head: bytes, window: Window) -> Format | None:
    if head.startswith(b"fLaC"):
        return _FLAC
    if tag_size(head) is not None:
        return _FLAC if window.at(_behind_tags(window), 4) == b"fLaC" else _MP3
    if head[:1] != b"\xff":
        return None
    return _MP3 if _are_frames(window) else _AAC if _are_packets(window) else None


def _behind_tags(window: Window) -> int:
    at = 0
    for _ in range(_MOST_TAGS):
        size = tag_size(window.at(at, HEADER))
        if size is None:
            break
        at += size
    return at


def _are_frames(window: Window) -> bool:
    """Whether two frames follow one another that agree in what does not change in a stream."""
    first = window.at(0, 4)
    length = _frame_length(first)
    second = window.at(length, 4) if length else b""
    alike = first[1] & 0xFE == second[1] & 0xFE and first[2] & 0x0C == second[2] & 0x0C if len(second) == 4 else False
    return alike and _frame_length(second) > 0


def _are_packets(window: Window) -> bool:
    """Whether three packets of AAC follow one another that agree in what does not change (ISO 13818-7, 6.2: ADTS)."""
    first, at = window.at(0, 7), 0
    for _ in range(_MOST_FRAMES):
        head = window.at(at, 7)
        if len(head) < 7 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0 or head[1:3] != first[1:3]:
            return False
        length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
        if length <= 7 or head[2] >> 2 & 15 > 12:
            return False
        at += length
    return True


def _frame_length(head: bytes) -> int:
    """Return the length of the frame that four bytes start, 0 if they start none (ISO 11172-3, 2.4.1.3)."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    version, layer, padding = head[1] >> 3 & 3, head[1] >> 1 & 3, head[2] >> 1 & 1
    bitrate, rate = head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or layer == 0 or bitrate in {0, 15} or rate == 3:
        return 0
    bits = _BITRATES[3 if version == 3 else 2, layer][bitrate - 1] * 1000
    samples = _RATES[version][rate]
    if layer == 3:
        return (12 * bits // samples + padding) * 4
    return (72 if layer == 1 and version != 3 else 144) * bits // samples + padding


def _walk(window: Window, notes: Notes) -> None:
    at = 0
    for _ in range(_MOST_TAGS):
        size = tag_size(window.at(at, HEADER))
        if size is None:
            break
        read_tag(window, notes, at, size)
        at += size
    else:
        notes.gap(f"ID3 tag at {at}", f"there are more than {_MOST_TAGS} tags; the rest was not read")
    if window.at(at, 4) == b"fLaC":
        read_flac(window, notes, at + 4)
    elif at and _frame_length(window.at(at, 4)) == 0:
        # Padding, or the rest of a tag whose length was damaged.
        if at == HEADER and any(window.at(at, _BETWEEN)):
            notes.gap("ID3 tag at 0", "it is empty by its length, and no sound stands behind it: it is damaged")
        note_remains(notes, f"what stands between the tag and the sound, at {at}", window.at(at, _BETWEEN))
    read_tail(window, notes, at)


FAMILY = Family(_recognise, _walk, End.OPEN)
