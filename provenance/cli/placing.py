"""Where what somebody asked for may be written: never among the material, never over anything, for this user alone."""

import os
from collections.abc import Iterable
from pathlib import Path

from provenance.cli.writing import refused_to_write
from provenance.config import Config
from provenance.errors import DestinationExists, ZoneTrouble
from provenance.files import display, replacing

PRIVATE = 0o600


def free_place(config: Config, named: Path, what: str) -> Path:
    """Return the absolute path somebody named, with no link in its folder's.

    Raises `ZoneTrouble` where it lies in a zone or a quarantine, however it is reached; `DestinationExists` where there
    is something already.
    """
    absolute = Path.cwd() / named
    place = absolute.parent.resolve() / absolute.name
    for zone in config.zones:
        for root in (zone.root, zone.quarantine):
            if place == root or root in place.parents:
                raise ZoneTrouble(
                    f"{what} ({display(str(place))}) would lie among the material ({display(str(root))})",
                    help="Name a place outside the zones and their quarantines: what lies there may be delivered.",
                )
    if os.path.lexists(place):
        raise DestinationExists(f"{display(str(named))} is there already", help="Name another place.")
    return place


def write_private(place: Path, pieces: Iterable[bytes]) -> None:
    """Write a file that only this user can read: all of it, or nothing. Raises `FileTrouble`."""
    try:
        with replacing(place, mode=PRIVATE) as stream:
            for piece in pieces:
                stream.write(piece)
    except OSError as error:
        raise refused_to_write(place, error) from error
