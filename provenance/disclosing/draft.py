"""What somebody told, with the names in it; and the record that is made of it, with none. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from provenance.asset import Commitment, Digest, ProjectId, Title, UtcTime
from provenance.records import Subject
from provenance.records.disclosure import Answered, Disclosure, Step

Commit = Callable[[str], Commitment]
"""Puts something about a person away where it can be erased, and returns what stands for it in the book."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftStep:
    """One step of a workflow, as it was told. See `records.disclosure.Step`."""

    tool: str = ""
    version: str = ""
    tier: str = ""
    agreement: str = ""
    enterprise: str = ""
    inputs: tuple[str, ...] | None = None
    given: tuple[Digest, ...] = ()
    model: str = ""
    performers: tuple[str, ...] = ()
    prompt_sha256: Digest | None = None
    note: str = ""

    def record(self, commit: Commit) -> Step:
        """Return the step as it is kept."""
        return Step(
            tool=self.tool,
            version=self.version,
            tier=self.tier,
            agreement=self.agreement,
            enterprise=self.enterprise,
            inputs=self.inputs,
            given=self.given,
            model=self.model,
            performers=_committed(self.performers, commit),
            prompt=self.prompt_sha256,
            note=self.note,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An intended use, as it was told. See `records.disclosure.Disclosure`."""

    by: str
    reason: str
    title: str = ""
    use: str = ""
    prominence: str = ""
    final: str = ""
    answers: tuple[Answered, ...] = ()
    steps: tuple[DraftStep, ...] = ()
    references: tuple[str, ...] | None = None
    replica: tuple[str, ...] | None = None
    exemptions: tuple[str, ...] = ()
    performers: tuple[str, ...] = ()
    union_roles: tuple[str, ...] = ()
    uncleared_training: str = ""
    real_events: str = ""
    union_work: str = ""
    genre: str = ""
    audience_disclosure: str = ""
    vendor: str = ""
    contract: str = ""
    clearance_evidence: Digest | None = None
    clearance_evidence_name: str | None = None

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield every text that will stand in the book, with the key it was told under."""
        for key in ("reason", "by", "genre", "vendor", "contract", "clearance_evidence_name"):
            yield key, getattr(self, key) or ""
        yield from (("union_roles", role) for role in self.union_roles)
        yield from ((f"answers.{a.key}.note", a.note) for a in self.answers)
        for number, step in enumerate(self.steps, 1):
            for key in ("tool", "version", "tier", "agreement", "model", "note"):
                yield f"step {number} {key}", getattr(step, key)

    def names(self) -> Iterator[str]:
        """Yield the names of performers, which must not stand in the book."""
        yield from self.performers
        for step in self.steps:
            yield from step.performers


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a record carries beside what was told: for which production, when, and of which bytes."""

    project: ProjectId
    made_at: UtcTime
    claimed_at: UtcTime | None = None
    subjects: tuple[Subject, ...] = ()


def disclosure_of(draft: Draft, occasion: Occasion, commit: Commit) -> Disclosure:
    """Return the record of what was told; each performer's name is put away by `commit`."""
    return Disclosure(
        by=draft.by,
        reason=draft.reason,
        made_at=occasion.made_at,
        claimed_at=occasion.claimed_at,
        project=occasion.project,
        title=Title(draft.title),
        use=draft.use,
        prominence=draft.prominence,
        final=draft.final,
        answers=draft.answers,
        steps=tuple(s.record(commit) for s in draft.steps),
        references=draft.references,
        replica=draft.replica,
        exemptions=draft.exemptions,
        performers=_committed(draft.performers, commit),
        union_roles=draft.union_roles,
        uncleared_training=draft.uncleared_training,
        real_events=draft.real_events,
        union_work=draft.union_work,
        genre=draft.genre,
        audience_disclosure=draft.audience_disclosure,
        vendor=draft.vendor,
        contract=draft.contract,
        clearance_evidence=draft.clearance_evidence,
        clearance_evidence_name=draft.clearance_evidence_name,
        subjects=occasion.subjects,
    )


def _committed(names: tuple[str, ...], commit: Commit) -> tuple[Commitment, ...]:
    return tuple(sorted({commit(name) for name in names}))
