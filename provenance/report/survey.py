"""What frames are that somebody named at once: mixed origin in the first line, then the grounds with their frames."""

import os
from collections.abc import Iterator

from provenance.asset import UtcTime
from provenance.config import Config
from provenance.evidence import Claim
from provenance.files import display
from provenance.report.sequences import DISTINCT, GRAVEST, Stretches
from provenance.report.survey_documents import (
    FrameGroundDocument,
    FrameOriginDocument,
    OriginSequenceDocument,
    SurveyedDocument,
)
from provenance.report.trust_lists import trust_lists
from provenance.sequence import SHOWN, Spans
from provenance.survey import Survey
from provenance.verdict import Ground, Origin


def survey_text(survey: Survey) -> Iterator[str]:
    """Yield the answer in line one, then what is missing, then why."""
    yield _headline(survey)
    path = display(survey.path)
    count = len(survey.frames)
    yield f"            {path}: {count:,} {'file' if count == 1 else 'files'}, {_range(survey)}"
    if survey.missing:
        yield f"            missing: {survey.missing.words()} ({survey.missing.total:,})"
    away = Spans.of(f.number for f in survey.frames if not f.there)
    if away:
        yield f"            not there now: {away.words()}; what was recorded, or is in quarantine, answers"
    grounds, further = _grounds(survey)
    for ground, frames in grounds:
        mark = " " if ground.claim is Claim.NOTED else "*"
        through = f", through {display(ground.via)}" if ground.via else ""
        yield f"  {mark} {frames.words()}: {display(ground.says)}  ({ground.kind}, {ground.strength.value}{through})"
        yield f"      at {display(ground.place)}"
    if further:
        yield f"    further grounds in {further.words()}: name one of them"
    unknown = Spans.of(f.number for f in survey.frames if not f.known)
    if unknown:
        yield f"            not in the catalogue yet: {unknown.words()}; `provenance scan` records them"


def _headline(survey: Survey) -> str:
    """Return the answer: which frames are what."""
    origins, total = _origins(survey), len(survey.frames)
    if len(origins) == 1:
        ((origin, frames, _),) = origins
        every = frames.words() if total == 1 else f"all {total:,} frames, {frames.text(SHOWN)}"
        return f"{_SAYS[origin]} in {every}"
    *parts, (last, _, files) = origins
    said = [f"{_SAYS[o]} in {frames.words()} of {_range(survey)} ({n:,} of {total:,})" for o, frames, n in parts]
    return f"{'; '.join(said)}; {_SAYS[last]} in the other {files:,}"


_SAYS = {
    Origin.AI_GENERATED: "AI-GENERATED",
    Origin.AI_ASSISTED: "AI-ASSISTED",
    Origin.REVIEW: "TO BE REVIEWED",
    Origin.UNKNOWN: "no signal found",
    Origin.CREATED: "created",
    Origin.CAPTURED: "captured",
}


def _range(survey: Survey) -> str:
    there = survey.there
    return Spans([(there[0][0], there[-1][1])]).text()


def _origins(survey: Survey) -> list[tuple[Origin, Spans, int]]:
    """Return which frames are what, the gravest first, and how many files that is."""
    found = []
    for origin in GRAVEST:
        numbers = [f.number for f in survey.frames if f.verdict.origin is origin]
        if numbers:
            found.append((origin, Spans.of(numbers), len(numbers)))
    return found


def _grounds(survey: Survey) -> tuple[list[tuple[Ground, Spans]], Spans]:
    """Return every ground with its frames, and the frames of those there was no room for."""
    found: dict[Ground, Stretches] = {}
    further = Stretches()
    for frame in survey.frames:
        for ground in frame.verdict.grounds:
            if ground in found or len(found) < DISTINCT:
                found.setdefault(ground, Stretches()).add(frame.number)
            else:
                further.add(frame.number)
    return [(ground, stretches.all()) for ground, stretches in found.items()], further.all()


def survey_document(survey: Survey, config: Config, now: UtcTime) -> OriginSequenceDocument:
    """Return the same as a document, with every frame."""
    there = survey.there
    return OriginSequenceDocument(
        path=os.fsdecode(survey.path),
        first=there[0][0],
        last=there[-1][1],
        files=len(survey.frames),
        there=there.text(),
        missing=survey.missing.text(),
        missing_count=survey.missing.total,
        origins=[
            FrameOriginDocument(origin=origin.value, frames=frames.text(), files=files)
            for origin, frames, files in _origins(survey)
        ],
        grounds=[_ground(ground, frames) for ground, frames in _grounds(survey)[0]],
        trust_lists=trust_lists(config, now, closely=False),
        members=[
            SurveyedDocument(
                path=os.fsdecode(f.path),
                frame=f.number,
                sha256=f.digest,
                origin=f.verdict.origin.value,
                there=f.there,
                known=f.known,
            )
            for f in survey.frames
        ],
    )


def _ground(ground: Ground, frames: Spans) -> FrameGroundDocument:
    return FrameGroundDocument(
        kind=ground.kind,
        strength=ground.strength.value,
        place=ground.place,
        says=ground.says,
        via=ground.via,
        claim=ground.claim.value,
        frames=frames.text(),
    )
