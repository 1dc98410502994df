"""What was told of files in final zones, so that each is told of once as it is, and again when it is otherwise."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from provenance.asset import Digest, Place
from provenance.config import Zone
from provenance.daemon.logs import Log
from provenance.daemon.notices import Kind, Notice
from provenance.foresight import Foreseen
from provenance.policy import Outcome, Reason, Rule


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said of a place: of which bytes, that they are refused or held, and by which rules."""

    digest: Digest | None
    kind: Kind
    rules: frozenset[Rule]

    @property
    def recorded(self) -> bool:
        """Whether it is about a file as it is recorded; else a review knows nothing of it."""
        return self.digest is not None and Rule.UNFINISHED not in self.rules


class Saying:
    """Tells of files that stay where they are, and remembers what it told."""

    def __init__(self, tell: Callable[[Notice], None], log: Log) -> None:
        self._tell = tell
        self._log = log
        self._said: dict[Place, _Said] = {}

    def held(self, place: Place, digest: Digest | None, reasons: Sequence[Reason], says: str = "") -> None:
        """Tell of a file that does not pass and is left where it is; `says` is a sentence of ours about why."""
        self.say(_kind(reasons), place, digest, reasons, says)

    def say(
        self, kind: Kind, place: Place, digest: Digest | None = None, reasons: Sequence[Reason] = (), says: str = ""
    ) -> None:
        """Tell of a place, unless that was told of it last."""
        said = _Said(digest, kind, frozenset(r.rule for r in reasons))
        if self._said.get(place) == said:
            return
        self._said[place] = said
        self._log.warning(_SAYS[kind], zone=place.zone, path=place.path, why=says or rules_of(reasons))
        notice = Notice.about(kind, place, digest, reasons)
        self._tell(replace(notice, says=says) if says else notice)

    def forget(self, place: Place) -> None:
        """Forget what was told of a place: if anything is again, that is news."""
        self._said.pop(place, None)

    def is_news(self, foreseen: Foreseen) -> bool:
        """Whether a file would come out otherwise than it was told of."""
        kind = Kind.REFUSE if foreseen.outcome is Outcome.REFUSE else Kind.HOLD
        return self._said.get(foreseen.place) != _Said(foreseen.digest, kind, foreseen.rules)

    def forget_but(self, zone: Zone, met: Collection[Place]) -> None:
        """Forget what was told of those files of a zone that would pass by now: all that were not met."""
        passed = [p for p, said in self._said.items() if p.zone == zone.name and said.recorded and p not in met]
        for place in passed:
            self.forget(place)


_SAYS = {
    Kind.REFUSE: "refused, and left where it is",
    Kind.HOLD: "held: a person must look",
    Kind.UNFINISHED: "unfinished for too long",
    Kind.TROUBLE: "it cannot be found out whether it was moved",
}


def rules_of(reasons: Sequence[Reason]) -> list[str]:
    """Return what a decision rests on. The texts of reasons may quote the file, and stay out of the log."""
    return [r.rule.value for r in reasons]


def severest(reasons: Sequence[Reason]) -> Outcome:
    """Return the outcome some reasons come to."""
    return max((r.outcome for r in reasons), key=lambda o: o.severity)


def _kind(reasons: Sequence[Reason]) -> Kind:
    if not reasons:
        return Kind.HOLD
    worst = severest(reasons)
    if worst is Outcome.REFUSE:
        return Kind.REFUSE
    unfinished = all(r.rule is Rule.UNFINISHED for r in reasons if r.outcome is worst)
    return Kind.UNFINISHED if unfinished else Kind.HOLD
