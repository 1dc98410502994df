"""What a sequence comes to in a gate run: one entry, with the frames that each thing is said of."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from provenance.files import display
from provenance.judged import Judged
from provenance.policy import Outcome, Reason
from provenance.records import Approval, Clearance
from provenance.records.decisions import Supersession
from provenance.report.sequence_documents import FramesDocument
from provenance.sequence import Sequence, Spans, framed
from provenance.verdict import Origin

if TYPE_CHECKING:
    from provenance.policy import Attested

DISTINCT = 50
"""So many different reasons are told apart in one sequence. Each frame's own stand in the JSON document."""

Word = Approval | Clearance | Supersession


@dataclass(slots=True)
class Stretches:
    """Frames as they come in, mostly one after another."""

    spans: list[tuple[int, int]] = field(default_factory=list)

    def add(self, number: int) -> None:
        """Take one more."""
        if self.spans and self.spans[-1][0] <= number <= self.spans[-1][1] + 1:
            self.spans[-1] = (self.spans[-1][0], max(number, self.spans[-1][1]))
        else:
            self.spans.append((number, number))

    def all(self) -> Spans:
        """Return them in order."""
        return Spans.joined(self.spans)


@dataclass(slots=True)
class Gathered:
    """Everything that was judged of the frames of one sequence."""

    sequence: Sequence
    channel: str = ""
    title: str = ""
    outcomes: dict[tuple[Outcome, Origin | None], Stretches] = field(default_factory=dict)
    reasons: dict[tuple[str, str], tuple[Reason, Stretches]] = field(default_factory=dict)
    words: dict[str, tuple[Word, str, Stretches]] = field(default_factory=dict)
    """By id, each with how it covers what it does not name."""
    attested: "dict[str, Attested]" = field(default_factory=dict)
    unnamed: Stretches = field(default_factory=Stretches)
    """Frames with reasons there was no room for."""

    @property
    def outcome(self) -> Outcome:
        """The most severe of all."""
        return max((outcome for outcome, _ in self.outcomes), key=lambda o: o.severity)

    @property
    def origin(self) -> Origin | None:
        """The gravest of the frames that decide."""
        found = {origin for outcome, origin in self.outcomes if outcome is self.outcome}
        return next((o for o in GRAVEST if o in found), None)

    @property
    def on_a_word(self) -> bool:
        """Whether any of it passed because of what somebody said of it."""
        return bool(self.words)

    def against(self) -> Iterator[tuple[Reason, Spans]]:
        """Yield why frames did not pass, the gravest first, each with its frames."""
        against = [(r, s) for r, s in self.reasons.values() if r.outcome is not Outcome.PASS]
        for reason, stretches in sorted(against, key=lambda a: -a[0].outcome.severity):
            yield reason, stretches.all()


GRAVEST = (
    Origin.AI_GENERATED,
    Origin.AI_ASSISTED,
    Origin.REVIEW,
    Origin.UNKNOWN,
    Origin.CREATED,
    Origin.CAPTURED,
)


def gathered(sequence: Sequence, frames: Iterable[Judged]) -> Gathered:
    """Return what the frames of a sequence come to. Of those that passed by themselves no reason is kept."""
    found = Gathered(sequence)
    for judged in frames:
        number = number_of(judged.path)
        decision = judged.decision
        found.channel, found.title = judged.deliverable.channel, judged.deliverable.title
        found.outcomes.setdefault((decision.outcome, judged.origin), Stretches()).add(number)
        for reason in decision.reasons:
            what = (reason.rule.value, reason.text)
            if what not in found.reasons and len(found.reasons) >= DISTINCT:
                found.unnamed.add(number)
                continue
            found.reasons.setdefault(what, (reason, Stretches()))[1].add(number)
        if judged.on_a_word:
            covered = {way.approval: f", covered {way.says}" for way in decision.ways}
            words: tuple[Word, ...] = (*decision.approvals, *decision.clearances, *decision.supersessions)
            for word in words:
                found.words.setdefault(word.id, (word, covered.get(word.id, ""), Stretches()))[2].add(number)
            found.attested.update((a.id, a) for a in decision.attested)
    return found


def number_of(path: bytes) -> int:
    """Return the number of a frame that was found to be one."""
    frame = framed(path.rpartition(b"/")[2])
    assert frame is not None, path
    return frame.number


def frames_document(sequence: Sequence) -> FramesDocument:
    """Return which frames a sequence has."""
    return FramesDocument(
        first=sequence.frames[0][0],
        last=sequence.frames[-1][1],
        files=sequence.files,
        there=sequence.frames.text(),
        missing=sequence.missing.text(),
        missing_count=sequence.missing.total,
    )


_ARE: Mapping[Origin | None, str] = {
    Origin.AI_GENERATED: "ai-generated",
    Origin.AI_ASSISTED: "ai-assisted",
    Origin.REVIEW: "to be reviewed",
}


def headline(found: Gathered) -> str:
    """Return what a sequence comes to: `deliver/shot.####.exr: frames 1041-1043 of 1001-1240 are ai-generated …`."""
    sequence, clauses = found.sequence, []
    for (outcome, origin), stretches in sorted(found.outcomes.items(), key=_gravest_first):
        frames = stretches.all()
        if outcome is Outcome.PASS and len(found.outcomes) > 1 and not (origin is not None and origin.flagged):
            continue
        verb = "is" if frames.total == 1 else "are"
        are = _ARE.get(origin, {Outcome.PASS: "passed", Outcome.HOLD: "held", Outcome.REFUSE: "refused"}[outcome])
        if outcome is Outcome.PASS and origin is not None and origin.flagged:
            are += " and passed"
        of = "" if frames == sequence.frames else f" of {sequence.range}"
        clauses.append(f"{frames.words()}{of} {verb} {are} ({frames.total:,} of {sequence.files:,})")
    return f"{display(sequence.path)}: {'; '.join(clauses)}"


def _gravest_first(item: tuple[tuple[Outcome, Origin | None], Stretches]) -> tuple[int, int]:
    (outcome, origin), _ = item
    return -outcome.severity, len(GRAVEST) if origin is None else GRAVEST.index(origin)
