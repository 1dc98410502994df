"""A report as CSV (RFC 4180): a row for each generated file. Nothing in it is taken for a formula by a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator

from provenance.dossier.asked import Audience
from provenance.dossier.rows import Delivery, Dossier, Item, Spoken, deliverable_name
from provenance.files import display
from provenance.report.dossier_words import item_name, mark_text, performer_name, spot_text

COLUMNS = (
    "number",
    "name",
    "sha256",
    "size",
    "media_type",
    "origin",
    "ground",
    "generator",
    "places",
    "present",
    "told",
    "disclosures",
    "told_otherwise",
    "approvals",
    "clearances",
    "consents",
    "delivered_by",
    "open",
    "missing_roles",
)

_FORMULA = frozenset("=+-@|%\uff1d\uff0b\uff0d\uff20\t\r\n")
"""A cell that begins with one of these may be calculated, or handed to another program (OWASP, CSV Injection)."""


def report_csv(dossier: Dossier) -> Iterator[bytes]:
    """Yield a report's rows, the names of its columns first, as UTF-8."""
    outside = dossier.asked.audience is Audience.OUTSIDE
    yield _row(COLUMNS)
    for item in dossier.items:
        yield _row(_cells(item, outside=outside))


def _cells(item: Item, *, outside: bool) -> tuple[str, ...]:
    return (
        str(item.number),
        item_name(item),
        item.short if outside else item.digest,
        str(item.size),
        item.media_type,
        item.origin,
        mark_text(item.mark),
        item.generator,
        _joined([*(spot_text(s) for s in item.spots), *_more(item.spots_unnamed)]),
        "yes" if item.present else "no",
        "yes" if item.told else "no",
        _joined(item.disclosures),
        _joined(item.otherwise),
        _joined(_word(w) for w in item.approvals),
        _joined(_word(w) for w in item.clearances),
        _joined(_word(w) for w in item.consents),
        _joined([*(_delivery(d) for d in item.deliveries), *_more(item.deliveries_unnamed)]),
        _joined(f"{h.outcome}: {h.rule}" for h in item.hindrances),
        _joined(dict.fromkeys(r for h in item.hindrances for r in h.roles)),
    )


def _more(count: int) -> list[str]:
    return [f"and {count:,} more"] if count else []


def _delivery(delivery: Delivery) -> str:
    where = deliverable_name(delivery.channel, delivery.title or "") if delivery.channel is not None else ""
    return " ".join(filter(None, (delivery.run, delivery.at, where)))


def _word(word: Spoken) -> str:
    whose = f"{performer_name(word.performer)} to {word.replica}" if word.kind == "consent" else word.by
    role = f" ({word.role})" if word.role else ""
    where = f" for {', '.join(word.channels)}" if word.channels else ""
    covers = f", covers it {word.covers}" if word.covers else ""
    return f"{word.id} {whose}{role}{where}{covers}{'' if word.counts else ', does not count'} [{word.stands}]"


def _joined(parts: Iterable[str]) -> str:
    return "; ".join(parts)


def safe(cell: str) -> str:
    """Return a cell that a spreadsheet shows as it is: on one line, and no formula."""
    plain = display(cell)
    return f"'{plain}" if plain.lstrip()[:1] in _FORMULA and plain.strip() else plain


def _row(cells: Iterable[str]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow([safe(c) for c in cells])
    return out.getvalue().encode()
