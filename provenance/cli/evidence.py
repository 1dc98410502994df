"""`provenance evidence`: what verdicts were drawn from, kept for when the file is gone."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli.options import TEXT, answer_options, now, reason_option
from provenance.cli.session import Session
from provenance.errors import RecordUnknown
from provenance.files import display

if TYPE_CHECKING:
    from provenance.asset import Digest
    from provenance.catalogue import Catalogue
    from provenance.catalogue.exhibiting import Exhibit
    from provenance.credentials.chain import Chain


@click.group()
def evidence() -> None:
    """What verdicts were drawn from: raw credentials, XMP packets, fields with marks. Kept when the file is gone.

    It is for the eyes of whoever may read the catalogue: prompts stand in it. No report for outside holds any of it.
    """


@evidence.command()
@click.argument("what", metavar="[PATH|SHA256]", required=False)
@click.option("--extract", metavar="DIR", type=click.Path(path_type=Path), help="Write it into a new folder.")
@answer_options
@click.pass_context
def show(ctx: click.Context, what: str | None, extract: Path | None, as_json: bool) -> None:
    """List what is kept of a file, present or gone, and verify its credential by itself; without a name, how much.

    The signature of a credential can be verified without its file. Whether it belonged to the file cannot: for that,
    lay the file beside it again.
    """
    from provenance.report.documents import to_json
    from provenance.report.exhibits import kept_document, kept_text

    session = Session.of(ctx)
    with session.catalogue() as catalogue:
        chains: dict[Exhibit, Chain | None] = {}
        if what is None:
            if extract is not None:
                raise click.UsageError("--extract needs the name or digest of a file.")
            found = tuple(catalogue.exhibits.each())
        else:
            digest = _digest(session, catalogue, what)
            found = catalogue.exhibits.of(digest)
            if not found:
                raise RecordUnknown(
                    f"nothing is kept of {display(what)}", help="Only of files that say something anything is."
                )
            chains = {e: _chain(session, catalogue, e) for e in found if e.kind == "manifest" and e.held}
        if extract is not None:
            from provenance.cli.placing import free_place
            from provenance.extracting import extracted

            extracted(catalogue, found, free_place(session.config, extract, "the evidence"))
        document = kept_document(catalogue, found, chains, named=what is not None, folder=extract)
    if as_json:
        click.echo(to_json(document))
        return
    for line in kept_text(document):
        click.echo(line)


def _digest(session: Session, catalogue: "Catalogue", what: str) -> "Digest":
    """Return the digest somebody means: of what is or was at a path, or as it stands."""
    import re

    from provenance.asset import Digest

    path = Path.cwd() / what
    found = session.config.place_of(path.parent.resolve() / path.name)
    sighting = catalogue.sighting_at(found[1]) if found else None
    if sighting is not None:
        return sighting.digest
    if re.fullmatch(r"[0-9a-f]{64}", what):
        return Digest(what)
    raise RecordUnknown(f"nothing is recorded of {display(what)}", help="Name a file of a zone, or a SHA-256.")


def _chain(session: Session, catalogue: "Catalogue", exhibit: "Exhibit") -> "Chain | None":
    from provenance.credentials.trust import load_trust
    from provenance.explaining.chains import Asked, chain_for

    store = catalogue.exhibits.content(exhibit)
    return None if store is None else chain_for(Asked(load_trust(session.config.anchors), store=store))


@evidence.command()
@click.option("--older-than", "days", metavar="DAYS", type=click.IntRange(0), help="Kept for more than so many days.")
@click.option("--gone", is_flag=True, help="Only of files that are nowhere any more.")
@click.option("--dry-run", is_flag=True, help="Say what would go, and take nothing away.")
@click.option("--by", required=True, type=TEXT, metavar="WHO", help="Whose decision this is.")
@reason_option
@answer_options
@click.pass_context
def prune(ctx: click.Context, days: int | None, gone: bool, dry_run: bool, by: str, reason: str, as_json: bool) -> None:
    """Take away what was kept for longer than it is needed. The ledger says that it was, and by whom.

    What was found stays recorded, and so does the digest of what is taken away. The same bytes are not kept again.
    Refused (52) while a legal hold is over everything. Without --older-than it is [evidence] retention_days.
    """
    if not by.strip():
        raise click.UsageError("--by is empty: somebody has to answer for this.")
    from provenance.asset import utc
    from provenance.cli.signing import refuse_held
    from provenance.report.documents import to_json
    from provenance.report.exhibits import pruned_document, pruned_text

    session = Session.of(ctx)
    days = session.config.retention_days if days is None else days
    if days is None:
        raise click.UsageError("Say for how long: --older-than DAYS, or [evidence] retention_days.")
    import datetime as dt

    before = utc(dt.datetime.fromisoformat(now()) - dt.timedelta(days=days))
    with session.catalogue() as catalogue:
        found = catalogue.exhibits.prunable(before, gone=gone)
        files = 0
        if found and not dry_run:
            refuse_held(session, catalogue)
        if not dry_run:
            said: dict[str, object] = {"by": by, "reason": reason, "kept_before": before, "gone": gone}
            files = catalogue.exhibits.prune(found, said, session.stamp())
    document = pruned_document(found, files, before, dry_run=dry_run)
    if as_json:
        click.echo(to_json(document))
        return
    for line in pruned_text(document):
        click.echo(line)
