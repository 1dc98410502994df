"""Making, opening and refusing to open a catalogue."""

import multiprocessing as mp
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from provenance.asset import Digest
from provenance.catalogue import Catalogue, Opening
from provenance.catalogue.schema import SCHEMA_VERSION
from provenance.errors import (
    CatalogueDamaged,
    CatalogueLocked,
    CatalogueMisplaced,
    CatalogueMissing,
    CatalogueNewer,
    CatalogueTrouble,
)
from provenance.verdict import Origin
from tests.catalogue.making import (
    AI,
    EDIT,
    at,
    digest_of,
    edit_behind,
    evidence,
    older,
    origin_of,
    place,
    seen,
    stamp,
    take,
)

NOBODY = 65534


def names_in(folder: Path) -> list[str]:
    """Return what lies in a folder."""
    return sorted(p.name for p in folder.iterdir())


def test_an_older_one_is_brought_up_to_date(path: Path) -> None:
    """Opening a catalogue of an older schema makes what is missing, and keeps what was there."""
    path.parent.mkdir()
    older(path)
    with Catalogue.open(path) as catalogue:
        take(catalogue, seen(evidence("shot"), b"shot"))
        assert catalogue.store_id == "old"
        assert catalogue.verify().seq == 1


def test_schema_version_counts_the_migrations(path: Path) -> None:
    """The version in the file's header is the number of migrations."""
    Catalogue.create(path, at(0)).close()
    raw = sqlite3.connect(path)
    assert raw.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    assert raw.execute("SELECT count(*) FROM _sqlite_migrations").fetchone() == (SCHEMA_VERSION,)
    raw.close()


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    """Folder and file are made for this user alone, whatever the umask says."""
    before = os.umask(0)
    try:
        path = tmp_path / "one" / "two" / "catalogue.db"
        Catalogue.create(path, at(0)).close()
    finally:
        os.umask(before)
    assert [p.stat().st_mode & 0o777 for p in (path.parent.parent, path.parent, path)] == [0o700, 0o700, 0o600]


def test_settings(catalogue: Catalogue) -> None:
    """An open catalogue syncs every commit, checks references, and lets REPLACE fire triggers."""
    asked = ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers", "busy_timeout")
    answers = [catalogue._db.row(f"PRAGMA {name}") for name in asked]
    assert answers == [("wal",), (2,), (1,), (1,), (30_000,)]


def test_create_refuses_what_is_there(path: Path) -> None:
    """A catalogue is never made over something: what was there is untouched."""
    with Catalogue.create(path, at(0), store_id="first") as catalogue:
        take(catalogue, seen(evidence("shot"), b"shot"))
    with pytest.raises(CatalogueTrouble, match="already something"):
        Catalogue.create(path, at(0))
    with Catalogue.open(path) as catalogue:
        assert (catalogue.store_id, catalogue.counts().assets) == ("first", 1)
    assert names_in(path.parent) == ["catalogue.db"]


def test_stores_differ(tmp_path: Path) -> None:
    """Two catalogues have different store ids, and different heads while both are empty."""
    with Catalogue.create(tmp_path / "a.db", at(0)) as one, Catalogue.create(tmp_path / "b.db", at(0)) as other:
        assert one.store_id != other.store_id
        assert one.ledger.head() != other.ledger.head()


def test_missing_is_never_made(path: Path) -> None:
    """Where there is no catalogue, opening says so and makes nothing."""
    with pytest.raises(CatalogueMissing):
        Catalogue.open(path)
    path.parent.mkdir()
    path.parent.joinpath("file").touch()
    with pytest.raises(CatalogueMissing):
        Catalogue.open(path.parent / "file" / "catalogue.db")
    assert names_in(path.parent) == ["file"]


def test_newer_is_refused(path: Path) -> None:
    """A catalogue of a later schema is refused, and not touched."""
    Catalogue.create(path, at(0)).close()
    edit_behind(path, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(CatalogueNewer):
        Catalogue.open(path)


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100, b"SQLite format 3\0" + bytes(4080)])
def test_no_catalogue(tmp_path: Path, content: bytes) -> None:
    """A file that is no catalogue is called damaged, never filled with tables."""
    path = tmp_path / "catalogue.db"
    path.write_bytes(content)
    with pytest.raises(CatalogueDamaged):
        Catalogue.open(path)
    assert path.read_bytes() == content


def test_another_database(tmp_path: Path) -> None:
    """A SQLite file of somebody else's is refused."""
    raw = sqlite3.connect(tmp_path / "other.db")
    raw.execute("CREATE TABLE ledger (seq)")
    raw.close()
    with pytest.raises(CatalogueDamaged, match="is not a catalogue"):
        Catalogue.open(tmp_path / "other.db")


def test_pages_overwritten(path: Path) -> None:
    """A catalogue whose pages were overwritten is called damaged, by whatever question meets them first."""
    with Catalogue.create(path, at(0)) as catalogue:
        take(catalogue, *(seen(evidence(f"shot {n}"), b"%d" % n) for n in range(500)))
    raw = bytearray(path.read_bytes())
    raw[4096:] = b"\xa5" * (len(raw) - 4096)
    path.write_bytes(raw)
    with pytest.raises(CatalogueDamaged):
        Catalogue.open(path)


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "fuse", "fuse.sshfs", "fuseblk"])
def test_network_storage_is_refused(path: Path, kind: str) -> None:
    """A catalogue on NFS, SMB or FUSE is neither made nor opened. The file system's type is injected here."""
    remote = Opening(storage=lambda _: kind)
    with pytest.raises(CatalogueMisplaced, match=kind):
        Catalogue.create(path, at(0), remote)
    assert names_in(path.parent) == []
    Catalogue.create(path, at(0)).close()
    with pytest.raises(CatalogueMisplaced, match=kind):
        Catalogue.open(path, remote)


def test_where_none_can_be(tmp_path: Path) -> None:
    """Where no folder or file can be made, or a folder stands in the way, the error says so and what to do."""
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "file" / "store" / "catalogue.db", tmp_path / ("x" * 300)):
        with pytest.raises(CatalogueTrouble) as caught:
            Catalogue.create(path, at(0))
        assert "Choose a folder" in caught.value.help
    with pytest.raises(CatalogueTrouble, match="cannot be reached"):
        Catalogue.open(tmp_path / ("x" * 300))
    with pytest.raises(CatalogueTrouble, match="cannot be opened"):
        Catalogue.open(tmp_path / "folder")


@pytest.mark.parametrize(
    ("code", "kind", "says"),
    [
        (sqlite3.SQLITE_BUSY, CatalogueLocked, "locked"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, CatalogueLocked, "locked"),
        (sqlite3.SQLITE_CORRUPT, CatalogueDamaged, "damaged"),
        (sqlite3.SQLITE_NOTADB, CatalogueDamaged, "no catalogue"),
        (sqlite3.SQLITE_FULL, CatalogueTrouble, "is full"),
        (sqlite3.SQLITE_READONLY, CatalogueTrouble, "for writing"),
        (sqlite3.SQLITE_IOERR_FSYNC, CatalogueTrouble, "storage failed"),
        (sqlite3.SQLITE_CONSTRAINT_TRIGGER, CatalogueDamaged, "hold together"),
        (sqlite3.SQLITE_NOMEM, CatalogueTrouble, "SQLite failed"),
    ],
)
def test_errors_of_sqlite_are_told_apart(path: Path, code: int, kind: type[CatalogueTrouble], says: str) -> None:
    """Each error of SQLite becomes the one of ours that says what to mend; none is a fault in provenance itself."""
    error = sqlite3.OperationalError("what SQLite says")
    error.sqlite_errorcode = code
    with (
        Catalogue.create(path, at(0)) as catalogue,
        pytest.raises(kind, match=says) as caught,
        catalogue._db.translated(),
    ):
        raise error
    assert type(caught.value) is kind
    assert "report it" not in caught.value.help


def test_errors_while_reading(path: Path) -> None:
    """A table that is gone is met as damage by reads, streams, writes and inserts."""
    Catalogue.create(path, at(0)).close()
    with Catalogue.open(path) as catalogue:
        catalogue._db.run("DROP TABLE besides")
        catalogue._db.run("DROP TABLE sightings")
        with pytest.raises(CatalogueDamaged):
            catalogue.counts()
        with pytest.raises(CatalogueDamaged):
            catalogue.sighting_at(place(b"a"))
        with pytest.raises(CatalogueDamaged):
            list(catalogue._db.each("SELECT * FROM sightings"))
        with pytest.raises(CatalogueDamaged):
            catalogue._db.insert("INSERT INTO sightings (id) VALUES (?)", (1,))
        with pytest.raises(CatalogueDamaged):
            catalogue.vanish(EDIT, [place(b"a").path], at(1))
        assert not catalogue._db.raw.in_transaction


def test_locked(path: Path) -> None:
    """A writer that waits in vain for another says that the catalogue is locked; readers do not wait."""
    soon = Opening(wait=0.05)
    with Catalogue.create(path, at(0)) as holder, Catalogue.open(path, soon) as waiting:
        with holder._db.writing():
            with pytest.raises(CatalogueLocked):
                take(waiting, seen(evidence("shot"), b"shot"))
            assert waiting.counts().assets == 0
        take(waiting, seen(evidence("shot"), b"shot"))
        assert waiting.counts().assets == 1


def write_as_nobody(path: Path, answers: "mp.Queue[str]") -> None:
    """Give up every right, if there are any to give up, and try to write."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    try:
        with Catalogue.open(path) as catalogue:
            catalogue.finish_sweep(EDIT, at(1))
        answers.put("written")
    except CatalogueTrouble as trouble:
        answers.put(f"{type(trouble).__name__}: {trouble.help}")


def test_not_permitted() -> None:
    """A catalogue this user may not write to is reported as that, with what to do, and not as damaged."""
    context = mp.get_context("spawn")
    answers: mp.Queue[str] = context.Queue()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.db"
        Catalogue.create(path, at(0)).close()
        path.chmod(0o444)
        path.parent.chmod(0o555)
        process = context.Process(target=write_as_nobody, args=(path, answers))
        process.start()
        said = answers.get(timeout=30)
        process.join()
        path.parent.chmod(0o755)
    assert said.startswith("CatalogueTrouble: Give the user that runs provenance the right")


def test_another_version_draws_again(path: Path) -> None:
    """Verdicts that another version of provenance drew are drawn again when this one opens the catalogue."""
    with Catalogue.create(path, at(0)) as catalogue:
        take(catalogue, seen(evidence("ai", AI), b"ai"), seen(evidence("shot"), b"shot"))
    edit_behind(path, "UPDATE assets SET origin = 'captured'", "UPDATE store SET drawn_by = '0.0.1'")
    with Catalogue.open(path) as catalogue:
        assert origin_of(catalogue, "ai") is Origin.AI_GENERATED
        assert origin_of(catalogue, "shot") is Origin.UNKNOWN
        catalogue.verify()


def test_opening_imports_little(path: Path) -> None:
    """Opening an up-to-date catalogue and asking it imports neither the schema library nor the SDK."""
    with Catalogue.create(path, at(0)) as catalogue:
        take(catalogue, seen(evidence("shot"), b"shot"))
        catalogue.note_config(stamp(1, "c"))
    script = (
        "import sys\nfrom pathlib import Path\nfrom provenance.catalogue import Catalogue\n"
        "with Catalogue.open(Path(sys.argv[1])) as c:\n"
        "    print(c.verdict_of(sys.argv[2]).origin.value, 'sqlite_utils' in sys.modules, 'c2pa' in sys.modules)"
    )
    digest: Digest = digest_of("shot")
    run = subprocess.run([sys.executable, "-c", script, str(path), digest], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["unknown", "False", "False"]
