"""Marks in the tags of films and sound, whichever container keeps them: QuickTime, MP4, Matroska, RIFF, ID3, Vorbis.

What wrote the file (`encoder`, `Lavf`, `handler_name`) is no mark: everybody's tools write it. A service that leaves
nothing but its name or address in a tag (Suno, Udio, ElevenLabs) is a hint at the most.
"""

import re

from provenance.containers.model import Block, BlockKind, Container
from provenance.evidence import Claim, Gap, Kind, Signal, Strength
from provenance.signals.findings import Findings, Mark, joined
from provenance.signals.packet import Property, has_document_type, packet_utf8, parse
from provenance.signals.text import text_of
from provenance.signals.xmp import looks_like_packet, packet_findings, property_marks, worth_parsing

_MEANS = {
    "title": ("\xa9nam", "titl", "inam", "tit2", "tt2", "name", "tit1"),
    "comment": ("\xa9cmt", "icmt", "comm", "com", "anno", "comt", "comments", "\xa9inf"),
    "description": ("\xa9des", "desc", "ldes", "dscp", "isbj", "synopsis", "summary", "tit3", "tt3"),
    "software": (
        "\xa9too", "\xa9swr", "\xa9enc", "isft", "tenc", "ten", "tsse", "tss", "encoder", "encoded_by", "encodedby",
        "encoded-by", "writingapp", "codinghistory", "originator", "ienc", "itch", "creation_tool", "metadatacreator",
    ),
    "source": ("isrc", "isrf"),
}  # fmt: skip
_CANONICAL = {name: meant for meant, names in _MEANS.items() for name in names}
"""What the short names of containers mean in the words that text is judged by."""

_LAST = re.compile(r"[^:./]+\Z")


def read_media_tags(container: Container) -> Findings:
    """Return the marks in all tags."""
    return joined(_read(block) for block in container.blocks if block.kind is BlockKind.TAG)


def _read(block: Block) -> Findings:
    data = packet_utf8(block.data) if block.data[:64].lstrip(b"\xef\xbb\xbf \r\n\t\0")[:1] == b"<" else b""
    if looks_like_packet(data):
        return packet_findings(block.place, data)
    if data and b"</" in data:
        return _xml(block.place, data)
    marks = _marks(block.key, text_of(block.data))
    return Findings(tuple(mark.at(Kind.TAG, block.place) for mark in marks))


def _xml(place: str, data: bytes) -> Findings:
    """Read XML of any kind (iXML, cameras' own): each element and attribute is a tag."""
    if not has_document_type(data) and not worth_parsing(data):
        return Findings()
    packet = parse(data)
    signals: list[Signal] = []
    for found in dict.fromkeys(packet.properties):
        signals += [mark.at(Kind.TAG, f"{place} / {found.name or 'text'}") for mark in _marks(found.local, found.value)]
    gaps = () if packet.trouble is None else (Gap(place, f"the XML {packet.trouble}"),)
    return Findings(tuple(signals), gaps)


def _marks(key: str, text: str) -> tuple[Mark, ...]:
    """Return the marks in one tag."""
    name = plain_key(key)
    mark = _service(name, text)
    found = property_marks(Property((), "", name, text.strip()))
    return found if mark is None else (*found, mark)


def plain_key(key: str) -> str:
    """Return what the name of a tag means: without namespaces before it, and a short name in words."""
    last = _LAST.search(key.strip())
    name = last[0] if last else key
    return _CANONICAL.get(name.lower(), name)


_LINKS = frozenset({"woas", "woaf", "woar", "wxxx", "wcom", "url", "\xa9url", "purl", "comment", "source", "website"})
_LINK = re.compile(
    r"\bhttps?://(?:(?:[\w-]+\.)?suno\.(?:com|ai)/(?:song|s)/|(?:www\.)?udio\.com/songs?/|(?:[\w-]+\.)?elevenlabs\.io/)"
)
_MADE_WITH = re.compile(r"\bmade with (suno|udio)\b.{0,80}?\b(?:created|id) ?=", re.IGNORECASE | re.DOTALL)
_NAMED = re.compile(r"(suno|udio|eleven ?labs)(?: ai| studio)?(?: v?[\d.]{1,8})?\Z", re.IGNORECASE)
_LONGEST = 4096


def _service(name: str, text: str) -> Mark | None:
    """Read what music and voice services are said to leave: nobody here has seen it proven, so it is a hint."""
    start = text[:_LONGEST].strip()
    known = name.lower()
    found = _MADE_WITH.search(start)
    if found is None and known == "software":
        found = _NAMED.match(start)
    if found is not None:
        return Mark(Claim.AI_GENERATED, Strength.HINT, f"names {found[1].capitalize()} as what made it")
    if known in _LINKS and _LINK.search(start):
        return Mark(Claim.REVIEW, Strength.HINT, "an address of a service that generates sound")
    return None
