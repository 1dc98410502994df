"""Who may do what, through the command line: roles for each act, requesters, and requests that come late."""

import dataclasses
from pathlib import Path

import pytest

from provenance.catalogue import Catalogue, Stamp
from tests.identity.conftest import keygen
from tests.identity.signed import ssh_keygen
from tests.production import Production, generated, new_production, outcomes, picture

__all__ = ["keygen"]

PACK = """
id = "house"
dated = 2026-11-01
summary = "As the shipped one, with an act for each role."
extends = "baseline"

[origins]
unknown = "hold"

[approvals]
clear = ["production-legal"]
attest = ["post-supervisor"]
declare = ["post-supervisor"]
derive = ["post-supervisor"]
supersede = ["production-legal"]
revoke = ["production-legal"]
"""
PEOPLE = {
    "admin": "administrator",
    "lawyer": "production-legal",
    "post": "post-supervisor",
    "editor": "editor",
}
ASKED = ("--channel", "deliver", "--reason", "incidental", "--requested-by", "editor")


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A production whose own pack leaves each act to a role."""
    (tmp_path / "p").mkdir()
    made = new_production(tmp_path / "p")
    (made.root / "house.toml").write_text(PACK)
    text = made.config.read_text().replace('approvals = "unsigned"', 'approvals = "signed"')
    text = text.replace('policy = "baseline"', 'policy = "house.toml"')
    for name, role in PEOPLE.items():
        line = made.json("keys", "person", name, "--no-passphrase")["line"]
        text += f'\n[[person]]\nid = "{name}"\nname = "{name.title()} Example"\nroles = ["{role}"]\nkeys = ["{line}"]\n'
    made.config.write_text(text)
    accept(made)
    return made


def by(production: Production, name: str, *, role: bool = True, sign: bool = True) -> tuple[str, ...]:
    """Return the options by which somebody says something, in their role, and signs it here."""
    said = ("--by", name, *(("--role", PEOPLE[name]) if role else ()))
    return (*said, "--sign-with", str(production.root / "keys" / name)) if sign else said


def accept(production: Production) -> None:
    """Have the administrator accept what stands in the configuration now."""
    done = production.run("config", "accept", "--reason", "agreed", *by(production, "admin", role=False))
    assert done.code == 0, done.err


def test_a_clearance_counts_in_the_role_the_pack_names(production: Production) -> None:
    """A listed editor's clearance is kept, is shown not to count with the reason, and the file stays held."""
    plate = picture(production.deliver / "plate.png")
    said = production.run("clear", plate, "--reason", "seen", *by(production, "editor"))
    assert said.code == 0
    assert "DOES NOT COUNT: the policy leaves it to production-legal to clear, and it was said as editor" in said.out
    held = production.run("gate", "deliver")
    assert held.code == 3
    assert "does not count: the policy leaves it to production-legal to clear" in held.out
    production.run("clear", plate, "--reason", "seen", *by(production, "lawyer"))
    assert outcomes(production.json("gate", "deliver")) == {"plate.png": "pass"}


def test_who_has_not_the_role_does_not_end_a_flag(production: Production) -> None:
    """A listed person without the role takes no flag back; the file is refused until one with the role does."""
    plate = picture(production.deliver / "plate.png")
    flag = production.json("declare", plate, "--origin", "ai-generated", "--by", "anybody", "--reason", "saw it")
    flag_id = flag["record"]["id"]
    said = production.run("revoke", flag_id, "--reason", "no", *by(production, "post", role=False))
    assert "DOES NOT COUNT: the policy leaves it to production-legal to revoke, and Post Example is post" in said.out
    assert outcomes(production.json("gate", "deliver")) == {"plate.png": "refuse"}
    production.run("revoke", flag_id, "--reason", "no", *by(production, "lawyer", role=False))
    assert outcomes(production.json("gate", "deliver")) == {"plate.png": "hold"}


def test_a_captured_file_is_one_only_by_whom_the_pack_names(production: Production) -> None:
    """A declaration of a camera original counts in the named role alone; any other word stays in the grounds."""
    plate = picture(production.deliver / "plate.png")
    production.run("declare", plate, "--origin", "captured", "--reason", "shot", *by(production, "lawyer", role=False))
    held = production.json("gate", "deliver")
    assert outcomes(held) == {"plate.png": "hold"}
    production.run("declare", plate, "--origin", "captured", "--reason", "shot", *by(production, "post", role=False))
    assert outcomes(production.json("gate", "deliver")) == {"plate.png": "pass"}


def test_what_a_stranger_told_is_found_and_not_told(production: Production) -> None:
    """A use told by nobody's key stays found, not told in status, origin and report; signed by a listed one it is."""
    hero = generated(production.deliver / "hero.png")
    assert production.run("scan").code == 0

    def untold() -> tuple[int, bool, int]:
        status, origin = production.json("status"), production.json("origin", hero)
        report = production.json("report")
        return len(status["found_not_told"]), origin["found_not_told"], report["counts"]["found_not_told"]

    for sign, expected in ((False, (1, True, 1)), (True, (0, False, 0))):
        who = by(production, "editor", role=False, sign=sign)
        said = production.run("disclose", hero, *who, "--reason", "told", "--none")
        assert said.code in {0, 3}, said.err
        assert untold() == expected


def test_the_doctor_names_open_acts_and_roles_that_nobody_has(production: Production) -> None:
    """Where words are signed it warns of acts that are left to everybody, and of a role that nobody listed has."""
    warned = [f["says"] for f in production.json("doctor")["findings"] if f["level"] == "warning"]
    assert any(
        w.startswith("anybody who is listed may approve, consent, register, erase and unhold") for w in warned
    ), warned
    assert not any("nobody listed may" in w for w in warned)
    production.config.write_text(production.config.read_text().replace('"post-supervisor"', '"sound-supervisor"'))
    accept(production)
    warned = [f["says"] for f in production.json("doctor")["findings"] if f["level"] == "warning"]
    assert "nobody listed may attest, declare and derive: that takes post-supervisor" in warned


@pytest.mark.parametrize(
    ("requester", "says"),
    [("an intern", "is not listed"), ("LAWYER example", "somebody else has to decide")],
)
def test_who_asked_has_to_be_listed_and_another_person(production: Production, requester: str, says: str) -> None:
    """A requester who is nobody listed, or the approver under another name, is refused when it is written (2)."""
    hero = generated(production.deliver / "hero.png")
    asked = ("--channel", "deliver", "--reason", "r", "--requested-by", requester)
    elsewhere = (*by(production, "lawyer", sign=False), "--request", str(production.root / "request"))
    for who in (by(production, "lawyer"), elsewhere):
        done = production.run("approve", hero, *asked, *who)
        assert done.code == 2, done.out
        assert says in done.err
    assert "approval" not in production.run("ledger", "show").out


def test_who_told_of_a_use_does_not_approve_it(production: Production) -> None:
    """Whoever disclosed, or declared what the bytes are, is refused as their approver, and another person is not."""
    hero = generated(production.deliver / "hero.png")
    signed = by(production, "lawyer", role=False)
    told = production.run("declare", hero, "--origin", "ai-generated", "--reason", "r", *signed)
    assert told.code == 0, told.err
    done = production.run("approve", hero, *ASKED, *by(production, "lawyer"))
    assert done.code == 2
    assert "said what these bytes are" in done.err
    assert production.run("approve", hero, *ASKED, *by(production, "post")).code == 0
    assert production.run("gate", "deliver").code == 0


@pytest.mark.usefixtures("keygen")
@pytest.mark.parametrize("since", ["refused", "revoked"])
def test_a_request_that_comes_late_does_not_outrank_what_came_since(production: Production, since: str) -> None:
    """What was signed before a refusal or revocation of the same bytes, and comes after, says so and does nothing."""
    hero, request = generated(production.deliver / "hero.png"), production.root / "request"
    unsigned = by(production, "lawyer", sign=False)
    assert production.run("approve", hero, *ASKED, *unsigned, "--request", request).code == 0
    assert ssh_keygen("-Y", "sign", "-n", "provenance", "-f", production.root / "keys/lawyer", request).returncode == 0
    if since == "refused":
        production.run("refuse", hero, *ASKED[:4], "--by", "anybody", "--role", "studio-contact")
    else:
        first = production.json("approve", hero, *ASKED, *by(production, "post"))["record"]["id"]
        assert production.run("gate", "deliver").code == 0
        production.run("revoke", first, "--reason", "a mistake", *by(production, "post", role=False))
    brought = production.run("bring", request)
    assert brought.code == 0
    assert "DOES NOT COUNT: it was written at" in brought.out
    assert "did not know of that" in brought.out
    assert production.run("gate", "deliver").code == 1
    assert production.json("bring", request)["news"]
    again = production.run("approve", hero, *ASKED, *by(production, "lawyer"), *_knowing(production, since))
    assert again.code == 0, again.err
    assert production.run("gate", "deliver").code == 0


def _knowing(production: Production, since: str) -> tuple[str, ...]:
    """Return the options by which an approval says that it knows of the refusal."""
    if since != "refused":
        return ()
    lines = production.run("ledger", "show").out.splitlines()
    (refusal,) = [line for line in lines if " refusal " in line]
    return ("--despite", next(word.rstrip(":") for word in refusal.split() if word.startswith("ref-")))


def test_the_configuration_that_changed_since_a_request_is_told(production: Production, keygen: None) -> None:
    """Whoever brings a request is told that the configuration is another one than when it was written."""
    hero, request = generated(production.deliver / "hero.png"), production.root / "request"
    unsigned = by(production, "lawyer", sign=False)
    assert production.run("approve", hero, *ASKED, *unsigned, "--request", request).code == 0
    assert ssh_keygen("-Y", "sign", "-n", "provenance", "-f", production.root / "keys/lawyer", request).returncode == 0
    changed = production.config.read_text().replace('roles = ["production-legal"]', 'roles = ["legal-intern"]')
    production.config.write_text(changed)
    accept(production)
    brought = production.run("bring", request)
    assert "DOES NOT COUNT: Lawyer Example is not listed as 'production-legal'" in brought.out
    assert "the configuration is another one than when it was written" in brought.out


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('path = "deliver"', 'path = "elsewhere"'),
        ('channel = "deliver"', 'channel = "cinema"'),
        ('role = "final"', 'role = "work"'),
        ('on_refuse = "quarantine"', 'on_refuse = "report"'),
        ('on_hold = "report"', 'on_hold = "quarantine"'),
        ('on_approval = "report"', 'on_approval = "release"'),
    ],
)
def test_a_zone_that_was_changed_is_refused_until_it_was_accepted(production: Production, old: str, new: str) -> None:
    """Another path, channel, role or doing of a zone is refused (40) and named, and counts once accepted."""
    picture(production.deliver / "plate.jpg")
    assert production.run("gate", "deliver").code == 3
    (production.root / "elsewhere").mkdir()
    text = production.config.read_text()
    assert old in text, text
    changed = text.replace(old, new)
    if "work" in new:
        changed = "\n".join(line for line in changed.splitlines() if not line.startswith("channel"))
    production.config.write_text(changed)
    done = production.run("watch", "--once")
    assert done.code == 40, done.err
    assert "zone deliver has other" in done.err
    accept(production)
    assert production.run("watch", "--once").code != 40


def test_the_ledger_names_the_first_bad_signature(production: Production) -> None:
    """`ledger verify` and `doctor` count good signatures, and name the first entry with one for something else (33)."""
    hero = generated(production.deliver / "hero.png")
    said = production.json("approve", hero, *ASKED, *by(production, "lawyer"))["record"]["id"]
    whole = production.json("ledger", "verify")
    assert (whole["signatures"], whole["unknown_signatures"], whole["unsigned"]) == (2, 0, 0)
    assert "signatures: 2 good; 0 records that nobody signed" in production.run("ledger", "verify").out
    assert "signatures: 2 good; 0 records that nobody signed" in production.run("doctor").out
    with Catalogue.open(production.root / ".provenance" / "catalogue.db") as catalogue:
        filed = catalogue.find_record(said)
        forged = dataclasses.replace(filed.record, reason="and anything else")
        catalogue.add_record(forged, Stamp(filed.record.made_at, "x", "y", "0", None, None), filed.envelope)
        entry = catalogue.find_record(forged.id).entry
    done = production.run("ledger", "verify")
    assert done.code == 33, done.out
    says = f"entry {entry} of the ledger: the signature of record {forged.id} is for something else"
    assert says in done.err
    doctor = production.run("doctor")
    assert (doctor.code, says in doctor.out) == (3, True), doctor.out


def test_what_was_told_says_who_signed_it(production: Production) -> None:
    """Disclosures, bindings, the register and consents say whose word it is, or why it does not count."""
    hero = generated(production.deliver / "hero.png")
    other = generated(production.deliver / "other.png", seed=2)
    said = ("--by", "editor", "--reason", "a still")
    signed = production.run("disclose", hero, *said, "--none", *by(production, "editor", role=False)[2:])
    assert "signed by Editor Example with key SHA256:" in signed.out
    unsigned = production.json("disclose", other, *said, "--none")["record"]
    assert (unsigned["counts"], unsigned["why"]) == (False, "nobody signed it")
    told = signed.out.split()[1].rstrip(":")
    bound = production.run("disclose", other, "--for", told, "--by", "editor")
    assert "signed by Editor Example" in bound.out
    assert "the binding: DOES NOT COUNT: nobody signed it" in bound.out
    terms = production.root / "terms.txt"
    terms.write_text("we keep nothing")
    entry = ("tools", "add", "Image maker", "--tier", "free", "--terms", terms, "--valid-until", "2126-01-31")
    facts = ("--no-enterprise", "--no-trains", "--no-stores", "--by", "lawyer", "--reason", "read")
    assert production.run(*entry, *facts).code == 0
    assert "DOES NOT COUNT: nobody signed it" in production.run("tools", "list").out
    (listed,) = production.run("tools", "list", "--format", "json").lines
    assert (listed["counts"], listed["why"]) == (False, "nobody signed it")
    asked = production.run("disclose", "--by", "editor", "--reason", "r", "--none", "--request", "request")
    assert "ssh-keygen -Y sign -n provenance" in asked.out
    for shown in (signed, bound, asked, production.run("tools", "list"), production.run("consent", "list")):
        assert "NOT CHECKED" not in shown.out, shown.out


def test_mark_says_that_no_approval_covers_what_it_made(production: Production) -> None:
    """Where words are signed, a marked copy says that no approval travels to it; a sidecar changes no bytes."""
    production.run("keys", "new")
    hero = generated(production.editorial / "hero.png")
    terms = ("--source-type", "trainedAlgorithmicMedia")
    marked = production.run("mark", hero, "-o", production.deliver / "hero.png", *terms)
    assert marked.code == 0, marked.err
    assert "no approval of the source covers it" in marked.out
    assert "provenance derive" in marked.out
    beside = production.run("mark", generated(production.editorial / "b.png", seed=4), "--sidecar", *terms)
    assert beside.code == 0, beside.err
    assert "no approval" not in beside.out
