"""Who is listed: people with their roles and keys."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from provenance.asset import UtcTime
from provenance.identity.publickey import PublicKey
from provenance.records import in_force

ADMINISTRATOR: Final = "administrator"
"""May accept a configuration."""
CUSTODIAN: Final = "custodian"
"""May write down that somebody else approved, where a document shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody whose word counts. One without keys can only be written down by a custodian."""

    id: str
    name: str
    roles: frozenset[str]
    keys: tuple[PublicKey, ...] = ()
    until: UtcTime | None = None
    """From this instant on no word of theirs counts, whenever it was said."""

    def is_called(self, name: str) -> bool:
        """Whether a name is this person's: the id or the full name, however it is spaced or capitalised."""
        return _plain(name) in {_plain(self.id), _plain(self.name)}

    def listed_at(self, now: UtcTime) -> bool:
        """Whether their word counts at an instant."""
        return in_force(self.until, now)


@lru_cache(maxsize=1024)
def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def called(people: Iterable[Person], name: str) -> Person | None:
    """Return the person of a name; None if there is none."""
    return next((p for p in people if p.is_called(name)), None)


def holder(people: Iterable[Person], fingerprint: str) -> tuple[Person, PublicKey] | None:
    """Return whose key this is, with the key; None if nobody listed has it."""
    for person in people:
        for key in person.keys:
            if key.fingerprint == fingerprint:
                return person, key
    return None


def ambiguity(people: Iterable[Person]) -> str | None:
    """Return why a list of people does not say of each name and key whose it is; None if it does."""
    names: dict[str, str] = {}
    keys: dict[str, str] = {}
    for person in people:
        for name in {_plain(person.id), _plain(person.name)}:
            other = names.setdefault(name, person.id)
            if other != person.id:
                return f"{person.id!r} and {other!r} are both called {name!r}"
        for key in person.keys:
            other = keys.setdefault(key.fingerprint, person.id)
            if other != person.id:
                return f"{person.id!r} and {other!r} have the same key {key.fingerprint}"
    return None
