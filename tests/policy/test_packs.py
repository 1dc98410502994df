"""Packs as files: what they may say, how they extend one another, and what is refused."""

import os
import re
from pathlib import Path

import pytest

from provenance.errors import PolicyInvalid
from provenance.evidence import State
from provenance.policy import Outcome, load_policy, parse_policy, shipped_packs
from provenance.policy.document import LARGEST
from provenance.policy.pack import DEEPEST
from provenance.verdict import Origin

HEAD = 'id = "mine"\ndated = 2026-01-01\nsummary = "ours"\n'
EXTENDS = f'{HEAD}extends = "netflix-2025-08"\n'
BASE = f'{HEAD}extends = "baseline"\n'
AREA = '[[area]]\nkey = "a"\nsays = "b"\n'
TRIGGER = '[[trigger]]\nkey = "t"\narea = "a"\nsays = "c"\n'


def pack(folder: Path, name: str, extends: str | None = None, more: str = "") -> Path:
    """Write a pack into a folder."""
    extended = "" if extends is None else f'extends = "{extends}"\n'
    path = folder / name
    path.write_text(f'id = "{path.stem}"\ndated = 2026-01-01\nsummary = "ours"\n{extended}{more}')
    return path


@pytest.mark.parametrize("name", shipped_packs())
def test_every_shipped_pack_is_whole(name: str) -> None:
    """Each shipped pack is called what its file is called, and has a date, a summary and an answer to everything."""
    policy = load_policy(name, Path("/"))
    assert policy.id == name
    assert policy.summary
    assert set(policy.origins) == set(Origin)
    assert set(policy.credentials) == set(State)
    assert policy.files == ()


def test_a_pack_says_only_what_it_changes() -> None:
    """A pack takes over all it does not say, replaces by key what it says again, and names what it changed."""
    more = (
        '[origins]\nunknown = "hold"\n[approvals]\nroles = ["studio-contact", "our-legal"]\n'
        '[[trigger]]\nkey = "union-work"\narea = "ethics-and-representation"\nsays = "ours"\nwhen = { final = true }\n'
        '[[use]]\nkey = "temp-voice"\nsays = "a temporary voice"\nanswer = "tell"\n'
    )
    mine, theirs = parse_policy(f"{EXTENDS}{more}".encode(), "mine"), load_policy("netflix-2025-08", Path("/"))
    assert mine.extends == ("netflix-2025-08", "baseline")
    assert mine.origins[Origin.UNKNOWN] is Outcome.HOLD
    assert mine.attest == frozenset()
    assert mine.roles == {"studio-contact", "our-legal"}
    assert mine.principles == theirs.principles
    assert [t.key for t in mine.triggers] == [t.key for t in theirs.triggers]
    assert [t.says for t in mine.triggers if t.key == "union-work"] == ["ours"]
    assert [u.key for u in mine.uses] == [*(u.key for u in theirs.uses), "temp-voice"]
    assert set(mine.changes) - set(theirs.changes) == {
        "mine: [origins] unknown = hold, was attest",
        "mine: [approvals] roles = studio-contact, our-legal, was studio-contact",
        "mine: [[trigger]] union-work is replaced",
    }


def test_the_digest_is_over_all_that_a_pack_extends(tmp_path: Path) -> None:
    """The digest changes with anything a pack or one it extends says, and with neither comments nor white space."""
    pack(tmp_path, "client.toml", "baseline")
    pack(tmp_path, "studio.toml", "client.toml")
    before = load_policy("studio.toml", tmp_path)
    assert before.files == (tmp_path / "studio.toml", tmp_path / "client.toml")
    pack(tmp_path, "studio.toml", "client.toml", "# a remark\n\n")
    assert load_policy("studio.toml", tmp_path).sha256 == before.sha256
    pack(tmp_path, "client.toml", "baseline", '[origins]\nunknown = "hold"\n')
    changed = load_policy("studio.toml", tmp_path)
    assert changed.sha256 != before.sha256
    assert changed.origins[Origin.UNKNOWN] is Outcome.HOLD


def test_a_path_is_meant_from_the_pack_that_names_it(tmp_path: Path) -> None:
    """What a pack extends by a path is found from its own folder, wherever it is loaded from."""
    (tmp_path / "clients").mkdir()
    pack(tmp_path / "clients", "base.toml", "baseline")
    pack(tmp_path / "clients", "client.toml", "base.toml")
    pack(tmp_path, "studio.toml", "clients/client.toml")
    assert load_policy("studio.toml", tmp_path).extends == ("client", "base", "baseline")


def test_packs_that_go_round_in_a_circle_are_refused(tmp_path: Path) -> None:
    """A pack that extends itself, over others or under another spelling of its path, is refused."""
    pack(tmp_path, "one.toml", "./two.toml")
    pack(tmp_path, "two.toml", "../" + tmp_path.name + "/one.toml")
    pack(tmp_path, "self.toml", "self.toml")
    for name in ("one.toml", "self.toml"):
        with pytest.raises(PolicyInvalid, match="in a circle"):
            load_policy(name, tmp_path)


def test_a_chain_that_is_too_long_is_refused(tmp_path: Path) -> None:
    """Packs extend one another up to a depth, and no further."""
    pack(tmp_path, "0.toml", "baseline")
    for n in range(1, DEEPEST):
        pack(tmp_path, f"{n}.toml", f"{n - 1}.toml")
    assert len(load_policy(f"{DEEPEST - 2}.toml", tmp_path).extends) == DEEPEST - 1
    with pytest.raises(PolicyInvalid, match="of a chain"):
        load_policy(f"{DEEPEST - 1}.toml", tmp_path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "missing required field"),
        ("# nothing\n", "missing required field"),
        (HEAD, "says nothing about captured"),
        ('id = "mine"\nid = "yours"\n', "does not parse"),
        (f"{BASE}extend = 1\n", "unknown key extend; did you mean 'extends'?"),
        (f'{HEAD}extends = "netflix"\n', "no policy 'netflix' is shipped; did you mean 'netflix-2025-08'?"),
        (f'{HEAD}extends = "baseline.toml"\n', "extends the file"),
        (f'{BASE}[approvals]\nmood = "signed"\n', "unknown key approvals.mood; did you mean 'mode'?"),
        (f'{BASE}[approvals]\nmode = "sealed"\n', "mode cannot be 'sealed'"),
        (f'{BASE}[approvals]\nroles = "legal"\n', "does not parse"),
        (f'{BASE}[approvals]\nroles = ["Studio contact"]\n', "must be made of"),
        (f'{BASE}[approvals]\ntranscribed = ["legal"]\n', "nobody is asked for in the role 'legal'"),
        (f'{EXTENDS}[approvals]\ntranscribed = ["studio-contract"]\n', "did you mean 'studio-contact'?"),
        (f'{BASE}[disclosure]\nuntold = "shrug"\n', "untold cannot be 'shrug'"),
        (f"{BASE}[consent.needed]\nreplica = []\n", "has no 'replica'"),
        (f'{BASE}[consent.needed]\nvoice-replica = ["customery"]\n', "did you mean 'customary'?"),
        (f'{BASE}[origins]\nai-generated = "attest"\n', "cannot be attested away"),
        (f'{BASE}[origins]\nreview = "attest"\n', "cannot be attested away"),
        (f'{BASE}[origins]\nai-assisted = "pass"\n', "does not refuse ai-assisted"),
        (f'{EXTENDS}[origins]\nreview = "pass"\n', "lets review pass"),
        (f'{EXTENDS}[credentials]\nbroken = "pass"\n', "lets broken credentials pass"),
        (f'{BASE}[credentials]\nabsent = "attest"\n', "say pass, hold or refuse"),
        (f"{BASE}{TRIGGER}when = {{ final = true }}\n", "there is no area 'a'"),
        (f"{BASE}{AREA}{TRIGGER}", "missing required field"),
        (f"{BASE}{AREA}{TRIGGER}when = {{}}\n", "when is empty"),
        (f"{BASE}{AREA}{TRIGGER}when = []\n", "when is empty"),
        (f"{BASE}{AREA}{TRIGGER}when = [{{ final = true }}, {{}}]\n", "when is empty"),
        (f"{BASE}{AREA}{TRIGGER}when = {{ final = true }}\nunless = {{}}\n", "unless is empty"),
        (f"{BASE}{AREA}{TRIGGER}when = {{ finale = true }}\n", "has no fact 'finale'; did you mean 'final'?"),
        (f'{BASE}{AREA}{TRIGGER}when = {{ final = "true" }}\n', "write true or false"),
        (f'{BASE}{AREA}{TRIGGER}when = {{ final = "yes" }}\n', "final cannot be 'yes'"),
        (f"{BASE}{AREA}{TRIGGER}when = {{ final = 1 }}\n", "write true or false"),
        (f"{BASE}{AREA}{TRIGGER}when = {{ inputs = [] }}\n", "never holds"),
        (f'{BASE}{AREA}{TRIGGER}when = {{ inputs = "propriety" }}\n', "did you mean 'proprietary'?"),
        (f'{BASE}{AREA}{TRIGGER}when = {{ use = "poster" }}\n', "use cannot be 'poster'"),
        (f'{BASE}{AREA}{TRIGGER}when = {{ final = true }}\nanswer = "tell"\n', "answer cannot be 'tell'"),
        (f"{BASE}{AREA}{AREA}", "two [[area]] have the key 'a'"),
        (f'{BASE}[[use]]\nkey = "u"\nsays = "v"\nanswer = "maybe"\n', "answer cannot be 'maybe'"),
        (f'{BASE}[[use]]\nkey = "u"\nsays = "v"\nanswer = "tell"\nwhen = {{ final = true }}\n', "mean nothing"),
        (f'{BASE}[[use]]\nkey = "A use"\nsays = "v"\nanswer = "tell"\n', "must be made of"),
        (f'{BASE}[[area]]\nkey = "a"\nsays = ""\n', "is empty"),
        (f'{BASE}[[area]]\nkey = "a"\nsays = "\\u001b[2J"\n', "holds a control character"),
        (f'{BASE}[[area]]\nkey = "a"\nsays = "{"x" * 601}"\n', "more than 600 characters"),
        (BASE + "".join(f'[[area]]\nkey = "a{n}"\nsays = "b"\n' for n in range(257)), "more than 256"),
        (f'{BASE}[[principle]]\nkey = "p"\nsays = "q"\nsoft = "no"\n', "does not parse"),
        (f"{BASE}x = {'[' * 5000}", "does not parse"),
        (f"{BASE}dated = 2026-02-30\n", "does not parse"),
        (HEAD.replace("2026-01-01", '"2026-13-01"'), "does not parse"),
        (f"{BASE}x = {'9' * 5000}", "does not parse"),
        ("\ufeff", "does not parse"),
        ("#" * (LARGEST + 1), "more than 256 KiB"),
    ],
)  # fmt: skip
def test_a_pack_that_cannot_be_meant_is_refused(text: str, says: str) -> None:
    """Empty, doubled, misspelt, of another type, always or never true, below the floor, hostile: refused, and why."""
    with pytest.raises(PolicyInvalid, match=re.escape(says)):
        parse_policy(text.encode(), "mine")


def test_bytes_that_are_no_text_are_refused() -> None:
    """A pack that is not UTF-8 is refused."""
    with pytest.raises(PolicyInvalid, match="does not parse"):
        parse_policy(b'id = "\xff"', "mine")


def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path: Path) -> None:
    """A folder, a pipe nobody writes to, a device and a name with a NUL byte are refused at once."""
    (tmp_path / "folder.toml").mkdir()
    os.mkfifo(tmp_path / "pipe.toml")
    for name in ("folder.toml", "pipe.toml", "/dev/zero", "/dev/null/x.toml", "nothing.toml", "nul\0.toml"):
        with pytest.raises(PolicyInvalid):
            load_policy(name, tmp_path)
        pack(tmp_path, "mine.toml", None, "")
    (tmp_path / "mine.toml").write_text(f'{HEAD}extends = "pipe.toml"\n')
    with pytest.raises(PolicyInvalid, match="no regular file"):
        load_policy("mine.toml", tmp_path)


def test_a_pack_without_extends_owes_nothing_to_any_other() -> None:
    """A pack that stands by itself says everything, and asks for nothing that it does not say."""
    words = "".join(f'{o.value} = "{"refuse" if o.flagged else "hold"}"\n' for o in Origin)
    states = "".join(f'{s.value} = "hold"\n' for s in State)
    policy = parse_policy(f"{HEAD}[origins]\n{words}[credentials]\n{states}".encode(), "mine")
    assert (policy.extends, policy.changes, policy.roles, policy.required_mode) == ((), (), frozenset(), "unsigned")
