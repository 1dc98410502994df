import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

import pytest

from provenance.asset import utc
from tests.production import EDITOR, LEGAL, Production, generated, new_production, picture, run

PROVENANCE = [sys.executable, "-m", "provenance"]


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A fresh production with one picture in each zone."""
    production = new_production(tmp_path)
    picture(production.editorial / "plate.jpg")
    return production


def shell(folder: Path, script: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run a script as somebody at a terminal does; `P` is the command."""
    return subprocess.run(
        ["bash", "-c", f"P() {{ '{sys.executable}' -m provenance \"$@\"; }}; {script}"],
        cwd=folder,
        env=dict(os.environ) | environ,
        text=True,
        errors="surrogateescape",
        capture_output=True,
        timeout=50,
        check=False,
    )


# --- dates -----------------------------------------------------------------------------------------------------------


def test_a_year_before_1000_is_over(production: Production) -> None:
    """A mistyped year such as 0226 keeps four digits, so that it sorts first and is refused as over."""
    import datetime as dt

    assert utc(dt.datetime(226, 12, 31, tzinfo=dt.UTC)) == "0226-12-31T00:00:00.000000Z"
    result = production.run("clear", "editorial/plate.jpg", "--expires", "0226-12-31", *LEGAL)
    assert result.code == 2
    assert "over already" in result.err


def test_a_word_is_said_after_it_was_decided(production: Production) -> None:
    """`--at` with a date of today is the start of that day, before the record; a date to come is a usage error."""
    today = time.strftime("%Y-%m-%d", time.gmtime())
    plate = "editorial/plate.jpg"
    record = production.json("declare", plate, "--origin", "captured", "--at", today, *EDITOR)["record"]
    assert record["claimed_at"] < record["made_at"]
    late = production.run("declare", plate, "--origin", "captured", "--at", "2999-01-01", *EDITOR)
    assert late.code == 2
    assert "still to come" in late.err


# --- output ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        "P origin nofile --format json | true",
        "P list | true",
        "P --help | true",
        "P origin nofile 2>&1 | true",
        "P nonsense 2>&1 | true",
    ],
)
def test_an_answer_nobody_read_is_no_answer(production: Production, command: str) -> None:
    """Whatever is printed to somebody who went away ends with 141, without a word about it."""
    production.run("scan")
    # The reader is gone before the first word: the command waits until the pipe has lost its other end.
    done = shell(
        production.root, command.replace("P ", "{ sleep 0.3; P ", 1).replace("|", "; } |") + "; echo $PIPESTATUS"
    )
    assert done.stdout == "141\n"
    assert done.stderr == ""


def test_an_answer_that_cannot_be_written_is_no_answer(production: Production) -> None:
    """A full disk behind the output is said, and never looks like a refusal or a pass."""
    production.run("scan")
    for form in ("text", "json"):
        done = shell(production.root, f"P list --format {form} > /dev/full")
        assert done.returncode >= 10
        assert "error" in done.stderr
        assert "Traceback" not in done.stderr


def on_a_terminal(folder: Path, environ: dict[str, str]) -> str:
    """Return what a command with an error prints on a terminal."""
    ours, theirs = pty.openpty()
    command = [*PROVENANCE, "origin", "nofile"]
    subprocess.run(command, cwd=folder, env=environ, stdin=theirs, stdout=theirs, stderr=theirs, check=False)
    os.close(theirs)
    printed = os.read(ours, 65536).decode()
    os.close(ours)
    return printed


def test_colour_is_left_out_on_request(production: Production) -> None:
    """On a terminal errors stand out in colour, unless NO_COLOR is set."""
    environ = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | {"TERM": "xterm"}
    assert "\x1b[" in on_a_terminal(production.root, environ)
    assert "\x1b[" not in on_a_terminal(production.root, environ | {"NO_COLOR": "1"})


def test_a_scan_that_fails_prints_one_document(production: Production) -> None:
    """Where an error ends a scan, the error is the answer: one JSON document, and no tally of an interruption."""
    (production.root / ".provenance" / "catalogue.db").unlink()
    result = production.run("scan", "--format", "json")
    assert result.code == 30
    assert result.document["schema"] == "provenance/error/1"
    assert "Interrupted" not in production.run("scan").out


def test_advice_names_the_file_and_nothing_else(tmp_path: Path) -> None:
    """A channel whose name holds PATH stays as it is, and a file that begins with a dash is no option."""
    production = new_production(tmp_path)
    production.config.write_text(
        production.config.read_text().replace('channel = "deliver"', 'channel = "PATHE PATH x"')
    )
    generated(production.deliver / "-rf.png")
    result = run(production.deliver, "gate", "--", "-rf.png")
    assert result.code == 1
    assert "provenance approve ./-rf.png --channel 'PATHE PATH x'" in result.out


# --- signals and limits ----------------------------------------------------------------------------------------------


def test_a_scan_ends_with_sigterm_and_leaves_the_catalogue_whole(production: Production) -> None:
    """SIGTERM ends a scan with 143; the ledger verifies, and the next scan records what is missing."""
    for seed in range(40):
        picture(production.editorial / f"{seed}.png", seed=seed, size=(900, 900))
    scan = subprocess.Popen([*PROVENANCE, "scan"], cwd=production.root, stdout=subprocess.PIPE, text=True)
    database = sqlite3.connect(production.root / ".provenance" / "catalogue.db")
    while not database.execute("SELECT count(*) FROM ledger").fetchone()[0]:
        assert scan.poll() is None  # the configuration is noted once the signal is listened to
        time.sleep(0.005)
    database.close()
    scan.send_signal(signal.SIGTERM)
    out, _ = scan.communicate(timeout=30)
    assert scan.returncode == 143
    assert out.startswith("Interrupted; recorded so far")
    assert production.run("ledger", "verify").code == 0
    assert production.json("scan")["complete"]
    assert len(production.run("list").out.splitlines()) == 41


def test_ctrl_c_ends_work_that_runs_alone() -> None:
    """Ctrl-C does not wait for a process that signs."""
    script = (
        "import time; from provenance.pool import run_alone\n"
        "try: run_alone(time.sleep, 40, 60)\n"
        "except KeyboardInterrupt: print('stopped')"
    )
    work = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    time.sleep(2)
    began = time.monotonic()
    work.send_signal(signal.SIGINT)
    out, _ = work.communicate(timeout=20)
    assert out == "stopped\n"
    assert time.monotonic() - began < 10


def test_a_machine_that_allows_less_memory_is_no_fault(production: Production) -> None:
    """Under a limit on memory that is lower than a worker's own, workers take what they are given."""
    done = shell(production.root, "ulimit -v 1900000; P scan --format json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["recorded"] == 1


# --- mistakes that are not ours --------------------------------------------------------------------------------------


def test_a_place_where_nothing_can_be_set_up(tmp_path: Path) -> None:
    """`init` says what is in its way, as a mistake of set-up and not as a fault of the program."""
    (tmp_path / "notes.txt").write_text("x")
    assert run(tmp_path, "init", "notes.txt/below", "--title", "T").code == 40
    (tmp_path / "film").mkdir()
    (tmp_path / "film" / "deliver").write_text("a file")
    result = run(tmp_path, "init", "film", "--title", "T")
    assert result.code == 40
    assert "deliver" in result.err
    assert not (tmp_path / "film" / "provenance.toml").exists()


def test_a_place_that_may_not_be_written_to() -> None:
    """`init` where the system does not permit it answers with 13 and what to do."""
    user = os.geteuid()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        if user == 0:
            os.seteuid(65534)  # root may write anywhere
        try:
            result = run(Path("/"), "init", Path(folder) / "film", "--title", "T")
        finally:
            os.seteuid(user)
        Path(folder).chmod(0o755)
    assert result.code == 13
    assert "Choose a folder" in result.err


def test_words_that_are_not_utf_8_are_a_usage_error(production: Production) -> None:
    """Bytes that are no text are refused where text is kept, before anything is done."""
    for command in (
        "init new --title $'\\xff'",
        "init new --title T --work $'\\xff'",
        "declare editorial/plate.jpg --origin captured --by $'\\xff' --reason r",
        "revoke $'\\xff' --by b --reason r",
    ):
        done = shell(production.root, f"P {command}")
        assert done.returncode == 2, done.stderr
        assert "not UTF-8" in done.stderr
    assert not (production.root / "new").exists()


def test_a_ledger_goes_nowhere_that_is_not_there(production: Production) -> None:
    """Exporting the ledger into a folder that is not there answers with 10."""
    assert production.run("ledger", "export", "nowhere/ledger.jsonl").code == 10


def test_evidence_must_be_a_file(production: Production) -> None:
    """A pipe, a folder or nothing at all is no evidence of an approval, and is not waited for."""
    os.mkfifo(production.root / "pipe")
    approve = ("approve", "editorial/plate.jpg", "--channel", "deliver", *LEGAL, "--evidence")
    assert production.run(*approve, "pipe").code == 11
    assert production.run(*approve, "editorial").code == 11
    assert production.run(*approve, "/").code == 11
    assert production.run(*approve, "mail.eml").code == 10
    (production.root / "mail.eml").write_text("go ahead")
    assert production.run(*approve, "mail.eml").code == 0


def test_a_working_folder_that_is_gone(tmp_path: Path) -> None:
    """In a folder that was deleted meanwhile a command says so."""
    done = shell(tmp_path, "mkdir gone && cd gone && rmdir ../gone && P status")
    assert done.returncode == 40
    assert "not there any more" in done.stderr


def tamper(production: Production, statement: str) -> None:
    """Change the catalogue behind the product's back, its guards taken away."""
    database = sqlite3.connect(production.root / ".provenance" / "catalogue.db")
    for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f"DROP TRIGGER {name}")
    database.execute(statement)
    database.commit()
    database.close()


def test_a_tampered_entry_is_named(production: Production) -> None:
    """`ledger show` of an entry that is no record any more says which one, as damage of the catalogue."""
    production.run("declare", "editorial/plate.jpg", "--origin", "captured", *EDITOR)
    tamper(production, "UPDATE ledger SET body = CAST('{\"kind\": 7}' AS BLOB) WHERE kind = 'declaration'")
    result = production.run("ledger", "show")
    assert result.code in {33, 35}
    assert "entry" in result.err


# --- the ledger and the list -----------------------------------------------------------------------------------------


def test_verify_prints_the_head_it_verified(production: Production) -> None:
    """The head that is called verified is that of the check, and `ledger head` prints the same."""
    production.run("scan")
    verified = production.json("ledger", "verify")
    assert verified["verified"]
    assert verified["head"] == production.json("ledger", "head")["head"]


def test_an_entry_is_found_by_what_it_names(production: Production) -> None:
    """Records, runs and digests find their entries, a digest by its first eight digits; parts of words find none."""
    declared = production.json("declare", "editorial/plate.jpg", "--origin", "captured", *EDITOR)
    record, digest = declared["record"]["id"], declared["subjects"][0]
    revoked = production.json("revoke", record, *EDITOR)["record"]["id"]
    gated = production.json("gate", "editorial", "--channel", "deliver")["run"]

    def kinds(about: str) -> list[str]:
        return [entry["kind"] for entry in production.run("ledger", "show", about, "--format", "json").lines]

    assert kinds(record) == ["declaration", "revocation"]
    assert kinds(revoked) == ["revocation"]
    assert kinds(gated) == ["gate"]
    assert "declaration" in kinds(digest)
    assert kinds(digest) == kinds(digest[:8])
    for vague in (digest[:7], digest[1:], "captured", record[:-1], "The editor", "dec-" + "0" * 20):
        assert production.run("ledger", "show", vague).code == 37


def test_a_zone_must_be_known_to_be_listed(production: Production) -> None:
    """`list` refuses an unknown zone with and without a path; a path with nothing recorded answers 0 with nothing."""
    assert production.run("list", "--zone", "typo").code == 40
    assert production.run("list", "editorial", "--zone", "typo").code == 40
    empty = production.run("list", "deliver")
    assert (empty.code, empty.out) == (0, "")


# --- configuration that is written -----------------------------------------------------------------------------------


def test_init_writes_what_can_be_read_back(tmp_path: Path) -> None:
    """A folder's name may hold quotes and backslashes: the configuration still parses and says the same."""
    name = 'fi"nal \\ "work'
    result = run(tmp_path, "init", ".", "--title", "T", "--final", name)
    assert result.code == 0, result.err
    (zone,) = tomllib.loads((tmp_path / "provenance.toml").read_text())["zone"]
    assert (zone["path"], zone["role"]) == (name, "final")


def test_init_refuses_a_name_of_more_than_one_line(tmp_path: Path) -> None:
    """A zone's name is shown in every report, so one with a line break is refused, and no configuration is left."""
    assert run(tmp_path, "init", ".", "--title", "T", "--final", 'fi\nrole = "work"').code == 40
    assert not (tmp_path / "provenance.toml").exists()


@pytest.mark.parametrize("named", [":/etc/localtime", "CET-1CEST", "Nowhere/At-All", "../../etc/passwd", "Europe"])
def test_init_takes_no_time_zone_that_is_none(tmp_path: Path, named: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What TZ holds is written down only if it names a time zone."""
    monkeypatch.setenv("TZ", named)
    assert run(tmp_path, "init", ".", "--title", "T").code == 0
    assert tomllib.loads((tmp_path / "provenance.toml").read_text())["project"]["timezone"] != named.lstrip(":")
    assert run(tmp_path, "status").code == 0


def test_keys_leave_the_configuration_as_strict_as_it_was(tmp_path: Path) -> None:
    """Entering an identity keeps the file's mode, also where the configuration cannot be used and is put back."""
    production = new_production(tmp_path)
    production.config.chmod(0o600)
    assert production.run("keys", "new").code == 0
    assert production.config.stat().st_mode & 0o777 == 0o600

    assert run(tmp_path, "init", "odd", "--title", "T", "--work", "keys").code == 0
    config = tmp_path / "odd" / "provenance.toml"
    config.chmod(0o600)
    before = config.read_bytes()
    assert run(tmp_path / "odd", "keys", "new").code == 40  # a key may not lie inside the material
    assert (config.read_bytes(), config.stat().st_mode & 0o777) == (before, 0o600)


# --- start -----------------------------------------------------------------------------------------------------------


def test_who_imports_the_command_line_keeps_their_collector() -> None:
    """Importing the command line leaves the garbage collector of the program that does so as it is."""
    script = "import gc; import provenance.cli; print(gc.isenabled(), gc.get_freeze_count())"
    done = subprocess.run([sys.executable, "-c", script], text=True, capture_output=True, check=True)
    assert done.stdout == "True 0\n"
