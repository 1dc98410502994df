"""Moves that are cut off: a process that kills itself before its nth step, for every n, and another that mends.

Run as `python -m tests.cut_off ACTION FOLDER QUARANTINE WAY`, in a process of its own because it forks. A step is a
call that may change something on a disk: between two of them nothing differs, so each state a kill can leave behind is
met. Prints how many steps there were, or what was not as it should be.
"""

import os
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, cast

from provenance.catalogue import UNFINISHED
from provenance.files import stat_key
from provenance.gate import Run
from provenance.looking import Intake
from provenance.moving import renaming
from provenance.quarantine import held_at, mend, notes_among
from provenance.release import _put_back
from tests.production import Production, generated, new_production, picture
from tests.quarantining import RUN, Guarded, files_in, guarded
from watcher.sweep import sweep

_CHANGING = {
    "fchmod", "fchown", "link", "mkdir", "open", "pwrite", "rename", "rmdir", "setxattr", "unlink", "utime",
}  # fmt: skip
HERO, SHARED, OWN = "reel/hero.png", "reel/hero.c2pa", "reel/hero.png.c2pa"


class Killer:
    """Counts the steps of this process, and kills it before one of them."""

    def __init__(self, before: int) -> None:
        self._steps = 0
        self._before = before

    def __call__(self, frame: FrameType, event: str, what: Any) -> None:
        """See what is called; to be given to `sys.setprofile`."""
        renames = event == "call" and frame.f_code.co_qualname == "_renameat2.<locals>.rename"
        if renames or (event == "c_call" and _changes(what)):
            self._steps += 1
            if self._steps == self._before:
                os.kill(os.getpid(), signal.SIGKILL)


def _changes(what: Any) -> bool:
    module = getattr(what, "__module__", None) or type(getattr(what, "__self__", None)).__module__
    return (module == "posix" and what.__name__ in _CHANGING) or (module == "sqlite3" and what.__name__ == "execute")


@dataclass(frozen=True, slots=True)
class Case:
    """What is done, and what must be true after it was cut off and mended."""

    template: Path
    act: Callable[[Guarded], None]
    check: Callable[[Guarded], str | None]


def made(folder: Path, quarantine: Path) -> Production:
    """Make a production with a flagged file, its own sidecar, and one it shares with another file."""
    folder.mkdir(parents=True)
    production = new_production(folder)
    text = production.config.read_text()
    assert "held_notes" in text
    place = f'path = "deliver"\nquarantine = "{quarantine}"\n'
    production.config.write_text(text.replace('path = "deliver"\n', place))
    hero = generated(production.deliver / HERO)
    picture(production.deliver / "reel/hero.jpg")
    for name in (SHARED, OWN):
        (production.deliver / name).write_bytes(b"a sidecar called " + name.encode())
    hero.chmod(0o640)
    return production


def take(guarded_: Guarded) -> None:
    """Take the flagged file away, with its sidecars."""
    guarded_.take(HERO)


def put_back(guarded_: Guarded) -> None:
    """Put it back, as a release does after its gate run."""
    everything = held_at(guarded_.config, guarded_.catalogue, guarded_.zone.root)
    going = [(held, stat_key(os.lstat(held.where)), held.row.move.digest) for held in everything]
    intake = cast("Intake", _Only(guarded_))
    _put_back(intake, going, cast("Run", _Named(RUN)))


class _Only:
    """What putting back needs of an intake."""

    def __init__(self, guarded_: Guarded) -> None:
        self.catalogue = guarded_.catalogue
        self.stamp = guarded_.session.stamp


class _Named:
    """What putting back needs of a gate run."""

    def __init__(self, name: str) -> None:
        self.id = name


BYTES: dict[str, bytes] = {}
"""What each file of the material holds, taken down before anything happens."""


def wrong(guarded_: Guarded) -> str | None:
    """Return what is not as it must be after mending, whichever way it was finished; None if everything is."""
    root, kept = files_in(guarded_.zone.root), files_in(guarded_.kept) if guarded_.kept.exists() else {}
    leftovers = [n for n in (*root, *kept) if ".provenance-" in n]
    if leftovers:
        return f"left behind: {leftovers}"
    if guarded_.catalogue.quarantined(stays=UNFINISHED):
        return "something is unfinished"
    held = bool(guarded_.rows())
    there = {n: b for n, b in root.items() if not n.endswith(".HELD.txt")}
    wanted = {n: b for n, b in BYTES.items() if not held or n not in {HERO, OWN}}
    if there != wanted:
        return f"held: {held}; in the zone: {sorted(there)}"
    if sorted(kept.values()) != sorted(BYTES[n] for n in (HERO, OWN, SHARED) if held):
        return f"held: {held}; in quarantine: {sorted(kept)}"
    if held and (guarded_.kept / HERO).stat().st_mode & 0o777 != 0o640:
        return "the mode was not kept"
    return _wrong_note(guarded_, held=held)


def _wrong_note(guarded_: Guarded, *, held: bool) -> str | None:
    root = os.fsencode(guarded_.zone.root)
    notes = [n for f in sweep(root) for n in notes_among(guarded_.catalogue, root, f)]
    texts = [n for n in files_in(guarded_.zone.root) if n.endswith(".HELD.txt")]
    if (len(notes), len(texts)) != (held, held):
        return f"held: {held}; notes of ours: {notes}; all notes: {texts}"
    guarded_.catalogue.verify()
    return None


def forked(what: Callable[[], None]) -> int:
    """Do something in a process of its own, and return how that ended."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        what()
        os._exit(0)
    except BaseException:  # noqa: BLE001 (a child must not go on as its parent)
        import traceback

        traceback.print_exc()
        os._exit(1)


def main(action: str, folder: Path, quarantine: Path, way: str) -> int:
    """Kill an action before each of its steps; return how many there were."""
    if way == "link":
        renaming._renameat2 = lambda: None  # type: ignore[assignment]
    template, work = folder / "template", folder / "work"
    production = made(template, quarantine)
    BYTES.update(files_in(production.deliver))
    if action == "release":
        with guarded(production) as at_first:
            take(at_first)
        shutil.copytree(quarantine, folder / "kept", symlinks=True)
    act = take if action == "take" else put_back
    step = 0
    while True:
        step += 1
        shutil.rmtree(work, ignore_errors=True)
        shutil.rmtree(quarantine, ignore_errors=True)
        shutil.copytree(template, work, symlinks=True)
        if action == "release":
            shutil.copytree(folder / "kept", quarantine, symlinks=True)
        ended = forked(lambda: _killed(work, act, step))  # noqa: B023 (used at once)
        assert ended in {0, -signal.SIGKILL}, (step, ended)
        assert forked(lambda: _mended(work, act, step)) == 0, step  # noqa: B023 (used at once)
        if ended == 0:
            return step - 1


def _killed(work: Path, act: Callable[[Guarded], None], step: int) -> None:
    with guarded(Production(work)) as guarded_:
        sys.setprofile(Killer(step))
        act(guarded_)
        sys.setprofile(None)


def _mended(work: Path, act: Callable[[Guarded], None], step: int) -> None:
    """Mend, look, mend again, and do the whole of it in the end."""
    with guarded(Production(work)) as guarded_:
        for _ in range(2):
            mended = mend(guarded_.catalogue, guarded_.config, guarded_.session.stamp)
            assert mended is not None
            assert mended.unclear == []
            problem = wrong(guarded_)
            assert problem is None, f"step {step}: {problem}"
        wants_more = bool(guarded_.rows()) != (act is take)
        if wants_more:
            act(guarded_)
            problem = wrong(guarded_)
            assert problem is None, f"after step {step}, done again: {problem}"
        assert bool(guarded_.rows()) == (act is take)


if __name__ == "__main__":
    sys.stdout.write(str(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])))
