"""A person's word that nothing was generated: for what shows no sign of it either way."""

from dataclasses import dataclass
from typing import ClassVar

from provenance.records.record import Record, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation(Record):
    """Nothing generated is in these files: said for a batch, bound to their bytes.

    It says what no file can show. It answers that a policy wants to be told (`unknown = "attest"`), and nothing else:
    no flag, no doubt, no credential's state.
    """

    kind: ClassVar[str] = "attestation"
    prefix: ClassVar[str] = "att"

    subjects: tuple[Subject, ...]
    role: str

    @property
    def about(self) -> tuple[Subject, ...]:
        return self.subjects
