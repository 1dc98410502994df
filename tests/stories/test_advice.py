"""What a refusal advises is typed as it stands, its words in capitals filled in, and the answer is another one."""

import re

import pytest

from tests.newsroom import CAPTURE, PNG, action, flipped, signed
from tests.newsroom import manifest as claims
from tests.stories.desk import FINAL, PEOPLE, Desk, advised, key

ADR = {"use": "talent-replica", "prominence": "key", "replica": ["voice-replica"], "performers": ["Lead Performer"]}


def test_each_role_that_is_asked_for_has_its_command(desk: Desk) -> None:
    """A refusal names each role with who is listed in it and a command; run one after another, the file passes."""
    still = desk.still("deliver/still one's 0010.png")
    desk.tells(still, code=3, use="background-element", prominence="story-relevant", **FINAL)
    commands = desk.gates(code=1).commands()
    assert len(commands) == 2
    assert all("'deliver/still one'\"'\"'s 0010.png'" in command for command in commands)
    first, second = commands
    assert "--role production-legal" in first
    assert "--role studio-contact" in second
    assert desk.runs(first, "lawyer").code == 0
    left = desk.gates(code=1).commands()
    assert left == [second]
    assert desk.runs(second, "contact").code == 0
    desk.gates(code=0)


def test_what_disclose_advises_is_typed_too(desk: Desk) -> None:
    """The commands under an escalation are those that resolve it: approvals, and a consent."""
    still = desk.still("deliver/voice_0020.png")
    commands = advised(desk.tells(still, code=3, **ADR, **FINAL))
    assert [c.split()[1] for c in commands] == ["approve", "approve", "consent"]
    for command in commands:
        done = desk.runs(command, "lawyer", PATH=still, NAME="Lead Performer")
        assert done.code == 0, done.err
    desk.gates(code=0)


def test_a_missing_consent_has_its_command(desk: Desk) -> None:
    """What no approval makes up for says what does: recorded as it is advised, the consent lets the file pass."""
    still = desk.still("deliver/voice_0030.png")
    desk.tells(still, code=3, **ADR, **FINAL)
    assert desk.mailed(still).code == 0
    desk.approves("lawyer", still)
    gated = desk.gates(code=1)
    (command,) = gated.commands()
    assert "trigger 3a (digital-performers)" in gated.text
    assert "--by lawyer" in command
    assert desk.runs(command, "lawyer", NAME="Lead Performer").code == 0
    desk.gates(code=0)


def test_what_nobody_told_of_is_bound_to_what_was_told(desk: Desk) -> None:
    """A file that nobody told of is named as what came of a use, by the command that stands there."""
    desk.still("deliver/sign_0040.png")
    told = desk.tells(code=3, use="background-element", **FINAL).split()[1].rstrip(":")
    approve, tell = desk.gates(code=1).commands()
    assert desk.runs(approve, "contact").code == 0
    assert desk.gates(code=3).rules == {"sign_0040.png": {"untold", "approved"}}
    assert desk.runs(tell, "art", ID=told).code == 3
    desk.gates(code=0)


def test_what_shows_nothing_is_attested(desk: Desk) -> None:
    """A render that shows no sign is held with the command of an attestation, which lets it pass."""
    desk.plate("deliver/render_0050.png")
    gated = desk.gates(code=3)
    assert "(by post-supervisor or production-legal): provenance attest" in gated.text
    (command,) = gated.commands()
    assert desk.runs(command, "post").code == 0
    desk.gates(code=0)


def test_a_broken_credential_is_cleared(desk: Desk) -> None:
    """A credential that does not fit its bytes is held with the command of a clearance, which answers it."""
    data = signed(claims(action("created", CAPTURE)), media_type=PNG)
    (desk.deliver / "camera_0060.png").write_bytes(flipped(data, len(data) - 30))
    gated = desk.gates(code=3)
    assert "credential-broken" in gated.rules["camera_0060.png"]
    for command in dict.fromkeys(gated.commands()):
        assert desk.runs(command, "lawyer").code == 0
    desk.gates(code=0)


def test_a_refusal_is_decided_otherwise_by_who_knows_of_it(desk: Desk) -> None:
    """A recorded no advises the command that names it; approving without knowing of it is refused."""
    still = desk.still("deliver/crowd_0070.png")
    desk.tells(still, code=3, use="background-element", **FINAL)
    desk.says("lawyer", "refuse", still, "--channel", "deliver", "--role", PEOPLE["lawyer"], why="too prominent")
    commands = desk.gates(code=1).commands()
    (despite,) = [c for c in commands if "--despite" in c]
    assert desk.runs(despite, "contact").code == 0
    assert "knew of that and approved it" in desk.run("gate", "deliver", "--format", "json").out
    desk.gates(code=0)


def test_a_role_that_nobody_is_listed_in_is_said(desk: Desk) -> None:
    """Where nobody listed has the role that is asked for, the advice says so, and where people are listed."""
    text = desk.config.read_text().replace('"production-legal"', '"somebody-else"')
    desk.config.write_text(text)
    assert desk.run("config", "accept", "--by", "admin", "--reason", "left", *key("admin")).code == 0
    still = desk.still("deliver/voice_0080.png")
    desk.tells(still, code=3, **ADR, **FINAL)
    gated = desk.gates(code=1)
    assert "production-legal: nobody is listed in that role" in gated.text
    assert "[[person]] in provenance.toml" in gated.text


@pytest.mark.parametrize("form", ["text", "html"])
def test_a_report_says_what_is_open_with_the_same_commands(desk: Desk, form: str) -> None:
    """What is open stands in the report with who it is with and the command that closes it, as it is typed."""
    still = desk.still("deliver/sign_0090.png")
    desk.tells(still, code=3, use="background-element", **FINAL)
    desk.run("scan")
    text = re.sub(r"<[^>]+>", "", desk.run("report", "--format", form).out)
    command = "approve deliver/sign_0090.png --channel deliver --by contact --role studio-contact --reason TEXT"
    assert f"{command} --requested-by ASKER --transcribed-by keeper --evidence MAIL --sign-with KEY" in text
