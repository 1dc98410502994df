"""Writing a credential for a file, within what is known of it, and remembering that the result came from it."""

from dataclasses import dataclass
from pathlib import Path

from provenance.config import Config
from provenance.coverage import marks_of
from provenance.credentials.keys import load_signer
from provenance.credentials.sign import MarkRequest, MarkResult, mark
from provenance.credentials.trust import load_trust
from provenance.errors import DestinationExists, FileMissing, KeyUnusable, NotARegularFile, SourceTypeRefused
from provenance.evidence import Claim, Strength
from provenance.files import display
from provenance.lineage import Witness
from provenance.looking import Intake, Seen, look
from provenance.pool import Limits, run_alone
from provenance.records import Derivation, Subject
from provenance.sourcetype import Term, claim_of, term_of
from provenance.targets import Target, targets_of

_AI = {Claim.AI_GENERATED, Claim.AI_ASSISTED}

SLOWEST_SIGNING = 10e6
"""Bytes a second the deadline allows for; measured: 55 MB/s for WAV, 110 to 270 for MP4."""


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants signed."""

    source: Path
    destination: Path | None
    source_type: str
    tool: str | None
    sidecar: bool
    force: bool


@dataclass(frozen=True, slots=True)
class Marked:
    """What was written, and the file it is part of or speaks about, as it is now."""

    result: MarkResult
    seen: Seen
    term: Term


def mark_file(config: Config, intake: Intake, order: Order) -> Marked:
    """Write a credential for `order.source` and record the result.

    (1) look at the source and join it with all that is known; (2) refuse a term that denies a flag, wherever the flag
    comes from; (3) sign in a process of its own, which writes aside, reads back and compares; (4) record the result,
    and that this tool made it from the source: what is said of the source later reaches it, and an approval of what
    is made from the source does too, because the only marks that are new in it are our own.

    Raises `SourceTypeRefused`, `KeyUnusable`, and what `credentials.sign.mark` raises.
    """
    term = term_of(order.source_type)
    if term is None:
        raise SourceTypeRefused(f"{order.source_type!r} is no digital source type of the IPTC vocabulary")
    if config.signing is None:
        raise KeyUnusable("no signing identity is configured")
    _refuse_rules(config, order.destination)
    source = _seen(config, intake, order.source)  # (1)
    if order.sidecar and source.sidecar is not None:
        advice = "Move it away, or write an embedded credential with -o: its history would be lost."
        raise DestinationExists(f"a credential lies beside {display(source.path)} already", help=advice)
    flags = [g for g in source.verdict.grounds if g.claim in _AI and g.strength is not Strength.HINT]
    if flags and claim_of(term) not in _AI:  # (2)
        raise SourceTypeRefused(f"{display(source.path)} is flagged ({flags[0].says}); {term.value} denies it")
    request = MarkRequest(
        source=order.source.absolute(),
        term=term,
        signer=load_signer(config.signing.certificate, config.signing.key),
        destination=order.destination.absolute() if order.destination else None,
        tool=order.tool,
        sidecar=order.sidecar,
        force=order.force,
        trust=load_trust(config.anchors),
        expected=source.digest,
    )
    try:
        size = order.source.stat().st_size
    except OSError as error:
        raise FileMissing(f"{display(source.path)} went while it was looked at") from error
    result = run_alone(mark, request, Limits(slowest=SLOWEST_SIGNING).deadline(size))  # (3)
    seen = _seen(config, intake, order.source if order.sidecar else result.destination)  # (4)
    if not order.sidecar:
        _remember(intake, source, seen)
    return Marked(result, seen, term)


def _refuse_rules(config: Config, destination: Path | None) -> None:
    """Refuse to write over a file that decides what passes, whatever is forced."""
    if destination is not None:
        target = destination.parent.resolve() / destination.name
        for path, what in config.rules():
            if path in {target, target.resolve()}:
                raise DestinationExists(f"{display(str(destination))} is {what}", help="Name another destination.")


def _seen(config: Config, intake: Intake, path: Path) -> Seen:
    (target, *more) = targets_of(config, [path])
    if more or not target.single:
        raise NotARegularFile(f"{display(target.named)} is a folder", help="Name one file.")
    (seen,) = look(intake, target, Target.requests)
    return seen


def _remember(intake: Intake, source: Seen, made: Seen) -> None:
    stamp = intake.stamp()
    before, after = (marks_of(s.verdict, s.credential.generator) for s in (source, made))
    record = Derivation(
        by="provenance mark",
        reason="a credential was written",
        made_at=stamp.at,
        child=Subject(made.digest, display(made.path)),
        parents=(Subject(source.digest, display(source.path)),),
        witness=Witness.TOOL,
        added=tuple(sorted(after - before)),
    )
    intake.catalogue.add_record(record, stamp)
