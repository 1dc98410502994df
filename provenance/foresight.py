"""What the gate would say of what lies in a final zone, by what is recorded, without looking at any file.

For whoever guards a zone all the time: words come and end, rules change, and a file that passed when it came may not
pass now. What is foreseen is a reason to look at a file, never one to do anything to it.
"""

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass

from provenance.asset import Digest, Place, StatKey, UtcTime, ZoneName, utc
from provenance.catalogue import Doubtful
from provenance.config import ApprovalsMode, Zone
from provenance.deciding import ORPHAN, adding, decide, deliverable_of, is_named_like_one
from provenance.evidence import Beside, Companion, Credential, Evidence, Sidecar, State, effective_credential
from provenance.examination import SIDECAR_TYPE
from provenance.gate import Gate, voices_of
from provenance.policy import Outcome, Rule
from provenance.records import Words
from provenance.records.consent import Consent
from provenance.verdict import Verdict, classify
from provenance.voices import Voices

REMEMBERED = 50_000
"""So many files are remembered with what they came to, those seen last. The rest is judged each time."""

HEARD = 600.0
"""Seconds after which it is asked again who is listed, where only the words of listed people count."""

BREATH = 100
"""Files after which whoever asks may do something else."""

_NEVER = UtcTime("~")
"""Later than any time."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A file in a final zone that would not pass now."""

    place: Place
    digest: Digest
    key: StatKey
    """Which version is recorded: of another that lies there nothing is foreseen."""
    outcome: Outcome
    rules: frozenset[Rule]
    orphan: bool
    """Whether it is a credential by itself, that no file has been read with for as long as the zone allows."""


@dataclass(frozen=True, slots=True)
class _Known:
    """A file as it is recorded; see `deciding.Known`."""

    absolute: bytes
    digest: Digest
    verdict: Verdict
    credential: Credential
    sidecar: Sidecar | None
    speaking: tuple[Companion, ...]


@dataclass(frozen=True, slots=True)
class _Result:
    """What a file came to, what it was judged by, and until when it comes to the same if nothing else happens."""

    of: object
    until: UtcTime
    foreseen: Foreseen | None
    version: object = None
    """Of the catalogue, where it was judged by words about other files: any news may be about these."""

    def holds(self, of: object, version: object, now: UtcTime) -> bool:
        """Whether a file comes to the same now."""
        return self.of == of and now < self.until and self.version in {None, version}


@dataclass(frozen=True, slots=True)
class _Round:
    """A look at everything in a zone that came to its end."""

    version: object
    until: UtcTime
    foreseen: tuple[Foreseen, ...]


class Foresight:
    """Foresees one gate's answers."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._catalogue = gate.intake.catalogue
        policy = gate.policy
        self._origins = frozenset(o for o, outcome in policy.origins.items() if outcome is not Outcome.PASS)
        states = frozenset(s for s, outcome in policy.credentials.items() if outcome is not Outcome.PASS)
        # For these the verdict is review at least, which no policy lets pass: they are found by their origin.
        self._states = states - {State.UNREADABLE, State.BROKEN, State.REMOTE}
        self._results: dict[Place, _Result] = {}
        self._rounds: dict[ZoneName, _Round] = {}

    def of(self, zone: Zone) -> Iterator[Foreseen | None]:
        """Yield what is present in a final zone and would not pass now, the newest first; None now and then.

        People's words count as of now, or as of the ledger's newest entry, if that is later: a clock that was set
        back makes no word last longer. Where nothing was recorded since the last time nobody is asked. What is recorded
        while this goes on is seen the next time. Raises `CatalogueTrouble`.
        """
        version, word, now = self._catalogue.version, self._catalogue.newest_word(), self._now()
        before = self._rounds.get(zone.name)
        if before is not None and before.version == version and now < before.until:
            yield from before.foreseen
            return
        voices = voices_of(self._gate, now)
        until, found = _NEVER, list[Foreseen]()
        for number, doubtful in enumerate(self._catalogue.doubtful(zone.name, self._origins, self._states)):
            of = (doubtful.digest, doubtful.key, doubtful.drawn, word)
            result = self._results.pop(doubtful.place, None)
            if result is None or not result.holds(of, version, now):
                result = self._judged(zone, doubtful, of, voices, now)
            self._remember(doubtful.place, result)
            until = min(until, result.until)
            if result.foreseen is not None:
                found.append(result.foreseen)
            if result.foreseen is not None or number % BREATH == 0:
                yield result.foreseen
        self._rounds[zone.name] = _Round(version, until, tuple(found))

    def _now(self) -> UtcTime:
        return max(self._gate.intake.stamp().at, self._catalogue.ledger.newest_at() or UtcTime(""))

    def _remember(self, place: Place, result: _Result) -> None:
        self._results[place] = result
        if len(self._results) > REMEMBERED:
            del self._results[next(iter(self._results))]

    def _judged(self, zone: Zone, doubtful: Doubtful, of: object, voices: Voices, now: UtcTime) -> _Result:
        config, place = self._gate.config, doubtful.place
        evidence, beside = self._catalogue.known_at(doubtful.digest, place)
        is_credential = evidence.media_type == SIDECAR_TYPE
        if is_credential:
            suspicious = _later(doubtful.since, zone.hold_after)
            if not doubtful.drawn.alone or now < suspicious:  # its file may be on its way
                return _Result(of, suspicious if doubtful.drawn.alone else _NEVER, None)
        known = self._known(zone, doubtful, evidence, beside)
        decided = decide(voices, self._gate.policy, known, deliverable_of(config, zone))
        decision, words = decided.decision, decided.words
        if is_credential or is_named_like_one(evidence.media_type, place.path):
            decision = adding(decision, ORPHAN)
        asked_again = _later(now, HEARD) if config.approvals is ApprovalsMode.SIGNED else _NEVER
        until = min(_until(words), asked_again)
        version = self._catalogue.version if words.ways or words.supersessions else None
        if decision.outcome is Outcome.PASS:
            return _Result(of, until, None, version)
        rules = frozenset(r.rule for r in decision.reasons)
        foreseen = Foreseen(place, doubtful.digest, doubtful.key, decision.outcome, rules, is_credential)
        return _Result(of, until, foreseen, version)

    def _known(self, zone: Zone, doubtful: Doubtful, evidence: Evidence, beside: Beside) -> _Known:
        return _Known(
            os.path.join(os.fsencode(zone.root), doubtful.place.path),
            doubtful.digest,
            classify(evidence, beside, self._catalogue.context_of(doubtful.digest, doubtful.place)),
            effective_credential(evidence, beside),
            beside.sidecar,
            tuple(c for c in beside.companions if c.signals or c.gaps),
        )


def _later(moment: UtcTime, seconds: float) -> UtcTime:
    return utc(dt.datetime.fromisoformat(moment) + dt.timedelta(seconds=seconds))


def _until(words: Words) -> UtcTime:
    """Return when the first of some words ends."""
    ends: list[UtcTime | None] = [w.expires for w in words.approvals]
    ends += [w.expires for w in words.clearances]
    ends += [c.expires for c in words.consents if isinstance(c, Consent)]
    ends += [e.valid_until for e in words.register.entries] if words.register is not None else []
    return min((e for e in ends if e is not None), default=_NEVER)
