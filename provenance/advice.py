"""What somebody can do about a reason, as commands to copy: with the options that are needed in this production.

A policy knows which roles it asks for, and not who is listed in them or whether words are signed here. So its advice is
made whole where both are known. Words in capitals are to be filled in.
"""

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass, replace

from provenance.config import ApprovalsMode, Config
from provenance.identity.people import CUSTODIAN, Person
from provenance.policy import Decision, Outcome, Policy, Reason, Rule
from provenance.policy.said import approvals, with_commands

SIGN = "--sign-with KEY"


@dataclass(frozen=True, slots=True)
class Advice:
    """Writes commands for one production."""

    config: Config
    policy: Policy

    @property
    def signed(self) -> bool:
        """Whether words have to be signed to count."""
        return self.config.approvals is ApprovalsMode.SIGNED

    def says(self, command: str) -> str:
        """Return a command that takes down a word, with what signs it where that is needed."""
        if " --reason TEXT" in command:
            return self.acting(command)
        return f"{command} {SIGN}" if self.signed else command

    def approvals(self, what: str, roles: Iterable[str]) -> list[str]:
        """Return the commands that approve in each of some roles; `what` names the files and the channel.

        A role whose only person has no key is written down by a custodian, where the policy takes that for enough.
        """
        wanted = sorted(roles) or ["ROLE"]
        if not self.signed:
            return approvals(what, wanted)
        return [self._signed(f"provenance approve {what}", role) for role in wanted]

    def _signed(self, begins: str, role: str) -> str:
        one = self._only(role)
        said = f"{begins} --by {one.id if one else 'WHO'} --role {role} --reason TEXT --requested-by ASKER"
        if one is not None and not one.keys and role in self.policy.transcribed:
            keeper = self._only(CUSTODIAN)
            said += f" --transcribed-by {keeper.id if keeper else 'CUSTODIAN'} --evidence MAIL"
        return f"{said} {SIGN}"

    def unlisted(self, roles: Iterable[str]) -> tuple[str, ...]:
        """Return the roles that nobody is listed in, where only listed people's words count."""
        listed = {role for person in self.config.people for role in person.roles}
        return tuple(r for r in sorted(roles) if r not in listed) if self.signed else ()

    def _only(self, role: str) -> Person | None:
        """Return who is listed in a role, if it is one person."""
        found = [p for p in self.config.people if role in p.roles]
        return found[0] if len(found) == 1 else None

    def on(self, decision: Decision) -> Decision:
        """Return a decision whose reasons say what can be done about them here."""
        if decision.outcome is Outcome.PASS or not self.signed:
            return decision
        return replace(decision, reasons=tuple(self._whole(r) for r in decision.reasons))

    def _whole(self, reason: Reason) -> Reason:
        match reason.rule:
            case Rule.TEMPORARY_NOT_FINAL | Rule.ROLE_MISSING | Rule.REFUSED if reason.outcome is not Outcome.PASS:
                return replace(reason, help=self._approving(reason))
            case Rule.UNTOLD if SIGN not in reason.help:
                return replace(reason, help=f"{reason.help} {SIGN}")
            case _:
                return replace(reason, help=self.acting(reason.help))

    def acting(self, advice: str) -> str:
        """Return advice with a command for an act that the policy leaves to roles, with who may do it and signs it."""
        if not self.signed:
            return advice
        advice = advice.replace(" --reason TEXT", f" --reason TEXT {SIGN}")
        verb = _VERB.search(advice)
        roles = sorted(self.policy.acts.get(verb[1], ())) if verb else []
        if verb is None or not roles:
            return advice
        advice = advice.replace(f": provenance {verb[1]}", f" (by {_or(roles)}): provenance {verb[1]}", 1)
        able = [(p.id, role) for p in self.config.people for role in roles if role in p.roles and p.keys]
        if len(able) == 1:
            return advice.replace("--by WHO", f"--by {able[0][0]}").replace("--role ROLE", f"--role {able[0][1]}")
        return advice.replace("--role ROLE", f"--role {roles[0]}") if len(roles) == 1 else advice

    def _approving(self, reason: Reason) -> str:
        args = reason.args
        roles = args.get("roles", "").split()
        what = f"PATH --channel {shlex.quote(args['channel'])}"
        what += f" --title {shlex.quote(args['title'])}" if args.get("title") else ""
        what += f" --despite {args['record']}" if reason.rule is Rule.REFUSED else ""
        first = reason.help.partition(":")[0]
        nobody = self.unlisted(roles)
        if nobody:
            first += f" ({_and(nobody)}: nobody is listed in that role; list somebody under [[person]] in"
            first += " provenance.toml, and have it accepted with provenance config accept)"
        return with_commands(first, self.approvals(what, roles))


_VERB = re.compile(r"\bprovenance (clear|attest|consent|derive|revoke) ")
_EACH = re.compile(r"; (?=(?:principle|trigger|use|unknown) )")
_COMMAND = re.compile(r"(?:^|(?<= ))provenance [a-z]+ .*")


def parts_of(text: str) -> list[str]:
    """Return a reason and, one by one, the parts of the policy that ask for an approval."""
    return _EACH.split(text)


def steps_of(advice: str) -> list[tuple[str, list[str]]]:
    """Return advice line by line: what it says, and its command in words that hold together; none is an empty list."""
    steps = []
    for line in advice.split("\n"):
        found = _COMMAND.search(line)
        steps.append((line[: found.start()] if found else line, found[0].split(" ") if found else []))
    return steps


def with_path(advice: str, path: str) -> str:
    """Return advice about a file: once in each line, and as a word, for names may hold these letters too."""
    return "\n".join(line.replace(" PATH ", f" {path} ", 1) for line in advice.split("\n"))


def _or(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


def _and(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last
