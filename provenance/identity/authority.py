"""Whether a person's word counts, and why not. Pure.

A signature proves that somebody with a key said exactly this, for this catalogue. Whether that person may say it
follows from who is listed, now: the same record can count today and not tomorrow.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cache
from typing import Any, Final, TypeVar

from provenance.asset import Digest, UtcTime
from provenance.identity.dsse import EnvelopeUnreadable, envelope_from, verify
from provenance.identity.mode import ApprovalsMode
from provenance.identity.people import CUSTODIAN, Person, called, holder
from provenance.identity.publickey import PublicKey, SignatureBad
from provenance.identity.statement import mismatch
from provenance.records import TIGHTENING, Approval, Record, record_type

_ACTS: Final = {
    "clearance": "clear",
    "attestation": "attest",
    "derivation": "derive",
    "consent": "consent",
    "tool-entry": "register",
    "supersession": "supersede",
    "erasure": "erase",
    "hold-release": "unhold",
}
_MILDER: Final = frozenset({"captured", "created"})
"""Origins whose declaration can make a verdict milder. Anybody may say any other."""


@cache
def _tightening() -> tuple[str, ...]:
    """Return how the ids of words begin whose end may make something milder. Anybody may end any other."""
    return tuple(f"{record_type(kind).prefix}-" for kind in sorted(TIGHTENING))


def act_of(record: Record) -> str:
    """Return what somebody does with a word, as a policy leaves it to some roles; empty for what is left to nobody.

    An approval is none of these: a policy says by its roles who has to approve.
    """
    match record.kind:
        case "declaration":
            return "declare" if _said(record, "origin") in _MILDER else ""
        case "revocation":
            return "revoke" if record.points_at.startswith(_tightening()) else ""
        case kind:
            return _ACTS.get(kind, "")


K = TypeVar("K")


class Standing(Enum):
    """What stands behind a record."""

    UNSIGNED = "unsigned"
    """Nothing, and here that is enough: `approvals = "unsigned"`."""
    SIGNED = "signed"
    """A listed person signed it, who may say it."""
    TRANSCRIBED = "transcribed"
    """A custodian signed that a listed person said it, who may say it; the document that shows it is kept."""
    NONE = "none"
    """Nothing that is enough here. It is shown, and does not count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """What stands behind one record, in words a report can use."""

    standing: Standing
    person: str = ""
    """Id of who signed it, as far as that is known."""
    name: str = ""
    key: str = ""
    """Fingerprint of the key it was signed with."""
    role: str = ""
    why: str = ""
    """Why it does not count, or why its signature does not help; empty where there is nothing to say."""
    until: UtcTime | None = None
    """From this instant on it will not count, because somebody it rests on is not listed any more."""

    @property
    def counts(self) -> bool:
        """Whether the record may let something pass."""
        return self.standing is not Standing.NONE


def _nothing_kept(_digest: Digest) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Who is listed, where and when somebody asks."""

    people: tuple[Person, ...]
    store: str
    now: UtcTime
    mode: ApprovalsMode
    transcribed: frozenset[str] = frozenset()
    """Roles for whose word a custodian's transcription is enough."""
    kept: Callable[[Digest], bool] = field(default=_nothing_kept)
    """Whether the document of a digest is kept, unchanged."""
    acts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """For some acts (`act_of`): the roles in which they count. Any other is anybody's who is listed."""


@dataclass(frozen=True, slots=True)
class Signed:
    """Whose key signed exactly this record for this catalogue."""

    person: Person
    key: PublicKey


def authority_of(record: Record, envelope: Mapping[str, Any] | None, listing: Listing) -> Authority:
    """Return what stands behind a record. Never raises: what cannot be read does not help."""
    return judged(record, signed_by(record, envelope, listing.people, listing.store), listing)


def signed_by(record: Record, envelope: Mapping[str, Any] | None, people: Iterable[Person], store: str) -> Signed | str:
    """Return who of these people signed a record, or why nobody did. All the arithmetic is here."""
    if envelope is None:
        return "nobody signed it"
    try:
        found = envelope_from(envelope)
    except EnvelopeUnreadable as error:
        return str(error)
    wrong = mismatch(found.payload, record, store)
    if wrong is not None:
        return wrong
    people = tuple(people)
    why = ""
    for signature in found.signatures:
        held = holder(people, signature.keyid)
        if held is None:
            why = why or f"its key {signature.keyid!a} belongs to nobody who is listed"
            continue
        person, key = held
        try:
            verify(signature, found.signed, key)
        except SignatureBad as error:
            why = f"its signature with a key of {person.name} is not good: {error}"
            continue
        return Signed(person, key)
    return why


def signed_by_each(
    words: Mapping[K, tuple[Record, Mapping[str, Any] | None]], people: Iterable[Person], store: str
) -> dict[K, Signed | str]:
    """Return what `signed_by` does for several records, each with its envelope."""
    people = tuple(people)
    return {key: signed_by(record, envelope, people, store) for key, (record, envelope) in words.items()}


def judged(record: Record, signed: Signed | str, listing: Listing) -> Authority:
    """Return what stands behind a record of which it is known who signed it."""
    unsigned = listing.mode is ApprovalsMode.UNSIGNED
    otherwise = Standing.UNSIGNED if unsigned else Standing.NONE
    if isinstance(signed, str):
        return Authority(standing=otherwise, why="" if unsigned and signed == "nobody signed it" else signed)
    person = signed.person
    found = Authority(
        standing=Standing.SIGNED,
        person=person.id,
        name=person.name,
        key=signed.key.fingerprint,
        role=_said(record, "role"),
        until=person.until,
    )
    if not person.listed_at(listing.now):
        return replace(found, standing=otherwise, why=f"the word of {person.name} counted until {person.until}")
    if _said(record, "transcribed_by"):
        why, until = _transcription(record, person, listing)
        found = replace(found, standing=Standing.TRANSCRIBED, until=_sooner(person.until, until))
    else:
        why = _own_word(record, person, listing)
    return replace(found, standing=otherwise, why=why) if why else found


def _own_word(record: Record, person: Person, listing: Listing) -> str:
    """Return why somebody may not say this; empty if they may."""
    if not person.is_called(record.by):
        return f"it is in the name of {record.by!a}, and {person.name} signed it"
    role = _said(record, "role")
    if role and role not in person.roles:
        return f"{person.name} is not listed as {role!a}"
    return _left_to_others(record, person, listing) or _requested(record, person, listing)


def _left_to_others(record: Record, person: Person, listing: Listing) -> str:
    """Return why an act is not this person's to do; empty if it is.

    Where the word names a role it is that one that has to be among those the policy leaves the act to: whoever has two
    roles says in which one they speak.
    """
    act = act_of(record)
    if act not in listing.acts:
        return ""
    roles = listing.acts[act]
    role = _said(record, "role")
    if {role} & roles if role else person.roles & roles:
        return ""
    wanted = " or ".join(sorted(roles)) or "nobody"
    spoken = f"it was said as {role}" if role else f"{person.name} is {' and '.join(sorted(person.roles))}"
    return f"the policy leaves it to {wanted} to {act}, and {spoken}"


def _transcription(record: Record, custodian: Person, listing: Listing) -> tuple[str, UtcTime | None]:
    """Return why a transcription is not enough, empty if it is; and until when the one who said it is listed."""
    said, role = called(listing.people, record.by), _said(record, "role")
    if said is None or role not in said.roles:
        return f"{record.by!a} is not listed as {role!a}", None
    if not said.listed_at(listing.now):
        return f"the word of {said.name} counted until {said.until}", None
    why = _may_not_transcribe(record, custodian, said) or _not_shown(record, role, listing)
    return why or _requested(record, said, listing) or _requested(record, custodian, listing), said.until


def _may_not_transcribe(record: Record, custodian: Person, said: Person) -> str:
    """Return why somebody may not write down what another said; empty if they may."""
    if CUSTODIAN not in custodian.roles:
        return f"{custodian.name} is not listed as {CUSTODIAN!r}, and may not write down what others said"
    if not custodian.is_called(_said(record, "transcribed_by")):
        return f"it says that {_said(record, 'transcribed_by')!a} wrote it down, and {custodian.name} signed it"
    if said.id == custodian.id:
        return f"{custodian.name} cannot write down their own word: they can sign it"
    return ""


def _not_shown(record: Record, role: str, listing: Listing) -> str:
    """Return why a document is not enough for a word, or is not there; empty if it is."""
    if role not in listing.transcribed:
        return f"the policy wants {role} to sign, and takes no transcription"
    evidence = record.evidence if isinstance(record, Approval) else None
    if evidence is None:
        return "no document shows what was said"
    if not listing.kept(evidence):
        return f"the document that shows it ({evidence[:12]}) is not kept, or is not what it was"
    return ""


def _requested(record: Record, person: Person, listing: Listing) -> str:
    """Return why somebody may not approve what was asked for: nobody approves their own request.

    Whoever asked has to be listed. A name that is nobody's could be anybody's, the approver's too.
    """
    requester = _said(record, "requested_by")
    if not isinstance(record, Approval):
        return ""
    if not requester:
        return "it does not say who asked for it"
    if person.is_called(requester):
        return f"{person.name} asked for it, and may not approve it too"
    return "" if called(listing.people, requester) else f"{requester!a}, who asked for it, is not listed"


def _said(record: Record, name: str) -> str:
    """Return a field that some kinds of record have: the role it is said in, who asked for it, who wrote it down."""
    return getattr(record, name, None) or ""


def _sooner(*moments: UtcTime | None) -> UtcTime | None:
    return min((m for m in moments if m is not None), default=None)
