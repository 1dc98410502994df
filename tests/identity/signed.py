"""People with real keys, a catalogue that asks for signatures, and short ways to say and sign something."""

import dataclasses
import os
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from provenance.accepting import acceptances, matters
from provenance.asset import Channel, Digest, ProjectId, Title, UtcTime, ZoneName
from provenance.catalogue import Catalogue
from provenance.config import (
    ApprovalsMode,
    Config,
    OnApproval,
    OnTrouble,
    Role,
    Watch,
    WatchMode,
    Zone,
)
from provenance.credentials.trust import load_trust
from provenance.examiner import examiner_for
from provenance.gate import Gate, Run, judge_seen
from provenance.identity.keys import Signer, load_signer, new_key
from provenance.identity.people import Person
from provenance.identity.signing import sign
from provenance.looking import Intake, Seen
from provenance.policy import Outcome, Policy, load_policy
from provenance.pool import Pool
from provenance.records import AnyRecord, Approval, Record, Revocation
from provenance.records.acceptance import ConfigurationAcceptance
from provenance.records.disclosure import Disclosure
from provenance.verdict import Origin
from tests.catalogue.making import DELIVERABLE, PLAIN, at, digest_of, stamp, subject

STORE = "test-store"
ROLE = "production-legal"


@cache
def signer(name: str) -> Signer:
    """Return somebody's key, the same each time."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        new_key(path, name, None)
        return load_signer(path, lambda: None)


def person(name: str, *roles: str, until: UtcTime | None = None) -> Person:
    """Return somebody who is listed, with a key."""
    keys = (signer(name).public,)
    return Person(id=name, name=f"{name.title()} Example", roles=frozenset(roles), keys=keys, until=until)


LEGAL = person("lawyer", ROLE)
CUSTODIAN = person("keeper", "custodian")
CONTACT = Person(id="contact", name="Studio contact", roles=frozenset({"studio-contact"}))
ADMIN = person("admin", "administrator")
EDITOR = person("editor", "editor")
PEOPLE = (LEGAL, CUSTODIAN, CONTACT, ADMIN, EDITOR)


def configuration(folder: Path, people: tuple[Person, ...] = PEOPLE, **changed: Any) -> Config:
    """Return a configuration with one final zone in which words have to be signed."""
    zone = Zone(
        name=ZoneName("deliver"),
        root=folder / "deliver",
        role=Role.FINAL,
        channel=DELIVERABLE.channel,
        title=DELIVERABLE.title,
        quarantine=folder / "quarantine",
        on_refuse=OnTrouble.REPORT,
        on_hold=OnTrouble.REPORT,
        on_approval=OnApproval.REPORT,
        held_notes=False,
        hold_after=900.0,
        stuck_after=900.0,
        settle=None,
        sweep=300.0,
        mode=WatchMode.POLL,
        max_read_rate=None,
    )
    config = Config(
        path=folder / "provenance.toml",
        sha256=Digest("c" * 64),
        project=DELIVERABLE.project,
        title="The Long Night",
        timezone=ZoneInfo("UTC"),
        catalogue=folder / "store" / "catalogue.db",
        policy="baseline",
        approvals=ApprovalsMode.SIGNED,
        zones=(zone,),
        anchors=(),
        signing=None,
        watch=Watch(settle=None, sweep=300.0, mode=WatchMode.POLL, metrics=None),
        notify=None,
        people=people,
    )
    return dataclasses.replace(config, **changed)


def strict() -> Policy:
    """Return the shipped policy, but holding what nothing is known of, and taking transcriptions of one role."""
    policy = load_policy("baseline", Path("/"))
    origins = {**policy.origins, Origin.UNKNOWN: Outcome.HOLD}
    return dataclasses.replace(policy, origins=origins, transcribed=frozenset({"studio-contact"}))


@dataclass(frozen=True, slots=True)
class House:
    """A catalogue with whoever judges by it."""

    config: Config
    policy: Policy
    catalogue: Catalogue
    pool: Pool

    def say(self, record: AnyRecord, by: str | None = None, minute: int = 10) -> str:
        """Record a word, signed with somebody's key if one is named."""
        envelope = sign(record, self.catalogue.store_id, signer(by)).content() if by else None
        return self.catalogue.add_record(record, stamp(minute), envelope)

    def accept(self, by: str = "admin", config: Config | None = None, minute: int = 1) -> str:
        """Have somebody accept a configuration."""
        last = acceptances(self.catalogue).last
        record = accepting(config or self.config, self.policy, by, minute, follows=last.record if last else "")
        return self.say(record, by, minute)

    def gate(self, config: Config | None = None, minute: int = 20) -> Gate:
        """Return what judges at a time."""
        trust = load_trust(())
        intake = Intake(self.catalogue, self.pool, lambda: examiner_for(trust), lambda: stamp(minute))
        return Gate(config or self.config, self.policy, intake)

    def run(self, *names: str, config: Config | None = None, minute: int = 20) -> Run | None:
        """Judge assets by their names, as the daemon does with what it was told of just now."""
        gate = self.gate(config, minute)
        return judge_seen(gate, [(self.seen(n), DELIVERABLE, ()) for n in names])

    def outcome(self, name: str, config: Config | None = None, minute: int = 20) -> Outcome:
        """Return what the gate makes of one asset."""
        run = self.run(name, config=config, minute=minute)
        return Outcome.PASS if run is None else run.outcome

    def why(self, name: str, config: Config | None = None) -> str:
        """Return why words about an asset that does not pass do not count."""
        run = self.run(name, config=config)
        assert run is not None
        assert run.outcome is not Outcome.PASS
        reasons = [r for judged in run.judged for r in judged.decision.reasons]
        return "; ".join(r.args["why"] for r in reasons if r.rule.value == "does-not-count")

    def seen(self, name: str) -> Seen:
        """Return an asset as somebody who looked just now does."""
        digest = digest_of(name)
        verdict = self.catalogue.verdict_of(digest)
        assert verdict is not None
        path = os.fsencode(name)
        return Seen(path, path, digest, "image/png", verdict, PLAIN, None, None, (), ())


def approval(name: str, *, by: str = "lawyer", role: str = ROLE, minute: int = 5, **more: Any) -> Approval:
    """Return an approval for the deliverable of these tests, asked for by an editor."""
    said = {
        "by": by,
        "reason": "agreed",
        "made_at": at(minute),
        "subjects": (subject(name),),
        "role": role,
        "project": ProjectId(DELIVERABLE.project),
        "title": Title(DELIVERABLE.title),
        "channel": Channel(DELIVERABLE.channel),
        "requested_by": "editor",
    }
    return Approval(**{**said, **more})


def told(name: str, by: str, minute: int = 5) -> Disclosure:
    """Return what somebody tells of a file's making."""
    return Disclosure(
        by=by,
        reason="a still",
        made_at=at(minute),
        project=DELIVERABLE.project,
        title=DELIVERABLE.title,
        use="ideation",
        subjects=(subject(name),),
    )


def revoked(target: str, by: str = "stranger", minute: int = 8) -> Revocation:
    """Return a word that takes another back."""
    return Revocation(by=by, reason="not so", made_at=at(minute), target=target)


def accepting(
    config: Config, policy: Policy, by: str, minute: int = 1, *, follows: str = ""
) -> ConfigurationAcceptance:
    """Return somebody's word that a configuration is the one to judge by, after the one that was accepted before."""
    document = matters(config, policy)
    return ConfigurationAcceptance(by=by, reason="as agreed", made_at=at(minute), document=document, follows=follows)


def envelope_of(record: Record, by: str, store: str = STORE) -> dict[str, Any]:
    """Return what somebody signed, in DSSE's own form."""
    return sign(record, store, signer(by)).content()


def ssh_keygen(*arguments: str | Path, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run the real `ssh-keygen`."""
    return subprocess.run(["ssh-keygen", *arguments], text=True, capture_output=True, check=False, **more)
