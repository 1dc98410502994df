"""Backups: everything the house knows, in one folder that can be verified and put back.

::

    manifest   what is in a backup, with digests and the ledger's head
    parts      what belongs to a production, and where it goes back to
    workroom   a private folder to work in, one process at a time
    making     `backup`
    restoring  `restore`
"""

from provenance.backup.making import back_up
from provenance.backup.manifest import MANIFEST_NAME, Manifest, Part, Piece, PinnedHead
from provenance.backup.restoring import Restored, restore
from provenance.backup.workroom import clear_leftovers

__all__ = [
    "MANIFEST_NAME",
    "Manifest",
    "Part",
    "Piece",
    "PinnedHead",
    "Restored",
    "back_up",
    "clear_leftovers",
    "restore",
]
