import json
import os
import pty
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.kills import notes
from tests.production import EDITOR, LEGAL, Production, copied, generated, new_production, picture

FIXTURES = Path(__file__).parents[1] / "fixtures" / "media"


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A fresh production."""
    return new_production(tmp_path)


@pytest.mark.parametrize(
    ("fixture", "name", "says"),
    [
        ("ai-generated.png", "flipped.png", "broken"),
        ("signed-then-expired.jpg", "plate.mov", "trainedAlgorithmicMedia"),
        ("ai-edited-by-hand.jpg", "retouched.jpg", "trainedAlgorithmicMedia"),
        ("signed-then-expired.jpg", "old.jpg", "trainedAlgorithmicMedia"),
    ],
)
def test_what_others_let_through_is_refused(production: Production, fixture: str, name: str, says: str) -> None:
    """A flipped byte, a wrong name, a marker only in an ingredient, an expired signature: refused with 1, and why."""
    path = copied(FIXTURES / fixture, production.deliver / name)
    if name.startswith("flipped"):
        data = bytearray(path.read_bytes())
        data[-40] ^= 1
        path.write_bytes(data)
    result = production.run("gate", "deliver")
    assert result.code == 1, result.out
    assert says in result.out + production.run("origin", path).out
    assert production.json("gate", "deliver")["assets"][0]["origin"] in {"ai-generated", "ai-assisted"}


@contextmanager
def _listening(port: int) -> Iterator[list[socket.socket]]:
    """Yield sockets that listen at a port of this machine, for IPv4 and, where there is any, for IPv6."""
    with ExitStack() as stack:
        listeners = [stack.enter_context(socket.create_server(("127.0.0.1", port)))]
        with suppress(OSError):  # a machine without IPv6
            listeners.append(stack.enter_context(socket.create_server(("::1", port), family=socket.AF_INET6)))
        for listener in listeners:
            listener.setblocking(False)
        yield listeners


@pytest.mark.xdist_group("port-5000")
def test_the_network_is_never_needed_nor_touched(samples: Path, production: Production) -> None:
    """With no network at all every sample reads as it does with one, and nobody calls the port a sample names."""
    if subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this user may not leave the network")
    shutil.copytree(samples, production.editorial / "samples")
    with _listening(5000) as listeners:
        assert production.run("scan").code == 0
        for listener in listeners:
            with pytest.raises(BlockingIOError):
                listener.accept()
    online = production.run("list", "--format", "json").out
    catalogue = production.root / ".provenance" / "catalogue.db"
    for leftover in catalogue.parent.glob("catalogue.db*"):
        leftover.unlink()
    production.config.unlink()
    new_production(production.root)
    command = [sys.executable, "-m", "provenance", "scan"]
    subprocess.run(["unshare", "-n", *command], cwd=production.root, check=True, capture_output=True)
    assert production.run("list", "--format", "json").out == online


def test_a_row_edited_behind_the_ledgers_back_is_found(production: Production) -> None:
    """Evidence that was changed in the database makes `ledger verify` answer 33 and name the entry."""
    generated(production.editorial / "hero.png")
    production.run("scan")
    assert production.run("ledger", "verify").code == 0
    catalogue = sqlite3.connect(production.root / ".provenance" / "catalogue.db")
    with catalogue:
        for (name,) in catalogue.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            catalogue.execute(f'DROP TRIGGER "{name}"')
        changed = catalogue.execute("UPDATE assets SET origin = 'unknown'").rowcount
    catalogue.close()
    assert changed == 1
    result = production.run("ledger", "verify")
    assert result.code == 33
    assert result.err


def test_the_head_stands_in_every_gate_report(production: Production) -> None:
    """A gate report carries the ledger's head after its own entry, the policy's and the configuration's digest."""
    picture(production.deliver / "plate.jpg")
    document = production.json("gate", "deliver")
    assert production.run("ledger", "head").out.startswith(document["ledger_head"])
    text = production.run("gate", "deliver").out
    assert production.run("ledger", "head").out.split()[0] in text
    assert document["policy"]["sha256"][:12] in text
    assert document["config"]["sha256"][:12] in text


def test_a_changed_configuration_is_noted(production: Production) -> None:
    """The ledger notes each configuration that was worked under, when it changed."""
    picture(production.deliver / "plate.jpg")
    production.run("gate", "deliver")
    production.config.write_text(production.config.read_text().replace("sweep = 300", "sweep = 301"))
    production.run("gate", "deliver")
    kinds = [e["kind"] for e in production.run("ledger", "show", "--format", "json").lines]
    assert kinds.count("configuration") == 2


def test_a_clock_behind_the_ledger_stops_the_gate(production: Production) -> None:
    """A clock that stands before the newest entry answers 34, and nothing passes."""
    from provenance.asset import UtcTime
    from provenance.catalogue import Catalogue, Stamp
    from provenance.records import Revocation

    picture(production.deliver / "plate.jpg")
    declared = production.json("declare", "deliver/plate.jpg", "--origin", "captured", *EDITOR)
    later = UtcTime("2999-01-01T00:00:00.000000Z")
    with Catalogue.open(production.root / ".provenance" / "catalogue.db") as catalogue:
        revocation = Revocation(by="x", reason="y", made_at=later, target=declared["record"]["id"])
        catalogue.add_record(revocation, Stamp(later, "somebody", "elsewhere", "0"))
    result = production.run("gate", "deliver", "--format", "json")
    assert (result.code, result.document["code"]) == (34, 34)
    assert production.run("ledger", "verify").code == 34


def test_whatever_is_shown_as_approved_says_that_it_is_unsigned(production: Production) -> None:
    """Text, JSON, origin, gate and ledger all call an unsigned approval unsigned."""
    hero = generated(production.deliver / "hero.png")
    outputs = [production.run("approve", hero, "--channel", "deliver", *LEGAL).out]
    outputs += [production.run(*c).out for c in (("gate", "deliver"), ("origin", hero), ("ledger", "show"))]
    outputs += [production.run(*c, "--format", "json").out for c in (("gate", "deliver"), ("origin", hero))]
    for output in outputs:
        assert "UNSIGNED: anyone could have written this" in output


def test_progress_is_for_terminals(production: Production) -> None:
    """On a terminal a scan shows files, bytes and a rate while it works; piped the same work is silent."""
    notes(production, 3000)
    piped = subprocess.run(
        [sys.executable, "-m", "provenance", "scan", "editorial/reel0"],
        cwd=production.root, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert piped.stderr == ""
    assert piped.stdout.startswith("Recorded 429 new")
    answer, seen = _on_a_terminal(production, "scan")
    assert answer.startswith("Recorded 2,571 new")
    assert re.search(r"[1-9][\d,]* of [\d,]+ files", seen)
    assert re.search(r"\d/[\d.]+ (bytes|kB|MB)", seen)
    assert re.search(r"[1-9][\d.]* (bytes|kB|MB)/s", seen)


def _on_a_terminal(production: Production, *arguments: str) -> tuple[str, str]:
    """Run a command whose standard error is a terminal; return its answer and what the terminal was sent."""
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "160"}
    command = [sys.executable, "-m", "provenance", *arguments]
    with subprocess.Popen(
        command, cwd=production.root, env=environment, stdout=subprocess.PIPE, stderr=slave, text=True
    ) as shown:
        os.close(slave)
        seen = b""
        try:
            while part := os.read(master, 4096):
                seen += part
        except OSError:  # Linux says so when the other side of a terminal is closed
            pass
        assert shown.stdout is not None
        answer = shown.stdout.read()
    os.close(master)
    assert shown.returncode == 0
    return answer, re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", seen.decode())


def test_hostile_strings_reach_everybody_harmless(samples: Path, production: Production) -> None:
    """Attack strings in a credential and in names come out of every command as one harmless line or valid JSON."""
    from tests import newsroom

    attacks = [a for p in sorted((samples / "c2pa-attacks").glob("*.attack")) for a in p.read_bytes().splitlines()]
    for n, attack in enumerate(attacks[:40]):
        text = attack.decode("utf-8", "replace")
        signed = newsroom.generated(title=text)
        (production.deliver / f"{n}.png").write_bytes(signed)
    assert production.run("scan").code == 0
    for verb in (("list",), ("gate", "deliver"), ("origin", "deliver/0.png"), ("ledger", "show"), ("status",)):
        result = production.run(*verb)
        printable = result.out.replace("\n", "")
        assert printable.isprintable()
        answered = production.run(*verb, "--format", "json").out
        assert answered.isascii()
        for line in answered.splitlines() if verb[0] in {"list", "ledger"} else [answered]:
            json.loads(line)


def test_a_bug_of_ours_is_no_traceback(production: Production, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unexpected error answers 70 with one line, and as a document in JSON."""
    from provenance.cli.session import Session

    def fault(_context: object) -> None:
        raise RuntimeError("an impossible thing")

    monkeypatch.setattr(Session, "of", fault)
    result = production.run("status", "--format", "json")
    assert (result.code, result.document["code"]) == (70, 70)
    assert "RuntimeError" in result.err
