"""Marks in pictures of programs that keep text before the picture, under structures that are not followed."""

import struct

import pytest

from provenance.evidence import Claim
from provenance.signals import Findings
from tests.containers.making import jpeg, segment
from tests.signals.making import IPTC, packet
from tests.signals.rows import GRAPH, INFOTEXT
from tests.signals.test_stills import examined

PACKET = packet(attributes=f'Iptc4xmpExt:DigitalSourceType="{IPTC}trainedAlgorithmicMedia"')


def xcf(name: bytes, text: bytes) -> bytes:
    """Return a picture of GIMP with a note attached to it."""
    note = struct.pack(">I", len(name) + 1) + name + b"\0" + struct.pack(">II", 1, len(text)) + text
    notes = struct.pack(">II", 21, len(note)) + note
    return b"gimp xcf v011\0" + struct.pack(">IIII", 9, 9, 0, 150) + notes + bytes(24)


def hdr(line: bytes) -> bytes:
    """Return a picture of Radiance with a line in its header."""
    return b"#?RADIANCE\n" + line + b"\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 1\n" + bytes(4)


def raf(preview: bytes) -> bytes:
    """Return a raw picture of Fuji's with a preview."""
    return b"FUJIFILMCCD-RAW 0201" + bytes(64) + struct.pack(">II", 160, len(preview)) + bytes(68) + preview


WRITTEN = {
    "XCF, comment": (xcf(b"gimp-comment", INFOTEXT.encode() + b"\0"), Claim.AI_GENERATED),
    "XCF, metadata": (
        xcf(
            b"gimp-image-metadata",
            f'<tag name="Xmp.iptcExt.DigitalSourceType">{IPTC}trainedAlgorithmicMedia</tag>'.encode(),
        ),
        Claim.AI_GENERATED,
    ),
    "Radiance": (hdr(b"workflow=" + GRAPH.encode()), Claim.AI_GENERATED),
    "RAF": (raf(jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PACKET))), Claim.AI_GENERATED),
}


@pytest.mark.parametrize(("data", "claim"), WRITTEN.values(), ids=WRITTEN)
def test_marks_before_the_picture_are_found(data: bytes, claim: Claim) -> None:
    """What a program kept of a generator's text flags its picture."""
    assert claim in {signal.claim for signal in examined(data).signals}


def test_other_texts_are_nothing() -> None:
    """Comments and lines of any other kind are silent."""
    for data in (xcf(b"gimp-comment", b"made with Google Photos, 28 Steps"), hdr(b"SOFTWARE=a program"), raf(jpeg())):
        assert examined(data) == Findings()
