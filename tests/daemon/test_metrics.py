import socket
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest
from prometheus_client.parser import text_string_to_metric_families

from provenance.asset import UtcTime, ZoneName
from provenance.config import Endpoint, WatchMode
from provenance.daemon.metrics import Metrics
from provenance.errors import ConfigInvalid
from provenance.watchstate import Events, WatchState, ZoneState

STATE = WatchState(
    ready=True,
    events=Events.DEGRADED,
    backlog=1,
    settling=2,
    held=3,
    stuck=4,
    quarantined=5,
    recorded=6,
    recorded_bytes=7 << 40,
    refused=8,
    zones=(
        ZoneState(
            ZoneName('net"flix\\'),
            WatchMode.POLL,
            last_sweep=UtcTime("2026-11-24T10:00:00.000000Z"),
            sweep_seconds=1.5,
            exposure_seconds=62.0,
            troubles=("/secret/a\nb.png cannot be read",),
        ),
        ZoneState(ZoneName("editorial"), WatchMode.EVENTS, paused="/secret is not mounted"),
    ),
    troubles=("/secret",),
)
AT = 1_795_514_400.0
"""2026-11-24T10:00:00Z."""


@pytest.fixture(params=["127.0.0.1", "::1"])
def metrics(request: pytest.FixtureRequest) -> Iterator[Metrics]:
    """Metrics that are served on a free port, at a quarter past ten."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in request.param else socket.AF_INET) as probe:
            probe.bind((request.param, 0))
    except OSError:
        pytest.skip("this machine has no such address")
    served = Metrics(Endpoint(request.param, 0), clock=lambda: AT + 900.0)
    yield served
    served.close()


def asked(metrics: Metrics) -> tuple[str, dict[tuple[str, str], float]]:
    """Return what is served, as text and by name and label."""
    host = str(metrics._server.server_address[0])
    connection = HTTPConnection(host, metrics.port, timeout=30)
    connection.request("GET", "/metrics")
    answer = connection.getresponse()
    assert answer.status == 200
    text = answer.read().decode()
    connection.close()
    samples = [s for family in text_string_to_metric_families(text) for s in family.samples]
    return text, {(s.name, "".join(s.labels.values())): s.value for s in samples}


def test_what_was_told_is_served_as_numbers(metrics: Metrics) -> None:
    """Everything that was told last can be asked for, per zone where it is a zone's, and parses as Prometheus' text."""
    metrics.tell(STATE)
    text, values = asked(metrics)
    ours = {key: value for key, value in values.items() if key[0].startswith("provenance_")}
    assert ours == {
        ("provenance_last_tick_timestamp_seconds", ""): AT + 900.0,
        ("provenance_ready", ""): 1.0,
        ("provenance_backlog_files", ""): 1.0,
        ("provenance_settling_files", ""): 2.0,
        ("provenance_held_files", ""): 3.0,
        ("provenance_stuck_files", ""): 4.0,
        ("provenance_quarantined_files", ""): 5.0,
        ("provenance_recorded_files_total", ""): 6.0,
        ("provenance_recorded_bytes_total", ""): float(7 << 40),
        ("provenance_refused_files_total", ""): 8.0,
        ("provenance_events", "ok"): 0.0,
        ("provenance_events", "degraded"): 1.0,
        ("provenance_events", "poll"): 0.0,
        ("provenance_zone_sweep_age_seconds", 'net"flix\\'): 900.0,
        ("provenance_zone_sweep_duration_seconds", 'net"flix\\'): 1.5,
        ("provenance_zone_exposure_seconds", 'net"flix\\'): 62.0,
        ("provenance_zone_paused", 'net"flix\\'): 0.0,
        ("provenance_zone_paused", "editorial"): 1.0,
        ("provenance_zone_troubles", 'net"flix\\'): 1.0,
        ("provenance_zone_troubles", "editorial"): 0.0,
    }
    assert "secret" not in text
    assert ("process_resident_memory_bytes", "") in values


def test_before_anything_was_told_there_is_nothing_of_ours(metrics: Metrics) -> None:
    """A daemon that has not looked yet serves no number that could be taken for a good one."""
    text, _ = asked(metrics)
    assert "provenance_" not in text


def test_an_asker_that_goes_away_is_no_trouble(metrics: Metrics, capfd: pytest.CaptureFixture[str]) -> None:
    """Half a question, or one nobody waits for the answer of, prints nothing and ends nothing."""
    metrics.tell(STATE)
    host = str(metrics._server.server_address[0])
    for question in (b"GET", b"GET /metrics HTTP/1.1\r\n\r\n", b"\xff\x00\r\n\r\n"):
        with socket.create_connection((host, metrics.port), timeout=30) as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")  # closes with a reset
            one.sendall(question)
    assert ("provenance_ready", "") in asked(metrics)[1]
    assert "Traceback" not in capfd.readouterr().err


def test_a_port_that_is_taken_is_an_error(metrics: Metrics) -> None:
    """Where something listens already, the error names the port and what to do."""
    host = str(metrics._server.server_address[0])
    with pytest.raises(ConfigInvalid, match=str(metrics.port)) as caught:
        Metrics(Endpoint(host, metrics.port))
    assert "another port" in caught.value.help
