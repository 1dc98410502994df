"""Walking containers: the type of the bytes, the blocks of metadata in them, the remains of a content credential.

Boxes, but no meaning: what a block says is for `signals`.

The content decides the type, never the name.
"""

from provenance.containers.model import Block, BlockKind, Container, Format
from provenance.containers.walk import identify, walk

__all__ = ["Block", "BlockKind", "Container", "Format", "identify", "walk"]
