"""Makes blocks of metadata as programs write them."""

import struct
from collections.abc import Iterable

from provenance.containers.model import Block, BlockKind, Container
from provenance.evidence import Claim, Kind, Strength
from provenance.signals import Findings, read_signals

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"

USER_COMMENT = 0x9286
MAKE, MODEL, SOFTWARE, DESCRIPTION, ARTIST = 0x010F, 0x0110, 0x0131, 0x010E, 0x013B

_HARMLESS = {Claim.NOTED, Claim.CAPTURED, Claim.CREATED}

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
 xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"
 xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/" {attributes}>{elements}</rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def packet(elements: str = "", *, attributes: str = "", encoding: str = "utf-8") -> bytes:
    """Return an XMP packet with these properties."""
    return _PACKET.format(elements=elements, attributes=attributes).encode(encoding)


def exif(tags: dict[int, bytes], *, order: str = "<", comment: bytes | None = None) -> bytes:
    """Return a TIFF structure with these tags, and with a UserComment in an EXIF directory if there is one."""
    below = {} if comment is None else {USER_COMMENT: comment}
    values_at = 8 + 2 + (len(tags) + 1) * 12 + 4 + 2 + len(below) * 12 + 4
    values = b""
    directories = []
    for found in (tags, below):
        entries = []
        for tag, data in sorted(found.items()):
            field = data.ljust(4, b"\0") if len(data) <= 4 else struct.pack(f"{order}I", values_at + len(values))
            values += data if len(data) > 4 else b""
            entries.append(struct.pack(f"{order}HHI", tag, 7 if tag == USER_COMMENT else 2, len(data)) + field)
        directories.append(entries)
    pointer = struct.pack(f"{order}HHII", 0x8769, 4, 1, 8 + 2 + (len(tags) + 1) * 12 + 4)
    directories[0].append(pointer)
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, 8)
    body = b"".join(struct.pack(f"{order}H", len(e)) + b"".join(e) + bytes(4) for e in directories)
    return head + body + values


def text(key: str, data: str | bytes) -> Block:
    """Return a PNG text."""
    return Block(BlockKind.TEXT, f"PNG tEXt {key!r}", data.encode() if isinstance(data, str) else data, key)


def xmp(data: bytes) -> Block:
    """Return an XMP block."""
    return Block(BlockKind.XMP, "XMP", data)


def tags(data: bytes) -> Block:
    """Return an EXIF block."""
    return Block(BlockKind.EXIF, "EXIF", data)


def comment(data: str | bytes) -> Block:
    """Return a comment."""
    return Block(BlockKind.COMMENT, "JPEG COM", data.encode() if isinstance(data, str) else data)


def read(*blocks: Block) -> Findings:
    """Return what is found in a file with these blocks."""
    return read_signals(Container(None, blocks))


def said(*blocks: Block) -> set[tuple[Claim, Strength]]:
    """Return what the marks in these blocks claim and how strongly, and make sure there is no gap."""
    found = read(*blocks)
    assert found.gaps == ()
    return {(signal.claim, signal.strength) for signal in found.signals}


def kinds(findings: Findings) -> set[Kind]:
    """Return the families that found something."""
    return {signal.kind for signal in findings.signals}


def noticed(findings: Findings) -> bool:
    """Whether somebody will look at this file: a mark that counts, or a gap."""
    return bool(findings.gaps) or any(signal.claim not in _HARMLESS for signal in findings.signals)


def changed(data: bytes, at: Iterable[int], values: Iterable[int]) -> Iterable[bytes]:
    """Yield copies of `data` with one byte changed: each place with each value, or that place's byte inverted."""
    values = tuple(values)
    for place in at:
        for value in {*values, data[place] ^ 0x01, data[place] ^ 0x20, data[place] ^ 0x80} - {data[place]}:
            yield data[:place] + bytes([value]) + data[place + 1 :]
