"""What is promised of a final zone is so, and is not promised where something stands in the way."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from provenance.asset import UtcTime
from provenance.daemon.health import Health
from provenance.daemon.loop import Hands, Loop
from provenance.daemon.notices import Kind, Notice
from provenance.daemon.releasing import Releasing
from provenance.daemon.service import Service
from provenance.daemon.telling import Ears, Telling
from provenance.daemon.untold import Untelling
from provenance.errors import CatalogueLocked, ClockBehind
from provenance.gate import voices_of
from provenance.watchstate import Guarding, ZoneState
from tests.daemon.notified import Listener
from tests.daemon.test_reviewing import Reviewed, reviewed
from tests.production import generated

pytestmark = pytest.mark.timeout(120)
NOW = UtcTime("2026-11-24T10:00:00.000000Z")


@dataclass(slots=True)
class Seen:
    """A watch whose health is looked at."""

    zone: Reviewed
    loop: Loop
    health: Health
    telling: Telling
    told: list[Notice]

    @property
    def final(self) -> ZoneState:
        """How the final zone stands."""
        (state,) = [z for z in self.health.state().zones if z.name == "deliver"]
        return state

    def tick(self) -> list[Kind]:
        """Have everybody told; return what was told."""
        self.telling.tick()
        kinds = [n.kind for n in self.told]
        self.told.clear()
        return kinds


@contextmanager
def seen(folder: Path) -> Iterator[Seen]:
    """Put a watch together of which nothing runs."""
    with reviewed(folder, "settle = 5\nhold_after = 900\nsweep = 10") as zone:
        post, log, told = zone.post, Listener().log, list[Notice]()
        gate = post.gate
        releasing, untelling = (
            Releasing(gate, told.append, log),
            Untelling(post.config, post.catalogue, told.append, log, lambda: voices_of(gate, NOW)),
        )
        hands = Hands(gate.intake, zone.watch, zone.book, zone.line, post.guard, releasing, untelling, zone.reviewing)
        loop = Loop(hands)
        health = Health(zone.watch, zone.book, loop, post.guard, post.config.zones, post.clock)
        guarding = Guarding.start(post.config.catalogue, NOW)
        ears = Ears(log, Service(os.environ, log), guarding, None, told.append)
        try:
            yield Seen(zone, loop, health, Telling(health, ears, lambda: NOW), told)
        finally:
            guarding.close()


def test_what_stands_in_the_way_of_guarding_ends_the_promise(tmp_path: Path) -> None:
    """While a file that may not stay cannot be moved, or nothing can be recorded, no time is promised; then it is."""
    with seen(tmp_path) as watch:
        post = watch.zone.post
        watch.zone.after(1)
        assert (watch.final.exposure_seconds, watch.final.unfinished_seconds) == (5.1, 910.1)
        post.zone.quarantine.parent.mkdir(parents=True)
        post.zone.quarantine.write_bytes(b"in the way")
        generated(post.production.deliver / "hero.png")
        post.arrive("hero.png")
        assert (watch.final.exposure_seconds, watch.final.unfinished_seconds) == (None, None)
        (trouble,) = watch.final.troubles
        assert "hero.png" in trouble
        post.clock.seconds += 10
        post.zone.quarantine.unlink()
        post.judge([*post.guard.again()])
        assert (watch.final.exposure_seconds, watch.final.troubles) == (15.1, ())
        watch.loop.trouble = CatalogueLocked("it is locked")
        assert watch.final.exposure_seconds is None
        assert watch.health.state().troubles == ("it is locked",)


def test_a_file_that_is_on_its_way_out_counts(tmp_path: Path) -> None:
    """As long as a move lasts the promise grows with it, and does not wait for its end."""
    with seen(tmp_path) as watch:
        post = watch.zone.post
        generated(post.production.deliver / "hero.png")
        post.guard.judge([post.suspect("hero.png")])
        post.clock.seconds += 50
        assert watch.final.exposure_seconds == 55.1
        post.moved()
        assert watch.final.exposure_seconds == 55.1


def test_a_trouble_that_reads_otherwise_is_the_same(tmp_path: Path) -> None:
    """A trouble that names the time, or how many files it is by now, is told once, and once as mended."""
    with seen(tmp_path) as watch:
        post = watch.zone.post
        assert post.production.run("scan").code == 0
        assert watch.tick() == []
        for seconds in range(3):
            post.guard.doubt = ClockBehind(f"this clock says {seconds}")
            assert watch.tick() == ([Kind.TROUBLE] if seconds == 0 else [])
            assert watch.health.state().troubles == (f"this clock says {seconds}",)
        post.guard.doubt = None
        assert watch.tick() == [Kind.MENDED]


def test_a_review_that_fails_is_said_until_one_does_not(tmp_path: Path) -> None:
    """What cannot be looked at again is a trouble as long as that is so, also between two attempts."""
    with seen(tmp_path) as watch:
        error = CatalogueLocked("it is locked")

        def locked() -> bool:
            raise error

        assert watch.loop.attempt("review", locked) is None
        assert watch.loop.attempt("count", lambda: True)
        assert watch.health.state().troubles == ("it is locked",)
        assert watch.loop.attempt("review", lambda: True)
        assert watch.health.state().troubles == ()
