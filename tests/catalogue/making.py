"""Short ways to say what was examined, by whom and when."""

import hashlib
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from sqlite_utils import Database

from provenance.asset import (
    Asset,
    Channel,
    Digest,
    FastDigest,
    Place,
    ProjectId,
    RelPath,
    StatKey,
    Title,
    UtcTime,
    ZoneName,
)
from provenance.catalogue import Batch, Catalogue, Examined, Stamp
from provenance.catalogue.schema import migrations
from provenance.evidence import (
    Beside,
    Claim,
    Credential,
    Evidence,
    Examiner,
    Ingredient,
    Kind,
    Relation,
    Sidecar,
    Signal,
    Source,
    State,
    Strength,
)
from provenance.records import Approval, Clearance, Declaration, Deliverable, Derivation, Subject
from provenance.verdict import Origin

EXAMINER = Examiner("0.1.0", "0.91.3")
LATER_EXAMINER = Examiner("0.2.0", "0.92.0")
EDIT = ZoneName("editorial")
PLAIN = Credential(State.ABSENT)
AI = Signal(Kind.PNG_TEXT, Claim.AI_GENERATED, Strength.TRACE, "PNG tEXt 'parameters' at 41", "Steps: 20")
HINT = Signal(Kind.EXIF, Claim.REVIEW, Strength.HINT, "EXIF Software", "some generator")
DELIVERABLE = Deliverable(ProjectId("long-night"), Title("S01E03"), Channel("netflix"))


def at(minute: int) -> UtcTime:
    """Return a time, some minutes into the day."""
    return UtcTime(f"2026-11-22T{10 + minute // 60:02}:{minute % 60:02}:00.000000Z")


def stamp(minute: int = 0, config: str | None = None) -> Stamp:
    """Return a stamp at a time."""
    return Stamp(at(minute), "admin", "suite-1", "0.1.0", Digest(config * 64) if config else None, Digest("f" * 64))


def digest_of(name: str) -> Digest:
    """Return the digest of the asset of this name."""
    return Digest(hashlib.sha256(name.encode()).hexdigest())


def signed(label: str, state: State = State.UNTRUSTED) -> Credential:
    """Return a credential whose active manifest has a label."""
    return Credential(state, label=label, labels=(label,), issuer="Example Studio")


def part(label: str | None, relation: Relation = Relation.PARENT_OF, *, removed: bool = False) -> Ingredient:
    """Return an ingredient that names a manifest."""
    return Ingredient(relation, f"what {label} is", label, removed)


def evidence(
    name: str,
    *signals: Signal,
    credential: Credential = PLAIN,
    made_from: Iterable[Ingredient] = (),
    examiner: Examiner = EXAMINER,
) -> Evidence:
    """Return evidence about the asset of this name."""
    digest = digest_of(name)
    asset = Asset(digest, FastDigest(digest[:32]), len(name))
    return Evidence(asset, "image/png", credential, signals, tuple(made_from), (), examiner)


def sidecar(*signals: Signal, credential: Credential | None = None, made_from: Iterable[Ingredient] = ()) -> Beside:
    """Return a sidecar that lies beside a file; intact by default."""
    own = credential or Credential(State.UNTRUSTED, Source.SIDECAR)
    return Beside(Sidecar("shot.mxf.c2pa", digest_of("sidecar"), own, signals, tuple(made_from)))


def seen(found: Evidence, path: bytes | None, beside: Beside | None = None, *, version: int = 1) -> Examined:
    """Return a file that was examined at a path in the editorial zone; None for one outside every zone."""
    place = None if path is None else Place(EDIT, RelPath(path))
    key = StatKey(7, 1000 + version, found.asset.size, version * 10**9, version * 10**9)
    return Examined(place, key, racy=False, evidence=found, beside=beside or Beside())


def place(path: bytes) -> Place:
    """Return a place in the editorial zone."""
    return Place(EDIT, RelPath(path))


def take(catalogue: Catalogue, *examined: Examined, minute: int = 0) -> int | None:
    """Record some files and return the number of the ledger's entry."""
    return catalogue.record(Batch(examined), stamp(minute)).entry


def origin_of(catalogue: Catalogue, name: str) -> Origin:
    """Return the verdict as it is stored, having made sure that it is the one that is drawn now."""
    (listed,) = {row.origin for row in catalogue.listing() if row.digest == digest_of(name)}
    verdict = catalogue.verdict_of(digest_of(name))
    assert verdict is not None
    assert verdict.origin is listed
    return listed


def subject(name: str) -> Subject:
    """Return a record's subject by the name of its asset."""
    return Subject(digest_of(name), name)


def declared(name: str, origin: Origin, minute: int = 5) -> Declaration:
    """Return a person's word on origin."""
    return Declaration(
        by="Admin", reason="I made it", made_at=at(minute), subjects=(subject(name),), origin=origin.value
    )


def derived(child: str, *parents: str, minute: int = 5) -> Derivation:
    """Return a person's word on lineage."""
    ups = tuple(subject(p) for p in parents)
    return Derivation(by="Admin", reason="I cut it", made_at=at(minute), child=subject(child), parents=ups)


def approved(name: str, expires: UtcTime | None = None, minute: int = 5) -> Approval:
    """Return an approval for the deliverable of these tests."""
    return Approval(
        by="Lawyer",
        reason="incidental",
        made_at=at(minute),
        subjects=(subject(name),),
        role="production-legal",
        project=DELIVERABLE.project,
        title=DELIVERABLE.title,
        channel=DELIVERABLE.channel,
        expires=expires,
    )


def cleared(name: str, expires: UtcTime | None = None, minute: int = 5) -> Clearance:
    """Return a clearance."""
    return Clearance(
        by="Lawyer", reason="looked", made_at=at(minute), subjects=(subject(name),), role="lead", expires=expires
    )


def edit_behind(path: Path, *statements: str) -> None:
    """Change a catalogue as somebody with access to the file would: guards taken away, and put back after."""
    connection = sqlite3.connect(path)
    guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    for _, sql in guards:
        connection.execute(sql)
    connection.commit()
    connection.close()


def older(path: Path) -> None:
    """Make a catalogue as the first schema had it."""
    raw = sqlite3.connect(path, isolation_level=None)
    raw.execute("PRAGMA journal_mode = WAL")
    raw.execute("PRAGMA application_id = 1347571542")
    migrations().apply(Database(raw), stop_before="assets")
    raw.execute("PRAGMA user_version = 1")
    raw.execute("INSERT INTO store (one, store_id, created_at, drawn_by) VALUES (1, 'old', '2026', '0.0.1')")
    raw.close()
