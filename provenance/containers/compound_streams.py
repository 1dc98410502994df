"""The streams of a structured storage (MS-CFB 2): sectors in chains, a tree of names, small streams within a large one.

Counts are bounded, no sector is followed twice, and what cannot be followed is told.
"""

from bisect import bisect_right
from typing import BinaryIO, Final, NamedTuple

from provenance.containers.window import Window
from provenance.files import IN_MEMORY, BufferMedia, Media, streamed

SIGNATURE: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_LAST_SECTOR, _LAST_OF_CHAIN, _NO_ENTRY = 0xFFFFFFFA, 0xFFFFFFFE, 0xFFFFFFFF
_ENTRY = 128
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_LOCKED = 0x7FFFFF00
"""No stream lies here, in files that reach so far: programs lock it to agree on who writes (2.2)."""
_TABLE_LIMIT = 64 << 20
_MOST_ENTRIES = 200_000
_DEEPEST = 64


class Stream(NamedTuple):
    """One stream: its name, the names above it, and its bytes; `media` is None where they cannot be followed."""

    name: str
    path: str
    size: int
    media: Media | None


class PiecesMedia:
    """Bytes that lie in the file in several pieces."""

    def __init__(self, window: Window, pieces: list[tuple[int, int]], size: int) -> None:
        self._window = window
        self._pieces = pieces
        self._starts = [0]
        for _, length in pieces:
            self._starts.append(self._starts[-1] + length)
        self._size = size

    @property
    def size(self) -> int:
        return self._size

    def read(self, offset: int, length: int) -> bytes:
        out = bytearray()
        stop = min(offset + length, self._size)
        while 0 <= offset < stop:
            number = bisect_right(self._starts, offset) - 1
            start, size = self._pieces[number]
            inside = offset - self._starts[number]
            piece = self._window.at(start + inside, min(stop - offset, size - inside))
            if not piece:
                break
            out += piece
            offset += len(piece)
        return bytes(out)

    def stream(self) -> BinaryIO:
        return streamed(self)


class Compound:
    """One storage, read as far as it can be followed; `troubles` says what cannot."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self.troubles: list[str] = []
        head = window.at(0, 512)
        self._numbers = [int.from_bytes(head[at : at + 4], "little") for at in range(0, len(head) - 3, 4)]
        self._old = head[26:28] == b"\3\0"
        shift = head[30] if len(head) == 512 else 0
        self._sector = 1 << shift if 9 <= shift <= 16 else 512
        self._sectors = _Sectors(self._read_table(), _LOCKED // self._sector - 1)
        directory = self._sectors.from_one_on(self._numbers[12]) if len(self._numbers) == 128 else None
        self._directory = self._joined(directory or [])
        root = self._directory[:_ENTRY]
        self.root_class = root[80:96]
        self._small = self._joined(self._sectors.from_one_on(int.from_bytes(root[116:120], "little")) or [])
        table = self._joined(self._sectors.from_one_on(self._numbers[15]) or []) if directory else b""
        self._small_sectors = _Sectors(_longs(table))

    def _at(self, sector: int) -> int:
        return (sector + 1) * self._sector

    def _read_table(self) -> list[int]:
        """Return the table that says of each sector which one follows (2.3, 2.5)."""
        if len(self._numbers) < 128:
            self.troubles.append("its header is cut short")
            return []
        sectors, following = self._numbers[19:128], self._numbers[17]
        followed: set[int] = set()
        while following < _LAST_SECTOR and len(followed) < _TABLE_LIMIT // self._sector:
            if following in followed:
                self.troubles.append("its table of sectors leads in circles")
                break
            followed.add(following)
            more = _longs(self._window.at(self._at(following), self._sector))
            if not more:
                self.troubles.append("its table of sectors lies outside the file")
                break
            sectors += more[:-1]
            following = more[-1]
        named = [sector for sector in sectors if sector < _LAST_SECTOR]
        sectors = [*dict.fromkeys(named)][: _TABLE_LIMIT // self._sector]
        if len(sectors) < len(named):
            self.troubles.append("its table of sectors is too large, or in part there twice")
        return _longs(b"".join(self._window.at(self._at(sector), self._sector) for sector in sectors))

    def _joined(self, sectors: list[int]) -> bytes:
        return b"".join(self._window.at(self._at(s), self._sector) for s in sectors[: IN_MEMORY // self._sector])

    def streams(self) -> tuple[Stream, ...]:
        """Return all streams of the tree, each with its path."""
        found: list[Stream] = []
        seen: set[int] = set()
        waiting = [(self._number(0, 76), "", 0)]
        while waiting:
            at, path, depth = waiting.pop()
            if at == _NO_ENTRY:
                continue
            entry = self._directory[at * _ENTRY : (at + 1) * _ENTRY]
            if len(entry) < _ENTRY or at in seen or depth > _DEEPEST or len(seen) > _MOST_ENTRIES:
                self.troubles.append("its tree of names leads in circles, too deep, or nowhere")
                continue
            seen.add(at)
            name = entry[: max(0, int.from_bytes(entry[64:66], "little") - 2)].decode("utf-16-le", "replace")
            waiting += [(self._number(at, 68), path, depth), (self._number(at, 72), path, depth)]
            if entry[66] == _STREAM:
                found.append(self._stream(entry, name, f"{path}{name}"))
            elif entry[66] == _STORAGE:
                waiting.append((self._number(at, 76), f"{path}{name}/", depth + 1))
            else:
                self.troubles.append("its tree of names has an entry of no kind that is known")
        if not seen:
            self.troubles.append("its tree of names cannot be found")
        if self._sectors.left_over or self._small_sectors.left_over:
            self.troubles.append("it has sectors in use that belong to nothing")
        return tuple(sorted(found, key=lambda stream: stream.path))

    def _number(self, entry: int, at: int) -> int:
        found = self._directory[entry * _ENTRY + at : entry * _ENTRY + at + 4]
        return int.from_bytes(found, "little") if len(found) == 4 else _NO_ENTRY

    def _stream(self, entry: bytes, name: str, path: str) -> Stream:
        start = int.from_bytes(entry[116:120], "little")
        size = int.from_bytes(entry[120 : 124 if self._old else 128], "little")
        if size < self._numbers[14]:
            chain = self._small_sectors.from_one_on(start) if size else []
            data = b"" if chain is None else b"".join(self._small[s * 64 : s * 64 + 64] for s in chain)[:size]
            return Stream(name, path, size, BufferMedia(data) if len(data) == size else None)
        chain = self._sectors.from_one_on(start)
        if chain is None or len(chain) * self._sector < size or self._at(chain[-1]) >= self._window.size:
            return Stream(name, path, size, None)
        return Stream(name, path, size, PiecesMedia(self._window, self._pieces(chain), size))

    def _pieces(self, chain: list[int]) -> list[tuple[int, int]]:
        """Return a chain as pieces of the file, neighbours as one."""
        pieces: list[tuple[int, int]] = []
        for sector in chain:
            at = self._at(sector)
            if pieces and pieces[-1][0] + pieces[-1][1] == at:
                pieces[-1] = (pieces[-1][0], pieces[-1][1] + self._sector)
            else:
                pieces.append((at, self._sector))
        return pieces


class _Sectors:
    """The table that says of each sector which one follows, and which sectors somebody asked for (2.3)."""

    def __init__(self, table: list[int], apart: int = -1) -> None:
        """`apart` is the number of one that is used and belongs to nothing."""
        self._table = table
        self._asked = bytearray(len(table))
        if 0 <= apart < len(table):
            self._asked[apart] = True

    def from_one_on(self, first: int) -> list[int] | None:
        """Return the sectors that follow one another from one on; None where they lead in circles or nowhere."""
        chain: list[int] = []
        while first < _LAST_SECTOR:
            if first >= len(self._table) or len(chain) > len(self._table):
                return None
            chain.append(first)
            self._asked[first] = True
            first = self._table[first]
        return chain if first == _LAST_OF_CHAIN else None

    @property
    def left_over(self) -> bool:
        """Whether sectors are in use that nobody asked for: what led to them is damaged."""
        used = (after < _LAST_SECTOR or after == _LAST_OF_CHAIN for after in self._table)
        return any(use and not asked for use, asked in zip(used, self._asked, strict=True))


def _longs(data: bytes) -> list[int]:
    return [int.from_bytes(data[at : at + 4], "little") for at in range(0, len(data) - 3, 4)]
