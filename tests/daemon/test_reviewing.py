"""Final zones are looked at again in time, and no more often than that."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from provenance.containers.whole import cut_short
from provenance.daemon.book import ZoneBook
from provenance.daemon.line import Case, Line
from provenance.daemon.reviewing import OVERDUE, REVIEW, SHARE, Reviewing
from provenance.daemon.roots import roots_of
from provenance.targets import all_zones
from tests.daemon.lined import answers
from tests.daemon.post import Post, posted
from tests.production import EDITOR, LEGAL, generated, picture
from watcher.arrivals import Means, Watch
from watcher.here import Here
from watcher.lost import Lost
from watcher.roots import Root
from watcher.sweep import Found
from watcher.tree import Arrival

pytestmark = pytest.mark.timeout(120)


class Deaf:
    """Nobody who hears of changes: a sweep finds everything."""

    def take(self) -> Sequence[tuple[str, bytes, bool]]:
        return ()

    def troubles(self) -> Sequence[Lost]:
        return ()

    def degraded(self, root: str) -> str | None:  # noqa: ARG002 (the protocol's)
        return None

    def restart(self, root: str) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""


@dataclass(slots=True)
class Reviewed:
    """A final zone under review, on a clock of its own."""

    post: Post
    watch: Watch
    book: ZoneBook
    line: Line
    reviewing: Reviewing
    turns: Iterator[tuple[Arrival, ...]]
    arrived: list[str] = field(default_factory=list)

    def after(self, seconds: float) -> list[tuple[str, bool]]:
        """Let time pass, a second at a time; return what is to be looked at now, and whether as it is."""
        self.post.clock.seconds += seconds % 1
        for _ in range(int(seconds) or 1):
            self.post.clock.seconds += 1 if seconds >= 1 else 0
            for _ in range(5):
                self.arrived += [os.fsdecode(a.path) for a in next(self.turns)]
            self.reviewing.turn()
        found = answers(self.line, len(self.line))
        return sorted((os.fsdecode(case.arrival.path), case.unsettled) for case, _ in found)


@contextmanager
def reviewed(folder: Path, final: str = "") -> Iterator[Reviewed]:
    """Set one up. Nothing is judged in it."""
    with posted(folder, final=final) as post:
        targets, intake = all_zones(post.config), post.gate.intake
        book = ZoneBook(post.catalogue, targets, intake.examiner(), intake.stamp)

        def lister(root: Root) -> Here:
            return Here(root, cut_short)

        watch = Watch(roots_of(post.config, targets), book, Means(lister, lambda _r, _b: Deaf(), post.clock))
        line = Line({t.zone_name: t for t in targets}, {t.zone_name: intake.pool for t in targets})
        reviewing = Reviewing(post.guard, line, watch, post.clock)
        yield Reviewed(post, watch, book, line, reviewing, watch.arrivals())
        watch.close()


def _cases(line: Line) -> list[Case]:
    return [case for case, _ in answers(line, len(line))]


def test_what_does_not_get_finished_is_looked_at_in_time(tmp_path: Path) -> None:
    """After `hold_after` as it is, once; again soon if that could not be done, else after as long again."""
    with reviewed(tmp_path, "hold_after = 100\nsweep = 10") as zone:
        picture(zone.post.production.deliver / "a.png").rename(zone.post.production.deliver / "a.png.part")
        assert zone.after(95) == []
        assert zone.after(10) == [("a.png.part", True)]
        assert zone.after(90) == []
        assert zone.after(15) == [("a.png.part", True)]

        def looked(took: float) -> Arrival:
            return Arrival("deliver", b"a.png.part", Found(0, 0, 0, 0, 0), zone.post.clock.seconds - took)

        for took in (0.1, 3.0):
            zone.reviewing.missed(looked(took), gone=False)
            pause = max(OVERDUE, took * SHARE)
            assert zone.after(pause - OVERDUE) == []
            assert zone.after(2 * OVERDUE) == [("a.png.part", True)]
        zone.reviewing.missed(looked(0.0), gone=True)
        assert zone.after(1) == [("a.png.part", True)]
        assert zone.arrived == []


def test_a_file_under_ever_new_names_is_looked_at_in_time(tmp_path: Path) -> None:
    """Renamed all the time before it settles, it is looked at once, under all names that may still be its own."""
    with reviewed(tmp_path, "hold_after = 100\nsweep = 10\nsettle = 60") as zone:
        path = generated(zone.post.production.deliver / "0.png")
        looked = []
        for number in range(1, 10):
            looked += zone.after(20)
            path = path.rename(path.with_name(f"{number}.png"))
        assert looked == [("3.png", True), ("4.png", True), ("5.png", True)]
        assert zone.arrived == []


def test_a_review_goes_on_over_many_turns(tmp_path: Path) -> None:
    """One that takes long stops after each slice, ends, and is not begun again before it has cost its share."""
    with reviewed(tmp_path) as zone:
        for number in range(6):
            generated(zone.post.production.deliver / f"{number}.png", seed=number)
        assert zone.post.production.run("scan").code == 0
        clock = zone.post.clock
        slow = Reviewing(zone.post.guard, zone.line, zone.watch, _Slow(zone.post))
        turns = 0
        while not slow.turn():
            turns += 1
            assert not slow.idle
        assert turns >= 6
        assert slow.idle
        assert len(_cases(zone.line)) == 6
        began = clock.seconds
        while not slow.turn():
            clock.seconds += 1
        assert clock.seconds - began >= SHARE * 6


def test_a_word_is_heeded_at_once_and_time_after_a_minute(tmp_path: Path) -> None:
    """Everything is reviewed after each word, and a minute after the last review."""
    with reviewed(tmp_path) as zone:
        plate = picture(zone.post.production.deliver / "plate.png")
        assert zone.post.production.run("scan").code == 0
        zone.reviewing.heed(zone.post.guard.newest_word())
        assert zone.after(1) == []
        assert zone.post.production.run("declare", plate, "--origin", "review", *EDITOR).code == 0
        assert zone.after(REVIEW - 10) == []
        zone.reviewing.heed(zone.post.guard.newest_word())
        assert zone.after(0.5) == [("plate.png", False)]
        assert zone.after(REVIEW - 10) == []
        assert zone.after(20) == [("plate.png", False)]  # nobody judged it, so it is still news
        assert zone.post.production.run("clear", plate, *LEGAL).code == 0
        assert zone.after(REVIEW + 5) == []


class _Slow:
    """A clock by which every step of a review takes as long as a slice."""

    def __init__(self, post: Post) -> None:
        self._clock = post.clock

    def __call__(self) -> float:
        self._clock.seconds += 1.0
        return self._clock.seconds
