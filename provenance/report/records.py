"""People's words, as they are shown. What nothing proves is called so, wherever it is shown."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, assert_never

import msgspec

from provenance import records
from provenance.asset import Commitment
from provenance.catalogue import Entry, Filed
from provenance.config import ApprovalsMode
from provenance.errors import CatalogueDamaged
from provenance.files import display
from provenance.records import (
    ENVELOPE,
    KINDS,
    UNSIGNED,
    AnyRecord,
    record_from,
)

if TYPE_CHECKING:
    # A question about a file that nobody decided about needs none of these; nor of keys, where nothing is signed.
    from provenance.identity.authority import Authority
    from provenance.records.attestation import Attestation
    from provenance.records.consent import Consent
    from provenance.records.decisions import PictureChange, Refusal, Supersession
    from provenance.records.disclosure import Binding, Disclosure
    from provenance.records.register import ToolEntry

    Rarer = Refusal | Supersession | PictureChange | Disclosure | Binding | Consent | ToolEntry

    Vouch = Callable[[Filed], Authority]


def standing_words(mode: ApprovalsMode, authority: "Authority | None" = None) -> str:
    """Return what must stand beside a record: who signed it, or why it does not count.

    Without an authority nobody looked who signed it, and nothing better is said of it than that.
    """
    if authority is None:
        return UNSIGNED if mode is ApprovalsMode.UNSIGNED else "NOT CHECKED: nobody looked who signed this"
    from provenance.identity.authority import Standing

    match authority.standing:
        case Standing.UNSIGNED:
            return f"{UNSIGNED}; {authority.why}" if authority.why else UNSIGNED
        case Standing.SIGNED:
            return f"signed by {authority.name} with key {authority.key}"
        case Standing.TRANSCRIBED:
            return f"transcribed by {authority.name} with key {authority.key}"
        case Standing.NONE:
            return f"DOES NOT COUNT: {authority.why}"
        case _:
            assert_never(authority.standing)


def unsigned_or_none(mode: ApprovalsMode, authority: "Authority | None") -> str | None:
    """Return what must stand beside a record that nothing proves; None for one that somebody signed who may."""
    if authority is not None and authority.standing.value in {"signed", "transcribed"}:
        return None
    return standing_words(mode, authority)


def record_text(record: AnyRecord) -> str:
    """Return what a record says, in one line, without who vouches for it."""
    from provenance.records.acceptance import ConfigurationAcceptance
    from provenance.records.attestation import Attestation  # loaded where there is a record to be shown
    from provenance.records.personal import Erasure, HoldRelease, LegalHold

    match record:
        case records.Declaration():
            says = f"declared {record.origin} by {record.by}"
        case records.Clearance():
            says = f"cleared by {record.by} ({record.role})"
        case records.Approval():
            says = f"approved for {_where(record)}, by {record.by} ({record.role}){_reach(record)}"
        case records.Derivation():
            says = f"derived from {_parents(record)}, says {record.by}"
        case records.Revocation():
            says = f"revoked {record.target} by {record.by}"
        case Attestation():
            says = f"attested by {record.by} ({record.role}): {_attested(record)}"
        case Erasure():
            says = f"{_values(record.values)} erased, says {record.by}"
        case LegalHold():
            what = "everything" if record.everything else _values(record.values)
            says = f"{what} under legal hold by {record.by}"
        case HoldRelease():
            says = f"legal hold {record.target} released by {record.by}"
        case ConfigurationAcceptance():
            says = f"configuration accepted by {record.by}"
        case _:
            says = _rarer_text(record)
    until = ""
    if isinstance(record, records.Approval | records.Clearance | LegalHold) and record.expires:
        until = f", until {record.expires}"
    return f"{record.id}: {says}{until}: {record.reason}"


def _values(values: tuple[Commitment, ...]) -> str:
    return ", ".join(f"per-{value[:20]}" for value in values)


def _parents(record: "records.Derivation") -> str:
    names = [p.name for p in record.parents]
    return f"{_few(names)} by timeline {record.timeline_name}" if record.timeline_name else ", ".join(names)


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3:,} more" if len(names) > 3 else "")


def _attested(record: "Attestation") -> str:
    files = _files(len(record.subjects))
    if not record.basis:
        return f"nothing generated is in {files}"
    lost = f"; not found: {_few(record.unresolved)}" if record.unresolved else ""
    sources = "source" if len(record.sources) == 1 else f"{len(record.sources):,} sources"
    which = f"{record.timeline_name} {(record.timeline or '')[:12]}"
    return f"nothing but the {sources} of timeline {which} is in {files}{lost}"


def _files(count: int) -> str:
    return "this file" if count == 1 else f"these {count:,} files"


def _rarer_text(record: "Rarer") -> str:
    """Return what a word of a kind says that is rarely met, and loads more."""
    from provenance.records.decisions import PictureChange, Refusal, Supersession

    match record:
        case Refusal():
            return f"refused for {_where(record)}, by {record.by} ({record.role})"
        case Supersession():
            names = ", ".join(s.name for s in record.replaced)
            return f"people's {record.final.name} took the place of {names}, says {record.by} ({record.role})"
        case PictureChange():
            title = f" ({record.title})" if record.title else ""
            shots = f" in {', '.join(record.shots)}" if record.shots else ""
            return f"picture of {record.project}{title} changed{shots}, says {record.by}"
        case _:
            from provenance.report.told_records import told_record_text

            return told_record_text(record)


def _where(record: "records.Approval | Refusal") -> str:
    title = f" ({record.title})" if record.title else ""
    return f"{record.project}, {' and '.join((record.channel, *record.channels))}{title}"


def _reach(approval: "records.Approval") -> str:
    """Return how far an approval reaches, and on what terms, as the rest of a sentence."""
    frames = f" frames {approval.frames[0]}-{approval.frames[1]}" if approval.frames else ""
    folder = f" in {approval.folder}" if approval.folder else ""
    match approval.scope:
        case records.Scope.EXACT:
            reach = ""
        case records.Scope.SEQUENCE:
            reach = f", the sequence {approval.pattern}{frames}{folder}"
        case records.Scope.SHOT:
            reach = f", and for versions of {approval.shot} ({approval.pattern}{frames}{folder}): {approval.element}"
        case records.Scope.DERIVATIVES:
            reach = ", and for what is made from it"
        case _:
            assert_never(approval.scope)
    reach += ", until the picture changes" if approval.until_picture_change else ""
    reach += f", on condition: {'; '.join(approval.conditions)}" if approval.conditions else ""
    reach += f", asked for by {approval.requested_by}" if approval.requested_by else ""
    return reach + (f", despite {' and '.join(approval.despite)}" if approval.despite else "")


def entry_id(entry: Entry) -> str | None:
    """Return the id of the record an entry keeps; None for an entry that keeps none.

    Raises `CatalogueDamaged` where its kind says there is one, and it cannot be read.
    """
    return _record_in(entry).id if entry.kind in KINDS else None


def entry_text(entry: Entry, mode: ApprovalsMode, vouch: "Vouch | None" = None) -> str:
    """Return one ledger entry in a line: what it says, and where it stands. Raises `CatalogueDamaged`.

    `vouch` says what stands behind a record.
    """
    where = f"{entry.seq:>6}  {entry.at}  {entry.os_user}@{entry.host}  {entry.kind:<10}"
    if entry.kind in KINDS:
        record = _record_in(entry)
        words = standing_words(mode, vouch(Filed(record, entry.seq, None, entry.body.get(ENVELOPE))) if vouch else None)
        return f"{where}  {record_text(record)}  [{display(words)}]"
    if "report" in entry.body:
        return f"{where}  {_run_text(entry)}"
    if entry.kind in _MOVED:
        return f"{where}  {_moved_text(entry)}"
    said = ", ".join(f"{k} {v}" for k, v in entry.body.items() if isinstance(v, str | int))
    return f"{where}  {said}"


def _record_in(entry: Entry) -> AnyRecord:
    try:
        return record_from({name: value for name, value in entry.body.items() if name != ENVELOPE})
    except (KeyError, msgspec.ValidationError) as error:
        raise _unreadable(entry, error) from error


def _run_text(entry: Entry) -> str:
    try:
        report = entry.body["report"]
        counts = ", ".join(f"{n} {what}" for what, n in report["counts"].items() if n)
        return f"{entry.body['run']}: {report['outcome']} ({counts})"
    except (KeyError, TypeError, AttributeError) as error:
        raise _unreadable(entry, error) from error


_MOVED = {"quarantine", "release"}
_NAMED = 3
"""So many files an entry names in a line; of more it says how many."""


def _moved_text(entry: Entry) -> str:
    """Return what was taken away, put back, or found gone."""
    try:
        lists = {"taken": entry.body.get("files", []), "put back": entry.body.get("released", [])}
        lists["found gone"] = entry.body.get("gone", [])
        parts = []
        for what, files in lists.items():
            names = ", ".join(f"{f['zone']}/{f['path']}" for f in files[:_NAMED])
            more = f" and {len(files) - _NAMED:,} more" if len(files) > _NAMED else ""
            if files:
                parts.append(f"{len(files):,} {what}: {display(names)}{more}")
        return "; ".join(parts)
    except (KeyError, TypeError, AttributeError) as error:
        raise _unreadable(entry, error) from error


def _unreadable(entry: Entry, error: Exception) -> CatalogueDamaged:
    advice = "`provenance ledger verify` says which entries are not what was written."
    return CatalogueDamaged(f"entry {entry.seq} of the ledger is no {entry.kind}: {error}", help=advice)
