"""`provenance doctor`: what is wrong with this machine's set-up."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli.options import answer_options, now
from provenance.configfile import find_config, load_config
from provenance.errors import ProvenanceError
from provenance.files import display

if TYPE_CHECKING:
    from provenance.report.trust_lists import TrustListDocument

_COLOURS = {"ok": "green", "warning": "yellow", "problem": "red"}


@click.command()
@answer_options
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Check this machine's set-up: the rules, people, zones, the catalogue, signing, workers, and what watching needs.

    Answers 0 when nothing is a problem, and 3 when something is.
    """
    from provenance.checkup import Level, check_up
    from provenance.report.documents import to_json
    from provenance.report.standing import DoctorDocument, FindingDocument

    path = find_config(ctx.obj, dict(os.environ), Path.cwd())
    findings = list(check_up(path, now()))
    problems = [f for f in findings if f.level is Level.PROBLEM]
    if as_json:
        rows = [FindingDocument(level=f.level.value, check=f.check, says=f.says, help=f.help) for f in findings]
        click.echo(to_json(DoctorDocument(healthy=not problems, findings=rows, trust_lists=_lists(path))))
    else:
        click.echo("healthy" if not problems else f"{len(problems)} problems")
        for finding in findings:
            level = click.style(f"{finding.level.value:<8}", fg=_COLOURS[finding.level.value])
            click.echo(f"{level} {finding.check}: {display(finding.says)}")
            if finding.help and finding.level is not Level.OK:
                click.echo(f"         {display(finding.help)}")
    ctx.exit(3 if problems else 0)


def _lists(path: Path) -> "list[TrustListDocument]":
    """Return the files of anchors; none where the configuration itself is broken, as was said already."""
    from provenance.report.trust_lists import trust_lists

    try:
        return trust_lists(load_config(path), now())
    except ProvenanceError:
        return []
