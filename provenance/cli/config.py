"""`provenance config`: what decides who may let something pass, and an administrator's word on it."""

from typing import TYPE_CHECKING, Any

import click

from provenance.cli.options import answer_options, by_option, reason_option
from provenance.cli.session import Session
from provenance.cli.words import moments, show_record
from provenance.errors import ConfigNotAccepted
from provenance.files import display

if TYPE_CHECKING:
    from provenance.accepting import Acceptances


@click.group()
def config() -> None:
    """What decides who may let something pass: people, roles, keys, anchors, zones, mode, policy."""


@config.command()
@answer_options
@click.pass_context
def show(ctx: click.Context, as_json: bool) -> None:
    """Show what decides who may let something pass, and whether an administrator accepted it as it is now.

    Answers 0 whatever it shows; the gate is what refuses.
    """
    from provenance.accepting import acceptances, differing, digest_of, matters
    from provenance.report.documents import to_json
    from provenance.report.people_documents import AcceptedDocument

    session = Session.of(ctx)
    document = matters(session.config, session.policy)
    with session.catalogue() as catalogue:
        found = acceptances(catalogue)
    last = found.last
    differences = [] if last is None else list(differing(last.document, document))
    if as_json:
        answer = AcceptedDocument(
            mode=session.config.approvals.value,
            sha256=digest_of(document),
            accepted=last is not None and not differences,
            required=session.signed or found.ever_signed,
            by=last.authority.person if last else None,
            record=last.record if last else None,
            first=last is not None and last.first,
            differences=differences,
            refused=found.refused,
            document=document,
        )
        click.echo(to_json(answer))
        return
    for line in _lines(session, document, found, differences):
        click.echo(display(line))


def _lines(session: Session, document: dict[str, Any], found: "Acceptances", differences: list[str]) -> list[str]:
    """Return the same in lines: the answer first."""
    from provenance.accepting import digest_of

    last = found.last
    needed = session.signed or found.ever_signed
    if last is None:
        headline = "not accepted by anybody" if needed else "not accepted by anybody, and need not be"
    elif differences:
        headline = (
            f"NOT what {last.authority.name} accepted ({last.record}), so the gate refuses"
            if needed
            else "changed since"
        )
    else:
        headline = f"accepted by {last.authority.name} ({last.record})"
        headline += ", the first, who was believed of themselves" if last.first else ""
    lines = [headline, *(f"  changed: {each}" for each in differences)]
    lines += [f"  does not count: {name}: {why}" for name, why in found.refused.items()]
    lines.append(f"approvals   {document['mode']}")
    lines.append(f"policy      {document['policy']['id']} {document['policy']['sha256'][:12]}")
    for person in session.config.people:
        until = f", until {person.until}" if person.until else ""
        lines.append(f"person      {person.id}  {person.name} ({', '.join(sorted(person.roles))}){until}")
        lines += [f"            {key.fingerprint} {key.type}" for key in person.keys]
    lines += [
        f"anchor      {a['sha256'][:12]} {a['purpose']}{', may clear' * a['may_clear']}" for a in document["anchors"]
    ]
    for zone in document["zones"]:
        lines.append(f"zone        {zone['name']}  {zone['role']}, channel {zone['channel']} {zone['title']}".rstrip())
    lines.append(f"digest      {digest_of(document)}")
    return lines


@config.command()
@by_option
@reason_option
@answer_options
@click.pass_context
def accept(ctx: click.Context, by: str, reason: str, claimed_at: str | None, as_json: bool) -> None:
    """Accept the configuration as it is now. Takes the signature of an administrator whom the last accepted one lists.

    The first one is accepted by an administrator it lists itself: look at `provenance config show` before.
    """
    from provenance.accepting import Accepted, acceptances, differing, judged_acceptance, matters
    from provenance.records.acceptance import ConfigurationAcceptance

    session = Session.of(ctx)
    _, said = moments(session, None, claimed_at)
    signing = session.signing
    if signing.signer is None and signing.request is None:
        raise click.UsageError("an administrator has to sign this: add --sign-with KEY, or --request FILE")
    document = matters(session.config, session.policy)
    stamp = session.stamp(said)
    with session.catalogue() as catalogue:
        last = acceptances(catalogue).last
        record = ConfigurationAcceptance(
            by=by,
            reason=reason,
            made_at=stamp.at,
            claimed_at=said,
            document=document,
            follows=last.record if last else "",
        )
        if signing.signer is not None:
            from provenance.identity.signing import sign

            envelope = sign(record, catalogue.store_id, signing.signer).content()
            outcome = judged_acceptance(record, envelope, last, (catalogue.store_id, stamp.at))
            if not isinstance(outcome, Accepted):
                raise ConfigNotAccepted(f"this would not count: {outcome.why}", help="Nothing was recorded.")
        signing.keep(catalogue, record, stamp)
    if not as_json:
        for change in differing(last.document, document) if last else ():
            click.echo(f"  changed: {display(change)}")
        if last is None:
            click.echo("  the first one: from now on only administrators it lists can accept another")
    show_record(session, record, (), as_json=as_json)
