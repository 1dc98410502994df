"""What the verbs that take down a person's word share."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.asset import UtcTime
from provenance.cli.options import DayMeans, now, parse_moment
from provenance.cli.session import Session
from provenance.files import display
from provenance.records import AnyRecord, Subject

if TYPE_CHECKING:
    from provenance.catalogue import Catalogue, Filed
    from provenance.identity.authority import Authority
    from provenance.looking import Seen


def moments(session: Session, expires: str | None, claimed_at: str | None) -> tuple[UtcTime | None, UtcTime | None]:
    """Return `--expires` and `--at` as instants.

    What is over before it begins, or was decided later than it is said, is a mistake and not a record.
    """
    until = parse_moment(expires, session.config.timezone, "--expires", DayMeans.ITS_END)
    said = parse_moment(claimed_at, session.config.timezone, "--at", DayMeans.ITS_START)
    at = now()
    if until is not None and until <= at:
        raise click.BadParameter(f"{expires} is over already", param_hint="--expires")
    if said is not None and said > at:
        raise click.BadParameter(f"{claimed_at} is still to come", param_hint="--at")
    return until, said


def take_down(
    session: Session,
    paths: tuple[Path, ...],
    make: Callable[[tuple[Subject, ...], UtcTime], AnyRecord],
    *,
    as_json: bool,
    with_sidecars: bool = False,
    denied_by: "Callable[[Seen], bool]" = lambda _seen: False,
) -> None:
    """Look at the files, make the record about exactly their bytes, keep it, and print it.

    What was taken into quarantine is meant by its old place too.
    """
    from provenance.cli.progress import progress
    from provenance.quarantine import targets_with_held
    from provenance.words import take_down as take_down_about

    with progress("reading") as tell, session.intake(tell) as intake:
        targets = targets_with_held(session.config, intake.catalogue, paths)
        taken = take_down_about(intake, targets, make, with_sidecars=with_sidecars, denied_by=denied_by)
    show_record(session, taken.record, taken.subjects, as_json=as_json)


def standings(session: Session, catalogue: "Catalogue", filed: Iterable["Filed"]) -> "dict[str, Authority]":
    """Return what stands behind some records, by their ids; nothing where nothing has to be signed."""
    if not session.signed:
        return {}
    voices = session.voices(catalogue)
    return {one.record.id: voices.authority(one) for one in filed}


def show_record(
    session: Session, record: AnyRecord, subjects: tuple[Subject, ...], *, as_json: bool, news: Sequence[str] = ()
) -> None:
    """Print a record that was just made, what stands behind it, and what else is to be known of it."""
    from provenance.report.documents import WordDocument, to_json
    from provenance.report.record_document import record_document
    from provenance.report.records import record_text
    from provenance.report.subjects import subject_lines

    mode, signing = session.config.approvals, session.signing
    if as_json:
        document = record_document(record, record.made_at, mode, authority=signing.authority)
        digests = [str(s.digest) for s in subjects]
        requested = signing.requested
        click.echo(
            to_json(WordDocument(record=document, subjects=digests, delivered=[], request=requested, news=[*news]))
        )
        return
    click.echo(display(record_text(record)))
    for line in subject_lines(subjects):
        click.echo(f"  {line}")
    for line in (*signing.lines(), *news):
        click.echo(f"  {display(line)}")
