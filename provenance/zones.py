"""How zones stand on this machine's disks."""

import os
import stat

from provenance.config import Zone


def is_protected(zone: Zone) -> bool:
    """Whether only this user can put files into a zone's folder, as far as modes tell.

    Access control lists and the rights of other hosts on a share are not seen from here.
    """
    try:
        found = os.stat(zone.root)
    except OSError:
        return False
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
