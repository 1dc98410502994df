"""A watch daemon to which one zone is network storage: `python tests/daemon/networked.py ZONE PATIENCE`.

The real daemon, put together as `provenance watch` puts it together, but for two things: what kind of file system the
zone's folder lies on, and after how many silent seconds its storage is taken to have stopped answering.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from provenance.catalogue import Stamp
from provenance.cli.options import now
from provenance.cli.session import Session
from provenance.config import Config
from provenance.configfile import find_config, load_config
from provenance.daemon.ending import within_seconds
from provenance.daemon.logs import open_log, take_in
from provenance.daemon.loop import Ended
from provenance.daemon.service import Service
from provenance.daemon.starting import Setting, started
from provenance.policy import Policy
from provenance.watchstate import Guarding
from watcher.apart import Patience
from watcher.mounts import storage_of


def main(zone: str, seconds: float) -> None:
    """Watch until SIGTERM."""
    session = Session(load_config(find_config(None, {}, Path.cwd())))
    roots = {z.root for z in session.config.zones if z.name == zone}
    log = open_log(sys.stderr)
    take_in(log)
    guarding = Guarding.start(session.config.catalogue, now())

    def storage(path: Path) -> str | None:
        return "nfs4" if path in roots else storage_of(path)

    setting = Setting(log, Service(os.environ, log), guarding, _stamp, now, storage, Patience(seconds))
    with within_seconds(log), started(session.config, session.policy, setting) as loop:

        def end(_number: int, _frame: FrameType | None) -> None:
            loop.end(Ended.STOPPED)

        signal.signal(signal.SIGTERM, end)
        loop.run()
    guarding.close()


def _stamp(config: Config, policy: Policy) -> Callable[[], Stamp]:
    return Session(config, policy).stamp


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
