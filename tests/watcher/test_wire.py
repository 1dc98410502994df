import errno
import marshal
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.ground import Met
from watcher.lister import Answer, Listed, NotProven, Swept, Trouble
from watcher.opening import Odd
from watcher.probe import Look
from watcher.roots import RootTrouble, Standing
from watcher.sweep import Folder, Found
from watcher.wait import Wait
from watcher.wire import FILES, LONGEST, Frames, Hearing, Plain, framed, heard_met, plain_met, told

NUMBERS = st.integers(-(2**63), 2**64)
FOUND = st.builds(Found, NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS)
TEXT = st.text(max_size=20)
ANSWERS: st.SearchStrategy[Answer] = st.one_of(
    st.builds(Swept, st.floats(allow_nan=False), st.booleans()),
    st.builds(Trouble, st.sampled_from(RootTrouble), TEXT),
    st.builds(
        Look,
        st.binary(),
        st.none() | FOUND,
        st.lists(st.tuples(st.sampled_from(Wait), TEXT)).map(tuple),
        st.none() | TEXT,
    ),
    st.builds(
        Listed,
        st.builds(
            Folder,
            st.binary(),
            st.lists(st.tuples(st.binary(), FOUND)),
            st.lists(st.tuples(st.binary(), st.sampled_from(Odd))),
        ),
    ),
)


def _heard(data: bytes, some: int) -> list[Answer]:
    """Return what is heard when bytes come in so many at a time."""
    frames, hearing = Frames(), Hearing()
    found = []
    for at in range(0, len(data), some):
        frames.feed(data[at : at + some])
        found += [hearing.hear(message) for message in frames.whole()]
        assert not frames.ready
    return [answer for answer in found if answer is not None]


def _said(*answers: Answer) -> bytes:
    return b"".join(framed(message) for answer in answers for message in told(answer))


@given(st.lists(ANSWERS, max_size=5), st.integers(1, 50))
def test_answers_arrive_as_they_were_sent(answers: list[Answer], some: int) -> None:
    """Whatever is answered is heard equal on the other side, however the bytes are cut up on the way."""
    assert _heard(_said(*answers), some) == answers


def test_a_large_folder_comes_in_parts_and_is_one_folder() -> None:
    """More files than go into a frame travel in several and are put together again, surrogates and all."""
    files = [(b"\xff%d" % number, Found(number, 2, 3, 3, 5)) for number in range(FILES * 2 + 1)]
    (answer,) = _heard(_said(Listed(Folder(b"a", files))), 4_096)
    assert isinstance(answer, Listed)
    assert answer.folder.files == files


@pytest.mark.parametrize(
    "error",
    [
        FileNotFoundError(errno.ENOENT, "No such file or directory"),
        NotADirectoryError(errno.ENOTDIR, "Not a directory"),
        OSError(errno.EIO, "Input/output error"),
        OSError("a folder already listed under another path"),
        NotProven("the root is not there"),
    ],
)
def test_errors_keep_their_kind(error: OSError) -> None:
    """Why a folder could not be listed is heard with its number and kind: whether it is gone depends on that."""
    (answer,) = _heard(_said(Listed(Folder(b"a", error=error))), 7)
    assert isinstance(answer, Listed)
    heard = answer.folder.error
    assert (type(heard), str(heard)) == (type(error), str(error))
    assert heard is not None
    assert heard.errno == error.errno


@given(
    st.builds(
        Met,
        st.booleans(),
        st.none() | st.builds(Standing, NUMBERS, NUMBERS),
        st.frozensets(st.tuples(st.binary(), NUMBERS)),
    )
)
def test_what_a_root_was_met_as_arrives(met: Met) -> None:
    """What was met is heard equal on the other side."""
    frames = Frames()
    frames.feed(framed(plain_met(met)))
    assert [heard_met(message) for message in frames.whole()] == [met]


def test_half_a_message_is_none() -> None:
    """What was cut off by the end of a process is never heard."""
    data = _said(Swept(1.0, complete=True), Swept(2.0, complete=True))
    for length in range(len(data)):
        assert len(_heard(data[:length], 1_000)) == (length >= len(data) / 2)


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">I", LONGEST + 1),
        struct.pack(">I", 1) + b"\xff",
        struct.pack(">I", 0),
        framed(()),
        struct.pack(">I", 5) + marshal.dumps(7),
    ],
    ids=["too long", "garbage", "nothing", "empty", "a number"],
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    """Bytes that are no frame of ours raise, instead of being waited for or taken for something."""
    frames = Frames()
    frames.feed(data)
    with pytest.raises(ValueError, match="frame"):
        list(frames.whole())


def test_an_answer_of_no_known_kind_is_refused() -> None:
    """A message nobody knows is not passed over."""
    message: Plain = ("news",)
    with pytest.raises(ValueError, match="no known kind"):
        Hearing().hear(message)


def test_messages_left_are_still_there() -> None:
    """Who takes one message and comes back later finds the others."""
    frames = Frames()
    frames.feed(framed(("a",)) + framed(("b",)))
    for message in frames.whole():
        assert message == ("a",)
        break
    assert frames.ready
    assert list(frames.whole()) == [("b",)]
