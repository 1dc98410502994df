"""Whose signatures are believed, as part of other documents: each file of anchors, its date and its digest."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from provenance.errors import ConfigInvalid
from provenance.files import display

if TYPE_CHECKING:
    # Few productions trust anybody, and a question about a known file needs none of this.
    from provenance.asset import UtcTime
    from provenance.config import Anchor, Config


class TrustListDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A file of anchors as it is now. The dates are those of a list that was taken in, and null for any other file."""

    name: str
    path: str
    purpose: str
    may_clear: bool
    sha256: str | None
    """Null where the file cannot be used; `trouble` says why."""
    certificates: int
    issued: str | None = None
    next_update: str | None = None
    imported: str | None = None
    days: int | None = None
    """How many days ago the list was made, or taken in where nobody knows."""
    outdated: str | None = None
    """Why it should be taken in anew."""
    lapsed: list[str] = []
    """Certificates that are over or not valid yet: they do nothing. Not looked for by `origin`."""
    trouble: str | None = None


def trust_lists(config: "Config", now: "UtcTime", *, closely: bool = True) -> list[TrustListDocument]:
    """Return every file of anchors that a configuration names; unless `closely`, no certificate is parsed."""
    return [_list(anchor, config.trust_days, now, closely=closely) for anchor in config.anchors]


def _list(anchor: "Anchor", most_days: int, now: "UtcTime", *, closely: bool) -> TrustListDocument:
    """Return one file. What is wrong with it stands in it: an overview is not to fail for it."""
    import datetime as dt

    from provenance.credentials.trust import load_trust
    from provenance.credentials.trust_list import anchor_file

    path, purpose = str(anchor.path), anchor.purpose.value
    try:
        found = anchor_file(anchor)
        lapsed = load_trust((anchor,), now=dt.datetime.fromisoformat(now)).lapsed if closely else ()
    except ConfigInvalid as error:
        return TrustListDocument(
            name=anchor.path.name,
            path=path,
            purpose=purpose,
            may_clear=anchor.may_clear,
            sha256=None,
            certificates=0,
            trouble=error.message,
        )
    head = found.head
    return TrustListDocument(
        name=found.name,
        path=path,
        purpose=purpose,
        may_clear=anchor.may_clear,
        sha256=found.sha256,
        certificates=found.certificates,
        issued=head.issued if head else None,
        next_update=head.next_update if head else None,
        imported=head.imported if head else None,
        days=found.days(now),
        outdated=found.overdue(now, most_days),
        lapsed=[*lapsed],
    )


def trust_lines(lists: list[TrustListDocument]) -> Iterator[str]:
    """Yield the same as lines, one a file; and one more for a list that is too old."""
    for each in lists:
        if each.sha256 is None:
            yield f"trust ({each.purpose}) {display(each.name)}: CANNOT BE USED: {display(each.trouble or '')}"
            continue
        made = f"of {each.issued[:10]}" if each.issued else ""
        taken = f"taken in {each.imported[:10]}" if each.imported else ""
        count = f"{each.certificates:,} {'certificate' if each.certificates == 1 else 'certificates'}"
        facts = ", ".join(filter(None, (made, taken, count, f"sha256 {each.sha256[:12]}")))
        yield f"trust ({each.purpose}) {display(each.name)}: {facts}"
        if each.outdated:
            yield f"  WARNING: this list is old: {each.outdated}. Take in a new one: provenance trust import FILE"
        if each.lapsed:
            yield f"  WARNING: {len(each.lapsed):,} in it can do nothing today: {display(each.lapsed[0])}"
