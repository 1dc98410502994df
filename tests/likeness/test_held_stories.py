"""Files whose marks were taken away, put into another file: through workers and the command line."""

import io
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from provenance import carriers
from provenance.sameness import BYTES, STILL, parted
from tests import packing as make
from tests.containers import filming
from tests.containers.drawing import data_uri, pdf, svg
from tests.likeness.pictures import drawing, generated, saved
from tests.likeness.test_likeness_stories import put
from tests.production import EDITOR, Production, new_production, outcomes
from tests.test_carriers import seen
from tests.test_carriers_hostile import quine


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A fresh production."""
    return new_production(tmp_path)


def stripped(png: bytes) -> bytes:
    """Return a PNG without its text, and otherwise byte for byte, as tools do that strip metadata."""
    out, at = png[:8], 8
    while at < len(png):
        stop = at + 12 + int.from_bytes(png[at : at + 4], "big")
        out += b"" if png[at + 4 : at + 8] == b"tEXt" else png[at:stop]
        at = stop
    return out


HOLDERS: dict[str, Callable[[bytes], bytes]] = {
    "a.zip": lambda png: make.zipped(("b.txt", b"sent on Friday\n"), ("plates/p.png", png)),
    "b.otioz": lambda png: make.zipped(("content.otio", b'{"OTIO_SCHEMA": "Timeline.1"}'), ("m/p.png", png), method=0),
    "c.tar": lambda png: make.tarred(("p.png", png)),
    "d.mkv": lambda png: filming.matroska(filming.attachment("p.png", "image/png", png)),
    "e.mp3": lambda png: filming.tag(filming.frame(b"APIC", b"\0image/png\0\3\0" + png)) + filming.FRAMES,
    "f.psd": lambda png: make.layered(make.item("p.png", png)),
    "g.pdf": lambda png: pdf(attached=make.zipped(("p.png", png))),
    "h.svg": lambda png: svg(data_uri(png, "image/png")),
    "i.zip": lambda png: make.zipped(("one.zip", make.zipped(("two.tar", make.tarred(("p.png", png)))))),
}


def test_a_stripped_picture_is_known_in_whatever_it_lies_in(production: Production) -> None:
    """The generated original was seen; its stripped copy is refused in an archive, a film, a document, a layer."""
    png = generated(drawing())
    put(production.editorial / "harbour.png", png)
    assert production.run("scan").code == 0
    for name, holder in HOLDERS.items():
        put(production.deliver / name, holder(stripped(png)))
    put(production.deliver / "plain.zip", make.zipped(("p.png", saved(drawing(3)))))
    found = outcomes(production.json("gate", "deliver"))
    assert found.pop("plain.zip") == "pass"
    assert found == dict.fromkeys(HOLDERS, "refuse")
    told = production.run("origin", production.deliver / "i.zip").out
    assert "holds one.zip (1 of 1): two.tar (1 of 1): p.png (1 of 1), the same picture as" in told, told
    assert production.run("ledger", "verify").code == 0


def test_a_file_somebody_declared_is_known_in_an_archive(production: Production) -> None:
    """Nothing in the file says so and no picture of its type is compared: its bytes are what was declared."""
    gif = saved(drawing(5), "GIF")
    word = put(production.editorial / "word.gif", gif)
    put(production.deliver / "word.zip", make.zipped(("word.gif", gif)))
    put(production.deliver / "other.zip", make.zipped(("word.gif", saved(drawing(6), "GIF"))))
    assert outcomes(production.json("gate", "deliver")) == {"word.zip": "pass", "other.zip": "pass"}
    said = production.json("declare", word, "--origin", "ai-generated", *EDITOR)
    assert outcomes(production.json("gate", "deliver")) == {"word.zip": "refuse", "other.zip": "pass"}
    told = production.run("origin", production.deliver / "word.zip").out
    assert "holds word.gif (1 of 1), byte for byte" in told, told
    assert "marks are gone" not in told
    assert production.run("revoke", said["record"]["id"], *EDITOR).code == 0
    assert outcomes(production.json("gate", "deliver")) == {"word.zip": "pass", "other.zip": "pass"}
    assert production.run("ledger", "verify").code == 0


def kinds(data: bytes) -> list[tuple[str, str]]:
    """Return by what parts of some bytes are known again, and where they lie."""
    return [parted(algorithm) for algorithm, _, _ in seen(data).alike]


@pytest.mark.parametrize("form", ["PNG", "JPEG", "TIFF", "WEBP", "GIF"])
def test_what_holds_nothing_pays_nothing(form: str) -> None:
    """A picture has nothing in it to be compared."""
    assert seen(saved(drawing(), form)).alike == ()


def test_what_says_something_needs_no_second_digest() -> None:
    """A picture is known by what is coded; an icon, which many files share, and what is not read, by their bytes."""
    icon = saved(Image.new("RGB", (16, 16)))
    data = make.zipped(("p.png", saved(drawing())), ("icon.png", icon), ("a.gif", saved(drawing(), "GIF")))
    assert kinds(data) == [(STILL, "p.png (1 of 3)"), (BYTES, "icon.png (2 of 3)"), (BYTES, "a.gif (3 of 3)")]


def test_names_made_to_mislead_are_shown_as_they_are() -> None:
    """A name with our own words, breaks and halves of characters in it is one place, and can be stored."""
    names = ["bytes in x\n\x1b[2J.png", "still in \u202e.png", "e" * 5_000 + ".png"]
    found = kinds(make.zipped(*((name, saved(drawing())) for name in names)))
    assert [kind for kind, _ in found] == [STILL] * 3
    assert all(place.isprintable() and len(place) <= 241 for _, place in found)
    assert found[0][1] == "bytes in x\\n\\x1b[2J.png (1 of 3)"
    (half,) = kinds(make.tarred(("\udcff.png", saved(drawing()))))
    assert half == (STILL, "\\udcff.png (1 of 1)")


def test_there_is_an_end_to_what_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many bytes are read a second time, and so many values kept; what is smaller still has its turn."""
    small, large = saved(drawing(size=(100, 100))), saved(drawing(1, (400, 300)))
    data = make.zipped(("large.png", large), ("small.png", small), ("again.png", small))
    monkeypatch.setattr(carriers, "COMPARED", 2 * len(small) - len(data) // 4)
    assert [place for _, place in kinds(data)] == ["small.png (2 of 3)", "again.png (3 of 3)"]
    monkeypatch.setattr(carriers, "_MOST_ALIKE", 1)
    assert [place for _, place in kinds(data)] == ["small.png (2 of 3)"]
    monkeypatch.setattr(carriers, "COMPARING", 0.0)
    assert kinds(data) == []


def test_an_archive_of_archives_without_end_is_compared_to_a_bound() -> None:
    """What is not looked through is a gap, and what was compared until then is no more than was looked at."""
    found = seen(quine())
    assert found.gaps
    assert len(found.alike) <= carriers.MOST_PARTS


def test_a_damaged_picture_in_an_archive_is_like_nothing_else() -> None:
    """Chunks that end behind the file, and sizes nobody can have: the bytes are what is left of it."""
    png = bytearray(saved(drawing()))
    struct.pack_into(">II", png, 16, 0xFFFFFFFF, 0xFFFFFFFF)
    cut = io.BytesIO(saved(drawing())).read(4_000)
    assert kinds(make.zipped(("wide.png", bytes(png)), ("cut.png", cut))) == [
        (BYTES, "wide.png (1 of 2)"),
        (BYTES, "cut.png (2 of 2)"),
    ]
