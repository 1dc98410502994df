"""Marks of AI origin outside credentials. One file a family; `read_signals` asks each of them.

A new family is one new file with a `Reader`, and one line in `READERS`.
"""

from provenance.signals.reader import READERS, Findings, Reader, read_signals

__all__ = ["READERS", "Findings", "Reader", "read_signals"]
