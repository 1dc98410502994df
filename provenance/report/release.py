"""What was put back, and what was not, and why."""

import os
from collections.abc import Iterator

from provenance.config import Config
from provenance.files import display
from provenance.policy import Outcome, Policy
from provenance.release import PutBack, Release
from provenance.report.gate import config_document, policy_document, run_lines
from provenance.report.judged import judged_document
from provenance.report.release_document import PutBackDocument, ReleaseDocument


def release_document(done: Release, config: Config, policy: Policy) -> ReleaseDocument:
    """Return a release as its document."""
    run = done.run
    return ReleaseDocument(
        run=run.id,
        outcome=run.outcome.value,
        project=config.project,
        approvals_mode=config.approvals.value,
        policy=policy_document(policy),
        config=config_document(config),
        ledger_head=run.ledger_head,
        checked_at=run.checked_at,
        released=[_put_back(one) for one in done.put_back],
        assets=[judged_document(j, run.checked_at, config.approvals, run.authorities) for j in run.judged],
        troubles=[trouble.message for trouble in done.troubles],
    )


def _put_back(one: PutBack) -> PutBackDocument:
    place = one.held.row.move.place
    return PutBackDocument(zone=place.zone, path=os.fsdecode(place.path), sha256=one.digest, lost=[*one.lost])


def release_text(done: Release, config: Config, policy: Policy) -> Iterator[str]:
    """Yield the same as lines: the answer first, then what was put back, then why the rest was not."""
    total, back = done.wanted, len(done.put_back)
    headline = {Outcome.PASS: "RELEASED", Outcome.HOLD: "HOLD", Outcome.REFUSE: "REFUSED"}[done.run.outcome]
    if done.troubles:
        headline = "NOT RELEASED" if back < total else headline
    yield f"{headline}  {back} of {total} put back"
    for one in done.put_back:
        yield f"back    {display(one.held.named)}"
        for lost in one.lost:
            yield f"        not kept: {display(lost)}"
    yield from run_lines(done.run, config, policy)
