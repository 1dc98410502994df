"""A report as one page of HTML: nothing in it runs, and nothing is fetched. For a screen of any size, and for paper.

Whatever was recorded may have been written by somebody hostile. So every value is first made a harmless single line,
then escaped, both by the template's environment and not by its author; and the page's own policy forbids everything
but its one style sheet (W3C, Content Security Policy Level 3).
"""

import base64
import datetime as dt
import hashlib
from collections.abc import Iterator
from importlib import resources

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from provenance.advice import parts_of, steps_of
from provenance.asset import UtcTime
from provenance.dossier.asked import Audience
from provenance.dossier.rows import Dossier, Status, deliverable_name
from provenance.files import display
from provenance.report.dossier_words import (
    AUDIENCE,
    STATUS,
    UNSIGNED_NOTE,
    WARNING,
    answer_line,
    item_name,
    limits_text,
    listed,
    mark_text,
    performer_name,
    spoken_text,
    spot_text,
    tool_text,
    unsigned,
    use_name,
)

_TONE = {
    Status.OPEN: "wait",
    Status.REFUSED: "bad",
    Status.FORBIDDEN: "bad",
    Status.APPROVED: "good",
    Status.TOLD: "good",
    Status.TAKEN_BACK: "soft",
}


def report_html(dossier: Dossier) -> Iterator[bytes]:
    """Yield a report as one page, in pieces, as UTF-8."""
    css = _file("dossier.css")
    style = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    page = _environment().from_string(_file("dossier.html.j2"))
    pieces = page.stream(
        d=dossier,
        csp=f"default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'",
        css=Markup(css),  # noqa: S704 (our own file, and the policy above names its digest)
        answer=answer_line(dossier),
        audience=AUDIENCE[dossier.asked.audience],
        outside=dossier.asked.audience is Audience.OUTSIDE,
        limits=limits_text(dossier),
        unsigned=unsigned(dossier),
        unsigned_note=UNSIGNED_NOTE,
        warning=WARNING,
        statuses=STATUS,
        tone=_TONE,
        place=deliverable_name,
        performer=performer_name,
    )
    pieces.enable_buffering(256)
    yield from (piece.encode() for piece in pieces)


def _file(name: str) -> str:
    return (resources.files("provenance.report") / name).read_text(encoding="utf-8")


def _environment() -> Environment:
    made = Environment(autoescape=True, undefined=StrictUndefined, finalize=_harmless, trim_blocks=True)
    made.filters |= {
        "mark": mark_text,
        "moment": _moment,
        "name": item_name,
        "number": lambda count: f"{count:,}",
        "parts": parts_of,
        "performer": performer_name,
        "spoken": spoken_text,
        "spot": spot_text,
        "steps": steps_of,
        "told": listed,
        "tool": tool_text,
        "use": use_name,
    }
    return made


def _harmless(value: object) -> object:
    """Return a value as it may stand in the page, before it is escaped: text as a single line, markup as it is."""
    return display(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _moment(time: UtcTime) -> str:
    """Return a time as people read it."""
    return dt.datetime.fromisoformat(time).strftime("%Y-%m-%d %H:%M UTC")
