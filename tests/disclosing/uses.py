"""Uses that somebody tells of, as forms, and what stands in the register."""

import copy
from functools import cache
from pathlib import Path
from typing import Any

from provenance.asset import Commitment, Digest, ProjectId, Title, UtcTime
from provenance.disclosing.draft import Occasion, disclosure_of
from provenance.disclosing.reading import Production, draft_of
from provenance.policy import Policy, parse_policy
from provenance.records import Subject
from provenance.records.consent import Consent
from provenance.records.disclosure import Disclosure
from provenance.records.register import ToolEntry
from tests.production import Production as Folders
from tests.production import new_production

NOW = UtcTime("2026-06-01T00:00:00.000000Z")
LATER = UtcTime("2027-06-01T00:00:00.000000Z")
PROJECT = ProjectId("the-long-night")
TERMS = Digest("ab" * 32)

PACK = """
id = "house"
dated = 2026-01-01
summary = "The guidance, for a house whose approvals are not signed yet."
extends = "netflix-2025-08"
[approvals]
mode = "unsigned"
"""

PRINCIPLES = (
    "no_infringing_likeness_of_works",
    "tool_no_retention_no_training",
    "enterprise_secured",
    "temporary_not_final",
    "no_replacing_performance_or_union_work",
)

MOODBOARD: dict[str, Any] = {
    "by": "The art department",
    "reason": "a mood board for the harbour",
    "use": "ideation",
    "prominence": "incidental",
    "final": "no",
    "answers": dict.fromkeys(PRINCIPLES, "yes"),
    "references": ["none"],
    "replica": ["none"],
    "uncleared_training": "no",
    "real_events": "no",
    "union_work": "no",
    "step": [{"tool": "Image maker", "version": "3.1", "tier": "enterprise", "enterprise": "yes", "inputs": ["none"]}],
}
"""Every question is answered, and telling is enough."""


def but(**changed: Any) -> dict[str, Any]:
    """Return the mood board, but for what is changed; None takes an answer out."""
    form = {**copy.deepcopy(MOODBOARD), **changed}
    return {key: value for key, value in form.items() if value is not None}


def answering(**answers: str | None) -> dict[str, Any]:
    """Return the mood board with other answers to principles; None leaves one out."""
    said = {**MOODBOARD["answers"], **answers}
    return but(answers={key: answer for key, answer in said.items() if answer is not None})


@cache
def house() -> Policy:
    """Return the pack of these tests."""
    return parse_policy(PACK.encode(), "house")


def commit(name: str) -> Commitment:
    """Put a name away: here the name shows."""
    return Commitment(name.encode().hex().ljust(64, "0")[:64])


def told(form: dict[str, Any], policy: Policy | None = None, *subjects: Subject) -> Disclosure:
    """Return a form as the record it becomes."""
    draft = draft_of(form, policy or house(), Production(PROJECT, frozenset({"", "S01E03", "S01E04"})))
    return disclosure_of(draft, Occasion(PROJECT, NOW, None, tuple(subjects)), commit)


def entry(tool: str = "Image maker", **changed: Any) -> ToolEntry:
    """Return an entry of the register that says nothing but good."""
    good: dict[str, Any] = {
        "tier": "enterprise",
        "versions": "3.*",
        "enterprise": True,
        "trains_on_inputs": False,
        "stores_inputs": False,
    }
    rest = {"terms_read": "2026-05-01", "terms": TERMS, "valid_until": LATER}
    return ToolEntry(by="Legal", reason="read", made_at=NOW, tool=tool, **{**good, **rest, **changed})


def consent(performer: str, replica: str = "digital-replica", **changed: Any) -> Consent:
    """Return a consent for a production without titles."""
    given: dict[str, Any] = {"project": PROJECT, "title": Title(""), "scope": "the flashbacks", "document": TERMS}
    return Consent(
        by="Legal", reason="signed", made_at=NOW, performer=commit(performer), replica=replica, **{**given, **changed}
    )


def new_house(folder: Path) -> Folders:
    """Set up a production under the pack of these tests."""
    made = new_production(folder)
    (folder / "house.toml").write_text(PACK)
    made.config.write_text(made.config.read_text().replace('policy = "baseline"', 'policy = "house.toml"'))
    return made
