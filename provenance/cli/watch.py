"""`provenance watch`: the daemon."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from provenance.catalogue import Stamp
from provenance.cli.options import config_option, now
from provenance.cli.session import Session
from provenance.config import Config
from provenance.configfile import load_config
from provenance.errors import CatalogueTrouble, ConfigInvalid, ProvenanceError

if TYPE_CHECKING:
    from types import FrameType

    from provenance.daemon.loop import Ended, Loop
    from provenance.daemon.starting import Setting
    from provenance.policy import Policy


@click.command()
@click.option("--once", is_flag=True, help="Take in what is there, wait until all of it has settled, and end.")
@config_option
@click.pass_context
def watch(ctx: click.Context, once: bool) -> None:
    """Take in every file under the zones once it is complete, and guard the final zones. Goes on until it is ended.

    What the gate refuses in a final zone is moved to quarantine (`on_refuse`), what it holds is told (`on_hold`).
    SIGTERM and Ctrl-C end it within seconds and lose nothing; SIGHUP has it read its configuration again. Says what
    it does on standard error; `provenance status` tells how it stands.
    """
    session = Session.with_workers(ctx)
    from provenance.daemon.ending import within_seconds
    from provenance.daemon.logs import open_log, take_in
    from provenance.daemon.service import Service
    from provenance.daemon.starting import Setting
    from provenance.watchstate import Guarding

    log = open_log(sys.stderr)
    take_in(log)
    asked = _Asked()
    with within_seconds(log), _signals(asked):
        guarding = Guarding.start(session.config.catalogue, now())
        try:
            setting = Setting(log, Service(os.environ, log), guarding, _stamp, now)
            log.info("watching", config=str(session.config.path), pid=os.getpid())
            _watch(session, setting, asked, once=once)
            setting.service.stopping()
            log.info("stopped")
        finally:
            guarding.close()


def _stamp(config: Config, policy: "Policy") -> Callable[[], Stamp]:
    return Session(config, policy).stamp


class _Asked:
    """What signals asked for, whether anything runs that could do it or not."""

    def __init__(self) -> None:
        self.to_end = False
        self.to_reload = False
        self.loop: Loop | None = None
        self._again_at: float | None = None

    def end(self, _number: int, _frame: "FrameType | None") -> None:
        from provenance.daemon.loop import Ended

        self.to_end = True
        if self.loop is not None:
            self.loop.end(Ended.STOPPED)

    def reload(self, _number: int, _frame: "FrameType | None") -> None:
        self.to_reload = True
        if self.loop is not None:
            self.loop.wake()

    def put_off(self, error: ProvenanceError) -> None:
        """Have the configuration read again in a while if it was refused for something that passes."""
        if isinstance(error, CatalogueTrouble):
            self._again_at = time.monotonic() + _AGAIN

    def reload_now(self) -> bool:
        """Whether the configuration is to be read again. Asked for once, it is answered once."""
        due = self._again_at is not None and time.monotonic() >= self._again_at
        wanted, self.to_reload = self.to_reload or due, False
        if wanted:
            self._again_at = None
        return wanted


_AGAIN = 60.0
"""Seconds until a configuration is read again that was refused because the catalogue was locked or its disk full."""


def _watch(session: Session, setting: "Setting", asked: _Asked, *, once: bool) -> None:
    """Run until the end. A configuration that was read again and cannot be worked with gives way to the one before."""
    from provenance.daemon.loop import Ended

    before: Session | None = None

    def begun() -> None:
        nonlocal before
        before = None  # it was found to work: what goes wrong from now on is no reason to go back

    while not asked.to_end:
        try:
            ended, fresh = _run(session, setting, asked, begun, once=once)
        except ProvenanceError as error:
            if before is None:
                raise
            _refuse(setting, error)
            asked.put_off(error)
            session, before = before, None
            continue
        if ended is not Ended.RELOAD or fresh is None:
            return
        session, before = fresh, session


def _run(
    session: Session, setting: "Setting", asked: _Asked, begun: Callable[[], None], *, once: bool
) -> "tuple[Ended, Session | None]":
    """Run until the end, or until there is a configuration that is to replace this one; then return that too.

    `begun` is called when everything is set up and about to run.
    """
    from provenance.daemon.loop import Ended
    from provenance.daemon.starting import started

    fresh: list[Session] = []
    with started(session.config, session.policy, setting) as loop:
        begun()

        def between() -> None:
            """Read the configuration again if that was asked for, and have the loop end for it if it is whole."""
            if asked.reload_now() and (found := _read_again(session, setting)) is not None:
                fresh.append(found)
                loop.end(Ended.RELOAD)

        loop.between = between
        asked.loop = loop
        try:
            if asked.to_end:
                loop.end(Ended.STOPPED)
            return loop.run(once=once), fresh[-1] if fresh else None
        finally:
            asked.loop = None


def _read_again(session: Session, setting: "Setting") -> Session | None:
    """Return the configuration as it is now; None, and a word in the log, if it is no good."""
    setting.service.reloading()
    try:
        fresh = Session(load_config(session.config.path))
        fresh.check()
        if fresh.config.catalogue != session.config.catalogue:
            raise ConfigInvalid(
                "the catalogue cannot be changed while it is watched", help="Stop the daemon and start it again."
            )
    except ProvenanceError as error:
        _refuse(setting, error)
        setting.service.ready()
        return None
    setting.log.info("the configuration was read again", sha256=fresh.config.sha256)
    return fresh


def _refuse(setting: "Setting", error: ProvenanceError) -> None:
    setting.log.error("the new configuration is refused, the old one stays", why=error.message)


@contextmanager
def _signals(asked: _Asked) -> Iterator[None]:
    """Let SIGTERM and Ctrl-C end the watch, and SIGHUP have the configuration read again, at any moment.

    Once the end was asked for these mean nothing any more: it comes, and nothing is to interrupt what is left of it.
    """
    wanted = ((signal.SIGTERM, asked.end), (signal.SIGINT, asked.end), (signal.SIGHUP, asked.reload))
    before = [(number, signal.signal(number, handler)) for number, handler in wanted]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, signal.SIG_IGN if asked.to_end else handler)
