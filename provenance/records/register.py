"""The tool register: which generative tools somebody read the terms of, and what these say.

An entry speaks for one tool in one tier, for the versions it names, until its date. It is retired as any word is taken
back, by a revocation. What no entry speaks for is not therefore bad; it is not known.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import ClassVar

from provenance.asset import Commitment, Digest, ProjectId, Title, UtcTime
from provenance.records.disclosure import Step
from provenance.records.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolEntry(Record):
    """What the terms of one tool in one tier say, or what one trained model may be used for."""

    kind: ClassVar[str] = "tool-entry"
    prefix: ClassVar[str] = "tol"

    tool: str
    versions: str = "*"
    """A pattern as in a shell: `3.*`."""
    tier: str
    agreement: str = ""
    enterprise: bool
    """Used under an enterprise agreement."""
    trains_on_inputs: bool
    stores_inputs: bool
    terms_read: str
    """The day somebody read the terms: 2026-01-31."""
    terms: Digest
    """SHA-256 of the terms as they were read."""
    valid_until: UtcTime
    performers: tuple[Commitment, ...] = ()
    """Whose performances it was trained on; then it serves one title, and no other."""
    project: ProjectId | None = None
    title: Title | None = None

    def is_named_by(self, step: Step) -> bool:
        """Whether a step uses this tool or model, in whatever version and tier."""
        return same_name(self.tool, step.tool) or bool(step.model and same_name(self.tool, step.model))

    def speaks_for(self, step: Step) -> bool:
        """Whether the entry is about the tool as this step uses it. A version nobody named is only in `*`."""
        agreed = not self.agreement or same_name(self.agreement, step.agreement)
        return (
            self.is_named_by(step)
            and agreed
            and same_name(self.tier, step.tier)
            and (self.versions == "*" or fnmatchcase(step.version.casefold(), self.versions.casefold()))
        )

    def serves(self, project: ProjectId, title: Title) -> bool:
        """Whether it may be used for this title: always, unless it was trained on a performer."""
        return not self.performers or (self.project, self.title) == (project, title)


@dataclass(frozen=True, slots=True)
class Register:
    """All entries there ever were: those that count now, and those that are over or were retired."""

    entries: tuple[ToolEntry, ...] = ()
    lapsed: tuple[ToolEntry, ...] = ()
    retired: tuple[ToolEntry, ...] = ()
    """Those of `lapsed` that somebody took back who may: they speak against nothing any more."""

    def about(self, step: Step) -> tuple[ToolEntry, ...]:
        """Return the entries that speak for a step as it is told."""
        return tuple(e for e in self.entries if e.speaks_for(step))

    def against(self, step: Step) -> tuple[ToolEntry, ...]:
        """Return the entries that spoke for a step and ran out, with nobody to say that they are wrong.

        What one of them said against a tool is not made good by its day being over.
        """
        return tuple(e for e in self.lapsed if e not in self.retired and e.speaks_for(step))

    def knows(self, step: Step) -> bool:
        """Whether any entry, in force or not, is about this tool in whatever version and tier."""
        return any(e.is_named_by(step) for e in (*self.entries, *self.lapsed))


EMPTY = Register()


def same_name(one: str, other: str) -> bool:
    """Whether two names differ in case and spaces at most."""
    return one.casefold().split() == other.casefold().split()
