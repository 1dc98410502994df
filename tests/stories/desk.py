"""A production under the client's shipped guidance, with signed words, and the people in it who say them."""

import json
import re
import shlex
import shutil
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.disclosing.uses import MOODBOARD, but
from tests.newsroom import PNG, media
from tests.newsroom import generated as credentialed
from tests.production import Production, Result, new_production

PEOPLE = {
    "admin": "administrator",
    "art": "art-department",
    "contact": "studio-contact",
    "keeper": "custodian",
    "lawyer": "production-legal",
    "post": "post-supervisor",
}
"""Who is listed, each with one role. All but the contact, who writes mails, have a key."""

ANSWERS = MOODBOARD["answers"]
FINAL = {"final": "yes", "answers": {**ANSWERS, "temporary_not_final": "no"}, "clearance_evidence": "ab" * 32}
"""What is seen in the final cut, told as it is."""


def built(folder: Path) -> None:
    """Set the production up as its administrator would."""
    made = new_production(folder)
    text = made.config.read_text()
    text = text.replace('policy = "baseline"', 'policy = "netflix-2025-08"')
    text = text.replace('approvals = "unsigned"', 'approvals = "signed"')
    for name, role in PEOPLE.items():
        line = "" if name == "contact" else made.json("keys", "person", name, "--no-passphrase")["line"]
        keys = f'keys = ["{line}"]\n' if line else ""
        text += f'\n[[person]]\nid = "{name}"\nname = "{name.title()} of the house"\nroles = ["{role}"]\n{keys}'
    made.config.write_text(text)
    (folder / "mail.eml").write_text("From: contact@client.example\nSubject: Re: the still\n\nYes, go ahead.\n")
    (folder / "rider.pdf").write_bytes(b"%PDF-1.4 a rider, separately signed")
    (folder / "terms.pdf").write_bytes(b"%PDF-1.4 inputs are not kept")
    accepted = made.run("config", "accept", "--by", "admin", "--reason", "as agreed", *key("admin"))
    assert accepted.code == 0, accepted.err


def key(name: str) -> tuple[str, str]:
    """Return the option that signs with somebody's key."""
    return "--sign-with", f"keys/{name}"


@dataclass(frozen=True, slots=True)
class Gated:
    """What the gate answered, as somebody at deadline reads it."""

    text: str

    @property
    def rules(self) -> dict[str, set[str]]:
        """The rules under which a file does not pass by itself, by its name."""
        found: dict[str, set[str]] = {}
        rules: set[str] = set()
        for line in self.text.splitlines():
            if outcome := re.match(r"(?:refuse|hold) +(\S+)$", line):
                rules = found.setdefault(Path(outcome[1]).name, set())
            elif rule := re.match(r" {8}([a-z-]+): ", line):
                rules.add(rule[1])
        return found

    def names(self, *parts: str) -> bool:
        """Whether it says of each part of the policy that this asks for an approval."""
        return all(f"({part})" in self.text for part in parts)

    def commands(self) -> list[str]:
        """Return every command that is advised, as it stands there to be copied."""
        return advised(self.text)


def advised(text: str) -> list[str]:
    """Return the commands that stand at the end of lines of advice."""
    lines = [line for line in text.splitlines() if re.match(r"\s+(-> |provenance )", line)]
    return [found[0] for line in lines if (found := re.search(r"provenance [a-z]+ .*$", line))]


@dataclass(frozen=True, slots=True)
class Desk(Production):
    """The production, with short ways to do what people in it do every day."""

    def says(self, who: str, *arguments: str | Path, code: int | None = 0, why: str = "as agreed") -> Result:
        """Have somebody say a word and sign it."""
        result = self.run(*arguments, "--by", who, "--reason", why, *key(who))
        assert code is None or result.code == code, result.out + result.err
        return result

    def tells(self, *paths: str, code: int, **form: Any) -> str:
        """Have the art department tell of a use with a form, and return what was answered."""
        (self.root / "form.json").write_text(json.dumps(but(**{"by": "art", **form})))
        result = self.run("disclose", "--filled", "form.json", *paths, *key("art"))
        assert result.code == code, result.out + result.err
        return result.out

    def mailed(self, path: str, *more: str) -> Result:
        """Have the contact approve by mail, which the custodian writes down."""
        said = ("--by", "contact", "--role", "studio-contact", "--reason", "yes, go ahead", "--requested-by", "art")
        written = ("--transcribed-by", "keeper", "--evidence", "mail.eml", *key("keeper"))
        return self.run("approve", path, "--channel", "deliver", *said, *written, *more)

    def approves(self, who: str, path: str, *more: str) -> Result:
        """Have somebody approve in their role."""
        said = ("--channel", "deliver", "--role", PEOPLE[who], "--requested-by", "art", *more)
        return self.says(who, "approve", path, *said)

    def gates(self, *paths: str, code: int) -> Gated:
        """Check a delivery."""
        result = self.run("gate", *(paths or ("deliver",)))
        assert result.code == code, result.out + result.err
        return Gated(result.out)

    def runs(self, command: str, who: str, **filled: str) -> Result:
        """Run a command as it was advised, its words in capitals filled in; `who` speaks where nobody is named."""
        words = shlex.split(command)
        assert words.pop(0) == "provenance"
        said = dict(pairwise(words))
        signer = said.get("--transcribed-by", said["--by"]).replace("WHO", who)
        usual = {"WHO": who, "ROLE": PEOPLE[who], "TEXT": "as agreed", "ASKER": "art", "MAIL": "mail.eml"}
        usual |= {"KEY": f"keys/{signer}", "FILE": "rider.pdf"}
        return self.run(*({**usual, **filled}.get(word, word) for word in words))

    def still(self, path: str, *, title: str = "") -> str:
        """Bring in a still whose credential says that a model made it."""
        (self.root / path).write_bytes(credentialed(title=title or path))
        return path

    def plate(self, path: str, media_type: str = PNG) -> str:
        """Bring in something of which nobody could see what made it: a render, a scan, a stem."""
        (self.root / path).write_bytes(media(media_type))
        return path


def opened(template: Path, folder: Path) -> Desk:
    """Return a fresh copy of a production that was set up."""
    shutil.copytree(template, folder, dirs_exist_ok=True)
    return Desk(folder)
