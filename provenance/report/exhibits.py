"""What is kept of files, for a person and for a script. Never what stands in it."""

import os
from collections import Counter
from collections.abc import Collection, Mapping
from pathlib import Path

from provenance.asset import Digest, UtcTime
from provenance.catalogue import Catalogue
from provenance.catalogue.exhibiting import Exhibit
from provenance.credentials.chain import Chain
from provenance.extracting import name_of
from provenance.files import display
from provenance.report.exhibits_documents import ExhibitDocument, KeptDocument, PrunedDocument
from provenance.report.explain_document import chain_document


def kept_document(
    catalogue: Catalogue,
    exhibits: tuple[Exhibit, ...],
    chains: Mapping[Exhibit, Chain | None],
    *,
    named: bool,
    folder: Path | None,
) -> KeptDocument:
    """Return what is kept as its document; each by itself only where somebody named a file."""
    there = catalogue.exhibits.store.digests()
    states = [_state(catalogue, e, there, named=named) for e in exhibits]
    kept = {(e.digest, e.size) for e, state in zip(exhibits, states, strict=True) if state == "kept"}
    rows = [
        ExhibitDocument(
            asset=e.asset,
            kind=e.kind,
            place=e.place,
            sha256=e.digest,
            size=e.size,
            kept_at=e.kept_at,
            state=state,
            entry=e.entry,
            pruned=e.pruned,
            name=name_of(n, e) if folder is not None and state == "kept" else None,
            chain=chain_document(chain, "kept") if (chain := chains.get(e)) is not None else None,
        )
        for n, (e, state) in enumerate(zip(exhibits, states, strict=True), 1)
    ]
    return KeptDocument(
        exhibits=rows if named else [],
        count=len(exhibits),
        bytes=sum(size for _, size in kept),
        files=len({e.asset for e in exhibits}),
        states=dict(Counter(states)),
        folder=None if folder is None else os.fspath(folder),
    )


def _state(catalogue: Catalogue, exhibit: Exhibit, there: Collection[Digest], *, named: bool) -> str:
    """Return how one stands. Among all, only whether it is there is looked at; by name, also whether it is whole."""
    if exhibit.pruned is not None:
        return "pruned"
    if not exhibit.held:
        return "too-large"
    if named:
        return "missing" if catalogue.exhibits.content(exhibit) is None else "kept"
    return "kept" if exhibit.digest in there else "missing"


def kept_text(document: KeptDocument) -> list[str]:
    """Return the same as lines."""
    states = ", ".join(f"{n:,} {state}" for state, n in sorted(document.states.items())) or "nothing yet"
    lines = [f"Kept of {_files(document.files)}: {document.bytes:,} bytes; {states}"]
    for one in document.exhibits:
        lines.append(f"{one.state:<10}{one.kind}, {one.size:,} bytes, sha256 {one.sha256}")
        lines.append(f"          from {display(one.place)}, kept {one.kept_at}")
        if one.pruned is not None:
            lines.append(f"          taken away by entry {one.pruned} of the ledger")
        if one.state == "missing":
            lines.append("          it is not there, or is not what was kept: look for it in a backup")
        if one.chain is not None:
            lines.append(f"          {_verified(one)}")
        if one.name is not None:
            lines.append(f"          written to {display(one.name)}")
    if document.folder is not None:
        lines.append(f"Written into {display(document.folder)}. Prompts may stand in it: keep it as you keep those.")
    return lines


def _files(count: int) -> str:
    return f"{count:,} {'file' if count == 1 else 'files'}"


def _verified(one: ExhibitDocument) -> str:
    assert one.chain is not None
    if one.chain.active is None:
        return f"it cannot be verified: {display(one.chain.why or 'nothing is known of it')}"
    held = "the signature holds" if one.chain.signature_holds else "the signature was NOT found to hold"
    by = f" (signed by {display(one.chain.active.signer)})" if one.chain.active.signer else ""
    faults = f"; faults: {display(' '.join(one.chain.active.codes))}" if one.chain.active.codes else ""
    return f"{held}{by}{faults}; whether it belongs to the file cannot be checked without the file"


def pruned_document(exhibits: tuple[Exhibit, ...], files: int, before: UtcTime, *, dry_run: bool) -> PrunedDocument:
    """Return what was pruned as its document."""
    return PrunedDocument(
        exhibits=len(exhibits),
        removed=files,
        bytes=sum(size for _, size in {(e.digest, e.size) for e in exhibits}),
        kept_before=before,
        dry_run=dry_run,
    )


def pruned_text(document: PrunedDocument) -> list[str]:
    """Return the same as lines."""
    what = f"{document.exhibits:,} exhibits, {document.bytes:,} bytes, kept before {document.kept_before}"
    if document.dry_run:
        return [f"Would take away {what}; nothing was"]
    return [f"Took away {what}: {document.removed:,} are gone from the disk"]
