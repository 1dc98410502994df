"""What the catalogue can be asked. Reads only; every answer is checked while it is decoded."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from provenance.asset import Commitment, Digest, Place, UtcTime, ZoneName
from provenance.catalogue.connection import Connection
from provenance.catalogue.knowledge import Link, Special, carries
from provenance.catalogue.ledger import Ledger
from provenance.catalogue.places import Places
from provenance.catalogue.relatives import relatives_of
from provenance.catalogue.rows import Filed, Lineage
from provenance.catalogue.stored import decoded, intact, member
from provenance.errors import CatalogueDamaged, RecordUnknown
from provenance.evidence import Beside, Claim, Evidence, Examiner, Signal, State
from provenance.verdict import Context, Origin, Verdict, classify

if TYPE_CHECKING:
    # Few questions are about these, and the others are to be answered fast.
    from provenance.catalogue.attested import Sources
    from provenance.catalogue.comparing import Comparing
    from provenance.catalogue.despite import Despite
    from provenance.catalogue.doubts import Doubtful
    from provenance.catalogue.drift import Drift
    from provenance.catalogue.envelopes import Signatures
    from provenance.catalogue.exhibiting import Exhibiting
    from provenance.catalogue.history import Past
    from provenance.catalogue.inventory import Inventory
    from provenance.catalogue.numbers import Counts, Used
    from provenance.catalogue.question import Counting, Shown
    from provenance.catalogue.telling import Tellings
    from provenance.identity.publickey import PublicKey
    from provenance.records import Deliverable, Words
    from provenance.records.attestation import Attestation
    from provenance.records.personal import LegalHold


class Queries(Places):
    """The reading half of an open catalogue."""

    def __init__(self, connection: Connection, store: str) -> None:
        super().__init__(connection)
        self._tellings: Tellings | None = None
        self._of_title: dict[Digest, tuple[int, tuple[Filed, ...]]] = {}
        self._sources: Sources | None = None
        self.ledger = Ledger(connection, store)

    def evidence_of(self, digest: Digest) -> tuple[Evidence, ...]:
        """Return all evidence about some bytes, the newest first; empty if they were never recorded."""
        row = self._known.asset(bytes.fromhex(digest))
        return () if row is None else tuple(reversed(self._known.evidences(row)))

    def context_of(self, digest: Digest, place: Place | None = None, read: Evidence | None = None) -> Context:
        """Return what other rows say of some bytes; with a place, also what earlier lay beside that copy.

        `read` is what was found in them now, where that need not be recorded.
        `remembered` holds the marks of every earlier look: whoever judges joins them with what is found now.
        """
        raw = bytes.fromhex(digest)
        here = self._special(raw, place)
        context = self._known.context(raw, here, read)
        return replace(context, remembered=tuple(dict.fromkeys((*context.remembered, *self._flags_beside(raw, here)))))

    def _flags_beside(self, raw: bytes, here: Special | None) -> Iterator[Signal]:
        """Yield the AI claims of every sidecar that belonged to these bytes, by whichever other copy it lay.

        What a sidecar *is* concerns one copy. What an intact one says is bound to the bytes by its hash, and a copy
        without the sidecar has no other bytes.
        """
        row = self._known.asset(raw)
        for special in self._known.specials(row.id) if row else ():
            if here is not None and special.id == here.id:
                continue
            for beside in (special.beside, *special.earlier):
                if beside.sidecar is not None and intact(beside.sidecar.credential):
                    for signal in beside.sidecar.signals:
                        if signal.claim in {Claim.AI_GENERATED, Claim.AI_ASSISTED}:
                            yield replace(signal, via=signal.via or "a sidecar that lay by a copy of these bytes")

    def verdict_of(self, digest: Digest, place: Place | None = None) -> Verdict | None:
        """Return the verdict on some bytes (at a place: with what lies beside that copy), all grounds drawn now.

        None if they were never recorded.
        """
        raw = bytes.fromhex(digest)
        row = self._known.asset(raw)
        if row is None:
            return None
        special = self._special(raw, place)
        beside = special.beside if special else Beside()
        return classify(self._known.evidences(row)[-1], beside, self._known.context(raw, special))

    def is_special(self, digest: Digest, place: Place) -> bool:
        """Whether the verdict at a place is one of its own, because something lies or lay beside that copy."""
        return self._special(bytes.fromhex(digest), place) is not None

    def _special(self, raw: bytes, place: Place | None) -> Special | None:
        return None if place is None else self._known.special_at(raw, place)

    def effective_words(
        self,
        digest: Digest,
        deliverable: "Deliverable",
        now: UtcTime,
        shown: "Shown | None" = None,
        counting: "Counting | None" = None,
    ) -> "Words":
        """Return what people said that counts for these bytes in this deliverable at this time (`effect`).

        With `shown` for the file as it lies in front of somebody; else as it is recorded. `counting` says whose words
        count; by default everybody's, and an approval travels only over what this tool made itself.
        """
        from provenance.catalogue.effect import Effect
        from provenance.catalogue.question import Counting, Question

        counting = counting or Counting()
        effect = Effect(self, Question(digest, deliverable, now, shown, counting))
        words = effect.words()
        told = effect.told_of(digest)
        return self.tellings.joined(words, digest, deliverable, now, counting.standing) if told else words

    @property
    def tellings(self) -> "Tellings":
        """What was told, and what was not."""
        if self._tellings is None:
            from provenance.catalogue.telling import Tellings

            self._tellings = Tellings(self._db, self._known)
        return self._tellings

    @property
    def comparing(self) -> "Comparing":
        """Which pictures are to be compared with what is flagged."""
        from provenance.catalogue.comparing import Comparing

        return Comparing(self._db)

    @property
    def inventory(self) -> "Inventory":
        """Everything generated, from end to end."""
        from provenance.catalogue.inventory import Inventory

        return Inventory(self._db)

    def marks_of(self, digest: Digest, shown: "Shown | None" = None) -> frozenset[str]:
        """Return all that speaks against some bytes, as approvals name it (`coverage.marks_of`), lineage included."""
        from provenance.catalogue.effect import marks

        return marks(self, digest, shown)

    def words_of_title(self, key: Digest) -> tuple[Filed, ...]:
        """Return the words found by a title's key (`title_key`), the oldest first, revoked ones included.

        Read again only after somebody spoke.
        """
        newest = self.newest_word()
        if self._of_title.get(key, (-1, ()))[0] != newest:
            current = {k: v for k, v in self._of_title.items() if v[0] == newest}
            self._of_title = {**current, key: (newest, self.records_of(key))}
        return self._of_title[key][1]

    def against_sources(self, record: "Attestation", standing: Collection[str] = ()) -> tuple[str, ...]:
        """Return what speaks against the sources of an attestation by a timeline, in words; empty if nothing does.

        `standing` are ids of records that were taken back by nobody who may.
        """
        if self._sources is None:
            from provenance.catalogue.attested import Sources

            self._sources = Sources(self, self._known)
        return self._sources.against(record, standing)

    def links_of(self, digest: Digest) -> tuple[Link, ...]:
        """Return the ways up from some bytes to assets that are known."""
        return self._known.links(bytes.fromhex(digest))

    def contribution(self, digest: Digest) -> Origin:
        """Return what some bytes hand on to what is made from them; `UNKNOWN` if they were never recorded."""
        return self._known.contribution(bytes.fromhex(digest)) or Origin.UNKNOWN

    def records_of(self, digest: Digest) -> tuple[Filed, ...]:
        """Return every record that speaks of these bytes, the oldest first, revoked ones included."""
        return self._known.filed(bytes.fromhex(digest))

    def find_record(self, record: str) -> Filed:
        """Return a record by its id; raises `RecordUnknown`."""
        found = self._known.record(record)
        if found is None:
            raise RecordUnknown(f"there is no record {record!r}")
        return found

    def legal_holds(self, now: UtcTime, counts: Callable[[Filed], bool] | None = None) -> "tuple[LegalHold, ...]":
        """Return the legal holds in force, the oldest first; `counts` says whether a release does, else each does."""
        from provenance.catalogue.holding import holds_in_force

        return holds_in_force(self._db, self._known, now, counts)

    def is_erased(self, value: Commitment) -> bool:
        """Whether the ledger says that what this commitment was made over was erased."""
        from provenance.catalogue.holding import is_erased

        return is_erased(self._db, value)

    def records_of_kind(self, kind: str) -> tuple[Filed, ...]:
        """Return every record of a kind, the oldest first, revoked ones included."""
        return self._known.of_kind(kind)

    def words_of_kinds(self, kinds: Collection[str]) -> Iterator[tuple[str, int, UtcTime]]:
        """Yield the id, the entry and the time of each record of some kinds, the oldest first."""
        marks = ", ".join("?" for _ in kinds)
        sql = f"SELECT r.id, r.entry, l.at FROM records r JOIN ledger l ON l.seq = r.entry WHERE r.kind IN ({marks})"  # noqa: S608
        yield from self._db.each(f"{sql} ORDER BY r.entry", tuple(kinds))

    def check_signatures(self, keys: "Iterable[PublicKey]") -> "Signatures":
        """Check the signature of every record with the keys anybody was ever listed with; see `check_envelopes`."""
        from provenance.catalogue.envelopes import check_envelopes

        with self._db.reading():
            return check_envelopes(self._db, self.ledger.store, keys)

    @property
    def despite(self) -> "Despite":
        """What words say although somebody took them back, for whoever knows that they may not."""
        from provenance.catalogue.despite import Despite

        return Despite(self._db, self._known)

    def edges_of(self, digest: Digest) -> Lineage:
        """Return what some bytes were made from and what was made from them, one step each way."""
        return relatives_of(self._db, self._known, bytes.fromhex(digest))

    def drift(self, today: Examiner) -> "Drift":
        """Return what was read by others than today's readers."""
        from provenance.catalogue.drift import Drift

        return Drift(self._db, self._known, today)

    def past_of(self, digest: Digest) -> "tuple[Past, ...]":
        """Return the verdicts on some bytes that do not stand any more, the oldest first."""
        from provenance.catalogue.history import past_of

        row = self._known.asset(bytes.fromhex(digest))
        return () if row is None else past_of(self._db, self._known, row)

    @property
    def exhibits(self) -> "Exhibiting":
        """What verdicts were drawn from, kept in files of its own."""
        from provenance.catalogue.exhibiting import Exhibiting

        return Exhibiting(self._db, self._known, self.ledger)

    @property
    def version(self) -> tuple[int, int]:
        """What is another one whenever anything was recorded, by whomever. Means nothing in another process."""
        return self._db.version

    def doubtful(self, zone: ZoneName, origins: Collection[Origin], states: Collection[State]) -> "Iterator[Doubtful]":
        """Yield what is present in a zone and may not pass by itself, the newest sighting first.

        For its own verdict, or a mark in a sidecar by another copy; for the state of its credential, now or earlier;
        for what somebody told of it; or because it is a credential by itself, or is called like one, and no file is
        read with it. It may be more than that, and never less. `origins` and `states` are those that a policy does not
        let pass. Read in pages: what is recorded meanwhile may be missed.
        """
        from provenance.catalogue.doubts import doubtful

        return doubtful(self._db, self._known, zone, origins, states)

    def known_at(self, digest: Digest, place: Place) -> tuple[Evidence, Beside]:
        """Return the newest evidence about some bytes, and what lies beside them at a place.

        Raises `CatalogueDamaged` if they were never recorded.
        """
        raw = bytes.fromhex(digest)
        row = self._known.asset(raw)
        if row is None:
            raise CatalogueDamaged(f"asset {digest} is missing")
        special = self._special(raw, place)
        return self._known.evidences(row)[-1], special.beside if special else Beside()

    def newest_word(self) -> int:
        """Return the number of the ledger's newest entry that holds a person's word; 0 if there is none."""
        row = self._db.row("SELECT max(entry) FROM records")
        return int(row[0] or 0) if row else 0

    def counts(self) -> "Counts":
        """Return the catalogue in numbers."""
        from provenance.catalogue.numbers import Counts

        with self._db.reading():
            origins = Counter(
                {
                    member(Origin, value, lambda: "a verdict"): number
                    for value, number in self._db.rows("SELECT origin, count(*) FROM assets GROUP BY origin")
                }
            )
            for asset, value in self._db.rows("SELECT id, origin FROM assets WHERE id IN (SELECT asset FROM besides)"):
                own = member(Origin, value, lambda: "a verdict")
                origins[own] -= 1
                origins[carries(own, [s.origin for s in self._known.specials(asset) if s.origin])] += 1
            numbers = self._db.rows(
                "SELECT count(*) FROM assets UNION ALL SELECT count(*) FROM sightings WHERE gone_at IS NULL"
                " UNION ALL SELECT count(*) FROM troubles UNION ALL SELECT count(*) FROM ledger"
            )
        assets, sightings, troubles, entries = (n for (n,) in numbers)
        return Counts(assets, sightings, {o: n for o, n in origins.items() if n}, troubles, entries)

    def uses_of(self, record: str) -> "tuple[Used, ...]":
        """Return the deliveries that were made on a record, the oldest first."""
        from provenance.catalogue.numbers import Used

        uses = self._db.rows("SELECT entry, digest FROM gate_uses WHERE record = ? ORDER BY entry, digest", (record,))
        entries = {
            seq: self._db.row("SELECT body, at FROM ledger WHERE seq = ?", (seq,)) for seq in {u[0] for u in uses}
        }
        runs = {seq: (_run(row[0], seq), row[1]) for seq, row in entries.items() if row is not None}
        return tuple(Used(runs[seq][0], Digest(raw.hex()), runs[seq][1], seq) for seq, raw in uses)

    def last_config(self) -> Digest | None:
        """Return the digest of the configuration that was last noted in the ledger."""
        return self.ledger.last_config()


def _run(body: bytes, seq: int) -> str:
    said: Any = decoded(body, dict[str, Any], lambda: f"entry {seq} of the ledger").get("run")
    if not isinstance(said, str):
        raise CatalogueDamaged(f"entry {seq} of the ledger names no gate run")
    return said
