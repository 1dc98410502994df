"""Names that mean "not finished", and names that claim what their bytes may not bear out.

A file is held while it is so named and no longer, and it is never ignored: whoever makes such names gives the file
its own name at the end, which is a new path and settles like any other. What keeps its name is shown to a person, and
a final zone lets nothing hide behind one.

Held is only what its maker renames or removes. These look alike and are ordinary files:

* `.DS_Store`, `Thumbs.db`, `desktop.ini`: the system writes them in place and keeps them. They settle within seconds,
  so they are never stuck and raise no alarm; in a final zone they are examined like whatever else is delivered.
* `NAME.fcpcache`: Final Cut Pro keeps finished renders there, for months. Holding them would alarm for good, and
  generated material among them would go unseen.
* `msmFMID.pmr`, `msmMMOB.mdb`: Avid rewrites its indexes whenever it looks at a folder; between two looks they settle.
* `._NAME`: the AppleDouble half of a file (RFC 1740) if its bytes say so. If they do not, the name is a disguise.
* Names that hold such a mark elsewhere than their maker puts it: `my.part.mov`, `holiday.partial.jpg`. A person chose
  them and will not change them, so a hold would never end; an open writer, growth and a cut-off end are noticed anyway.
"""

import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Temporary:
    """How somebody names what is not finished.

    `names` is an expression for the whole name of a file; with `folder`, one for a part of the folder's path below
    the root, which is searched with a slash before and after it.
    """

    who: str
    names: bytes
    folder: bool = False
    any_case: bool = False
    """Whether it is met in capitals too: its maker runs where the case of a name does not count."""


TEMPORARY: tuple[Temporary, ...] = (
    Temporary("provenance", rb"\..+\.[0-9]+\.part|\.provenance-.+\.(?:part|taken)"),
    # mkstemp's six characters after the last dot. A word or a date there is a person's, as in `.clip.prproj` or
    # `.cut.202611`, unless what comes before has a suffix of its own: by chance one name in 100 is such a "word".
    Temporary("rsync", rb"\..+\.[A-Za-z0-9]{1,8}\.[A-Za-z0-9]{6}"),
    Temporary("rsync", rb"\..+\.(?![a-z]+\Z|[A-Z]+\Z|[0-9]+\Z)[A-Za-z0-9]{6}"),
    Temporary("rsync", rb"/\.~tmp~/", folder=True),
    Temporary("rsync", rb"/\.rsync-partial/", folder=True),
    Temporary("Syncthing", rb"(?:\.syncthing\.|~syncthing~).+\.tmp"),
    Temporary("Aspera", rb".+\.partial", any_case=True),
    Temporary("Aspera", rb".+\.aspera-ckpt", any_case=True),
    # Appended to a whole name, as in `clip.mov.aspx`; `default.aspx` is a page of a web site.
    Temporary("Aspera", rb".+\.[^.]+\.aspx", any_case=True),
    Temporary("WinSCP", rb".+\.filepart", any_case=True),
    Temporary("Chrome, Edge or another browser", rb".+\.crdownload", any_case=True),
    Temporary("Firefox or another program that downloads", rb".+\.part", any_case=True),
    Temporary("Safari", rb"/[^/]+\.download/", folder=True, any_case=True),
    Temporary("a program that saves in two steps", rb".+\.tmp", any_case=True),
    Temporary("macOS, while a program saves", rb"/\.TemporaryItems/", folder=True, any_case=True),
    Temporary("Avid, while it writes media", rb"/Avid MediaFiles/(?:[^/]+/)*Creating/", folder=True, any_case=True),
    Temporary("Avid, while it writes media", rb"/MXF/[^/]+/Creating/", folder=True, any_case=True),
    # Deleted while a program had them open: their names go when it closes them, unless its host went first.
    Temporary("SMB, for a deleted file in use", rb"\.smbdelete.*"),
    Temporary("NFS, for a deleted file in use", rb"\.nfs\.?[0-9A-Fa-f][0-9A-Fa-f.]{3,}"),
    Temporary("FUSE, for a deleted file in use", rb"\.fuse_hidden[0-9A-Fa-f]{8,}"),
)
"""The more particular before the more general: the first that fits says who it was."""


@cache
def _one_of(folder: bool) -> re.Pattern[bytes]:
    """Return one expression for all names of files, or all parts of folders' paths; the group says which it was."""
    parts = [
        b"(?P<t%d>%s)" % (number, b"(?i:%s)" % each.names if each.any_case else each.names)
        for number, each in enumerate(TEMPORARY)
        if each.folder is folder
    ]
    return re.compile(b"|".join(parts), re.DOTALL)


def temporary(path: bytes) -> str | None:
    """Return who names files so while they are not finished, None if nobody is known to.

    `path` is below a root: what a folder means counts for everything in it.
    """
    folder, _, name = path.rpartition(b"/")
    match = _one_of(folder=False).fullmatch(name)
    if match is None and folder:
        match = _one_of(folder=True).search(b"/%s/" % folder)
    if match is None or match.lastgroup is None:
        return None
    return TEMPORARY[int(match.lastgroup[1:])].who


_APPLE_DOUBLE = (0x00051607).to_bytes(4, "big")
"""The magic number of AppleDouble's header file (RFC 1740, appendix B)."""

HEAD = len(_APPLE_DOUBLE)
"""Bytes from the start of a file that tell whether it is AppleDouble."""


def calls_itself_apple_double(name: bytes) -> bool:
    """Whether a file's name says that it holds the Mac half of another file: `._NAME` beside `NAME`."""
    return name.startswith(b"._")


def is_apple_double(head: bytes) -> bool:
    """Whether a file that begins with these bytes is AppleDouble. An empty one is not."""
    return head.startswith(_APPLE_DOUBLE)
