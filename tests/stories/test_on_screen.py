"""What the guidance says of things in the background, of what could be taken for real, and of documentaries."""

from tests.newsroom import MP4
from tests.stories.desk import FINAL, Desk

POSTER = {"use": "background-element", "reason": "a poster on the wall of the bar"}


def test_a_poster_in_the_background(desk: Desk) -> None:
    """A mock-up is told; incidental in the cut it takes the contact, read by the story also production legal."""
    desk.tells(code=0, **POSTER)
    poster, letter = desk.still("deliver/poster_0010.png"), desk.still("deliver/letter_0020.png")
    desk.tells(poster, code=3, prominence="incidental", **POSTER, **FINAL)
    said = desk.tells(letter, code=3, prominence="story-relevant", **POSTER, **FINAL)
    assert "use (background-element)" in said
    assert "who: production-legal, studio-contact" in said
    assert desk.mailed("deliver").code == 0
    gated = desk.gates(code=1)
    assert gated.rules == {"letter_0020.png": {"role-missing", "approved"}}
    assert "approved, but not yet by production-legal" in gated.text
    desk.approves("lawyer", letter)
    assert "2 passed, 2 of them approved" in desk.gates(code=0).text


def test_people_make_the_final_of_a_prominent_poster(desk: Desk) -> None:
    """A final that people made after a temp goes back to it, is refused for that, and passes on proof of it."""
    temp, final = desk.still("editorial/poster_temp.png"), desk.plate("deliver/poster_final.png")
    desk.tells(temp, code=0, **POSTER)
    desk.says("post", "derive", final, "--from", temp)
    assert desk.gates(code=1).rules == {"poster_final.png": {"temporary-not-final", "untold"}}
    replaced = ("supersede", temp, "--with", final, "--role", "production-legal", "--evidence", "rider.pdf")
    desk.says("lawyer", *replaced, why="painted by hand after the temp")
    passed = desk.gates(code=0)
    assert "freed by people's work by lawyer (production-legal)" in passed.text
    assert "proven by rider.pdf: painted by hand after the temp" in passed.text
    assert "ai-generated" in desk.run("origin", final).out


def test_a_fake_news_segment_is_escalated_in_the_background_too(desk: Desk) -> None:
    """What could be taken for a real journalist's report is escalated however incidental, and unsure is no better."""
    news = desk.still("deliver/news_0030.png")
    segment = {"use": "background-element", "reason": "a news segment on a television in the back"}
    for answer in ("yes", "unsure"):
        assert "trigger 4a (mistaken-for-real)" in desk.tells(code=3, real_events=answer, **segment)
    desk.tells(news, code=3, real_events="yes", **segment, **FINAL)
    gated = desk.gates(code=1)
    assert gated.names("mistaken-for-real")
    assert gated.rules == {"news_0030.png": {"temporary-not-final"}}
    assert desk.mailed(news, "--condition", "no logo of a real broadcaster").code == 0
    assert "on condition: no logo of a real broadcaster" in desk.gates(code=0).text


def test_an_undisclosed_still_in_a_documentary(desk: Desk) -> None:
    """A still that nobody told of, cut into a render that shows nothing of it, reaches no delivery unnoticed."""
    still, film = desk.still("editorial/archive_1944.png"), desk.plate("deliver/film.mp4", MP4)
    desk.run("watch", "--once")
    assert "archive_1944.png: it is ai-generated" in desk.run("status").out
    assert desk.gates(code=3).rules == {"film.mp4": {"not-attested"}}
    desk.says("post", "derive", film, "--from", still, why="the cut list of reel 1")
    assert desk.gates(code=1).rules == {"film.mp4": {"temporary-not-final", "untold"}}
    attested = desk.says("post", "attest", film, "--role", "post-supervisor", code=None)
    assert attested.code == 23
    assert desk.mailed(film).code == 0
    assert desk.gates(code=3).rules == {"film.mp4": {"untold", "approved"}}
    real = {"use": "background-element", "real_events": "yes", "reason": "a street in 1944", **FINAL}
    desk.tells(still, film, code=3, **real)
    desk.gates(code=0)


def test_what_is_taken_out_comes_back_when_it_is_approved(desk: Desk) -> None:
    """The watch takes a still nobody approved out of the delivery, says so in its place, and it is put back after."""
    news = desk.still("deliver/shot_0050.png")
    assert desk.run("watch", "--once").code == 0
    assert not (desk.root / news).exists()
    note = (desk.root / "deliver" / "shot_0050.png.HELD.txt").read_text()
    assert "provenance approve shot_0050.png --channel deliver" in note
    desk.tells(news, code=3, use="background-element", reason="a sign", **FINAL)
    assert desk.mailed(news).code == 0
    assert desk.run("release", news).code == 0
    assert (desk.root / news).exists()
    desk.gates(code=0)
