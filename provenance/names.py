"""Names of people, kept apart from the book: records hold what stands for a name, and this file the name itself.

It lies beside the catalogue, for this user alone, and what is taken out of it is gone. The same name is kept once, so
that a consent and a disclosure of the same performer are found to be.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path

from provenance.asset import Commitment
from provenance.errors import CatalogueDamaged, CatalogueTrouble

_FORM = b"provenance/personal/1\0"
"""Begins what a commitment is made over, so that it is no digest of anything else."""


class Names:
    """The names beside one catalogue. Any number of processes may use it."""

    def __init__(self, catalogue: Path) -> None:
        self._path = catalogue.parent / "names.jsonl"

    def commit(self, name: str) -> Commitment:
        """Keep a name, if it is not kept yet, and return what stands for it. Raises `CatalogueTrouble`."""
        plain = " ".join(name.split())
        try:
            with self._locked() as descriptor:
                for commitment, kept in self._kept(descriptor):
                    if kept.casefold() == plain.casefold():
                        return commitment
                salt = os.urandom(32)
                made = Commitment(hashlib.sha256(_FORM + salt + plain.encode()).hexdigest())
                line = json.dumps({"commitment": made, "salt": salt.hex(), "name": plain}).encode() + b"\n"
                os.write(descriptor, line)
                os.fsync(descriptor)
                return made
        except OSError as error:
            raise CatalogueTrouble(f"{self._path} cannot be written: {error.strerror}") from error

    def name_of(self, commitment: Commitment) -> str | None:
        """Return the name something stands for; None where it is not kept here (any more)."""
        try:
            with self._path.open("rb") as stream:
                return next((n for c, n in self._kept(stream.fileno()) if c == commitment), None)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CatalogueTrouble(f"{self._path} cannot be read: {error.strerror}") from error

    @contextmanager
    def _locked(self) -> Iterator[int]:
        descriptor = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            flock(descriptor, LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)

    def _kept(self, descriptor: int) -> Iterator[tuple[Commitment, str]]:
        raw = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
        for line in raw.splitlines():
            try:
                row = json.loads(line)
                yield Commitment(row["commitment"]), str(row["name"])
            except (ValueError, KeyError, TypeError) as error:
                raise CatalogueDamaged(f"{self._path} holds a line that is no name") from error
