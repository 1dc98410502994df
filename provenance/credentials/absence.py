"""Which files the SDK need not be asked about, because nothing in their bytes could be a credential.

Asking costs a third of the time that a plain picture takes, and most pictures are plain. The answer is known beforehand
where all of this holds, and it errs towards asking:

(1) the format keeps a manifest store as it is, uncompressed and with its boxes' names whole (C2PA 2.2, A.3: JPEG, PNG,
TIFF, RIFF); (2) our own walk came through to the end, and found no remains; (3) no XMP could name a place elsewhere;
(4) no type of content that a store consists of stands anywhere in the bytes: each store has five and more of them (C2PA
2.2, 11.1), and damage to a few bytes hides none.

In a ZIP a store is a file of a certain name (C2PA 2.2, A.6), and the SDK reads all of a ZIP to find that out. Our own
list of files, where it adds up, has the name or has not.
"""

from typing import Final

from provenance.containers.model import BlockKind, Container, Format
from provenance.containers.remains import holds_types, looks_like_manifest
from provenance.files import IN_MEMORY, Media

_AS_IT_IS: Final = frozenset({"image/jpeg", "image/png", "image/tiff", "image/webp", "audio/wav"})
_OF_A_FILE: Final = "inside "
"""How the places of gaps begin that are about one of the files in an archive, and not about the archive."""
_ELSEWHERE: Final = b"provenance"
"""The local name of `dcterms:provenance`, which points at a manifest on a server."""


def nothing_to_read(media: Media, container: Container) -> bool:
    """Whether the bytes of `media`, of which `container` is the walk, cannot hold or name a credential."""
    found = container.format
    if found is not None and found.sdk is not None and container.entered:
        return not container.residue and all(gap.place.startswith(_OF_A_FILE) for gap in container.gaps)
    if found is None or found.media_type not in _AS_IT_IS or media.size > IN_MEMORY:  # (1)
        return False
    if container.residue or container.gaps:  # (2)
        return False
    if any(block.kind is BlockKind.XMP and _ELSEWHERE in block.data for block in container.blocks):  # (3)
        return False
    return not holds_types(media.read(0, media.size))  # (4)


def somewhere_else(media: Media, found: Format) -> bool:
    """Whether a small file of those formats has a manifest store where none belongs, such as in a picture behind it.

    Only for files that the SDK was asked about: almost no file without a store holds what makes that necessary.
    """
    small = found.media_type in _AS_IT_IS and media.size <= IN_MEMORY
    return small and looks_like_manifest(media.read(0, media.size))
