"""A policy in words, as a whole; `explained` says what its parts mean."""

from collections.abc import Iterator

from provenance.policy import Outcome, Policy
from provenance.report.policy_document import origin_words


def policy_text(policy: Policy) -> Iterator[str]:
    """Yield a policy as lines."""
    yield from head_text(policy)
    for table, words in (
        ("origins", origin_words(policy)),
        ("credentials", {s.value: o.value for s, o in policy.credentials.items()}),
    ):
        yield table
        yield from (f"  {key:<13} {word}" for key, word in words.items())
    yield f"approvals: {policy.required_mode}{by_roles(policy.roles, ', always by ')}"
    if policy.transcribed:
        yield f"  a custodian's transcription is enough for {', '.join(sorted(policy.transcribed))}"
    for act, roles in policy.acts.items():
        yield f"  to {act} takes {' or '.join(sorted(roles)) or 'a role that nobody has'}"
    yield f"untold: {'held' if policy.untold is Outcome.HOLD else 'reported'}"
    for replica, exempt in policy.consent.needed.items():
        yield f"consent: {replica}{f', unless {_or(sorted(exempt))}' if exempt else ''}"
    yield from _section("principles", [(p.number, p.key, p.says) for p in policy.principles])
    for area in policy.areas:
        inside = [(t.number, t.key, t.says) for t in policy.triggers if t.area == area.key]
        yield from _section(f"triggers: {area.says}", inside)
    uses = [("depends" if u.when or u.unless else u.answer.value, u.key, u.says) for u in policy.uses]
    yield from _section("uses", uses)
    if policy.principles or policy.triggers or policy.uses:
        yield "provenance policy explain KEY says more of each"


def head_text(policy: Policy) -> Iterator[str]:
    """Yield which policy it is, and what it changes of those it extends."""
    yield f"{policy.id} of {policy.dated}, {policy.sha256[:12]}: {policy.summary}"
    if policy.extends:
        yield f"  extends {', '.join(policy.extends)}"
    yield from (f"  {change}" for change in policy.changes)


def _section(title: str, rows: list[tuple[str, str, str]]) -> Iterator[str]:
    if rows:
        yield title
        first = max(len(number) for number, _, _ in rows)
        second = max(len(key) for _, key, _ in rows)
        yield from (f"  {number:<{first}}  {key:<{second}}  {says}" for number, key, says in rows)


def by_roles(roles: frozenset[str], word: str = ", by ") -> str:
    """Return who has to approve, as the end of a sentence; empty where nobody is named."""
    return f"{word}{' and '.join(sorted(roles))}" if roles else ""


def _or(words: list[str]) -> str:
    return " or ".join(words)
