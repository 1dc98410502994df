"""Signed words through the command line: keys, requests, transcriptions, and the configuration's acceptance."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs_made import missing, run, sessions
from tests.identity.conftest import keygen
from tests.identity.signed import ssh_keygen
from tests.production import Production, generated, new_production, outcomes, picture

__all__ = ["keygen"]

PACK = """
id = "house"
dated = 2026-11-01
summary = "As the shipped one, and a mail from the studio contact is enough."
extends = "baseline"

[approvals]
roles = ["studio-contact"]
transcribed = ["studio-contact"]
"""
ASKED = ("--channel", "deliver", "--reason", "incidental", "--requested-by", "editor")
LAWYER = ("--by", "lawyer", "--role", "production-legal")


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A production in which words have to be signed, set up as somebody new to it would."""
    (tmp_path / "p").mkdir()
    made = new_production(tmp_path / "p")
    text = made.config.read_text().replace('approvals = "unsigned"', 'approvals = "signed"')
    people = {"admin": "administrator", "lawyer": "production-legal", "keeper": "custodian", "editor": "editor"}
    for name, role in people.items():
        key = made.json("keys", "person", name, "--no-passphrase")
        text += f'\n[[person]]\nid = "{name}"\nname = "{name.title()} Example"\nroles = ["{role}"]\n'
        text += f'keys = ["{key["line"]}"]\n'
    text += '\n[[person]]\nid = "contact"\nname = "Studio contact"\nroles = ["studio-contact"]\n'
    made.config.write_text(text)
    assert made.run("config", "accept", "--by", "admin", "--reason", "as agreed", *key_of(made, "admin")).code == 0
    return made


def key_of(production: Production, name: str) -> tuple[str, str]:
    """Return the options that sign with somebody's key."""
    return "--sign-with", str(production.root / "keys" / name)


def test_an_approval_signed_here_lets_it_pass(production: Production) -> None:
    """`--sign-with` signs; gate, origin and ledger say whose key it was, and nothing calls it unsigned."""
    hero = generated(production.deliver / "hero.png")
    said = production.json("approve", hero, *ASKED, *LAWYER, *key_of(production, "lawyer"))["record"]
    assert (said["standing"], said["signed_by"], said["unsigned"]) == ("signed", "lawyer", None)
    assert said["key"].startswith("SHA256:")
    done = production.run("gate", "deliver")
    assert done.code == 0, done.out
    assert f"signed by Lawyer Example with key {said['key']}" in done.out
    (shown,) = production.json("gate", "deliver")["assets"][0]["approvals"]
    assert (shown["standing"], shown["counts"], shown["signed_by"]) == ("signed", True, "lawyer")
    for command in (("origin", hero), ("ledger", "show", said["id"])):
        assert "signed by Lawyer Example with key" in production.run(*command).out
    assert production.json("origin", hero)["approvals"][0]["standing"] == "signed"
    assert production.run("ledger", "verify").code == 0


def test_an_approval_nobody_signed_is_shown_and_does_not_count(production: Production) -> None:
    """Without a key an approval is recorded, and says at once and in the gate's answer that it does not count."""
    hero = generated(production.deliver / "hero.png")
    said = production.run("approve", hero, *ASKED, *LAWYER)
    assert "DOES NOT COUNT: nobody signed it" in said.out
    done = production.run("gate", "deliver")
    assert done.code == 1
    assert "does not count: nobody signed it" in done.out
    document = production.json("origin", hero)["approvals"][0]
    assert (document["standing"], document["counts"], document["why"]) == ("none", False, "nobody signed it")


def test_where_words_are_signed_a_requester_is_needed(production: Production) -> None:
    """An approval that does not say who asked for it is a mistake there (2)."""
    hero = generated(production.deliver / "hero.png")
    done = production.run(
        "approve", hero, "--channel", "deliver", *LAWYER, "--reason", "r", *key_of(production, "lawyer")
    )
    assert done.code == 2
    assert "--requested-by" in done.err


def test_the_key_may_come_from_the_environment(production: Production, monkeypatch: pytest.MonkeyPatch) -> None:
    """PROVENANCE_KEY signs as --sign-with does, and gives way to --request."""
    hero = generated(production.deliver / "hero.png")
    monkeypatch.setenv("PROVENANCE_KEY", key_of(production, "lawyer")[1])
    assert production.json("approve", hero, *ASKED, *LAWYER)["record"]["standing"] == "signed"
    asked = production.json("approve", hero, *ASKED, *LAWYER, "--request", production.root / "r")
    assert asked["request"].endswith("/r")


def test_a_key_that_others_may_read_signs_nothing(production: Production) -> None:
    """A key with open permissions is refused (22) before any file is looked at, and nothing is recorded."""
    hero = generated(production.deliver / "hero.png")
    (production.root / "keys" / "lawyer").chmod(0o644)
    done = production.run("approve", hero, *ASKED, *LAWYER, *key_of(production, "lawyer"))
    assert done.code == 22
    assert "chmod 600" in done.err
    assert "approval" not in production.run("ledger", "show").out


@pytest.mark.usefixtures("keygen")
def test_a_request_is_signed_elsewhere_and_brought_back(production: Production) -> None:
    """--request records nothing; signed with `ssh-keygen` and brought back it counts, as often as it is brought."""
    hero, request = generated(production.deliver / "hero.png"), production.root / "request"
    asked = production.run("approve", hero, *ASKED, *LAWYER, "--request", request)
    assert asked.code == 0
    assert "nothing was recorded yet" in asked.out
    assert f"ssh-keygen -Y sign -n provenance -f KEY {request}" in asked.out
    assert production.run("gate", "deliver").code == 1
    assert production.run("bring", request).code == 10
    assert (
        ssh_keygen("-Y", "sign", "-n", "provenance", "-f", production.root / "keys" / "lawyer", request).returncode == 0
    )
    brought = production.json("bring", request)["record"]
    assert (brought["standing"], brought["signed_by"]) == ("signed", "lawyer")
    assert production.json("bring", request)["record"]["id"] == brought["id"]
    assert production.run("gate", "deliver").code == 0
    assert production.run("approve", hero, *ASKED, *LAWYER, "--request", request).code == 25


@pytest.mark.usefixtures("keygen")
def test_what_was_changed_or_signed_for_something_else_is_not_brought(production: Production) -> None:
    """An edited request, a signature of another namespace and another catalogue's request are refused (27)."""
    hero, request = generated(production.deliver / "hero.png"), production.root / "request"
    assert production.run("approve", hero, *ASKED, *LAWYER, "--request", request).code == 0
    key, signature = production.root / "keys" / "lawyer", production.root / "request.sig"
    assert ssh_keygen("-Y", "sign", "-n", "git", "-f", key, request).returncode == 0
    assert production.run("bring", request).code == 27
    signature.unlink()
    assert ssh_keygen("-Y", "sign", "-n", "provenance", "-f", key, request).returncode == 0
    text = request.read_bytes()
    for changed in (text.replace(b"incidental", b"essential!"), b"anything", text + b" "):
        request.write_bytes(changed)
        assert production.run("bring", request).code == 27
    request.write_bytes(text)
    (production.root.parent / "q").mkdir()
    other = new_production(production.root.parent / "q")
    done = other.run("bring", request, "--signature", signature)
    assert done.code == 27
    assert "another catalogue" in done.err
    assert "approval" not in production.run("ledger", "show").out


def test_a_mail_is_written_down_by_a_custodian(production: Production) -> None:
    """A transcribed approval keeps the mail, counts for a role the policy takes it for, and is called transcribed."""
    (production.root / "pack.toml").write_text(PACK)
    production.config.write_text(production.config.read_text().replace('policy = "baseline"', 'policy = "pack.toml"'))
    accepted = production.run("config", "accept", "--by", "admin", "--reason", "mail", *key_of(production, "admin"))
    assert accepted.code == 0, accepted.err
    hero, mail = generated(production.deliver / "hero.png"), production.root / "mail.eml"
    mail.write_text("From: contact@example.com\nSubject: Re: hero\n\nYes, go ahead.\n")
    contact = ("--by", "contact", "--role", "studio-contact", "--transcribed-by", "keeper")
    assert production.run("approve", hero, *ASKED, *contact, *key_of(production, "keeper")).code == 2
    said = production.json("approve", hero, *ASKED, *contact, "--evidence", mail, *key_of(production, "keeper"))[
        "record"
    ]
    assert (said["standing"], said["signed_by"], said["evidence_dkim"]) == ("transcribed", "keeper", "none in the mail")
    kept = production.root / ".provenance" / "evidence" / said["evidence_sha256"]
    assert kept.read_bytes() == mail.read_bytes()
    assert production.run("gate", "deliver").code == 0
    kept.write_text("No.")
    assert production.run("gate", "deliver").code == 1


def test_a_changed_configuration_is_refused_until_it_was_accepted(production: Production) -> None:
    """The gate refuses (40) and says what changed; `config show` says it too, and an administrator accepts it."""
    picture(production.deliver / "plate.jpg")
    assert production.run("gate", "deliver").code == 0
    stranger = production.json("keys", "person", "stranger", "--no-passphrase")["line"]
    added = f'\n[[person]]\nid = "stranger"\nname = "Stranger"\nroles = ["administrator"]\nkeys = ["{stranger}"]\n'
    production.config.write_text(production.config.read_text() + added)
    done = production.run("gate", "deliver")
    assert done.code == 40
    assert "person stranger is new" in done.err
    shown = production.json("config", "show")
    assert (shown["accepted"], shown["required"], shown["by"]) == (False, True, "admin")
    assert shown["differences"] == ["person stranger is new"]
    refused = production.run("config", "accept", "--by", "stranger", "--reason", "r", *key_of(production, "stranger"))
    assert refused.code == 40
    assert "configuration-acceptance" in production.run("ledger", "show").out.splitlines()[1]
    assert production.run("config", "accept", "--by", "admin", "--reason", "r").code == 2
    assert production.run("config", "accept", "--by", "admin", "--reason", "r", *key_of(production, "admin")).code == 0
    assert production.run("gate", "deliver").code == 0
    assert production.run("config", "show").out.startswith("accepted by Admin Example (cfg-")


def test_going_back_to_unsigned_is_refused(production: Production) -> None:
    """Setting the mode back, with nobody listed, refuses (40): signed words were asked for here before."""
    picture(production.deliver / "plate.jpg")
    text = production.config.read_text().partition("[[person]]")[0]
    production.config.write_text(text.replace('approvals = "signed"', 'approvals = "unsigned"'))
    done = production.run("gate", "deliver")
    assert done.code == 40
    assert "mode was signed, is unsigned" in done.err
    assert production.run("watch", "--once").code == 40


def test_the_doctor_says_who_cannot_approve(production: Production, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names whoever has no key, a key that others may read, and a configuration that nobody accepted."""
    findings = production.json("doctor")["findings"]
    found = {f["check"]: f for f in findings if f["check"] == "configuration"}
    assert found["configuration"]["says"].startswith("accepted by Admin Example")
    assert any("contact (studio-contact) has no key" in f["says"] for f in findings)
    monkeypatch.setenv("PROVENANCE_KEY", key_of(production, "lawyer")[1])
    (production.root / "keys" / "lawyer").chmod(0o640)
    production.config.write_text(production.config.read_text().replace('"administrator"', '"supervisor"'))
    problems = [f["says"] for f in production.json("doctor")["findings"] if f["level"] == "problem"]
    assert "nobody is listed as administrator" in problems
    assert any("can be read by others" in p for p in problems)
    assert any("person admin has other roles" in p for p in problems)


def test_clear_declare_derive_and_revoke_are_signed_too(production: Production) -> None:
    """Every verb that speaks takes --sign-with, and what a stranger takes back stays."""
    plate, hero = picture(production.deliver / "plate.png"), generated(production.editorial / "hero.png")
    lawyer = ("--by", "lawyer", "--reason", "seen", *key_of(production, "lawyer"))
    derived = production.json("derive", plate, "--from", hero, *lawyer)["record"]
    declared = production.json("declare", plate, "--origin", "captured", *lawyer)["record"]
    cleared = production.json("clear", plate, "--role", "production-legal", *lawyer)["record"]
    assert {r["standing"] for r in (derived, declared, cleared)} == {"signed"}
    assert outcomes(production.json("gate", "deliver")) == {"plate.png": "refuse"}
    production.run("revoke", derived["id"], "--by", "stranger", "--reason", "no")
    assert outcomes(production.json("gate", "deliver")) == {"plate.png": "refuse"}
    assert production.json("origin", plate)["origin"] == "ai-generated"
    assert production.json("revoke", derived["id"], *lawyer)["record"]["standing"] == "signed"
    assert outcomes(production.json("gate", "deliver")) == {"plate.png": "pass"}


@pytest.mark.usefixtures("keygen")
def test_a_passphrase_is_asked_for_on_a_terminal(production: Production) -> None:
    """A key with a passphrase asks for it on a terminal, and is refused (22) where nobody could type."""
    hero = generated(production.deliver / "hero.png")
    key = production.root / "keys" / "lawyer"
    assert ssh_keygen("-q", "-p", "-N", "opensesame", "-P", "", "-f", key).returncode == 0
    command = [sys.executable, "-m", "provenance", "approve", str(hero), *ASKED, *LAWYER, "--sign-with", str(key)]
    done = subprocess.run(command, cwd=production.root, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert done.returncode == 22, done.stderr
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, cwd=production.root, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, start_new_session=True
    ) as asking:
        shown = b""
        while b"Passphrase" not in shown:
            shown += os.read(ours, 1024)
        os.write(ours, b"opensesame\n")
        out, _ = asking.communicate()
    os.close(theirs)
    os.close(ours)
    assert asking.returncode == 0, shown
    assert b"signed by Lawyer Example" in out


TAMPERED = {
    "another reason in what was signed": (
        """jq -c 'if .envelope then
        .envelope.payload |= (@base64d | sub("incidental"; "essential!") | @base64) else . end' book.jsonl > b
        && mv b book.jsonl""",
        "could not verify signature",
    ),
    "another reason in the entry": (
        """jq -c 'if .kind == "approval" then .body.reason = "anything" else . end' book.jsonl > b
        && mv b book.jsonl""",
        "\nfalse",
    ),
    "somebody else's key": ("ssh-keygen -q -t ed25519 -N '' -f k && mv k.pub lawyer.pub", "could not verify signature"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_a_stranger_finds_what_was_changed(tmp_path: Path, what: str) -> None:
    """Following docs/approvals.md to the letter, somebody who knows no format sees that it is not what was signed."""
    text = (Path(__file__).parents[1] / "docs" / "approvals.md").read_text()
    if missing(text):
        pytest.skip(f"needs {', '.join(missing(text))}")
    act, says = TAMPERED[what]
    act = " ".join(act.split())
    changed = text.replace(" && cd stranger -->", f" && cd stranger && {act} -->")
    assert changed != text
    printed = "\n".join(step.output for session in run(changed, tmp_path) for step in session)
    assert says in printed.lower()
    assert says not in "\n".join(step.output for session in sessions(text) for step in session).lower()


def test_a_stranger_finds_another_file(tmp_path: Path) -> None:
    """A file with one byte more is not the one that the statement names, and the page's commands do not say it is."""
    text = (Path(__file__).parents[1] / "docs" / "approvals.md").read_text()
    if missing(text):
        pytest.skip(f"needs {', '.join(missing(text))}")
    changed = text.replace(" && cd stranger -->", " && cd stranger && printf x >> matte_0020.png -->")
    assert "it names this file" not in "\n".join(s.output for session in run(changed, tmp_path) for s in session)
