"""Guarding the final zones: what the gate refuses is taken away, what it holds is told."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from provenance.asset import Digest, Place, StatKey
from provenance.config import OnTrouble, Role, Zone
from provenance.daemon.logs import Log
from provenance.daemon.notices import Kind, Notice
from provenance.examination import SIDECAR_TYPE
from provenance.gate import Gate, judge_seen
from provenance.looking import Seen
from provenance.policy import Outcome, Reason, Rule
from provenance.quarantine import Refused, Taken, is_our_note, mend, take_away
from provenance.records import Deliverable


@dataclass(frozen=True, slots=True)
class Suspect:
    """A file in a final zone that was just examined and recorded, before it is judged."""

    zone: Zone
    place: Place
    key: StatKey
    seen: Seen
    unsettled: str
    """Why it was fetched although it has not settled; empty if it has."""


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was told of a place already, so that it is not told again and again."""

    digest: Digest | None
    kind: Kind
    rules: frozenset[Rule]


class Guard:
    """Judges what arrived in final zones, and acts on it."""

    def __init__(self, gate: Gate, tell: Callable[[Notice], None], log: Log) -> None:
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

    def judge(self, suspects: Sequence[Suspect]) -> None:
        """Judge files as deliverables of their zones, record the run, and take away or tell of what does not pass.

        Raises `CatalogueTrouble` for a ledger or a clock that cannot be trusted: then nothing was decided.
        """
        if self._to_mend:
            self.mend()
        # A credential by itself is read with its file, which is looked at again whenever one comes or goes.
        media = [s for s in suspects if s.seen.media_type != SIDECAR_TYPE and not self._is_ours(s)]
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

    def could_not_look(self, place: Place, says: str) -> None:
        """Tell of a file in a final zone that could not be examined: that is not the same as finding nothing."""
        self._say(Kind.HOLD, place, None, (), says)

    def due(self) -> Iterator[Place]:
        """Yield places in final zones that would not pass now, by what is recorded, and were not told of as they are.

        For what was there before the daemon was, and for words that came, ended or were taken back since.
        """
        policy, now = self._gate.policy, self._gate.intake.stamp().at
        wanted = frozenset(o for o, outcome in policy.origins.items() if outcome is not Outcome.PASS)
        for zone in self.zones:
            for listed in self._catalogue.present(zone.name, wanted):
                words = self._catalogue.effective_words(listed.digest, self._deliverable(zone), now)
                answered = words.approvals if listed.origin.flagged else words.clearances
                told = self._told.get(listed.place)
                if listed.place in self._left or (not answered and (told is None or told.digest != listed.digest)):
                    yield listed.place

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

    def _act(self, zone: Zone, mine: Sequence[tuple[Suspect, tuple[Reason, ...]]], run: str) -> None:
        """Take away what this zone wants taken away, and tell of everything."""
        to_take = [
            Refused(s.place.path, s.seen.digest, s.key, reasons, s.seen.sidecar_path)
            for s, reasons in mine
            if _wanted(zone, reasons) is OnTrouble.QUARANTINE
        ]
        self._to_mend = bool(to_take)  # until it is known to have gone well
        results = take_away(self._catalogue, zone, to_take, run, self._gate.intake.stamp)
        self._to_mend = False
        by_path = {r.place.path: r for r in results}
        for suspect, reasons in mine:
            self.refused += _severest(reasons) is Outcome.REFUSE
            result = by_path.get(suspect.place.path)
            if isinstance(result, Taken):
                self._log.warning("moved to quarantine", zone=zone.name, path=suspect.place.path, why=_rules(reasons))
                self._told.pop(suspect.place, None)
                self._left.discard(suspect.place)
                self._tell(Notice.about(Kind.QUARANTINE, suspect.place, suspect.seen.digest, reasons))
                continue
            if result is not None:
                self._left.add(suspect.place)
            kind = Kind.REFUSE if _severest(reasons) is Outcome.REFUSE else Kind.HOLD
            says = f"it was to be moved to quarantine, and could not be: {result.says}" if result else ""
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
