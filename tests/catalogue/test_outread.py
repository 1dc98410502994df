"""Marks that earlier readers saw beside a file: taken back by better readers of the same bytes, and by nobody else."""

from dataclasses import replace

import pytest

from provenance.catalogue import Catalogue
from provenance.evidence import Beside, Companion, Credential, Examiner, Gap, Signal, Source, State
from provenance.verdict import Origin
from tests.catalogue.making import AI, EXAMINER, digest_of, evidence, place, seen, sidecar, take

LATER = replace(EXAMINER, revision=EXAMINER.revision + 1)
NOTHING = Beside()


def look(catalogue: Catalogue, beside: Beside, by: Examiner, minute: int, path: bytes = b"a/shot") -> None:
    """Record a file as somebody read it, with what lay beside it."""
    take(catalogue, seen(evidence("shot", examiner=by), path, beside), minute=minute)


def packet(*signals: Signal, name: str = "shot.xmp", of: str = "xmp", gaps: tuple[Gap, ...] = ()) -> Beside:
    """Return XMP that lies beside a file."""
    return Beside(companions=(Companion(name, digest_of(of), signals, gaps),))


def here(catalogue: Catalogue, path: bytes = b"a/shot") -> Origin:
    """Return the verdict on a copy as it is stored, having made sure that it is the one that is drawn now."""
    sighting = catalogue.sighting_at(place(path))
    verdict = catalogue.verdict_of(digest_of("shot"), place(path))
    assert sighting is not None
    assert verdict is not None
    assert verdict.origin is sighting.origin
    catalogue.verify()
    return sighting.origin


def test_a_false_alarm_in_a_sidecar_goes_when_it_is_read_anew(catalogue: Catalogue) -> None:
    """Later readers read all of the same sidecar: its old mark flags neither that copy nor another, and is kept."""
    look(catalogue, sidecar(AI), EXAMINER, 0)
    look(catalogue, NOTHING, EXAMINER, 1, b"b/shot")
    assert [s.place for s in catalogue.context_of(digest_of("shot"), place(b"b/shot")).remembered] == [AI.place]
    assert here(catalogue) is Origin.AI_GENERATED
    look(catalogue, sidecar(), LATER, 2)
    assert here(catalogue) is Origin.UNKNOWN
    assert catalogue.context_of(digest_of("shot"), place(b"b/shot")).remembered == ()
    (past,) = catalogue.past_of(digest_of("shot"))
    assert (past.origin, past.grounds and past.grounds[0].says) == (Origin.AI_GENERATED, AI.says)
    look(catalogue, NOTHING, LATER, 3)
    assert here(catalogue) is Origin.UNKNOWN


def test_a_false_alarm_in_xmp_does_not_come_back_when_it_is_taken_away(catalogue: Catalogue) -> None:
    """What better readers did not find in it any more, it did not say."""
    look(catalogue, packet(AI), EXAMINER, 0)
    look(catalogue, packet(), LATER, 1)
    assert here(catalogue) is Origin.UNKNOWN
    look(catalogue, NOTHING, LATER, 2)
    assert here(catalogue) is Origin.UNKNOWN


_OTHER = Beside(replace(sidecar().sidecar, digest=digest_of("another")))  # type: ignore[type-var]
_BROKEN = sidecar(credential=Credential(State.BROKEN, Source.SIDECAR))
_GAP = Beside(replace(sidecar().sidecar, gaps=(Gap("store", "it breaks off"),)))  # type: ignore[type-var]


@pytest.mark.parametrize(
    ("later", "by"),
    [
        (NOTHING, LATER),
        (_OTHER, LATER),
        (_BROKEN, LATER),
        (_GAP, LATER),
        (sidecar(), EXAMINER),
        (sidecar(), replace(LATER, c2pa="0.90.0")),
        (sidecar(), replace(LATER, c2pa="unknown")),
    ],
    ids=["taken away", "other bytes", "broken", "a gap", "same readers", "an earlier SDK", "an SDK nobody knows"],
)
def test_nothing_else_takes_back_what_a_sidecar_said(catalogue: Catalogue, later: Beside, by: Examiner) -> None:
    """Could not look, other bytes, readers that are not surely later: the claim stays."""
    look(catalogue, sidecar(AI), EXAMINER, 0)
    look(catalogue, later, by, 1)
    assert here(catalogue) is Origin.AI_GENERATED


@pytest.mark.parametrize(
    ("later", "by"),
    [
        (packet(of="other xmp"), LATER),
        (packet(name="shot.mov.xmp"), LATER),
        (packet(gaps=(Gap("XMP", "it cannot be read"),)), LATER),
        (packet(), EXAMINER),
    ],
    ids=["other bytes", "another name", "a gap", "same readers"],
)
def test_nothing_else_takes_back_what_xmp_said_before_it_was_gone(
    catalogue: Catalogue, later: Beside, by: Examiner
) -> None:
    """As before: it may be put right while it is there, and what it said is remembered when it is not."""
    look(catalogue, packet(AI), EXAMINER, 0)
    look(catalogue, later, by, 1)
    look(catalogue, NOTHING, by, 2)
    assert here(catalogue) is Origin.AI_GENERATED


def test_older_readers_that_come_back_see_it_again(catalogue: Catalogue) -> None:
    """Whoever looked last has read what lies there; the better readers' word counts again when they look again."""
    look(catalogue, sidecar(AI), EXAMINER, 0)
    look(catalogue, sidecar(), LATER, 1)
    look(catalogue, sidecar(AI), EXAMINER, 2)
    assert here(catalogue) is Origin.AI_GENERATED
    look(catalogue, sidecar(), LATER, 3)
    assert here(catalogue) is Origin.UNKNOWN
