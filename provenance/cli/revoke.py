"""`provenance revoke`: take a record back from now on."""

import click

from provenance.cli.options import TEXT, answer_options, by_option, reason_option
from provenance.cli.session import Session
from provenance.cli.words import moments
from provenance.files import display
from provenance.records import Revocation


@click.command()
@click.argument("record_id", type=TEXT, metavar="ID")
@by_option
@reason_option
@answer_options
@click.pass_context
def revoke(ctx: click.Context, record_id: str, by: str, reason: str, claimed_at: str | None, as_json: bool) -> None:
    """Take an approval, clearance, attestation, declaration, derivation, disclosure or consent back from now on.

    What was let pass on it meanwhile stays delivered, and is named.
    """
    from provenance.report.documents import WordDocument, to_json
    from provenance.report.record_document import record_document
    from provenance.report.records import record_text, unsigned_words

    session = Session.of(ctx)
    _, said = moments(session, None, claimed_at)
    stamp = session.stamp(said)
    record = Revocation(by=by, reason=reason, made_at=stamp.at, claimed_at=said, target=record_id)
    with session.catalogue() as catalogue:
        uses = catalogue.uses_of(record_id)
        catalogue.add_record(record, stamp)
    mode = session.config.approvals
    runs = sorted({use.run for use in uses})
    if as_json:
        document = record_document(record, stamp.at, mode)
        subjects = sorted({str(use.digest) for use in uses})
        click.echo(to_json(WordDocument(record=document, subjects=subjects, target=record_id, delivered=runs)))
        return
    click.echo(display(record_text(record)))
    for run in runs:
        click.echo(f"  already passed on it: {run}  (provenance ledger show {run})")
    click.echo(f"  {unsigned_words(mode)}")
