"""How zones stand on this machine's disks."""

import os
import stat

from provenance.config import Zone
from watcher.mounts import is_network, storage_of


def is_protected(zone: Zone) -> bool:
    """Whether only this user can put files into a zone's root or swap the root itself, as far as modes tell.

    Looks at the root, which must be this user's and closed to others, and at each folder above it: whoever may rename
    one of them may put another in its place. A folder above is safe if it is this user's or the superuser's, and others
    may not write to it, or only with the sticky bit set. Not looked at: folders inside the root, which may stand open
    to anybody. Not seen from here: access control lists. A root on a share is never protected: other hosts have rights
    of their own there, and asking it could take for ever.
    """
    if is_network(storage_of(zone.root)):
        return False
    try:
        root = os.stat(zone.root)
        above = [os.stat(folder) for folder in zone.root.parents]
    except OSError:
        return False
    user = os.geteuid()
    if root.st_uid != user or root.st_mode & _OTHERS_WRITE:
        return False
    return all(
        f.st_uid in {user, 0} and (not f.st_mode & _OTHERS_WRITE or f.st_mode & stat.S_ISVTX != 0) for f in above
    )


_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
