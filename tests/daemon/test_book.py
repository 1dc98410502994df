"""What the watcher is told about a zone is what the catalogue and the disk say, in whatever order things happen."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.asset import RelPath, StatKey, ZoneName
from provenance.catalogue import Batch, Catalogue, Examined, places
from provenance.config import Role, Zone
from provenance.configfile import load_config
from provenance.daemon.book import ZoneBook
from provenance.evidence import Beside
from provenance.targets import Target, zone_target
from tests.catalogue.making import EXAMINER, evidence, stamp
from watcher.opening import Odd
from watcher.sweep import Folder, Found

CONFIG = '[project]\nid = "p"\ntitle = "P"\n[[zone]]\nname = "deliver"\npath = "deliver"\nrole = "final"\n'

Step = tuple[str, int]


def target_in(folder: Path) -> Target:
    """Return a zone to be watched."""
    (folder / "provenance.toml").write_text(CONFIG)
    config = load_config(folder / "provenance.toml")
    zone: Zone = config.zones[0]
    assert zone.role is Role.FINAL
    return zone_target(config, zone)


class World:
    """One folder on a disk made of numbers, its book, and whoever records what is news."""

    def __init__(self, catalogue: Catalogue, target: Target) -> None:
        self.catalogue = catalogue
        self.target = target
        self.book = ZoneBook(catalogue, [target], EXAMINER, stamp)
        self.files: dict[bytes, Found] = {}
        self.news: dict[bytes, Found] = {}
        self.version = 0

    def write(self, count: int) -> None:
        """Have so many files written, new ones and old ones anew."""
        for _ in range(count):
            self.version += 1
            self.files[b"%02d.mov" % (self.version * 7 % 40)] = Found(self.version, 11, 10, 10, 1)

    def remove(self, count: int) -> None:
        """Have so many files removed."""
        for name in sorted(self.files)[:count]:
            del self.files[name]

    def list(self, _count: int) -> None:
        """List the folder, as a hint has it listed."""
        found = self.book.news("deliver", Folder(b"reel", sorted(self.files.items())))
        assert found is not None
        self.news.update(found)

    def record(self, count: int) -> None:
        """Record some of what was news and still is as it was."""
        examined = []
        for name, found in list(self.news.items())[:count]:
            del self.news[name]
            if self.files.get(name) != found:
                continue
            key = StatKey(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
            what = evidence(f"bytes {found.st_ino:05}")  # evidence's size is its name's length, and so is the key's
            examined.append(
                Examined(self.target.place(b"reel/" + name), key, racy=False, evidence=what, beside=Beside())
            )
        self.catalogue.record(Batch(tuple(examined)), stamp())

    def sweep(self, _count: int) -> None:
        """Begin a look at everything."""
        self.book.sweeping("deliver")
        self.list(0)
        assert self.book.swept("deliver", frozenset({b"", b"reel"}))


def present(catalogue: Catalogue) -> set[bytes]:
    """Names that are present in the folder by the catalogue."""
    return set(catalogue.known_files(ZoneName("deliver"), RelPath(b"reel")))


STEPS = st.lists(
    st.tuples(st.sampled_from(["write", "remove", "list", "record", "sweep"]), st.integers(1, 30)), max_size=40
)


@given(steps=STEPS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_catalogue_and_disk_agree_in_the_end(tmp_path_factory: pytest.TempPathFactory, steps: list[Step]) -> None:
    """However writing, removing, listing, recording and sweeping interleave, two more listings leave no difference."""
    folder = tmp_path_factory.mktemp("book")
    target = target_in(folder)
    with pytest.MonkeyPatch.context() as patch, Catalogue.create(folder / "catalogue.db", stamp().at) as catalogue:
        patch.setattr(places, "_FEW", 5)  # so that both ways of looking up are taken
        world = World(catalogue, target)
        for step, count in steps:
            getattr(world, step)(count)
        for _ in range(2):
            world.list(0)
            world.record(10_000)
        world.list(0)
        assert world.news == {}
        assert present(catalogue) == set(world.files)


def test_what_cannot_be_written_down_is_kept_once(tmp_path: Path) -> None:
    """A folder that is listed again and again while the catalogue is locked makes memory grow by nothing."""
    target = target_in(tmp_path)
    with Catalogue.create(tmp_path / "catalogue.db", stamp().at) as catalogue:
        book = World(catalogue, target).book
        for _ in range(3):
            odd = [(b"link%d" % n, Odd.LINK) for n in range(100)]
            book.news("deliver", Folder(b"reel", odd=odd))
        assert len(book._zones[ZoneName("deliver")].troubles) == 100
        book.flush()
        assert len(catalogue.troubles()) == 100
