"""`provenance watch`: the daemon."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from provenance.catalogue import Stamp
from provenance.cli.options import config_option, now
from provenance.cli.session import Session
from provenance.config import Config
from provenance.configfile import load_config
from provenance.errors import ConfigInvalid, ProvenanceError

if TYPE_CHECKING:
    from types import FrameType

    from provenance.daemon.loop import Loop
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
    from provenance.daemon.logs import open_log, take_in
    from provenance.daemon.service import Service
    from provenance.daemon.starting import Setting
    from provenance.watchstate import Guarding

    log = open_log(sys.stderr)
    take_in(log)
    guarding = Guarding.start(session.config.catalogue, now())
    try:
        setting = Setting(log, Service(os.environ, log), guarding, _stamp, now)
        log.info("watching", config=str(session.config.path), pid=os.getpid())
        again: Session | None = session
        while again is not None:
            again = _run(again, setting, once=once)
        setting.service.stopping()
        log.info("stopped")
    finally:
        guarding.close()


def _stamp(config: Config, policy: "Policy") -> Callable[[], Stamp]:
    return Session(config, policy).stamp


def _run(session: Session, setting: "Setting", *, once: bool) -> Session | None:
    """Run until the end, or until there is a configuration that is to replace this one; then return that."""
    from provenance.daemon.loop import Ended
    from provenance.daemon.starting import started

    with started(session.config, session.policy, setting) as loop:
        reading = _Reading(session, setting, loop)
        with _signals(loop, reading):
            ended = loop.run(once=once)
    return reading.session if ended is Ended.RELOAD else None


class _Reading:
    """Reads the configuration again when asked to, and keeps to the old one if the new one is no good."""

    def __init__(self, session: Session, setting: "Setting", loop: "Loop") -> None:
        self.session = session
        self._setting = setting
        self._loop = loop

    def again(self) -> None:
        """Check what there is now, and have the loop end for it if it is whole."""
        from provenance.daemon.loop import Ended

        self._setting.service.reloading()
        try:
            fresh = Session(load_config(self.session.config.path))
            fresh.check()
            if fresh.config.catalogue != self.session.config.catalogue:
                raise ConfigInvalid(
                    "the catalogue cannot be changed while it is watched", help="Stop the daemon and start it again."
                )
        except ProvenanceError as error:
            self._setting.log.error(  # noqa: TRY400 (where it was raised is no news to whoever wrote the file)
                "the new configuration is refused, the old one stays", why=error.message
            )
            self._setting.service.ready()
            return
        self._setting.log.info("the configuration was read again", sha256=fresh.config.sha256)
        self.session = fresh
        self._loop.end(Ended.RELOAD)


@contextmanager
def _signals(loop: "Loop", reading: _Reading) -> Iterator[None]:
    """Let SIGTERM and Ctrl-C end the loop, and SIGHUP have the configuration read again."""
    from provenance.daemon.loop import Ended

    def end(_number: int, _frame: "FrameType | None") -> None:
        loop.end(Ended.STOPPED)

    def reload(_number: int, _frame: "FrameType | None") -> None:
        loop.soon(reading.again)

    wanted = ((signal.SIGTERM, end), (signal.SIGINT, end), (signal.SIGHUP, reload))
    before = [(number, signal.signal(number, handler)) for number, handler in wanted]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
