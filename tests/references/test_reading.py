"""What each format says, and what hostile files do not do."""

import gzip
import json
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.errors import FileMissing, NotARegularFile, TimelineUnreadable
from provenance.references import Timeline, read_timeline
from provenance.references.model import MOST_ITEMS
from provenance.references.reading import LARGEST
from tests.timelines import FORMATS, clip, external, fcpxml, otio, timeline


def read(folder: Path, text: str | bytes, name: str = "cut") -> Timeline:
    """Read a timeline of this content."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_timeline(path)


def names(read: Timeline) -> list[str]:
    """Return what the references are called."""
    return [r.name for r in read.references]


@pytest.mark.parametrize("form", FORMATS)
def test_each_format_names_its_sources(tmp_path: Path, form: str) -> None:
    """Every format yields each media once, with its path and the kind of its track, whatever the file is called."""
    written = timeline(tmp_path / f"cut.{form}", ["/p/a b.png", "/p/c.mov", "/p/a b.png"])
    found = read_timeline(written.rename(tmp_path / "cut"))
    assert names(found) == ["a b.png", "c.mov"] or names(found) == ["a%20b.png", "c.mov"]
    assert found.references[1].target in {"/p/c.mov", "file:///p/c.mov"}
    assert {r.track for r in found.references} == {"video"}
    assert (found.clips, len(found.digest)) == (3, 64)


def test_what_is_made_in_the_timeline_has_no_media(tmp_path: Path) -> None:
    """Gaps, generators and titles are listed, and are no references."""
    generator = {"OTIO_SCHEMA": "GeneratorReference.1", "generator_kind": "SMPTEBars"}
    items = [clip("x", external("/p/a.mov")), {"OTIO_SCHEMA": "Gap.1"}, clip("bars", generator)]
    assert read(tmp_path, json.dumps(otio(items))).made == ("gap", "generator SMPTEBars")
    inside = '<gap duration="1s"/><title ref="t" name="x"/><video ref="t"/><asset-clip'
    text = fcpxml(["/p/a.mov"]).replace("<asset-clip", inside)
    text = text.replace("<resources>", '<resources><effect id="t" name="Lower Third"/>')
    assert read(tmp_path, text).made == ("gap", "title Lower Third", "generator Lower Third")
    black = "001  BL  V  C  00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00\n"
    assert read(tmp_path, black + black.replace("BL", "A001")).made == ("black",)


def test_every_reference_of_a_clip_counts(tmp_path: Path) -> None:
    """Not only the active one; those of disabled clips, in nested stacks, in effects and in metadata too."""
    several = clip("x", external("/p/hires.mov"), external("/p/low.mov"))
    disabled = {**clip("y", external("/p/off.mov")), "enabled": False}
    effect = {"OTIO_SCHEMA": "Effect.1", "metadata": {"matte": external("/p/matte.exr")}}
    nested = {"OTIO_SCHEMA": "Stack.1", "children": [{**clip("z", external("/p/deep.mov")), "effects": [effect]}]}
    found = read(tmp_path, json.dumps(otio([several, disabled, nested])))
    assert sorted(names(found)) == ["deep.mov", "hires.mov", "low.mov", "matte.exr", "off.mov"]


def test_a_clip_whose_media_nobody_knows_is_a_reference(tmp_path: Path) -> None:
    """Missing, null and unknown references, and items of unknown kinds, stay as names that nothing is found for."""
    strange = {"OTIO_SCHEMA": "HologramReference.1"}
    items = [clip("a"), clip("b", None), clip("c", strange), {"OTIO_SCHEMA": "Widget.1", "name": "d"}, clip("", None)]
    assert sorted(names(read(tmp_path, json.dumps(otio(items))))) == ["", "a", "b", "c", "d"]


def test_frames_come_from_the_available_range(tmp_path: Path) -> None:
    """Frames are named as the library names them, with steps and padding; without a range nobody can tell which."""
    sequence: dict[str, Any] = {
        "OTIO_SCHEMA": "ImageSequenceReference.1",
        "target_url_base": "file:///p/",
        "name_prefix": "s.",
        "name_suffix": ".exr",
        "start_frame": 8,
        "frame_step": 2,
        "rate": 24.0,
        "frame_zero_padding": 3,
        "available_range": {"duration": {"rate": 24.0, "value": 5.0}},
    }
    (found,) = read(tmp_path, json.dumps(otio([clip("x", sequence)]))).references
    assert found.frames is not None
    assert found.frames.names() == ("s.008.exr", "s.010.exr")
    (found,) = read(tmp_path, json.dumps(otio([clip("x", {**sequence, "available_range": None})]))).references
    assert (found.frames, found.target) == (None, "")
    for wrong in (
        {"available_range": {"duration": {"rate": 24.0, "value": 1e8}}, "frame_step": 1},
        {"available_range": {"duration": {"rate": 0.01, "value": 1e8}}, "frame_step": 1},
    ):
        with pytest.raises(TimelineUnreadable, match="frames"):
            read(tmp_path, json.dumps(otio([clip("x", {**sequence, **wrong})])))


def test_only_what_the_project_uses_counts(tmp_path: Path) -> None:
    """What lies in the event and in no project is not in the cut; compound clips are followed, circles end."""
    resources = (
        '<asset id="bin" src="file:///p/unused.mov"/><asset id="deep" src="file:///p/deep.mov"/>'
        '<media id="m1"><sequence><spine><ref-clip ref="m2"/><ref-clip ref="m1"/></spine></sequence></media>'
        '<media id="m2"><sequence><spine><ref-clip ref="m1"/><clip><video ref="deep"/></clip></spine>'
        "</sequence></media>"
    )
    text = fcpxml(["/p/a.mov"]).replace("<resources>", f"<resources>{resources}")
    text = text.replace("<event>", '<event><asset-clip ref="bin"/>')
    assert names(read(tmp_path, text)) == ["a.mov"]
    text = text.replace(
        "<spine><asset-clip", '<spine><ref-clip ref="m1"/><asset-clip ref="gone" name="lost"/><asset-clip'
    )
    assert sorted(names(read(tmp_path, text))) == ["a.mov", "deep.mov", "lost"]


def test_an_edit_list_as_systems_write_it(tmp_path: Path) -> None:
    """Dissolves have two sources, notes are skipped, reels stand where there is no name, audio is audio."""
    text = """TITLE: CUT
FCM: DROP FRAME

001  A001C002_X  V     C        00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00
M2   A001C002_X       024.0                00:00:00:00
* COMMENT: hello
002  A001C002_X  V     C        00:00:01:00 00:00:01:00 01:00:01:00 01:00:01:00
002  B007        V     D    024 00:00:05;00 00:00:06;00 01:00:01;00 01:00:02;00
* FROM CLIP NAME:  one.mov
* TO CLIP NAME:  two.mov
EFFECTS NAME IS CROSS DISSOLVE
003  AX          A2    C        00:00:00:00 00:00:01:00 01:00:00:00 01:00:01:00
* FROM CLIP NAME: music.wav
* SOURCE FILE: D:\\Audio\\music.wav
"""
    found = read(tmp_path, text)
    assert names(found) == ["A001C002_X", "one.mov", "two.mov", "music.wav"]
    assert (found.references[0].reel, found.references[3].target) == ("A001C002_X", "D:\\Audio\\music.wav")
    assert found.references[3].track == "audio"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_may_be_in_any_encoding_that_systems_write(tmp_path: Path, encoding: str) -> None:
    """UTF-8 with and without a mark, and UTF-16 with one."""
    for form in FORMATS:
        text = timeline(tmp_path / f"x.{form}", ["/p/größe.mov"]).read_text()
        (found,) = read(tmp_path, text.encode(encoding)).references
        assert "größe" in found.name or "gr%C3%B6%C3%9Fe" in found.name


def test_bundles_hold_one_timeline(tmp_path: Path) -> None:
    """.otioz, .otiod and .fcpxmld are read by the document in them."""
    text = json.dumps(otio([clip("x", external("media/a.png"))]))
    with zipfile.ZipFile(tmp_path / "cut.otioz", "w") as archive:
        archive.writestr("version.txt", "1.0.0")
        archive.writestr("content.otio", text)
    (tmp_path / "cut.otiod").mkdir()
    (tmp_path / "cut.otiod" / "content.otio").write_text(text)
    (tmp_path / "cut.fcpxmld").mkdir()
    (tmp_path / "cut.fcpxmld" / "Info.fcpxml").write_text(fcpxml(["/p/a.png"]))
    found = [read_timeline(tmp_path / f"cut.{e}") for e in ("otioz", "otiod", "fcpxmld")]
    assert [names(f) for f in found] == [["a.png"]] * 3
    assert found[0].digest == found[1].digest


LAUGHS = '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">'


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n\0\0",
        b"TITLE: CUT\n",
        b"001  A  V  C  nonsense\n",
        b"\0" * 100,
        b"{}",
        b"[]",
        b'{"OTIO_SCHEMA": "Timeline.1"}',
        b'{"OTIO_SCHEMA": "Timeline.1", "tracks": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"OTIO_SCHEMA": "Timeline.1", "tracks": [' + b"[]," * 2_100_000 + b"[]]}",
        b'{"OTIO_SCHEMA": "Clip.1"',
        b"<fcpxml/>",
        b"<fcpxml><project>",
        b"<svg/>",
        b"<fcpxml>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</fcpxml>",
        b"<fcpxml>" + b"<a/>" * 1_100_000 + b"</fcpxml>",
        f'<!DOCTYPE fcpxml [{LAUGHS}]><fcpxml><asset-clip ref="&c;"/></fcpxml>'.encode(),
        f'<!DOCTYPE fcpxml [{LAUGHS}]><fcpxml><asset-clip ref="&c;"/></fcpxml>'.encode("utf-16"),
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><fcpxml>&e;</fcpxml>',
        gzip.compress(b"<PremiereData/>", mtime=0),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        b"PK\3\4" + b"\0" * 200,
        b"x" * 20_000,
        b" " * (LARGEST + 1),
    ],
)
def test_what_is_no_timeline_is_refused_and_said_so(tmp_path: Path, data: bytes) -> None:
    """Empty, cut short, too deep, too large, with entities, another format: one error with a sentence, in no time."""
    with pytest.raises(TimelineUnreadable) as caught:
        read(tmp_path, data)
    assert "cut" in str(caught.value)


def test_an_archive_cannot_blow_up(tmp_path: Path) -> None:
    """A document that unpacks to more than is read, one that is encrypted, and one that is not there: refused."""
    for name, content in (("content.otio", b" " * (LARGEST + 10)), ("other", b"{}")):
        with zipfile.ZipFile(tmp_path / "cut.otioz", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        with pytest.raises(TimelineUnreadable):
            read_timeline(tmp_path / "cut.otioz")


def test_more_files_than_anybody_cuts_are_refused(tmp_path: Path) -> None:
    """The number of sources is bounded, frames counted one by one."""
    line = "001  AX  V  C  00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00\n* FROM CLIP NAME: s.[{}-{}].exr\n"
    assert read(tmp_path, line.format(1, MOST_ITEMS)).references[0].frames is not None
    with pytest.raises(TimelineUnreadable, match="more than"):
        read(tmp_path, line.format(1, MOST_ITEMS) + line.format(2, 3).replace("001", "002"))


def test_only_a_regular_file_is_opened(tmp_path: Path) -> None:
    """A link, a folder and nothing at all: refused by what they are."""
    real = timeline(tmp_path / "cut.otio", ["/p/a.mov"])
    (tmp_path / "link.otio").symlink_to(real)
    (tmp_path / "folder.otio").mkdir()
    for name in ("link.otio", "folder.otio"):
        with pytest.raises(NotARegularFile):
            read_timeline(tmp_path / name)
    with pytest.raises(FileMissing):
        read_timeline(tmp_path / "nowhere.otio")
    (tmp_path / "empty.otiod").mkdir()
    with pytest.raises(FileMissing):
        read_timeline(tmp_path / "empty.otiod")


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "OTIO_SCHEMA",
                    "children",
                    "media_reference",
                    "media_references",
                    "name",
                    "metadata",
                    "start_frame",
                    "reel",
                ]
            ),
            inner
            | st.sampled_from(
                ["Clip.2", "Track.1", "ExternalReference.1", "ImageSequenceReference.1", "Stack.1", "Clip"]
            ),
            max_size=5,
        )
    ),
    max_leaves=30,
)


@given(_JSON)
def test_no_json_does_more_than_be_refused(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    """Whatever stands where in a document, it is read or refused."""
    text = json.dumps({"OTIO_SCHEMA": "Timeline.1", "tracks": value})
    with suppress(TimelineUnreadable):
        read(tmp_path_factory.getbasetemp(), text)


@given(st.text(alphabet="0123456789 :;\nABCDVX*FROMCLIPNE[]-./\\%", max_size=300))
def test_no_edit_list_does_more_than_be_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """The same for text."""
    with suppress(TimelineUnreadable):
        read(tmp_path_factory.getbasetemp(), "001  AX  V  C  00:00:00:00 00:00:01:00 00:00:00:00 00:00:01:00\n" + text)


@given(st.sampled_from(FORMATS), st.integers(0, 600), st.integers(0, 40), st.text(max_size=8))
def test_no_damage_does_more_than_be_refused(
    tmp_path_factory: pytest.TempPathFactory, form: str, at: int, length: int, instead: str
) -> None:
    """Every format with a part of it replaced by something else is read or refused."""
    text = timeline(tmp_path_factory.getbasetemp() / f"whole.{form}", ["/p/a.png", "b.mov"]).read_text()
    with suppress(TimelineUnreadable):
        read(tmp_path_factory.getbasetemp(), text[:at] + instead + text[at + length :])
