"""The highest class of use in each channel, as Human Provenance in Film words it (draft 0.9, May 2026). Pure.

It is computed from what is recorded, and goes up where there is a doubt. What nobody recorded is not in it: no class
proves that nothing was generated.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from provenance.asset import UtcTime
from provenance.dossier.rows import Highest, Standing, Status, Use
from provenance.dossier.tallies import ChannelTally
from provenance.records import Deliverable

WARNING = (
    "Computed from what is recorded here, and nothing else. A use that nobody recorded is not in it; it never proves "
    "that nothing was generated."
)


@dataclass(frozen=True, slots=True)
class Files:
    """What lies in a deliverable's zones."""

    present: int
    unclear: int
    """Files whose verdict is `review`, and what could not be examined or waits."""
    swept_at: UtcTime | None
    """When all of its zones had been looked at completely; None if one never was."""


_NO_USE = {Status.TAKEN_BACK, Status.REFUSED, Status.FORBIDDEN}


def standing_of(
    deliverable: Deliverable, files: Files, tally: ChannelTally, uses: Iterable[Use], in_work: int
) -> Standing:
    """Return the highest class in a deliverable. `in_work` is how many generated files lie in work zones."""
    meant = [u for u in uses if u.title in {"", deliverable.title} and u.status not in _NO_USE]
    generated = tuple(_generated(tally, meant))
    assisted = tuple(_assisted(tally, meant, in_work))
    highest = Highest.GENERATIVE_AI if generated else Highest.ASSISTIVE_AI if assisted else Highest.NO_AI_USED
    because = (*generated, *assisted) or ("nothing recorded says that a generative tool was used",)
    return Standing(
        channel=deliverable.channel,
        title=deliverable.title,
        highest=highest,
        because=(*because, *_unclear(files, highest)),
        files=files.present,
        generated=tally.present,
        delivered=tally.delivered,
        unclear=files.unclear,
        swept_at=files.swept_at,
    )


def _generated(tally: ChannelTally, uses: list[Use]) -> Iterator[str]:
    if tally.present:
        yield f"{_files(tally.present)} there {'is' if tally.present == 1 else 'are'} generated, or told to be"
    if tally.delivered:
        yield f"{_files(tally.delivered)} that {'is' if tally.delivered == 1 else 'are'} generated passed the gate"
    final = [u for u in uses if not u.temporary]
    if final:
        yield f"{_uses(len(final))} told as final, or not told to be temporary"


def _assisted(tally: ChannelTally, uses: list[Use], in_work: int) -> Iterator[str]:
    if tally.superseded:
        yield f"{_files(tally.superseded)} there took the place of generated material, as people's work"
    temporary = [u for u in uses if u.temporary]
    if temporary:
        yield f"{_uses(len(temporary))} told as temporary"
    if in_work:
        yield f"{_files(in_work)} in work zones {'is' if in_work == 1 else 'are'} generated, or told to be"


def _unclear(files: Files, highest: Highest) -> Iterator[str]:
    at_least = "" if highest is Highest.GENERATIVE_AI else "; the class may be higher"
    if files.unclear:
        yield f"{_files(files.unclear)} could not be made out or examined{at_least}"
    if files.swept_at is None:
        yield f"not all of it was ever looked at{at_least}"


def _files(count: int) -> str:
    return f"{count:,} {'file' if count == 1 else 'files'}"


def _uses(count: int) -> str:
    return f"{count:,} {'use was' if count == 1 else 'uses were'}"
