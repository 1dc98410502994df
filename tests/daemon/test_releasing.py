"""What somebody approved goes back by itself, whatever stands in the way of others."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from provenance.daemon.notices import Kind
from provenance.daemon.releasing import FIRST_PAUSE, Releasing
from tests.daemon.notified import Listener, until
from tests.daemon.post import Post, posted
from tests.production import LEGAL, generated

pytestmark = pytest.mark.timeout(300)


@dataclass(slots=True)
class Returning:
    """Files that were taken away and approved, and whoever puts them back."""

    post: Post
    releasing: Releasing
    heard: Listener

    def review(self) -> None:
        """Have what may go back put back, and wait for that."""
        self.releasing.review()
        until(self._rests, 120)

    def _rests(self) -> bool:
        self.releasing.poll()
        return not self.releasing.busy


@contextmanager
def returning(folder: Path, files: int, final: str = 'on_approval = "release"') -> Iterator[Returning]:
    """Set one up."""
    with posted(folder, final=final) as post:
        names = [f"{number}.png" for number in range(files)]
        for number, name in enumerate(names):
            generated(post.production.deliver / name, seed=number)
        post.arrive(*names)
        kept = [post.zone.quarantine / name for name in names]
        assert post.production.run("approve", *kept, "--channel", "deliver", *LEGAL).code == 0
        post.told.clear()
        heard = Listener()
        releasing = Releasing(post.gate, post.told.append, heard.log, post.clock)
        try:
            yield Returning(post, releasing, heard)
        finally:
            releasing.close()


def test_something_in_the_way_of_one_holds_nobody_else_up(tmp_path: Path) -> None:
    """All others go back; that one is tried again after a while, and goes back once its place is free."""
    with returning(tmp_path, 4) as back:
        post, obstacle = back.post, back.post.production.deliver / "2.png"
        obstacle.write_bytes(b"replaced by hand")
        back.review()
        assert post.kept == ["2.png"]
        assert sorted(post.said) == [(Kind.RELEASE, f"{n}.png") for n in (0, 1, 3)]
        obstacle.unlink()
        back.review()
        assert post.kept == ["2.png"]
        post.clock.seconds += FIRST_PAUSE
        back.review()
        assert post.kept == []
        assert post.said == [(Kind.RELEASE, "2.png")]


def test_one_that_cannot_be_read_holds_nobody_else_up(tmp_path: Path) -> None:
    """What has a pipe in its place in quarantine is left alone, and all others go back."""
    with returning(tmp_path, 6) as back:
        (back.post.zone.quarantine / "3.png").unlink()
        os.mkfifo(back.post.zone.quarantine / "3.png")
        back.review()
        names = sorted(p.name for p in back.post.production.deliver.glob("*.png"))
        assert names == [f"{n}.png" for n in (0, 1, 2, 4, 5)]
        lines = len(back.heard.lines)
        back.review()
        assert len(back.heard.lines) == lines  # it is not tried again and again


def test_what_a_person_is_to_put_back_is_told_once(tmp_path: Path) -> None:
    """Where approvals are only reported nothing moves, however often it is looked at."""
    with returning(tmp_path, 1, 'on_approval = "report"') as back:
        for _ in range(3):
            back.review()
            back.post.clock.seconds += FIRST_PAUSE
        assert back.post.said == [(Kind.APPROVED, "0.png")]
        assert back.post.kept == ["0.png"]
