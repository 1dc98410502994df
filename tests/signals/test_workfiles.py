"""Marks in pictures of programs that keep text before the picture, under structures that are not followed."""

import struct

import pytest

from provenance.evidence import Claim
from provenance.signals import Findings
from tests.containers import drawing as make
from tests.containers.making import box
from tests.signals.making import DESCRIPTION, IPTC, exif
from tests.signals.rows import GRAPH, INFOTEXT
from tests.signals.test_stills import examined


def xcf(name: bytes, text: bytes) -> bytes:
    """Return a picture of GIMP with a note attached to it."""
    note = struct.pack(">I", len(name) + 1) + name + b"\0" + struct.pack(">II", 1, len(text)) + text
    notes = struct.pack(">II", 21, len(note)) + note
    return b"gimp xcf v011\0" + struct.pack(">IIII", 9, 9, 0, 150) + notes + bytes(24)


def eps(*resources: bytes) -> bytes:
    """Return PostScript with resources as Photoshop writes them into comments."""
    digits = b"".join(resources).hex().upper()
    lines = "\r".join(f"% {digits[at : at + 64]}" for at in range(0, len(digits), 64))
    return f"%!PS-Adobe-3.0 EPSF-3.0\r%BeginPhotoshop: {len(digits) // 2}\r{lines}\r%EndPhotoshop\r%%EOF\r".encode()


def cr3(*boxes: bytes) -> bytes:
    """Return a raw picture of Canon's with these boxes in its own."""
    own = box(b"uuid", bytes.fromhex("85c0b687820f11e08111f4ce462b6a48") + b"".join(boxes))
    return box(b"ftyp", b"crx \0\0\0\1crx isom") + box(b"moov", own + box(b"mvhd", bytes(100))) + box(b"mdat", bytes(9))


WRITTEN = {
    "XCF, comment": (xcf(b"gimp-comment", INFOTEXT.encode() + b"\0"), Claim.AI_GENERATED),
    "XCF, metadata": (
        xcf(
            b"gimp-image-metadata",
            f'<tag name="Xmp.iptcExt.DigitalSourceType">{IPTC}trainedAlgorithmicMedia</tag>'.encode(),
        ),
        Claim.AI_GENERATED,
    ),
    "EPS, IPTC": (eps(make.resource(1028, make.dataset(110, b"Made with Google AI"))), Claim.AI_GENERATED),
    "EPS, EXIF": (eps(make.resource(1058, exif({DESCRIPTION: INFOTEXT.encode()}))), Claim.AI_GENERATED),
    "CR3": (cr3(box(b"CMT1", exif({DESCRIPTION: INFOTEXT.encode()}))), Claim.AI_GENERATED),
    "film, a box of some maker": (
        cr3(b"{" + GRAPH.encode() + b"}").replace(b"\x85\xc0", b"\x85\xc1"),
        Claim.AI_GENERATED,
    ),
}


@pytest.mark.parametrize(("data", "claim"), WRITTEN.values(), ids=WRITTEN)
def test_marks_before_the_picture_are_found(data: bytes, claim: Claim) -> None:
    """What a program kept of a generator's text flags its picture."""
    assert claim in {signal.claim for signal in examined(data).signals}


def test_other_texts_are_nothing() -> None:
    """Comments, lines and directories of any other kind are silent."""
    plain = exif({DESCRIPTION: b"28 Steps to the sea"})
    for data in (
        xcf(b"gimp-comment", b"made with Google Photos"),
        eps(make.resource(1058, plain)),
        cr3(box(b"CMT1", plain)),
    ):
        assert examined(data) == Findings()


def test_damaged_digits_are_said() -> None:
    """Resources of which a digit is missing are held."""
    data = eps(make.resource(1058, exif({DESCRIPTION: INFOTEXT.encode()})))
    assert examined(data.replace(b"% 3842", b"% 842")).gaps


def test_what_illustrator_keeps_for_itself_in_a_pdf_is_no_damage() -> None:
    """The first piece of its drawing begins as PostScript does, and ends where the next one begins."""
    start = b"%!PS-Adobe-3.0 \r\n%%Creator: Adobe Illustrator(R) 13.0\r\n%%EndComments\r\n%AI10_BeginSymbolList\0\r\n"
    piece = start + b"0 0 m\r\n" * ((65_536 - len(start)) // 7) + bytes((65_536 - len(start)) % 7)
    assert examined(piece) == Findings()
    assert examined(piece[:-1]).gaps
    assert examined(piece.replace(b"Illustrator", b"Something ")[:65_536]).gaps
