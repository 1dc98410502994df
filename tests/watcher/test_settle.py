from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.probe import Look
from watcher.roots import Root
from watcher.settle import UNSEEN, Finished, Gone, Settling, step
from watcher.sweep import Found
from watcher.wait import Wait

ROOT = Root(
    name="editorial",
    path=b"/editorial",
    skip=frozenset(),
    settle=5.0,
    sweep=300.0,
    events=True,
    apart=False,
    first=False,
    stuck_after=1000.0,
    sparse_after=60.0,
)
CLIP = Found(st_ino=7, st_size=100, st_mtime_ns=1, st_ctime_ns=2, st_dev=3)
Outcome = Settling | Finished | Gone


def seen(found: Found | None = CLIP, *waits: Wait, error: str | None = None) -> Look:
    """Return a look that found a version, and so many reasons to wait."""
    return Look(b"clip.mov", found, tuple((wait, f"says {wait.value}") for wait in waits), error)


def after(*looks: tuple[float, Look], root: Root = ROOT) -> Outcome:
    """Return what a file is after some looks, none of which finished it but, maybe, the last."""
    was: Settling | None = None
    for now, look in looks[:-1]:
        outcome = step(was, look, now, root)
        assert isinstance(outcome, Settling), f"over at {now}"
        was = outcome
    now, look = looks[-1]
    return step(was, look, now, root)


def test_a_file_that_stays_as_it_is_is_finished() -> None:
    """A version is finished once two looks found it that are the settle time apart, and not before."""
    assert isinstance(after((0, seen())), Settling)
    assert isinstance(after((0, seen()), (4.9, seen())), Settling)
    assert after((0, seen()), (5, seen())) == Finished(CLIP)
    assert after((0, seen()), (1, seen()), (2, seen()), (5, seen())) == Finished(CLIP)


@pytest.mark.parametrize(
    "changed",
    [
        CLIP._replace(st_size=101),
        CLIP._replace(st_mtime_ns=0, st_ctime_ns=3),  # copied with its old time, which is set last of all
        CLIP._replace(st_ctime_ns=3),
        CLIP._replace(st_ino=8),
        CLIP._replace(st_dev=4),
    ],
    ids=["grown", "mtime set back", "touched", "replaced", "another disk"],
)
def test_any_change_begins_anew(changed: Found) -> None:
    """A change of size, inode, device or either time restarts the window, also where the time went backwards."""
    assert isinstance(after((0, seen()), (4, seen(changed)), (8.9, seen(changed))), Settling)
    assert after((0, seen()), (4, seen(changed)), (9, seen(changed))) == Finished(changed)
    assert isinstance(after((0, seen()), (4, seen(changed)), (8, seen())), Settling), "and so does changing back"


@pytest.mark.parametrize("wait", [w for w in Wait if w is not Wait.HOLES])
def test_whatever_speaks_against_it_begins_anew(wait: Wait) -> None:
    """While a reason to wait stands a file is never finished, and after it went the full time has to pass."""
    assert isinstance(after((0, seen()), (9000, seen(CLIP, wait))), Settling)
    assert isinstance(after((0, seen(CLIP, wait)), (9000, seen())), Settling)
    looks = ((0.0, seen()), (3.0, seen(CLIP, wait)), (4.0, seen()))
    assert isinstance(after(*looks, (8.9, seen())), Settling)
    assert after(*looks, (9, seen())) == Finished(CLIP)


def test_an_error_is_no_standstill() -> None:
    """Who could not look saw nothing stay the same, and a file nobody could look at is neither finished nor gone."""
    lost = seen(None, error="Input/output error")
    outcome = after((0, seen()), (3, lost))
    assert outcome == Settling(CLIP, 3, 0, ((Wait.UNREADABLE, "Input/output error"),), stuck=False)
    assert isinstance(after((0, seen()), (3, lost), (6, seen())), Settling)
    assert after((0, seen()), (3, lost), (6, seen()), (11, seen())) == Finished(CLIP)
    outcome = after((0, lost))
    assert isinstance(outcome, Settling)
    assert outcome.found == UNSEEN
    assert isinstance(after((0, lost), (9000, lost)), Settling)
    assert isinstance(after((0, seen()), (9000, seen(CLIP, Wait.HOLES, error="gone dark"))), Settling)


def test_a_file_that_is_gone_is_gone() -> None:
    """A look that found no file ends it, however long it had waited."""
    assert after((0, seen(None))) == Gone()
    assert after((0, seen(CLIP, Wait.WRITER)), (9000, seen(None))) == Gone()


def test_holes_alone_hold_a_file_for_a_while() -> None:
    """A file with holes and nothing else against it is finished once it did not change for `sparse_after`."""
    hollow = seen(CLIP, Wait.HOLES)
    assert isinstance(after((0, hollow), (59.9, hollow)), Settling)
    assert after((0, hollow), (30, hollow), (60, hollow)) == Finished(CLIP)
    grown = seen(CLIP._replace(st_ctime_ns=9), Wait.HOLES)
    assert isinstance(after((0, hollow), (59, grown), (118.9, grown)), Settling)
    written = seen(CLIP, Wait.HOLES, Wait.WRITER)
    assert isinstance(after((0, hollow), (59, written), (60, hollow), (119.9, hollow)), Settling)
    assert isinstance(after((0, seen(CLIP, Wait.HOLES, Wait.CUT_SHORT)), (9000, written)), Settling)
    patient = replace(ROOT, settle=100.0)
    assert isinstance(after((0, hollow), (99, hollow), root=patient), Settling), "never sooner than any other"


def test_holes_that_were_filled_unseen_begin_anew() -> None:
    """Where holes went and the version did not change, somebody wrote to it: the full time has to pass again."""
    assert isinstance(after((0, seen(CLIP, Wait.HOLES)), (50, seen()), (54.9, seen())), Settling)
    assert after((0, seen(CLIP, Wait.HOLES)), (50, seen()), (55, seen())) == Finished(CLIP)


def test_what_takes_too_long_is_stuck() -> None:
    """A file is stuck when it is over the limit and not when it is at it, counted over all of its versions."""
    states = []
    was: Settling | None = None
    for now in (0.0, 500.0, 1000.0, 1000.5, 2000.0):
        outcome = step(was, seen(CLIP._replace(st_ctime_ns=int(now)), Wait.WRITER), now, ROOT)
        assert isinstance(outcome, Settling)
        states.append(outcome.stuck)
        was = outcome
    assert states == [False, False, False, True, True]
    assert was is not None
    calm = step(was, seen(), 2001, ROOT)
    assert isinstance(calm, Settling)
    assert calm.stuck, "until it is finished"
    assert step(calm, seen(), 2006, ROOT) == Finished(CLIP)


def test_a_clock_that_stands_still_or_goes_back_finishes_nothing() -> None:
    """However often a file is looked at, it is not finished before time has passed, even if none is asked for."""
    at_once = replace(ROOT, settle=0.0, sparse_after=0.0)
    for look in (seen(), seen(CLIP, Wait.HOLES)):
        assert isinstance(after(*[(7.0, look)] * 50, root=at_once), Settling)
        assert isinstance(after((7, look), (6, look), (-9000, look), root=at_once), Settling)
        assert after((7, look), (7.001, look), root=at_once) == Finished(CLIP)


def test_it_is_finished_at_the_instant_it_was_due() -> None:
    """Who looks again at `since` plus the settle time finds the file finished, however the sum is rounded."""
    root = replace(ROOT, settle=0.3)
    for tenths in range(1, 2000):
        now = tenths / 10
        assert after((now, seen()), (now + root.settle, seen()), root=root) == Finished(CLIP)


@dataclass(frozen=True)
class Seen:
    """A look as it was made in a generated story."""

    now: int
    look: Look


VERSIONS = [CLIP, CLIP._replace(st_ctime_ns=9), CLIP._replace(st_mtime_ns=0, st_ctime_ns=8)]
LOOKS = st.one_of(
    st.builds(seen, st.sampled_from(VERSIONS)),
    st.builds(seen, st.sampled_from(VERSIONS[:2]), st.just(Wait.HOLES)),
    st.builds(seen, st.sampled_from(VERSIONS), st.sampled_from(list(Wait))),
    st.builds(seen, st.just(CLIP), st.just(Wait.HOLES), st.sampled_from([Wait.WRITER, Wait.CUT_SHORT])),
    st.builds(seen, st.sampled_from([None, CLIP]), error=st.just("Input/output error")),
)


@st.composite
def stories(draw: st.DrawFn) -> list[Seen]:
    """Draw looks with the instants they were made at, on a clock that stands still now and then."""
    now, story = 0, []
    for look in draw(st.lists(LOOKS, min_size=1, max_size=40)):
        now += draw(st.sampled_from([0, 1, 1, 2, 5, 30, 60]))
        story.append(Seen(now, look))
    return story


def calm(look: Look) -> bool:
    """Whether nothing but holes speaks against a file."""
    return look.error is None and {wait for wait, _ in look.waits} <= {Wait.HOLES}


def may_be_finished(story: list[Seen], root: Root) -> bool:
    """Whether a file may be taken as finished now, told from all looks at it, without remembering any state."""
    last = story[-1]
    window = []
    for one in reversed(story):
        if not calm(one.look) or one.look.found != last.look.found or (one.look.waits and not last.look.waits):
            break
        window.append(one.now)
    needed = max(root.settle, root.sparse_after) if last.look.waits else root.settle
    return bool(window) and last.now > window[-1] and last.now - window[-1] >= needed


@settings(max_examples=600, deadline=None, derandomize=True)
@given(stories(), st.sampled_from([0, 1, 5, 60]), st.sampled_from([0, 3, 60, 100]), st.sampled_from([0, 10, 90]))
def test_no_story_ends_too_early_or_too_late(
    story: list[Seen], settle: int, sparse_after: int, stuck_after: int
) -> None:
    """Whatever is seen when, a file is finished exactly if one version stood undisturbed for the time asked for.

    And it is stuck exactly while it has not been finished for longer than the limit.
    """
    root = replace(ROOT, settle=float(settle), sparse_after=float(sparse_after), stuck_after=float(stuck_after))
    was: Settling | None = None
    since = 0
    for at, one in enumerate(story):
        outcome = step(was, one.look, one.now, root)
        if may_be_finished(story[since : at + 1], root):
            assert outcome == Finished(one.look.found or UNSEEN)
            was, since = None, at + 1
            continue
        assert isinstance(outcome, Settling)
        assert outcome.stuck is (one.now - story[since].now > stuck_after)
        assert outcome.first == story[since].now
        assert (outcome.waits == ()) is (one.look.waits == () and one.look.error is None)
        was = outcome


@settings(max_examples=400, deadline=None, derandomize=True)
@given(stories())
def test_nothing_that_changed_within_the_window_is_finished(story: list[Seen]) -> None:
    """Told in the words of the promise: whatever is finished was the same in every look of the last settle seconds."""
    was: Settling | None = None
    for at, one in enumerate(story):
        outcome = step(was, one.look, one.now, ROOT)
        if isinstance(outcome, Finished):
            recent = [s for s in story[: at + 1] if s.now > one.now - ROOT.settle]
            assert {s.look.found for s in recent} == {outcome.found}
            assert any(s.now <= one.now - ROOT.settle and s.look.found == outcome.found for s in story[:at])
            assert all(calm(s.look) for s in recent)
            return
        assert isinstance(outcome, Settling)
        was = outcome
