"""The words of container walking."""

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from provenance.containers.chain import Chain
from provenance.evidence import Gap
from provenance.files import Media


class Carries(Enum):
    """Whether a type of file has a place for a content credential."""

    YES = "yes"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Format:
    """A type of file that was positively identified by its content.

    `sdk` is the name the C2PA SDK knows the format by; None where it has no reader for it.
    """

    media_type: str
    carries: Carries
    sdk: str | None = None
    holds_files: bool = False
    """Whether it can hold whole other files."""


class BlockKind(Enum):
    """What a block of metadata is, by where it stands in its container."""

    XMP = "xmp"
    """An XMP packet, as bytes of RDF/XML."""
    EXIF = "exif"
    """A TIFF structure of EXIF tags, from its byte-order mark on."""
    TEXT = "text"
    """One keyword with its text (PNG tEXt, zTXt, iTXt), decompressed; `key` is the keyword."""
    COMMENT = "comment"
    """A free comment (JPEG COM, GIF comment)."""
    TAG = "tag"
    """One tag of a film or a sound: `key` is its name as the container has it, the data its text or XML."""
    FIELD = "field"
    """One field of a header or of a list of properties (EXR, DPX, PDF, SVG, makers' trailers); `key` is its name."""
    IPTC = "iptc"
    """Records of IPTC-IIM, as Photoshop keeps them."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of metadata, bounded in size. `place` says where it stands, e.g. `PNG iTXt 'parameters' at 41`."""

    kind: BlockKind
    place: str
    data: bytes
    key: str = ""
    part: bool = False
    """Whether it speaks of a part of the file alone, such as one picture on a page."""


@dataclass(frozen=True, slots=True)
class Container:
    """What a walk found. `format` is None where the content is of no type we know.

    `residue` names each place that is, or looks like the remains of, a C2PA manifest store. `gaps` names what the walk
    had to give up on: damage, limits, nesting.
    """

    format: Format | None
    blocks: tuple[Block, ...] = ()
    residue: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    entered: bool = False
    """Whether the files that it holds were gone through: each was shown to the visitor, or is a gap."""
    chain: Chain | None = None
    """Of a JPEG: the segments before its picture."""


class Visitor(Protocol):
    """Who is shown what lies whole within a file, while it is walked: it is examined there and then, and let go."""

    def visit(self, place: str, media: Media, *, unknown: bool = False, sidecar: bytes | None = None) -> None:
        """Examine what lies at a place. With `unknown`, bytes of no type that is known are nothing to hold a file for.

        `sidecar` are the bytes of the manifest store that lies beside it in the same carrier.
        """

    def more(self) -> bool:
        """Whether there is still room for another one; if not, that has been noted."""

    @property
    def room(self) -> int:
        """Bytes that may still be copied or decompressed."""

    def take(self, size: int) -> None:
        """Count bytes that were copied or decompressed."""
