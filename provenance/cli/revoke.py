"""`provenance revoke`: take a record back from now on."""

import os
from typing import TYPE_CHECKING

import click

from provenance.asset import Digest
from provenance.cli.options import TEXT, answer_options, by_option, reason_option
from provenance.cli.session import Session
from provenance.cli.words import moments
from provenance.files import display
from provenance.records import Revocation

if TYPE_CHECKING:
    from provenance.catalogue import Catalogue


@click.command()
@click.argument("record_id", type=TEXT, metavar="ID")
@by_option
@reason_option
@answer_options
@click.pass_context
def revoke(ctx: click.Context, record_id: str, by: str, reason: str, claimed_at: str | None, as_json: bool) -> None:
    """Take an approval or any other word back from now on, for example a declaration, a disclosure or a consent.

    What was let pass on it meanwhile stays delivered, and is named file by file, also where an approval did not name
    it but reached it. A refusal stands for good: an approval that names it decides otherwise.
    """
    from provenance.report.documents import DeliveryDocument, WordDocument, to_json
    from provenance.report.record_document import record_document
    from provenance.report.records import record_text

    session = Session.of(ctx)
    _, said = moments(session, None, claimed_at)
    stamp = session.stamp(said)
    record = Revocation(by=by, reason=reason, made_at=stamp.at, claimed_at=said, target=record_id)
    with session.catalogue() as catalogue:
        uses = catalogue.uses_of(record_id)
        session.signing.keep(catalogue, record, stamp)
        names = {use.digest: _name(catalogue, use.digest) for use in uses}
    mode = session.config.approvals
    runs = sorted({use.run for use in uses})
    if as_json:
        document = record_document(record, stamp.at, mode, authority=session.signing.authority)
        subjects = sorted({str(use.digest) for use in uses})
        click.echo(
            to_json(
                WordDocument(
                    record=document,
                    subjects=subjects,
                    target=record_id,
                    delivered=runs,
                    request=session.signing.requested,
                    deliveries=[DeliveryDocument(run=u.run, sha256=u.digest, at=u.at) for u in uses],
                )
            )
        )
        return
    click.echo(display(record_text(record)))
    for run in runs:
        click.echo(f"  already passed on it: {run}  (provenance ledger show {run})")
        for use in uses:
            if use.run == run:
                click.echo(f"    {use.digest[:12]}  {display(names[use.digest])}")
    for line in session.signing.lines():
        click.echo(f"  {display(line)}")


def _name(catalogue: "Catalogue", digest: Digest) -> str:
    """Return where some bytes are or were last."""
    seen = catalogue.sightings_of(digest)
    return f"{seen[0].place.zone}/{os.fsdecode(seen[0].place.path)}" if seen else "not seen in any zone"
