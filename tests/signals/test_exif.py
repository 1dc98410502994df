import base64
import json

import pytest

from provenance.evidence import Claim, Kind, Strength
from tests.signals.making import (
    ARTIST,
    DESCRIPTION,
    MAKE,
    MODEL,
    SOFTWARE,
    USER_COMMENT,
    exif,
    packet,
    read,
    said,
    tags,
)

TRACE = {(Claim.AI_GENERATED, Strength.TRACE)}
DECLARED = {(Claim.AI_GENERATED, Strength.DECLARED)}

INFOTEXT = "a harbour\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Model hash: c0d1994c73"
GRAPH = json.dumps({"3": {"class_type": "KSampler", "inputs": {}}})
SIGNATURE = b"Signature: " + base64.b64encode(bytes(range(256)))
UUID = b"0c3e1b9a-5b7d-4d0e-9b1f-2f1f0a6b7c8d"

COMMENTS = {
    "unicode big": b"UNICODE\0" + INFOTEXT.encode("utf-16-be"),
    "unicode little": b"UNICODE\0" + INFOTEXT.encode("utf-16-le"),
    "unicode with mark": b"UNICODE\0" + INFOTEXT.encode("utf-16"),
    "ascii": b"ASCII\0\0\0" + INFOTEXT.encode(),
    "undefined": bytes(8) + INFOTEXT.encode(),
    "undefined wide": bytes(8) + INFOTEXT.encode("utf-16-le"),
    "no code": INFOTEXT.encode(),
    "jis": b"JIS\0\0\0\0\0" + INFOTEXT.encode(),
    "code with a changed byte": b"UNJCODE\0" + INFOTEXT.encode("utf-16-be"),
    "padded": b"ASCII\0\0\0" + INFOTEXT.encode() + bytes(100),
}


@pytest.mark.parametrize("comment", COMMENTS.values(), ids=COMMENTS)
@pytest.mark.parametrize("order", ["<", ">"], ids=["little", "big"])
def test_a_user_comment_is_read_in_every_encoding(comment: bytes, order: str) -> None:
    """UNICODE in either byte order, ASCII, none: what AUTOMATIC1111 and its relatives write flags."""
    (signal,) = read(tags(exif({}, comment=comment, order=order))).signals
    assert (signal.kind, signal.claim, signal.strength) == (Kind.EXIF, Claim.AI_GENERATED, Strength.TRACE)
    assert signal.place == "EXIF / UserComment"


def test_a_prompt_in_another_script_does_not_hide_the_parameters() -> None:
    """A prompt in Chinese in UTF-16 has hardly a zero byte in it; the parameters behind it are still read."""
    comment = b"UNICODE\0" + ("夜晚的港口雾" * 30 + INFOTEXT).encode("utf-16-be")
    assert said(tags(exif({}, comment=comment))) == TRACE


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({MAKE: b"prompt:" + GRAPH.encode()}, TRACE),
        ({MODEL: b"workflow:" + GRAPH.encode()}, TRACE),
        ({DESCRIPTION: b"Workflow: " + GRAPH.encode()}, TRACE),
        ({0x010D: b"Prompt: " + GRAPH.encode()}, TRACE),
        ({MODEL: b'{"sui_image_params": {"prompt": "x", "seed": 1}}'}, TRACE),
        ({MAKE: b"Ideogram AI\0"}, TRACE),
        ({DESCRIPTION: SIGNATURE + b"\0", ARTIST: UUID + b"\0"}, TRACE),
        ({DESCRIPTION: b'{"aigc_info":{"aigc_label_type":1}}'}, DECLARED),
        ({DESCRIPTION: b'{"data":{"product":"dreamina","exportType":"generation"}}'}, TRACE),
        ({DESCRIPTION: b'{"aigc_type":"1"}'}, DECLARED),
        ({DESCRIPTION: b'{"AIGC":{"Label":"1","ContentProducer":"x"}}'}, DECLARED),
        ({SOFTWARE: b"Adobe Firefly\0"}, {(Claim.AI_GENERATED, Strength.HINT)}),
        ({0x9C9C: INFOTEXT.encode("utf-16-le")}, TRACE),
    ],
)
def test_each_trace_in_exif_is_read(found: dict[int, bytes], expected: set[tuple[Claim, Strength]]) -> None:
    """The tags generators use flag with the strength they have."""
    assert said(tags(exif(found))) == expected


@pytest.mark.parametrize(
    "found",
    [
        {MAKE: b"Google\0", MODEL: b"Pixel 9 Pro\0", SOFTWARE: b"HDR+ 1.0.345618096zd\0"},
        {MAKE: b"workflow:scan\0", MODEL: b"prompt:no\0"},
        {MAKE: b"Ideogram\0"},
        {DESCRIPTION: SIGNATURE},
        {ARTIST: UUID},
        {DESCRIPTION: b"Signature: short", ARTIST: UUID},
        {DESCRIPTION: SIGNATURE, ARTIST: b"Admin Lovelace"},
        {DESCRIPTION: b'{"data":{"product":"doubao","exportType":"edit"}}'},
        {DESCRIPTION: b'{"product":"jimeng","os":"ios"}'},
        {DESCRIPTION: b'{"aigc_info":{"aigc_label_type":0}}'},
        {DESCRIPTION: b"A flux of light over the Sora, Gemini IX, muses of Wan"},
        {SOFTWARE: b"Adobe Photoshop 27.0 (Windows)\0"},
        {DESCRIPTION: b"Knitting pattern. Steps: 20, Size: M, Seed: 4 rows of stitches\0"},
        {SOFTWARE: b"Imagen 2.1\0"},
        {ARTIST: b"Luma Wan\0"},
    ],
)
def test_cameras_editors_and_halves_of_a_mark_are_silent(found: dict[int, bytes]) -> None:
    """A maker's name, one half of a pair, and the export of an app used by hand say nothing."""
    assert said(tags(exif(found))) == set()


def test_a_packet_in_a_tag_of_exif_is_read_as_xmp() -> None:
    """Some writers put XMP into tag 700 of the EXIF block."""
    data = packet(attributes='Iptc4xmpExt:DigitalSourceType="trainedAlgorithmicMedia"')
    (signal,) = read(tags(exif({0x02BC: data}))).signals
    assert (signal.kind, signal.place) == (Kind.XMP, "EXIF / XMP / Iptc4xmpExt:DigitalSourceType")


@pytest.mark.parametrize("order", ["<", ">"], ids=["little", "big"])
@pytest.mark.parametrize("comment", ["unicode big", "unicode little", "ascii"])
def test_text_that_no_tag_leads_to_is_found(comment: str, order: str) -> None:
    """A changed tag number hides nothing: the text is still in the block."""
    data = exif({}, comment=COMMENTS[comment], order=order)
    number = USER_COMMENT.to_bytes(2, "little" if order == "<" else "big")
    (signal,) = read(tags(data.replace(number, b"\x12\x34", 1))).signals
    assert (signal.claim, signal.strength) == (Claim.AI_GENERATED, Strength.TRACE)
    assert signal.place == "EXIF / outside any known tag"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(64),
        b"II*\0\x08\0\0\0\0\0\0\0\0\0",
        exif({MAKE: b"Canon\0"}),
    ],
)
def test_an_empty_block_is_no_gap(data: bytes) -> None:
    """Zeros and directories without tags hide nothing."""
    assert said(tags(data)) == set()


@pytest.mark.parametrize(
    "data",
    [
        b"XX*\0 a block that says it is something else",
        b"II*\0\xff\xff\xff\x7f",
        exif({MAKE: b"Canon\0"})[:30],
        exif({DESCRIPTION: b"x" * 200})[:100],
        exif({}, comment=INFOTEXT.encode())[:70],
    ],
    ids=["no header", "directory outside", "directory cut", "value outside", "comment outside"],
)
def test_a_place_for_a_mark_that_cannot_be_reached_is_a_gap(data: bytes) -> None:
    """Where a value that could hold a mark is not there, the block was not looked at."""
    found = read(tags(data))
    assert found.signals == ()
    assert {gap.place for gap in found.gaps} == {"EXIF"}


def test_rubbish_after_the_last_directory_is_no_gap() -> None:
    """Cameras leave rubbish where the offset of a next directory should be zero."""
    data = bytearray(exif({MAKE: b"Canon Inc.\0"}))
    data[8 + 2 + 2 * 12 : 8 + 2 + 2 * 12 + 4] = b"\xaa\xbb\xcc\x0d"
    assert said(tags(bytes(data))) == set()


def test_a_damaged_pair_of_grok_is_for_review() -> None:
    """One changed byte in either half leaves something to look at."""
    damaged = SIGNATURE.replace(b"Signature", b"Sigmature")
    assert said(tags(exif({DESCRIPTION: damaged, ARTIST: UUID}))) == {(Claim.REVIEW, Strength.HINT)}
    assert said(tags(exif({DESCRIPTION: SIGNATURE, ARTIST: UUID.replace(b"0c", b"0g")}))) == {
        (Claim.REVIEW, Strength.HINT)
    }
