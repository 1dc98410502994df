"""What is shipped to run the daemon as a service is held to the tools that read it, and to the code."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from provenance.checkup import watching
from provenance.errors import AlreadyWatched, ConfigTrouble

PROJECT = Path(__file__).parents[1]
UNIT = PROJECT / "packaging" / "systemd" / "provenance-watch.service"
LIMITS = PROJECT / "packaging" / "sysctl.d" / "60-provenance.conf"
CONTAINER = PROJECT / "packaging" / "container" / "Containerfile"


def settings() -> dict[str, str]:
    """Return what the unit sets, by section and key; a key that stands twice in a section fails."""
    found: dict[str, str] = {}
    section = ""
    for line in UNIT.read_text().splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            key, equals, value = line.partition("=")
            assert equals, line
            assert re.fullmatch(r"[A-Za-z]+", key), line
            assert f"{section}.{key}" not in found, line
            found[f"{section}.{key}"] = value
    return found


@pytest.fixture
def runnable(tmp_path: Path) -> Path:
    """The unit, with a program that is there in the place of the one that is installed later."""
    path = tmp_path / UNIT.name
    path.write_text(re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", UNIT.read_text(), flags=re.MULTILINE))
    return path


def analyzed(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run systemd's own reader of units."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("there is no systemd-analyze on this machine to read the unit")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


def test_systemd_understands_the_unit(runnable: Path) -> None:
    """Systemd reads the unit without a word of complaint."""
    done = analyzed("verify", "--man=no", runnable)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_systemd_calls_the_unit_well_shut(runnable: Path) -> None:
    """Systemd's own review finds little that the service could reach: less than 2 of 10."""
    if "--offline" not in analyzed("--help").stdout:
        pytest.skip("this systemd-analyze reviews only units that run")
    done = analyzed("security", "--offline=true", "--threshold=20", "--no-pager", runnable)
    assert done.returncode == 0, done.stdout[-2_000:]


def test_the_unit_allows_what_the_daemon_needs() -> None:
    """Readiness and watchdog are announced, workers and the manager can be talked to, and owners can be kept."""
    unit = settings()
    assert unit["Service.Type"] == "notify"
    assert int(unit["Service.WatchdogSec"]) >= 30
    assert unit["Service.ExecReload"].startswith("/bin/kill -HUP")
    assert "AF_UNIX" in unit["Service.RestrictAddressFamilies"].split()
    assert unit["Service.SystemCallFilter"] == "@system-service"
    assert unit["Service.AmbientCapabilities"].split() == ["CAP_LEASE", "CAP_CHOWN", "CAP_FOWNER"]
    assert unit["Service.AmbientCapabilities"] == unit["Service.CapabilityBoundingSet"]
    assert unit["Service.User"] not in {"", "root"}
    # Either would break it: shared folders' set-group bits, and the call-backs of the credentials' library.
    assert not {"Service.RestrictSUIDSGID", "Service.MemoryDenyWriteExecute"} & unit.keys()


def test_the_unit_is_not_restarted_in_vain() -> None:
    """What a restart cannot mend is not tried again: the codes are those of the errors."""
    codes = {int(code) for code in settings()["Service.RestartPreventExitStatus"].split()}
    assert codes == {AlreadyWatched.code, ConfigTrouble.code}


def test_the_limits_are_enough_for_doctor() -> None:
    """The shipped limits have names the kernel knows, and are no lower than what `doctor` asks for."""
    values = dict(re.findall(r"^(fs\.inotify\.\w+) = (\d+)$", LIMITS.read_text(), re.MULTILINE))
    assert values.keys() == {"fs.inotify.max_user_watches", "fs.inotify.max_queued_events"}
    assert int(values["fs.inotify.max_queued_events"]) >= watching.QUEUED
    for name in values:
        assert Path("/proc/sys", *name.split(".")).exists() or sys.platform != "linux"


def test_the_container_holds_what_the_lock_names() -> None:
    """Its files are there, its libraries are installed by hash, and it does not run as root."""
    lines = re.sub(r"\\\n", " ", CONTAINER.read_text()).splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY") and "--from" not in line]
    assert copied
    assert [name for names in copied for name in names if not (PROJECT / name).exists()] == []
    installs = [line for line in lines if "pip install" in line]
    assert installs
    assert all("--require-hashes" in line for line in installs)
    last_stage = lines[max(n for n, line in enumerate(lines) if line.startswith("FROM")) :]
    (user,) = [line.split()[1] for line in last_stage if line.startswith("USER")]
    assert int(user) > 0
    assert not any(line.startswith("ADD") for line in lines)
