"""Guarding the final zones: what the gate refuses is taken away, what it holds is told."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from provenance.asset import Place, StatKey, ZoneName
from provenance.config import OnTrouble, Role, Zone
from provenance.daemon.logs import Log
from provenance.daemon.notices import Kind, Notice
from provenance.daemon.saying import Saying, rules_of, severest
from provenance.daemon.taking import Done, Taking
from provenance.deciding import ORPHAN, Waits, deliverable_of, unfinished
from provenance.errors import CatalogueTrouble, ChainBroken, ClockBehind
from provenance.examination import SIDECAR_TYPE
from provenance.files import display
from provenance.foresight import Foreseen, Foresight
from provenance.gate import Gate, Run, judge_seen
from provenance.looking import Seen
from provenance.moving import Snag
from provenance.policy import Outcome, Reason
from provenance.quarantine import NotTaken, Refused, Taken, is_our_note, mend
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
    unsettled: bool = False
    """Whether it was fetched although it has not settled."""
    waits: Waits = ()
    """What speaks against it being finished."""


_Judged = tuple[Suspect, tuple[Reason, ...]]
"""A file that does not pass, and why."""

FORGET = 0.99
"""How much of the longest time of late still counts, one file later."""

FIRST_PAUSE = 2.0
LONGEST_PAUSE = 60.0
"""Seconds until a file is tried again that could not be taken away: twice as long each time."""

NAMED = 3
"""So many files that could not be taken away are named."""


@dataclass(frozen=True, slots=True)
class _Left:
    """A file that was to be taken away and could not be."""

    suspect: Suspect
    says: str
    pause: float
    again_at: float


class Guard:
    """Judges what arrived in final zones, and acts on it."""

    def __init__(
        self,
        gate: Gate,
        tell: Callable[[Notice], None],
        log: Log,
        ring: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.refused = 0
        """Files that were refused since the beginning."""
        self.quarantined = 0
        """Files in quarantine, when they were last counted."""
        self.doubt: CatalogueTrouble | None = None
        """Why nobody's word lets anything pass now; None while words count."""
        self._to_mend = True
        self.zones = tuple(z for z in gate.config.zones if z.role is Role.FINAL)
        self._gate = gate
        self._foresight = Foresight(gate)
        self._catalogue = gate.intake.catalogue
        self._tell = tell
        self._log = log
        self._clock = clock
        self._saying = Saying(tell, log)
        self._left: dict[Place, _Left] = {}
        self._orphans: set[Place] = set()
        self._moving: dict[Place, _Judged] = {}
        """What is being taken away now."""
        self._taking = Taking(gate.config.catalogue, gate.intake.stamp, ring)
        self._took: dict[ZoneName, float] = {}

    def judge(self, suspects: Sequence[Suspect]) -> None:
        """Judge files as deliverables of their zones, record the run, and take away or tell of what does not pass.

        Where the ledger or the clock cannot be trusted nobody's word counts. Raises `CatalogueTrouble`: then nothing
        was decided.
        """
        if self._to_mend and not self.busy:
            self.mend()
        media = [s for s in suspects if self._is_media(s) and s.place not in self._moving]
        if not media:
            return
        by_path = {s.seen.absolute: s for s in media}
        run = self._run([*by_path.values()])
        reasons = {} if run is None else {judged.path: judged.decision.reasons for judged in run.not_passed}
        for path, suspect in by_path.items():
            if path not in reasons:
                self._let_be(suspect.place)
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

    def close(self) -> int:
        """Let go; what is being moved is finished by `mend` at the next start.

        Return how many processes were killed and are still there.
        """
        return self._taking.close()

    def could_not_look(self, place: Place, says: str) -> None:
        """Tell of a file in a final zone that could not be examined: that is not the same as finding nothing."""
        self._saying.say(Kind.HOLD, place, says=says)

    def gone(self, place: Place) -> None:
        """Take note that a file in a final zone is not there any more."""
        if place not in self._moving:
            self._let_be(place)

    def odd(self, place: Place, odd: Odd) -> None:
        """Tell of something in a final zone that is neither file nor folder; it is never opened, followed or moved."""
        if any(zone.name == place.zone for zone in self.zones):
            says = f"a {odd.value} among the media, which is never opened or followed"
            self._saying.say(Kind.HOLD, place, says=says)

    def due(self) -> Iterator[Foreseen | None]:
        """Yield what in final zones would not pass now, by what is recorded, and was not told of as it is.

        For what was there before the daemon was, and for words that came, ended or were taken back since. None now and
        then: others may have their turn.
        """
        self._look_for_doubts()
        for zone in self.zones:
            met: set[Place] = set()
            for foreseen in self._foresight.of(zone):
                if foreseen is None:
                    yield None
                    continue
                place = foreseen.place
                met.add(place)
                (self._orphans.add if foreseen.orphan else self._orphans.discard)(place)
                if place not in self._moving and place not in self._left and self._saying.is_news(foreseen):
                    yield foreseen
            self._saying.forget_but(zone, met)
            self._orphans -= {place for place in self._orphans if place.zone == zone.name and place not in met}

    def again(self) -> Iterator[Suspect]:
        """Yield what was to be taken away and could not be, each when it is time to try again."""
        now = self._clock()
        for place, left in self._left.items():
            if left.again_at <= now and place not in self._moving:
                pause = min(left.pause * 2, LONGEST_PAUSE)
                self._left[place] = replace(left, pause=pause, again_at=now + pause)
                yield left.suspect

    def trouble(self, zone: Zone) -> str | None:
        """Return what lies in a final zone that was to be taken away and could not be; None if nothing does."""
        left = [left for place, left in self._left.items() if place.zone == zone.name]
        if not left:
            return None
        names = ", ".join(display(one.suspect.place.path) for one in left[:NAMED])
        more = f" and {len(left) - NAMED:,} more" if len(left) > NAMED else ""
        what = "1 file that may not stay" if len(left) == 1 else f"{len(left):,} files that may not stay"
        return f"{what} could not be moved to quarantine: {names}{more}: {left[-1].says}"

    def took(self, zone: Zone) -> float:
        """Return the seconds from the moment a file had settled until it was taken away, the longest of late."""
        now = self._clock()
        waiting = (now - suspect.settled for suspect, _ in self._moving.values() if suspect.zone == zone)
        return max((self._took.get(zone.name, 0.0), *waiting))

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
            self._saying.say(Kind.TROUBLE, unclear.place, says=unclear.says)

    def _run(self, suspects: Sequence[Suspect]) -> Run | None:
        """Have the gate judge some files. Where it cannot trust its book it heeds nobody, and still judges."""
        files = [(s.seen, deliverable_of(self._gate.config, s.zone), self._besides(s)) for s in suspects]
        try:
            run = judge_seen(self._gate, files)
        except (ChainBroken, ClockBehind) as doubt:
            self.doubt = doubt
            return judge_seen(self._gate, files, in_doubt=doubt)
        self.doubt = None
        return run

    def _look_for_doubts(self) -> None:
        try:
            self._catalogue.check_clock(self._gate.intake.stamp().at)
            self._catalogue.verify_since_checkpoint()
        except (ChainBroken, ClockBehind) as doubt:
            self.doubt = doubt
        else:
            self.doubt = None

    def _is_media(self, suspect: Suspect) -> bool:
        """Whether a file is judged. A credential by itself is read with its file, unless it has had none for long."""
        if suspect.seen.media_type == SIDECAR_TYPE and suspect.place not in self._orphans:
            return False
        return not is_our_note(self._catalogue, suspect.place, suspect.seen.digest)

    def _besides(self, suspect: Suspect) -> tuple[Reason, ...]:
        """Return what speaks against a file besides what it is."""
        orphan = [ORPHAN] if suspect.seen.media_type == SIDECAR_TYPE else []
        return (*unfinished(suspect.waits, how="unfinished for too long"), *orphan)

    def _let_be(self, place: Place) -> None:
        """Forget what was said of a place and to be done about it: nothing is, any more."""
        self._saying.forget(place)
        self._left.pop(place, None)

    def _act(self, zone: Zone, mine: Sequence[_Judged], run: str) -> None:
        """Have taken away what this zone wants taken away, and tell of the rest."""
        to_take = []
        for judged, reasons in mine:
            suspect = judged
            self.refused += severest(reasons) is Outcome.REFUSE
            if _wanted(zone, reasons) is OnTrouble.QUARANTINE:
                if (left := self._left.get(suspect.place)) is not None:  # it lies there since it was first to go
                    suspect = replace(suspect, settled=min(suspect.settled, left.suspect.settled))
                self._moving[suspect.place] = (suspect, reasons)
                to_take.append(Refused(suspect.place.path, suspect.seen.digest, suspect.key, reasons))
            else:
                self._left.pop(suspect.place, None)
                self._saying.held(suspect.place, suspect.seen.digest, reasons)
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
            self._note_left(suspect, done, result)
            says = f"it was to be moved to quarantine, and was not: {self._left[suspect.place].says}"
            self._saying.held(suspect.place, suspect.seen.digest, reasons, says)

    def _note_left(self, suspect: Suspect, done: Done, result: NotTaken | None) -> None:
        before = self._left.get(suspect.place)
        pause = FIRST_PAUSE if before is None else before.pause
        # What was changed or renamed at that moment is looked at again at once, the first time.
        elusive = before is None and result is not None and result.snag in {Snag.CHANGED, Snag.GONE}
        again_at = self._clock() + (0.0 if elusive else pause)
        self._left[suspect.place] = _Left(suspect, done.trouble if result is None else result.says, pause, again_at)

    def _say_taken(self, suspect: Suspect, reasons: Sequence[Reason]) -> None:
        place, took = suspect.place, round(self._clock() - suspect.settled, 3)
        self._log.warning("moved to quarantine", zone=place.zone, path=place.path, why=rules_of(reasons), seconds=took)
        self._let_be(place)
        self._took[place.zone] = max(took, self._took.get(place.zone, 0.0) * FORGET)
        self._tell(Notice.about(Kind.QUARANTINE, place, suspect.seen.digest, reasons))


def _wanted(zone: Zone, reasons: Sequence[Reason]) -> OnTrouble:
    return zone.on_refuse if severest(reasons) is Outcome.REFUSE else zone.on_hold
