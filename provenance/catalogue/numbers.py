"""The catalogue in numbers, and what was delivered on whose word. Rarely asked, so not among `rows`."""

from dataclasses import dataclass

from provenance.asset import Digest, UtcTime
from provenance.verdict import Origin


@dataclass(frozen=True, slots=True)
class Used:
    """A delivery that was made on a record."""

    run: str
    digest: Digest
    at: UtcTime
    entry: int


@dataclass(frozen=True, slots=True)
class Counts:
    """The catalogue in numbers. `sightings` counts what is present, `origins` all assets that were ever seen."""

    assets: int
    sightings: int
    origins: dict[Origin, int]
    troubles: int
    ledger_entries: int
