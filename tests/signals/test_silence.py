import html
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.signals.names import generator_named
from tests.signals.making import comment, exif, packet, read, said, tags, text, xmp

WORDS = [
    "flux", "sora", "muse", "gemini", "imagen", "wan", "luma", "firefly", "dream", "pika", "nova", "titan", "ai", "AI",
    "steps", "seed", "sampler", "model", "workflow", "prompt", "synthetic", "algorithmic", "trained", "generative",
    "composite", "digital", "source", "type", "media", "label", "producer", "credit", "made", "with", "Google", "Apple",
    "Photos", "clean", "up", "Adobe", "Photoshop", "harbour", "night", "Steps:", "Seed:", "Model:", "Size:", "Job",
    "diffusion", "stable", "journey", "mid", "leonardo", "runway", "veo", "grok", "canon", "kling", "copilot", "bard",
]  # fmt: skip
KEYS = ["Title", "Author", "Description", "Copyright", "Software", "Source", "Comment", "Disclaimer", "Warning"]

PHRASES = ("google ai", "photos clean up")


def says_nothing(words: str) -> bool:
    """Whether chance did not put a generator's whole name or phrase together."""
    return generator_named(words) is None and not any(phrase in words.lower() for phrase in PHRASES)


ordinary = st.lists(st.sampled_from(WORDS), min_size=1, max_size=12).map(" ".join).filter(says_nothing)


@given(words=ordinary, key=st.sampled_from(KEYS))
@settings(max_examples=300, derandomize=True, deadline=None)
def test_ordinary_words_are_silent_in_every_field(words: str, key: str) -> None:
    """Titles, captions, names of programs and comments may use any of these words in any order."""
    data = words.encode()
    assert said(text(key, data)) == set()
    assert said(comment(data)) == set()
    assert said(tags(exif(dict.fromkeys((0x010E, 0x010F, 0x0110, 0x0131, 0x013B), data), comment=data))) == set()


@given(words=ordinary)
@settings(max_examples=200, derandomize=True, deadline=None)
def test_ordinary_words_are_silent_in_xmp(words: str) -> None:
    """The same words as title, description, keyword, credit line and tool."""
    value = html.escape(words)
    elements = (
        f"<dc:title><rdf:Alt><rdf:li xml:lang='x-default'>{value}</rdf:li></rdf:Alt></dc:title>"
        f"<dc:subject><rdf:Bag><rdf:li>{value}</rdf:li></rdf:Bag></dc:subject><dc:description>{value}</dc:description>"
    )
    attributes = f'photoshop:Credit="{value}" xmp:CreatorTool="{value}" tiff:Make="{value}"'
    assert said(xmp(packet(elements, attributes=attributes))) == set()


@given(value=st.lists(st.characters(), max_size=100).map("".join))
@settings(max_examples=200, derandomize=True, deadline=None)
def test_random_text_is_silent(value: str) -> None:
    """Text that nobody wrote as a mark is none."""
    data = value.encode("utf-8", "surrogatepass")
    assert read(text("Description", data), comment(data)).signals == ()


@pytest.mark.parametrize(
    "permission",
    [
        "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING",
        "http://ns.useplus.org/ldf/vocab/DMI-ALLOWED",
        "cawg.ai_generative_training",
        "c2pa.data_mining notAllowed",
    ],
)
def test_what_an_ai_may_do_with_a_picture_says_nothing_of_its_origin(permission: str) -> None:
    """Permissions for training and data mining never flag."""
    elements = f'<plus:DataMining xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/">{permission}</plus:DataMining>'
    elements += "<Iptc4xmpExt:DigImageGUID>4711</Iptc4xmpExt:DigImageGUID>"
    assert said(xmp(packet(elements))) == set()


@pytest.mark.parametrize(
    "values",
    [
        {"steps": 100, "seed": 4, "scheduler": "cosine"},
        {"model": "Canon EOS R5", "size": "45MP", "scale": 2},
        {"steps": 1000, "sampler": "nuts", "seed": 1, "model": "eight schools"},
        {"width": 10, "height": 10, "noise": 0.1, "seed": 3, "prompt": "press any key"},
        {"nodes": [{"type": "person"}], "links": []},
    ],
)
def test_json_of_other_programs_is_silent(values: dict[str, object]) -> None:
    """Simulations, plots and diagrams keep parameters too."""
    data = json.dumps(values)
    assert said(text("Comment", data), comment(data), tags(exif({0x010E: data.encode()}))) == set()


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Adobe Firefly", "Adobe Firefly"),
        ("made in MIDJOURNEY v7", "Midjourney"),
        ("DALL·E 3", "DALL·E"),
        ("dall-e-3", "DALL-E"),
        ("reve.com", "reve.com"),
        ("OpenAI API", "OpenAI"),
        ("Firefly", None),
        ("Adobe Fireflyer", None),
        ("xreve.com", None),
        ("NovelAIs", None),
        ("Leonardo", None),
        ("Meta AIrlines", None),
        ("", None),
    ],
)
def test_names_of_generators_are_matched_as_whole_words(name: str, found: str | None) -> None:
    """A name inside a longer word is another name."""
    assert generator_named(name) == found
