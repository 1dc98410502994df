import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.containers.model import Block, BlockKind
from provenance.evidence import Claim, Strength
from provenance.signals.reader import MOST
from tests.signals.making import comment, exif, packet, read, tags, text, xmp

MIB = 1 << 20
LIMIT = 10.0
"""Seconds for a block of 10 MiB, with room for a busy machine; what is quadratic takes minutes."""

KEYS = [
    "parameters",
    "prompt",
    "workflow",
    "Comment",
    "Description",
    "Software",
    "Source",
    "Title",
    "AIGC",
    "Dream",
    "",
]
HEAD = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
HEAD += b'<r:Description xmlns:a="b" a:DigitalSourceType="digitalCapture">'
TAIL = b"</r:Description></r:RDF></x:xmpmeta>"


def filled(piece: bytes, size: int = 10 * MIB) -> bytes:
    """Return `piece` over and over."""
    return (piece * (size // len(piece) + 1))[:size]


@given(data=st.binary(max_size=600), kind=st.sampled_from(BlockKind), key=st.sampled_from(KEYS))
@settings(max_examples=300, derandomize=True, deadline=None)
def test_no_bytes_raise(data: bytes, kind: BlockKind, key: str) -> None:
    """Any bytes in any kind of block end in marks, gaps, or nothing."""
    read(Block(kind, "somewhere", data, key))


@given(value=st.text(max_size=200), key=st.sampled_from(KEYS))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_no_text_raises_in_any_field(value: str, key: str) -> None:
    """Any text in any field of any family is survived."""
    data = value.encode("utf-8", "surrogatepass")
    read(text(key, data), comment(data), tags(exif({0x010E: data, 0x0131: data}, comment=data)))
    read(xmp(packet(f"<dc:title>{value}</dc:title>").replace(b"dc:", b"xmp:")))


@given(data=st.binary(max_size=300), order=st.sampled_from([b"II*\0", b"MM\0*"]))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_no_directory_raises(data: bytes, order: bytes) -> None:
    """Whatever follows a TIFF header is survived."""
    read(tags(order + data))


BOMB = b'<!DOCTYPE l [<!ENTITY l0 "lol">' + b"".join(
    b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10)
)


@pytest.mark.parametrize(
    "data",
    [
        BOMB + b']><x DigitalSourceType="&l9;">&l9;</x>',
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><x/>',
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x><a>&e;</a></x>',
        (BOMB + b"]><x>&l9;</x>").decode().encode("utf-16"),
    ],
    ids=["bomb", "external subset", "external entity", "bomb in utf-16"],
)
def test_a_document_type_is_refused_and_a_gap(data: bytes) -> None:
    """XMP has no document type: a packet with one is not parsed, and says so, even if it holds no mark."""
    found = read(xmp(data))
    assert [gap.says for gap in found.gaps] == ["the XMP packet declares a document type, which XMP forbids; not read"]


def test_a_declaration_behind_a_document_type_is_still_noticed() -> None:
    """A bomb in front of a mark does not hide that there is one."""
    data = BOMB + b"]>" + packet(attributes='Iptc4xmpExt:DigitalSourceType="trainedAlgorithmicMedia"')
    assert {(s.claim, s.strength) for s in read(xmp(data)).signals} == {(Claim.REVIEW, Strength.HINT)}


PACKETS: dict[str, Callable[[], bytes]] = {
    "long text": lambda: HEAD + b"<a:b>" + filled(b"word ") + b"</a:b>" + TAIL,
    "many items": lambda: HEAD + b"<a:b><r:Bag>" + filled(b"<r:li>x</r:li>", 9 * MIB) + b"</r:Bag></a:b>" + TAIL,
    "many properties": lambda: HEAD + b"".join(b"<a:p%d>x</a:p%d>" % (n, n) for n in range(200_000)) + TAIL,
    "many types": lambda: (
        HEAD + b"".join(b"<a:DigitalSourceType>x%d</a:DigitalSourceType>" % n for n in range(15_000)) + TAIL
    ),
    "many attributes": lambda: HEAD + b"<a:b " + b" ".join(b'q%d="1"' % n for n in range(300_000)) + b"/>" + TAIL,
    "open tags": lambda: HEAD + filled(b"<a:b>"),
    "brackets": lambda: HEAD + filled(b"<"),
    "entities": lambda: HEAD + filled(b"&foo;"),
    "zeros": lambda: HEAD + bytes(10 * MIB),
    "white space": lambda: filled(b"  \n") + b"DigitalSourceType",
    "end tags": lambda: filled(b"</") + b"DigitalSourceType",
    "tools": lambda: b"<x>" + filled(b'CreatorTool="Adobe Photoshop" ') + b"</x>",
}


@pytest.mark.parametrize("make", PACKETS.values(), ids=PACKETS)
def test_enormous_packets_are_answered_in_time(make: Callable[[], bytes]) -> None:
    """Ten million bytes of anything are read or given up on in seconds."""
    data = make()
    start = time.perf_counter()
    found = read(xmp(data))
    assert time.perf_counter() - start < LIMIT
    assert len(found.signals) <= MOST


TEXTS = [
    b'"', b'"a":', b"\n", b", ", b"\\", b'"a\\', b" -s 1", b" --v 1", b"Job ID: ", b'class_type": "K', b"Steps: 1, ",
    b"\nNegative prompt: ", b'AIGC {"Label":', b"AIGC &quot;", b'"aigc_label":', b'"nodes" "last_node_id" "type":"X" ',
    b"A", b"Upscale Upscaler ", b"{", b"Signature: A", b"0c3e1b9a-5b7d-4d0e-9b1f-2f1f0a6b7c8d ", b'"a"      ',
]  # fmt: skip


@pytest.mark.parametrize("piece", TEXTS, ids=lambda p: p.decode().strip() or repr(p))
def test_enormous_texts_are_answered_in_time(piece: bytes) -> None:
    """No text makes a search go over the same characters again and again."""
    data = filled(piece, MIB)
    start = time.perf_counter()
    read(text("prompt", data), text("parameters", data), comment(data), tags(exif({0x010E: data}, comment=data)))
    assert time.perf_counter() - start < LIMIT


def test_directories_that_lead_in_circles_end() -> None:
    """A directory whose every entry points at itself is read once, and the mark in it is found once."""
    data = exif({0x010F: b"Ideogram AI\0"}).replace((38).to_bytes(4, "little"), (8).to_bytes(4, "little"))
    assert len(read(tags(data)).signals) == 1
    pointers = b"\x69\x87\x04\0\x01\0\0\0\x08\0\0\0" * 4095
    assert read(tags(b"II*\0\x08\0\0\0\xff\x0f" + pointers)).signals == ()


def test_values_that_claim_the_same_bytes_are_not_multiplied() -> None:
    """A thousand tags that each claim the whole block cost no more than the block, and are a gap."""
    entry = b"\x0e\x01\x02\0\xff\xff\x0f\0\x08\0\0\0"
    data = b"II*\0\x08\0\0\0\xe8\x03" + entry * 1000 + bytes(MIB)
    start = time.perf_counter()
    found = read(tags(data))
    assert time.perf_counter() - start < LIMIT
    assert "EXIF: its values overlap" in {gap.says for gap in found.gaps}


def test_a_flood_of_marks_keeps_those_that_decide() -> None:
    """Of more marks than anybody reads, the one that flags is kept, and that others were dropped is said."""
    flood = [text("Title", "AI generated image") for _ in range(MOST + 50)]
    different = [Block(b.kind, f"{b.place} at {n}", b.data, b.key) for n, b in enumerate(flood)]
    found = read(*different, xmp(packet(attributes='Iptc4xmpExt:AISystemUsed="x"')))
    assert (len(found.signals), len(found.gaps)) == (MOST, 1)
    assert (found.signals[0].claim, found.signals[0].strength) == (Claim.AI_ASSISTED, Strength.DECLARED)


@given(value=st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80))
@settings(max_examples=100, derandomize=True, deadline=None)
def test_what_is_said_is_one_printable_line_without_the_prompt(value: str) -> None:
    """Foreign text is shown escaped, and prompts are not shown at all."""
    secret = "TOPSECRET"
    found = read(
        text("parameters", f"{secret} {value}\nSteps: 20, Sampler: {value}, Seed: 1"),
        text("prompt", f'{{"1": {{"class_type": "KSampler", "inputs": {{"text": "{secret}"}}}}}}'),
        text("AIGC", f'{{"Label": "{value}"}}'),
        tags(exif({0x0131: value.encode() + b" Midjourney"})),
    )
    assert found.signals != ()
    for signal in found.signals:
        assert signal.says.isprintable()
        assert secret not in signal.says
