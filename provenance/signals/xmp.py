"""Marks in XMP: IPTC's digital source type and AI properties, credit lines, labels, and generators' own text."""

import re

from provenance.containers.model import BlockKind, Container
from provenance.evidence import Claim, Gap, Kind, Strength
from provenance.signals.aigc import label_mark
from provenance.signals.credit import misplaced_credit
from provenance.signals.findings import Findings, Mark, joined, near, shown
from provenance.signals.generator import generator_text
from provenance.signals.names import generator_named
from provenance.signals.packet import Packet, Property, has_document_type, packet_utf8, parse
from provenance.sourcetype import claim_of, resembles_ai, statement_of, term_of

_NEEDLES = (
    b"igitalSource",
    b"igitalsource",
    b"lgorithmic",
    b"ynthetic",
    b"enerative",
    b"AISys",
    b"temUsed",
    b"temVersion",
    b"AIPro",
    b"mptInfo",
    b"mptWriter",
    b"AIGC",
    b"tc260",
    b"aigc_",
    b"UserComment",
    b"class_type",
    b"Steps:",
    b"image_params",
    b"Credit",
    b"oogle",
    b"Clean",
    b"--v",
)
"""What a packet holds if it may hold a mark. A mark with one changed byte still holds one of them."""

_PROGRAMS = (b"CreatorTool", b"oftware")
_TC260 = "http://www.tc260.org.cn/ns/AIGC/1.0/"
_SOURCE_TYPE = ("digitalsourcetype", "digitalsourcefiletype")
_AI_PROPERTIES = {
    "aisystemused": "names the AI system used",
    "aisystemversionused": "names the version of the AI system used",
    "aipromptinformation": "records a prompt for an AI system (not repeated here)",
    "aipromptwritername": "names who wrote the prompt for an AI system (not repeated here)",
}
MOST_SOURCE_TYPES = 100
"""Different ones read of one packet; a real one holds one, or a few for its ingredients."""

_DENIALS = frozenset({"none", "no", "n/a", "na", "-", "false", "0", "not applicable"})
_OTHER_FILES = frozenset({"xmpMM:Pantry", "xmpMM:Ingredients", "xmpMM:DerivedFrom", "xmpMM:ManagedFrom"})
"""Structures that speak of what the file was made from."""


def read_xmp(container: Container) -> Findings:
    """Return the marks in all XMP packets."""
    return joined(packet_findings(b.place, b.data) for b in container.blocks if b.kind is BlockKind.XMP)


def looks_like_packet(data: bytes) -> bool:
    """Whether `data`, kept as something else, is an XMP packet; whichever prefixes it uses."""
    return b"22-rdf-syntax-ns" in data or b"adobe:ns:meta" in data


def packet_findings(place: str, data: bytes) -> Findings:
    """Return the marks in one packet that stands at `place`.

    A packet that holds none of the words a mark is made of is not parsed. One that does and is not well-formed is
    read as far as it goes, and leaves a gap as well.
    """
    data = packet_utf8(data)
    if not has_document_type(data) and not worth_parsing(data):
        return Findings()
    packet = parse(data)
    trouble = [] if packet.trouble is None else [packet.trouble]
    different = tuple(dict.fromkeys(packet.properties))
    source_types = [found for found in different if _names_source_type(found)]
    if len(source_types) > MOST_SOURCE_TYPES:
        trouble.append(f"has more than {MOST_SOURCE_TYPES} digital source types; only these were read")
    skipped = frozenset(source_types[MOST_SOURCE_TYPES:])
    signals = [
        mark.at(Kind.XMP, f"{place} / {'/'.join((*found.inside[-2:], found.name or 'text'))}")
        for found in different
        if found not in skipped
        for mark in property_marks(found)
    ]
    if all(signal.claim in _HARMLESS for signal in signals) and _remains(data, packet, seen=bool(signals)):
        says = "words of a mark for generated media, in a place or state that cannot be read"
        signals.append(Mark(Claim.REVIEW, Strength.HINT, says).at(Kind.XMP, place))
    gaps = [Gap(place, f"the XMP packet {says}") for says in trouble]
    return joined([Findings(tuple(signals), tuple(gaps))])


def worth_parsing(data: bytes) -> bool:
    """Whether a packet in UTF-8 holds any of the words that a mark is made of."""
    return any(map(data.__contains__, _NEEDLES)) or any(map(generator_named, _programs(data)))


def _programs(data: bytes) -> set[str]:
    """Return what seems to be the values of properties that name a program, each once."""
    values = set()
    for word in _PROGRAMS:
        at = data.find(word)
        while at >= 0:
            found = _VALUE.match(data, at + len(word))
            if found is not None:
                values.add(found[1].decode("utf-8", "replace"))
            at = data.find(word, at + len(word))
    return values


_VALUE = re.compile(rb"[^<>\"'=]{0,40}[>=]\s{0,40}[\"']?([^<>\"']{1,120})")
_TERMS = re.compile(rb"(?i:trainedAlgorithmic|trained algorithmic (?:media|data)|composite ?synthetic)")
_AI_NAMES = re.compile(rb"AISystem(?:Version)?Used|AIPrompt(?:Information|WriterName)")
_UNREAD = re.compile(rb"DigitalSource(?:file)?Type\b[^<>\"']{0,60}=\s?[\"'][^\"'\s]")
_HARMLESS = frozenset({Claim.NOTED, Claim.CAPTURED, Claim.CREATED})


def _remains(data: bytes, packet: Packet, *, seen: bool) -> bool:
    """Whether a packet holds words of a mark that its properties do not show.

    The names of properties alone mean something only where the packet could not be read: they may be there empty.
    """
    if _TERMS.search(data) or (not seen and _UNREAD.search(data)):
        return True
    return packet.trouble is not None and _AI_NAMES.search(data) is not None


def property_marks(found: Property) -> tuple[Mark, ...]:
    """Return the marks in one property, by its own name, namespace and value; of XMP or of something like it."""
    name, value = found.local.lower(), found.value
    if not value:
        return ()
    if _names_source_type(found):
        return (_source_type(found),)
    for known, says in _AI_PROPERTIES.items():
        if _named(name, known):
            return (_ai_property(found, says, exact=name == known),)
    if found.namespace == _TC260 or name == "aigc":
        mark = _label(found)
        return () if mark is None else (mark,)
    mark = misplaced_credit(name, value) or _misplaced_term(found)
    texts = generator_text(found.local, value)
    return texts if mark is None else (mark, *texts)


def _names_source_type(found: Property) -> bool:
    return any(_named(found.local.lower(), known) for known in _SOURCE_TYPE)


def _named(name: str, known: str) -> bool:
    """Whether a property's name is a known one, but for one changed character; that may have been its colon."""
    return near(name, known) or name.endswith(known)


def _source_type(found: Property) -> Mark:
    """Read IPTC's Digital Source Type; said of an ingredient it means only that a part was generated."""
    statement = statement_of(found.value)
    claim = statement.claim
    if _OTHER_FILES & set(found.inside):
        claim = {
            Claim.AI_GENERATED: Claim.AI_ASSISTED,
            Claim.CAPTURED: Claim.NOTED,
            Claim.CREATED: Claim.NOTED,
        }.get(claim, claim)
    return Mark(claim, Strength.DECLARED, statement.says)


def _ai_property(found: Property, says: str, *, exact: bool) -> Mark:
    """Read an AI property (IPTC Photo Metadata 2025.1): each alone says that AI was used on this picture."""
    if not exact:
        return Mark(Claim.REVIEW, Strength.DECLARED, f"a property whose name differs by one character: {says}")
    if found.value.lower() in _DENIALS:
        return Mark(Claim.REVIEW, Strength.DECLARED, f"{found.local} is {shown(found.value)}")
    detail = f": {shown(found.value)}" if found.local.lower().startswith("aisystem") else ""
    return Mark(Claim.AI_ASSISTED, Strength.DECLARED, f"{says}{detail}")


def _label(found: Property) -> Mark | None:
    """Read TC260:AIGC, as JSON in one value or as a structure."""
    if found.local == "Label":
        return label_mark(f'{{"Label":"{found.value[:20]}"}}', named=True)
    if found.local == "AIGC" or "AIGC" in found.value or "{" in found.value:
        return label_mark(found.value, named=True)
    return None


def _misplaced_term(found: Property) -> Mark | None:
    """Read a term for generated media in a property for something else, or in one whose name is damaged."""
    if len(found.value) > 200:
        return None
    term = term_of(found.value)
    looks = term is not None and claim_of(term) in {Claim.AI_GENERATED, Claim.AI_ASSISTED}
    if looks or ("digitalsourcetype" in found.value and resembles_ai(found.value)):
        says = f"{shown(found.value)} stands in a property that is not for digital source types"
        return Mark(Claim.REVIEW, Strength.HINT, says)
    return None
