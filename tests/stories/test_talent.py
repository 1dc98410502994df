"""What the guidance says of performers: consent, beside every approval."""

from tests.newsroom import WAV
from tests.stories.desk import FINAL, PEOPLE, Desk, key

NAME = "Lead Performer"
ADR = {
    "use": "talent-replica",
    "prominence": "story-relevant",
    "replica": ["digital-alteration"],
    "performers": [NAME],
    "union_work": "yes",
    "union_roles": ["performer"],
    "reason": "new lines for scene 12",
    **FINAL,
}


def test_visual_adr_needs_consent_and_two_approvals(desk: Desk) -> None:
    """New lines in a performer's mouth: contact and legal approve, and it stays refused until there is consent."""
    shot = desk.still("deliver/adr_0010.png")
    said = desk.tells(shot, code=3, **ADR)
    assert "trigger 3b (significant-alteration)" in said
    assert "no consent in force covers digital-alteration" in said
    assert "who: the performer, or who speaks for them" in said
    gated = desk.gates(code=1)
    assert gated.rules == {"adr_0010.png": {"temporary-not-final", "consent-missing"}}
    assert gated.names("significant-alteration", "digital-performers", "union-work")
    assert desk.mailed(shot).code == 0
    assert "role-missing" in desk.gates(code=1).rules["adr_0010.png"]
    desk.approves("lawyer", shot)
    gated = desk.gates(code=1)
    assert gated.rules == {"adr_0010.png": {"consent-missing", "approved"}}
    assert NAME not in gated.text
    consent = _consents(desk, "digital-alteration")
    desk.gates(code=0)
    withdrawn = desk.says("lawyer", "revoke", consent, why="withdrawn by the performer")
    assert "run-" in withdrawn.out
    assert desk.gates(code=1).rules == {"adr_0010.png": {"consent-missing", "approved"}}


def test_a_synthetic_voice_in_a_stem_needs_consent_to_that_class(desk: Desk) -> None:
    """A stem that no scanner reads is told, and flagged from then on; consent to another class does not let it pass."""
    stem = desk.plate("deliver/voice_0020.wav", WAV)
    said = desk.tells(stem, code=3, **{**ADR, "replica": ["voice-replica"], "union_work": "no", "union_roles": []})
    assert "declared ai-generated, for what does not say so itself" in said
    assert desk.mailed(stem).code == 0
    desk.approves("lawyer", stem)
    _consents(desk, "digital-alteration")
    assert desk.gates(code=1).rules == {"voice_0020.wav": {"consent-missing", "approved"}}
    _consents(desk, "voice-replica")
    desk.gates(code=0)


def test_what_is_customary_needs_no_consent(desk: Desk) -> None:
    """Noise reduction on what was performed and recorded is told; for the final cut the contact's word is enough."""
    shot = desk.still("deliver/clean_0030.png")
    customary = {"use": "background-element", "replica": ["digital-alteration"], "exemptions": ["customary"]}
    desk.tells(shot, code=3, **customary, performers=[NAME], reason="noise reduction in scene 3", **FINAL)
    assert desk.gates(code=1).rules == {"clean_0030.png": {"temporary-not-final"}}
    assert desk.mailed(shot).code == 0
    desk.gates(code=0)


def _consents(desk: Desk, replica: str) -> str:
    """Have the performer's consent recorded, and return its id."""
    what = ("--performer", NAME, "--class", replica, "--scope", "new lines in scene 12", "--document", "rider.pdf")
    done = desk.says("lawyer", "consent", "record", *what, why="separately signed rider")
    return done.out.split()[0].rstrip(":")


def test_nobody_approves_their_own_request(desk: Desk) -> None:
    """Who asked for an approval cannot give it, and cannot write down that somebody else did."""
    shot = desk.still("deliver/shot_0040.png")
    desk.tells(shot, code=3, use="background-element", reason="a sign in the back", **FINAL)
    own = ("approve", shot, "--channel", "deliver", "--role", PEOPLE["lawyer"], "--requested-by", "lawyer")
    assert desk.says("lawyer", *own, code=None).code != 0
    mail = ("--transcribed-by", "art", "--evidence", "mail.eml", *key("art"))
    contact = ("--by", "contact", "--role", "studio-contact", "--reason", "yes", "--requested-by", "art")
    said = desk.run("approve", shot, "--channel", "deliver", *contact, *mail)
    assert "DOES NOT COUNT: Art of the house is not listed as 'custodian'" in said.out
    assert desk.gates(code=1).rules == {"shot_0040.png": {"temporary-not-final", "does-not-count"}}
