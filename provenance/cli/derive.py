"""`provenance derive`: a person's word on lineage."""

from pathlib import Path

import click

from provenance.asset import UtcTime
from provenance.cli.options import MATERIAL, TEXT, answer_options, by_option
from provenance.cli.session import Session
from provenance.cli.words import moments, show_record
from provenance.records import Derivation, Subject


@click.command()
@click.argument("child", type=MATERIAL)
@click.option(
    "--from",
    "parents",
    multiple=True,
    metavar="PARENT",
    type=MATERIAL,
    help="A file it was made from; may be given several times.",
)
@click.option(
    "--timeline",
    metavar="FILE",
    type=MATERIAL,
    help="The timeline it is the render of: OpenTimelineIO, FCPXML, FCP 7 XML or an EDL.",
)
@by_option
@click.option("--role", type=TEXT, metavar="ROLE", help="With --timeline: in which role, e.g. assistant-editor.")
@click.option(
    "--reason", type=TEXT, default="", metavar="TEXT", help="How it was made, e.g. the shot or the project file."
)
@answer_options
@click.pass_context
def derive(
    ctx: click.Context,
    child: Path,
    parents: tuple[Path, ...],
    timeline: Path | None,
    by: str,
    role: str | None,
    reason: str,
    claimed_at: str | None,
    as_json: bool,
) -> None:
    """Record what a file was made from, where no credential says so: a render, a transcode, a print.

    A flag on a parent is carried on to the child, also when the parent is flagged later.

    With --timeline everything that the timeline points at is looked for in the zones, and becomes a parent; CHILD may
    be a folder of frames. Where every source is found and nothing speaks against any, that answers a policy which
    wants to be told that nothing was generated (as `provenance attest` does); asked anew at each delivery. Answers 0
    then, and 3 where a source is missing, flagged or doubtful: that is recorded too.
    """
    if (timeline is None) == (not parents):
        raise click.UsageError("say what it was made from: --from PARENT, or --timeline FILE")
    session = Session.with_workers(ctx)
    _, said = moments(session, None, claimed_at)
    if timeline is not None:
        from provenance.cli.cut import derive_by_timeline
        from provenance.timelines import Terms

        if role is None or not role.strip():
            raise click.BadParameter("is needed with --timeline", param_hint="--role")
        derive_by_timeline(ctx, session, child, timeline, Terms(by, role.strip(), reason, said), as_json=as_json)
        return
    if role is not None:
        raise click.BadParameter("goes with --timeline", param_hint="--role")
    _derive_from(session, child, parents, by, reason, said, as_json=as_json)


def _derive_from(
    session: Session,
    child: Path,
    parents: tuple[Path, ...],
    by: str,
    reason: str,
    said: UtcTime | None,
    *,
    as_json: bool,
) -> None:
    from provenance.cli.progress import progress
    from provenance.targets import targets_with_frames
    from provenance.words import take_down_derivation

    def make(made: tuple[Subject, ...], origins: tuple[Subject, ...], at: UtcTime) -> Derivation:
        if len(made) != 1:
            raise click.BadParameter("name one file", param_hint="CHILD")
        if made[0].digest in {o.digest for o in origins}:
            raise click.BadParameter("a file is not made from itself", param_hint="--from")
        return Derivation(by=by, reason=reason, made_at=at, claimed_at=said, child=made[0], parents=origins)

    with progress("reading") as tell, session.intake(tell) as intake:
        child_of, parents_of = (targets_with_frames(session.config, named) for named in ([child], parents))
        taken = take_down_derivation(intake, child_of, parents_of, make)
    show_record(session, taken.record, taken.subjects, as_json=as_json)
