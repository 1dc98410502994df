"""The tags of an EXIF block, as far as the bytes are there.

Bounded in every direction: offsets are visited once, counts are cut at the end of the data, nothing recurses.
"""

from dataclasses import dataclass

from provenance.containers.directory import Layout, layout_of, read_directory
from provenance.containers.window import Window
from provenance.files import BufferMedia

_EXIF_DIRECTORY = 0x8769
_MOST_DIRECTORIES = 64


@dataclass(frozen=True, slots=True)
class Tag:
    """One value that was asked for: its tag number, and its bytes as they stand."""

    number: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Structure:
    """The tags found, whether numbers have their low byte first, and what could not be read, each in a few words."""

    tags: tuple[Tag, ...]
    little: bool
    trouble: tuple[str, ...]


def read_tags(data: bytes, wanted: frozenset[int]) -> Structure:
    """Return the `wanted` tags of all directories and of the EXIF directories they point at. Never raises."""
    layout = layout_of(data[:16])
    if layout is None:
        return Structure((), little=True, trouble=("there is no TIFF header",))
    reading = _Reading(data, layout, wanted)
    seen: set[int] = set()
    while reading.waiting and len(seen) < _MOST_DIRECTORIES and reading.room >= 0:
        offset, name = reading.waiting.pop()
        if offset not in seen:
            seen.add(offset)
            reading.directory(offset, name)
    if reading.room < 0:
        reading.trouble.append("its values overlap")
    return Structure(tuple(reading.tags), layout.order == "little", tuple(dict.fromkeys(reading.trouble)))


class _Reading:
    """One structure while it is read: what was found, what could not be, and where to go on."""

    def __init__(self, data: bytes, layout: Layout, wanted: frozenset[int]) -> None:
        self._window = Window(BufferMedia(data))
        self._layout = layout
        self._wanted = wanted
        self.waiting = [(layout.first, "the first directory")]
        self.tags: list[Tag] = []
        self.trouble: list[str] = []
        self.room = len(data)
        """Bytes of values still to be had: sound structures never use a byte twice, hostile ones a million times."""

    def directory(self, offset: int, name: str) -> None:
        """Read the directory at `offset` as far as it is there."""
        found = read_directory(self._window, self._layout, offset)
        # Many cameras leave rubbish where the pointer to a further directory should be zero.
        if found.trouble is not None and name:
            self.trouble.append(f"{name}: {found.trouble}")
        for entry in found.entries:
            if entry.tag == _EXIF_DIRECTORY:
                self.waiting.append((self._layout.number(entry.field), "the EXIF directory"))
            elif entry.tag in self._wanted and self.room >= 0:
                self._value(entry.tag, *self._layout.span(entry))
        if found.following:
            self.waiting.append((found.following, ""))

    def _value(self, number: int, start: int, length: int) -> None:
        value = self._window.at(start, length)
        if len(value) < length:
            self.trouble.append(f"tag 0x{number:04X} is cut short")
        self.room -= len(value)
        self.tags.append(Tag(number, value))
