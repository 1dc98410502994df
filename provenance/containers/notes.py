"""What a walk writes down: blocks, residue and gaps, bounded in number and size, so that no file can exhaust us."""

import zlib

from provenance.containers.chain import Chain
from provenance.containers.model import Block, BlockKind, Container, Format, Visitor
from provenance.evidence import Gap

STEPS = 200_000
"""Segments, chunks or boxes one walk goes through before it gives up."""

BLOCK_LIMIT = 16 << 20
"""Bytes of the largest block that is handed on."""

_ALL_BLOCKS = 64 << 20
_MOST_BLOCKS = 512
_MOST_TAGS = 16_384
_SMALL = frozenset({BlockKind.FIELD, BlockKind.TAG})
"""Blocks that are many and small, and are counted by themselves."""
_MOST_PLACES = 64
_INFLATED_LIMIT = 8 << 20
_ALL_INFLATED = 32 << 20
_STEP = 256


class Notes:
    """Collects what a walk finds. What does not fit becomes a gap, never a silence."""

    __slots__ = (
        "_blocks",
        "_gaps",
        "_inflatable",
        "_residue",
        "_room",
        "_steps",
        "_tags",
        "chain",
        "entered",
        "inner",
        "visitor",
    )

    def __init__(self, visitor: Visitor | None = None) -> None:
        self.visitor = visitor
        """Who is shown what lies whole in the file; without one it is a gap."""
        self.entered = False
        """Whether the files that this one holds were gone through."""
        self.inner = False
        """Whether an index is read that was compressed within another one."""
        self.chain: Chain | None = None
        """Of a JPEG: the segments before its picture."""
        self._blocks: list[Block] = []
        self._residue: dict[str, None] = {}
        self._gaps: dict[Gap, None] = {}
        self._room = _ALL_BLOCKS
        self._inflatable = _ALL_INFLATED
        self._steps = STEPS
        self._tags = 0

    @property
    def room(self) -> int:
        """Bytes of metadata that can still be handed on."""
        full = len(self._blocks) - self._tags >= _MOST_BLOCKS or self._tags >= _MOST_TAGS
        return 0 if full else self._room

    def block(self, kind: BlockKind, place: str, data: bytes, key: str = "", *, part: bool = False) -> None:
        """Hand on a block of metadata, cut to what there is room for."""
        limit = min(BLOCK_LIMIT, self.room)
        if limit == 0:
            self.gap(
                "metadata",
                f"there is more of it than is read: {_MOST_BLOCKS} blocks, {_MOST_TAGS} tags, {_ALL_BLOCKS} bytes",
            )
            return
        if len(data) > limit:
            self.gap(place, f"only the first {limit} bytes were read")
            data = data[:limit]
        self._room -= len(data)
        self._tags += kind in _SMALL
        self._blocks.append(Block(kind, place, data, key, part))

    def bounded(self, place: str, length: int) -> int:
        """Return how much of `length` bytes to read for one block, noting a gap where that is not all."""
        if length > BLOCK_LIMIT:
            self.gap(place, f"only the first {BLOCK_LIMIT} bytes were read")
            return BLOCK_LIMIT
        return length

    def step(self, place: str) -> bool:
        """Count one more tag, or whatever tags are kept in; return whether that is still within what one file may have.

        All readers of tags count together, so that no nesting multiplies what they do.
        """
        self._steps -= 1
        if self._steps < 0:
            self.gap(place, f"there are more than {STEPS} tags and parts of tags in this file; the rest was not read")
        return self._steps >= 0

    def residue(self, place: str) -> None:
        """Note a place that is, or looks like the remains of, a C2PA manifest store. One is enough to act on."""
        if len(self._residue) < _MOST_PLACES:
            self._residue[place] = None

    @property
    def suspect(self) -> bool:
        """Whether any residue was noted yet."""
        return bool(self._residue)

    def gap(self, place: str, says: str) -> None:
        """Note something that could not be looked at, in a sentence."""
        if len(self._gaps) < _MOST_PLACES:
            self._gaps[Gap(place, says)] = None

    def inflated(self, place: str, data: bytes) -> bytes:
        """Return zlib data decompressed as far as it is sound; damage, and more than a bounded amount, are gaps."""
        limit = min(_INFLATED_LIMIT, self._inflatable)
        out, whole, sound = _inflate(data, limit)
        self._inflatable -= min(len(out), limit)
        if len(out) > limit:
            self.gap(place, f"it decompresses to more than {limit} bytes and was not read")
            return b""
        if not sound:
            self.gap(place, "its compression is damaged; it was read as far as it goes")
        elif not whole:
            self.gap(place, "its compressed data is cut short")
        return out

    def unpacked(self, place: str, data: bytes) -> bytes:
        """Return Brotli data decompressed as far as it is sound, within the same bounds as `inflated`."""
        import brotli

        limit = min(_INFLATED_LIMIT, self._inflatable)
        stream, out = brotli.Decompressor(), bytearray()
        try:
            out += stream.process(data, output_buffer_limit=limit + 1)
            while len(out) <= limit and not stream.is_finished() and not stream.can_accept_more_data():
                out += stream.process(b"", output_buffer_limit=limit + 1 - len(out))
        except brotli.error:
            self.gap(place, "its compression is damaged; it was read as far as it goes")
        else:
            if len(out) <= limit and not stream.is_finished():
                self.gap(place, "its compressed data is cut short")
        self._inflatable -= min(len(out), limit)
        if len(out) > limit:
            self.gap(place, f"it decompresses to more than {limit} bytes and was not read")
            return b""
        return bytes(out)

    def container(self, found: Format | None) -> Container:
        """Return everything noted."""
        blocks, gaps = tuple(self._blocks), tuple(self._gaps)
        return Container(found, blocks, tuple(self._residue), gaps, self.entered, self.chain)


def _inflate(data: bytes, limit: int) -> tuple[bytes, bool, bool]:
    """Return at most `limit` + 1 bytes, whether that is the whole stream, and whether it is sound."""
    stream, out = zlib.decompressobj(), bytearray()
    for at in range(0, len(data), _STEP):
        try:
            # zlib forgets what it made of a piece in which it finds damage, so the pieces are small.
            out += stream.decompress(data[at : at + _STEP], limit + 1 - len(out))
        except zlib.error:
            return bytes(out), False, False
        if stream.eof or len(out) > limit:
            break
    return bytes(out), stream.eof, True
