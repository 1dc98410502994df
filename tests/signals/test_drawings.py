"""Metadata in drawings: as programs write it, which say once at the root what the names in it mean."""

import pytest

from provenance.evidence import Claim
from provenance.signals import Findings
from tests.containers import drawing as make
from tests.containers.making import walked
from tests.containers.test_others import manifest
from tests.signals.making import IPTC, packet
from tests.signals.test_stills import examined

NAMES = (
    b'xmlns="http://www.w3.org/2000/svg" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    b' xmlns:cc="http://creativecommons.org/ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    b" xmlns:ie='http://iptc.org/std/Iptc4xmpExt/2008-02-29/'"
)
WORK = b'<rdf:RDF><cc:Work rdf:about=""><dc:title>Clean Google logo, Credit</dc:title></cc:Work></rdf:RDF>'
PACKET = packet(attributes=f'Iptc4xmpExt:DigitalSourceType="{IPTC}trainedAlgorithmicMedia"')
SHORT = f'<rdf:RDF><rdf:Description ie:DigitalSourceType="{IPTC}trainedAlgorithmicMedia"/></rdf:RDF>'.encode()


def drawing(*inside: bytes) -> bytes:
    """Return an SVG with these elements, whose root declares all names."""
    return b"<svg " + NAMES + b">" + b"".join(inside) + b"<g/></svg>\n"


def metadata(*inside: bytes) -> bytes:
    """Return an element for metadata."""
    return b'<metadata id="m">' + b"".join(inside) + b"</metadata>"


def test_names_declared_at_the_root_are_no_damage() -> None:
    """What drawing programs write of a work is well-formed where it stands, whatever words it uses."""
    assert examined(drawing(metadata(WORK))) == Findings()


MARKED = {
    "names of the root": drawing(metadata(SHORT)),
    "another prefix for RDF": drawing(metadata(SHORT)).replace(b"rdf:", b"r:").replace(b":rdf=", b":r="),
    "behind a work, one element": drawing(metadata(WORK, PACKET)),
    "behind a work, another element": drawing(metadata(WORK), b"<g/>", metadata(PACKET)),
    "in no element of its own": drawing(metadata(WORK), PACKET),
    "in a description": drawing(b"<desc>" + SHORT + b"</desc>"),
    "in a comment behind a work": drawing(metadata(WORK), b"<!-- " + PACKET + b" -->"),
    "in CDATA": drawing(metadata(b"<![CDATA[" + PACKET + b"]]>")),
    "as XAP": drawing(metadata(PACKET.replace(b"xmpmeta", b"xapmeta"))),
}


@pytest.mark.parametrize("data", MARKED.values(), ids=MARKED)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_mark_is_read_wherever_a_drawing_keeps_it(data: bytes, encoding: str) -> None:
    """A digital source type flags a drawing in each of its places, behind other metadata, and in UTF-16."""
    found = examined(data.decode().encode(encoding))
    assert {signal.claim for signal in found.signals} == {Claim.AI_GENERATED}
    assert found.gaps == ()


def test_a_credential_in_a_drawing_in_utf_16_is_not_passed() -> None:
    """What stands there in base64 is seen, though the SDK does not read it."""
    data = make.svg(b"<metadata>" + manifest() + b"</metadata>")
    assert walked(data.decode().encode("utf-16")).residue


def test_more_metadata_than_is_read_is_said() -> None:
    """A drawing with hundreds of packets is held."""
    packets = (metadata(b"<rdf:RDF>%d</rdf:RDF>" % n) for n in range(300))
    assert examined(drawing(*packets)).gaps


def test_old_names_of_metadata_end_it() -> None:
    """A packet of the time when it was called XAP is whole, in PostScript too."""
    old = PACKET.replace(b"xmpmeta", b"xapmeta").replace(b"trainedAlgorithmicMedia", b"digitalCapture")
    assert examined(b"%!PS-Adobe-3.0 EPSF-3.0\n" + old + b"\n%%EOF\n").gaps == ()
