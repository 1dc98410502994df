"""The processes that examination runs in: how they are started, and what is taken from them.

Light to import, because a command starts them before it loads anything else: they get ready while it does.
"""

import gc
import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver
from multiprocessing.context import ForkServerContext

_LOADED = ["provenance.warm", "__main__"]
"""What workers need; `__main__` too, or each would load the command line for itself (multiprocessing re-runs it)."""


def warm_up() -> None:
    """Start what workers are forked from, so that it loads while this process is still getting ready."""
    context()


def context() -> ForkServerContext:
    """Return how to start workers: they fork from a server that has loaded what they need and never touched a file."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(_LOADED)
    with _speechless():
        forkserver.ensure_running()
    return found


@contextmanager
def _speechless() -> Iterator[None]:
    """Let processes started meanwhile have no standard error.

    What a worker would say there comes from parsers at work on strangers' files, or from its own sudden end. What
    matters of it comes back as an answer.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


def confine(memory: int | None) -> None:
    """Take from a worker what it does not need: our Ctrl-C, leaving cores, memory without end, writing files.

    A worker without a memory limit may also write: it is one that signs.
    """
    from provenance.files import keep_freed_memory

    keep_freed_memory()
    gc.freeze()  # what was loaded before the fork is no garbage, and stays shared as long as nobody touches it
    gc.set_threshold(50_000)  # one file makes thousands of small values, and hardly any go round in circles
    gc.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if memory is not None:
        _, allowed = resource.getrlimit(resource.RLIMIT_AS)
        if allowed != resource.RLIM_INFINITY:
            memory = min(memory, allowed)  # nobody but root may raise it again
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
