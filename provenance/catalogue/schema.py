"""The tables of the catalogue, and how a file comes to have them.

::

    store           one row: which store this is, which version drew the verdicts, how far the ledger was checked
    ledger          the chain: one entry a record, gate run, change of configuration, or batch of evidence
    records         which entry holds which person's word, and record_subjects, which bytes it speaks of
    gate_uses       which delivery was made on which record
    examiners       who looked: versions and trust list
    findings        what was found, without whose bytes it was found in: plain files share one
    assets          bytes, by SHA-256, with the verdict on them as it was last drawn
    evidence        which examiner found what in which asset, oldest first; nothing here is ever replaced
    labels          which asset has the manifest of this label: how ingredients are matched
    edges           lineage, one step each
    folders         zone and path of a folder
    sightings       some bytes at some place; `origin` only where something beside the file has a say in it
    besides         what lay beside a sighting, oldest first
    sweeps          when a zone was last looked at completely: the true `last_seen` of everything present in it
    troubles        what could not be examined
    waiting         what is not finished yet, and why
    quarantine      what was taken out of a final zone, where it is kept, and how it left again
    likeness        digests of what is seen and heard, also of what lies in a file: assets that share a value are twins
    marked          assets that are flagged or in review by themselves: what twins are so for. Drawn, as verdicts
    sought          shapes of such pictures, while there are any: what is worth decoding; `open` until all were compared
    exhibits        raw credentials and fields that are kept in a file of their own, and which entry pruned them
    verdicts        verdicts that do not stand any more: on which grounds, from when until when, and what ended them

Facts and words are append-only, and triggers say so; who can write the file can drop a trigger, so the ledger's
entries carry a digest over each batch of facts, and `ledger verify` compares.
"""

from functools import cache
from typing import TYPE_CHECKING

from provenance.catalogue.connection import Connection
from provenance.errors import CatalogueDamaged, CatalogueNewer

if TYPE_CHECKING:
    from sqlite_utils import Database, Migrations

APPLICATION_ID = 0x50524F56
"""`PROV`: the word in the file's header that says it is a catalogue (sqlite.org/fileformat2.html, 1.3)."""

SCHEMA_VERSION = 7
"""How many migrations there are. It stands in the file's header, so that an ordinary open asks nobody else."""

_BOOK = (
    """CREATE TABLE store (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        store_id TEXT NOT NULL,
        created_at TEXT NOT NULL,
        drawn_by TEXT NOT NULL,
        checked_seq INTEGER NOT NULL DEFAULT 0,
        checked_hash TEXT NOT NULL DEFAULT ''
    ) STRICT""",
    """CREATE TABLE ledger (
        seq INTEGER PRIMARY KEY,
        prev BLOB NOT NULL CHECK (length(prev) = 32),
        hash BLOB NOT NULL CHECK (length(hash) = 32),
        kind TEXT NOT NULL,
        at TEXT NOT NULL,
        claimed_at TEXT,
        os_user TEXT NOT NULL,
        host TEXT NOT NULL,
        version TEXT NOT NULL,
        config TEXT,
        policy TEXT,
        body BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX ledger_at ON ledger (at)",
    """CREATE TRIGGER ledger_grows_at_its_end BEFORE INSERT ON ledger
        WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM ledger)
            OR (NEW.seq > 1 AND NEW.prev IS NOT (SELECT hash FROM ledger ORDER BY seq DESC LIMIT 1))
        BEGIN SELECT RAISE(ABORT, 'the ledger only grows at its end'); END""",
    """CREATE TABLE records (
        id TEXT PRIMARY KEY,
        kind TEXT NOT NULL,
        target TEXT NOT NULL DEFAULT '',
        entry INTEGER NOT NULL UNIQUE REFERENCES ledger DEFERRABLE INITIALLY DEFERRED
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX records_target ON records (target) WHERE target <> ''",
    """CREATE TABLE record_subjects (
        digest BLOB NOT NULL CHECK (length(digest) = 32),
        record TEXT NOT NULL REFERENCES records,
        PRIMARY KEY (digest, record)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX record_subjects_record ON record_subjects (record)",
    """CREATE TABLE gate_uses (
        entry INTEGER NOT NULL REFERENCES ledger,
        record TEXT NOT NULL,
        digest BLOB NOT NULL CHECK (length(digest) = 32),
        PRIMARY KEY (entry, record, digest)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX gate_uses_record ON gate_uses (record)",
)

_ASSETS = (
    "CREATE TABLE examiners (id INTEGER PRIMARY KEY, body BLOB NOT NULL UNIQUE) STRICT",
    """CREATE TABLE findings (
        id INTEGER PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
        body BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE assets (
        id INTEGER PRIMARY KEY,
        sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
        xxh3 BLOB NOT NULL,
        size INTEGER NOT NULL,
        first_seen TEXT NOT NULL,
        origin TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE evidence (
        asset INTEGER NOT NULL REFERENCES assets,
        nth INTEGER NOT NULL,
        examiner INTEGER NOT NULL REFERENCES examiners,
        finding INTEGER NOT NULL REFERENCES findings,
        entry INTEGER NOT NULL REFERENCES ledger DEFERRABLE INITIALLY DEFERRED,
        PRIMARY KEY (asset, nth)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX evidence_entry ON evidence (entry)",
    """CREATE TABLE labels (
        label TEXT NOT NULL,
        asset INTEGER NOT NULL REFERENCES assets,
        intact INTEGER NOT NULL,
        entry INTEGER NOT NULL REFERENCES ledger DEFERRABLE INITIALLY DEFERRED,
        PRIMARY KEY (label, asset, intact)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX labels_asset ON labels (asset)",
    "CREATE INDEX labels_entry ON labels (entry)",
    """CREATE TABLE edges (
        id INTEGER PRIMARY KEY,
        child BLOB NOT NULL CHECK (length(child) = 32),
        parent BLOB NOT NULL DEFAULT x'',
        label TEXT NOT NULL DEFAULT '',
        relation TEXT NOT NULL,
        witness TEXT NOT NULL,
        title TEXT NOT NULL,
        removed INTEGER NOT NULL,
        record TEXT NOT NULL DEFAULT '',
        entry INTEGER NOT NULL REFERENCES ledger DEFERRABLE INITIALLY DEFERRED
    ) STRICT""",
    "CREATE INDEX edges_child ON edges (child)",
    "CREATE INDEX edges_parent ON edges (parent) WHERE parent <> x''",
    "CREATE INDEX edges_label ON edges (label) WHERE label <> ''",
    "CREATE INDEX edges_entry ON edges (entry)",
    """CREATE TABLE folders (
        id INTEGER PRIMARY KEY,
        zone TEXT NOT NULL,
        path BLOB NOT NULL,
        UNIQUE (zone, path)
    ) STRICT""",
    """CREATE TABLE sightings (
        id INTEGER PRIMARY KEY,
        folder INTEGER NOT NULL REFERENCES folders,
        name BLOB NOT NULL,
        asset INTEGER NOT NULL REFERENCES assets,
        device INTEGER NOT NULL,
        inode INTEGER NOT NULL,
        size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        ctime_ns INTEGER NOT NULL,
        racy INTEGER NOT NULL,
        examiner INTEGER NOT NULL REFERENCES examiners,
        beside INTEGER REFERENCES besides,
        origin TEXT,
        first_seen TEXT NOT NULL,
        last_seen TEXT NOT NULL,
        gone_at TEXT,
        UNIQUE (asset, folder, name)
    ) STRICT""",
    "CREATE UNIQUE INDEX sightings_present ON sightings (folder, name) WHERE gone_at IS NULL",
    "CREATE INDEX sightings_gone ON sightings (folder, name) WHERE gone_at IS NOT NULL",
    """CREATE TABLE besides (
        id INTEGER PRIMARY KEY,
        sighting INTEGER NOT NULL REFERENCES sightings,
        asset INTEGER NOT NULL REFERENCES assets,
        digest BLOB NOT NULL CHECK (length(digest) = 32),
        body BLOB NOT NULL,
        entry INTEGER NOT NULL REFERENCES ledger DEFERRABLE INITIALLY DEFERRED,
        UNIQUE (sighting, digest)
    ) STRICT""",
    "CREATE INDEX besides_asset ON besides (asset)",
    "CREATE INDEX besides_entry ON besides (entry)",
    "CREATE TABLE sweeps (zone TEXT PRIMARY KEY, completed_at TEXT NOT NULL) STRICT, WITHOUT ROWID",
    """CREATE TABLE troubles (
        zone TEXT NOT NULL,
        path BLOB NOT NULL,
        kind TEXT NOT NULL,
        says TEXT NOT NULL,
        seen_at TEXT NOT NULL,
        PRIMARY KEY (zone, path)
    ) STRICT, WITHOUT ROWID""",
)

_QUARANTINE = (
    """CREATE TABLE waiting (
        zone TEXT NOT NULL,
        path BLOB NOT NULL,
        why TEXT NOT NULL,
        says TEXT NOT NULL,
        first_seen TEXT NOT NULL,
        since TEXT NOT NULL,
        size INTEGER NOT NULL,
        PRIMARY KEY (zone, path)
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE quarantine (
        id INTEGER PRIMARY KEY,
        zone TEXT NOT NULL,
        path BLOB NOT NULL,
        "where" BLOB NOT NULL,
        sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
        device INTEGER NOT NULL,
        inode INTEGER NOT NULL,
        size INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        ctime_ns INTEGER NOT NULL,
        taken_at TEXT NOT NULL,
        run TEXT NOT NULL,
        why TEXT NOT NULL,
        sidecars TEXT NOT NULL,
        note BLOB CHECK (length(note) = 32),
        state TEXT NOT NULL CHECK (state IN ('moving', 'held', 'releasing', 'released', 'gone')),
        leaving BLOB CHECK (length(leaving) = 32),
        leaving_run TEXT,
        entry INTEGER REFERENCES ledger DEFERRABLE INITIALLY DEFERRED,
        left_entry INTEGER REFERENCES ledger DEFERRABLE INITIALLY DEFERRED,
        CHECK ((state = 'moving') = (entry IS NULL)),
        CHECK ((state IN ('released', 'gone')) = (left_entry IS NOT NULL))
    ) STRICT""",
    """CREATE UNIQUE INDEX quarantine_where ON quarantine (zone, "where")
        WHERE state IN ('moving', 'held', 'releasing')""",
    "CREATE INDEX quarantine_path ON quarantine (zone, path)",
    "CREATE INDEX quarantine_state ON quarantine (state) WHERE state IN ('moving', 'held', 'releasing')",
    "CREATE INDEX quarantine_note ON quarantine (note) WHERE note IS NOT NULL",
    "CREATE INDEX quarantine_entry ON quarantine (entry)",
    "CREATE INDEX quarantine_left ON quarantine (left_entry) WHERE left_entry IS NOT NULL",
)


_LIKENESS = (
    """CREATE TABLE likeness (
        asset INTEGER NOT NULL REFERENCES assets,
        algorithm TEXT NOT NULL,
        version INTEGER NOT NULL,
        value BLOB NOT NULL,
        entry INTEGER NOT NULL REFERENCES ledger DEFERRABLE INITIALLY DEFERRED,
        PRIMARY KEY (asset, algorithm, version, value)
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX likeness_value ON likeness (value, algorithm, version)",
    "CREATE INDEX likeness_entry ON likeness (entry)",
    "CREATE TABLE marked (asset INTEGER PRIMARY KEY REFERENCES assets, origin TEXT NOT NULL) STRICT",
    "CREATE TABLE sought (shape BLOB PRIMARY KEY, open INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    # Until now nothing had a twin, so what is flagged is so by itself. 'ai-generated' is the greater word.
    """INSERT INTO marked SELECT asset, max(origin) FROM (
        SELECT id AS asset, origin FROM assets UNION ALL SELECT asset, origin FROM sightings
    ) WHERE origin IN ('ai-assisted', 'ai-generated') GROUP BY asset""",
)


def _kept(table: str, columns: str = "", when: str = "") -> tuple[str, str]:
    """Return the triggers that keep rows of a table as they are: all of them, or only some columns or rows."""
    of = f" OF {columns}" if columns else ""
    on = f"ON {table} WHEN {when}" if when else f"ON {table}"
    return (
        f"CREATE TRIGGER {table}_stays BEFORE UPDATE{of} {on} BEGIN SELECT RAISE(ABORT, '{table} stays'); END",
        f"CREATE TRIGGER {table}_keeps BEFORE DELETE {on} BEGIN SELECT RAISE(ABORT, '{table} keeps all'); END",
    )


_BOOK_GUARDS = (
    *_kept("store", "one, store_id, created_at"),
    *_kept("ledger"),
    *_kept("records"),
    *_kept("record_subjects"),
    *_kept("gate_uses"),
)
_ASSETS_GUARDS = (
    *_kept("examiners"),
    *_kept("findings"),
    *_kept("assets", "id, sha256, xxh3, size, first_seen"),
    *_kept("evidence"),
    *_kept("labels"),
    *_kept("edges"),
    *_kept("folders"),
    *_kept("sightings", "id, folder, name, asset, first_seen"),
    *_kept("besides"),
)

_LIKENESS_GUARDS = _kept("likeness")

_TAKEN = 'id, zone, path, "where", sha256, size, taken_at, run, why, sidecars, note, entry'
_QUARANTINE_GUARDS = (
    # What is still being moved stands in no entry of the ledger yet, and may come to nothing.
    *_kept("quarantine", _TAKEN, "OLD.entry IS NOT NULL"),
    """CREATE TRIGGER quarantine_left_stays BEFORE UPDATE ON quarantine WHEN OLD.left_entry IS NOT NULL
        BEGIN SELECT RAISE(ABORT, 'quarantine stays'); END""",
)

_VERDICTS = (
    """CREATE TABLE verdicts (
        id INTEGER PRIMARY KEY,
        asset INTEGER NOT NULL REFERENCES assets,
        sighting INTEGER REFERENCES sightings,
        origin TEXT NOT NULL,
        grounds BLOB,
        examiner INTEGER NOT NULL REFERENCES examiners,
        since TEXT NOT NULL,
        until TEXT NOT NULL,
        entry INTEGER REFERENCES ledger DEFERRABLE INITIALLY DEFERRED
    ) STRICT""",
    "CREATE INDEX verdicts_asset ON verdicts (asset, sighting)",
)

_EXHIBITS = (
    """CREATE TABLE exhibits (
        id INTEGER PRIMARY KEY,
        asset INTEGER NOT NULL REFERENCES assets,
        kind TEXT NOT NULL,
        place TEXT NOT NULL,
        digest BLOB NOT NULL CHECK (length(digest) = 32),
        size INTEGER NOT NULL,
        held INTEGER NOT NULL,
        kept_at TEXT NOT NULL,
        entry INTEGER NOT NULL REFERENCES ledger DEFERRABLE INITIALLY DEFERRED,
        pruned INTEGER REFERENCES ledger DEFERRABLE INITIALLY DEFERRED,
        UNIQUE (asset, digest, place)
    ) STRICT""",
    "CREATE INDEX exhibits_digest ON exhibits (digest)",
    "CREATE INDEX exhibits_entry ON exhibits (entry)",
)

_MIGRATIONS = {
    "book": (*_BOOK, *_BOOK_GUARDS),
    "assets": (*_ASSETS, *_ASSETS_GUARDS),
    "quarantine": (*_QUARANTINE, *_QUARANTINE_GUARDS),
    "likeness": (*_LIKENESS, *_LIKENESS_GUARDS),
    "verdicts": (*_VERDICTS, *_kept("verdicts")),
    "exhibits": (*_EXHIBITS, *_kept("exhibits", "id, asset, kind, place, digest, size, held, kept_at, entry")),
    # Shapes were sought for ever, though nothing of them was marked any more.
    "sought": (
        """DELETE FROM sought WHERE shape NOT IN (SELECT substr(l.value, 1, 8) FROM marked m
            JOIN likeness l ON l.asset = m.asset WHERE l.algorithm = 'shape')""",
    ),
}


@cache
def migrations() -> "Migrations":
    """Return the named set of migrations. A new one is added at the end, and none is ever edited."""
    from sqlite_utils import Migrations

    steps = Migrations("provenance")
    for name, statements in _MIGRATIONS.items():

        def step(db: "Database", statements: tuple[str, ...] = statements) -> None:
            for statement in statements:
                db.execute(statement)

        steps(name=name)(step)
    return steps


def migrate(connection: Connection) -> None:
    """Bring the tables up to date. Safe for any number of processes at once: whoever comes later finds it done.

    What is pending is read under the same write lock under which it is applied and booked.
    """
    from sqlite_utils import Database

    database = Database(connection.raw)
    with connection.writing():
        with connection.translated():
            migrations().apply(database)
        connection.run(f"PRAGMA user_version = {SCHEMA_VERSION}")


def ensure_current(connection: Connection) -> None:
    """Make sure the file is a catalogue of our version, migrating an older one.

    Raises `CatalogueDamaged` if it is none, `CatalogueNewer` if a later version wrote it.
    """
    mark = connection.row("PRAGMA application_id")
    if mark != (APPLICATION_ID,):
        raise CatalogueDamaged(f"{connection.path} is not a catalogue")
    found = connection.row("PRAGMA user_version")
    version = int(found[0]) if found else 0
    if version > SCHEMA_VERSION:
        raise CatalogueNewer(f"{connection.path} has schema {version}; this provenance knows up to {SCHEMA_VERSION}")
    if version < SCHEMA_VERSION:
        migrate(connection)


def missing_guards(connection: Connection) -> list[str]:
    """Return the names of triggers that are not there as they were made: somebody has opened a way behind them."""
    found: dict[str, str] = dict(connection.rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    wanted = {s.split()[2]: s for steps in _MIGRATIONS.values() for s in steps if s.startswith("CREATE TRIGGER")}
    return [name for name, statement in wanted.items() if found.get(name) != statement]
