"""Reading a manifest store as a tree, in a process of its own: what is read was written by strangers."""

import os
from dataclasses import dataclass

from provenance.credentials.chain import Chain
from provenance.credentials.trust import Trust
from provenance.errors import NotExamined

PATIENCE = 30.0
"""Seconds for one chain, and as many more as its file takes at 20 MB a second."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose chain to read: of a file, or of a store by itself. `sidecar` is the name of one beside the file."""

    trust: Trust
    root: bytes = b""
    path: bytes = b""
    sidecar: bytes | None = None
    store: bytes | None = None
    size: int = 0


def chain_for(asked: Asked) -> Chain:
    """Return the chain of a file or of a store. Never raises for what it holds: what failed is said in `why`."""
    from provenance.pool import run_alone

    try:
        return run_alone(read_chain, asked, PATIENCE + asked.size / 20e6)
    except NotExamined as error:
        return Chain(None, False, None, error.message)


def read_chain(asked: Asked) -> Chain:
    """Read a chain in this process, as confined as whoever examines: what a worker is asked to do."""
    from provenance.pool import Limits
    from provenance.workers import confine

    confine(Limits().memory)
    try:
        return _chain(asked)
    except MemoryError:
        return Chain(None, False, None, "to read it needs more memory than a worker may have")


def _chain(asked: Asked) -> Chain:
    from provenance.credentials.chain import chain_of
    from provenance.credentials.sdk import new_context, read_store

    context = new_context(asked.trust.signers)
    if asked.store is not None:
        import io

        return chain_of(read_store(context, "application/c2pa", io.BytesIO(asked.store)), alone=True)
    from provenance.containers import walk
    from provenance.files import IN_MEMORY, read_once
    from watcher.opening import opened_file

    try:
        with opened_file(asked.root, asked.path) as descriptor:
            _, media = read_once(descriptor)
            found = walk(media).format
            manifest = None
            if asked.sidecar is not None:
                folder, slash, _ = asked.path.rpartition(b"/")
                with opened_file(asked.root, folder + slash + asked.sidecar) as beside:
                    if os.fstat(beside).st_size > IN_MEMORY:
                        return Chain(None, False, None, "the sidecar is larger than any credential")
                    manifest = os.read(beside, IN_MEMORY)
            if found is None or (found.sdk is None and manifest is None):
                return Chain(None, False, None, "this type of file has no place for a content credential")
            with media.stream() as stream:
                return chain_of(read_store(context, found.sdk or found.media_type, stream, manifest))
    except OSError as error:
        return Chain(None, False, None, f"it cannot be read now: {error.strerror or error}")
