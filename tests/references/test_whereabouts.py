"""Paths and URLs of other machines, taken apart; nothing is looked up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.references import key_of, remote, spellings, stem_of


@pytest.mark.parametrize(
    ("target", "start", "path"),
    [
        ("file:///p/a%20b.png", "here", "p/a b.png"),
        ("FILE://localhost/p/a.png", "here", "p/a.png"),
        ("file:/p/a.png", "here", "p/a.png"),
        ("/p/a.png", "here", "p/a.png"),
        ("file:///D:/p/a.png", "elsewhere", "p/a.png"),
        ("file://D:/p/a.png", "elsewhere", "p/a.png"),
        ("file:///D|/p/a.png", "elsewhere", "p/a.png"),
        ("D:\\p\\a.png", "elsewhere", "p/a.png"),
        ("d:/p/a.png", "elsewhere", "p/a.png"),
        ("\\\\server\\share\\a.png", "elsewhere", "server/share/a.png"),
        ("file://server/share/a.png", "elsewhere", "server/share/a.png"),
        ("//server/share/a.png", "elsewhere", "server/share/a.png"),
        ("media/a.png", "beside", "media/a.png"),
        ("./media/../a.png", "beside", "a.png"),
        ("../a.png", "beside", "../a.png"),
        ("/../../etc/passwd", "here", "etc/passwd"),
        ("a:b.png", "beside", None),
    ],
)
def test_each_way_to_write_a_path(target: str, start: str, path: str | None) -> None:
    """URLs with and without host and drive, Windows paths, servers, relative ones: parts, and where they start."""
    found = [(s.start, b"/".join(s.parts).decode()) for s in spellings(target)]
    assert found == ([(start, path)] if path else found)


def test_what_may_be_a_url_or_a_path_is_both() -> None:
    """Percent signs may be escapes or part of a name: the name comes first."""
    assert [s.parts[-1] for s in spellings("media/50%25.png")] == [b"50%25.png", b"50%.png"]
    assert spellings("file:///p/%ff%fe.png")[0].parts == (b"p", b"\xff\xfe.png")
    assert spellings("media/%zz%4.png")[0].parts == (b"media", b"%zz%4.png")


@pytest.mark.parametrize(
    "target", ["http://x/a.png", "HTTPS://x/a", "s3://b/k", "data:image/png;base64,AA", "rtsp://x"]
)
def test_what_lies_behind_a_network_is_nowhere(target: str) -> None:
    """URLs of other schemes are told apart by their scheme, and have no path."""
    assert (spellings(target), bool(remote(target))) == ((), True)


@pytest.mark.parametrize("target", ["", "/", "file:///", "file://", "..", "/p/..", "a\0b", "file:///a%00b", "."])
def test_what_names_no_file_has_no_spelling(target: str) -> None:
    """Roots, steps up and NUL bytes name nothing."""
    assert all(s.parts[-1:] not in {(), (b"..",)} and b"\0" not in b"".join(s.parts) for s in spellings(target))


@given(st.text(max_size=60))
def test_anything_can_be_taken_apart(target: str) -> None:
    """No text raises; no part is empty, a step or a slash."""
    for way in spellings(target):
        assert way.parts
        assert all(p and b"/" not in p and p != b"." for p in way.parts)
        assert way.start == "beside" or b".." not in way.parts


def test_names_are_compared_as_other_systems_do() -> None:
    """Case and the way letters with marks are written make no difference; bytes that are no text are kept."""
    assert key_of("Größe.MOV".encode()) == key_of("GRO\u0308SSE.mov".encode())
    assert key_of(b"\xff\xfe.MOV") == b"\xff\xfe.mov"
    assert (stem_of(b"a.b.mov"), stem_of(b"a.pdf"), stem_of(b"a"), stem_of(b"cut.otio")) == (b"a.b", b"", b"", b"")
