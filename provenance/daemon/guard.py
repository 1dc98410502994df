"""Guarding the final zones: what the gate refuses is taken away, what it holds is told."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from provenance.asset import Digest, Place, StatKey
from provenance.catalogue import Listed
from provenance.catalogue.effect import refused_in
from provenance.config import OnTrouble, Role, Zone
from provenance.daemon.logs import Log
from provenance.daemon.notices import Kind, Notice
from provenance.daemon.taking import Done, Taking
from provenance.evidence import Credential, State
from provenance.examination import SIDECAR_TYPE
from provenance.gate import Gate, case_of, judge_seen, voices_of
from provenance.looking import Seen
from provenance.policy import Outcome, Reason, Rule, may_pass
from provenance.quarantine import Refused, Taken, is_our_note, mend
from provenance.records import Deliverable
from provenance.verdict import Verdict
from provenance.voices import Voices
from watcher.opening import Odd


@dataclass(frozen=True, slots=True)
class Suspect:
    """A file in a final zone that was just examined and recorded, before it is judged."""

    zone: Zone
    place: Place
    key: StatKey
    seen: Seen
    settled: float
    """When it arrived, on the watcher's clock."""
    unsettled: str
    """Why it was fetched although it has not settled; empty if it has."""


_Judged = tuple[Suspect, tuple[Reason, ...]]
"""A file that does not pass, and why."""

FORGET = 0.99
"""How much of the longest time of late still counts, one file later."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was told of a place already, so that it is not told again and again."""

    digest: Digest | None
    kind: Kind
    rules: frozenset[Rule]


class Guard:
    """Judges what arrived in final zones, and acts on it."""

    def __init__(self, gate: Gate, tell: Callable[[Notice], None], log: Log, ring: Callable[[], None]) -> None:
        self.refused = 0
        """Files that were refused since the beginning."""
        self.quarantined = 0
        """Files in quarantine, when they were last counted."""
        self._to_mend = True
        self.zones = tuple(z for z in gate.config.zones if z.role is Role.FINAL)
        self._gate = gate
        self._catalogue = gate.intake.catalogue
        self._tell = tell
        self._log = log
        self._told: dict[Place, _Answer] = {}
        self._left: set[Place] = set()
        """What was to be taken away and could not be."""
        self._moving: dict[Place, _Judged] = {}
        """What is being taken away now."""
        self._taking = Taking(gate.config.catalogue, gate.intake.stamp, ring)
        self.took = 0.0
        """Seconds from the moment a file had settled until it was taken away, the longest of late."""

    def judge(self, suspects: Sequence[Suspect]) -> None:
        """Judge files as deliverables of their zones, record the run, and take away or tell of what does not pass.

        Raises `CatalogueTrouble` for a ledger or a clock that cannot be trusted: then nothing was decided.
        """
        if self._to_mend and not self.busy:
            self.mend()
        # A credential by itself is read with its file, which is looked at again whenever one comes or goes.
        media = [s for s in suspects if s.seen.media_type != SIDECAR_TYPE and not self._is_ours(s)]
        media = [s for s in media if s.place not in self._moving]  # looked for once more, and on its way already
        if not media:
            return
        by_path = {s.seen.absolute: s for s in media}
        run = judge_seen(self._gate, [(s.seen, self._deliverable(s.zone), _unsettled(s)) for s in by_path.values()])
        reasons = {} if run is None else {judged.path: judged.decision.reasons for judged in run.not_passed}
        for path, suspect in by_path.items():
            if path not in reasons:
                self._told.pop(suspect.place, None)
                self._left.discard(suspect.place)
        if run is None:
            return
        for zone in self.zones:
            mine = [(by_path[p], r) for p, r in reasons.items() if by_path[p].zone == zone]
            self._act(zone, mine, run.id)

    @property
    def busy(self) -> bool:
        """Whether anything is being moved."""
        return bool(self._moving)

    def poll(self) -> None:
        """See what was moved meanwhile."""
        for done in self._taking.done():
            self._to_mend |= bool(done.trouble)
            self._take_back(done)

    def close(self) -> None:
        """Let go; what is being moved is finished by `mend` at the next start."""
        self._taking.close()

    def could_not_look(self, place: Place, says: str) -> None:
        """Tell of a file in a final zone that could not be examined: that is not the same as finding nothing."""
        self._say(Kind.HOLD, place, None, (), says)

    def odd(self, place: Place, odd: Odd) -> None:
        """Tell of something in a final zone that is neither file nor folder; it is never opened, followed or moved."""
        if any(zone.name == place.zone for zone in self.zones):
            self._say(Kind.HOLD, place, None, (), f"a {odd.value} among the media, which is never opened or followed")

    def due(self) -> Iterator[Listed]:
        """Yield what in final zones would not pass now, by what is recorded, and was not told of as it is.

        For what was there before the daemon was, and for words that came, ended or were taken back since.
        """
        policy, voices = self._gate.policy, voices_of(self._gate, self._gate.intake.stamp().at)
        wanted = frozenset(o for o, outcome in policy.origins.items() if outcome is not Outcome.PASS)
        for zone in self.zones:
            place = self._deliverable(zone)
            refused = (r for r in refused_in(self._catalogue, zone.name, place) if r.origin not in wanted)
            for listed in (*self._catalogue.present(zone.name, wanted), *refused):
                if listed.place in self._moving:
                    continue
                told = self._told.get(listed.place)
                news = told is None or told.digest != listed.digest
                if listed.place in self._left or (news and not self._answered(listed, place, voices)):
                    yield listed

    def _answered(self, listed: Listed, deliverable: Deliverable, voices: Voices) -> bool:
        """Whether what people said lets a file of this origin pass; its credential is left aside."""
        words, _ = voices.words(listed.digest, deliverable)
        case = case_of(Verdict(listed.origin, ()), Credential(State.ABSENT), deliverable, words, self._gate.policy)
        return may_pass(case, self._gate.policy)

    def newest_word(self) -> int:
        """Return the number of the ledger's newest entry that holds a person's word."""
        return self._catalogue.newest_word()

    def count(self) -> None:
        """Take note of how many files are in quarantine."""
        self.quarantined = self._catalogue.in_quarantine()

    def mend(self) -> None:
        """Finish what was cut off while files were moved; nothing is judged before that is done."""
        mended = mend(self._catalogue, self._gate.config, self._gate.intake.stamp)
        self._to_mend = mended is None or bool(mended.unclear)
        if mended is None:
            return
        for taken in mended.taken:
            self._log.warning("was being moved to quarantine, and now is there", path=taken.place.path)
            self._tell(Notice.about(Kind.QUARANTINE, taken.place, None))
        for unclear in mended.unclear:
            self._say(Kind.TROUBLE, unclear.place, None, (), unclear.says)

    def _deliverable(self, zone: Zone) -> Deliverable:
        return Deliverable(self._gate.config.project, zone.title, zone.channel)

    def _is_ours(self, suspect: Suspect) -> bool:
        return is_our_note(self._catalogue, suspect.place, suspect.seen.digest)

    def _act(self, zone: Zone, mine: Sequence[_Judged], run: str) -> None:
        """Have taken away what this zone wants taken away, and tell of the rest."""
        to_take = []
        for suspect, reasons in mine:
            self.refused += _severest(reasons) is Outcome.REFUSE
            if _wanted(zone, reasons) is OnTrouble.QUARANTINE:
                self._moving[suspect.place] = (suspect, reasons)
                to_take.append(Refused(suspect.place.path, suspect.seen.digest, suspect.key, reasons))
            else:
                self._say_held(suspect, reasons, "")
        if to_take:
            self._taking.begin(zone, to_take, run)

    def _take_back(self, done: Done) -> None:
        """Tell what came of files that were to be taken away."""
        by_path = {result.place.path: result for result in done.results}
        for refused in done.job.refused:
            suspect, reasons = self._moving.pop(Place(done.job.zone.name, refused.path))
            result = by_path.get(refused.path)
            if isinstance(result, Taken):
                self._say_taken(suspect, reasons)
                continue
            self._left.add(suspect.place)
            why = done.trouble if result is None else result.says
            self._say_held(suspect, reasons, f"it was to be moved to quarantine, and was not: {why}")

    def _say_taken(self, suspect: Suspect, reasons: Sequence[Reason]) -> None:
        place, took = suspect.place, round(time.monotonic() - suspect.settled, 3)
        self._log.warning("moved to quarantine", zone=place.zone, path=place.path, why=_rules(reasons), seconds=took)
        self._told.pop(place, None)
        self._left.discard(place)
        self.took = max(took, self.took * FORGET)
        self._tell(Notice.about(Kind.QUARANTINE, place, suspect.seen.digest, reasons))

    def _say_held(self, suspect: Suspect, reasons: Sequence[Reason], says: str) -> None:
        kind = Kind.REFUSE if _severest(reasons) is Outcome.REFUSE else Kind.HOLD
        self._say(kind, suspect.place, suspect.seen.digest, reasons, says)

    def _say(self, kind: Kind, place: Place, digest: Digest | None, reasons: Sequence[Reason], says: str) -> None:
        answer = _Answer(digest, kind, frozenset(r.rule for r in reasons))
        if self._told.get(place) == answer:
            return
        self._told[place] = answer
        self._log.warning(_SAID[kind], zone=place.zone, path=place.path, why=says or _rules(reasons))
        notice = Notice.about(kind, place, digest, reasons)
        self._tell(replace(notice, says=says) if says else notice)


_SAID = {
    Kind.REFUSE: "refused, and left where it is",
    Kind.HOLD: "held: a person must look",
    Kind.TROUBLE: "it cannot be found out whether it was moved",
}


def _rules(reasons: Sequence[Reason]) -> list[str]:
    """Return what a decision rests on. The texts of reasons may quote the file, and stay out of the log."""
    return [r.rule.value for r in reasons]


def _severest(reasons: Sequence[Reason]) -> Outcome:
    return max((r.outcome for r in reasons), key=lambda o: o.severity)


def _wanted(zone: Zone, reasons: Sequence[Reason]) -> OnTrouble:
    return zone.on_refuse if _severest(reasons) is Outcome.REFUSE else zone.on_hold


def _unsettled(suspect: Suspect) -> tuple[Reason, ...]:
    if not suspect.unsettled:
        return ()
    advice = "Finish it under its own name, or take it out of the delivery."
    return (Reason(Rule.UNFINISHED, Outcome.HOLD, f"unfinished for too long: {suspect.unsettled}", advice),)
