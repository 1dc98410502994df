"""Marks in stills and documents, row by row."""

from pathlib import Path

import pytest

from provenance.carriers import look
from provenance.credentials.read import CredentialReader
from provenance.credentials.trust import Trust
from provenance.evidence import Claim
from provenance.files import BufferMedia
from provenance.signals import Findings
from provenance.signals.whence import companion_findings, name_signals, text_signals, whence_signals
from tests.signals import coverage, papers, stills
from tests.signals.rows import Row

READER = CredentialReader(Trust())
ROWS = (*stills.ROWS, *papers.ROWS)

_NAMES = [f"{n}, {row.mark}, {row.where}" for n, row in enumerate(ROWS)]
_HARMLESS = {Claim.CAPTURED, Claim.CREATED, Claim.NOTED}


def examined(data: bytes) -> Findings:
    """Return all marks and gaps of a file."""
    seen = look(BufferMedia(data), READER)
    return Findings(seen.signals, seen.gaps)


def found_in(row: Row, data: bytes) -> Findings:
    """Return what is found in the bytes of a row, whatever they are."""
    match row.read:
        case "name":
            return Findings(name_signals(data))
        case "whence":
            return Findings(whence_signals("extended attribute", data))
        case "xmp":
            return Findings(*companion_findings(data, b"plate.exr"))
        case "text":
            return Findings(text_signals(data))
        case _:
            return examined(data)


@pytest.mark.parametrize("row", ROWS, ids=_NAMES)
def test_each_mark_is_read_where_it_stands(row: Row, request: pytest.FixtureRequest) -> None:
    """What proves a row is read as the row says, and nothing in it is given up on."""
    proof = row.proof
    if row.sample:
        folder: Path = request.getfixturevalue("samples")
        proof = (folder / row.sample).read_bytes()
    found = found_in(row, proof)
    assert (row.claim, row.strength) in {(s.claim, s.strength) for s in found.signals}
    assert found.gaps == ()


def test_the_page_of_coverage_is_the_tables() -> None:
    """docs/coverage.md is what `make coverage` writes: a row that was added, changed or dropped shows there."""
    assert coverage.PAGE.read_text(encoding="utf-8") == coverage.page()


@pytest.mark.parametrize("row", ROWS, ids=_NAMES)
def test_each_near_miss_is_silent(row: Row) -> None:
    """What looks much like the mark in the same place moves no verdict, and nothing in it is given up on."""
    found = found_in(row, row.miss)
    assert {s.claim for s in found.signals} <= _HARMLESS
    assert found.gaps == ()
