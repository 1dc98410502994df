"""What was found and not told is told by the daemon: each file once, or as a number where there are many."""

import json
import shlex
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from provenance.asset import UtcTime
from provenance.catalogue import Catalogue
from provenance.config import ApprovalsMode, Config
from provenance.configfile import load_config
from provenance.daemon.notices import Kind, Notice
from provenance.daemon.untold import NAMED, Untelling
from provenance.policy import load_policy
from provenance.voices import Voices
from tests.catalogue.making import AI, EDIT, evidence, place, seen, stamp, subject, take
from tests.daemon.notified import Listener, Program
from tests.disclosing.uses import MOODBOARD, told
from tests.production import Production, generated, new_production


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """The configuration of a production."""
    return load_config(new_production(tmp_path).config)


@pytest.fixture
def catalogue(config: Config) -> Iterator[Catalogue]:
    """Its catalogue."""
    with Catalogue.open(config.catalogue) as catalogue:
        yield catalogue


@pytest.fixture
def notices() -> list[Notice]:
    """What was told."""
    return []


def voices(config: Config, catalogue: Catalogue) -> Voices:
    """Return whose word counts."""
    return Voices(config, load_policy(config.policy, config.folder), catalogue, UtcTime("2026-11-22T11:00:00.000000Z"))


@pytest.fixture
def untelling(config: Config, catalogue: Catalogue, notices: list[Notice]) -> Untelling:
    """Who tells."""
    return Untelling(config, catalogue, notices.append, Listener().log, lambda: voices(config, catalogue))


def test_each_is_told_once_while_it_is_so(untelling: Untelling, catalogue: Catalogue, notices: list[Notice]) -> None:
    """A flagged file in a work zone is told once; when it was told of and that was taken back, once more."""
    take(catalogue, seen(evidence("ai", AI), b"a.png"))
    for version in (1, 2):
        untelling.review(version)
    (notice,) = notices
    assert (notice.kind, notice.zone, notice.path) == (Kind.UNTOLD, EDIT, b"a.png")
    assert notice.says == ""
    disclosure = told(MOODBOARD, None, subject("ai"))
    catalogue.add_record(disclosure, stamp(1))
    untelling.review(3)
    assert len([n for n in notices if n.kind is Kind.UNTOLD]) == 1
    catalogue.vanish(EDIT, [place(b"a.png").path], UtcTime("2026-11-22T11:00:00.000000Z"))
    untelling.review(4)
    take(catalogue, seen(evidence("other", AI), b"a.png"), minute=90)
    untelling.review(5)
    assert len([n for n in notices if n.kind is Kind.UNTOLD]) == 2


def test_what_a_stranger_told_is_not_told(config: Config, catalogue: Catalogue, notices: list[Notice]) -> None:
    """Where words are signed a disclosure by nobody who is listed silences no notice."""
    signed = replace(config, approvals=ApprovalsMode.SIGNED)
    take(catalogue, seen(evidence("ai", AI), b"a.png"))
    catalogue.add_record(told(MOODBOARD, None, subject("ai")), stamp(1))
    for one, expected in ((config, 0), (signed, 1)):
        asked = partial(voices, one, catalogue)
        Untelling(one, catalogue, notices.append, Listener().log, asked).review(1)
        assert len([n for n in notices if n.kind is Kind.UNTOLD]) == expected


def test_nothing_is_read_while_nothing_happens(
    untelling: Untelling, catalogue: Catalogue, notices: list[Notice]
) -> None:
    """As long as nothing was recorded or said, nothing is looked for."""
    untelling.review(1)
    take(catalogue, seen(evidence("ai", AI), b"a.png"))
    untelling.review(1)
    assert notices == []
    untelling.review(2)
    assert len(notices) == 1


def test_many_are_told_as_a_number(untelling: Untelling, catalogue: Catalogue, notices: list[Notice]) -> None:
    """Where more come than anybody reads one by one, each zone's number is told."""
    take(catalogue, *(seen(evidence(f"ai {n}", AI), b"%d.png" % n) for n in range(NAMED + 1)))
    untelling.review(1)
    (notice,) = notices
    assert (notice.kind, notice.zone, notice.path, notice.count) == (Kind.UNTOLD, EDIT, None, NAMED + 1)
    assert f"{NAMED + 1} flagged files" in notice.says


def test_told_otherwise_is_told_without_what_the_file_says(
    untelling: Untelling, catalogue: Catalogue, notices: list[Notice]
) -> None:
    """A file that says something else than was told is told of; what it says stays in the house."""
    trace = replace(AI, says="parameters as AUTOMATIC1111 writes them")
    take(catalogue, seen(evidence("ai", trace), b"a.png"))
    catalogue.add_record(told(MOODBOARD, None, subject("ai")), stamp(1))
    untelling.review(1)
    (notice,) = notices
    assert (notice.kind, notice.path, notice.says) == (Kind.OTHERWISE, b"a.png", "")


def test_the_daemon_tells_of_what_it_takes_in(tmp_path: Path) -> None:
    """`watch --once` tells of a flagged file in a work zone that nobody told of, before it ends."""
    (tmp_path / "told").mkdir()
    (tmp_path / "made").mkdir()
    made: Production = new_production(tmp_path / "made")
    program = Program(tmp_path / "told")
    command = json.dumps(shlex.join(program.command))
    made.config.write_text(f"{made.config.read_text()}\n[notify]\ncommand = {command}\nbundle = 0.01\n")
    generated(made.editorial / "a.png")
    result = made.run("watch", "--once")
    assert result.code == 0, result.err
    told_of = [(n["kind"], n["zone"], n["path"]) for d in program.documents for n in d["notices"]]
    assert ("untold", "editorial", "a.png") in told_of
