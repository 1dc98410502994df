"""Strings in SSH's binary form: four bytes of length, then as many bytes (RFC 4251, section 5)."""

import struct


class Malformed(ValueError):
    """Some bytes are not in the form they are said to be in."""


class Reader:
    """Reads one after another, and never beyond the end."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._at = 0

    def take(self, count: int) -> bytes:
        """Return the next bytes; raises `Malformed` where there are not as many."""
        end = self._at + count
        if end > len(self._raw):
            raise Malformed("it ends too early")
        taken, self._at = self._raw[self._at : end], end
        return taken

    def number(self) -> int:
        """Return the next `uint32`."""
        number: int = struct.unpack(">I", self.take(4))[0]
        return number

    def string(self) -> bytes:
        """Return the next string."""
        return self.take(self.number())

    def end(self) -> None:
        """Raise `Malformed` if anything is left: two readers must not see two things in the same bytes."""
        if self._at != len(self._raw):
            raise Malformed("something follows its end")


def string(value: bytes) -> bytes:
    """Return a string in SSH's form."""
    return struct.pack(">I", len(value)) + value
