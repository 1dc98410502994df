"""Which folder each watch stands on: a tree of the kernel's numbers, kept in step with folders that come and go.

Pure. The kernel knows a watched folder by a number that stays with the folder wherever it is moved (inotify(7)); which
path it has is for whoever placed the watch to remember.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class _Node:
    path: bytes
    name: bytes
    parent: int | None
    children: dict[bytes, int] | None = None  # most folders hold none, and an empty dict is larger than the rest


class Places:
    """The folders of one root that have a watch, by number and as a tree. Paths are below the root, itself empty."""

    def __init__(self) -> None:
        self._nodes: dict[int, _Node] = {}

    def __len__(self) -> int:
        return len(self._nodes)

    def __contains__(self, number: int) -> bool:
        return number in self._nodes

    def path(self, number: int) -> bytes | None:
        """Return the path a watch stands on; None if it stands on none any more."""
        node = self._nodes.get(number)
        return None if node is None else node.path

    def put(self, number: int, path: bytes) -> list[int]:
        """Note that a watch stands on a folder, and return those that stand on none any more because of it.

        That is whatever stood below the folder's old path if it was known under another, and what stood on `path`
        before. A folder whose parent is not watched is noted on its own. One that turns up below itself (a bind mount
        that loops) stays where it is.
        """
        above, _, name = path.rpartition(b"/")
        parent = self._number_of(above) if path else None
        was = self._nodes.get(number)
        if was is not None and ((was.path == path and was.parent == parent) or _below(path, was.path)):
            return []
        adrift = self._cut(number) if was is not None else []
        if parent is not None:
            siblings = self._nodes[parent].children
            if siblings is None:
                siblings = self._nodes[parent].children = {}
            if name in siblings:
                adrift += self._cut(siblings[name])
            siblings[name] = number
        self._nodes[number] = _Node(path, name, parent)
        return [n for n in adrift if n != number]

    def leave(self, number: int, name: bytes) -> list[int]:
        """Note that the folder `name` in a watched folder is not there any more; return all watches it takes along."""
        node = self._nodes.get(number)
        child = node.children.get(name) if node is not None and node.children else None
        return self._cut(child) if child is not None else []

    def drop(self, number: int) -> list[int]:
        """Note that a watch has ended; return those that stood below it."""
        return [n for n in self._cut(number) if n != number] if number in self._nodes else []

    def _number_of(self, path: bytes) -> int | None:
        """Return the number of a watched path, going down from the root."""
        at = self._root
        for part in path.split(b"/") if path else []:
            if at is None:
                return None
            at = (self._nodes[at].children or {}).get(part)
        return at

    @property
    def _root(self) -> int | None:
        """The first that was put is the root, and stays the first as long as it is there."""
        first = next(iter(self._nodes), None)
        return first if first is not None and not self._nodes[first].path else None

    def _cut(self, number: int) -> list[int]:
        """Forget a watch and all below it; return their numbers."""
        top = self._nodes[number]
        if top.parent is not None:
            siblings = self._nodes[top.parent].children
            if siblings is not None and siblings.get(top.name) == number:
                del siblings[top.name]
        forgotten = []
        pending = [number]
        while pending:
            at = pending.pop()
            node = self._nodes.pop(at)
            forgotten.append(at)
            pending += (node.children or {}).values()
        return forgotten


def _below(path: bytes, above: bytes) -> bool:
    return path.startswith(above + b"/") if above else bool(path)
