"""What the house allows, as frozen values. Pure."""

import datetime as dt
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from provenance.asset import Digest
from provenance.evidence import Credential, State
from provenance.policy.facts import Consented, Told
from provenance.policy.terms import Area, Consents, Principle, Trigger, Use
from provenance.records import Approval, Clearance, Deliverable, Way, Words
from provenance.records.decisions import Supersession
from provenance.verdict import Origin, Verdict


class Outcome(Enum):
    """What the gate answers, mildest first."""

    PASS = "pass"
    HOLD = "hold"
    REFUSE = "refuse"

    @property
    def severity(self) -> int:
        """0 for pass, 1 for hold, 2 for refuse."""
        return list(Outcome).index(self)


class Rule(Enum):
    """Names of the rules a reason can stand on; scripts depend on them, so they stay."""

    TEMPORARY_NOT_FINAL = "temporary-not-final"
    ORIGIN_NEEDS_REVIEW = "origin-needs-review"
    ORIGIN_UNKNOWN = "origin-unknown"
    ORIGIN_KNOWN = "origin-known"
    CREDENTIAL_NOT_ALLOWED = "credential-not-allowed"
    CREDENTIAL_UNREADABLE = "credential-unreadable"
    CREDENTIAL_BROKEN = "credential-broken"
    CREDENTIAL_REMOTE = "credential-remote"
    NO_SIGNAL_FOUND = "no-signal-found"
    NOT_ATTESTED = "not-attested"
    UNTOLD = "untold"
    CONSENT_MISSING = "consent-missing"
    USE_FORBIDDEN = "use-forbidden"
    ROLE_MISSING = "role-missing"
    APPROVED = "approved"
    CLEARED = "cleared"
    DOES_NOT_COUNT = "does-not-count"
    ATTESTED = "attested"
    NOT_A_FILE = "not-a-file"
    NOTHING_TO_CHECK = "nothing-to-check"
    ORPHAN_SIDECAR = "orphan-sidecar"
    UNFINISHED = "unfinished"
    TAKEN_OUT = "taken-out"
    REFUSED = "refused"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason for an outcome: a rule, a sentence, what to do about it, and the facts for a machine."""

    rule: Rule
    outcome: Outcome
    text: str
    help: str = ""
    args: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attested:
    """An attestation that something passed on, without the many files it speaks of."""

    id: str
    by: str
    role: str
    reason: str
    files: int
    """How many files it speaks of."""
    timeline: str = ""
    """Name of the timeline it rests on; empty where somebody simply says so."""
    sources: int = 0
    """How many files that points at. Each was found, and nothing speaks against any."""
    by_name: int = 0
    """How many of these were found by their name alone."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome for one file with all its reasons, and the words of people it rests on."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    approvals: tuple[Approval, ...] = ()
    clearances: tuple[Clearance, ...] = ()
    attested: tuple[Attested, ...] = ()
    consents: tuple[str, ...] = ()
    """Ids of the consents it rests on: without them it would be refused."""
    supersessions: tuple[Supersession, ...] = ()
    ways: tuple[Way, ...] = ()
    """How each of the approvals covers the file that does not name it."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A pack that was parsed and found complete: every origin and every credential state has an outcome."""

    id: str
    dated: dt.date
    summary: str
    sha256: Digest
    origins: dict[Origin, Outcome]
    credentials: dict[State, Outcome]
    attest: frozenset[Origin] = frozenset()
    """Origins that are held until somebody attests that nothing was generated. Their outcome is `HOLD`."""
    required_mode: str = "unsigned"
    """The least the configuration's `approvals` must say: `unsigned` or `signed`."""
    roles: frozenset[str] = frozenset()
    """All of these must have approved, whatever the use."""
    transcribed: frozenset[str] = frozenset()
    """Roles for whose approval the transcription by a custodian is enough."""
    acts: dict[str, frozenset[str]] = field(default_factory=dict)
    """For some acts (`document.ACTS`): the roles in which they count. Any other is anybody's who is listed."""
    untold: Outcome = Outcome.PASS
    """What it means for a flagged file that no disclosure names it: `PASS` (it is reported) or `HOLD`."""
    consent: Consents = field(default_factory=lambda: Consents({}))
    principles: tuple[Principle, ...] = ()
    areas: tuple[Area, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    uses: tuple[Use, ...] = ()
    extends: tuple[str, ...] = ()
    """Ids of the packs it stands on, the nearest first."""
    files: tuple[Path, ...] = ()
    """Where it and what it extends lie on the disk; shipped packs left out."""
    changes: tuple[str, ...] = ()
    """What a pack made of one it extends, in words: what was replaced, and by what."""

    def every_role(self) -> frozenset[str]:
        """Return every role that any part of it asks for."""
        asked = [p.roles for p in self.principles] + [t.roles for t in self.triggers] + [u.roles for u in self.uses]
        return self.roles.union(*asked)


@dataclass(frozen=True, slots=True)
class Case:
    """One file before the policy: what it is, how its credential reads, and what it is to be delivered as."""

    verdict: Verdict
    credential: Credential
    deliverable: Deliverable
    words: Words = field(default_factory=Words)
    told: tuple[Told, ...] = ()
    """Every disclosure that names the file, for this project and title."""
    consents: tuple[Consented, ...] = ()
    """Every consent in force for this project and title that could speak for one of them."""
