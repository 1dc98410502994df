"""Archives made to exhaust, to mislead or to hide something: each ends in time, and in a gap."""

import gzip
import io
import struct
import tarfile
import time
import zipfile
import zlib

import pytest

from provenance.carriers import MOST_PARTS
from provenance.evidence import Claim, Strength
from tests import packing as make
from tests.containers.drawing import data_uri, svg
from tests.newsroom import PNG, flipped, media
from tests.test_carriers import AI, HELD_IN, NOTES, PLAIN, SIGNED, TRACE, WORD, flags, seen


def changed(data: bytes, old: bytes, new: bytes) -> bytes:
    """Return bytes with each `old` replaced; there has to be one."""
    assert old in data
    return data.replace(old, new)


def with_flag(data: bytes, flag: int) -> bytes:
    """Return a ZIP of one file with a flag set in both of its headers."""
    out = bytearray(data)
    for signature, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        start = data.index(signature) + at
        out[start] |= flag
    return bytes(out)


def link() -> bytes:
    """Return a ZIP with a symbolic link in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("link.jpg")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "/etc/hostname")
    return out.getvalue()


def twice(first: bytes, second: bytes) -> bytes:
    """Return a ZIP whose list names one file twice, at two places."""
    parts = [make.local(b"a.jpg", data, zlib.crc32(data)) for data in (first, second)]
    at = [0, len(parts[0])]
    rows = [make.listed(b"a.jpg", d, zlib.crc32(d), a) for d, a in zip((first, second), at, strict=True)]
    whole, names = b"".join(parts), b"".join(rows)
    return whole + names + make.ended(2, len(names), len(whole))


def overlapping(count: int) -> bytes:
    """Return a ZIP whose list names the same bytes over and over."""
    data = PLAIN * 50
    rows = b"".join(make.listed(b"a.jpg", data, zlib.crc32(data), 0) for _ in range(count))
    whole = make.local(b"a.jpg", data, zlib.crc32(data))
    return whole + rows + make.ended(count, len(rows), len(whole))


def unlisted(hidden: bytes) -> bytes:
    """Return a ZIP with a file between two others that its list does not name."""
    parts = [make.local(n, d, zlib.crc32(d)) for n, d in ((b"a", NOTES), (b"b.jpg", hidden), (b"c", NOTES))]
    rows = make.listed(b"a", NOTES, zlib.crc32(NOTES), 0)
    rows += make.listed(b"c", NOTES, zlib.crc32(NOTES), len(parts[0]) + len(parts[1]))
    whole = b"".join(parts)
    return whole + rows + make.ended(2, len(rows), len(whole))


def quine() -> bytes:
    """Return an archive of archives, each of which holds the next one twice, more than anybody looks through."""
    data = make.zipped(("a.txt", NOTES))
    for _ in range(12):
        data = make.zipped(*((f"{n}.zip", data) for n in range(10)))
    return data


def folder(hidden: bytes) -> bytes:
    """Return a ZIP with a folder that has content."""
    whole = changed(make.local(b"dir/", hidden, 0), struct.pack("<II", len(hidden), len(hidden)), bytes(8))
    whole = whole[:18] + struct.pack("<I", len(hidden)) + whole[22:]
    row = bytearray(make.listed(b"dir/", hidden, 0, 0))
    row[24:28] = bytes(4)
    return whole + row + make.ended(1, len(row), len(whole))


def extended(fields: dict[str, str], data: bytes = NOTES, *, of_all: bool = False) -> bytes:
    """Return a tape archive of one file with these fields in its extended header, or in that of all files."""
    out = io.BytesIO()
    info = tarfile.TarInfo("a.txt")
    info.size = len(data)
    info.pax_headers = {} if of_all else fields
    with tarfile.open(
        fileobj=out, mode="w", format=tarfile.PAX_FORMAT, pax_headers=fields if of_all else {}
    ) as archive:
        archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


ONE = make.zipped(("a.jpg", PLAIN))
STORED = make.zipped(("a.jpg", PLAIN), method=zipfile.ZIP_STORED)
PART = (b"abc" + bytes(61)) * 3

HOSTILE = {
    "cut short": ONE[:-30],
    "bytes behind it": ONE + PART,
    "bytes before it": b"PK\3\4" + PART + ONE,
    "bytes between a file and the list": ONE[: ONE.index(b"PK\1\2")] + PART + ONE[ONE.index(b"PK\1\2") :],
    "a file that is not listed": unlisted(AI),
    "another archive in the comment": make.zipped(("a.jpg", PLAIN), comment=make.zipped(("b.txt", NOTES))),
    "two files of one name": twice(PLAIN, PLAIN + b"\0"),
    "files over one another": overlapping(3),
    "a name that leads out": make.zipped(("../a.jpg", PLAIN)),
    "a name from the root": make.zipped(("/a.jpg", PLAIN)),
    "a name on another system's root": make.zipped(("C:\\a.jpg", PLAIN)),
    "a symbolic link": link(),
    "encrypted": with_flag(ONE, 1),
    "a way of compressing that is not known": changed(
        changed(ONE, b"\x08\0\0\0\x21\0", b"\x09\0\0\0\x21\0"), b"q", b"q"
    ),
    "a wrong checksum": flipped(STORED, 60),
    "damage in what is compressed": flipped(ONE, 200),
    "another name before the file": ONE.replace(b"a.jpg", b"b.jpg", 1),
    "a length that lies": changed(STORED, struct.pack("<I", len(PLAIN)), struct.pack("<I", len(PLAIN) - 1)),
    "a length before the file that lies, the other left open": changed(
        make.finder_zip(("a.jpg", PLAIN)), struct.pack("<II", 0, len(PLAIN)), struct.pack("<II", 0, len(PLAIN) - 1)
    ),
    "a bomb": make.zipped(("a.jpg", bytes(200 << 20))),
    "bombs": make.zipped(*((f"{n}.txt", b"a" * (100 << 20)) for n in range(3))),
    "a quine": quine(),
    "several parts": changed(ONE, b"PK\5\6\0\0", b"PK\5\6\1\0"),
    "a list that breaks off": changed(ONE, b"PK\1\2", b"PK\1\3"),
    "more files than it has": ONE[:-14] + b"\2\0\2\0" + ONE[-10:],
    "an archive in base 64 that is broken": svg(data_uri(ONE[:-9], "application/zip")),
    "a tape archive cut short": make.tarred(("a.jpg", PLAIN))[:900],
    "a tape archive without an end": make.tarred(("a.jpg", media(PNG)))[: 512 + -(-len(media(PNG)) // 512) * 512],
    "a tape archive with something behind": make.tarred(("a.jpg", PLAIN)) + PART,
    "a tape archive with a wrong checksum": flipped(make.tarred(("a.jpg", PLAIN)), 150),
    "a folder that has content": folder(AI),
    "a picture beside an empty file, as its credential": make.zipped(("a.png", b""), ("a.png.c2pa", TRACE)),
    "a picture as the credential of a printer's settings": make.zipped(
        (WORD, b"<Types/>"), ("xl/printerSettings/1.bin", b"\0\1\2\3" * 99), ("xl/printerSettings/1.bin.c2pa", TRACE)
    ),
    "a tape archive, a length for all files": extended({"size": "5"}, of_all=True),
    "a tape archive, a file without its holes": extended({"GNU.sparse.map": "0,5", "GNU.sparse.size": "400"}),
    "a tape archive, a header that breaks off": changed(extended({"note": "abc"}), b"12 note=abc\n", b"99 note=abc\n"),
    "a bomb in gzip": gzip.compress(bytes(200 << 20)),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_archive_is_held_in_time(data: bytes) -> None:
    """Bombs, lies, what is hidden or leads elsewhere: each ends in seconds, and in a gap."""
    start = time.perf_counter()
    assert seen(data).gaps
    assert time.perf_counter() - start < 20


def test_what_an_archive_hides_behind_a_second_name_still_flags() -> None:
    """Of two files of one name both are examined."""
    assert flags(twice(PLAIN, AI)) == {(*SIGNED, "inside a.jpg (2 of 2)")}


def test_what_programs_say_of_files_in_a_tape_archive_is_nothing_to_hold() -> None:
    """Comments and times in extended headers, of one file or of all, change nothing."""
    assert seen(extended({"comment": "abc", "mtime": "1.5"})).gaps == ()
    assert seen(extended({"comment": "abc"}, of_all=True)).gaps == ()


def test_of_two_credentials_of_one_name_the_first_is_looked_at() -> None:
    """A picture in the place of a credential flags, even where a second one takes its place when unpacked."""
    beside = AI[AI.index(b"jumb") - 4 :]
    whole = make.tarred(("a.jpg", PLAIN), ("a.jpg.c2pa", TRACE), ("a.jpg.c2pa", beside))
    assert (Claim.AI_ASSISTED, Strength.TRACE, "inside a.jpg.c2pa (2 of 3)") in flags(whole)


def test_a_hundred_thousand_files_end_in_a_gap() -> None:
    """An archive of more files than are looked at is held, and what was looked at counts."""
    crc = zlib.crc32(NOTES)
    one = make.local(b"a.txt", NOTES, crc)
    names = [b"%05d" % n for n in range(100_000)]
    whole = b"".join(make.local(name, NOTES, crc) for name in names)
    rows = b"".join(make.listed(name, NOTES, crc, n * len(one)) for n, name in enumerate(names))
    at, size = len(whole), len(rows)
    wide = struct.pack("<4sQHHIIQQQQ", b"PK\6\6", 44, 45, 45, 0, 0, len(names), len(names), size, at)
    locator = struct.pack("<4sIQI", b"PK\6\7", 0, at + size, 1)
    start = time.perf_counter()
    found = seen(whole + rows + wide + locator + make.ended(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF))
    assert time.perf_counter() - start < 30
    assert [gap.says for gap in found.gaps] == [f"more than {MOST_PARTS} files lie in it; the rest was not examined"]


def test_a_table_of_sectors_in_circles_is_followed_once() -> None:
    """An AAF whose header was shifted, so that its table of sectors leads in circles, is held before long."""
    data = HELD_IN["AAF"]
    start = time.perf_counter()
    found = seen(data[:40] + b"\0\0\0\0" + data[40:])
    assert time.perf_counter() - start < 5
    assert any("its table of sectors leads in circles" in gap.says for gap in found.gaps)


def test_a_document_that_lost_objects_is_held() -> None:
    """A PDF whose table is damaged where its attachment stands, and leads to fewer objects than it says, is held."""
    data = HELD_IN["PDF attachment"]
    at, stop = data.rindex(b">>\nstream\n") + 10, data.rindex(b"\nendstream")
    rows = bytearray(zlib.decompress(data[at:stop]))
    rows[7 * 5 + 1] = 0xAF  # from the seventh object on they are of a kind that nobody knows (ISO 32000-2, 7.5.8.3)
    packed = zlib.compress(rows)
    before, _, after = data[:at].rpartition(b"/Length %d " % (stop - at))
    found = seen(before + b"/Length %d " % len(packed) + after + packed + data[stop:])
    assert found.signals == ()
    assert [gap.place for gap in found.gaps] == ["PDF"]


@pytest.mark.parametrize("name", ["a\nb.jpg", "\u202egpj.a", "ü.jpg", "x" * 4000])
def test_any_name_is_shown_on_one_harmless_line(name: str) -> None:
    """Names of control characters, of other writings and of any length are shown escaped and short."""
    data = make.zipped((name, AI))
    for packed in (data, data.replace(name.encode(), name.encode()[:-5] + b"\xff.jpg")):
        assert flags(packed)
        for signal in seen(packed).signals:
            assert signal.place.isprintable()
            assert len(signal.place) < 300
