"""Marks in EXIF: comments, descriptions and names, and text that stands where no tag points any more."""

import re

from provenance.containers.model import BlockKind, Container
from provenance.evidence import Claim, Gap, Kind, Signal, Strength
from provenance.signals.findings import Findings, Mark, joined
from provenance.signals.generator import generator_text
from provenance.signals.text import text_of
from provenance.signals.tiff import Structure, Tag, read_tags
from provenance.signals.xmp import packet_findings

_NAMES = {
    0x010D: "DocumentName",
    0x010E: "ImageDescription",
    0x010F: "Make",
    0x0110: "Model",
    0x0131: "Software",
    0x013B: "Artist",
    0x02BC: "XMP",
    0x9286: "UserComment",
    0x9C9B: "XPTitle",
    0x9C9C: "XPComment",
    0x9C9E: "XPKeywords",
    0x9C9F: "XPSubject",
}
_WANTED = frozenset(_NAMES)
_USER_COMMENT = 0x9286
_XMP = 0x02BC
_WINDOWS = frozenset({0x9C9B, 0x9C9C, 0x9C9E, 0x9C9F})


def read_exif(container: Container) -> Findings:
    """Return the marks in all EXIF blocks."""
    return joined(exif_findings(b.place, b.data) for b in container.blocks if b.kind is BlockKind.EXIF)


def exif_findings(place: str, data: bytes) -> Findings:
    """Return the marks in one TIFF structure of EXIF tags that stands at `place`.

    Damage alone is no gap: cameras and editors leave much of it. It is one where a value that could hold a mark, or
    all of them, cannot be reached. Whatever the tags say, text of a generator anywhere in the bytes counts.
    """
    structure = read_tags(data, _WANTED)
    signals: list[Signal] = []
    gaps: list[Gap] = []
    for tag in structure.tags:
        name = _NAMES[tag.number]
        if tag.number == _XMP:
            packet = packet_findings(f"{place} / {name}", tag.data)
            signals += packet.signals
            gaps += packet.gaps
        elif tag.data.strip(b"\0 "):
            marks = generator_text(name, _text(tag, little=structure.little))
            signals += [mark.at(Kind.EXIF, f"{place} / {name}") for mark in marks]
    signals += _grok(place, structure)
    signals += () if signals else _remains(place, data)
    if structure.trouble and data.strip(b"\0"):
        gaps += [Gap(place, f"EXIF: {trouble}") for trouble in structure.trouble]
    return Findings(tuple(signals), tuple(gaps))


def _text(tag: Tag, *, little: bool) -> str:
    """Return a tag's text; how it is encoded depends on the tag, and for comments on what they begin with."""
    if tag.number == _USER_COMMENT:
        return _comment(tag.data, little=little)
    if tag.number in _WINDOWS:
        return tag.data.decode("utf-16-le", "replace").strip("\0 ")
    return text_of(tag.data).strip("\0 ")


def _comment(data: bytes, *, little: bool) -> str:
    """Return the text of a UserComment (EXIF 3.0, 4.6.6: eight bytes of character code, then the text).

    UNICODE should follow the byte order of the file, but piexif, which most generators use, always writes it with
    the high byte first: the reading with more ASCII in it is taken.
    """
    code, body = data[:8], data[8:]
    if code.startswith(b"UNICODE"):
        orders = ("utf-16-le", "utf-16-be") if little else ("utf-16-be", "utf-16-le")
        texts = [body.decode(encoding, "replace") for encoding in orders]
        return max(texts, key=lambda text: sum(c.isascii() for c in text[:2000])).strip("\0 ")
    if code.startswith(b"JIS"):
        return body.decode("iso2022_jp", "replace").strip("\0 ")
    if code.startswith(b"ASCII") or code == bytes(8):
        return text_of(body).strip("\0 ")
    return text_of(body if 0 in code else data).strip("\0 ")


_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_NEARLY_UUID = re.compile(r"[\w-]{36}\Z")
_SIGNATURE = re.compile(r"Signature: [A-Za-z0-9+/]{296,1004}={0,2}\Z")
_SIGNED = re.compile(r"[A-Za-z0-9+/=]{140,}")


def _grok(place: str, structure: Structure) -> tuple[Signal, ...]:
    """Read xAI's pair: a signature in base64 as the description, a UUID as the artist. One alone says nothing."""
    texts = {
        _NAMES[tag.number]: _text(tag, little=structure.little)
        for tag in structure.tags
        if tag.number in {0x010E, 0x013B}
    }
    description, artist = texts.get("ImageDescription", ""), texts.get("Artist", "")
    where = f"{place} / ImageDescription, Artist"
    whole = _SIGNATURE.match(description) is not None, _UUID.match(artist) is not None
    if all(whole) and 300 <= len(description) - len("Signature: ") <= 1004:
        mark = Mark(Claim.AI_GENERATED, Strength.TRACE, "signature and id as xAI's Grok writes them")
        return (mark.at(Kind.EXIF, where),)
    if any(whole) and _SIGNED.search(description) and _NEARLY_UUID.match(artist):
        mark = Mark(Claim.REVIEW, Strength.HINT, "looks like a damaged signature and id of xAI's Grok")
        return (mark.at(Kind.EXIF, where),)
    return ()


_REMAINS = (b"Steps: ", b"class_type", b"last_node_id", b"sui_image_params", b"AIGC", b"aigc_", b"exportType")
"""One word for each form is enough: where the tags are damaged, the text is whole."""
_WIDE_REMAINS = tuple(
    text.decode().encode("utf-16-le") for text in (b"Steps: ", b"class_type", b"AIGC", b"aigc_", b"exportType")
)
_PHRASES = (b"Ideogram AI", b"Apple Photos Clean Up", b"Made with Google AI", b"Edited with Google AI")
_BEFORE, _AFTER = 4096, 16384


def _remains(place: str, data: bytes) -> tuple[Signal, ...]:
    """Return the marks of generator text in `data` that no tag led to: a changed tag number or offset hides nothing.

    Text in UTF-16 is found at its first letter, from where either byte order reads as the lower one.
    """
    where = f"{place} / outside any known tag"
    for phrase in _PHRASES:
        if phrase in data:
            says = f"holds the words {phrase.decode()}"
            return (Mark(Claim.REVIEW, Strength.HINT, says).at(Kind.EXIF, where),)
    for needle in (*_REMAINS, *_WIDE_REMAINS):
        at = data.find(needle)
        if at < 0:
            continue
        before = min(at, _BEFORE) // 2 * 2
        encoding = "utf-16-le" if needle[1] == 0 else "latin-1"
        # Without a name: what a tag led to was read under its own, and is met here once more.
        marks = generator_text("", data[at - before : at + _AFTER].decode(encoding, "replace"))
        if marks:
            return tuple(mark.at(Kind.EXIF, where) for mark in marks)
    return ()
