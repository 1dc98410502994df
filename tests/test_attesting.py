"""Through the command line: packs that a studio writes, files that show nothing, and who says that they may go."""

import sqlite3
from pathlib import Path

import pytest

from tests.production import EDITOR, LEGAL, Production, generated, new_production, outcomes, picture, run
from tests.watching import start, watched_production

POST = ("--by", "Post supervisor", "--role", "post-supervisor", "--reason", "asked every artist")
CONTACT = ("--by", "Studio contact", "--role", "studio-contact", "--reason", "agreed by mail")
OURS = """\
id = "ours"
dated = 2026-01-01
summary = "The client's pack, with approvals as they are here."
extends = "netflix-2025-08"

[approvals]
mode = "unsigned"
"""


def under(folder: Path, pack: str = OURS) -> Production:
    """Set up a production under a pack of its own."""
    production = new_production(folder)
    use(production, "ours.toml")
    (production.root / "ours.toml").write_text(pack)
    return production


def use(production: Production, policy: str) -> None:
    """Have the configuration name another policy."""
    text = production.config.read_text()
    production.config.write_text(text.replace('policy = "baseline"', f'policy = "{policy}"'))


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A fresh production under the client's pack."""
    return under(tmp_path)


def rules(document: dict[str, object]) -> set[str]:
    """Return the rules of all reasons in a gate report."""
    assets = document["assets"]
    assert isinstance(assets, list)
    return {reason["rule"] for asset in assets for reason in asset["reasons"]}


def test_a_render_with_no_marks_is_held_until_somebody_attests(production: Production) -> None:
    """AI still, cut, render with no marks, delivered: held; a person's clearance is not enough; an attestation is."""
    generated(production.editorial / "still.png")
    picture(production.deliver / "render.jpg", seed=3)
    assert production.run("scan").code == 0
    held = production.run("gate", "deliver")
    assert held.code == 3
    assert "not-attested" in held.out
    assert "provenance attest deliver/render.jpg --by WHO --role ROLE --reason TEXT" in held.out
    assert production.run("clear", "deliver/render.jpg", *LEGAL).code == 0
    assert production.run("gate", "deliver").code == 3
    assert production.run("attest", "deliver", *POST).code == 0
    passed = production.run("gate", "deliver")
    assert passed.code == 0
    assert "1 file attested by Post supervisor (post-supervisor)" in passed.out


def test_a_render_whose_still_is_known_is_refused_whoever_attests(production: Production) -> None:
    """Once somebody says what the render was made from, the flag is carried on and the attestation helps no more."""
    generated(production.editorial / "still.png")
    render = picture(production.deliver / "render.jpg", seed=3)
    assert production.run("attest", render, *POST).code == 0
    assert production.run("gate", "deliver").code == 0
    assert production.run("derive", render, "--from", "editorial/still.png", *EDITOR).code == 0
    refused = production.run("gate", "deliver")
    assert refused.code == 1
    assert "principle 4 of ours: generated material is temporary" in refused.out
    assert "approved by studio-contact: provenance approve deliver/render.jpg --channel deliver" in refused.out


def test_an_attestation_is_one_record_for_a_batch(production: Production) -> None:
    """Many files are attested at once, counted in the answer, and each use is known when it is taken back."""
    for seed in range(12):
        picture(production.deliver / f"frame.{seed:04}.png", seed=seed)
    attestation = production.json("attest", "deliver", *POST)
    assert len(attestation["subjects"]) == 12
    document = production.json("gate", "deliver")
    assert document["counts"]["attested"] == document["counts"]["pass"] == 12
    assert {a["id"] for asset in document["assets"] for a in asset["attestations"]} == {attestation["record"]["id"]}
    assert {a["files"] for asset in document["assets"] for a in asset["attestations"]} == {12}
    picture(production.deliver / "frame.0003.png", seed=99)
    assert outcomes(production.json("gate", "deliver"))["frame.0003.png"] == "hold"
    revoked = production.json("revoke", attestation["record"]["id"], *EDITOR)
    assert document["run"] in revoked["delivered"]
    assert len(revoked["subjects"]) == 12
    assert production.json("gate", "deliver")["counts"]["hold"] == 12
    assert production.run("ledger", "verify").code == 0


def test_what_is_known_to_be_generated_cannot_be_attested(production: Production) -> None:
    """A batch with a generated file in it is refused with 23, names the file, and nothing is recorded."""
    generated(production.deliver / "hero.png")
    picture(production.deliver / "plate.jpg", seed=4)
    refused = production.run("attest", "deliver", *POST)
    assert refused.code == 23
    assert "hero.png" in refused.err
    assert production.run("gate", "deliver").code == 1
    kinds = [entry["kind"] for entry in production.run("ledger", "show", "--format", "json").lines]
    assert "attestation" not in kinds


def test_an_approval_in_the_wrong_role_is_not_enough(production: Production) -> None:
    """An approval by production legal alone leaves the file refused, and the role that is missing is named."""
    generated(production.deliver / "hero.png")
    assert production.run("approve", "deliver/hero.png", "--channel", "deliver", *LEGAL).code == 0
    refused = production.run("gate", "deliver")
    assert refused.code == 1
    assert "role-missing: approved, but not yet by studio-contact" in refused.out
    assert production.run("approve", "deliver/hero.png", "--channel", "deliver", *CONTACT).code == 0
    held = production.json("gate", "deliver")
    assert (held["outcome"], "untold" in rules(held)) == ("hold", True)


def test_a_pack_that_asks_for_signed_approvals_is_not_used_without(tmp_path: Path) -> None:
    """Under unsigned approvals the client's own pack answers 40 everywhere, with what to set, and nothing passes."""
    production = new_production(tmp_path)
    use(production, "netflix-2025-08")
    picture(production.deliver / "plate.jpg")
    for command in (("gate", "deliver"), ("policy", "check")):
        result = production.run(*command)
        assert result.code == 40
        assert "asks for signed approvals" in result.err
        assert 'approvals = "signed"' in result.err
    assert "asks for signed approvals" in production.run("doctor").out
    assert production.run("policy", "show").code == 0


@pytest.mark.parametrize("broken", ["", "id = 1", OURS.replace("netflix-2025-08", "netflix"), f"{OURS}x = 1"])
def test_the_gate_is_refused_with_its_policy(production: Production, broken: str) -> None:
    """A pack that is empty, does not parse, extends nothing known or has an unknown key: 40, and nothing is judged."""
    picture(production.deliver / "plate.jpg")
    (production.root / "ours.toml").write_text(broken)
    for command in (("gate", "deliver"), ("policy", "check"), ("policy", "show"), ("attest", "deliver", *POST)):
        assert production.run(*command).code == 40


def test_a_pack_that_another_extends_may_not_lie_in_the_material(tmp_path: Path) -> None:
    """A pack is refused if the one it extends lies in a zone: what is judged must not choose its judge."""
    production = under(tmp_path, OURS.replace("netflix-2025-08", "deliver/client.toml"))
    (production.deliver / "client.toml").write_text(OURS.replace('"ours"', '"client"'))
    picture(production.deliver / "plate.jpg")
    result = production.run("gate", "deliver")
    assert result.code == 40
    assert "inside the material" in result.err


def test_each_report_names_the_pack_and_the_ledger_its_digest(production: Production) -> None:
    """The digest in gate reports and ledger entries is that of the pack with all it extends."""
    picture(production.deliver / "plate.jpg")
    shown = production.json("policy", "show")
    assert production.json("gate", "deliver")["policy"] == {"id": "ours", "sha256": shown["sha256"]}
    (entry,) = [e for e in production.run("ledger", "show", "--format", "json").lines if e["kind"] == "gate"]
    assert entry["policy_sha256"] == shown["sha256"]


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("4", "principle 4 (temporary_not_final)"),
        ("temporary_not_final", "a yes does not count where final = true"),
        ("enterprise_secured", "where possible"),
        ("1a", "inputs = proprietary and enterprise = false; or inputs = personal-data or sensitive"),
        ("digital-performers", "consent is needed too"),
        ("background-element", "otherwise telling is enough"),
        ("creative-output", "2a key-creative-elements, 2b references-without-permission"),
        ("Area 4", "area 4 (ethics-and-representation)"),
        ("4", "area 4 (ethics-and-representation)"),
        ("principle 4", "principle 4 (temporary_not_final)"),
        ("TEMPORARY-NOT-FINAL", "rule temporary-not-final of the gate"),
        ("row 6", "use proprietary-input"),
        ("voice-replica", "unless it is as-performed"),
        ("studio-contact", "a custodian may write down that they approved"),
        ("production-legal", "asked for by trigger 3a (digital-performers), trigger 3b"),
        ("unknown", "origin unknown: attest"),
        ("broken", "credential broken: hold"),
        ("role-missing", "rule role-missing of the gate"),
    ],
)
def test_every_part_of_a_policy_can_be_asked_about(production: Production, key: str, says: str) -> None:
    """`policy explain` knows principles, triggers, areas, uses, origins, states and rules, by key or number."""
    assert says in production.run("policy", "explain", key).out
    assert any(says in line for line in production.json("policy", "explain", key)["text"])


def test_what_a_pack_does_not_ask_for_is_explained_from_one_that_does(tmp_path: Path) -> None:
    """A number of the guidance means nothing in the baseline: it says so, and what it is in the pack that has it."""
    said = run(tmp_path, "policy", "explain", "principle", "4", "--pack", "baseline")
    assert said.code == 0
    assert said.out.splitlines()[0].startswith("baseline has nothing of this name")
    assert "principle 4 (temporary_not_final): generated material is temporary" in said.out
    wrong = run(tmp_path, "policy", "explain", "temporry", "--pack", "baseline")
    assert wrong.code == 2
    assert "did you mean 'temporary-not-final'" in wrong.err


def test_a_pack_is_looked_at_where_no_production_is(tmp_path: Path) -> None:
    """A studio checks a pack it writes before anything is set up; a wrong name is answered with the nearest."""
    (tmp_path / "mine.toml").write_text(OURS)
    assert "[approvals] mode = unsigned, was signed" in run(tmp_path, "policy", "check", "--pack", "mine.toml").out
    assert run(tmp_path, "policy", "show", "--pack", "netflix-2025-08").code == 0
    wrong = run(tmp_path, "policy", "explain", "key-visuals", "--pack", "mine.toml")
    assert (wrong.code, "did you mean 'key-visual'" in wrong.err) == (2, True)
    assert run(tmp_path, "policy", "show", "--pack", "netflx-2025-08").code == 40
    assert run(tmp_path, "policy", "show").code == 40
    assert run(tmp_path, "policy", "--help").code == 0


def test_an_edited_attestation_is_found(production: Production) -> None:
    """An attestation whose text was changed behind the ledger's back stops the gate."""
    picture(production.deliver / "plate.jpg")
    assert production.run("attest", "deliver", *POST).code == 0
    catalogue = sqlite3.connect(production.root / ".provenance" / "catalogue.db")
    with catalogue:
        for (name,) in catalogue.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            catalogue.execute(f'DROP TRIGGER "{name}"')
        changed = (
            "UPDATE ledger SET body = CAST(replace(CAST(body AS TEXT), 'every artist', 'nobody') AS BLOB)"
            " WHERE kind = 'attestation'"
        )
        assert catalogue.execute(changed).rowcount == 1
    catalogue.close()
    assert production.run("gate", "deliver").code == 33


@pytest.mark.timeout(150)
def test_the_daemon_leaves_what_was_attested(tmp_path: Path) -> None:
    """Under a pack that wants attestations the daemon takes away what nobody attested, and leaves the rest alone."""
    production = watched_production(tmp_path, final='on_hold = "quarantine"')
    text = production.config.read_text()
    production.config.write_text(text.replace("[[zone]]", 'policy = "ours.toml"\n\n[[zone]]', 1))
    (production.root / "ours.toml").write_text(OURS)
    attested = picture(production.deliver / "attested.jpg", seed=1)
    silent = picture(production.deliver / "silent.jpg", seed=2)
    assert production.run("attest", attested, *POST).code == 0
    daemon = start(production, "--once")
    assert daemon.process.wait(90) == 0, daemon.said()
    assert (attested.exists(), silent.exists()) == (True, False)
    assert production.run("attest", silent, *POST).code == 0
    assert production.run("release", silent).code == 0
    daemon = start(production, "--once")
    assert daemon.process.wait(90) == 0, daemon.said()
    assert (attested.exists(), silent.exists()) == (True, True)
