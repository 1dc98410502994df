"""Finding the content credential behind an account: in the file, beside it, or in what was kept of it."""

import os
from pathlib import Path

from provenance.account import Account
from provenance.asset import Digest
from provenance.catalogue import Catalogue
from provenance.credentials.chain import Chain
from provenance.credentials.trust import Trust
from provenance.evidence import Source, State, effective_credential
from provenance.explaining.chains import Asked, chain_for
from provenance.files import display

_NO_CHAIN = {State.ABSENT, State.UNSUPPORTED, State.REMOTE}


def chain_behind(catalogue: Catalogue, path: Path, account: Account, trust: Trust) -> tuple[Chain | None, str | None]:
    """Return the chain of an account's credential and what it was read from; None where there is no credential."""
    credential = effective_credential(account.evidence, account.beside)
    if credential.state in _NO_CHAIN:
        return None, None
    asset = account.evidence.asset
    where = _where(path, account)
    if where is not None:
        root, name = os.path.split(where)
        sidecar = None
        if credential.source is Source.SIDECAR and account.beside.sidecar is not None:
            wanted = account.beside.sidecar.name
            there = (os.fsencode(p.name) for p in Path(os.fsdecode(root)).iterdir())
            sidecar = next((n for n in there if display(n) == wanted), None)
        return chain_for(Asked(trust, root, name, sidecar, size=asset.size)), "file"
    for digest in (account.beside.sidecar.digest if account.beside.sidecar else None, asset.digest):
        store = kept_manifest(catalogue, digest) if digest is not None else None
        if store is not None:
            return chain_for(Asked(trust, store=store)), "kept"
    return Chain(None, False, None, "the file is not there any more, and nothing was kept of its credential"), None


def kept_manifest(catalogue: Catalogue, digest: Digest) -> bytes | None:
    """Return the newest manifest store that is kept of some bytes."""
    exhibits = catalogue.exhibits
    for exhibit in reversed(exhibits.of(digest)):
        if exhibit.kind == "manifest" and exhibit.pruned is None:
            found = exhibits.content(exhibit)
            if found is not None:
                return found
    return None


def _where(path: Path, account: Account) -> bytes | None:
    """Return where the file lies now, in quarantine too; None if it is gone."""
    if account.there:
        return os.fsencode(Path.cwd() / path)
    return account.held[-1].where if account.held else None
