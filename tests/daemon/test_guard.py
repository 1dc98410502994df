"""What lies in a final zone and may not be delivered is acted on, however it came to be so."""

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.asset import Place, RelPath
from provenance.daemon.notices import Kind
from provenance.deciding import unheeded
from provenance.errors import CatalogueTrouble, ChainBroken, ClockBehind
from provenance.records import Words
from tests.catalogue.making import approved, edit_behind
from tests.daemon.post import Post, posted
from tests.production import LEGAL, copied, generated, outcomes, picture
from tests.watching import catalogue_of
from watcher.wait import Wait

FIXTURES = Path(__file__).parents[2] / "fixtures" / "media"
BASELINE = Path(__file__).parents[2] / "provenance" / "policies" / "baseline.toml"
BY = ("--by", "Production legal", "--reason", "looked at it")
CHANNEL = ("--channel", "deliver")

pytestmark = pytest.mark.timeout(120)


def _run(post: Post, *arguments: str | Path) -> str:
    result = post.production.run(*arguments)
    assert result.code == 0, result.out + result.err
    return result.out


def _word(post: Post, *arguments: str | Path) -> str:
    """Have somebody speak, and return the id of the word."""
    return str(post.production.json(*arguments)["record"]["id"])


def test_what_was_held_and_is_refused_now_is_taken_away(tmp_path: Path) -> None:
    """A file that a hold was told of, and that somebody then says is generated, is taken away."""
    with posted(tmp_path) as post:
        plate = picture(post.production.deliver / "plate.jpg")
        post.arrive("plate.jpg")
        assert (post.said, post.due) == ([], [])
        _run(post, "declare", plate, "--origin", "review", *BY)
        post.review()
        assert post.said == [(Kind.HOLD, "plate.jpg")]
        assert post.due == []  # it is told of as it is
        _run(post, "declare", plate, "--origin", "ai-generated", *BY)
        post.review()
        assert post.said == [(Kind.QUARANTINE, "plate.jpg")]
        assert (post.kept, plate.exists()) == (["plate.jpg"], False)


def test_an_approval_hides_no_clearance_that_was_taken_back(tmp_path: Path) -> None:
    """A flagged file with a broken credential, approved and cleared, is taken away once the clearance is gone."""
    with posted(tmp_path, final='on_hold = "quarantine"') as post:
        source = copied(FIXTURES / "parent-tampered-afterwards.jpg", post.production.editorial / "x.jpg")
        _run(post, "scan")
        _run(post, "declare", source, "--origin", "ai-generated", *BY)
        _run(post, "approve", source, *CHANNEL, *LEGAL)
        clearance = _word(post, "clear", source, *LEGAL)
        copied(source, post.production.deliver / "x.jpg")
        post.arrive("x.jpg")
        assert (post.kept, post.due) == ([], [])
        _run(post, "revoke", clearance, *BY)
        post.review()
        assert post.kept == ["x.jpg"]


def test_an_approval_that_is_taken_back_is_told_each_time(tmp_path: Path) -> None:
    """Where nothing is moved, a file that is refused, approved and refused again is told of twice."""
    with posted(tmp_path, final='on_refuse = "report"') as post:
        hero = generated(post.production.deliver / "hero.png")
        post.arrive("hero.png")
        assert post.said == [(Kind.REFUSE, "hero.png")]
        approval = _word(post, "approve", hero, *CHANNEL, *LEGAL)
        assert (post.due, post.said) == ([], [])
        _run(post, "revoke", approval, *BY)
        post.review()
        assert post.said == [(Kind.REFUSE, "hero.png")]
        assert post.due == []


def _strict(folder: Path, **states: str) -> str:
    """Write a policy that is stricter about credentials, and return its path from the production's folder."""
    text = BASELINE.read_text().replace('id = "baseline"', 'id = "strict"')
    for state, outcome in states.items():
        text = text.replace(f'{state} = "pass"\n', f'{state} = "{outcome}"\n')
    (folder / "strict.toml").write_text(text)
    return "./strict.toml"


def test_what_is_held_for_its_credential_alone_is_found(tmp_path: Path) -> None:
    """A file that was there before, whose origin passes and whose credential's state does not, is acted on."""
    policy = _strict(tmp_path, untrusted="hold")
    with posted(tmp_path, final='on_hold = "quarantine"', policy=policy) as post:
        copied(FIXTURES / "captured.jpg", post.production.deliver / "a.jpg")
        picture(post.production.deliver / "plain.jpg")
        _run(post, "scan")
        assert post.due == ["a.jpg"]
        post.review()
        assert post.kept == ["a.jpg"]


def test_a_flag_in_a_sidecar_by_another_copy_is_found(tmp_path: Path) -> None:
    """A copy that lies without its sidecar is refused for what that says, also if it was there before the daemon."""
    with posted(tmp_path) as post:
        _run(post, "keys", "new")
        source = copied(FIXTURES / "plain.jpg", post.production.editorial / "x.jpg")
        _run(post, "mark", source, "--sidecar", "--source-type", "trainedAlgorithmicMedia")
        copied(source, post.production.deliver / "x.jpg")
        _run(post, "scan")
        assert post.production.run("gate", "deliver").code == 1
        assert post.due == ["x.jpg"]


def test_what_people_said_counts_as_long_as_it_does_not_end(tmp_path: Path) -> None:
    """An approval that has an end is not asked for again and again, and hides nothing once it is over."""
    with posted(tmp_path) as post:
        hero = generated(post.production.deliver / "hero.png")
        _run(post, "scan")
        tomorrow = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).date().isoformat()
        _run(post, "approve", hero, *CHANNEL, *LEGAL, "--expires", tomorrow)
        assert post.due == post.due == []
        post.clock.wrong = 3 * 86_400.0  # three days later
        assert post.due == ["hero.png"]


def _doubt(post: Post) -> type[CatalogueTrouble] | None:
    return None if post.guard.doubt is None else type(post.guard.doubt)


def _full(post: Post) -> Path:
    """Have something lie where the quarantine is to be, and return it."""
    kept = post.zone.quarantine
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_bytes(b"in the way")
    return kept


def test_what_cannot_be_taken_away_is_a_trouble_and_tried_again(tmp_path: Path) -> None:
    """It is told once, named while it lasts, and tried again more and more seldom; how long that took is counted."""
    with posted(tmp_path) as post:
        obstacle = _full(post)
        generated(post.production.deliver / "hero.png")
        post.arrive("hero.png")
        assert post.said == [(Kind.REFUSE, "hero.png")]
        assert (post.guard.trouble(post.zone) or "").startswith("1 file that may not stay could not be moved")
        assert "hero.png: where it is to go" in (post.guard.trouble(post.zone) or "")
        assert [*post.guard.again()] == []
        pauses = []
        for _ in range(7):
            before = post.clock.seconds
            while not (suspects := [*post.guard.again()]):
                post.clock.seconds += 1
            pauses.append(post.clock.seconds - before)
            post.judge(suspects)
        assert pauses == [2, 4, 8, 16, 32, 60, 60]
        assert (post.said, post.due) == ([], [])
        obstacle.unlink()
        post.clock.seconds += 60
        post.judge([*post.guard.again()])
        assert post.said == [(Kind.QUARANTINE, "hero.png")]
        assert post.guard.trouble(post.zone) is None
        assert post.guard.took(post.zone) == 2 + 4 + 8 + 16 + 32 + 60 + 60 + 60


def test_what_cannot_be_taken_away_and_goes_by_itself_is_no_trouble(tmp_path: Path) -> None:
    """Somebody removed it, or somebody approved it: either way nothing is left to be done."""
    with posted(tmp_path) as post:
        _full(post)
        for name in ("a.png", "b.png"):
            generated(post.production.deliver / name, seed=ord(name[0]))
        post.arrive("a.png", "b.png")
        assert "2 files that may not stay" in (post.guard.trouble(post.zone) or "")
        (post.production.deliver / "a.png").unlink()
        post.guard.gone(Place(post.zone.name, RelPath(b"a.png")))
        _run(post, "approve", post.production.deliver / "b.png", *CHANNEL, *LEGAL)
        post.arrive("b.png")
        assert post.guard.trouble(post.zone) is None


def test_a_clock_that_was_set_back_does_not_stop_the_guard(tmp_path: Path) -> None:
    """What nobody spoke of is taken away, what somebody approved is too if it comes now, and what lies there stays."""
    with posted(tmp_path) as post:
        old = generated(post.production.deliver / "old.png")
        _run(post, "approve", old, *CHANNEL, *LEGAL)
        post.arrive("old.png")
        assert (post.kept, _doubt(post)) == ([], None)
        post.clock.wrong = -7200.0
        assert post.due == []
        assert _doubt(post) is ClockBehind
        copied(old, post.production.deliver / "again.png")
        generated(post.production.deliver / "new.png", seed=2)
        picture(post.production.deliver / "plain.png")
        post.arrive("again.png", "new.png", "plain.png")
        assert post.kept == ["again.png", "new.png"]
        assert old.exists()
        (entry,) = [e for e in post.catalogue.ledger.entries() if "in_doubt" in e.body.get("report", {})]
        assert "was written at" in entry.body["report"]["in_doubt"]
        post.clock.wrong = 0.0
        post.arrive("plain.png")
        assert _doubt(post) is None
    assert post.production.run("ledger", "verify").code == 0


def test_a_ledger_in_doubt_does_not_stop_the_guard(tmp_path: Path) -> None:
    """Where somebody wrote into the book nobody's word counts, and what is refused by itself is taken away."""
    with posted(tmp_path) as post:
        hero = generated(post.production.deliver / "hero.png")
        _run(post, "approve", hero, *CHANNEL, *LEGAL)
        edit_behind(
            catalogue_of(post.production),
            "UPDATE ledger SET os_user = 'somebody' WHERE seq = (SELECT max(seq) FROM ledger)",
        )
        post.arrive("hero.png")
        assert issubclass(_doubt(post) or object, ChainBroken)
        assert post.kept == ["hero.png"]


def test_what_was_told_of_a_file_counts_against_it_also_in_doubt() -> None:
    """Words that let nothing pass are heeded: only those in somebody's favour are not."""
    said = approved("a file")
    assert unheeded(Words(approvals=(said,), disclosures=(said,))) == Words(disclosures=(said,))


def test_what_is_unfinished_for_too_long_is_told_as_that(tmp_path: Path) -> None:
    """One that is only unfinished is told as `unfinished`, once; holes alone are nothing against it."""
    with posted(tmp_path) as post:
        picture(post.production.deliver / "a.png").rename(post.production.deliver / "a.png.part")
        picture(post.production.deliver / "b.png", seed=2)
        for _ in range(2):
            named = replace(post.suspect("a.png.part"), unsettled=True, waits=((Wait.NAME, "so named"),))
            hollow = replace(post.suspect("b.png"), unsettled=True, waits=((Wait.HOLES, "hollow"),))
            post.judge([named, hollow])
        assert post.said == [(Kind.UNFINISHED, "a.png.part")]


def test_a_flagged_file_with_holes_is_taken_away(tmp_path: Path) -> None:
    """Holes keep nothing where it is: what the bytes are decides."""
    with posted(tmp_path) as post:
        generated(post.production.deliver / "a.png")
        post.judge([replace(post.suspect("a.png"), unsettled=True, waits=((Wait.HOLES, "hollow"),))])
        assert post.kept == ["a.png"]


def _sidecar_of(post: Post, name: str) -> Path:
    """Sign a file of the work zone, and return its sidecar."""
    _run(post, "keys", "new")
    source = copied(FIXTURES / "plain.jpg", post.production.editorial / name)
    _run(post, "mark", source, "--sidecar", "--source-type", "compositeCapture")
    return source.with_name(f"{name}.c2pa")


def test_a_credential_by_itself_is_held_after_a_while(tmp_path: Path) -> None:
    """As at the gate; until then its file may be on its way, and with its file it is no item of a delivery."""
    with posted(tmp_path, final='on_hold = "quarantine"\nhold_after = 900') as post:
        sidecar = _sidecar_of(post, "x.jpg")
        copied(sidecar, post.production.deliver / "alone" / "x.jpg.c2pa")
        copied(sidecar, post.production.deliver / "x.jpg.c2pa")
        copied(post.production.editorial / "x.jpg", post.production.deliver / "x.jpg")
        post.arrive("alone/x.jpg.c2pa", "x.jpg.c2pa", "x.jpg")
        assert (post.due, post.kept) == ([], [])
        assert _gate(post) == {"x.jpg.c2pa": "hold", "x.jpg": "pass"}
        post.clock.wrong = 901.0
        assert post.due == ["alone/x.jpg.c2pa"]
        post.review()
        assert post.kept == ["alone/x.jpg.c2pa"]
        post.suspect("x.jpg")
        assert post.due == []


@pytest.mark.parametrize(
    ("names", "lonely"),
    [
        (("plate.jpg", "plate.jpg.c2pa", "plate.c2pa"), ["plate.c2pa"]),
        (("plate.jpg", "plate.c2pa"), []),
        (("plate.x.jpg", "plate.c2pa"), ["plate.c2pa"]),
        (("plate.x.jpg", "plate.x.c2pa"), []),
        (("plate", "plate.c2pa"), []),
    ],
)
def test_whose_credential_a_file_is_follows_its_name(tmp_path: Path, names: tuple[str, ...], lonely: list[str]) -> None:
    """Who is foreseen to be alone is who the gate holds as an orphan."""
    with posted(tmp_path, final="hold_after = 0.001") as post:
        sidecar = _sidecar_of(post, "x.jpg")
        for name in names:
            source = sidecar if name.endswith(".c2pa") else sidecar.with_name("x.jpg")
            copied(source, post.production.deliver / name)
        gate = _gate(post)
        assert sorted(n for n, outcome in gate.items() if outcome == "hold") == lonely
        post.clock.wrong = 1.0
        assert post.due == lonely


def _gate(post: Post) -> dict[str, str]:
    return outcomes(post.production.json("gate", "deliver"))


def test_foresight_agrees_with_the_gate(tmp_path: Path) -> None:
    """Over everything this house has to judge, what is foreseen is what the gate says."""
    policy = _strict(tmp_path, untrusted="hold", unsupported="refuse")
    with posted(tmp_path, final="hold_after = 0.001", policy=policy) as post:
        sidecar = _sidecar_of(post, "s.jpg")
        for fixture in FIXTURES.glob("*.*g"):
            copied(fixture, post.production.deliver / "media" / fixture.name)
        for name in ("alone.c2pa", "media/captured.jpg.c2pa"):
            copied(sidecar, post.production.deliver / name)
        copied(sidecar.with_name("s.jpg"), post.production.deliver / "s.jpg")
        generated(post.production.deliver / "p.png").rename(post.production.deliver / "pretends.c2pa")
        (post.production.deliver / "note.txt").write_text("a note\n")
        words = [
            ("declare", "plain.png", "--origin", "review", *BY),
            ("approve", "ai-generated.png", *CHANNEL, *LEGAL),
            ("clear", "parent-tampered-afterwards.jpg", *LEGAL),
            ("refuse", "plain.jpg", *CHANNEL, *LEGAL),
        ]
        _run(post, "scan")
        for verb, name, *rest in words:
            _run(post, verb, post.production.deliver / "media" / name, *rest)
        gate = {n: o for n, o in _gate(post).items() if o != "pass"}
        post.clock.wrong = 1.0
        foreseen = {Path(os.fsdecode(f.place.path)).name: f.outcome.value for f in post.guard.due() if f is not None}
        assert foreseen == gate
        assert len(gate) >= 6
