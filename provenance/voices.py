"""Whose word counts, here and now: what the catalogue knows of words, held against who is listed.

The only place where that is decided. It is asked anew for every run, and nothing of it is stored: people come and go,
and a record that counted yesterday may not count today.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

from provenance.accepting import KIND, Acceptances, acceptances
from provenance.asset import Digest, UtcTime
from provenance.catalogue import Counting, Filed, Queries, Shown
from provenance.config import ApprovalsMode, Config
from provenance.evidence import Claim, Strength
from provenance.originals import Originals
from provenance.policy import Outcome, Policy, Reason, Rule
from provenance.records import Deliverable, Record, Words
from provenance.verdict import Ground, Verdict, conclude

if TYPE_CHECKING:
    from provenance.identity.authority import Authority, Listing
    from provenance.records.register import Register

R = TypeVar("R", bound=Record)

TIGHTENING: Final = frozenset(
    {"declaration", "derivation", "refusal", "disclosure", "binding", "legal-hold", "tool-entry"}
)
"""Kinds of record whose end may make something milder. To end one takes somebody who is listed.

All others only ever help something pass; anybody may take those back.
"""


class Voices:
    """Whose word counts for one run. Asks the catalogue, remembers what it heard, and changes nothing."""

    def __init__(self, config: Config, policy: Policy, catalogue: Queries, now: UtcTime) -> None:
        self._config = config
        self._policy = policy
        self._catalogue = catalogue
        self._now = now
        self._heard: dict[str, Authority] = {}
        self._signed = config.approvals is ApprovalsMode.SIGNED

    def authority(self, filed: Filed) -> "Authority":
        """Return what stands behind a record; signatures are checked once for each record."""
        name = filed.record.id
        found = self._heard.get(name)
        if found is None:
            found = self._heard[name] = self._ask(filed)
        return found

    def _ask(self, filed: Filed) -> "Authority":
        from provenance.identity.authority import authority_of

        if filed.record.kind == KIND:  # who may accept one is said by the one accepted before, not by the one in use
            return self._acceptances.authorities[filed.record.id]
        return authority_of(filed.record, filed.envelope, self._listing)

    @cached_property
    def _acceptances(self) -> Acceptances:
        return acceptances(self._catalogue)

    def authority_of(self, record: str) -> "Authority":
        """Return what stands behind the record of an id; raises `RecordUnknown`."""
        return self._heard.get(record) or self.authority(self._catalogue.find_record(record))

    def counts(self, record: Record) -> bool:
        """Whether a record may let something pass. Where words need no signature, each does."""
        return not self._signed or self.authority_of(record.id).counts

    @cached_property
    def _listing(self) -> "Listing":
        from provenance.identity.authority import Listing

        return Listing(
            people=self._config.people,
            store=self._catalogue.ledger.store,
            now=self._now,
            mode=self._config.approvals,
            transcribed=self._policy.transcribed,
            kept=Originals.beside(self._config.catalogue).has,
        )

    @cached_property
    def standing(self) -> frozenset[str]:
        """Ids of records that somebody took back who may not, so that they stand.

        A word that makes something stricter is ended by a listed person only. A revocation by nobody who is listed
        ends everything else: it can only do harm to what might have passed.
        """
        if not self._signed:
            return frozenset()
        return frozenset(
            back.target.record.id
            for back in self._catalogue.despite.taken_back(TIGHTENING)
            if not any(self.authority(revocation).counts for revocation in back.by)
        )

    def words(
        self, digest: Digest, deliverable: Deliverable, shown: Shown | None = None
    ) -> "tuple[Words, tuple[Filed, ...]]":
        """Return the words that count for some bytes in a deliverable, and those that would if somebody else said them.

        Disclosures stay, whoever told: what was told can only be held against a file. A flag that was taken back by
        nobody who may is known of the file alone and not of its relatives; where there is one, an approval counts only
        if it names these bytes.
        """
        if not self._signed:
            return self._catalogue.effective_words(digest, deliverable, self._now, shown), ()
        unheard: list[Filed] = []

        def word(filed: Filed) -> bool:
            counts = self.authority(filed).counts
            if not counts:
                unheard.append(filed)
            return counts

        counting = Counting(word, lambda filed: self.authority(filed).counts, self.standing)
        words = self._catalogue.effective_words(digest, deliverable, self._now, shown, counting)
        words = replace(words, consents=self._counting(words.consents), register=self._register(words.register))
        if self.standing and self._catalogue.despite.flag(digest, self.standing) is not None:
            named = tuple(a for a in words.approvals if any(s.digest == digest for s in a.subjects))
            words = replace(words, approvals=named, ways=(), supersessions=())
        return words, tuple({f.record.id: f for f in unheard}.values())

    def _register(self, register: "Register | None") -> "Register | None":
        """Return the tool register with only such entries that count; the others are as good as over."""
        if register is None:
            return None
        heard = self._counting(register.entries)
        others = tuple(e for e in register.entries if e not in heard)
        return replace(register, entries=heard, lapsed=(*register.lapsed, *others))

    def _counting(self, records: tuple[R, ...]) -> tuple[R, ...]:
        return tuple(r for r in records if self.counts(r))

    def untold(self, digest: Digest, words: Words, verdict: Verdict) -> Iterator[Reason]:
        """Hold what only somebody told of who is not listed: it is held against the file, and is not enough.

        Both have to be listed, who told of the use and who said that it is these bytes.
        """
        wanted = self._signed and verdict.origin.flagged and self._policy.untold is not Outcome.PASS
        if wanted and words.disclosures and not self._told(digest, words):
            text = "nobody who is listed told of this use"
            advice = "Have somebody tell of it who is listed: provenance disclose PATH --by WHO --sign-with KEY"
            yield Reason(Rule.UNTOLD, self._policy.untold, text, advice, {"origin": verdict.origin.value})

    def _told(self, digest: Digest, words: Words) -> bool:
        heard = {d.id for d in self._counting(words.disclosures)}
        return any(
            getattr(filed.record, "disclosure", filed.record.id) in heard
            and (filed.revoked_by is None or filed.record.id in self.standing)
            and self.authority(filed).counts
            for filed in self._catalogue.records_of(digest)
            if filed.record.kind in {"disclosure", "binding"}
        )

    def reasons(self, unheard: "tuple[Filed, ...]", outcome: Outcome) -> Iterator[Reason]:
        """Say of each word about something that does not pass, and that did not help, why it did not."""
        for filed in unheard if outcome is not Outcome.PASS else ():
            record, why = filed.record, self.authority(filed).why
            text = f"{record.kind} {record.id} by {record.by} does not count: {why}"
            advice = "Have it said again by somebody who may, with --sign-with KEY or --request FILE."
            yield Reason(Rule.DOES_NOT_COUNT, outcome, text, advice, {"record": record.id, "why": why})

    def verdict(self, digest: Digest, verdict: Verdict) -> Verdict:
        """Return the verdict on some bytes as it is where only listed people may make it milder.

        A word that says where a file is from, and not from a generator, counts only as theirs. A flag that somebody
        took back who may not is there all the same.
        """
        if not self._signed:
            return verdict
        grounds = [self._as_heard(g) for g in verdict.grounds]
        if self.standing:
            grounds += self._despite(digest, self.standing)
        return verdict if tuple(grounds) == verdict.grounds else conclude(dict.fromkeys(grounds))

    def _as_heard(self, ground: Ground) -> Ground:
        if ground.kind != "declaration" or ground.claim not in {Claim.CAPTURED, Claim.CREATED}:
            return ground
        authority = self.authority_of(ground.place.removeprefix("record "))
        if authority.counts:
            return ground
        return replace(ground, claim=Claim.NOTED, says=f"{ground.says} (does not count: {authority.why})")

    def _despite(self, digest: Digest, standing: Collection[str]) -> list[Ground]:
        flag = self._catalogue.despite.flag(digest, standing)
        if flag is None:
            return []
        says = f"{flag.record} says so, and was taken back by nobody who may"
        kind = "declaration" if flag.record.startswith("dec-") else "lineage"
        return [Ground(kind, flag.claim, Strength.DECLARED, f"record {flag.record}", says)]

    def resting_on(self, records: Collection[str]) -> UtcTime | None:
        """Return until when the authority behind some records lasts; None while no end is known."""
        ends = (self._heard[r].until for r in records if r in self._heard)
        return min((end for end in ends if end is not None), default=None)

    def all_heard(self) -> "dict[str, Authority]":
        """Return what stands behind every record that was asked about."""
        return dict(self._heard)
