"""What a file's bytes say of themselves: facts, without a judgement.

Everything here is frozen, hashable, picklable and encodable, so that an examination can happen in another process
or on another host and be stored as it was.
"""

from dataclasses import dataclass
from enum import Enum

from provenance.asset import Asset, Digest


class State(Enum):
    """The seven states of a content credential; docs/credentials.md has the table from the SDK's codes to these."""

    ABSENT = "absent"
    """The SDK found none and our own walk of the container found no residue of one."""
    REMOTE = "remote"
    """The file only names a URL where its credential is said to be. It was not fetched."""
    UNSUPPORTED = "unsupported"
    """The type was positively identified, and this type cannot carry one."""
    UNREADABLE = "unreadable"
    """Something is or may be there that nobody could read."""
    BROKEN = "broken"
    """Signature, hash or assertion of the active manifest does not match."""
    UNTRUSTED = "untrusted"
    """Intact; the signer is on no list of ours, or its certificate is over or refused."""
    TRUSTED = "trusted"
    """Intact, and signed by somebody on our list at that time."""


class Source(Enum):
    """Where a credential stood."""

    EMBEDDED = "embedded"
    SIDECAR = "sidecar"


class Strength(Enum):
    """How much stands behind a mark. Only `HINT` is too little to flag a file; only `SIGNED` can clear one."""

    SIGNED = "signed"
    SIGNED_UNTRUSTED = "signed-untrusted"
    BROKEN = "broken"
    DECLARED = "declared"
    TRACE = "trace"
    HINT = "hint"


class Claim(Enum):
    """What a mark says of the origin of the file it stands in (not of an ingredient alone)."""

    AI_GENERATED = "ai-generated"
    AI_ASSISTED = "ai-assisted"
    """Part of it was generated."""
    REVIEW = "review"
    """It may be: a person has to look."""
    CAPTURED = "captured"
    CREATED = "created"
    """Made by people with tools that generate nothing."""
    NOTED = "noted"
    """Said for the record; it moves no verdict."""


class Kind(Enum):
    """Which family of marks a signal belongs to: one reader each."""

    C2PA = "c2pa"
    XMP = "xmp"
    PNG_TEXT = "png-text"
    EXIF = "exif"
    COMMENT = "comment"
    TAG = "tag"
    FIELD = "field"
    IPTC = "iptc"
    PIXELS = "pixels"
    LIKENESS = "likeness"
    """Of another file, in which the same is seen or heard."""
    NAME = "name"
    """The name of the file, or where the system says it came from: never more than a hint."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One mark of origin: a claim, never a verdict.

    `place` names where it stands exactly enough to find it again; `says` repeats what it says, without prompts.
    `clears` is true only for a claim of non-AI origin about the whole file, under an anchor that may clear.
    """

    kind: Kind
    claim: Claim
    strength: Strength
    place: str
    says: str
    via: str | None = None
    clears: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """A place that could not be looked at. Silence from a gap is never read as innocence."""

    place: str
    says: str


class Relation(Enum):
    """How something was used to make something else (C2PA 2.2, Ingredient assertion, `relationship`)."""

    PARENT_OF = "parentOf"
    COMPONENT_OF = "componentOf"
    INPUT_TO = "inputTo"


@dataclass(frozen=True, slots=True)
class Ingredient:
    """What a credential says the file was made from."""

    relation: Relation
    title: str
    manifest: str | None
    """Label of the ingredient's active manifest; None where it had no credential: its history is unknown."""
    removed: bool = False
    """Taken out again by a `c2pa.removed` action."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A content credential as it was read: one of seven states, with the raw material behind it."""

    state: State
    source: Source = Source.EMBEDDED
    why: str | None = None
    """For states other than absent and trusted: in a sentence, why."""
    codes: tuple[str, ...] = ()
    """Failure codes about the active manifest, as the SDK names them."""
    ingredient_codes: tuple[str, ...] = ()
    """Failure codes about ingredients that were not already recorded by the active manifest's signer."""
    label: str | None = None
    """Label of the active manifest."""
    labels: tuple[str, ...] = ()
    """Labels of all manifests in the store, the active one first."""
    issuer: str | None = None
    common_name: str | None = None
    generator: str | None = None
    signed_at: str | None = None
    remote_url: str | None = None


@dataclass(frozen=True, slots=True)
class Examiner:
    """Who looked: two evidences of the same bytes differ only if this does."""

    provenance: str
    c2pa: str
    trust_list: Digest | None = None
    """Digest over the configured anchors; None where there are none."""
    revision: int = 0
    """Which revision of our own readers (`provenance.EXAMINER`); 0 for all from before they were counted."""

    def reads_as(self, other: "Examiner") -> bool:
        """Whether both find the same in the same bytes: the version of the package around them has no say in that."""
        mine = (self.revision, self.c2pa, self.trust_list)
        return mine == (other.revision, other.c2pa, other.trust_list)

    def succeeds(self, other: "Examiner") -> bool:
        """Whether this is a later revision of our readers than `other`, with no earlier SDK.

        An SDK that is another one takes nothing back by itself, and the trust list decides who is believed, not what
        is said: that a reading is better than an earlier one is said by raising the revision.
        """
        mine, theirs = _numbers(self.c2pa), _numbers(other.c2pa)
        return self.revision > other.revision and bool(theirs) and mine >= theirs


def _numbers(version: str) -> tuple[int, ...]:
    """Return a version as numbers that can be compared; empty for one that is made of anything else."""
    parts = version.split(".")
    return tuple(map(int, parts)) if all(p.isascii() and p.isdigit() and len(p) < 10 for p in parts) else ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the bytes say, and nothing else: keyed by digest and examiner."""

    asset: Asset
    media_type: str
    credential: Credential
    signals: tuple[Signal, ...]
    ingredients: tuple[Ingredient, ...]
    gaps: tuple[Gap, ...]
    examiner: Examiner

    @property
    def whole(self) -> bool:
        """Whether everything that is known to be there was read: then silence means something."""
        return not self.gaps and self.credential.state in _READ

    def supersedes(self, earlier: "Evidence") -> bool:
        """Whether what an earlier look at the same bytes found counts no longer, because this one saw all, and better.

        Never where this look had a gap: could not look is never milder than looked.
        """
        return self.whole and self.examiner.succeeds(earlier.examiner)


_READ = {State.ABSENT, State.UNSUPPORTED, State.UNTRUSTED, State.TRUSTED}


@dataclass(frozen=True, slots=True)
class Sidecar:
    """A `.c2pa` file found beside an asset and read together with it."""

    name: str
    """File name, with undecodable bytes escaped by `surrogateescape` written as `\\xNN`."""
    digest: Digest
    credential: Credential
    signals: tuple[Signal, ...]
    ingredients: tuple[Ingredient, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Companion:
    """A file of metadata without a signature (`.xmp`) found beside an asset: nothing but its name binds it to that."""

    name: str
    digest: Digest
    signals: tuple[Signal, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Beside:
    """Facts of one sighting: they can arrive later, or lie by one copy only."""

    sidecar: Sidecar | None = None
    companions: tuple[Companion, ...] = ()
    signals: tuple[Signal, ...] = ()
    """What the name of this copy says, and the system's note of where it came from. Never more than hints."""

    @property
    def companied(self) -> bool:
        """Whether another file was read together with this one."""
        return self.sidecar is not None or bool(self.companions)


def effective_credential(evidence: Evidence, beside: Beside) -> Credential:
    """Return the credential that speaks for the file here.

    A sidecar answers for a file that has none of its own, or only a pointer elsewhere. Where both exist, the worse of
    the two speaks: a good sidecar never hides a broken embedded credential, nor the other way round.
    """
    own, sidecar = evidence.credential, beside.sidecar
    if sidecar is None:
        return own
    if own.state in {State.ABSENT, State.REMOTE, State.UNSUPPORTED}:
        return sidecar.credential
    order = (State.UNREADABLE, State.BROKEN, State.REMOTE, State.UNTRUSTED, State.TRUSTED)
    rank = {state: n for n, state in enumerate(order)}
    worst = len(order)
    return min((own, sidecar.credential), key=lambda c: rank.get(c.state, worst))
