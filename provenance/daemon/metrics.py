"""How the watch goes, as numbers for Prometheus. Off unless configured; no file is named in them.

The text format is Prometheus' own (prometheus.io, "Exposition formats", 0.0.4). All names begin with `provenance_`.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from provenance.config import Endpoint
from provenance.errors import ConfigInvalid
from provenance.watchstate import Events, WatchState, ZoneState

PATIENCE = 10.0
"""Seconds an asker may take to say what it wants."""


class Metrics:
    """Serves what it was told last, from a thread of its own."""

    def __init__(self, endpoint: Endpoint, clock: Callable[[], float] = time.time) -> None:
        """Serve from now on; raises `ConfigInvalid` where nothing can listen there. Port 0 takes any that is free."""
        self._state: WatchState | None = None
        self._ticked = 0.0
        self._clock = clock
        registry = CollectorRegistry()
        registry.register(_Told(self))
        ProcessCollector(registry=registry)
        server: Any
        try:
            server, self._thread = start_http_server(endpoint.port, endpoint.host, registry)
        except OSError as error:
            says = f"[watch] metrics cannot be served on {endpoint.host} port {endpoint.port}: {error.strerror}"
            raise ConfigInvalid(says, help="Choose another port, or find out what listens there.") from error
        server.RequestHandlerClass = _patient(server.RequestHandlerClass)
        server.handle_error = lambda _request, _address: None  # an asker that went away is no news
        self._server = server
        self.port: int = server.server_port

    def tell(self, state: WatchState) -> None:
        """Take how things are; called on every turn of the loop, which counts as a sign of life."""
        self._state, self._ticked = state, self._clock()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def families(self) -> Iterator[Metric]:
        """Yield everything there is to measure, as it was told last."""
        state = self._state
        if state is None:
            return
        yield _gauge("last_tick_timestamp_seconds", "When the loop last turned.", self._ticked)
        yield _gauge("ready", "1 once everything was looked at once.", state.ready)
        yield _gauge("backlog_files", "Files that are complete and not recorded yet.", state.backlog)
        yield _gauge("settling_files", "Files that still change.", state.settling)
        yield _gauge("held_files", "Files that wait for a writer, a name or a missing part.", state.held)
        yield _gauge("stuck_files", "Files that do not get finished.", state.stuck)
        yield _gauge("quarantined_files", "Files in quarantine now.", state.quarantined)
        yield _counter("recorded_files", "Files recorded since the start.", state.recorded)
        yield _counter("recorded_bytes", "Their size.", state.recorded_bytes)
        yield _counter("refused_files", "Files refused in final zones since the start.", state.refused)
        events = GaugeMetricFamily("provenance_events", "1 for how changes are heard of now.", labels=["state"])
        for one in Events:
            events.add_metric([one.value], float(one is state.events))
        yield events
        yield from _of_zones(state.zones, self._clock())


def _of_zones(zones: Iterable[ZoneState], now: float) -> Iterator[Metric]:
    def family(name: str, says: str, value: Callable[[ZoneState], float | None]) -> Metric:
        found = GaugeMetricFamily(f"provenance_zone_{name}", says, labels=["zone"])
        for zone in zones:
            if (number := value(zone)) is not None:
                found.add_metric([zone.name], number)
        return found

    def age(zone: ZoneState) -> float | None:
        if zone.last_sweep is None:
            return None
        return max(0.0, now - dt.datetime.fromisoformat(zone.last_sweep).timestamp())

    yield family("sweep_age_seconds", "Since a zone was last looked at from end to end.", age)
    yield family("sweep_duration_seconds", "How long that took.", lambda z: z.sweep_seconds)
    yield family(
        "exposure_seconds", "How long something flagged can lie in a final zone.", lambda z: z.exposure_seconds
    )
    yield family("paused", "1 while nothing of a zone is looked at.", lambda z: float(z.paused is not None))
    yield family("troubles", "How many things are wrong with it.", lambda z: len(z.troubles))


def _gauge(name: str, says: str, value: float) -> Metric:
    return GaugeMetricFamily(f"provenance_{name}", says, value=value)


def _counter(name: str, says: str, value: float) -> Metric:
    return CounterMetricFamily(f"provenance_{name}", says, value=value)


class _Told:
    """What the library asks for numbers."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def collect(self) -> Iterator[Metric]:
        return self._metrics.families()


def _patient(handler: Any) -> Any:
    """Return a handler that does not wait for ever for somebody who connects and says nothing."""
    return type("Patient", (handler,), {"timeout": PATIENCE})
