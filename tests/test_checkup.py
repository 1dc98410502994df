import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from provenance.checkup import Finding, Level, check_up
from provenance.checkup import watching as checks
from provenance.cli.options import now
from provenance.config import Config
from provenance.configfile import load_config
from tests.production import Production, generated, new_production


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A fresh production."""
    return new_production(tmp_path)


def with_lines(production: Production, *, final: str = "", end: str = "") -> Config:
    """Add lines to the final zone, and at the end."""
    text = production.config.read_text()
    head, watch, rest = text.partition("\n[watch]")
    production.config.write_text(f"{head}{final}\n{watch}{rest}{end}")
    return load_config(production.config)


@contextmanager
def limits(folder: Path, watches: str, queued: str) -> Iterator[None]:
    """Let the kernel's limits be others, by the files that say them."""
    folder.mkdir()
    (folder / "max_user_watches").write_text(watches)
    (folder / "max_queued_events").write_text(queued)
    before = checks.LIMITS
    checks.LIMITS = folder
    try:
        yield
    finally:
        checks.LIMITS = before


def levels(findings: list[Finding], check: str) -> list[Level]:
    """Return how bad everything said of one thing is."""
    return [f.level for f in findings if f.check == check]


def test_limits_that_are_high_enough_are_fine(production: Production, tmp_path: Path) -> None:
    """Where twice the folders may be listened to, and a burst fits the queue, all is well."""
    for number in range(8):
        (production.deliver / f"reel{number}").mkdir()
    with limits(tmp_path / "limits", "20\n", "65536\n"):
        findings = list(checks.check_watching(load_config(production.config)))
    (finding,) = [f for f in findings if f.check == "watching"]
    assert (finding.level, finding.says) == (Level.OK, "folders to listen to: 10, of 20 this user may")


@pytest.mark.parametrize(("watches", "counted"), [("19", "10"), ("5", "more than 5")])
def test_too_few_watches_are_said_with_the_line_that_mends_it(
    production: Production, tmp_path: Path, watches: str, counted: str
) -> None:
    """Fewer watches than twice the folders there are is a warning that names the setting and a value."""
    for number in range(8):
        (production.deliver / f"reel{number}").mkdir()
    with limits(tmp_path / "limits", watches, "65536"):
        findings = list(checks.check_watching(load_config(production.config)))
    (finding,) = [f for f in findings if f.check == "watching"]
    assert (finding.level, finding.says.partition(";")[0]) == (Level.WARNING, f"folders to listen to: {counted}")
    assert "sysctl fs.inotify.max_user_watches=1048576" in finding.help


def test_a_short_queue_is_said_with_the_line_that_mends_it(production: Production, tmp_path: Path) -> None:
    """A queue that a burst of files overflows is a warning that names the setting and a value."""
    with limits(tmp_path / "limits", "1000", "16384"):
        findings = list(checks.check_watching(load_config(production.config)))
    assert levels(findings, "watching") == [Level.OK, Level.WARNING]
    assert any("sysctl fs.inotify.max_queued_events=262144" in f.help for f in findings)


@pytest.mark.parametrize(("final", "count"), [("", 10), ('mode = "poll"\n', 1)])
def test_folders_that_nobody_listens_to_are_not_counted(
    production: Production, tmp_path: Path, final: str, count: int
) -> None:
    """A zone that is only swept needs no watches; a zone inside another is counted once."""
    for number in range(8):
        (production.deliver / f"reel{number}").mkdir()
    inner = '[[zone]]\nname = "inner"\npath = "editorial/inner"\nrole = "final"\n'
    with limits(tmp_path / "limits", "1000", "65536"):
        findings = list(checks.check_watching(with_lines(production, final=f"{final}{inner}")))
        says = [f.says for f in findings if f.check == "watching"]
        assert says == [f"folders to listen to: {count}, of 1,000 this user may"]
        (production.editorial / "inner").mkdir()
        findings = list(checks.check_watching(load_config(production.config)))
        says = [f.says for f in findings if f.check == "watching"]
        assert says == [f"folders to listen to: {count + 1}, of 1,000 this user may"]


@pytest.mark.parametrize("garbled", ["", "many"])
def test_a_system_without_such_limits_is_no_problem(production: Production, tmp_path: Path, garbled: str) -> None:
    """Where the kernel says no limit that could be read, sweeps alone are announced."""
    with limits(tmp_path / "limits", garbled, "65536"):
        findings = list(checks.check_watching(load_config(production.config)))
    assert levels(findings, "watching") == [Level.OK]


@pytest.mark.parametrize(("mode", "warned"), [("events", True), ("auto", False), ("poll", False)])
def test_events_on_a_share_are_warned_of(
    production: Production, monkeypatch: pytest.MonkeyPatch, mode: str, warned: bool
) -> None:
    """A zone on network storage that is to be heard of is a warning; the file system's type is injected, as of NFS."""
    monkeypatch.setattr(checks, "storage_of", lambda path: "nfs4" if path == production.deliver else "ext4")
    findings = list(checks.check_watching(with_lines(production, final=f'mode = "{mode}"\n')))
    assert levels(findings, "zone deliver") == ([Level.WARNING] if warned else [])
    assert all('mode = "poll"' in f.help for f in findings if f.check == "zone deliver")
    assert next(f.says for f in findings if f.check == "watching").startswith("folders to listen to: 1,")


def test_a_quarantine_on_another_disk_is_allowed(production: Production) -> None:
    """A quarantine on another disk is said to be slower, and is no problem."""
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == production.root.stat().st_dev:
        pytest.skip("this machine has no second file system to put a quarantine on")
    config = with_lines(production, final=f'quarantine = "{shared}/provenance-test-{os.getpid()}"\n')
    finding, *_ = [f for f in checks.check_watching(config) if f.check == "quarantine deliver"]
    assert finding.level is Level.OK
    assert "another disk" in finding.says


def test_a_quarantine_that_cannot_be_written_is_a_problem(production: Production) -> None:
    """A file where the quarantine is to be means that nothing could be moved there."""
    (production.root / "full").write_text("a file")
    config = with_lines(production, final='quarantine = "full/quarantine"\n')
    (finding,) = [f for f in checks.check_watching(config) if f.check == "quarantine deliver"]
    assert finding.level is Level.PROBLEM


@pytest.mark.parametrize(("free", "level"), [("SOME", Level.PROBLEM), ("ROOM", Level.OK)])
def test_a_quarantine_without_room_is_said(
    production: Production, monkeypatch: pytest.MonkeyPatch, free: str, level: Level
) -> None:
    """Beside its zone it needs room for notes and folders only; where there is none, nothing could be moved."""
    monkeypatch.setattr(checks, free, 1 << 62)
    config = with_lines(production)
    found = [f for f in checks.check_watching(config) if f.check == "quarantine deliver"]
    assert found[-1].level is level
    assert ("MiB are free" in found[-1].says) is (level is Level.PROBLEM)


def test_a_quarantine_on_another_disk_needs_room_for_copies(
    production: Production, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There a file is copied, so a disk that has little room is a warning before one is full."""
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == production.root.stat().st_dev:
        pytest.skip("this machine has no second file system to put a quarantine on")
    monkeypatch.setattr(checks, "ROOM", 1 << 62)
    config = with_lines(production, final=f'quarantine = "{shared}/provenance-test-{os.getpid()}"\n')
    found = [f for f in checks.check_watching(config) if f.check == "quarantine deliver"]
    assert [f.level for f in found] == [Level.OK, Level.WARNING]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_nothing_can_be_taken_from_is_a_problem(production: Production) -> None:
    """A folder deep in a final zone that this user may not write to is named."""
    reel = production.deliver / "day" / "reel"
    reel.mkdir(parents=True)
    reel.chmod(0o555)
    found = [f for f in checks.check_watching(with_lines(production)) if f.check == "quarantine deliver"]
    assert found[-1].level is Level.PROBLEM
    assert "reel" in found[-1].says


def test_a_quarantine_nobody_uses_is_not_looked_at(production: Production) -> None:
    """Where nothing is ever moved, nothing is said of the place it would go to."""
    production.config.write_text(production.config.read_text().replace('"quarantine"', '"report"'))
    findings = list(checks.check_watching(load_config(production.config)))
    assert levels(findings, "quarantine deliver") == []


@pytest.mark.parametrize(("free", "level"), [(10 << 30, Level.OK), (100 << 20, Level.WARNING)])
def test_a_disk_that_is_nearly_full_is_warned_of(
    production: Production, monkeypatch: pytest.MonkeyPatch, free: int, level: Level
) -> None:
    """Little room beside the catalogue is a warning. What is free is injected, as of a disk that is nearly full."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    (finding,) = checks.check_room(load_config(production.config))
    assert finding.level is level
    assert f"{free >> 20:,} MiB are free" in finding.says


def test_a_program_that_cannot_be_run_is_a_problem(production: Production) -> None:
    """A command that is not there, or may not be executed, is a problem; one that may be is fine."""
    program, quiet = production.root / "tell", production.config.read_text()
    for end, level in (
        ('[notify]\ncommand = "no-such-program-anywhere"\n', Level.PROBLEM),
        ('[notify]\ncommand = "./tell"\n', Level.PROBLEM),
    ):
        assert [f.level for f in checks.check_notify(with_lines(production, end=end))] == [level]
        production.config.write_text(quiet)
    program.write_text("#!/bin/sh\n")
    assert [f.level for f in checks.check_notify(with_lines(production, end=end))] == [Level.PROBLEM]
    program.chmod(0o755)
    assert [f.level for f in checks.check_notify(load_config(production.config))] == [Level.OK]
    production.config.write_text(quiet)
    assert list(checks.check_notify(load_config(production.config))) == []


def test_addresses_others_may_read_are_warned_of(production: Production, monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses hold passwords: where others may read the file, that is a warning; the library must be there too."""
    config = with_lines(production, end='[notify]\napprise = ["json://desk:topsecret@127.0.0.1"]\n')
    production.config.chmod(0o644)
    findings = list(checks.check_notify(config))
    assert [f.level for f in findings][-1] is Level.WARNING
    assert "topsecret" not in repr(findings)
    production.config.chmod(0o600)
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    (missing,) = checks.check_notify(config)
    assert (missing.level, "asset-provenance[notify]" in missing.help) == (Level.PROBLEM, True)


def test_doctor_looks_at_all_of_it(production: Production) -> None:
    """`doctor` says something of the disk, the limits, the quarantine and who is told; a problem there is a problem."""
    with_lines(production, end='[notify]\ncommand = "no-such-program-anywhere"\n')
    result = production.run("doctor")
    assert result.code == 3
    for check in ("disk:", "watching:", "quarantine deliver:", "notify:"):
        assert check in result.out


def test_what_cannot_be_looked_at_is_a_problem(production: Production, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error of the storage while one thing is looked at is a finding of its own, and the rest is looked at too."""

    def fails(_: Path) -> str:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(checks, "storage_of", fails)
    findings = list(check_up(production.config, now()))
    assert levels(findings, "watching") == [Level.PROBLEM]
    assert levels(findings, "catalogue") == [Level.OK]
    assert sys.platform in findings[0].says


@pytest.mark.parametrize("what", ["garbage", "nothing", "folder", "link"])
def test_evidence_that_cannot_be_used_is_a_problem(production: Production, what: str) -> None:
    """Nothing that has marks can be recorded then, so no delivery passes: doctor says so, and what can be done."""
    generated(production.deliver / "a.png")
    assert production.run("gate", "deliver").code == 1
    kept = production.root / ".provenance" / "kept.db"
    for part in kept.parent.glob("kept.db*"):
        part.unlink()
    if what == "folder":
        kept.mkdir()
    elif what == "link":
        kept.symlink_to(production.root / "nowhere")
    else:
        kept.write_bytes(b"no database " * 1000 if what == "garbage" else b"")
    (found,) = [f for f in production.json("doctor")["findings"] if f["level"] == "problem"]
    assert (found["check"], str(kept) in found["says"]) == ("evidence", True)
    generated(production.deliver / "b.png", seed=2)
    result = production.run("gate", "deliver")
    assert result.code >= 30, result.out
    if what != "folder":
        assert "Or move it away" in result.out + result.err
        kept.unlink()
        assert production.run("gate", "deliver").code == 1
        assert not [f for f in production.json("doctor")["findings"] if f["level"] == "problem"]
