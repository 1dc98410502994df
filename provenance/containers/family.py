"""What every family of containers offers: knowing its own by their content, and walking them."""

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from provenance.containers.model import Format
from provenance.containers.notes import Notes
from provenance.containers.window import Window

HEAD = 64
"""Bytes of the start of a file that every family is shown."""


class End(Enum):
    """Whether the walk of a family comes to where its files end."""

    REACHED = "reached"
    """It does, and looks at what stands behind."""
    OPEN = "open"
    """It does not: what was put behind is known by its own end alone."""
    OWN = "open, and its own pictures may end there"


class Family(NamedTuple):
    """One family of containers.

    `recognise` gets the first bytes and returns the exact type, or None if the file is not of this family. `walk`
    notes what it finds and never raises for what the bytes say.
    """

    recognise: Callable[[bytes, Window], Format | None]
    walk: Callable[[Window, Notes], None]
    end: End = End.REACHED
