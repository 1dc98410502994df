"""People's words, as records. Pure: no disk, no clock.

::

    record       what all records share, and how an id is made
    words        the words a delivery rests on
    decisions    what stands against them: refusals, people's work in place of generated, a new cut
    attestation  nothing generated is in some files
    disclosure   what was told of the use of generative tools
    consent      what performers agreed to
    register     which generative tools somebody read the terms of
    personal     words about what is known of people
    acceptance   an administrator's word on the configuration
    kinds        every kind by name

The words of `words` are loaded when one is met or made: most questions are about files nobody said anything of.
"""

from typing import TYPE_CHECKING

from provenance.records.kinds import KINDS, NEVER_REVOKED, TIGHTENING, record_from, record_type
from provenance.records.record import ENVELOPE, UNSIGNED, Record, Subject, canonical, content_id, in_force, title_key

if TYPE_CHECKING:
    from provenance.records.kinds import AnyRecord
    from provenance.records.words import (
        Approval,
        Clearance,
        Declaration,
        Deliverable,
        Derivation,
        Revocation,
        Scope,
        Way,
        Words,
        covers,
        meant_for,
    )
else:
    AnyRecord = Record  # most kinds are loaded when one is met, so at run time there is no list of them

    def __getattr__(name: str) -> object:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from provenance.records import words

        found = globals()[name] = getattr(words, name)
        return found


__all__ = [
    "ENVELOPE",
    "KINDS",
    "NEVER_REVOKED",
    "TIGHTENING",
    "UNSIGNED",
    "AnyRecord",
    "Approval",
    "Clearance",
    "Declaration",
    "Deliverable",
    "Derivation",
    "Record",
    "Revocation",
    "Scope",
    "Subject",
    "Way",
    "Words",
    "canonical",
    "content_id",
    "covers",
    "in_force",
    "meant_for",
    "record_from",
    "record_type",
    "title_key",
]
