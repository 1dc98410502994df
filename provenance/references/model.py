"""What a timeline is read as: the things it points at, and what was made in it."""

from dataclasses import dataclass
from enum import Enum

from provenance.asset import Digest

MOST_ITEMS = 100_000
"""Files that a timeline may point at together, each frame of a sequence counted."""
LONGEST_NAME = 300
"""Characters of a name that are kept for people to read."""


class TimelineFormat(Enum):
    """What a timeline is written in."""

    OTIO = "otio"
    """OpenTimelineIO's JSON, alone or in a bundle."""
    FCPXML = "fcpxml"
    """Final Cut Pro's, alone or in a bundle."""
    XMEML = "xmeml"
    """Final Cut Pro 7's, which Premiere and Resolve write."""
    EDL = "cmx3600"


@dataclass(frozen=True, slots=True)
class Frames:
    """The frames that a reference to a sequence of images means: `head`, a number, `tail`."""

    head: str
    tail: str
    first: int
    count: int
    step: int = 1
    padding: int = 0

    def names(self) -> tuple[str, ...]:
        """Return the name of each frame, in order."""
        numbers = range(self.first, self.first + self.count * self.step, self.step)
        return tuple(f"{self.head}{number:0{self.padding}d}{self.tail}" for number in numbers)


@dataclass(frozen=True, slots=True)
class Reference:
    """One thing that a timeline points at. What stands in it was written by others, and is followed nowhere."""

    name: str
    """What the timeline calls the media, or the clip where the media has no name."""
    target: str = ""
    """Path or URL, as it stands there; of a sequence, of the folder. Empty where the format knows names only."""
    reel: str = ""
    track: str = ""
    """Kind of the track it was first met on: `video`, `audio`, or empty."""
    span: str = ""
    """The part of the source that is used, in the format's own words."""
    frames: Frames | None = None
    optional: bool = False
    """Whether it only stands in for another that is referred to as well (a proxy): it need not be found."""

    @property
    def media(self) -> tuple[str, str, str, Frames | None]:
        """What makes it the same media as another reference."""
        return self.name, self.target, self.reel, self.frames


@dataclass(frozen=True, slots=True)
class Timeline:
    """One timeline, or everything in one file of timelines.

    `digest` is of the document that was read: of a bundle, the document in it.
    """

    format: TimelineFormat
    name: str
    """Name of its file."""
    digest: Digest
    clips: int
    references: tuple[Reference, ...]
    """Each media once, as it was first met."""
    made: tuple[str, ...] = ()
    """What has no media because it was made in the timeline: titles, gaps, generators."""


class Gathering:
    """Collects what a reader meets. Raises `Unreadable` for more than may be."""

    def __init__(self) -> None:
        self.clips = 0
        self._items = 0
        self._references: dict[tuple[str, str, str, Frames | None], Reference] = {}
        self._made: dict[str, None] = {}

    def add(self, reference: Reference) -> None:
        """Take down one use of some media."""
        self.clips += 1
        if reference.media in self._references:
            return
        self._items += reference.frames.count if reference.frames else 1
        if self._items > MOST_ITEMS:
            raise Unreadable(f"it points at more than {MOST_ITEMS:,} files")
        self._references[reference.media] = reference

    def add_made(self, what: str) -> None:
        """Take down something that was made in the timeline."""
        if len(self._made) < MOST_ITEMS:
            self._made.setdefault(shortened(what))

    def references(self) -> tuple[Reference, ...]:
        """Return each media once."""
        return tuple(self._references.values())

    def made(self) -> tuple[str, ...]:
        """Return what was made in the timeline, each kind and name once."""
        return tuple(self._made)


class Unreadable(Exception):
    """A document is not what it should be; says why."""


def shortened(text: str) -> str:
    """Return a name out of a timeline as it can be kept: UTF-8, without control characters, and not too long."""
    clean = text.encode("utf-8", "replace").decode()
    clean = "".join(c if c.isprintable() else "\ufffd" for c in clean).strip()
    return clean if len(clean) <= LONGEST_NAME else f"{clean[:LONGEST_NAME]}…"
