"""The word of an administrator that a configuration is the one to judge by."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from provenance.records.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigurationAcceptance(Record):
    """What decides who may let something pass (people, roles, keys, anchors, zones, mode, policy) was accepted.

    The document itself stands in the record: the next acceptance is judged by the people in it, not by those in a file
    that somebody may have changed meanwhile.
    """

    kind: ClassVar[str] = "configuration-acceptance"
    prefix: ClassVar[str] = "cfg"
    role: ClassVar[str] = "administrator"

    document: dict[str, Any] = field(hash=False)
    follows: str = ""
    """Id of the acceptance that counted when it was written; empty for the first. It counts after that one alone, so
    that nobody can bring it once another was accepted."""
