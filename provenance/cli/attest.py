"""`provenance attest`: nothing generated is in these files."""

from pathlib import Path

import click

from provenance.cli.options import answer_options, by_option, paths_argument, reason_option, role_option
from provenance.cli.session import Session
from provenance.cli.words import moments, take_down


@click.command()
@paths_argument
@by_option
@reason_option
@role_option
@answer_options
@click.pass_context
def attest(
    ctx: click.Context,
    paths: tuple[Path, ...],
    by: str,
    reason: str,
    claimed_at: str | None,
    role: str,
    as_json: bool,
) -> None:
    """Record that nothing generated is in these files: one statement for a whole batch, bound to their bytes.

    For policies that do not let a file pass only because it shows no sign of a generator (`unknown = "attest"`). It
    takes no flag away and answers no doubt; a file that is known to be generated is refused, and nothing is recorded.
    """
    session = Session.with_workers(ctx)
    _, said = moments(session, None, claimed_at)
    from provenance.records.attestation import Attestation

    take_down(
        session,
        paths,
        lambda subjects, at: Attestation(
            by=by, reason=reason, made_at=at, claimed_at=said, subjects=subjects, role=role
        ),
        as_json=as_json,
        denied_by=lambda seen: seen.verdict.origin.flagged,
    )
