"""`provenance approve`: generated material may be part of one deliverable."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.asset import UtcTime
from provenance.cli.decision import asker, decision_options, deliverables, evidence_of
from provenance.cli.options import TEXT, answer_options, by_option, paths_argument, reason_option, role_option
from provenance.cli.session import Session
from provenance.cli.words import moments, show_record
from provenance.files import display
from provenance.naming import range_of
from provenance.records import Approval, Scope

if TYPE_CHECKING:
    from provenance.approving import Changes

_SCOPES = [s.value for s in Scope]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """Everything that was said on the command line, but for the files."""

    channels: tuple[str, ...]
    title: str | None
    by: str
    reason: str
    claimed_at: str | None
    role: str
    expires: str | None
    evidence: Path | None
    basis: str
    requested_by: str | None
    scope: str
    shot: str
    pattern: str
    folder: str
    frames: str | None
    element: str
    until_picture_change: bool
    conditions: tuple[str, ...]
    despite: tuple[str, ...]
    transcribed_by: str | None

    def limits(self) -> bool:
        """Whether anything was said that an earlier approval would say too."""
        said = (
            self.channels,
            self.title,
            self.expires,
            self.shot,
            self.pattern,
            self.folder,
            self.frames,
            self.element,
        )
        return any(said) or self.until_picture_change or bool(self.conditions) or self.scope != Scope.EXACT.value


@click.command()
@paths_argument
@click.option("--channel", "channels", multiple=True, metavar="C", help="A channel it may go to; several by name.")
@by_option
@reason_option
@role_option
@click.option("--expires", metavar="DATE", help="The last day it counts, in the production's time zone.")
@decision_options
@click.option("--condition", "conditions", type=TEXT, multiple=True, metavar="TEXT", help="Shown at each use.")
@click.option("--despite", type=TEXT, multiple=True, metavar="ID", help="A refusal you know of and decide against.")
@click.option(
    "--scope",
    type=click.Choice(_SCOPES),
    default=Scope.EXACT.value,
    show_default=True,
    help="These bytes; all frames of a sequence; further versions of a shot; what is made from these bytes.",
)
@click.option("--shot", type=TEXT, default="", metavar="CODE", help="The shot's code, as it stands in names.")
@click.option("--pattern", type=TEXT, default="", metavar="NAME", help="Its files, e.g. SH010_comp_v*.####.exr.")
@click.option("--folder", type=TEXT, default="", metavar="PATH", help="How the folders they lie in end.")
@click.option("--frames", metavar="A-B", help="The first and last frame.")
@click.option("--element", type=TEXT, default="", metavar="TEXT", help="What in the shot is generated and approved.")
@click.option("--until-picture-change", is_flag=True, help="It ends with the next `provenance recut`.")
@click.option(
    "--transcribed-by",
    type=TEXT,
    metavar="CUSTODIAN",
    help="Who writes down that --by approved, by the mail or document in --evidence, which is then kept.",
)
@click.option("--again", type=TEXT, metavar="ID", help="Approve what changed since that approval, on its terms.")
@click.option("--show", is_flag=True, help="With --again: only show what changed; nothing is recorded.")
@answer_options
@click.pass_context
def approve(
    ctx: click.Context, /, paths: tuple[Path, ...], again: str | None, show: bool, as_json: bool, **said: object
) -> None:
    """Record an approval for one project and title, and the channels named.

    By default it is for exactly these bytes: any changed byte voids it. It counts until its last day, unless it is
    revoked. --scope lets it reach further, never over a ground that was not there when it was given. With --again, the
    channels, the scope and all terms are those of the earlier approval, and only what changed since is approved.
    """
    asked = _Said(**said)  # type: ignore[arg-type]
    session = Session.with_workers(ctx)
    until, claimed = moments(session, asked.expires, asked.claimed_at)
    if session.signed and asker(asked.requested_by) is None:
        raise click.BadParameter("say who asked for it: nobody approves their own request", param_hint="--requested-by")
    if again is not None:
        if asked.limits():
            raise click.UsageError("With --again the channels, the scope and all terms are the earlier approval's.")
        _again(session, paths, again, (asked, claimed), show=show, as_json=as_json)
        return
    if show:
        raise click.UsageError("--show needs --again.")
    if not asked.channels:
        raise click.UsageError("Missing option '--channel'.")
    _approve(session, paths, _terms(session, _of_frames(session, paths, asked), until, claimed), as_json=as_json)


def _of_frames(session: Session, paths: tuple[Path, ...], said: _Said) -> _Said:
    """Return what was said with the pattern and the frames that `--scope sequence shot.####.exr` says by its path."""
    if said.scope != Scope.SEQUENCE.value or said.pattern or said.frames or len(paths) != 1:
        return said
    from provenance.quarantine import targets_with_held
    from provenance.sequence import pattern_in

    pattern = pattern_in(os.fsencode(paths[0].name))
    if pattern is None or os.path.lexists(paths[0]):
        return said
    with session.catalogue() as catalogue:
        targets = targets_with_held(session.config, catalogue, paths)
    names = [name for t in targets for name in t.names or (t.named.rpartition(b"/")[2],)]
    numbers = [n for name in names if (n := pattern.number(name)) is not None]
    numbers += [n for stretch in pattern.missing(numbers) for n in stretch]
    if min(numbers, default=0) < 0:
        raise click.UsageError(
            f"No sequence is approved with frames before 0, such as {min(numbers)}: approve the files."
        )
    name = os.fsdecode(pattern.stem + b"#" * pattern.digits + pattern.tail)
    return replace(said, pattern=name, frames=f"{min(numbers)}-{max(numbers)}")


def _terms(session: Session, said: _Said, until: UtcTime | None, claimed: UtcTime | None) -> Approval:
    from provenance.approving import trouble_with_terms

    place, channels = deliverables(session, said.channels, said.title)
    frames = range_of(said.frames) if said.frames else None
    if said.frames and frames is None:
        raise click.BadParameter(f"{said.frames!r} is no range: write 1001-1100", param_hint="--frames")
    proof, proof_name = evidence_of(said.evidence)
    dkim = _kept(session, said)
    terms = Approval(
        by=said.by,
        reason=said.reason,
        made_at=UtcTime(""),
        claimed_at=claimed,
        subjects=(),
        role=said.role,
        project=place.project,
        title=place.title,
        channel=place.channel,
        channels=channels,
        expires=until,
        evidence=proof,
        evidence_name=proof_name,
        scope=Scope(said.scope),
        pattern=said.pattern,
        folder=said.folder.strip("/"),
        frames=frames,
        shot=said.shot,
        element=said.element.strip(),
        until_picture_change=said.until_picture_change,
        conditions=said.conditions,
        requested_by=asker(said.requested_by),
        basis=said.basis,
        despite=said.despite,
        transcribed_by=said.transcribed_by,
        evidence_dkim=dkim,
    )
    says = trouble_with_terms(terms)
    if says is not None:
        raise click.UsageError(says)
    return terms


def _kept(session: Session, said: _Said) -> str | None:
    """Keep the document that a transcription rests on, and return what its DKIM signature is worth."""
    if said.transcribed_by is None:
        return None
    if said.evidence is None:
        says = "a transcription needs the mail or document it was written down from"
        raise click.BadParameter(says, param_hint="--evidence")
    from provenance.originals import Originals, dkim_of

    _, content = Originals.beside(session.config.catalogue).keep(said.evidence)
    return dkim_of(content)


def _approve(session: Session, paths: tuple[Path, ...], terms: Approval, *, as_json: bool) -> None:
    from provenance.approving import approve as take_down
    from provenance.cli.progress import progress
    from provenance.quarantine import targets_with_held

    with progress("reading") as tell, session.intake(tell) as intake:
        taken = take_down(intake, targets_with_held(session.config, intake.catalogue, paths), terms)
    show_record(session, taken.record, taken.subjects, as_json=as_json)
    if not as_json:
        for ground in taken.record.grounds:  # and no other
            click.echo(f"  ground: {display(ground)}")


def _again(
    session: Session,
    paths: tuple[Path, ...],
    earlier: str,
    new: tuple[_Said, UtcTime | None],
    *,
    show: bool,
    as_json: bool,
) -> None:
    from provenance.approving import approve_again, changes_since, trouble_with_terms
    from provenance.cli.progress import progress
    from provenance.quarantine import targets_with_held

    said, claimed = new
    with progress("reading") as tell, session.intake(tell) as intake:
        filed = intake.catalogue.find_record(earlier)
        targets = targets_with_held(session.config, intake.catalogue, paths)
        seen, changes = changes_since(intake, targets, filed)
        record = filed.record
        assert isinstance(record, Approval)
        deliverables(session, (record.channel, *record.channels), record.title)
        if changes.to_approve and not show:
            proof, proof_name = evidence_of(said.evidence)
            terms = replace(
                record,
                by=said.by,
                reason=said.reason,
                claimed_at=claimed,
                role=said.role,
                evidence=proof,
                evidence_name=proof_name,
                requested_by=asker(said.requested_by),
                basis=said.basis or record.basis,
                despite=said.despite,
                again=record.id,
                transcribed_by=said.transcribed_by,
                evidence_dkim=_kept(session, said),
            )
            says = trouble_with_terms(terms)
            if says is not None:
                raise click.UsageError(says)
            record = approve_again(intake, seen, changes, terms).record
    _show_changes(session, record, changes, earlier, as_json=as_json)


def _show_changes(session: Session, record: Approval, changes: "Changes", earlier: str, *, as_json: bool) -> None:
    """Print what changed, and the approval of it; the earlier one where nothing was recorded."""
    from provenance.report.documents import WordDocument, to_json
    from provenance.report.record_document import record_document
    from provenance.report.records import record_text

    mode = session.config.approvals
    if as_json:
        document = WordDocument(
            record=record_document(record, record.made_at, mode, authority=session.signing.authority),
            request=session.signing.requested if record.id != earlier else None,
            subjects=[s.digest for s in changes.to_approve],
            target=earlier,
            delivered=[],
            new=[s.name for s in changes.new],
            changed=[s.name for s in changes.changed],
            gone=[s.name for s in changes.gone],
            news=[*changes.news],
        )
        click.echo(to_json(document))
        return
    if record.id != earlier:
        click.echo(display(record_text(record)))
    elif changes.to_approve:
        click.echo(f"Since {earlier}, {len(changes.to_approve)} would have to be approved. Nothing was recorded.")
    else:
        click.echo(f"Nothing changed since {earlier}. Nothing was recorded.")
    for what, subjects in (("changed", changes.changed), ("new", changes.new), ("gone", changes.gone)):
        for subject in subjects:
            click.echo(f"  {what:<8} {subject.digest[:12]}  {display(subject.name)}")
    for news in changes.news:
        click.echo(f"  was not there before: {display(news)}")
    click.echo(f"  {changes.same} as approved in {earlier}")
    for line in session.signing.lines() if record.id != earlier else ():
        click.echo(f"  {display(line)}")
