"""`provenance disclose`: an intended use of generative tools is told."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli.named import content_of, digest_of
from provenance.cli.options import MATERIAL, TEXT, answer_options, signing_options
from provenance.cli.session import Session
from provenance.cli.telling import form_of, is_silent, telling_options
from provenance.cli.words import moments
from provenance.policy.terms import Reply

if TYPE_CHECKING:
    from provenance.asset import UtcTime
    from provenance.disclosing.draft import Draft
    from provenance.records import Subject
    from provenance.report.told import Told

CODES = {Reply.TELL: 0, Reply.FORBID: 1, Reply.ESCALATE: 3}


@click.command()
@click.argument("paths", metavar="[PATH]...", nargs=-1, type=MATERIAL)
@telling_options
@click.option("--none", "nothing_else", is_flag=True, help="None of the rest applies: answers what is open with no.")
@click.option(
    "--clearance-evidence",
    "evidence",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The document that shows that rights were cleared; its digest is recorded, the file stays where it is.",
)
@signing_options
@click.option("--at", "claimed_at", metavar="DATE", help="When it was decided, if not now. Proves nothing.")
@click.option("--form", "empty", is_flag=True, help="Print an empty form, as TOML or with --format json as JSON.")
@click.option(
    "--filled",
    metavar="FILE",
    type=click.Path(path_type=Path, allow_dash=True),
    help="A form that somebody filled in, TOML or JSON; - reads standard input.",
)
@click.option("--for", "told", type=TEXT, metavar="ID", help="The PATHs are what this disclosure speaks of.")
@answer_options
@click.pass_context
def disclose(
    ctx: click.Context,
    /,
    paths: tuple[Path, ...],
    nothing_else: bool,
    evidence: Path | None,
    claimed_at: str | None,
    empty: bool,
    filled: Path | None,
    told: str | None,
    as_json: bool,
    **said: Any,
) -> int:
    """Tell of an intended use of generative tools: before it begins, or of the files that came of it.

    Answers 0 where telling is enough, 3 where somebody has to approve first, 1 where nobody can; it is recorded in each
    case. With options, with a form (--form, --filled), or on a terminal without either: by a questionnaire. A PATH can
    be anything, text and sound too; what does not say by itself that it was generated is declared so.
    """
    session = Session.with_workers(ctx) if paths else Session.of(ctx)
    if empty:
        _print_form(session, as_json=as_json)
        return 0
    if told is not None:
        return _bind(session, told, paths, said, claimed_at, as_json=as_json)
    silent = is_silent(said) and not nothing_else and evidence is None
    if filled is not None and not silent:
        raise click.UsageError("Say it with options or with --filled, not with both.")
    draft = _draft(session, _form(session, said, filled, evidence, silent=silent, nothing_else=nothing_else))
    _, at = moments(session, None, claimed_at)
    answered = _take_down(session, draft, paths, at)
    _print(session, answered, as_json=as_json)
    return CODES[answered.telling.answer]


def _print_form(session: Session, *, as_json: bool) -> None:
    from provenance.disclosing.writing import empty_json, empty_toml

    write = empty_json if as_json else empty_toml
    click.echo(write(session.policy, session.config.project), nl=False)


def _form(
    session: Session,
    said: dict[str, Any],
    filled: Path | None,
    evidence: Path | None,
    *,
    silent: bool,
    nothing_else: bool,
) -> dict[str, Any]:
    """Return what was told as a form, whichever way it came."""
    if filled is not None:
        from provenance.disclosing.reading import LARGEST, form_in

        if str(filled) == "-":
            return form_in(sys.stdin.buffer.read(LARGEST + 1))
        return form_in(content_of(filled, "--filled", LARGEST))
    if silent:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise click.UsageError(
                "Say what is meant: with options, or with --filled FILE; --form prints an empty form. "
                "Questions are asked on a terminal only."
            )
        from provenance.cli.asking import ask

        return ask(session.policy)
    form = form_of(said, session.policy, nothing_else=nothing_else)
    if evidence is not None:
        form["clearance_evidence"] = digest_of(evidence, "--clearance-evidence")
        form["clearance_evidence_name"] = evidence.name
    return form


def _draft(session: Session, form: dict[str, Any]) -> "Draft":
    from provenance.config import Role
    from provenance.disclosing.reading import Production, draft_of

    titles = frozenset(str(z.title) for z in session.config.zones if z.role is Role.FINAL)
    return draft_of(form, session.policy, Production(session.config.project, titles))


def _take_down(session: Session, draft: "Draft", paths: tuple[Path, ...], claimed_at: "UtcTime | None") -> "Told":
    """Keep what was told, with the files that came of it, and return it with the answer."""
    from provenance.disclosing.answering import answer
    from provenance.disclosing.draft import Occasion, disclosure_of
    from provenance.report.told import Told

    def make(subjects: "tuple[Subject, ...]", at: "UtcTime") -> Any:
        return disclosure_of(draft, Occasion(session.config.project, at, claimed_at, subjects), session.commit)

    if not paths:
        stamp = session.stamp(claimed_at)
        record = make((), stamp.at)
        with session.catalogue() as catalogue:
            session.signing.keep(catalogue, record, stamp)
            telling = answer(session.voices(catalogue), session.policy, record)
        return _signed(session, Told(record, telling))
    from provenance.cli.progress import progress
    from provenance.quarantine import targets_with_held
    from provenance.words import take_down_telling

    with progress("reading") as tell, session.intake(tell) as intake:
        targets = targets_with_held(session.config, intake.catalogue, paths)
        taken, declared = take_down_telling(intake, targets, make, session.signing.keep_beside)
        telling = answer(session.voices(intake.catalogue), session.policy, taken.record)
    return _signed(session, Told(taken.record, telling, taken.subjects, declared.id if declared else None))


def _signed(session: Session, told: "Told") -> "Told":
    """Return what was told just now with what stands behind it, or with how it is still to be signed."""
    signing = session.signing
    return replace(told, authority=signing.authority, signing=tuple(signing.lines()) if signing.requested else ())


def _bind(
    session: Session,
    told: str,
    paths: tuple[Path, ...],
    said: dict[str, Any],
    claimed_at: str | None,
    *,
    as_json: bool,
) -> int:
    """Record that files are what a disclosure speaks of, and answer as the disclosure is answered now."""
    by, reason = said.pop("by"), said.pop("reason")
    if not paths or not by or not is_silent(said):
        raise click.UsageError("--for ID wants PATHs and --by, may have --reason, and goes with nothing else.")
    from provenance.cli.progress import progress
    from provenance.disclosing.answering import answer, disclosure_in_force
    from provenance.quarantine import targets_with_held
    from provenance.records.disclosure import Binding
    from provenance.report.told import Told
    from provenance.words import take_down_telling

    _, at_claimed = moments(session, None, claimed_at)

    def make(subjects: "tuple[Subject, ...]", at: "UtcTime") -> Binding:
        return Binding(
            by=by, reason=reason or "", made_at=at, claimed_at=at_claimed, disclosure=told, subjects=subjects
        )

    with progress("reading") as tell, session.intake(tell) as intake:
        disclosure = disclosure_in_force(intake.catalogue, told, session.config.project)
        targets = targets_with_held(session.config, intake.catalogue, paths)
        taken, declared = take_down_telling(intake, targets, make, session.signing.keep_beside)
        voices = session.voices(intake.catalogue)
        telling = answer(voices, session.policy, disclosure)
        authority = voices.authority_of(told) if session.signed else None
    declared_as = declared.id if declared else None
    answered = Told(disclosure, telling, taken.subjects, declared_as, taken.record.id, bound=session.signing.authority)
    answered = replace(_signed(session, answered), authority=authority)
    _print(session, answered, as_json=as_json)
    return CODES[telling.answer]


def _print(session: Session, told: "Told", *, as_json: bool) -> None:
    from provenance.report.documents import to_json
    from provenance.report.told import told_document, told_text

    if as_json:
        click.echo(to_json(told_document(told, session.config, session.policy)))
        return
    for line in told_text(told, session.config, session.policy):
        click.echo(line)
