"""`provenance trust`: whose signatures are believed."""

import datetime as dt
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance.cli.options import MATERIAL, TEXT, DayMeans, answer_options, now, parse_moment
from provenance.cli.session import Session
from provenance.cli.toml import append, quoted
from provenance.config import Anchor, AnchorPurpose, Config, refuse_inside
from provenance.errors import ConfigInvalid, ConfigTrouble
from provenance.files import display, replacing

if TYPE_CHECKING:
    from provenance.credentials.importing import Taken
    from provenance.report.trust import CertificateDocument, TrustImportDocument

FOLDER = "trust"
"""Where lists are written, beside the configuration."""


@click.group()
def trust() -> None:
    """Whose signatures are believed. Trust is needed to clear a file, never to flag one."""


@trust.command("import")
@click.argument("file", type=MATERIAL)
@click.option(
    "--purpose",
    type=click.Choice([p.value for p in AnchorPurpose]),
    default=AnchorPurpose.SIGNER.value,
    show_default=True,
    help="What it is trusted for. Signers and time stamps have lists of their own.",
)
@click.option("--name", type=TEXT, metavar="N", help="What to call it; its own name, or the file's, if not given.")
@click.option("--dated", metavar="DATE", help="When its publisher made it; the JSON form says so itself.")
@click.option("--leave-out", is_flag=True, help="Take the rest where certificates in it can be no anchors.")
@answer_options
@click.pass_context
def import_(
    ctx: click.Context, file: Path, purpose: str, name: str | None, dated: str | None, leave_out: bool, as_json: bool
) -> None:
    """Take in a trust list that was published, such as that of C2PA: a bundle in PEM, or its JSON form.

    Nothing is fetched: download the list, and compare its digest, on a machine that may. Each certificate is checked,
    the list is tried with a signature made here, and written to `trust/` beside the configuration, which then names it.
    Import it again under the same name to replace it.
    """
    from provenance.credentials.importing import Wanted, read_published, take_in

    session, at = Session.of(ctx), now()
    config = session.config
    issued = parse_moment(dated, config.timezone, "--dated", DayMeans.ITS_START)
    wanted = Wanted(AnchorPurpose(purpose), name, issued, leave_out)
    taken = take_in(read_published(file), file, wanted, at)
    placed = _establish(config, taken, wanted.purpose)
    document = _document(session, taken, placed)
    if as_json:
        from provenance.report.documents import to_json

        click.echo(to_json(document))
        return
    for line in _told(document, config):
        click.echo(line)


@dataclass(frozen=True, slots=True)
class _Placed:
    """Where a list was written, what was there before, and whether the configuration had to be told."""

    path: Path
    before: bytes | None
    configured: bool


def _establish(config: Config, taken: "Taken", purpose: AnchorPurpose) -> _Placed:
    """Write a list, try it, and name it in the configuration; whatever fails, all is as it was before."""
    from provenance.credentials.prove import prove_trust
    from provenance.credentials.trust import load_trust

    path = config.folder / FOLDER / f"{_slug(taken.head.name)}.pem"
    for zone in config.zones:
        refuse_inside(path.resolve(), zone.root, "the trust list")
    anchor = next((a for a in config.anchors if a.path == path.resolve()), None)
    if anchor is not None and anchor.purpose is not purpose:
        advice = "Choose another --name: each list is trusted for one thing."
        raise ConfigInvalid(f"{path} is named for the purpose {anchor.purpose.value!r} already", help=advice)
    before = _read(path)
    if anchor is None and before is not None:
        says = f"{path} is there, and the configuration does not name it"
        raise ConfigInvalid(says, help="Move it away, or choose another --name. It is not overwritten.")
    try:
        path.parent.mkdir(exist_ok=True)
        with replacing(path) as stream:
            stream.write(taken.data)
    except OSError as error:
        raise ConfigInvalid(f"{path} cannot be written: {error.strerror}") from error
    try:
        prove_trust(load_trust((anchor or Anchor(path, purpose, may_clear=False),)))
        if anchor is None:
            append(config, _lines(config, path, purpose))
    except BaseException:
        _put_back(path, before)
        raise
    return _Placed(path, before, configured=anchor is None)


def _slug(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:60] or "list"


def _read(path: Path) -> bytes | None:
    """Return a list as it was taken in before; None for none. Raises `ConfigInvalid` for what is no file of ours."""
    if not os.path.lexists(path):
        return None
    if path.is_symlink() or not path.is_file():
        raise ConfigInvalid(f"{path} is there, and is no file", help="Move it away, or choose another --name.")
    return path.read_bytes()


def _put_back(path: Path, before: bytes | None) -> None:
    if before is None:
        path.unlink(missing_ok=True)
        return
    with replacing(path) as stream:
        stream.write(before)


def _lines(config: Config, path: Path, purpose: AnchorPurpose) -> list[str]:
    return [
        "[[trust.anchor]]",
        f"path = {quoted(os.path.relpath(path, config.folder))}",
        f'purpose = "{purpose.value}"',
    ]


def _document(session: Session, taken: "Taken", placed: _Placed) -> "TrustImportDocument":
    from provenance.credentials.certificates import fingerprint, named, parse_pem
    from provenance.report.trust import TrustImportDocument

    try:
        old = {fingerprint(c): named(c) for c in parse_pem(placed.before or b"")}
    except ValueError:
        old = {}
    new = {fingerprint(c): named(c) for c in taken.certificates}
    return TrustImportDocument(
        path=str(placed.path),
        name=taken.head.name,
        purpose=taken.head.purpose,
        sha256=hashlib.sha256(taken.data).hexdigest(),
        source_sha256=taken.head.source,
        issued=taken.head.issued,
        certificates=len(new),
        new=[name for key, name in new.items() if key not in old],
        gone=[name for key, name in old.items() if key not in new],
        left_out=[*taken.left_out],
        configured=placed.configured,
        to_accept=session.signed,
    )


def _told(document: "TrustImportDocument", config: Config) -> Iterator[str]:
    """Yield what was taken in, as lines."""
    made = f"of {document.issued[:10]}" if document.issued else "of no known date; say it with --dated"
    count = f"{document.certificates:,} {'certificate' if document.certificates == 1 else 'certificates'}"
    yield f"Took in {display(document.name)} {made}: {count} for the purpose {document.purpose!r}"
    yield f"  list        {display(document.path)}"
    yield f"  its source  sha256 {document.source_sha256}"
    for word, names in (("new", document.new), ("gone", document.gone), ("left out", document.left_out)):
        for each in names:
            yield f"  {word:<10}  {display(each)}"
    where = display(str(config.path))
    yield f"  {'entered as [[trust.anchor]] in' if document.configured else 'named already in'} {where}"
    if document.to_accept:
        yield "  an administrator has to accept it: provenance config accept"


@trust.command("list")
@answer_options
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """List every file of anchors, with its date and digest, and each certificate in it."""
    from provenance.report.documents import to_json
    from provenance.report.trust import TrustDocument
    from provenance.report.trust_lists import trust_lines, trust_lists

    config, at = Session.of(ctx).config, now()
    lists = trust_lists(config, at)
    certificates = [row for anchor in config.anchors for row in _certificates(anchor, at)]
    if as_json:
        click.echo(to_json(TrustDocument(max_age_days=config.trust_days, lists=lists, certificates=certificates)))
        return
    if not lists:
        click.echo("nobody is trusted: every signature reads as untrusted, and AI claims in it still flag")
    for line in trust_lines(lists):
        click.echo(line)
    for row in certificates:
        state = "" if row.state == "good" else f"  DOES NOTHING: {row.state}"
        click.echo(f"  until {row.not_after[:10]}  {row.key:<10}  {display(row.subject)}{state}")


def _certificates(anchor: Anchor, at: str) -> "list[CertificateDocument]":
    """Return the certificates in one file; none for one that cannot be used, which stands among the lists."""
    from provenance.asset import utc
    from provenance.credentials.certificates import fault_of, fingerprint, key_of, named, parse_pem, time_fault
    from provenance.credentials.trust_list import read_anchors
    from provenance.report.trust import CertificateDocument

    try:
        found = parse_pem(read_anchors(anchor))
    except (ValueError, ConfigTrouble):
        return []
    moment, rows = dt.datetime.fromisoformat(at), []
    for certificate in found:
        fault = fault_of(certificate, anchor.purpose)
        rows.append(
            CertificateDocument(
                subject=named(certificate),
                issuer=certificate.issuer.rfc4514_string()[:200],
                sha256=fingerprint(certificate),
                key=key_of(certificate),
                purpose=anchor.purpose.value,
                may_clear=anchor.may_clear,
                not_before=utc(certificate.not_valid_before_utc),
                not_after=utc(certificate.not_valid_after_utc),
                state=(fault.says if fault else time_fault(certificate, moment)) or "good",
                path=str(anchor.path),
            )
        )
    return rows


@trust.command()
@answer_options
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> None:
    """Check every certificate, how old the lists are, and that the C2PA library goes by them.

    Answers 0 when nothing is a problem, and 3 when something is.
    """
    from provenance.checkup import Level, check_trust
    from provenance.report.documents import to_json
    from provenance.report.standing import FindingDocument
    from provenance.report.trust import TrustCheckDocument
    from provenance.report.trust_lists import trust_lists

    config, at = Session.of(ctx).config, now()
    findings = list(check_trust(config, at))
    sound = all(f.level is not Level.PROBLEM for f in findings)
    if as_json:
        rows = [FindingDocument(level=f.level.value, check=f.check, says=f.says, help=f.help) for f in findings]
        click.echo(to_json(TrustCheckDocument(sound=sound, findings=rows, lists=trust_lists(config, at))))
    else:
        for finding in findings:
            click.echo(f"{finding.level.value:<8} {display(finding.says)}")
            if finding.help and finding.level is not Level.OK:
                click.echo(f"         {display(finding.help)}")
    ctx.exit(0 if sound else 3)
