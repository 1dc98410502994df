"""Whose word counts, here and now: what the catalogue knows of words, held against who is listed.

The only place where that is decided. It is asked anew for every run, and nothing of it is stored: people come and go,
and a record that counted yesterday may not count today.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from provenance.accepting import KIND, Acceptances, acceptances
from provenance.asset import Digest, ProjectId, Title, UtcTime
from provenance.catalogue import Counting, Filed, Queries, Shown
from provenance.config import ApprovalsMode, Config
from provenance.errors import RecordUnknown
from provenance.evidence import Claim, Strength
from provenance.identity.people import called
from provenance.originals import Originals
from provenance.policy import Outcome, Policy, Reason, Rule
from provenance.records import TIGHTENING, Approval, Deliverable, Record, Words
from provenance.verdict import Ground, Verdict, conclude

if TYPE_CHECKING:
    from concurrent.futures import Future, ThreadPoolExecutor

    from provenance.identity.authority import Authority, Listing, Signed
    from provenance.meanwhile import Meanwhile
    from provenance.records.consent import Consent
    from provenance.records.personal import LegalHold
    from provenance.records.register import Register

R = TypeVar("R", bound=Record)

_TELLING: Final = frozenset({"disclosure", "binding", "declaration"})
"""Kinds by which somebody says what some bytes are. Whoever did does not approve them too."""


_ASKED: Final = frozenset({"approval", "clearance", "attestation", "supersession"})
"""Kinds whose authority the gate asks of most files that have one."""
_TOGETHER: Final = 64
"""So many signatures are handed over at once to be checked."""
_MOST_NEAR: Final = 256
"""Of so many bytes what was said is kept at hand: more than a gate looks ahead."""
_MOST_TOLD: Final = 4096
"""So many bytes are remembered with who told of them."""


class Unheard(NamedTuple):
    """A word about some bytes that would help if somebody else had said it, with why it does not."""

    record: Record
    why: str


class Voices:
    """Whose word counts for one run. Asks the catalogue, remembers what it heard, and changes nothing."""

    def __init__(self, config: Config, policy: Policy, catalogue: Queries, now: UtcTime) -> None:
        self._config = config
        self._policy = policy
        self._catalogue = catalogue
        self._now = now
        self._heard: dict[str, Authority] = {}
        self._said_of: dict[Digest, dict[str, str]] = {}
        self._reaching: dict[str, str] = {}
        self._near: dict[Digest, tuple[Filed, ...]] = {}
        self._coming: dict[str, Filed] = {}
        """Whose signatures are to be checked ahead, and are not handed over yet."""
        self._ahead: dict[str, Future[dict[str, Signed | str]]] = {}
        self._signed = config.approvals is ApprovalsMode.SIGNED

    def authority(self, filed: Filed) -> "Authority":
        """Return what stands behind a record; signatures are checked once for each record."""
        name = filed.record.id
        found = self._heard.get(name)
        if found is None:
            found = self._heard[name] = self._ask(filed)
        return found

    def _ask(self, filed: Filed) -> "Authority":
        from provenance.identity.authority import Standing, authority_of, judged

        if filed.record.kind == KIND:  # who may accept one is said by the one accepted before, not by the one in use
            return self._acceptances.authorities[filed.record.id]
        self._coming.pop(filed.record.id, None)
        ahead = self._ahead.pop(filed.record.id, None)
        if ahead is None:
            found = authority_of(filed.record, filed.envelope, self._listing)
        else:
            found = judged(filed.record, ahead.result()[filed.record.id], self._listing)
        undone = self._meanwhile.undone(filed.record, filed.entry) if self._signed and found.counts else ""
        return replace(found, standing=Standing.NONE, why=undone) if undone else found

    def look_ahead(self, digest: Digest) -> None:
        """Have the signatures of what was said about some bytes checked, while whoever asks does something else.

        It is only a matter of time: whatever was not checked ahead is checked when it is asked about. Many are checked
        together: each by itself, between other work, takes half as long again.
        """
        if not self._signed:
            return
        for filed in self._records_of(digest):
            name, asked = filed.record.id, filed.record.kind in _ASKED and filed.envelope is not None
            if asked and name not in self._heard and name not in self._ahead:
                self._coming[name] = filed
        if len(self._coming) >= _TOGETHER:
            from provenance.identity.authority import signed_by_each

            words = {name: (filed.record, filed.envelope) for name, filed in self._coming.items()}
            future = self._helper.submit(signed_by_each, words, self._config.people, self._listing.store)
            self._ahead |= dict.fromkeys(words, future)
            self._coming = {}

    def _records_of(self, digest: Digest) -> tuple[Filed, ...]:
        """Return every record that speaks of some bytes; those asked for last are kept."""
        found = self._near.get(digest)
        if found is None:
            if len(self._near) >= _MOST_NEAR:
                self._near.clear()
            found = self._near[digest] = self._catalogue.records_of(digest)
        return found

    @cached_property
    def _helper(self) -> "ThreadPoolExecutor":
        from concurrent.futures import ThreadPoolExecutor

        return ThreadPoolExecutor(1, "signatures")  # the arithmetic lets others run meanwhile

    @cached_property
    def _meanwhile(self) -> "Meanwhile":
        from provenance.meanwhile import Meanwhile

        return Meanwhile(self._catalogue)

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
            acts=self._policy.acts,
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
    ) -> "tuple[Words, tuple[Unheard, ...]]":
        """Return the words that count for some bytes in a deliverable, and those that would if somebody else said them.

        Disclosures stay, whoever told: what was told can only be held against a file. A flag that was taken back by
        nobody who may is known of the file alone and not of its relatives; where there is one, an approval counts only
        if it names these bytes.
        """
        if not self._signed:
            return self._catalogue.effective_words(digest, deliverable, self._now, shown), ()
        unheard: dict[str, Unheard] = {}

        def word(filed: Filed) -> bool:
            authority = self.authority(filed)
            why = self._partial(filed, digest) if authority.counts else authority.why
            if why or not authority.counts:
                unheard[filed.record.id] = Unheard(filed.record, why)
            return authority.counts and not why

        def carrier(filed: Filed) -> bool:
            authority = self.authority(filed)
            if not authority.counts and authority.person:  # of what nobody signed, this tool's own too, nobody is told
                unheard[filed.record.id] = Unheard(filed.record, authority.why)
            return authority.counts

        counting = Counting(word, carrier, self.standing)
        words = self._catalogue.effective_words(digest, deliverable, self._now, shown, counting)
        rarer = (*words.consents, *(words.register.entries if words.register else ()))
        unheard |= {r.id: Unheard(r, self.authority_of(r.id).why) for r in rarer if not self.counts(r)}
        words = replace(words, consents=self._counting(words.consents), register=self._register(words.register))
        if self.standing and self._catalogue.despite.flag(digest, self.standing) is not None:
            named = tuple(a for a in words.approvals if any(s.digest == digest for s in a.subjects))
            words = replace(words, approvals=named, ways=(), supersessions=())
        return words, tuple(unheard.values())

    def _partial(self, filed: Filed, digest: Digest) -> str:
        """Return why an approval is no other person's than whoever told of the bytes; empty if it is.

        One that reaches further is asked about everything it names as well, and once.
        """
        approval = filed.record
        if not isinstance(approval, Approval):
            return ""
        told = self._told_by(approval.by, [digest])
        if told or not approval.scope.reaches:
            return told
        if approval.id not in self._reaching:
            self._reaching[approval.id] = self._told_by(approval.by, [s.digest for s in approval.subjects])
        return self._reaching[approval.id]

    def _told_by(self, name: str, digests: Collection[Digest]) -> str:
        """Return what somebody said of the making of some bytes, and may not approve too; empty if nothing."""
        who = called(self._config.people, name)
        for digest in digests if who is not None else ():
            told = self._tellers(digest).get(who.id) if who is not None else None
            if told:
                return f"{name} said what these bytes are ({told}), and may not approve them too"
        return ""

    def _tellers(self, digest: Digest) -> dict[str, str]:
        """Return which listed people told of some bytes or declared what they are, each with the record.

        What somebody signed they said, though it was taken back since. What nobody signed is taken for the word of
        whom it names, while it stands: else a signature left out would be enough to approve one's own use.
        """
        found = self._said_of.get(digest)
        if found is None:
            if len(self._said_of) >= _MOST_TOLD:
                self._said_of.clear()
            found = self._said_of[digest] = {}
            for filed in self._records_of(digest):
                if filed.record.kind in _TELLING:
                    for each in self._with_its_use(filed):
                        said = called(self._config.people, each.record.by)
                        ended = each.revoked_by is not None and each.record.id not in self.standing
                        by = {self.authority(each).person, *([said.id] if said and not ended else ())}
                        found |= {person: each.record.id for person in by if person}
        return found

    def _with_its_use(self, filed: Filed) -> Iterator[Filed]:
        """Yield a record, and the use it says some bytes are of."""
        yield filed
        use = getattr(filed.record, "disclosure", "")
        if use:
            with suppress(RecordUnknown):
                yield self._catalogue.find_record(use)

    def objection(self, record: Record) -> str:
        """Return why an approval would be worth nothing whoever signed it; empty for any other word, or for none."""
        if not (self._signed and isinstance(record, Approval)):
            return ""
        requester = called(self._config.people, record.requested_by or "")
        if requester is None:
            return f"{record.requested_by or 'nobody'!a}, who asked for it, is not listed: nobody knows who that is"
        if requester.is_called(record.by):
            return f"{requester.name} asked for it, and somebody else has to decide"
        return self._told_by(record.by, [s.digest for s in record.subjects])

    def of_new(self, record: Record, envelope: Mapping[str, Any] | None) -> "Authority":
        """Return what would stand behind a record that is not recorded yet."""
        from provenance.identity.authority import authority_of

        return authority_of(record, envelope, self._listing)

    def legal_holds(self) -> "tuple[LegalHold, ...]":
        """Return the legal holds in force, the oldest first: a release by whoever may not give it ends none."""
        return self._catalogue.legal_holds(self._now, lambda release: self.authority(release).counts)

    def consents(self, project: ProjectId, title: Title) -> "tuple[Consent, ...]":
        """Return the consents that count for a title now, oldest first."""
        return self._counting(self._catalogue.tellings.consents(project, title, self._now))

    def register(self) -> "Register":
        """Return the tool register as it counts now."""
        found = self._register(self._catalogue.tellings.register(self._now, self.standing))
        assert found is not None
        return found

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
        return bool(self.heard(digest, words.disclosures))

    def heard(self, digest: Digest, told: tuple[R, ...]) -> tuple[R, ...]:
        """Return what somebody who is listed told of some bytes, of all that was told of them.

        Both have to be listed, who told of the use and who said that it is these bytes.
        """
        if not (self._signed and told):
            return told
        heard = {d.id for d in self._counting(told)}
        about = {
            getattr(filed.record, "disclosure", filed.record.id)
            for filed in self._catalogue.records_of(digest)
            if filed.record.kind in {"disclosure", "binding"}
            and (filed.revoked_by is None or filed.record.id in self.standing)
            and self.authority(filed).counts
        }
        return tuple(d for d in told if d.id in heard & about)

    def reasons(self, unheard: "tuple[Unheard, ...]", outcome: Outcome) -> Iterator[Reason]:
        """Say of each word about something that does not pass, and that did not help, why it did not."""
        for record, why in unheard if outcome is not Outcome.PASS else ():
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
