"""Which names a pattern means, and which patterns are none."""

import pytest

from provenance.naming import fits, folder_fits, folder_trouble, frame_of, missing_from, range_of, trouble_with

COMP = "SH010_comp_v*.####.exr"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("SH010_comp_v003.1001.exr", True),
        ("SH010_comp_v4b-x.1100.exr", True),
        ("SH010_comp_v003.1101.exr", False),
        ("SH010_comp_v003.1000.exr", False),
        ("SH010_comp_v003.101.exr", False),
        ("SH010_comp_v.1001.exr", False),
        ("SH010_comp_v003.final.1001.exr", False),
        ("SH010_comp_v003.1001.exr.png", False),
        ("XSH010_comp_v003.1001.exr", False),
        ("sh010_comp_v003.1001.exr", False),
        ("SH0101comp_v003.1001.exr", False),
        ("SH010_comp_v003.\u0661\u0660\u0660\u0661.exr", False),
        ("SH010_comp_v003.1001.exr\n", False),
        ("SH010_comp_v003." + "9" * 200 + ".exr", False),
    ],
)
def test_names(name: str, meant: bool) -> None:
    """A star is one or more characters but no dot, a run of signs a frame in range; everything else is literal."""
    assert fits(COMP, (1001, 1100), name) is meant


def test_frames() -> None:
    """A frame's number is read where the pattern has one; where it has none, a range means nothing."""
    assert frame_of(COMP, "SH010_comp_v003.0042.exr") == 42
    assert frame_of("SH010.mov", "SH010.mov") is None
    assert fits("SH010.mov", None, "SH010.mov")
    assert not fits("SH010.mov", (1, 2), "SH010.mov")
    assert not fits(COMP, None, "SH010_comp_v003.0042.exr")


@pytest.mark.parametrize(
    ("folder", "path", "there"),
    [
        ("", b"anywhere/x.exr", True),
        ("comp/SH010", b"/srv/deliver/comp/SH010/x.exr", True),
        ("comp/SH0*", b"/srv/deliver/comp/SH010/x.exr", True),
        ("comp", b"/srv/deliver/comp/SH010/x.exr", False),
        ("v*", b"/srv/v003.final/x.exr", True),
        ("comp/SH010", b"SH010/x.exr", False),
        ("comp/*", b"comp/x.exr", False),
        ("SH0\udcff0", b"/srv/SH0\xff0/x.exr", True),
    ],
)
def test_folders(folder: str, path: bytes, there: bool) -> None:
    """A folder pattern is held against the end of the folders a file lies in, name by name."""
    assert folder_fits(folder, path) is there


@pytest.mark.parametrize(
    ("pattern", "frames", "shot", "says"),
    [
        (COMP, (1, 2), "SH010", None),
        ("LN_S01E03_SH010_v*.mov", None, "SH010", None),
        ("SH010.mov", None, None, None),
        ("", None, None, "without folders"),
        ("comp/x.exr", None, None, "without folders"),
        ("x.##.##.exr", (1, 2), None, "more than one frame"),
        (COMP, None, "SH010", "--frames"),
        ("SH010.mov", (1, 2), "SH010", "no frame number"),
        ("*", None, "SH010", "does not hold"),
        ("SH01*.mov", None, "SH01", "does not hold"),
        ("*SH010.mov", None, "SH010", "does not hold"),
        ("SH0100_*.mov", None, "SH010", "does not hold"),
        ("*.mov", None, "*", "no code"),
        ("a.mov", None, "", "no code"),
        ("_.mov", None, "_", "no code"),
    ],
)
def test_patterns_that_mean_too_much(
    pattern: str, frames: tuple[int, int] | None, shot: str | None, says: str | None
) -> None:
    """A shot's pattern holds its code between separators; a frame number and a range need each other."""
    found = trouble_with(pattern, frames, shot)
    assert (found is None) if says is None else (found is not None and says in found)


@pytest.mark.parametrize("folder", ["", "a//b", "../a", "a/.", "/a"])
def test_folders_that_are_none(folder: str) -> None:
    """A folder pattern has no empty part, and none that leads elsewhere."""
    assert folder_trouble(folder)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1001-1100", (1001, 1100)),
        ("7", (7, 7)),
        ("2-1", None),
        ("1-", None),
        ("-1", None),
        ("0-99999999", None),
        ("a", None),
    ],
)
def test_ranges(text: str, expected: tuple[int, int] | None) -> None:
    """A range is two numbers in order, or one, and not more than a film has."""
    assert range_of(text) == expected


def test_missing_frames_are_named() -> None:
    """Which frames are not there is said in ranges, and not at endless length."""
    assert missing_from((1, 10), [1, 2, 3, 7, 10]) == "4-6, 8-9"
    assert missing_from((1, 3), [3, 2, 1]) == ""
    assert missing_from((1, 20), range(1, 20, 2)).endswith("and 5 more gaps")
