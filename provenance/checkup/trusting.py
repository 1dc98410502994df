"""Whether those who are trusted could be: every file of anchors, one by one, and that the SDK goes by all of them."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from provenance.asset import UtcTime
from provenance.checkup.finding import Finding, Level
from provenance.config import Anchor, Config
from provenance.errors import ConfigInvalid

_IMPORT = "Take in a new one: provenance trust import FILE"


def check_trust(config: Config, now: UtcTime) -> Iterator[Finding]:
    """Yield how each file of anchors stands, and whether the SDK goes by them."""
    if not config.anchors:
        says = "no anchors: every signature reads as untrusted, and nothing is cleared by one"
        yield Finding(Level.OK, "trust", says)
        return
    whole = True
    for anchor in config.anchors:
        for finding in _file(anchor, config.trust_days, now):
            whole = whole and finding.level is not Level.PROBLEM
            yield finding
    if not whole:
        return
    yield from _twice(config, now)
    yield from _proof(config, now)


def _file(anchor: Anchor, most_days: int, now: UtcTime) -> Iterator[Finding]:
    from provenance.credentials.trust import load_trust
    from provenance.credentials.trust_list import anchor_file

    try:
        found, trust = anchor_file(anchor), load_trust((anchor,), now=dt.datetime.fromisoformat(now))
    except ConfigInvalid as error:
        yield Finding(Level.PROBLEM, "trust", error.message, error.help)
        return
    clears = ", may clear" if anchor.may_clear else ""
    ends = min(a.not_after for a in trust.anchors)
    made = f" of {found.head.issued[:10]}" if found.head and found.head.issued else ""
    count = len(trust.anchors)
    certificates = f"{count:,} {'certificate' if count == 1 else 'certificates'}, the first ends {ends[:10]}"
    says = f"{anchor.purpose.value} anchors {found.name}{made}, sha256 {found.sha256[:12]}: {certificates}{clears}"
    yield Finding(Level.OK, "trust", says)
    if (why := found.overdue(now, most_days)) is not None:
        yield Finding(Level.WARNING, "trust", f"the list {found.name} is old: {why}", _IMPORT)
    for each in trust.lapsed:
        advice = "Name the certificate that took its place, or take the list in anew: provenance trust import FILE"
        yield Finding(Level.WARNING, "trust", f"it does nothing: {each}", advice)


def _twice(config: Config, now: UtcTime) -> Iterator[Finding]:
    from provenance.credentials.trust import load_trust

    trust = load_trust(config.anchors, now=dt.datetime.fromisoformat(now))
    found = Counter((a.pem, a.purpose) for a in trust.anchors)
    if twice := [key for key, count in found.items() if count > 1]:
        says = f"{len(twice):,} of the certificates are named more than once for the same purpose"
        yield Finding(Level.WARNING, "trust", says, "Harmless, unless only one of them may clear: name each once.")


def _proof(config: Config, now: UtcTime) -> Iterator[Finding]:
    from provenance.credentials.prove import prove_trust
    from provenance.credentials.trust import load_trust

    prove_trust(load_trust(config.anchors, now=dt.datetime.fromisoformat(now)))
    says = "proven: a signature made here is trusted when its authority is on the list, and not before"
    yield Finding(Level.OK, "trust", says)
