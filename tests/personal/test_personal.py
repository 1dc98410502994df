"""What is known of people can be erased, for good, and the ledger stays whole."""

import hashlib
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from provenance.asset import Commitment, UtcTime
from provenance.catalogue import Catalogue
from provenance.errors import LegallyHeld, PersonalTrouble, PersonalUnknown
from provenance.personal import PersonalStore, ValueKind, commitment_of, erase, finish_erasures, personal_path
from provenance.records.personal import Erasure, HoldRelease, LegalHold
from tests.catalogue.making import at, stamp
from tests.production import Production, new_production

SECRET = b"Performer Nobody-Has-This-Name"
BY = ("--by", "Production legal", "--reason", "asked for")
LATER = UtcTime("2126-01-01T00:00:00.000000Z")


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A production that nobody was stored in."""
    folder = tmp_path / "production"
    folder.mkdir()
    return new_production(folder)


def stored(production: Production, value: bytes = SECRET, kind: str = "performer", until: str = "2126-01-31") -> str:
    """Store a value through the command line and return its id."""
    source = production.root.parent / "value"
    source.write_bytes(value)
    document = production.json("personal", "add", source, "--kind", kind, "--retain-until", until)
    source.unlink()
    name = document["values"][0]["id"]
    assert isinstance(name, str)
    return name


def files_with(folder: Path, needle: bytes) -> list[str]:
    """Return every file under a folder that holds some bytes."""
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file() and needle in p.read_bytes())


def test_erased_is_gone_from_every_file(production: Production) -> None:
    """After an erasure no file of the production holds the value or its salt, and the ledger is whole."""
    names = [stored(production, SECRET + b" %d" % n) for n in range(40)]
    document = stored(production, SECRET * 5000, "document")
    salt = bytes.fromhex(production.json("personal", "show", document)["values"][0]["salt"])
    assert files_with(production.root, SECRET) == files_with(production.root, salt) == [".provenance/personal.db"]
    done = production.json("personal", "erase", *names, document, *BY)
    assert (sorted(done["erased"]), done["still_in"]) == (sorted([*names, document]), [])
    assert files_with(production.root, SECRET) == files_with(production.root, salt) == []
    assert production.run("ledger", "verify").code == 0
    assert production.run("personal", "show", names[0]).code == 51
    assert done["record"] in production.run("ledger", "show", names[0]).out


def test_a_backup_made_before_is_named(production: Production, tmp_path: Path) -> None:
    """A backup made after a value was stored still holds it, and the erasure names it; one made before is not named."""
    stored(production, b"somebody else")
    before, between, after = (tmp_path / n for n in ("before", "between", "after"))
    assert production.run("backup", before).code == 0
    name = stored(production)
    assert production.run("backup", between).code == 0
    done = production.json("personal", "erase", name, *BY)
    assert [copy["path"] for copy in done["still_in"]] == [str(between)]
    assert files_with(between, SECRET) == ["personal.db"]
    assert production.run("backup", after).code == 0
    assert files_with(after, SECRET) == files_with(before, SECRET) == []


def test_a_legal_hold_forbids_erasing(production: Production) -> None:
    """What a hold covers is neither erased nor expired until the hold is released, which is a record as well."""
    held, other = stored(production, until="2026-01-31"), stored(production, b"somebody else", until="2026-01-31")
    hold = production.json("personal", "hold", held, *BY)["record"]["id"]
    assert production.json("personal", "show")["legal_holds"] == [hold]
    result = production.run("personal", "erase", other, held, *BY)
    assert (result.code, production.run("personal", "show", other).code) == (52, 0)
    assert hold in result.err
    done = production.json("personal", "expire", "--by", "Production legal")
    assert (done["erased"], done["held"]) == ([other], [held])
    assert production.run("revoke", hold, *BY).code == 37
    production.json("personal", "release", hold, *BY)
    assert production.json("personal", "expire", "--by", "Production legal")["erased"] == [held]
    assert production.json("personal", "expire", "--by", "Production legal")["record"] is None
    assert [line["kind"] for line in production.run("ledger", "show", "--format", "json").lines] == [
        "configuration", "legal-hold", "erasure", "hold-release", "erasure",
    ]  # fmt: skip
    assert production.run("ledger", "verify").code == 0


def test_a_hold_on_everything(production: Production) -> None:
    """A hold on everything covers what is stored later too, until its last day."""
    production.json("personal", "hold", "--all", "--expires", "2126-01-31", *BY)
    assert production.run("personal", "erase", stored(production), *BY).code == 52
    assert production.run("personal", "hold", *BY).code == 2
    assert production.run("personal", "release", "hld-" + "0" * 20, *BY).code == 37


def test_a_hold_that_expired_forbids_nothing(tmp_path: Path) -> None:
    """A hold whose last day is over forbids nothing any more; until then it does, to the instant."""
    value = Commitment("a" * 64)
    with Catalogue.create(tmp_path / "catalogue.db", at(0)) as catalogue:
        hold = LegalHold(by="Admin", reason="r", made_at=at(1), values=(value,), expires=at(10))
        catalogue.add_record(hold, stamp(1))
        for minute, allowed in ((9, False), (10, True)):
            erasure = Erasure(by="Admin", reason="r", made_at=at(minute), values=(value,))
            if allowed:
                catalogue.add_record(erasure, stamp(minute))
                continue
            with pytest.raises(LegallyHeld):
                catalogue.add_record(erasure, stamp(minute))
        assert catalogue.is_erased(value)
        assert catalogue.verify().seq == 2


def test_a_release_frees_only_its_own_hold(tmp_path: Path) -> None:
    """Of two holds on one value, the release of one leaves the other in force."""
    value = Commitment("a" * 64)
    with Catalogue.create(tmp_path / "catalogue.db", at(0)) as catalogue:
        holds = [LegalHold(by=by, reason="r", made_at=at(1), values=(value,)) for by in ("Admin", "Lawyer")]
        for hold in holds:
            catalogue.add_record(hold, stamp(1))
        catalogue.add_record(HoldRelease(by="Admin", reason="r", made_at=at(2), target=holds[0].id), stamp(2))
        assert catalogue.legal_holds(at(3)) == (holds[1],)


@pytest.mark.parametrize("finish", ["show", "backup"])
def test_an_erasure_that_was_cut_off_is_finished(production: Production, tmp_path: Path, finish: str) -> None:
    """What the ledger says is erased and still lies in the store goes with the next use of it, and into no backup."""
    name = stored(production)
    catalogue = production.root / ".provenance" / "catalogue.db"
    with Catalogue.open(catalogue) as opened, PersonalStore.open(personal_path(catalogue)) as store:
        value = store.resolve(name)
        now = opened.ledger.written_at(1) or at(0)
        record = Erasure(by="Admin", reason="r", made_at=now, values=(value,))
        opened.add_record(record, stamp())  # and here the process was killed
    assert files_with(production.root, SECRET) == [".provenance/personal.db"]
    assert production.run(*(["personal", "show"] if finish == "show" else ["backup", str(tmp_path / "b")])).code == 0
    assert files_with(tmp_path, SECRET) == []


def test_a_commitment_hides_and_binds(tmp_path: Path) -> None:
    """One value has one commitment while it is stored and another once it was erased; who has the salt can check it."""
    path = tmp_path / "personal.db"
    with PersonalStore.making(path) as store:
        first = store.keep(ValueKind.PERFORMER, SECRET, at(0))
        assert store.keep(ValueKind.PERFORMER, b"  " + SECRET + b"\n", at(1)) == first
        assert store.keep(ValueKind.CONTACT, SECRET, at(1)) != first
        opened = store.opened(first)
        assert commitment_of(opened.salt, opened.value) == first
        assert hashlib.sha256(b"provenance/personal/1\0" + opened.salt + SECRET).hexdigest() == first
        store.remove((first,))
        assert store.keep(ValueKind.PERFORMER, SECRET, at(2)) != first
    with pytest.raises(ValueError, match="32 bytes"):
        commitment_of(b"short", SECRET)


def test_a_name_is_one_however_it_is_typed(tmp_path: Path) -> None:
    """The same name in two Unicode forms, in capitals or with more spaces is one; a document is kept byte for byte."""
    with PersonalStore.making(tmp_path / "personal.db") as store:
        one, other = "Zoë Noone".encode(), "ZOE\u0308  noone\r\n".encode()
        assert store.keep(ValueKind.PERFORMER, one, at(0)) == store.keep(ValueKind.PERFORMER, other, at(0))
        assert store.opened(store.keep(ValueKind.DOCUMENT, other, at(0))).value == other
        assert store.find(ValueKind.PERFORMER, other) is not None
        assert store.find(ValueKind.NOTE, other) is None
        assert store.find(ValueKind.PERFORMER, b"Zoe Noone") is None


def test_a_later_date_replaces_an_earlier_one(tmp_path: Path) -> None:
    """What is stored again is kept until the later of both dates, and never shorter."""
    with PersonalStore.making(tmp_path / "personal.db") as store:
        for given, kept in ((None, None), (at(5), at(5)), (at(3), at(5)), (LATER, LATER), (None, LATER)):
            store.keep(ValueKind.NOTE, SECRET, at(0), given)
            assert [s.retain_until for s in store.stored()] == [kept]


@pytest.mark.parametrize(
    "statement", ["UPDATE personal SET value = x'41'", "UPDATE personal SET salt = zeroblob(32)"], ids=["value", "salt"]
)
def test_a_value_that_was_exchanged_is_not_shown(production: Production, tmp_path: Path, statement: str) -> None:
    """A value or salt that was changed in the file does not meet its commitment: it is not shown, nor backed up."""
    name = stored(production)
    with closing(sqlite3.connect(production.root / ".provenance" / "personal.db")) as raw, raw:
        raw.execute(statement)
    assert production.run("personal", "show", name).code == 50
    assert production.run("backup", tmp_path / "b").code == 50
    assert not (tmp_path / "b").exists()
    assert production.json("personal", "show")["values"][0]["id"] == name


def test_what_is_no_store(tmp_path: Path) -> None:
    """A store that is not there is not made by asking, and a file of another kind is refused."""
    with pytest.raises(PersonalUnknown):
        PersonalStore.open(tmp_path / "personal.db")
    assert not (tmp_path / "personal.db").exists()
    Catalogue.create(tmp_path / "catalogue.db", at(0)).close()
    with pytest.raises(PersonalTrouble, match="no personal store"):
        PersonalStore.open(tmp_path / "catalogue.db")


def test_only_this_user_can_read_it(production: Production) -> None:
    """The file is readable for this user alone."""
    stored(production)
    assert (production.root / ".provenance" / "personal.db").stat().st_mode & 0o777 == 0o600


def test_a_value_is_written_out_once(production: Production) -> None:
    """`show ID -o FILE` writes the value, byte for byte, for this user alone, and never over a file."""
    name = stored(production, b"\x00\xff%PDF", "document")
    out = production.root / "out.pdf"
    assert production.run("personal", "show", name, "-o", out).code == 0
    assert (out.read_bytes(), out.stat().st_mode & 0o777) == (b"\x00\xff%PDF", 0o600)
    assert production.run("personal", "show", name, "-o", out).code == 25


def test_a_performer_who_consented_can_be_erased(production: Production) -> None:
    """A consent names its performer as long as the name is stored; after the erasure it is still there, without."""
    (production.root / "paper.pdf").write_bytes(b"%PDF")
    record = ("consent", "record", "--performer", SECRET.decode(), "--class", "voice-replica", "--scope", "the line")
    assert production.run(*record, "--document", "paper.pdf", *BY).code == 0
    asked = ("consent", "list", "--names", "--format", "json")
    (made,) = production.run(*asked).lines
    assert made["name"] == SECRET.decode()
    assert production.run("personal", "erase", made["performer"], *BY).code == 0
    assert [(c["id"], c["name"]) for c in production.run(*asked).lines] == [(made["id"], None)]
    assert files_with(production.root, SECRET) == []
    assert production.run("ledger", "verify").code == 0


@pytest.mark.parametrize("value", [b"", b" \n", b"\xff"])
def test_nothing_is_no_name(production: Production, value: bytes) -> None:
    """An empty value, or a text that is none, is refused."""
    (production.root / "value").write_bytes(value)
    add = ("personal", "add", "value", "--kind", "performer", "--retain-until", "2126-01-31")
    assert production.run(*add).code == 50


@pytest.mark.parametrize("name", ["per-", "per-" + "0" * 20, "0" * 64, "x", "", "per-" + "%" * 20])
def test_an_id_that_means_nothing(production: Production, name: str) -> None:
    """An id under which nothing is stored answers with 51, and nothing is erased."""
    stored(production)
    assert production.run("personal", "show", name).code == 51
    assert production.run("personal", "erase", name, *BY).code == 51


def test_nothing_was_ever_stored(production: Production) -> None:
    """In a production without a personal store the list is empty, and there is nothing to erase."""
    assert production.json("personal", "show")["values"] == []
    assert production.run("personal", "erase", "per-" + "0" * 20, *BY).code == 51


def test_finishing_finds_nothing(tmp_path: Path) -> None:
    """With nothing erased in the ledger, finishing leaves everything as it is."""
    catalogue = Catalogue.create(tmp_path / "catalogue.db", at(0))
    with catalogue, PersonalStore.making(tmp_path / "personal.db") as store:
        value = store.keep(ValueKind.NOTE, SECRET, at(0))
        assert finish_erasures(catalogue, store) == ()
        record = Erasure(by="Admin", reason="r", made_at=at(1), values=(value,))
        assert [s.commitment for s in erase(catalogue, store, record, stamp(1))] == [value]
        assert store.stored() == ()


def test_the_chain_holds_no_value(production: Production) -> None:
    """Neither the catalogue nor an export holds the value or its salt, before it is erased or after."""
    name = stored(production)
    production.json("personal", "hold", name, *BY)
    salt = production.json("personal", "show", name)["values"][0]["salt"]
    told = production.run("ledger", "export").out
    assert json.loads(told.splitlines()[-1])["body"]["values"][0].startswith(name.removeprefix("per-"))
    assert SECRET.decode() not in told
    assert salt not in told
