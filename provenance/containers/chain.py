"""The chain of segments that a JPEG begins with, as a walk finds it and others need it again."""

from typing import NamedTuple

COM = 0xFE


class Segment(NamedTuple):
    """A segment with a length: its marker, where it starts, and where the next one does."""

    code: int
    at: int
    stop: int

    @property
    def place(self) -> str:
        """How a person is told which one it is."""
        if self.code & 0xF0 == 0xE0:
            return f"JPEG APP{self.code & 0x0F} at {self.at}"
        return f"JPEG {'COM' if self.code == COM else f'segment {self.code:02X}'} at {self.at}"


class Chain(NamedTuple):
    """The segments before the picture, where they end, and why there, if that is not at the picture.

    `short` is whether the reason is that the file ends.
    """

    segments: list[Segment]
    end: int
    broken: str | None
    short: bool = False
