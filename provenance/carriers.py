"""A file and whatever lies whole in it, to the bottom: each is examined as a file of its own would be.

What a part says is said of the file as of something made with it (`componentOf`): a generated picture in an archive, a
film or a document makes that partly generated, and a captured one clears nothing. What could not be looked at, is of no
type that is known, or has a credential that cannot be read, holds the file.
"""

import hashlib
import time
from dataclasses import replace
from typing import NamedTuple

from provenance.containers import Container, walk
from provenance.credentials.read import CredentialReader, Reading
from provenance.evidence import Credential, Gap, Signal, State
from provenance.examination import SIDECAR_TYPE
from provenance.files import BLOCK, Media, display
from provenance.likeness import coded_likeness
from provenance.sameness import BYTES, SHAPE, VERSION, WHOLE, Likeness, within
from provenance.signals import read_signals
from provenance.signals.findings import Findings
from provenance.signals.reader import of_a_part, weightiest

MOST_PARTS = 10_000
"""Files that are looked at within one file, on all floors together."""
DEEPEST = 5
"""Floors of files in files."""
ROOM, LEAST_ROOM, RATIO = 1 << 30, 128 << 20, 100
"""Bytes that are decompressed or copied for one file: so many times its size, but within these two."""
PATIENCE, SLOWEST = 15.0, 40e6
"""Seconds for all that lies in one file, and bytes a second that its size adds: half of what a worker is given."""
COMPARED, LARGEST_COMPARED, COMPARING = 256 << 20, 256 << 20, 10.0
"""What of the files in one file is read a second time, to know them again: so many bytes and a quarter of its size, of
each no more than that, and for so many seconds, which `PATIENCE` does not count. The rest is not compared."""
_MOST_ALIKE = 10_000
_MOST_GAPS = 64
_NOTHING = Findings()
_NOT_LOOKED_AT = {State.UNREADABLE, State.BROKEN, State.REMOTE}


class Seen(NamedTuple):
    """What was found in a file and in what lies in it. `container` is None where nothing was walked."""

    container: Container
    reading: Reading
    signals: tuple[Signal, ...]
    gaps: tuple[Gap, ...]
    alike: tuple[Likeness, ...] = ()
    """By what that is known again which lies in it."""


def look(media: Media, reader: CredentialReader) -> Seen:
    """Walk a file, read its credential and its marks, and those of everything in it.

    Never raises for what the bytes are; raises `OSError` where the storage does.
    """
    return _look(media, reader, _Floor(reader, _Budget(media.size)))


class _Budget:
    """What may still be spent on one file, on all its floors together. Most files hold none, and pay nothing."""

    __slots__ = ("_size", "compared", "comparing", "parts", "room", "until")

    def __init__(self, size: int) -> None:
        self.room = max(LEAST_ROOM, min(ROOM, RATIO * size))
        self.parts = MOST_PARTS
        self.compared = COMPARED + size // 4
        self.comparing = COMPARING
        self.until = 0.0
        self._size = size

    @property
    def late(self) -> bool:
        """Whether it has taken too long, from the first part on."""
        now = time.monotonic()
        self.until = self.until or now + PATIENCE + self._size / SLOWEST
        return now > self.until

    def compares(self, size: int) -> bool:
        """Take from what may be read a second time, if there is as much."""
        if size > self.compared or self.comparing <= 0:
            return False
        self.compared -= size
        return True

    def took(self, seconds: float) -> None:
        """Note how long comparing took: a file is not held because it was compared as well."""
        self.comparing -= seconds
        self.until += seconds


class _Floor:
    """Examines what lies in one file: its visitor, while it is walked."""

    __slots__ = ("alike", "budget", "depth", "gaps", "reader", "signals")

    def __init__(self, reader: CredentialReader, budget: _Budget, depth: int = 0) -> None:
        self.reader = reader
        self.budget = budget
        self.depth = depth
        self.signals: dict[Signal, None] = {}
        self.gaps: dict[Gap, None] = {}
        self.alike: dict[Likeness, None] = {}

    @property
    def room(self) -> int:
        return max(0, self.budget.room)

    def take(self, size: int) -> None:
        self.budget.room -= size

    def more(self) -> bool:
        if self.depth >= DEEPEST:
            self._gap("inside", f"files lie in one another more than {DEEPEST} deep; the deeper ones were not examined")
        elif self.budget.parts <= 0:
            self._gap("inside", f"more than {MOST_PARTS} files lie in it; the rest was not examined")
        elif self.budget.late:
            self._gap("inside", "so much lies in it that examining all of it takes too long; the rest was not examined")
        else:
            return True
        return False

    def visit(self, place: str, media: Media, *, unknown: bool = False, sidecar: bytes | None = None) -> None:
        self.budget.parts -= 1
        seen = _look(media, self.reader, _Floor(self.reader, self.budget, self.depth + 1))
        found = seen.container.format
        beside = Reading(Credential(State.ABSENT)) if sidecar is None else self._beside(media, seen, sidecar)
        name = place.removeprefix("inside ")
        self._know_again(name, media, seen)
        for signal in of_a_part((*seen.signals, *beside.signals)):
            via = f"{signal.via}, in {name}" if signal.via else name
            self.signals[replace(signal, place=f"{place}: {signal.place}", via=via)] = None
        for gap in (*seen.gaps, *beside.gaps):
            self._gap(f"{place}: {gap.place}", gap.says)
        if found is None and not (unknown and not seen.container.residue):
            self._gap(place, f"{name} is of no type that is known here, and was not examined")
        elif found is not None and found.media_type == SIDECAR_TYPE:
            self._gap(place, f"{name} is a content credential about another file, and was not examined")
        # What is of no known type has no credential of its own; one beside it has to read all the same.
        for credential in (*((seen.reading.credential,) if found is not None else ()), beside.credential):
            if credential.state in _NOT_LOOKED_AT:
                why = f": {credential.why}" if credential.why else ""
                self._gap(place, f"the content credential of {name} is {credential.state.value}{why}")

    def _beside(self, media: Media, seen: Seen, sidecar: bytes) -> Reading:
        return self.reader.read_sidecar(media, seen.container, sidecar)

    def _know_again(self, name: str, media: Media, seen: Seen) -> None:
        """Note by what a part is known again without its marks: what is coded in it, or all its bytes.

        A part of no known type, which a program keeps for itself or which holds the file anyway, is none to look for.
        """
        found = seen.alike
        size = min(media.size, LARGEST_COMPARED)
        if seen.container.format is not None and self.budget.compares(size):
            started = time.monotonic()
            coded = tuple(one for one in coded_likeness(seen.container, media) if one[0] != SHAPE)
            exact = media.size <= size and not any(algorithm in WHOLE for algorithm, _, _ in coded)
            found = (*coded, *(((BYTES, VERSION, _sha256(media)),) if exact else ()), *found)
            self.budget.took(time.monotonic() - started)
        for one in found[: _MOST_ALIKE - len(self.alike)]:
            self.alike[within(one, display(name))] = None

    def _gap(self, place: str, says: str) -> None:
        if len(self.gaps) < _MOST_GAPS:
            self.gaps[Gap(place, says)] = None


def _look(media: Media, reader: CredentialReader, floor: _Floor) -> Seen:
    container = walk(media, floor)
    if container.format and container.format.media_type == SIDECAR_TYPE:
        # It speaks of another file. Judging it alone would call every sidecar broken.
        why = "a content credential by itself, about another file"
        return Seen(container, Reading(Credential(State.UNSUPPORTED, why=why)), (), ())
    reading = reader.read(media, container)
    found = read_signals(container, media, floor)
    inside = weightiest(Findings(tuple(floor.signals), tuple(floor.gaps))) if floor.signals or floor.gaps else _NOTHING
    gaps = (*container.gaps, *reading.gaps, *found.gaps, *inside.gaps, *_unlooked(container))
    return Seen(container, reading, (*reading.signals, *found.signals, *inside.signals), gaps, tuple(floor.alike))


def _sha256(media: Media) -> bytes:
    digest = hashlib.sha256()
    for at in range(0, media.size, BLOCK):
        digest.update(media.read(at, BLOCK))
    return digest.digest()


def _unlooked(container: Container) -> tuple[Gap, ...]:
    if container.format and container.format.holds_files and not container.entered:
        says = f"{container.format.media_type} can hold other files, which were not examined; unpack it to have them so"
        return (Gap("inside", says),)
    return ()
