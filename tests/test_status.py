import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from provenance.asset import Digest, Place, RelPath, StatKey, UtcTime, ZoneName
from provenance.catalogue import Counts, Move, Quarantined, Stay, Trouble, Waiting, Why
from provenance.cli.options import now
from provenance.config import Config, WatchMode
from provenance.configfile import load_config
from provenance.report.status import Standing, status_document, status_text
from provenance.watchstate import Events, Guarding, Running, WatchState, ZoneState
from tests.production import Production, new_production

BEGAN = UtcTime("2026-11-24T10:00:00.000000Z")
SAID = UtcTime("2026-11-24T11:00:00.000000Z")
NOW = UtcTime("2026-11-24T11:00:01.000000Z")
COUNTS = Counts(assets=3, sightings=4, origins={}, troubles=1, ledger_entries=5)
DELIVER, EDITORIAL = ZoneName("deliver"), ZoneName("editorial")


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A fresh production."""
    return new_production(tmp_path)


@pytest.fixture
def config(production: Production) -> Config:
    """Its configuration."""
    return load_config(production.config)


def state(**changed: object) -> WatchState:
    """Return what a daemon in good health says, but for what is changed."""
    zones = (
        ZoneState(EDITORIAL, WatchMode.POLL, last_sweep=BEGAN, sweep_seconds=3.0),
        ZoneState(
            DELIVER,
            WatchMode.EVENTS,
            last_sweep=BEGAN,
            sweep_seconds=0.5,
            exposure_seconds=5.4,
            unfinished_seconds=910.4,
        ),
    )
    told: dict[str, object] = {"ready": True, "events": Events.OK, "settling": 2, "last_sweep": BEGAN, "zones": zones}
    return WatchState(**{**told, **changed})  # type: ignore[arg-type]


def standing(running: Running | None, **changed: object) -> Standing:
    """Return a production with nothing in need of anybody, but for what is changed."""
    told: dict[str, object] = {"troubles": (), "waiting": (), "quarantined": (), **changed}
    return Standing(counts=COUNTS, running=running, **told)  # type: ignore[arg-type]


def test_without_a_daemon_it_says_so_and_what_to_do(production: Production) -> None:
    """The first line says that nobody watches, and the last what starts somebody who does; that is still an answer."""
    result = production.run("status")
    assert result.code == 0
    first, *_, last = result.out.splitlines()
    assert first.endswith("; NOT WATCHED")
    assert last == "  Start it: provenance watch"
    document = production.json("status")
    assert document["daemon"]["running"] is False
    assert [z["exposure_seconds"] for z in document["zones"]] == [None, None]


@pytest.fixture
def guarding(config: Config) -> Iterator[Guarding]:
    """A hold on the production's catalogue, as its daemon has."""
    held = Guarding.start(config.catalogue, BEGAN)
    yield held
    held.close()


def test_a_policy_that_cannot_be_used_keeps_nobody_from_the_status(production: Production) -> None:
    """How things stand is answered although the policy does not parse: who may say what is not asked."""
    (production.root / "mine.toml").write_text("nothing a policy says")
    production.config.write_text(production.config.read_text().replace('policy = "baseline"', 'policy = "mine.toml"'))
    assert production.run("status").code == 0


def test_a_daemon_that_runs_is_shown_with_all_it_says(production: Production, guarding: Guarding) -> None:
    """The documented fields of the daemon and the zones are what it said last."""
    assert production.json("status")["daemon"]["running"] is True
    assert "it has said nothing yet" in production.run("status").out
    said = state(backlog=1, held=3, stuck=4, events=Events.DEGRADED, troubles=("the queue overflowed",))
    told = now()
    guarding.tell(said, told)
    document = production.json("status")
    assert document["daemon"] == {
        "running": True,
        "pid": os.getpid(),
        "ready": True,
        "backlog": 1,
        "settling": 2,
        "held": 3,
        "stuck": 4,
        "last_sweep": BEGAN,
        "events": "degraded",
        "quarantined": 0,
        "started_at": BEGAN,
        "said_at": told,
        "troubles": ["the queue overflowed"],
    }
    editorial, deliver = document["zones"]
    assert (editorial["mode"], editorial["exposure_seconds"], editorial["sweep_seconds"]) == ("poll", None, 3.0)
    assert (deliver["mode"], deliver["exposure_seconds"], deliver["last_sweep"]) == ("events", 5.4, BEGAN)


def test_a_healthy_watch_is_a_few_lines(config: Config) -> None:
    """Line one gives the answer; each zone has a line with how it is guarded, and the daemon one with its numbers."""
    lines = status_text(config, standing(Running(7, BEGAN, SAID, state())), NOW)
    assert lines[0].endswith("; watching")
    assert lines[1] == "zone editorial (work): protected; watched by sweeps alone"
    guarded = "guarded, what is flagged is moved within 5.4 s (unfinished: 910.4 s) by events"
    assert lines[2] == f"zone deliver (final): protected; {guarded}"
    assert lines[-1] == (
        "daemon: watching, process 7; 0 to record, 2 settling, 0 held, 0 stuck, 0 in quarantine; events ok; "
        f"last sweep {BEGAN}"
    )
    assert len(lines) == 5


def test_a_final_zone_that_is_not_guarded_now_is_called_so(config: Config) -> None:
    """Where something stands in the way of guarding, no time is promised, and the zone's own line says so."""
    zone = ZoneState(DELIVER, WatchMode.EVENTS, last_sweep=BEGAN, sweep_seconds=0.5, troubles=("no room",))
    lines = status_text(config, standing(Running(7, BEGAN, SAID, state(zones=(zone,)))), NOW)
    assert "zone deliver (final): protected; NOT GUARDED while there is trouble; watched by events" in lines
    assert "  trouble: no room" in lines


def test_a_daemon_that_is_silent_is_not_taken_to_be_well(config: Config) -> None:
    """One that has said nothing for an hour is called silent, and nothing it promised of its zones is repeated."""
    silent = standing(Running(7, BEGAN, BEGAN, state()))
    lines = status_text(config, silent, NOW)
    assert lines[0].endswith("; NO WORD FROM THE DAEMON")
    assert "SILENT for 3,601 s" in lines[-1]
    assert "guarded" not in "".join(lines)
    document = status_document(config, silent, NOW)
    assert document.daemon.running
    assert [(z.exposure_seconds, z.mode) for z in document.zones] == [(None, None)] * 2


def test_a_first_sweep_that_is_not_done_is_said(config: Config) -> None:
    """Until everything was looked at once, the daemon's line says that."""
    said = state(ready=False, last_sweep=None)
    assert status_text(config, standing(Running(7, BEGAN, SAID, said)), NOW)[-1].endswith(
        "last sweep not done; the first sweep is not done"
    )


def test_a_paused_zone_is_not_asked_and_not_called_protected(config: Config) -> None:
    """A zone that is paused, perhaps on a share that answers nobody, shows why, and is never said to be protected."""
    zone = ZoneState(DELIVER, WatchMode.POLL, paused="the share has not answered for 60 s\n")
    running = Running(7, BEGAN, SAID, state(zones=(zone,)))
    (_, deliver) = status_document(config, standing(running), NOW).zones
    assert (deliver.paused, deliver.protected) == (zone.paused, False)
    lines = status_text(config, standing(running), NOW)
    assert "zone deliver (final): PAUSED: the share has not answered for 60 s\\n" in lines
    assert "zone editorial (work): protected; no word of it yet" in lines


def test_troubles_are_lines_of_their_own(config: Config) -> None:
    """What is wrong with a zone stands below it, and what is wrong with all below the daemon, each on one line."""
    zone = ZoneState(DELIVER, WatchMode.EVENTS, troubles=("the watch limit is reached\x1b[2J",))
    running = Running(7, BEGAN, SAID, state(zones=(zone,), troubles=("the disk is full",)))
    lines = status_text(config, standing(running), NOW)
    assert lines[lines.index("  trouble: the watch limit is reached\\x1b[2J") - 1].startswith("zone deliver")
    assert lines[-1] == "  trouble: the disk is full"


def waiting(number: int, why: str) -> Waiting:
    """Return a file that waits for something."""
    place = Place(DELIVER, RelPath(b"%04d\n.mov" % number))
    since = UtcTime(f"2026-11-24T09:{number % 60:02}:00.000000Z")
    return Waiting(place, why, "somebody has it open", 1, SAID, since)


def test_what_waits_for_somebody_is_named_and_what_only_settles_is_not(config: Config) -> None:
    """Files that wait for a writer, a name or a missing part are named, the longest wait first, up to a number."""
    rows = (waiting(59, "writer"), waiting(1, "stuck"), waiting(2, "settling"), waiting(3, "changing"))
    lines = [line for line in status_text(config, standing(None, waiting=rows), NOW) if line.startswith("waiting")]
    assert lines == [
        "waiting       deliver/0001\\n.mov: stuck since 2026-11-24T09:01:00.000000Z: somebody has it open",
        "waiting       deliver/0059\\n.mov: writer since 2026-11-24T09:59:00.000000Z: somebody has it open",
    ]
    many = tuple(waiting(n, "name") for n in range(50))
    lines = [line for line in status_text(config, standing(None, waiting=many), NOW) if line.startswith("waiting")]
    assert (len(lines), lines[-1]) == (21, "waiting       and 30 more")


def test_quarantine_is_known_without_a_daemon(config: Config) -> None:
    """What lies in quarantine is counted and named with its reasons, whether or not a daemon runs now."""
    why = (Why("temporary-not-final", "refuse", "ai-generated\n"), Why("no-signal-found", "pass", "nothing"))
    place = Place(DELIVER, RelPath(b"shots/a.png"))
    move = Move(place, b"shots/a.png", Digest("ab" * 32), StatKey(1, 2, 3, 4, 5), why, (), "run-1", BEGAN)
    held = standing(None, quarantined=(Quarantined(1, move, Stay.HELD),))
    assert status_document(config, held, NOW).daemon.quarantined == 1
    assert "quarantined   deliver/shots/a.png: ai-generated\\n" in status_text(config, held, NOW)


def test_what_could_not_be_examined_is_named(config: Config) -> None:
    """A file that could not be examined is named with the reason."""
    trouble = Trouble(Place(DELIVER, RelPath(b"a.mov")), "not-permitted", "Permission denied")
    lines = status_text(config, standing(None, troubles=(trouble,)), NOW)
    assert "not examined  deliver/a.mov: Permission denied" in lines


def test_a_state_that_cannot_be_read_is_an_error(production: Production, config: Config) -> None:
    """Where it cannot be found out whether a daemon runs, `status` says so with a code, and not that none does."""
    (config.catalogue.parent / "watch.lock").symlink_to("/dev/null")
    result = production.run("status", "--format", "json")
    assert (result.code, json.loads(result.out)["code"]) == (35, 35)
