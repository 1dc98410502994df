"""Whose configuration it is: what an administrator accepted, and whether what is used now is that.

Who may let something pass stands in a file, and the file can be changed by whoever can write it. So, where words have
to be signed, the file counts only once an administrator signed what matters in it, and that administrator has to stand
in the configuration accepted *before*. The first one is believed of itself.
"""

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provenance.asset import UtcTime
from provenance.catalogue import Filed, Queries
from provenance.config import ApprovalsMode, Config, OnApproval, OnTrouble, Zone
from provenance.errors import ConfigInvalid, ConfigNotAccepted
from provenance.identity.people import ADMINISTRATOR
from provenance.policy import Policy
from provenance.records import canonical

if TYPE_CHECKING:
    from provenance.identity.authority import Authority
    from provenance.identity.publickey import PublicKey

KIND = "configuration-acceptance"


def matters(config: Config, policy: Policy) -> dict[str, Any]:
    """Return all of a configuration that decides who may let something pass. Raises `ConfigInvalid`.

    Where zones lie is part of it: else a gate that answers for a folder could be pointed at another one. What lies in
    the production's own folder is named from there, so that the whole may be moved.
    """
    from provenance.identity.listed import kept_form

    try:
        anchors = [
            {
                "sha256": hashlib.sha256(anchor.path.read_bytes()).hexdigest(),
                "purpose": anchor.purpose.value,
                "may_clear": anchor.may_clear,
            }
            for anchor in config.anchors
        ]
    except OSError as error:
        raise ConfigInvalid(f"a trust anchor cannot be read: {error}") from error
    return {
        "project": config.project,
        "timezone": str(config.timezone),
        "mode": config.approvals.value,
        "policy": {"id": policy.id, "sha256": policy.sha256},
        "people": sorted((kept_form(p) for p in config.people), key=lambda p: str(p["id"])),
        "anchors": sorted(anchors, key=canonical),
        "zones": sorted(
            (
                {
                    "name": z.name,
                    "role": z.role.value,
                    "channel": z.channel,
                    "title": z.title,
                    "path": _place(z.root, config.folder),
                    **_doing(z),
                }
                for z in config.zones
            ),
            key=lambda z: str(z["name"]),
        ),
    }


def _doing(zone: Zone) -> dict[str, str]:
    """Return what the daemon does in a zone with what does not pass, or is let pass since, where that is not the usual.

    What is usual is left out, as it was before this was looked at: so what was accepted then stays accepted.
    """
    doing = (
        ("on_refuse", zone.on_refuse, OnTrouble.QUARANTINE),
        ("on_hold", zone.on_hold, OnTrouble.REPORT),
        ("on_approval", zone.on_approval, OnApproval.REPORT),
    )
    return {name: does.value for name, does, usual in doing if does is not usual}


def _place(root: Path, folder: Path) -> str:
    """Return where a zone lies: from the production's folder if it is in there."""
    place = root.relative_to(folder) if root.is_relative_to(folder) else root
    return os.fsencode(place).decode(errors="backslashreplace")  # a name that is no UTF-8 could not be written down


def digest_of(document: dict[str, Any]) -> str:
    """Return the SHA-256 of what matters in a configuration."""
    return hashlib.sha256(canonical(document)).hexdigest()


@dataclass(frozen=True, slots=True)
class Accepted:
    """A configuration that an administrator accepted who may, and who that was."""

    document: dict[str, Any]
    record: str
    authority: "Authority"
    first: bool
    """Nothing was accepted before: who signed it was believed of themselves."""


@dataclass(frozen=True, slots=True)
class Acceptances:
    """Every acceptance there is, judged one after another."""

    last: Accepted | None
    ever_signed: bool
    """Whether signed words were ever asked for by an accepted configuration."""
    authorities: "dict[str, Authority]"
    """What stands behind each, by its id."""

    @property
    def refused(self) -> dict[str, str]:
        """Ids of those that do not count, with why."""
        return {name: a.why for name, a in self.authorities.items() if not a.counts}


def acceptances(catalogue: Queries) -> Acceptances:
    """Return what was accepted, each judged by the people in the one before. Never raises for what cannot be read."""
    found = catalogue.records_of_kind(KIND)
    last: Accepted | None = None
    ever_signed = False
    authorities = {}
    for filed in found:
        outcome = _judged(filed, last, catalogue)
        if isinstance(outcome, Accepted):
            last = outcome
            ever_signed = ever_signed or last.document.get("mode") == ApprovalsMode.SIGNED.value
        authorities[filed.record.id] = outcome.authority if isinstance(outcome, Accepted) else outcome
    return Acceptances(last, ever_signed, authorities)


def _judged(filed: Filed, last: Accepted | None, catalogue: Queries) -> "Accepted | Authority":
    """Return an acceptance that counts, or what stands behind one that does not."""
    from provenance.records.acceptance import ConfigurationAcceptance

    record = filed.record
    assert isinstance(record, ConfigurationAcceptance)
    at = catalogue.ledger.known_by(filed.entry)
    return judged_acceptance(record, filed.envelope, last, (catalogue.ledger.store, at))


def judged_acceptance(
    record: Any, envelope: dict[str, Any] | None, last: Accepted | None, where: tuple[str, UtcTime]
) -> "Accepted | Authority":
    """Return an acceptance that counts after the `last` one, or why another does not; `where` is a store and a time."""
    from provenance.identity.authority import Listing, Standing, authority_of
    from provenance.identity.listed import people_in

    people = people_in(record.document if last is None else last.document)
    store, at = where
    listing = Listing(people=people, store=store, now=at, mode=ApprovalsMode.SIGNED)
    authority = authority_of(record, envelope, listing)
    if not authority.counts:
        by = "it lists itself" if last is None else f"accepted before ({last.record})"
        return replace(authority, why=f"{authority.why}; it takes an {ADMINISTRATOR} of the configuration {by}")
    if record.follows != ("" if last is None else last.record):
        return replace(authority, standing=Standing.NONE, why="another configuration was accepted since it was written")
    return Accepted(record.document, record.id, authority, last is None)


def ever_listed(config: Config, catalogue: Queries) -> "tuple[PublicKey, ...]":
    """Return every key anybody is or was listed with, in this configuration and in any that somebody accepted."""
    from provenance.identity.listed import people_in
    from provenance.records.acceptance import ConfigurationAcceptance

    words = (f.record for f in catalogue.records_of_kind(KIND))
    people = [*config.people]
    people += [p for w in words if isinstance(w, ConfigurationAcceptance) for p in people_in(w.document)]
    return tuple(dict.fromkeys(key for person in people for key in person.keys))


def require_accepted(config: Config, policy: Policy, catalogue: Queries) -> None:
    """Raise `ConfigNotAccepted` unless what is used now was accepted, where that is asked for.

    It is asked for in mode `signed`, and for good once a configuration of that mode was accepted: going back to
    unsigned words takes an administrator too.
    """
    if config.approvals is ApprovalsMode.UNSIGNED and not catalogue.records_of_kind(KIND):
        return
    found = acceptances(catalogue)
    if config.approvals is ApprovalsMode.UNSIGNED and not found.ever_signed:
        return
    if found.last is None:
        raise ConfigNotAccepted("no administrator accepted this configuration yet, and approvals have to be signed")
    differences = tuple(differing(found.last.document, matters(config, policy)))
    if differences:
        raise ConfigNotAccepted(
            f"the configuration is not the one that {found.last.authority.name} accepted ({found.last.record}): "
            + "; ".join(differences)
        )


def differing(was: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    """Yield what is another in one document than in the other, each in a few words."""
    for name in sorted({*was, *now}):
        old, new = was.get(name), now.get(name)
        if old == new:
            continue
        if isinstance(old, list) and isinstance(new, list):
            yield from _rows(name, old, new)
        else:
            yield f"{name} was {_short(old)}, is {_short(new)}"


def _rows(name: str, old: list[Any], new: list[Any]) -> Iterator[str]:
    one = {"people": "person", "zones": "zone", "anchors": "anchor"}.get(name, name)
    before, after = ({str(r.get("id", r.get("name", r.get("sha256", "")))): r for r in rows} for rows in (old, new))
    if len(before) != len(old) or len(after) != len(new):
        yield f"{name} are others"
        return
    for key in sorted({*before, *after}):
        if key not in after:
            yield f"{one} {key} is gone"
        elif key not in before:
            yield f"{one} {key} is new"
        elif before[key] != after[key]:
            fields = sorted(f for f in {*before[key], *after[key]} if before[key].get(f) != after[key].get(f))
            yield f"{one} {key} has other {', '.join(fields)}"


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(str(v)[:16] for v in value.values())
    return str(value)
