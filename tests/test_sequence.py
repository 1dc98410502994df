"""Which names are frames of one sequence, and which frames a pattern means."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from provenance.sequence import Pattern, Sequence, Spans, bunched, folded, framed, groups, key_of, pattern_in

_STEMS = st.sampled_from([b"shot.", b"shot_", b"", b"a\nb.", b"\xff\xfe_", b"v2-", b"take#1_", b"x%04d.", b"-", b"a.-"])
_NUMBERS = st.one_of(st.integers(0, 30), st.integers(990, 1010), st.integers(0, 10**17), st.just(10**12))
_TAILS = st.sampled_from([b".exr", b".png", b".PNG", b".dpx", b".mov", b""])
_FRAMES = st.builds(
    lambda stem, sign, pad, number, tail: stem + sign + b"%0*d" % (pad, number) + tail,
    _STEMS,
    st.sampled_from([b"", b"", b"-"]),
    st.integers(1, 5),
    _NUMBERS,
    _TAILS,
)
_NAMES = st.one_of(
    _FRAMES, st.binary(min_size=1, max_size=40).map(lambda b: b.replace(b"\0", b"_").replace(b"/", b"_"))
)


def members(names: set[bytes]) -> list[tuple[Sequence, list[bytes]]]:
    """Return every group with what is in it, small ones too, by the keys alone."""
    keyed = sorted((key, name) for name in names if (key := key_of(b"", name)) is not None)
    found, at = [], 0
    for sequence in groups(key for key, _ in keyed):
        found.append((sequence, [name for _, name in keyed[at : at + sequence.files]]))
        at += sequence.files
    assert at == len(keyed)
    return found


@given(st.sets(_NAMES, max_size=60))
@example({b"s.1.exr", b"s.01.exr", b"s.001.exr", b"s.10.exr", b"s.100.exr"})
@example({b"s.8.exr", b"s.9.exr", b"s.10.exr", b"s.11.exr"})
def test_nothing_is_lost_and_nothing_doubled(names: set[bytes]) -> None:
    """What is in groups and what is in none are together exactly the names there were, each of them once."""
    inside = [name for _, some in members(names) for name in some]
    outside = [name for name in names if framed(name) is None]
    assert sorted(inside + outside) == sorted(names)
    together = list(folded(names))
    assert sum(t.files for t in together if isinstance(t, Sequence)) + sum(
        isinstance(t, bytes) for t in together
    ) == len(names)


@given(st.sets(_NAMES, max_size=60))
def test_a_group_says_by_itself_which_names_are_in_it(names: set[bytes]) -> None:
    """Stem, padding, extension and frames of a group give back its names, no more and no fewer."""
    for sequence, some in members(names):
        assert sequence.frames.total == sequence.files == len(some)
        numbers = [n for first, last in sequence.frames for n in range(first, last + 1)]
        sign = {True: b"-", False: b""}
        again = {sequence.stem + sign[n < 0] + b"%0*d" % (sequence.pad, abs(n)) + sequence.tail for n in numbers}
        assert again == {*some}


@given(st.sets(_NAMES, max_size=60))
def test_what_is_spelled_for_a_command_means_these_frames(names: set[bytes]) -> None:
    """Where frames can be spelled as a pattern, that pattern means these and no other file there is."""
    for sequence, some in members(names):
        for wanted in {sequence.frames, Spans(sequence.frames[:1])}:
            spelled = sequence.spelled(wanted)
            if spelled is None:
                continue
            if wanted.total == 1:
                assert [spelled] == [name for name in some if _lies_in(name, wanted)]
                continue
            pattern = pattern_in(spelled)
            assert pattern is not None
            meant = {name for name in names if pattern.number(name) is not None}
            assert meant == {name for name in some if _lies_in(name, wanted)}


def _lies_in(name: bytes, spans: Spans) -> bool:
    frame = framed(name)
    assert frame is not None
    return any(first <= frame.number <= last for first, last in spans)


@given(st.lists(st.integers(-(10**17), 10**17) | st.integers(-20, 20), max_size=40))
def test_stretches_are_read_back(numbers: list[int]) -> None:
    """Stretches of frames, negative ones too, are written so that they can be read again."""
    spans = Spans.of(numbers)
    assert Spans.read(spans.text()) == spans
    assert spans.total == len({*numbers})
    assert Spans.joined([*spans, *spans.gaps]) == Spans(spans and [(spans[0][0], spans[-1][1])])


def test_padding_tells_sequences_apart() -> None:
    """`shot.01` and `shot.1` are frames of two sequences; a counter that runs over its padding goes on."""
    found = list(folded(b"s.%s.exr" % n for n in b"01 02 03 1 2 3 10 0099 0100 0101 1001 10001".split()))
    assert [(s.path, s.frames.text()) for s in found if isinstance(s, Sequence)] == [
        (b"s.@.exr", "1-3"),
        (b"s.##.exr", "1-3,10"),
        (b"s.####.exr", "99-101,1001,10001"),
    ]
    (unpadded,) = folded(b"s.%d.exr" % n for n in range(8, 12))
    assert isinstance(unpadded, Sequence)
    assert (unpadded.path, unpadded.frames.text()) == (b"s.@.exr", "8-11")


def test_what_is_no_frame() -> None:
    """A camera's own names, films, documents, one number too long, and names without one are no frames."""
    for name in (b"IMG_0001.JPG", b"DSC00012.jpg", b"IMG_0001.HEIC"):
        assert framed(name.upper()) is None, name
    for name in (b"clip.0001.mov", b"page.1.pdf", b"hero.png", b"x." + b"1" * 19 + b".exr", b"1001", b".exr", b""):
        assert framed(name) is None, name
    assert framed(b"SH01_0001.exr") == (b"SH01_", 1, 4, b".exr")
    assert framed(b"0001.png") == (b"", 1, 4, b".png")
    assert framed(b"s.-0012.exr") == (b"s.", -12, 4, b".exr")
    assert framed(b"s-0012.exr") == (b"s-", 12, 4, b".exr")


def test_far_apart_numbers_are_not_missing_anything() -> None:
    """Gaps of billions cost nothing, and nobody is told that as many frames are missing."""
    (sequence,) = folded(b"s.%d.exr" % n for n in (1, 2, 10**12, 10**12 + 1))
    assert isinstance(sequence, Sequence)
    assert sequence.missing == ()
    assert sequence.range == "1-1000000000001"
    (small,) = folded(b"s.%04d.exr" % n for n in (1001, 1002, 1005, 1007))
    assert isinstance(small, Sequence)
    assert small.missing_words == "frames 1003-1004, 1006 of 1001-1007 are missing (3)"


@pytest.mark.parametrize(
    "typed",
    [
        "shot.####.exr",
        "shot.%04d.exr",
        "shot.@@@@.exr",
        "shot.$F4.exr",
        "shot.1001-1240#.exr",
        "shot.#.exr",
        "shot.%d.exr",
    ],
)
def test_frames_as_people_type_them(typed: str) -> None:
    """Each of the trade's spellings means the frames, and no other file."""
    pattern = pattern_in(typed.encode())
    assert pattern is not None
    assert pattern.number(b"shot.1041.exr") == 1041
    for other in (
        b"shot.1041.png",
        b"Shot.1041.exr",
        b"shot.x.exr",
        b"shot..exr",
        b"shot.1041.exr.c2pa",
        b"ashot.1041.exr",
    ):
        assert pattern.number(other) is None, other


def test_a_pattern_with_numbers_means_these_alone() -> None:
    """Numbers before the padding limit it; a range of ten million is as good as one of ten, and none is too long."""
    pattern = pattern_in(b"shot.1001-1003,1010####.exr")
    assert pattern is not None
    assert [n for n in range(1000, 1012) if pattern.number(b"shot.%d.exr" % n) is not None] == [1001, 1002, 1003, 1010]
    assert pattern.missing([1001, 1003]) == ((1002, 1002), (1010, 1010))
    large = pattern_in(b"shot.1-9999999#.exr")
    assert large is not None
    assert large.number(b"shot.5.exr") == 5
    assert large.missing([5]) == ()
    every = pattern_in(b"shot.####.exr")
    assert every is not None
    assert every.missing([1, 2, 10**15]) == ()
    assert every.missing([1, 3]) == ((2, 2),)


@given(st.text(alphabet=string.printable.replace("\0", "").replace("/", "") + "\udcff#@%$<", min_size=1, max_size=40))
@example("shot.1-1000000000000#.exr")
@example("shot.1-9999999999999999999999#.exr")
@example("#" * 250)
@example("shot.1-10x0#.exr")
@example("shot.1.5-2.5x0.5#.exr")
@example("%99999999999d.exr")
@example("$F99999999999.exr")
def test_any_name_is_a_pattern_or_is_not(name: str) -> None:
    """Whatever somebody types, a pattern comes of it or none: never an error, and never a long wait."""
    pattern = pattern_in(name.encode("utf-8", "surrogateescape"))
    assert pattern is None or isinstance(pattern, Pattern)
    if pattern is not None:
        assert pattern.number(b"nothing of the kind") is None


@given(st.lists(st.tuples(st.sampled_from(["a", "b\udcff", "\0"]), _NAMES), max_size=40))
def test_bunches_lose_nothing(items: list[tuple[str, bytes]]) -> None:
    """What is put together for a report is there once, with what is the same for all, in the order of the firsts."""
    bunches = bunched((scope, name, (number, scope, name)) for number, (scope, name) in enumerate(items))
    assert sorted(one for _, some in bunches for one in some) == [(n, *item) for n, item in enumerate(items)]
    firsts = [min(number for number, _, _ in some) for _, some in bunches]
    assert firsts == sorted(firsts)
    for sequence, some in bunches:
        assert (sequence is None) == (len(some) == 1)
        assert len({scope for _, scope, _ in some}) == 1
