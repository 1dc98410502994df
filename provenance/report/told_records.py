"""Words about uses, tools and consents in one line each. No name of a performer is in any of them."""

from typing import assert_never

from provenance.asset import Commitment
from provenance.records.consent import Consent
from provenance.records.disclosure import NO, Binding, Disclosure
from provenance.records.register import ToolEntry


def told_record_text(record: Disclosure | Binding | Consent | ToolEntry) -> str:
    """Return what such a word says, without its reason and who vouches for it."""
    match record:
        case Disclosure():
            when = "temporary" if record.final == NO else "final"
            tools = ", ".join(dict.fromkeys(s.tool for s in record.steps)) or "no tool named"
            use = f"{record.use or 'a use'} ({record.prominence or 'prominence not said'}, {when}) with {tools}"
            return f"told of {use}{_title(record.title)}, by {record.by}"
        case Binding():
            return f"bound to {record.disclosure} by {record.by}"
        case Consent():
            title = ", every title" if record.whole_project else _title(record.title)
            until = f", until {record.expires}" if record.expires else ""
            return f"{shown(record.performer)} consents to {record.replica} for {record.project}{title}{until}"
        case ToolEntry():
            terms = "keeps nothing" if not (record.trains_on_inputs or record.stores_inputs) else "keeps inputs"
            kind = "enterprise" if record.enterprise else "no enterprise agreement"
            what = f"{record.tool} {record.versions} ({record.tier}): {kind}, {terms}"
            model = f", trained on {len(record.performers)} performer(s)" if record.performers else ""
            return (
                f"registered {what}{model}, terms read {record.terms_read}, until {record.valid_until}, by {record.by}"
            )
        case _:
            assert_never(record)


def _title(title: str | None) -> str:
    return f" ({title})" if title else ""


def shown(performer: Commitment) -> str:
    """Return what stands for a performer's name, short."""
    return f"per-{performer[:20]}"
