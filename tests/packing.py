"""Makes carriers, sound ones and broken ones: archives, documents that are, layered files, structured storage."""

import io
import struct
import tarfile
import zipfile
from collections.abc import Mapping
from itertools import pairwise

from tests.containers.drawing import placed, psd

Entry = tuple[str, bytes]
TYPES = "[Content_Types].xml"
"""The part that makes a ZIP an Office document."""


def zipped(*entries: Entry, method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    """Return a ZIP as Python writes it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in entries:
            archive.writestr(zipfile.ZipInfo(name), data, method)
        archive.comment = comment
    return out.getvalue()


def streamed_zip(*entries: Entry) -> bytes:
    """Return a ZIP that was written to a pipe: lengths stand behind each file."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    out = Pipe()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return out.getvalue()


def finder_zip(*entries: Entry) -> bytes:
    """Return a ZIP as macOS makes one: the header before a file says how long it is, but not how long compressed."""
    out = bytearray(streamed_zip(*entries))
    at = out.index(b"PK\1\2")
    for _, data in reversed(entries):
        at = out.rindex(b"PK\3\4", 0, at)
        out[at + 22 : at + 26] = struct.pack("<I", len(data))
    return bytes(out)


def local(name: bytes, data: bytes, crc: int) -> bytes:
    """Return a file that is not compressed as a ZIP has it, with the header before it."""
    return struct.pack("<4sHHHIIIIHH", b"PK\3\4", 20, 0, 0, 0, crc, len(data), len(data), len(name), 0) + name + data


def listed(name: bytes, data: bytes, crc: int, at: int) -> bytes:
    """Return what the list of a ZIP says of a file that is not compressed."""
    return (
        struct.pack(
            "<4sHHHHIIIIHHHHHII", b"PK\1\2", 20, 20, 0, 0, 0, crc, len(data), len(data), len(name), *[0] * 5, at
        )
        + name
    )


def ended(count: int, size: int, at: int) -> bytes:
    """Return the record at the end of a ZIP."""
    return struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, count, count, size, at, 0)


def tarred(*entries: Entry, form: int = tarfile.PAX_FORMAT, mode: str = "w") -> bytes:
    """Return a tape archive, compressed as the mode says."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=form) as archive:  # type: ignore[call-overload]
        for name, data in entries:
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def item(name: str, data: bytes, *, kind: bytes = b"liFD", version: int = 7, opened: bytes = b"") -> bytes:
    """Return one placed file as Photoshop keeps it; `opened` stands for how it was opened."""
    letters = name + "\0"
    head = (
        kind + struct.pack(">I", version) + b"\x04uuid" + struct.pack(">I", len(letters)) + letters.encode("utf-16-be")
    )
    head += b"JPEG8BIM" + struct.pack(">QB", len(data), bool(opened)) + opened
    child = "child\0"
    behind = struct.pack(">I", len(child)) + child.encode("utf-16-be") if version >= 5 else b""
    behind += (bytes(8) if version >= 6 else b"") + (b"\0" if version >= 7 else b"")
    body = head + data + behind
    return struct.pack(">Q", len(body)) + body + bytes(-len(body) % 4)


def layered(*items: bytes, kind: bytes = b"lnk2", big: bool = False) -> bytes:
    """Return a PSD, or a PSB, with placed files."""
    return psd(layers=placed(kind, b"".join(items), big=big), big=big)


AAF = b"AAFB\r\0OM\x06\x0e+4\x01\x01\x01\xff"
ESSENCE = "EssenceData-1902{0}"


def storage(streams: Mapping[str, bytes], *, of: bytes = AAF) -> bytes:
    """Return a structured storage with these streams, each in a storage of its own if its name has a slash in it."""
    table: list[int] = []
    sectors: list[bytes] = []

    def kept(data: bytes) -> int:
        pieces = [data[at : at + 512].ljust(512, b"\0") for at in range(0, len(data), 512)]
        first = len(sectors)
        sectors.extend(pieces)
        table.extend(range(first + 1, first + len(pieces)))
        table.append(0xFFFFFFFE)
        return first

    folders = sorted({name.rpartition("/")[0] for name in streams} - {""})
    entries = [_entry("Root Entry", 5, child=1)]
    numbers = {folder: 1 + n for n, folder in enumerate(folders)}
    first_stream = 1 + len(folders)
    names = sorted(streams, key=lambda name: (name.rpartition("/")[0], name))
    within = {
        f: [first_stream + n for n, name in enumerate(names) if name.rpartition("/")[0] == f] for f in ["", *folders]
    }
    top = [*numbers.values(), *within[""]]
    entries[0] = _entry("Root Entry", 5, child=top[0])
    after = {
        number: following for group in (top, *(within[f] for f in folders)) for number, following in pairwise(group)
    }
    for folder, number in numbers.items():
        entries.append(_entry(folder, 1, right=after.get(number), child=within[folder][0]))
    for n, name in enumerate(names):
        data = streams[name].ljust(4096, b"\0") if len(streams[name]) < 4096 else streams[name]
        entries.append(
            _entry(name.rpartition("/")[2], 2, right=after.get(first_stream + n), start=kept(data), size=len(data))
        )
    directory = kept(b"".join(entries).ljust(-(-len(entries) // 4) * 512, b"\0"))
    tables = -(-(len(table) + 1) // 127)
    at = len(sectors)
    filled = [*table, *[0xFFFFFFFD] * tables]
    filled += [0xFFFFFFFF] * (128 * tables - len(filled))
    head = bytes.fromhex("d0cf11e0a1b11ae1") + of + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, tables, directory, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", *[at + n for n in range(tables)], *[0xFFFFFFFF] * (109 - tables))
    return head + b"".join(sectors) + struct.pack(f"<{len(filled)}I", *filled)


def _entry(
    name: str, kind: int, *, right: int | None = None, child: int | None = None, start: int = 0, size: int = 0
) -> bytes:
    letters = name.encode("utf-16-le")
    nothing = 0xFFFFFFFF
    return (
        letters.ljust(64, b"\0")
        + struct.pack("<HBB", len(letters) + 2, kind, 1)
        + struct.pack("<III", nothing, nothing if right is None else right, nothing if child is None else child)
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
