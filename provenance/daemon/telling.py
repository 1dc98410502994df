"""Telling how the watch goes: the log, the state that `status` shows, the service manager, numbers, and notices."""

from collections.abc import Callable
from dataclasses import dataclass

from provenance.asset import Place, RelPath, UtcTime, ZoneName
from provenance.daemon.health import Health, Wrong
from provenance.daemon.logs import Log
from provenance.daemon.metrics import Metrics
from provenance.daemon.notices import Kind, Notice
from provenance.daemon.service import Service
from provenance.watchstate import Guarding, WatchState


@dataclass(frozen=True, slots=True)
class Ears:
    """Who is told."""

    log: Log
    service: Service
    guarding: Guarding
    metrics: Metrics | None
    notice: Callable[[Notice], None]


class Telling:
    """Compares how things are with how they were, and says what is news."""

    def __init__(self, health: Health, ears: Ears, now: Callable[[], UtcTime]) -> None:
        self._health = health
        self._ears = ears
        self._now = now
        self._wrong: dict[Wrong, str] = {}
        self._stuck: set[Place] = set()
        self._said = False
        self._ready = False
        self._unsaid: str | None = None

    def tick(self) -> None:
        """Tell everybody; call it about once a second."""
        state = self._health.state()
        if not self._said:
            self._said = True
            self._ears.service.ready()  # it works; `ready` in the state comes when everything was looked at once
        self._ears.service.alive()
        self._ears.service.status(_line(state))
        if self._ears.metrics is not None:
            self._ears.metrics.tell(state)
        unsaid = self._ears.guarding.tell(state, self._now())
        if unsaid != self._unsaid and unsaid is not None:
            self._ears.log.warning("status cannot be shown", why=unsaid)
        self._unsaid = unsaid
        self._tell_wrongs()
        self._tell_stuck()
        if state.ready and not self._ready:
            self._ready = True
            self._ears.log.info("everything was looked at once", recorded=state.recorded, waiting=state.held)

    def _tell_wrongs(self) -> None:
        """Say what is wrong now and was not before, and what is mended. What is said in other words is no news."""
        wrong = self._health.wrong()
        for name, kind in sorted(wrong.keys() - self._wrong.keys(), key=str):
            text = wrong[name, kind]
            self._ears.log.warning("something is wrong", zone=name, why=text)
            self._ears.notice(Notice(Kind.TROUBLE, name, says=text))
        for name, kind in sorted(self._wrong.keys() - wrong.keys(), key=str):
            text = self._wrong[name, kind]
            self._ears.log.info("something is mended", zone=name, was=text)
            self._ears.notice(Notice(Kind.MENDED, name, says=text))
        self._wrong = {key: self._wrong.get(key, text) for key, text in wrong.items()}

    def _tell_stuck(self) -> None:
        stuck = {
            Place(ZoneName(name), RelPath(path)): settling
            for name, tree in self._health.watch.trees.items()
            for path, settling in tree.waiting()
            if settling.stuck
        }
        for place in stuck.keys() - self._stuck:
            why = "; ".join(says for _, says in stuck[place].waits) or "it never stops changing"
            self._ears.log.warning("a file is stuck", zone=place.zone, path=place.path, why=why)
            self._ears.notice(Notice.about(Kind.STUCK, place, None))
        self._stuck = set(stuck)


def _line(state: WatchState) -> str:
    """Return the state in one line."""
    events = "" if state.events.value == "ok" else f", events {state.events.value}"
    waiting = state.settling + state.held
    return f"{state.recorded:,} recorded, {waiting:,} waiting, {state.quarantined:,} in quarantine{events}"
