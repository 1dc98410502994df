"""From a zone as it is set up to a tree as the watcher wants it."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import assert_never

from provenance.config import Config, Role, WatchMode, Zone
from provenance.targets import Target
from watcher.mounts import is_network, storage_of
from watcher.roots import Root

SETTLE_LOCAL = 5.0
SETTLE_NETWORK = 60.0
"""Seconds without a change, where nobody says otherwise: other hosts' writers are not seen, and stall for longer."""


def roots_of(
    config: Config, targets: Sequence[Target], storage: Callable[[Path], str | None] = storage_of
) -> tuple[Root, ...]:
    """Return each zone as a tree to be watched; `storage` finds out what kind of file system a path lies on."""
    zones = {z.name: z for z in config.zones}
    return tuple(_root(zones[t.zone_name], t, network=is_network(storage(zones[t.zone_name].root))) for t in targets)


def _root(zone: Zone, target: Target, *, network: bool) -> Root:
    return Root(
        name=zone.name,
        path=os.fsencode(zone.root),
        skip=target.skip,
        settle=zone.settle or (SETTLE_NETWORK if network else SETTLE_LOCAL),
        sweep=zone.sweep,
        events=_listens(zone.mode, network=network),
        apart=network,
        first=zone.role is Role.FINAL,
        stuck_after=zone.stuck_after,
    )


def _listens(mode: WatchMode, *, network: bool) -> bool:
    match mode:
        case WatchMode.AUTO:
            return not network
        case WatchMode.EVENTS:
            return True
        case WatchMode.POLL:
            return False
        case _:
            assert_never(mode)
