"""What `Apart` and its process say to each other, as bytes in a pipe.

Frames: the length in four bytes, most significant first, and so many bytes of `marshal`, which both sides, being the
same Python, write and read alike. Answers are plain values and never make anything run in the process that reads them.
"""

import marshal
import struct
from collections.abc import Generator, Iterator
from typing import Any

from watcher.ground import Met
from watcher.lister import Answer, Listed, NotProven, Swept, Trouble
from watcher.opening import Odd
from watcher.probe import Look
from watcher.roots import RootTrouble, Standing
from watcher.sweep import Folder, Found
from watcher.wait import Wait

_LENGTH = struct.Struct(">I")

LONGEST = 64 << 20
"""Bytes of a frame at most: ours have some hundred thousand."""

FILES = 1_000
"""Files to a frame: large folders come in several, so that neither side is kept from its other work."""

Plain = tuple[Any, ...]
"""Made of numbers, bytes, text, truth values and tuples of them; the first says what it is."""


def framed(message: Plain) -> bytes:
    """Return a message as a frame."""
    content = marshal.dumps(message)
    return _LENGTH.pack(len(content)) + content


class Frames:
    """Bytes as they come in, and the whole frames among them. Raises `ValueError` for what is no frame."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> None:
        """Take bytes that came in."""
        self._bytes += data

    @property
    def ready(self) -> bool:
        """Whether a message is there as a whole."""
        if len(self._bytes) < _LENGTH.size:
            return False
        return len(self._bytes) >= _LENGTH.size + int(_LENGTH.unpack_from(self._bytes)[0])

    def whole(self) -> Generator[Plain, None, None]:
        """Yield each message that is there as a whole, and keep the rest. May be left before its end."""
        at = 0
        try:
            while len(self._bytes) - at >= _LENGTH.size:
                (length,) = _LENGTH.unpack_from(self._bytes, at)
                if length > LONGEST:
                    raise ValueError(f"a frame of {length} bytes")
                end = at + _LENGTH.size + length
                if end > len(self._bytes):
                    break
                message = _loaded(bytes(memoryview(self._bytes)[at + _LENGTH.size : end]))
                at = end
                yield message
        finally:
            del self._bytes[:at]


def _loaded(content: bytes) -> Plain:
    try:
        message = marshal.loads(content)  # noqa: S302 (written by a process of ours that runs the same code)
    except (EOFError, TypeError, ValueError) as error:
        raise ValueError(f"a frame that cannot be read: {error}") from error
    if not isinstance(message, tuple) or not message:
        raise ValueError("a frame that says nothing")
    return message


def told(answer: Answer) -> Iterator[Plain]:
    """Yield the messages that say an answer."""
    match answer:
        case Listed(folder):
            rows = [(name, *found) for name, found in folder.files]
            for some in range(0, len(rows), FILES):
                yield ("files", tuple(rows[some : some + FILES]))
            odd = tuple((name, kind.value) for name, kind in folder.odd)
            yield ("listed", folder.path, odd, _plain_error(folder.error))
        case Swept(began, complete):
            yield ("swept", began, complete)
        case Look(path, found, waits, error):
            plain = None if found is None else tuple(found)
            yield ("look", path, plain, tuple((wait.value, says) for wait, says in waits), error)
        case Trouble(kind, says):
            yield ("trouble", kind.value, says)


class Hearing:
    """Puts answers together again from what `told` made of them."""

    def __init__(self) -> None:
        self._files: list[tuple[bytes, Found]] = []

    def hear(self, message: Plain) -> Answer | None:
        """Return the answer that a message completes; None if it completes none."""
        match message:
            case ("files", rows):
                self._files += [(row[0], Found._make(row[1:])) for row in rows]
                return None
            case ("listed", path, odd, error):
                files, self._files = self._files, []
                return Listed(Folder(path, files, [(name, Odd(kind)) for name, kind in odd], _error(error)))
            case ("swept", began, complete):
                return Swept(began, complete)
            case ("look", path, found, waits, error):
                there = None if found is None else Found._make(found)
                return Look(path, there, tuple((Wait(wait), says) for wait, says in waits), error)
            case ("trouble", kind, says):
                return Trouble(RootTrouble(kind), says)
            case _:
                raise ValueError(f"an answer of no known kind: {message[0]!r}")


def plain_met(met: Met) -> Plain:
    """Return the message that says what a root was met as."""
    where = None if met.standing is None else (met.standing.device, met.standing.inode)
    return ("met", met.held, where, tuple(met.entries))


def heard_met(message: Plain) -> Met:
    """Return what `plain_met` said."""
    _, held, where, entries = message
    return Met(held, None if where is None else Standing(*where), frozenset(entries))


def _plain_error(error: OSError | None) -> tuple[bool, int | None, str] | None:
    if error is None:
        return None
    return isinstance(error, NotProven), error.errno, error.strerror or str(error)


def _error(plain: tuple[bool, int | None, str] | None) -> OSError | None:
    if plain is None:
        return None
    not_proven, number, text = plain
    if not_proven:
        return NotProven(text)
    return OSError(text) if number is None else OSError(number, text)
