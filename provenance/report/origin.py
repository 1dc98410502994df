"""What a file is, on what grounds, from what, who said so, where it has been."""

from typing import TYPE_CHECKING

from provenance.account import Account
from provenance.catalogue import Relative
from provenance.config import ApprovalsMode
from provenance.evidence import Claim, Credential, effective_credential
from provenance.files import display
from provenance.report.records import record_text, standing_words
from provenance.verdict import Ground, Origin

if TYPE_CHECKING:
    from provenance.report.records import Vouch


def origin_text(
    account: Account, mode: ApprovalsMode, vouch: "Vouch | None" = None, *, grounds: bool = True
) -> list[str]:
    """Return an account as lines: the answer first. `vouch` says what stands behind a record."""
    verdict, evidence = account.verdict, account.evidence
    lines = [_headline(account)]
    for ground in verdict.grounds if grounds else ():
        lines += _ground_lines(ground)
    lines.append(f"credential  {_credential_line(effective_credential(evidence, account.beside))}")
    lines += [f"made from   {_step_line(r)}" for r in account.lineage.up]
    lines += [f"used for    {_step_line(r)}" for r in account.lineage.down]
    for filed in account.words:
        gone = f"  REVOKED by {filed.revoked_by}" if filed.revoked_by else ""
        words = standing_words(mode, vouch(filed) if vouch else None)
        lines.append(f"record      {display(record_text(filed.record))}  [{display(words)}]{gone}")
    if account.untold:
        lines.append("not told    nobody told of this use: provenance disclose PATH …, or disclose --for ID PATH")
    lines += [f"told other  {display(says)}" for says in account.otherwise]
    for sighting in account.sightings:
        where = f"{display(sighting.place.zone)}/{display(sighting.place.path)}"
        until = "is there" if sighting.present else f"not present since {sighting.gone_at}"
        lines.append(f"seen        {where}  from {sighting.first_seen}, last {sighting.last_seen}, {until}")
    lines.append(f"file        {evidence.media_type}, {evidence.asset.size:,} bytes, sha256 {evidence.asset.digest}")
    examiner = evidence.examiner
    trust = examiner.trust_list[:12] if examiner.trust_list else "none"
    by = f"provenance {examiner.provenance} (readers {examiner.revision})"
    lines.append(f"examined    by {by}, c2pa {examiner.c2pa}, trust list {trust}")
    lines[1:1] = _whereabouts(account)
    if account.past is not None:
        from provenance.report.history import history_lines

        lines += history_lines(account.past)
    if not account.known:
        lines.append("            not in the catalogue yet: `provenance scan` records it")
    return lines


def _whereabouts(account: Account) -> list[str]:
    """Return where the file is, if not where it was asked for."""
    lines = []
    if not account.there and not account.held:
        lines.append("            there is nothing at this path now; this is what was recorded of it")
    for held in account.held:
        move = held.row.move
        which = "another file from here is" if account.there and not held.by_where else "is"
        lines.append(f"            {which} in quarantine since {move.at}, because:")
        lines += [f"              {display(why.text)}" for why in move.why]
        lines.append(f"              it is kept as {display(held.where)}")
    return lines


def _headline(account: Account) -> str:
    verdict = account.verdict
    path = display(account.path)
    if verdict.origin is Origin.UNKNOWN:
        return f"unknown  {path}: no signal found"
    deciding = verdict.grounds[0].says if verdict.grounds else ""
    return f"{verdict.origin.value}  {path}: {display(deciding)}"


def _ground_lines(ground: Ground) -> list[str]:
    mark = " " if ground.claim is Claim.NOTED else "*"
    through = f", through {display(ground.via)}" if ground.via else ""
    return [
        f"  {mark} {display(ground.says)}  ({ground.kind}, {ground.strength.value}{through})",
        f"      at {display(ground.place)}",
    ]


def _credential_line(credential: Credential) -> str:
    parts = [credential.state.value]
    if credential.why:
        parts.append(f"({display(credential.why)})")
    if credential.issuer:
        parts.append(f"signed by {display(credential.issuer)}")
    if credential.signed_at:
        parts.append(f"at {credential.signed_at}")
    if credential.source.value == "sidecar":
        parts.append("in a sidecar")
    codes = [c for c in credential.codes if c not in (credential.why or "")]
    if codes:
        parts.append(f"[{' '.join(codes)}]")
    return " ".join(parts)


def _step_line(relative: Relative) -> str:
    edge = relative.edge
    name = display(relative.name or edge.title or "an unnamed file")
    digest = f" {relative.digest[:12]}" if relative.digest else ", not in the catalogue"
    origin = f", which is {relative.origin.value}" if relative.origin else ""
    removed = ", taken out again" if edge.removed else ""
    return f"{name}{digest} ({edge.relation.value}, witness: {edge.witness.value}){origin}{removed}"
