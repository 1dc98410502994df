"""How far a container says it goes, held against how far it does."""

from provenance.containers.window import Window

TAIL = 64 << 10
"""Bytes at the end of a file that are searched for what should end it."""


def beyond(what: str, stop: int, window: Window) -> str | None:
    """Say that a part of a container ends where the file does not reach; None where it does."""
    if stop <= window.size:
        return None
    return f"{what} goes on to byte {stop:,}, and {window.size:,} bytes are there"
