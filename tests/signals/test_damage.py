"""What is promised of damage.

After one byte of a mark was changed to anything, somebody still looks at the file: there is a mark that counts, or a
gap. It holds for any byte of an XMP packet that declares generation, and for any byte of the texts, keywords and EXIF
blocks of real generators. It is not promised for a name alone, nor where the one value that decides was changed into
another sound one.
"""

import html
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.containers import Block, BlockKind, walk
from provenance.files import BufferMedia
from provenance.signals import read_signals
from tests.signals.making import IPTC, changed, exif, noticed, packet, read, tags, text, xmp
from tests.signals.test_samples import GENERATED

_LABEL = html.escape(json.dumps({"Label": "1", "ContentProducer": "x", "ProduceID": "y"}))

PACKETS = {
    "element": packet(f"<Iptc4xmpExt:DigitalSourceType>{IPTC}trainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>"),
    "attribute": packet(attributes=f'Iptc4xmpExt:DigitalSourceType="{IPTC}compositeSynthetic"'),
    "bare": packet(attributes='Iptc4xmpExt:DigitalSourceType="compositeSynthetic"'),
    "label": packet('<Iptc4xmpExt:DigitalSourceType rdf:resource="Created using Generative AI"/>'),
    "list": packet(
        "<Iptc4xmpExt:DigitalSourcefileType><rdf:Bag><rdf:li>digsrctype:trainedAlgorithmicMedia</rdf:li></rdf:Bag>"
        "</Iptc4xmpExt:DigitalSourcefileType>"
    ),
    "system": packet(attributes='Iptc4xmpExt:AISystemUsed="Some Thing"'),
    "version": packet(attributes='Iptc4xmpExt:AISystemVersionUsed="7"'),
    "prompt": packet("<Iptc4xmpExt:AIPromptInformation>a cat</Iptc4xmpExt:AIPromptInformation>"),
    "writer": packet(attributes='Iptc4xmpExt:AIPromptWriterName="Some Body"'),
    "credit": packet(attributes='photoshop:Credit="Made with Google AI"'),
    "tc260": packet(f"<TC260:AIGC>{_LABEL}</TC260:AIGC>"),
}

SYNTAX = b'\0 <>"&/:='


@pytest.mark.parametrize("data", PACKETS.values(), ids=PACKETS)
def test_one_changed_byte_in_a_packet_hides_nothing(data: bytes) -> None:
    """Any byte of a packet that declares generation, changed to syntax or by one bit, leaves a mark or a gap."""
    start = data.index(b"<rdf:Description")
    places = range(start, data.index(b"</rdf:RDF") + 10)
    dice = random.Random(1)
    chosen = sorted(dice.sample(places, 150)) + list(range(data.index(b"TC260") + 50, places[-1]))
    for damaged in changed(data, chosen, dice.sample(SYNTAX, 4)):
        assert noticed(read(xmp(damaged))), damaged


def _blocks(samples: Path, name: str) -> tuple[Block, ...]:
    return walk(BufferMedia((samples / "sd-parsers" / name).read_bytes())).blocks


def _damaged(block: Block, dice: random.Random) -> Iterator[Block]:
    """Yield a block with one byte of its data, or one letter of its keyword, changed."""
    places = dice.sample(range(len(block.data)), min(len(block.data), 150))
    for data in changed(block.data, places, [dice.choice(SYNTAX)]):
        yield replace(block, data=data)
    for at in range(len(block.key)):
        yield replace(block, key=f"{block.key[:at]}~{block.key[at + 1 :]}")


@pytest.mark.parametrize("name", GENERATED)
def test_one_changed_byte_in_what_a_generator_wrote_hides_nothing(samples: Path, name: str) -> None:
    """A picture of a local generator with one byte of its text, keyword or EXIF changed leaves a mark or a gap."""
    blocks = _blocks(samples, name)
    dice = random.Random(name)
    for at, block in enumerate(blocks):
        for damaged in _damaged(block, dice):
            assert noticed(read(*blocks[:at], damaged, *blocks[at + 1 :])), damaged


@pytest.mark.parametrize("name", ["automatic1111_cropped.jpg", "automatic1111_cropped.png", "img2img_cropped.png"])
def test_a_text_that_is_cut_short_still_speaks(samples: Path, name: str) -> None:
    """Two thirds of a generator's text are enough."""
    for block in _blocks(samples, name):
        assert noticed(read(replace(block, data=block.data[: len(block.data) * 2 // 3])))


@pytest.mark.parametrize("kept", range(20, 100, 10))
def test_a_packet_that_is_cut_short_is_never_clean(kept: int) -> None:
    """However much of a packet with a declaration is missing behind the name of its property, it is noticed."""
    data = PACKETS["element"]
    start = data.index(b"Iptc4xmpExt:DigitalSourceType>")
    assert noticed(read(xmp(data[: start + 18 + (len(data) - start) * kept // 100])))


ONLY_MARKS = {
    "Ideogram": tags(exif({0x010F: b"Ideogram AI\0"})),
    "NovelAI": text("Software", "NovelAI"),
    "Luma": text("Source", "Luma AI"),
    "Fooocus": text("fooocus_scheme", "fooocus"),
    "Midjourney": text("Description", "a cat --v 7 Job ID: 0c3e1b9a-5b7d-4d0e-9b1f-2f1f0a6b7c8d"),
    "InvokeAI": text("invokeai_metadata", "{}"),
}


@pytest.mark.parametrize("block", ONLY_MARKS.values(), ids=ONLY_MARKS)
def test_a_mark_that_stands_alone_survives_one_changed_letter(block: Block) -> None:
    """Where a generator leaves a single short phrase, the phrase with one letter changed is for review."""
    phrase = next(p for p in (b"Ideogram AI", b"NovelAI", b"Luma AI", b"Job ID: 0c3e1b9a", b"") if p in block.data)
    start = block.data.index(phrase)
    for damaged in changed(block.data, range(start, start + len(phrase)), b"xQ"):
        assert noticed(read(replace(block, data=damaged))), damaged
    for at in range(len(block.key) if not phrase else 0):
        assert noticed(read(replace(block, key=f"{block.key[:at]}~{block.key[at + 1 :]}")))


def test_every_promise_is_about_something_that_flags_when_whole(samples: Path) -> None:
    """Undamaged, each packet, phrase and picture used here has a mark and no gap."""
    for block in [*map(xmp, PACKETS.values()), *ONLY_MARKS.values()]:
        whole = read(block)
        assert whole.signals != ()
        assert whole.gaps == ()
    for name in GENERATED:
        assert any(b.kind in {BlockKind.TEXT, BlockKind.EXIF} for b in _blocks(samples, name))
        assert read_signals(walk(BufferMedia((samples / "sd-parsers" / name).read_bytes()))).signals != ()
