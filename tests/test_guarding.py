"""A final zone under guard: whichever way something flagged comes in, it is taken away, and comes back on a word."""

import json
import os
import shlex
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.daemon.notified import Program
from tests.production import LEGAL, Production, copied, generated, picture
from tests.watching import (
    Daemon,
    catalogue_of,
    catalogued,
    difference,
    held,
    integrity,
    quarantine,
    start,
    watched_production,
    watching,
)

pytestmark = pytest.mark.timeout(150)

Way = Callable[[Production], Path]


def _moved(production: Production) -> Path:
    return generated(production.editorial / "hero.png").rename(production.deliver / "hero.png")


def _linked(production: Production) -> Path:
    (production.deliver / "hero.png").hardlink_to(generated(production.editorial / "hero.png"))
    return production.deliver / "hero.png"


def _in_a_folder(production: Production) -> Path:
    generated(production.root / "aside" / "reel" / "deep" / "hero.png")
    (production.root / "aside" / "reel").rename(production.deliver / "reel")
    return production.deliver / "reel" / "deep" / "hero.png"


def _renamed(production: Production) -> Path:
    part = generated(production.editorial / "hero.png").rename(production.deliver / "hero.png.part")
    return part.rename(production.deliver / "hero.png")


def _replaced(production: Production) -> Path:
    picture(production.deliver / "hero.png")
    generated(production.editorial / "hero.png").replace(production.deliver / "hero.png")
    return production.deliver / "hero.png"


@pytest.mark.parametrize("arrive", [_moved, _linked, _in_a_folder, _renamed, _replaced])
def test_every_way_in_is_guarded(tmp_path: Path, arrive: Way) -> None:
    """Moved, linked, in a folder, under a new name or in another's place: it goes, and a note is left."""
    production = watched_production(tmp_path)
    with watching(production) as daemon:
        hero = arrive(production)
        daemon.until(lambda: len(quarantine(production)) == 1 and not difference(production))
        assert not hero.exists()
        assert hero.with_name("hero.png.HELD.txt").is_file()
        assert daemon.stop() == 0
    integrity(production)


def test_what_was_there_before_is_guarded(tmp_path: Path) -> None:
    """A flagged file that a scan recorded long before the daemon was started is taken away by it."""
    production = watched_production(tmp_path)
    hero = generated(production.deliver / "hero.png")
    assert production.run("scan").code == 0
    with watching(production) as daemon:
        daemon.until(lambda: not hero.exists())
        daemon.until(lambda: held(production) == 1)


def test_work_zones_are_left_alone(tmp_path: Path) -> None:
    """Generated material in a work zone is recorded, and stays."""
    production = watched_production(tmp_path)
    with watching(production) as daemon:
        still = generated(production.editorial / "still.png")
        daemon.until(lambda: ("editorial", b"still.png") in catalogued(production))
        assert still.exists()
        assert quarantine(production) == {}


def test_an_observer_moves_nothing(tmp_path: Path) -> None:
    """With `on_refuse = "report"` everything stays where it is, and what would have been moved is told."""
    production = watched_production(tmp_path, final='on_refuse = "report"')
    with watching(production) as daemon:
        hero = generated(production.deliver / "hero.png")
        daemon.until(lambda: "left where it is" in daemon.said())
        assert hero.exists()
        assert quarantine(production) == {}
        assert [p.name for p in production.deliver.iterdir()] == ["hero.png"]


def _approve(production: Production, path: Path) -> None:
    assert production.run("approve", path, "--channel", "deliver", *LEGAL).code == 0


def test_an_approval_lets_it_back_and_a_revocation_takes_it_again(tmp_path: Path) -> None:
    """Approved by its old place it can be released and stays; revoked it is taken away again."""
    production = watched_production(tmp_path)
    with watching(production) as daemon:
        hero = generated(production.deliver / "hero.png")
        daemon.until(lambda: not hero.exists())
        daemon.until(lambda: held(production) == 1)
        _approve(production, hero)
        daemon.until(lambda: "may be put back" in daemon.said())
        assert not hero.exists()
        assert production.run("release", hero).code == 0
        daemon.until(lambda: ("deliver", b"hero.png") in catalogued(production) and not difference(production))
        assert sorted(p.name for p in production.deliver.iterdir()) == ["hero.png"]
        approval = production.json("origin", hero)["approvals"][0]["id"]
        assert production.run("revoke", approval, "--by", "Production legal", "--reason", "changed our mind").code == 0
        daemon.until(lambda: not hero.exists())
        daemon.until(lambda: held(production) == 1)
        assert daemon.stop() == 0
    integrity(production)


def test_a_refusal_takes_what_nobody_flagged(tmp_path: Path) -> None:
    """What somebody refuses is taken out of the final zone where it lies, though nothing is found in it."""
    production = watched_production(tmp_path)
    with watching(production) as daemon:
        plate = picture(production.deliver / "plate.jpg", seed=2)
        daemon.until(lambda: len(catalogued(production)) == 1)
        assert production.run("refuse", plate, "--channel", "deliver", *LEGAL).code == 0
        daemon.until(lambda: not plate.exists())
        daemon.until(lambda: held(production) == 1)


def test_the_daemon_puts_back_what_was_approved_where_it_may(tmp_path: Path) -> None:
    """With `on_approval = "release"` an approval is enough: the file is back, and its note is gone."""
    production = watched_production(tmp_path, final='on_approval = "release"')
    with watching(production) as daemon:
        hero = generated(production.deliver / "hero.png")
        daemon.until(lambda: not hero.exists())
        daemon.until(lambda: held(production) == 1)
        _approve(production, hero)
        daemon.until(hero.exists)
        daemon.until(lambda: quarantine(production) == {} and not difference(production))
        assert not hero.with_name("hero.png.HELD.txt").exists()


def test_a_parent_that_turns_out_to_be_generated_takes_its_child_along(tmp_path: Path) -> None:
    """A clean delivery is taken away once somebody says that it was made from something generated."""
    production = watched_production(tmp_path)
    with watching(production) as daemon:
        cut = picture(production.deliver / "cut.png", seed=3)
        still = generated(production.editorial / "still.png")
        daemon.until(lambda: len(catalogued(production)) == 2)
        assert production.run("derive", cut, "--from", still, "--by", "The editor").code == 0
        daemon.until(lambda: not cut.exists())


def test_what_hides_is_judged_as_it_is(tmp_path: Path) -> None:
    """A flagged file that keeps a temporary name for too long is taken away under it; a clean one is told of."""
    production = watched_production(tmp_path, final="hold_after = 1")
    with watching(production) as daemon:
        hidden = generated(production.editorial / "b.png").rename(production.deliver / "hero.png.part")
        plain = picture(production.editorial / "a.png").rename(production.deliver / "plain.png.part")
        daemon.until(lambda: not hidden.exists(), 120)
        daemon.until(lambda: "plain.png.part" in daemon.said(), 120)
        assert plain.exists()
        assert not any(path.endswith(b".part") for _, path in catalogued(production))
        assert daemon.stop() == 0
    integrity(production)


def _touch(path: Path) -> Path:
    os.utime(path)
    return path


def _rename(path: Path) -> Path:
    return path.rename(path.with_name(f"{int(path.stem) + 1}.png"))


@pytest.mark.parametrize(("bother", "seconds"), [(_touch, 0.05), (_rename, 0.4)], ids=["touched", "renamed"])
def test_a_file_that_is_bothered_all_the_time_hides_nowhere(
    tmp_path: Path, bother: Callable[[Path], Path], seconds: float
) -> None:
    """A flagged file that is touched or renamed before it can ever settle is taken away all the same."""
    production = watched_production(tmp_path, settle=1.0, final="hold_after = 2")
    with watching(production) as daemon:
        hero = generated(production.deliver / "0.png")

        def gone() -> bool:
            nonlocal hero
            try:
                hero = bother(hero)
            except FileNotFoundError:
                return True
            return False

        daemon.until(gone, every=seconds)
        daemon.until(lambda: held(production) == 1)
        assert daemon.stop() == 0
    integrity(production)


def test_all_names_of_a_file_are_taken_at_once(tmp_path: Path) -> None:
    """A flagged file with eight names in a final zone is out of it when it has settled, not one name after another."""
    production = watched_production(tmp_path, settle=2.0)
    with watching(production) as daemon:
        source = generated(production.editorial / "hero.png")
        for number in range(8):
            (production.deliver / f"{number}.png").hardlink_to(source)
        daemon.until(lambda: daemon.said().count("moved to quarantine") == 8)
        assert len(quarantine(production)) == 8
        assert "left where it is" not in daemon.said()
        assert source.exists()
        daemon.until(lambda: not difference(production))


def test_somebody_is_told(tmp_path: Path) -> None:
    """The configured command gets documents on what was moved, what is unfinished and what was found, and no prompt."""
    for folder in ("told", "p"):
        (tmp_path / folder).mkdir()
    program = Program(tmp_path / "told")
    command = shlex.join(program.command)
    more = f"[notify]\ncommand = {json.dumps(command)}\nbundle = 0.2"
    production = watched_production(tmp_path / "p", final="hold_after = 1", more=more)

    def notices() -> dict[str, tuple[str, list[str]]]:
        return {n["path"]: (n["kind"], sorted(n["reasons"])) for d in program.documents for n in d["notices"]}

    with watching(production) as daemon:
        generated(production.deliver / "hero.png")
        generated(production.editorial / "still.png", seed=2)
        picture(production.editorial / "plain.png")
        picture(production.root / "cut.png", seed=3).rename(production.deliver / "cut.png.part")
        daemon.until(lambda: len(notices()) == 3)
    assert notices() == {
        "hero.png": ("quarantine", ["temporary-not-final"]),
        "still.png": ("found", []),
        "cut.png.part": ("unfinished", ["no-signal-found", "unfinished"]),
    }
    assert "lighthouse" not in json.dumps(program.documents)


def test_a_second_daemon_is_refused(tmp_path: Path) -> None:
    """Only one daemon watches a catalogue: another ends at once with the code for it."""
    production = watched_production(tmp_path)
    with watching(production):
        second = start(production)
        assert second.process.wait(60) == 39
        assert "another daemon" in second.said()


def _reload(daemon: Daemon, says: str) -> None:
    daemon.process.send_signal(signal.SIGHUP)
    daemon.until(lambda: says in daemon.said())


def test_a_configuration_is_read_again_when_asked(tmp_path: Path) -> None:
    """SIGHUP takes a new configuration that is whole, and keeps the old one where it is not."""
    production = watched_production(tmp_path, final='on_refuse = "report"')
    with watching(production) as daemon:
        good = production.config.read_text()
        production.config.write_text(good.replace("[watch]", "[wotch]"))
        _reload(daemon, "the old one stays")
        hero = generated(production.deliver / "hero.png")
        daemon.until(lambda: "left where it is" in daemon.said())
        production.config.write_text(good.replace('on_refuse = "report"', 'on_refuse = "quarantine"'))
        _reload(daemon, "was read again")
        daemon.until(lambda: not hero.exists())


def test_no_later_trouble_brings_a_replaced_configuration_back(tmp_path: Path) -> None:
    """A configuration that was taken stays: what goes wrong afterwards ends the watch, and not the configuration."""
    production = watched_production(tmp_path, final='on_refuse = "report"')
    with watching(production) as daemon:
        text = production.config.read_text()
        production.config.write_text(text.replace('on_refuse = "report"', 'on_refuse = "quarantine"'))
        _reload(daemon, "was read again")
        hero = generated(production.deliver / "hero.png")
        daemon.until(lambda: not hero.exists() and held(production) == 1)
        catalogue_of(production).rename(tmp_path / "elsewhere.db")
        assert daemon.process.wait(60) == 30
        assert "is refused" not in daemon.said()


def test_once_drains_and_ends(tmp_path: Path) -> None:
    """`watch --once` takes in what is there, guards it, and ends with 0."""
    production = watched_production(tmp_path)
    generated(production.deliver / "hero.png")
    copied(Path(__file__), production.editorial / "note.txt")
    daemon = start(production, "--once")
    assert daemon.process.wait(90) == 0, daemon.said()
    assert len(quarantine(production)) == 1
    assert ("editorial", b"note.txt") in catalogued(production)


def test_numbers_are_served_where_wanted(tmp_path: Path) -> None:
    """With `metrics` set, what was recorded can be scraped from this machine, without a file's name in it."""
    import socket
    import urllib.request

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    production = watched_production(tmp_path, more=f'metrics = "127.0.0.1:{port}"')
    with watching(production) as daemon:
        picture(production.editorial / "secret-title.png")

        def page() -> str:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
                return str(answer.read().decode())

        daemon.until(lambda: "provenance_recorded_files_total 1.0" in page())
        assert "secret" not in page()


def test_workers_end_with_a_killed_daemon(tmp_path: Path) -> None:
    """After kill -9 no process of the daemon stays behind for long."""
    production = watched_production(tmp_path)
    daemon = start(production)
    try:
        picture(production.editorial / "a.png")
        daemon.until(lambda: len(catalogued(production)) == 1)
    finally:
        daemon.kill()

    def left() -> bytes:
        return subprocess.run(["pgrep", "-g", str(daemon.process.pid)], capture_output=True, check=False).stdout

    for _ in range(200):
        if not left():
            return
        signal.sigtimedwait([], 0.1)
    os.killpg(daemon.process.pid, signal.SIGKILL)
    pytest.fail("workers stayed behind")
