"""Moving one file from one tree to another: nothing is ever replaced, no link is followed, and neither end is lost.

::

    move, resume    the whole of it
    folders         the folders at both ends
    renaming        names given and taken
    copying         a copy with all that belongs to it
    snags           what can keep a file from being moved

On one file system it is a rename that refuses to replace, or a hard link and an unlink where there is no such thing.
From one file system to another it is a copy that is read back from the disk and compared before the source goes.

What is moved is one version of a file, which somebody has looked at: before and after each step it is compared with
that, because whoever can write into the tree can put another in its place at any moment.
"""

from provenance.moving.folders import Spot, made_folder, make_root, prune, sync_folders
from provenance.moving.move import Parcel, aside_of, copy, move, put, remove, resume, stand_back
from provenance.moving.renaming import numbered, shortened
from provenance.moving.snags import NotMoved, Snag

__all__ = [
    "NotMoved",
    "Parcel",
    "Snag",
    "Spot",
    "aside_of",
    "copy",
    "made_folder",
    "make_root",
    "move",
    "numbered",
    "prune",
    "put",
    "remove",
    "resume",
    "shortened",
    "stand_back",
    "sync_folders",
]
