"""`provenance approve`: generated material may be part of one deliverable."""

import os
from pathlib import Path

import click

from provenance.asset import Digest
from provenance.cli.options import TEXT, answer_options, by_option, paths_argument, reason_option, role_option
from provenance.cli.session import Session
from provenance.cli.words import moments, take_down
from provenance.errors import FileMissing, NotARegularFile, NotPermitted, ReadFailed
from provenance.files import display
from provenance.records import Approval


@click.command()
@paths_argument
@click.option("--channel", required=True, metavar="C", help="The channel it may be delivered to; that one alone.")
@click.option("--title", type=TEXT, metavar="T", help="Episode or part, where the channel has several.")
@by_option
@reason_option
@role_option
@click.option("--expires", metavar="DATE", help="The last day it counts, in the production's time zone.")
@click.option(
    "--evidence",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The mail or document that proves it; its digest is recorded, the file stays where it is.",
)
@answer_options
@click.pass_context
def approve(
    ctx: click.Context,
    paths: tuple[Path, ...],
    channel: str,
    title: str | None,
    by: str,
    reason: str,
    claimed_at: str | None,
    role: str,
    expires: str | None,
    evidence: Path | None,
    as_json: bool,
) -> None:
    """Record an approval for exactly these bytes, this project and title, and one channel.

    Any changed byte voids it. It counts until its last day, unless it is revoked.
    """
    session = Session.with_workers(ctx)
    deliverable = session.config.deliverable(channel, title)
    until, said = moments(session, expires, claimed_at)
    proof = _digest(evidence) if evidence else None
    take_down(
        session,
        paths,
        lambda subjects, at: Approval(
            by=by,
            reason=reason,
            made_at=at,
            claimed_at=said,
            subjects=subjects,
            role=role,
            project=deliverable.project,
            title=deliverable.title,
            channel=deliverable.channel,
            expires=until,
            evidence=proof,
            evidence_name=evidence.name if evidence else None,
        ),
        as_json=as_json,
    )


def _digest(path: Path) -> Digest:
    """Return the digest of an evidence document, which a person named and which may lie anywhere.

    Raises `FileTrouble`; a pipe or a device is never opened, or this would wait for its writer for ever.
    """
    from provenance.files import read_once
    from watcher.opening import NotRegular, kind_of, opened_file

    try:
        odd = kind_of(path.stat().st_mode)
        if odd is not None:
            raise NotARegularFile(f"--evidence {display(str(path))} is a {odd.value}")
        resolved = path.resolve()
        with opened_file(os.fsencode(resolved.parent), os.fsencode(resolved.name)) as descriptor:
            return read_once(descriptor)[0].digest
    except NotRegular as error:
        raise NotARegularFile(f"--evidence {display(str(path))} is a {error.odd.value}") from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileMissing(f"--evidence {display(str(path))}: there is nothing there") from error
    except PermissionError as error:
        raise NotPermitted(f"--evidence {display(str(path))}: not permitted to read it") from error
    except OSError as error:
        raise ReadFailed(f"--evidence {display(str(path))}: {error.strerror}") from error
