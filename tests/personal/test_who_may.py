"""Where words are signed, only listed people end a legal hold or have personal data erased."""

from pathlib import Path

import pytest

from provenance.asset import UtcTime
from provenance.catalogue import Catalogue
from provenance.records.personal import HoldRelease
from tests.catalogue.making import stamp
from tests.identity.conftest import keygen
from tests.identity.signed import ssh_keygen
from tests.personal.test_personal import stored
from tests.production import Production, generated
from tests.test_authority import accept, by, production

__all__ = ["keygen", "production"]

WHY = ("--reason", "asked for")


@pytest.fixture
def left_to_legal(production: Production) -> Production:
    """A production whose pack leaves erasing and the end of a hold to production legal."""
    pack = production.root / "house.toml"
    pack.write_text(pack.read_text() + 'erase = ["production-legal"]\nunhold = ["production-legal"]\n')
    accept(production)
    return production


def test_only_a_listed_person_with_the_role_ends_a_hold(left_to_legal: Production) -> None:
    """A release by nobody's key, or in the wrong role, is refused (2) and ends nothing; the right one does."""
    name = stored(left_to_legal)
    hold = left_to_legal.json("personal", "hold", name, "--by", "anybody", *WHY)["record"]["id"]
    for who, says in (
        (("--by", "lawyer"), "nobody signed it"),
        (by(left_to_legal, "editor", role=False), "leaves it to production-legal to unhold"),
    ):
        done = left_to_legal.run("personal", "release", hold, *who, *WHY)
        assert (done.code, says in done.err) == (2, True), done.err
    assert left_to_legal.json("personal", "show")["legal_holds"] == [hold]
    assert left_to_legal.run("personal", "erase", name, *by(left_to_legal, "lawyer", role=False), *WHY).code == 52
    assert left_to_legal.run("personal", "release", hold, *by(left_to_legal, "lawyer", role=False), *WHY).code == 0
    assert left_to_legal.json("personal", "show")["legal_holds"] == []


def test_a_release_nobody_signed_ends_no_hold_however_it_came(production: Production) -> None:
    """A release that stands in the ledger without a signature is as if it were not there, for erasing too."""
    name = stored(production, until="2026-01-31")
    hold = production.json("personal", "hold", "--all", "--by", "lawyer", *WHY)["record"]["id"]
    now = UtcTime("2026-11-01T00:00:00.000000Z")
    with Catalogue.open(production.root / ".provenance" / "catalogue.db") as catalogue:
        release = HoldRelease(by="lawyer", reason="r", made_at=now, target=hold)
        catalogue.add_record(release, stamp())
    assert production.json("personal", "show")["legal_holds"] == [hold]
    generated(production.editorial / "a.png")
    assert production.run("scan").code == 0
    pruned = production.run("evidence", "prune", "--older-than", "0", "--by", "lawyer", *WHY)
    assert (pruned.code, hold in pruned.err) == (52, True)
    lawyer = by(production, "lawyer", role=False)
    assert production.run("personal", "erase", name, *lawyer, *WHY).code == 52
    assert production.json("personal", "expire", *lawyer)["held"] == [name]
    assert production.run("personal", "show", name).code == 0


def test_only_a_listed_person_with_the_role_erases(left_to_legal: Production) -> None:
    """An erasure by nobody's key, or in the wrong role, is refused (2): nothing is erased and nothing recorded."""
    name = stored(left_to_legal, until="2026-01-31")
    for who in (("--by", "lawyer"), by(left_to_legal, "post", role=False)):
        for command in (("erase", name, *WHY), ("expire",)):
            assert left_to_legal.run("personal", *command, *who).code == 2
    assert left_to_legal.run("personal", "show", name).code == 0
    assert "erasure" not in left_to_legal.run("ledger", "show").out
    done = left_to_legal.json("personal", "erase", name, *by(left_to_legal, "lawyer", role=False), *WHY)
    assert done["erased"] == [name]
    assert "signed by Lawyer Example" in left_to_legal.run("ledger", "show", done["record"]).out


def test_another_configuration_erases_nothing(production: Production) -> None:
    """A configuration nobody accepted, which asks for no signatures, neither erases nor ends a hold (40)."""
    name = stored(production)
    hold = production.json("personal", "hold", "--all", "--by", "lawyer", *WHY)["record"]["id"]
    other = production.root / "other.toml"
    other.write_text(production.config.read_text().replace('approvals = "signed"', 'approvals = "unsigned"'))
    for command in (("release", hold), ("erase", name)):
        done = production.run("personal", *command, "--config", other, "--by", "lawyer", *WHY)
        assert done.code == 40, done.err
    assert production.json("personal", "show")["legal_holds"] == [hold]


@pytest.mark.usefixtures("keygen")
def test_an_erasure_can_be_signed_elsewhere(production: Production, tmp_path: Path) -> None:
    """With --request nothing is erased until it is brought back with a signature that counts."""
    name, request = stored(production), tmp_path / "request"
    done = production.json("personal", "erase", name, "--by", "lawyer", *WHY, "--request", request)
    assert (done["record"], done["erased"]) == (None, [])
    assert production.run("personal", "show", name).code == 0
    ssh_keygen("-Y", "sign", "-n", "provenance", "-f", production.root / "keys" / "editor", request)
    assert production.run("bring", request).code == 2
    assert production.run("personal", "show", name).code == 0
    Path(f"{request}.sig").unlink()
    ssh_keygen("-Y", "sign", "-n", "provenance", "-f", production.root / "keys" / "lawyer", request)
    assert production.run("bring", request).code == 0
    assert production.run("personal", "show", name).code == 51
