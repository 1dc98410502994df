"""How a word is recorded: signed with a key, written to a file to be signed elsewhere, or unsigned."""

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provenance.cli.options import SIGNING
from provenance.cli.session import Session
from provenance.errors import DestinationExists, NotPermitted, WordRefused

if TYPE_CHECKING:
    from provenance.catalogue import Catalogue, Stamp
    from provenance.identity.authority import Authority
    from provenance.identity.keys import Signer
    from provenance.records import AnyRecord


@dataclass(slots=True)
class Signing:
    """What was asked for, and what came of it."""

    session: Session
    signer: "Signer | None" = None
    request: Path | None = None
    authority: "Authority | None" = field(default=None, init=False)
    """What stands behind the word that was recorded; None where none was, or nothing had to be looked at."""

    written: bool = field(default=False, init=False)
    """Whether something was written down to be signed."""

    @classmethod
    def chosen(cls, session: Session) -> "Signing":
        """Return what the command line asks for; a key with a passphrase asks for it now, before any work is done.

        Raises `KeyUnusable`, and `click.UsageError` for two ways at once.
        """
        context = click.get_current_context(silent=True)
        choice: dict[str, Path | None] = {} if context is None else context.meta.get(SIGNING, {})
        key, request = choice.get("sign_with"), choice.get("request")
        if context is not None and request is not None:
            source = context.get_parameter_source("sign_with")
            if key is not None and source is click.core.ParameterSource.COMMANDLINE:
                raise click.UsageError("--sign-with signs here, --request has it signed elsewhere: choose one")
            if os.path.lexists(request):
                raise DestinationExists(f"{request} is there already", help="Name another file with --request.")
            return cls(session, request=request)
        return cls(session, signer=None if key is None else load_key(session, key))

    @property
    def requested(self) -> str | None:
        """The file that is to be signed, if that was asked for."""
        return None if self.request is None else str(self.request)

    def keep(self, catalogue: "Catalogue", record: "AnyRecord", stamp: "Stamp") -> None:
        """Do with a word what was asked for: sign and record it, write it down to be signed, or record it as it is.

        Raises `click.UsageError` where a command has a second word to be signed elsewhere: one file holds one.
        """
        envelope = self.envelope(catalogue, record)
        if self.request is None:
            catalogue.add_record(record, stamp, envelope)
            if envelope is not None or self.session.signed:
                self.authority = self.session.voices(catalogue).authority_of(record.id)

    def envelope(self, catalogue: "Catalogue", record: "AnyRecord") -> "dict[str, Any] | None":
        """Return the signature of a word that may be recorded; None if there is none, or it was written down only.

        Raises as `keep` does, and `refuse_final`.
        """
        objection = self.session.voices(catalogue).objection(record) if self.session.signed else ""
        if objection:
            raise WordRefused(f"this approval would not count: {objection}")
        if self.request is not None:
            self._write(catalogue, record)
            return None
        envelope = None
        if self.signer is not None:
            from provenance.identity.signing import sign

            envelope = sign(record, catalogue.store_id, self.signer).content()
        refuse_final(self.session, catalogue, record, envelope)
        return envelope

    def keep_beside(self, catalogue: "Catalogue", record: "AnyRecord", stamp: "Stamp") -> None:
        """Record a word that goes with another one: signed if that is signed here, and otherwise as it is.

        Only for words that count from anybody, for they make something stricter.
        """
        envelope = None
        if self.signer is not None:
            from provenance.identity.signing import sign

            envelope = sign(record, catalogue.store_id, self.signer).content()
        catalogue.add_record(record, stamp, envelope)

    def _write(self, catalogue: "Catalogue", record: "AnyRecord") -> None:
        from provenance.files import replacing
        from provenance.identity.signing import to_be_signed

        assert self.request is not None
        if self.written:
            raise click.UsageError("this takes more than one signature: sign here, or say `provenance derive` before")
        try:
            with replacing(self.request.absolute(), mode=0o600) as stream:
                stream.write(to_be_signed(record, catalogue.store_id))
        except OSError as error:
            advice = "Name a file in a folder that is there and that this user may write to."
            raise NotPermitted(f"{self.request} cannot be written: {error.strerror}", help=advice) from error
        self.written = True

    def lines(self) -> list[str]:
        """Return what to say below the word: what stands behind it, or how it is signed."""
        if self.request is not None:
            return [
                "nothing was recorded yet; whoever is to sign it runs",
                f"  ssh-keygen -Y sign -n provenance -f KEY {self.request}",
                f"and then, here: provenance bring {self.request}",
            ]
        from provenance.report.records import standing_words

        return [standing_words(self.session.config.approvals, self.authority)]


def refuse_final(
    session: Session, catalogue: "Catalogue", record: "AnyRecord", envelope: "dict[str, Any] | None"
) -> None:
    """Refuse what cannot be undone by whoever may not say it: an erasure, and the end of a legal hold.

    Raises `WordRefused`; `ConfigNotAccepted` where nobody accepted whom this configuration lists;
    `LegallyHeld` for an erasure of what is held, also where somebody released it who may not.
    """
    from provenance.accepting import require_accepted
    from provenance.catalogue import covering
    from provenance.errors import LegallyHeld
    from provenance.records.personal import Erasure, HoldRelease

    if not isinstance(record, Erasure | HoldRelease):
        return
    require_accepted(session.config, session.policy, catalogue)  # who wrote another list of people is on it
    if not session.signed:
        return
    voices = session.voices(catalogue)
    authority = voices.of_new(record, envelope)
    if not authority.counts:
        advice = "Nothing was recorded, and nothing erased. Say it with --sign-with KEY or --request FILE."
        raise WordRefused(f"this {record.kind} would not count: {authority.why}", help=advice)
    holds = voices.legal_holds() if isinstance(record, Erasure) else ()
    for value in record.values if isinstance(record, Erasure) else ():
        for hold in covering(holds, value):
            raise LegallyHeld(f"per-{value[:20]} is under the legal hold {hold.id} by {hold.by}: {hold.reason}")


def refuse_held(session: Session, catalogue: "Catalogue") -> None:
    """Refuse to take away evidence while a legal hold is over everything that nobody released who may.

    Raises `LegallyHeld`; `ConfigNotAccepted` where nobody accepted whom this configuration lists.
    """
    from provenance.accepting import require_accepted
    from provenance.errors import LegallyHeld

    require_accepted(session.config, session.policy, catalogue)
    for hold in session.voices(catalogue).legal_holds():
        if hold.everything:
            raise LegallyHeld(f"all evidence is under the legal hold {hold.id} by {hold.by}: {hold.reason}")


def load_key(session: Session, path: Path) -> "Signer":
    """Return a private key that may sign; raises `KeyUnusable`, and `ZoneTrouble` for one among the material."""
    from provenance.config import refuse_inside
    from provenance.identity.keys import load_signer

    for zone in session.config.zones:
        refuse_inside(path.resolve(), zone.root, "the key")
    return load_signer(path, lambda: _passphrase(path))


def _passphrase(path: Path) -> bytes | None:
    """Ask for a passphrase; None where nobody could type one."""
    if not sys.stdin.isatty():
        return None
    typed: str = click.prompt(f"Passphrase of {path}", hide_input=True, err=True)
    return typed.encode()
