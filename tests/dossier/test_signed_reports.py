"""Reports where words have to be signed: who signed, what does not count, and that nobody else makes a use approved."""

import json
from pathlib import Path
from typing import Any

from tests import test_signed
from tests.dossier.telling_house import every_form
from tests.production import Production, generated
from tests.test_signed import ASKED, LAWYER, key_of

production = test_signed.production
"""The fixture: people with keys, and a configuration that an administrator accepted."""


def approvals_of(production: Production) -> dict[str, Any]:
    """Return the approvals of the only file, by id."""
    (file,) = production.json("report")["assets"]
    return {a["id"]: a for a in file["approvals"]}


def test_who_signed_stands_with_each_word(production: Production) -> None:
    """A signed approval names its key, an unsigned one says why it does not count, in every form and to everybody."""
    hero = generated(production.deliver / "hero.png")
    unsigned = production.json("approve", hero, *ASKED, *LAWYER)["record"]["id"]
    found = approvals_of(production)
    assert (found[unsigned]["counts"], found[unsigned]["stands"]) == (False, "DOES NOT COUNT: nobody signed it")
    signed = production.json("approve", hero, *ASKED, *LAWYER, *key_of(production, "lawyer"))["record"]
    found = approvals_of(production)
    assert found[signed["id"]]["counts"]
    assert found[signed["id"]]["stands"] == f"signed by Lawyer Example with key {signed['key']}"
    for audience in ("inside", "outside"):
        for form, text in every_form(production, "--for", audience):
            assert "signed by Lawyer Example with key SHA256:" in text, form
            assert "UNSIGNED: anyone" not in text, form
    assert production.json("report")["assets"][0]["hindrances"] == []


def test_an_unsigned_approval_closes_nothing(production: Production) -> None:
    """What nobody signed leaves open what a signature closes."""
    hero = generated(production.deliver / "hero.png")
    production.run("approve", hero, *ASKED, *LAWYER)
    assert "gate" in {o["kind"] for o in production.json("report")["open"]}
    production.run("approve", hero, *ASKED, *LAWYER, *key_of(production, "lawyer"))
    assert "gate" not in {o["kind"] for o in production.json("report")["open"]}


def test_rules_that_nobody_accepted_are_open(production: Production) -> None:
    """A configuration that was changed since an administrator accepted it is the first thing that is open."""
    text = production.config.read_text()
    production.config.write_text(f'{text}\n[[person]]\nid = "late"\nname = "Late Comer"\nroles = ["custodian"]\n')
    assert production.run("gate", "deliver").code == 40
    for audience in ("inside", "outside"):
        first = production.json("report", "--for", audience)["open"][0]
        assert (first["kind"], first["who"]) == ("rules", ["administrator"])
        assert ("late" in first["says"]) == (audience == "inside")


def test_a_bundle_holds_signatures_and_acceptances(production: Production, tmp_path: Path) -> None:
    """A dispute's bundle has each record's envelope beside it, and what was accepted; it verifies as any does."""
    from tests.dossier.test_dispute import checked, sums_hold, written

    hero = generated(production.deliver / "hero.png")
    approval = production.json("approve", hero, *ASKED, *LAWYER, *key_of(production, "lawyer"))["record"]["id"]
    bundle = written(production, hero, tmp_path / "bundle")
    envelope = json.loads((bundle / "records" / f"{approval}.envelope.json").read_text())
    assert envelope["payloadType"] == "application/vnd.in-toto+json"
    assert {p.name[:3] for p in (bundle / "records").iterdir()} == {"apr", "cfg"}
    assert sums_hold(bundle)
    assert checked(bundle).returncode == 0
