"""Verdicts that do not stand any more, for a person."""

from collections.abc import Iterator

from provenance.catalogue.history import Past
from provenance.files import display


def history_lines(past: tuple[Past, ...]) -> Iterator[str]:
    """Yield what was thought of a file before, the oldest first."""
    if not past:
        yield "was         nothing else: its verdict never changed"
    for one in past:
        ended = "by the rules of another version" if one.entry is None else f"by entry {one.entry} of the ledger"
        here = "" if one.place is None else f" at {display(one.place.zone)}/{display(one.place.path)}"
        yield f"was         {one.origin.value}{here} from {one.since} until {one.until}, ended {ended}"
        if one.grounds is None:
            yield "              on grounds that cannot be told any more"
        for ground in one.grounds or ():
            yield f"              {display(ground.says)}  ({ground.kind}, {ground.strength.value})"
