import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from provenance.asset import Digest, Place, RelPath, ZoneName
from provenance.daemon.notices import Kind, Notice, Notices, Patience
from provenance.errors import ConfigInvalid
from provenance.policy import Outcome, Reason, Rule
from tests.daemon.notified import NOW, Listener, Program, now, telling, until
from tests.production import validate

FOREVER = 3600.0
DIGEST = Digest("ab" * 32)
SOON = Patience(pause=0.01)


def notice(number: int = 0, kind: Kind = Kind.QUARANTINE) -> Notice:
    """Return a notice about some file."""
    return Notice(kind, ZoneName("netflix"), RelPath(b"shots/%d.mov" % number), DIGEST, (Rule.TEMPORARY_NOT_FINAL,))


@pytest.fixture
def heard() -> Listener:
    """A log to look into."""
    return Listener()


def test_what_comes_together_is_told_together(tmp_path: Path, heard: Listener) -> None:
    """Notices that come within the bundle's time are one document, as its schema says, in the order they came."""
    program = Program(tmp_path)
    notices = Notices(telling(tmp_path, program.command, bundle=FOREVER), heard.log, now)
    for number in range(5):
        notices.tell(notice(number))
    notices.tell(Notice(Kind.TROUBLE, says="the share is gone"))
    notices.close(40)
    (document,) = program.documents
    validate(document)
    assert (document["project"], document["at"]) == ("long-night", NOW)
    assert document["host"] == os.uname().nodename
    assert [n["path"] for n in document["notices"]] == [*(f"shots/{n}.mov" for n in range(5)), None]
    first, last = document["notices"][0], document["notices"][-1]
    assert first == {
        "kind": "quarantine",
        "zone": "netflix",
        "path": "shots/0.mov",
        "sha256": DIGEST,
        "reasons": ["temporary-not-final"],
        "says": "it may not be delivered, and was moved to quarantine",
        "count": 1,
        "at": NOW,
        "frames": None,
    }
    assert (last["kind"], last["zone"], last["says"]) == ("trouble", None, "the share is gone")
    assert heard.lines == []


def test_frames_of_a_sequence_are_told_of_as_one(tmp_path: Path, heard: Listener) -> None:
    """A drop of 2,000 frames that say the same is one notice that names them all, also where there was less room."""
    program = Program(tmp_path)
    patience = Patience(room=100)
    notices = Notices(telling(tmp_path, program.command, bundle=FOREVER), heard.log, now, patience=patience)
    for number in range(1001, 3001):
        path = RelPath(b"comp/shot.%d.exr" % number)
        reasons = (Rule.TEMPORARY_NOT_FINAL,) if number != 2000 else (Rule.ORIGIN_NEEDS_REVIEW,)
        notices.tell(Notice(Kind.QUARANTINE, ZoneName("netflix"), path, DIGEST, reasons))
    notices.close(40)
    (document,) = program.documents
    validate(document)
    (many, one) = document["notices"]
    assert (many["path"], many["frames"], many["sha256"]) == ("comp/shot.####.exr", "1001-1999,2001-3000", None)
    assert (many["count"], many["reasons"]) == (1_999, ["temporary-not-final"])
    assert (one["path"], one["frames"], one["count"]) == ("comp/shot.2000.exr", None, 1)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_says_something(tmp_path: Path, heard: Listener, kind: Kind) -> None:
    """A notice without words of its own still says in a sentence what happened."""
    program = Program(tmp_path)
    notices = Notices(telling(tmp_path, program.command), heard.log, now)
    notices.tell(Notice.about(kind, Place(ZoneName("netflix"), RelPath(b"a")), None))
    notices.close(40)
    ((told,),) = [d["notices"] for d in program.documents]
    assert told["kind"] == kind.value
    assert len(told["says"]) > 10


def test_what_a_file_says_of_itself_is_not_told(tmp_path: Path, heard: Listener) -> None:
    """A reason's text may quote a prompt: of it only the rule is told. A name that is hostile stays one JSON string."""
    program = Program(tmp_path)
    notices = Notices(telling(tmp_path, program.command), heard.log, now)
    args = {"says": "a secret prompt"}
    reason = Reason(Rule.TEMPORARY_NOT_FINAL, Outcome.REFUSE, "ai-generated (a secret prompt)", "a secret prompt", args)
    place = Place(ZoneName("netflix"), RelPath(b'a\n"}\xff\x1b[2J.png'))
    notices.tell(Notice.about(Kind.REFUSE, place, DIGEST, (reason, reason)))
    notices.close(40)
    ((told,),) = [d["notices"] for d in program.documents]
    assert "prompt" not in json.dumps(program.documents)
    assert told["reasons"] == ["temporary-not-final"]
    assert os.fsencode(told["path"]) == place.path


def test_telling_waits_for_nobody_and_loses_no_number(tmp_path: Path, heard: Listener) -> None:
    """While a program hangs, notices are taken at once; those there is no room for are told as a number."""
    program = Program(tmp_path, "while not (folder / 'go').exists(): time.sleep(0.02)")
    notices = Notices(telling(tmp_path, program.command), heard.log, now, patience=Patience(room=100))
    began = time.monotonic()
    for number in range(3_000):
        notices.tell(notice(number))
    assert time.monotonic() - began < 20  # the program alone would take for ever
    (tmp_path / "go").touch()
    notices.close(40)
    told = [n for d in program.documents for n in d["notices"]]
    assert sum(n["count"] for n in told) == 3_000
    named = [n for n in told if n["path"] is not None]
    assert len(named) >= 100
    rest = [n for n in told if n["path"] is None]  # one, or two where the program was asked while they came
    assert [n["says"] for n in rest] == [f"and {n['count']:,} more" for n in rest]


def test_whoever_hands_over_does_not_wait(tmp_path: Path, heard: Listener) -> None:
    """When others take over, a program that hangs is told what is left in its own time, and nobody waits for it."""
    program = Program(tmp_path, "while not (folder / 'go').exists(): time.sleep(0.02)")
    notices = Notices(telling(tmp_path, program.command), heard.log, now)
    notices.tell(notice())
    began = time.monotonic()
    notices.leave(60)
    assert time.monotonic() - began < 20
    assert program.documents == []
    (tmp_path / "go").touch()
    until(lambda: len(program.documents) == 1)


def test_a_failure_is_tried_again(tmp_path: Path, heard: Listener) -> None:
    """A program that fails twice is told a third time, the same document; what it printed is in the log."""
    fails = (
        "tries = folder / 'tries'; n = len(tries.read_text()) if tries.exists() else 0; tries.write_text('x' * (n + 1))"
    )
    program = Program(tmp_path, f"{fails}\nif n < 2: print('no\\x1b[2J line'); sys.exit(3)")
    notices = Notices(telling(tmp_path, program.command), heard.log, now, patience=SOON)
    notices.tell(notice(7))
    until(lambda: program.documents)
    notices.close(40)
    ((told,),) = [d["notices"] for d in program.documents]
    assert told["path"] == "shots/7.mov"
    whys = [line["why"] for line in heard.lines]
    assert whys == ["it answered 3; it said: no\\x1b[2J line"] * 2


def test_what_could_not_be_told_comes_as_a_number(tmp_path: Path, heard: Listener) -> None:
    """After the last attempt a notice is not forgotten: its number goes with whatever is told next."""
    program = Program(tmp_path, "if not (folder / 'well').exists(): sys.exit(1)")
    config = telling(tmp_path, program.command)
    notices = Notices(config, heard.log, now, patience=Patience(attempts=2, pause=0.01))
    notices.tell(notice(1))
    until(lambda: any(line["level"] == "error" for line in heard.lines))
    (tmp_path / "well").touch()
    notices.tell(notice(2, Kind.HOLD))
    notices.close(40)
    ((second, first),) = [d["notices"] for d in program.documents]
    assert (second["kind"], second["path"]) == ("hold", "shots/2.mov")
    assert (first["kind"], first["path"], first["says"], first["count"]) == ("quarantine", None, "and 1 more", 1)


def test_a_number_is_tried_again_by_itself(tmp_path: Path, heard: Listener) -> None:
    """Where nothing new is to be told, what could not be told is tried again after a while all the same."""
    program = Program(tmp_path, "if not (folder / 'well').exists(): sys.exit(1)")
    patience = Patience(attempts=1, later=0.05)
    notices = Notices(telling(tmp_path, program.command), heard.log, now, patience=patience)
    notices.tell(notice(1))
    until(lambda: heard.lines)
    (tmp_path / "well").touch()
    until(lambda: program.documents)
    notices.close(40)
    assert [n["says"] for d in program.documents for n in d["notices"]] == ["and 1 more"]


def test_ending_does_not_wait_for_a_program_that_hangs(tmp_path: Path, heard: Listener) -> None:
    """At the end a program has only so long; then it is killed with all it started, and the log says what was left."""
    hangs = "(folder / 'child').write_text(str(subprocess.Popen(['sleep', '1000']).pid)); time.sleep(1000)"
    program = Program(tmp_path, hangs)
    notices = Notices(telling(tmp_path, program.command), heard.log, now)
    notices.tell(notice())
    until(lambda: (tmp_path / "child").exists() and (tmp_path / "child").read_text())
    child = int((tmp_path / "child").read_text())
    began = time.monotonic()
    notices.close(0.2)
    assert time.monotonic() - began < 30
    until(lambda: not runs(child))
    assert program.documents == []
    assert [line["untold"] for line in heard.lines if "untold" in line] == [1]


def runs(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not asked for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_program_sees_no_terminal_and_no_shell(
    tmp_path: Path, heard: Listener, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its words are its words, its output goes nowhere but to the log, and it leads a session of its own."""
    then = "print('hello'); (folder / 'who').write_text(f'{os.getsid(0)} {os.getpid()} {sys.argv[1:]}')"
    program = Program(tmp_path, then, ("; touch pwned", "$HOME"))
    notices = Notices(telling(tmp_path, program.command), heard.log, now)
    notices.tell(notice())
    notices.close(40)
    session, process, words = (tmp_path / "who").read_text().split(" ", 2)
    assert session == process
    assert words == "['; touch pwned', '$HOME']"
    assert capfd.readouterr() == ("", "")


def test_a_program_that_is_not_there_is_said(tmp_path: Path, heard: Listener) -> None:
    """A command that cannot be started is in the log with the reason, and ends nothing."""
    config = telling(tmp_path, (str(tmp_path / "nowhere"),))
    notices = Notices(config, heard.log, now, patience=Patience(attempts=1))
    notices.tell(notice())
    notices.close(40)
    assert "No such file" in heard.lines[0]["why"]
    assert heard.lines[-1]["untold"] == 1


def test_a_program_that_prints_without_end_costs_no_memory(tmp_path: Path, heard: Listener) -> None:
    """Only the end of what a failing program printed is kept."""
    program = Program(tmp_path, "sys.stdout.write('x' * 3_000_000 + 'the end'); sys.stdout.flush(); sys.exit(1)")
    notices = Notices(telling(tmp_path, program.command), heard.log, now, patience=Patience(attempts=1))
    notices.tell(notice())
    notices.close(40)
    why = heard.lines[0]["why"]
    assert why.endswith("xthe end")
    assert len(why) < 2_100


def test_nobody_to_tell_is_no_trouble(tmp_path: Path, heard: Listener) -> None:
    """Without [notify] nothing is told, and no thread waits for anything."""
    path = tmp_path / "provenance.toml"
    telling(tmp_path, ("true",))
    path.write_text(path.read_text().partition("[notify]")[0])
    from provenance.configfile import load_config

    threads = threading.active_count()
    notices = Notices(load_config(path), heard.log, now)
    notices.tell(notice())
    assert threading.active_count() == threads
    notices.close()
    assert heard.lines == []


_OLD_MODULE = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
"""apprise loads it where there still is one."""


@pytest.fixture
def service() -> Iterator[tuple[int, list[Any], list[int]]]:
    """A service on this machine that apprise can send to: its port, what it got, and what it is to answer."""
    got: list[Any] = []
    answers: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(answers.pop() if answers else 200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the library's name)
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port, got, answers
    server.shutdown()
    thread.join()
    server.server_close()


@_OLD_MODULE
def test_mail_and_chat_get_a_short_text(
    tmp_path: Path, heard: Listener, service: tuple[int, list[Any], list[int]], capfd: pytest.CaptureFixture[str]
) -> None:
    """An address of apprise's gets a title and a few lines, and nothing shows the password."""
    port, got, _ = service
    config = telling(tmp_path, apprise=[f"json://desk:topsecret@127.0.0.1:{port}/a"], bundle=FOREVER)
    notices = Notices(config, heard.log, now, patience=SOON)
    for number in range(25):
        notices.tell(notice(number))
    notices.tell(Notice(Kind.HOLD, ZoneName("netflix"), RelPath(b"a\nb.png"), None, (), "a person must look"))
    notices.close(40)
    assert len(got) == 1
    assert got[0]["title"] == "long-night: 25 quarantine, 1 hold"
    lines = got[0]["message"].splitlines()
    assert lines[0].startswith("quarantine: netflix/shots/0.mov: it may not be delivered")
    assert lines[0].endswith("(temporary-not-final)")
    assert (len(lines), lines[-1]) == (21, "and 6 more")
    assert "topsecret" not in heard.stream.getvalue() + "".join(capfd.readouterr())


@_OLD_MODULE
def test_a_service_that_refuses_is_asked_again(
    tmp_path: Path, heard: Listener, service: tuple[int, list[Any], list[int]]
) -> None:
    """An address that does not take a message gets it again; the log calls it by its number."""
    port, got, answers = service
    answers += [500, 500]
    config = telling(tmp_path, apprise=[f"json://desk:topsecret@127.0.0.1:{port}/a"])
    notices = Notices(config, heard.log, now, patience=SOON)
    notices.tell(notice())
    until(lambda: len(got) == 3)
    notices.close(40)
    assert [line["to"] for line in heard.lines] == ["apprise address 1"] * 2
    assert "topsecret" not in heard.stream.getvalue()


@_OLD_MODULE
@pytest.mark.parametrize("address", ["nonsense", "nosuchservice://x", "mailto://"])
def test_an_address_that_means_nothing_is_refused(tmp_path: Path, heard: Listener, address: str) -> None:
    """An address apprise does not know is an error at the start that names its number, never the address."""
    with pytest.raises(ConfigInvalid, match="address 2") as caught:
        Notices(telling(tmp_path, apprise=["json://127.0.0.1", address]), heard.log, now)
    assert address not in caught.value.message + caught.value.help


def test_a_missing_library_is_named(tmp_path: Path, heard: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where apprise is configured and not installed, the error says what to install."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(ConfigInvalid) as caught:
        Notices(telling(tmp_path, apprise=["json://127.0.0.1"]), heard.log, now)
    assert "asset-provenance[notify]" in caught.value.help
