"""Whether those who are to approve can: people, keys, roles, and whose configuration it is."""

import os
from collections.abc import Iterator
from pathlib import Path

from provenance.accepting import acceptances, differing, matters
from provenance.asset import UtcTime
from provenance.catalogue import Catalogue
from provenance.checkup.finding import Finding, Level
from provenance.config import ApprovalsMode, Config
from provenance.errors import ConfigNotAccepted, KeyUnusable
from provenance.originals import Originals
from provenance.policy import Policy
from provenance.policy.document import ACTS


def check_people(config: Config, policy: Policy, now: UtcTime) -> Iterator[Finding]:
    """Yield what stands in the way of words that count."""
    if config.approvals is ApprovalsMode.UNSIGNED:
        yield Finding(
            Level.WARNING,
            "approvals",
            "approvals are unsigned: whoever can write the catalogue can write one",
            "Give the catalogue's folder to one user, and keep `provenance ledger head` somewhere else; or list people"
            ' and set approvals = "signed".',
        )
    yield from _listed(config, policy, now)
    yield from _own_key()
    yield from _kept(Originals.beside(config.catalogue).folder)


def check_accepted(config: Config, policy: Policy) -> Iterator[Finding]:
    """Yield whether the gate would judge by this configuration."""
    with Catalogue.open(config.catalogue) as catalogue:
        found = acceptances(catalogue)
    last = found.last
    needed = config.approvals is ApprovalsMode.SIGNED or found.ever_signed
    for name, why in found.refused.items():
        yield Finding(Level.WARNING, "configuration", f"{name} accepts a configuration, and does not count: {why}")
    if not needed:
        return
    advice = ConfigNotAccepted.default_help
    if last is None:
        yield Finding(Level.PROBLEM, "configuration", "no administrator accepted it, so the gate refuses", advice)
        return
    changed = "; ".join(differing(last.document, matters(config, policy)))
    by = f"{last.authority.name} ({last.record})"
    if changed:
        yield Finding(Level.PROBLEM, "configuration", f"not what {by} accepted: {changed}", advice)
    else:
        yield Finding(Level.OK, "configuration", f"accepted by {by}{', the first' * last.first}")


def _listed(config: Config, policy: Policy, now: UtcTime) -> Iterator[Finding]:
    from provenance.identity.people import ADMINISTRATOR, CUSTODIAN
    from provenance.identity.publickey import check_strength

    there = [p for p in config.people if p.listed_at(now)]
    for person in config.people:
        says = f"{person.id} ({', '.join(sorted(person.roles))})"
        for key in person.keys:
            try:
                check_strength(key)
            except KeyUnusable as error:
                yield Finding(Level.PROBLEM, "people", f"{says}: {error.message}", error.help)
        if person not in there:
            yield Finding(Level.WARNING, "people", f"{says}: their word counted until {person.until}")
        elif not person.keys and not person.roles & policy.transcribed:
            advice = "List a public key: `provenance keys person ID` makes one."
            yield Finding(Level.WARNING, "people", f"{says} has no key, and nobody may write down their word", advice)
        else:
            yield Finding(Level.OK, "people", f"{says}, {len(person.keys)} keys")
    if config.approvals is ApprovalsMode.UNSIGNED:
        return
    wanted = {ADMINISTRATOR, *policy.roles, *({CUSTODIAN} if policy.transcribed & policy.roles else ())}
    for role in sorted(wanted - {role for person in there for role in person.roles}):
        advice = "List somebody with this role under [[person]], or what waits for their word waits for ever."
        yield Finding(Level.PROBLEM, "people", f"nobody is listed as {role}", advice)
    yield from _acts(policy, frozenset(role for person in there for role in person.roles))


def _acts(policy: Policy, held: frozenset[str]) -> Iterator[Finding]:
    """Yield the acts that everybody listed may do, and those that nobody may, by the roles somebody holds."""
    free = [*(["approve"] if not policy.roles else []), *(act for act in ACTS if act not in policy.acts)]
    if free:
        says = f"anybody who is listed may {_and(free)}: {policy.id} leaves that to no role"
        advice = "Say in a pack, under [approvals], which roles may: docs/policy.md."
        yield Finding(Level.WARNING, "people", says, advice)
    lacking: dict[frozenset[str], list[str]] = {}
    for act, roles in policy.acts.items():
        if not roles & held:
            lacking.setdefault(roles, []).append(act)
    for roles, acts in lacking.items():
        says = f"nobody listed may {_and(acts)}: that takes {' or '.join(sorted(roles)) or 'a role that nobody has'}"
        advice = "List somebody with such a role under [[person]], or name another role in a pack of your own."
        yield Finding(Level.WARNING, "people", says, advice)


def _and(words: list[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


def _own_key() -> Iterator[Finding]:
    """Yield whether the key this user signs with by default can be used."""
    named = os.environ.get("PROVENANCE_KEY")
    if not named:
        return
    path = Path(named)
    if not path.is_file():
        yield Finding(Level.PROBLEM, "key", f"PROVENANCE_KEY names {path}, and there is no file", "Mend it.")
    elif path.stat().st_mode & 0o077:
        advice = f"Run: chmod 600 {path}. If others could read it, list a new key instead."
        yield Finding(Level.PROBLEM, "key", f"{path} can be read by others than its owner", advice)
    else:
        yield Finding(Level.OK, "key", f"{path} is its owner's alone")


def _kept(folder: Path) -> Iterator[Finding]:
    """Yield whether the originals that transcriptions rest on are this user's alone."""
    if not folder.is_dir():
        return
    if folder.stat().st_mode & 0o077:
        yield Finding(Level.WARNING, "evidence", f"others may look into {folder}", f"Run: chmod 700 {folder}")
    else:
        yield Finding(Level.OK, "evidence", f"{len(list(folder.iterdir()))} documents kept in {folder}")
