import datetime as dt
import os
from pathlib import Path

import pytest

from provenance.asset import Digest, Place, RelPath, StatKey, ZoneName, utc
from provenance.catalogue.custody import Move
from provenance.files import replacing
from provenance.moving import Parcel, Spot
from provenance.quarantine.taking import mark_of
from watcher.ignore import HEAD, TEMPORARY, calls_itself_apple_double, is_apple_double, temporary

MADE_BY = {
    "rsync": [
        b".A001C003.mov.aB3dE9",
        b".clip.mov.abcdef",
        b".clip.mov.123456",
        b"day 1/.README.x7Yq2P",
        b"..hidden.mov.aB3dE9",
        b"._clip.mov.aB3dE9",
        b".two\nlines.mov.aB3dE9",
        b".\xff\xfe.mov.aB3dE9",
        b".~tmp~/clip.mov",
        b"a/.~tmp~/b/clip.mov",
        b"a/.rsync-partial/clip.mov",
    ],
    "Syncthing": [b".syncthing.clip.mov.tmp", b"a/~syncthing~clip.mov.tmp"],
    "Aspera": [b"clip.mov.partial", b"CLIP.MOV.PARTIAL", b"clip.mov.aspx", b"clip.mov.aspera-ckpt"],
    "WinSCP": [b"clip.mov.filepart", b"CLIP.MOV.FILEPART"],
    "Chrome, Edge or another browser": [b"clip.mov.crdownload", b"Unconfirmed 4711.crdownload"],
    "Firefox or another program that downloads": [b"clip.mov.part", b"clip.PART"],
    "Safari": [b"clip.mov.download/clip.mov", b"a/Clip.Download/Info.plist"],
    "a program that saves in two steps": [b"clip.tmp", b"~WRL0001.TMP"],
    "macOS, while a program saves": [b".TemporaryItems/folders.501/clip.mov", b"a/.temporaryitems/x"],
    "Avid, while it writes media": [
        b"Avid MediaFiles/MXF/1/Creating/a.mxf",
        b"show/AVID MEDIAFILES/MXF/EDIT1.2/Creating/a.mxf",
        b"MXF/1/Creating/a.mxf",
    ],
    "SMB, for a deleted file in use": [b".smbdeleteAAA04f2c3.4"],
    "NFS, for a deleted file in use": [b".nfs000000000012a4f300000001", b".nfs.20051ef8.1c4"],
    "FUSE, for a deleted file in use": [b".fuse_hidden0000001a00000002"],
    "provenance": [b".clip.mov.31.part", b".provenance-4f2c.part", b".provenance-4f2c.taken"],
}


@pytest.mark.parametrize(("who", "path"), [(who, path) for who, paths in MADE_BY.items() for path in paths])
def test_names_of_what_is_not_finished(who: str, path: bytes) -> None:
    """A file is held, and its maker named, while it has a name or lies in a folder that means unfinished."""
    assert temporary(path) == who


def test_every_maker_is_tried() -> None:
    """No row of the table stands there untested."""
    assert {each.who for each in TEMPORARY} == set(MADE_BY)


@pytest.mark.parametrize(
    "path",
    [
        b"clip.mov",
        b".hidden.mov",
        b".hidden",
        b".clip.prproj",  # six letters, and a suffix
        b".CLIP.PRPROJ",
        b".cut.202611",  # a month
        b".clip.aB3dE",  # five
        b".clip.aB3dE9x",  # seven
        b".clip.mov.aB3d_9",
        b"clip.mov.aB3dE9",  # no dot before
        b"..aB3dE9",  # nothing between
        b".aB3dE9",
        b"my.part.mov",
        b"holiday.partial.jpg",
        b"clip.tmp.mov",
        b"part",
        b".part",
        b".tmp",
        b"spare-part",
        b"movie.part1.rar",
        b"default.aspx",  # a page of a web site
        b"jquery.js.download",  # a file, where Safari makes a folder
        b"a.download",
        b".download/clip.mov",
        b"clip.partial/clip.mov",  # a file's name, given to a folder
        b"x.syncthing.clip.mov",
        b".~TMP~/clip.mov",  # rsync's machines tell capitals apart
        b"~tmp~/clip.mov",
        b"rsync-partial/clip.mov",
        b"Creating/clip.mov",
        b"Making of/Creating/clip.mov",
        b"Avid MediaFiles/MXF/1/a.mxf",
        b"Avid MediaFiles/MXF/1/Creating",
        b"Avid MediaFiles/MXF/1/msmFMID.pmr",
        b"x.fcpcache/Render Files/a.mov",
        b".DS_Store",
        b"a/Thumbs.db",
        b"desktop.ini",
        b"._clip.mov",
        b".nfs",
        b".nfs-export.mov",
        b"a.nfs000000000012a4f300000001",
        b"smbdelete",
        b"clip.HELD.txt",
    ],
)
def test_names_that_only_look_alike(path: bytes) -> None:
    """Names of the system's own files, and those a person chose, hold nothing back."""
    assert temporary(path) is None


def test_what_this_program_writes_aside_is_known(tmp_path: Path) -> None:
    """The name under which a file is written before it is put in place is one of the table's."""
    with replacing(tmp_path / "report.html") as stream:
        (aside,) = tmp_path.iterdir()
        stream.write(b"x")
    assert temporary(os.fsencode(aside.name)) == "provenance"
    assert temporary(b"report.html") is None


def test_what_this_program_moves_aside_is_known(tmp_path: Path) -> None:
    """The names a file has for a moment on its way into quarantine are of the table's, at either end."""
    key, digest = StatKey(1, 2, 3, 4, 5), Digest("ab" * 32)
    place = Place(ZoneName("final"), RelPath(b"clip.mov"))
    planned = Move(place, b"7/clip.mov", digest, key, (), (), "run", utc(dt.datetime.now(dt.UTC)))
    spot = Spot(os.fsencode(tmp_path), b"clip.mov")
    parcel = Parcel(spot, spot, key, digest, mark_of(7, planned))
    assert {temporary(parcel.taken), temporary(parcel.part)} == {"provenance"}


def test_apple_double_is_known_by_its_bytes() -> None:
    """What is named `._NAME` has to begin as RFC 1740 says; AppleSingle, emptiness and anything else is no proof."""
    assert calls_itself_apple_double(b"._clip.mov")
    assert calls_itself_apple_double(b"._")
    assert not calls_itself_apple_double(b".clip.mov")
    assert not calls_itself_apple_double(b"a._b")
    assert is_apple_double(b"\x00\x05\x16\x07\x00\x02\x00\x00")
    assert is_apple_double(b"\x00\x05\x16\x07"[:HEAD])
    for head in (b"", b"\x00\x05\x16", b"\x00\x05\x16\x00", b"\x07\x16\x05\x00", b"\xff\xd8\xff\xe0"):
        assert not is_apple_double(head)


@pytest.mark.parametrize("path", [b"." * 255, b"." + b"a." * 127, b"a." * 127, b"~syncthing~" * 23])
def test_names_made_to_take_long_do_not(path: bytes) -> None:
    """The longest names there can be, of the very letters the table looks for, are told at once."""
    folders = (path + b"/") * 15
    assert {temporary(path) for _ in range(1000)} == {None}
    assert {temporary(folders + b"x") for _ in range(100)} == {None}
