"""People as a configuration lists them, and as an accepted one keeps them."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from provenance.asset import UtcTime, utc
from provenance.errors import ConfigInvalid, KeyUnusable
from provenance.identity.people import Person, ambiguity
from provenance.identity.publickey import TYPES, PublicKey, parse_public_key

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")
_ROLE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")

Row = tuple[str, str, tuple[str, ...], tuple[str, ...], dt.date | None]
"""Id, name, roles, keys, and the last day their word counts."""


def people_of(rows: Iterable[Row], path: Path, timezone: dt.tzinfo) -> tuple[tuple[Person, ...], tuple[Path, ...]]:
    """Return the people a configuration at `path` lists, and the files that some of their keys are in.

    Raises `ConfigInvalid` for a key that cannot be read, and where it is not clear whose a name or key is.
    """
    people: list[Person] = []
    files: list[Path] = []
    for name_id, name, roles, keys, until in rows:
        where = f"{path}: [[person]] {name_id!a}"
        if not _ID.fullmatch(name_id):
            raise ConfigInvalid(f"{where}: an id has letters, digits and any of . _ @ + - and no space")
        if not name.strip() or not name.isprintable():
            raise ConfigInvalid(f"{where}: the name is empty or holds a control character")
        wrong = next((r for r in roles if not _ROLE.fullmatch(r)), None)
        if wrong is not None or not roles:
            says = "has no role" if wrong is None else f"role {wrong!a}: lower-case letters, digits and -"
            raise ConfigInvalid(f"{where}: {says}")
        found = []
        for key in keys:
            public, file = _key(key, path.parent, where)
            found.append(public)
            files += [file] if file else []
        people.append(
            Person(id=name_id, name=name, roles=frozenset(roles), keys=tuple(found), until=_end(until, timezone))
        )
    said = ambiguity(people)
    if said is not None:
        raise ConfigInvalid(f"{path}: [[person]] {said}")
    return tuple(people), tuple(files)


def _key(text: str, folder: Path, where: str) -> tuple[PublicKey, Path | None]:
    """Return a key and, where it was not written out, the file it is in."""
    try:
        if text.split(maxsplit=1)[:1] and text.split(maxsplit=1)[0] in TYPES:
            return parse_public_key(text), None
        from provenance.identity.keys import public_key_in

        path = (folder / text).resolve()
        return public_key_in(path), path
    except KeyUnusable as error:
        raise ConfigInvalid(f"{where}: {error.message}", help=error.help) from error
    except (ValueError, OSError, RuntimeError) as error:  # a NUL byte, a name too long, links in a circle
        raise ConfigInvalid(f"{where}: {text!a} is no usable path: {error}") from error


def _end(day: dt.date | None, timezone: dt.tzinfo) -> UtcTime | None:
    """Return the instant after a last day, in the production's time zone."""
    if day is None:
        return None
    try:
        return utc(dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), timezone))
    except OverflowError:
        return None  # the last day there is: it never ends


def kept_form(person: Person) -> dict[str, Any]:
    """Return a person as an accepted configuration keeps them: with the keys, so that a later word can be checked."""
    return {
        "id": person.id,
        "name": person.name,
        "roles": sorted(person.roles),
        "keys": sorted(key.line for key in person.keys),
        "until": person.until,
    }


def people_in(document: Mapping[str, Any]) -> tuple[Person, ...]:
    """Return the people an accepted configuration lists. None at all where any of it cannot be read."""
    try:
        people = tuple(
            Person(
                id=str(row["id"]),
                name=str(row["name"]),
                roles=frozenset(map(str, row["roles"])),
                keys=tuple(parse_public_key(line) for line in row["keys"]),
                until=None if row["until"] is None else UtcTime(str(row["until"])),
            )
            for row in document["people"]
        )
    except (KeyError, TypeError, AttributeError, KeyUnusable):
        return ()
    return () if ambiguity(people) is not None else people
