"""`provenance bring`: take back what was signed elsewhere."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from provenance.cli.options import answer_options
from provenance.cli.session import Session
from provenance.cli.signing import refuse_final
from provenance.cli.words import show_record
from provenance.errors import FileMissing, PersonalUnknown, ReadFailed, SignatureRefused
from provenance.records import AnyRecord, record_from

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provenance.catalogue import Catalogue, Stamp

_MOST = 64 << 20
"""No request is longer: it holds a digest and a name for each file."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--signature",
    metavar="SIG",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The signature, where it is not FILE.sig.",
)
@answer_options
@click.pass_context
def bring(ctx: click.Context, file: Path, signature: Path | None, as_json: bool) -> None:
    """Record what --request wrote to FILE, with the signature that `ssh-keygen -Y sign` made of it.

    Nothing is recorded unless the signature belongs to it and it was written for this catalogue. It counts as of when
    it was written: it stands against nothing that was refused or taken back since. Safe to repeat.
    """
    session = Session.of(ctx)
    signed = _read(file)
    text = _read(signature or file.with_name(f"{file.name}.sig")).decode("ascii", "replace")
    with session.catalogue() as catalogue:
        record, envelope = _checked(signed, text, catalogue.store_id)
        stamp = session.stamp(record.claimed_at)
        if record.made_at > stamp.at:
            raise SignatureRefused(f"{record.id} says that it was made at {record.made_at}, which is still to come")
        refuse_final(session, catalogue, record, envelope)
        catalogue.add_record(record, stamp, envelope)
        session.signing.authority = session.voices(catalogue).authority_of(record.id)
        news = [*_since(catalogue, record, stamp)]
    if record.kind == "erasure":
        with suppress(PersonalUnknown), session.personal():
            pass  # whoever opens the store erases what the ledger says is erased
    show_record(session, record, record.about, as_json=as_json, news=news)


def _since(catalogue: "Catalogue", record: AnyRecord, stamp: "Stamp") -> "Iterator[str]":
    """Yield what changed between the writing of a request and its coming: whoever signed it knew nothing of that."""
    from provenance.meanwhile import Meanwhile

    entry = catalogue.find_record(record.id).entry
    said = Meanwhile(catalogue).undone(record, entry)
    if said:
        yield f"{said}: whoever signed it did not know of that"
    was = catalogue.ledger.rules_at(record.made_at)
    if was is not None:
        for what, then, now in zip(("configuration", "policy"), was, (stamp.config, stamp.policy), strict=True):
            if then is not None and then != now:
                yield f"the {what} is another one than when it was written, at {record.made_at}"


def _checked(signed: bytes, signature: str, store: str) -> "tuple[AnyRecord, dict[str, Any]]":
    """Return the record that was signed, and the envelope; raises `SignatureRefused` unless all of it holds."""
    from provenance.identity.dsse import EnvelopeUnreadable
    from provenance.identity.publickey import SignatureBad
    from provenance.identity.signing import brought
    from provenance.identity.statement import mismatch

    try:
        said, envelope = brought(signed, signature)
        record = record_from(said.content)
    except (EnvelopeUnreadable, SignatureBad) as error:
        raise SignatureRefused(f"the signature is not good: {error}") from error
    except (KeyError, TypeError, ValueError, msgspec.ValidationError) as error:
        raise SignatureRefused(f"what was signed is no record: {error}") from error
    wrong = mismatch(envelope.payload, record, store)
    if wrong is not None:
        raise SignatureRefused(wrong)
    return record, envelope.content()


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(_MOST + 1)
    except FileNotFoundError as error:
        raise FileMissing(
            f"{path}: there is nothing there", help="It takes FILE and FILE.sig, side by side."
        ) from error
    except OSError as error:
        raise ReadFailed(f"{path} cannot be read: {error.strerror}") from error
    if len(content) > _MOST:
        raise ReadFailed(f"{path} is too long to be a request")
    return content
