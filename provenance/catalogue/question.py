"""What is asked of people's words: about which bytes, as what they are to be delivered, and whose words count."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from provenance.asset import Digest, UtcTime
from provenance.catalogue.rows import Filed
from provenance.evidence import Credential
from provenance.lineage import Witness
from provenance.records import Deliverable, Derivation
from provenance.records.decisions import PictureChange, Refusal
from provenance.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Shown:
    """A file as it lies in front of somebody now, which may be more than the catalogue has of it."""

    verdict: Verdict
    credential: Credential
    path: bytes


def made_by_tool(filed: Filed) -> bool:
    """Whether a record is a derivation that this tool made itself."""
    return isinstance(filed.record, Derivation) and filed.record.witness is Witness.TOOL


@dataclass(frozen=True, slots=True)
class Counting:
    """Whose words count, for whoever knows about signatures. Refusals always do: they only make things stricter."""

    word: Callable[[Filed], bool] = lambda _filed: True
    """Asked of approvals, clearances and supersessions."""
    carrier: Callable[[Filed], bool] = made_by_tool
    """Asked of derivations: whether an approval may travel over one. All of them carry a flag."""
    standing: Collection[str] = ()
    """Ids of records that were taken back by somebody who may not: they stand."""

    def in_force(self, filed: Filed) -> bool:
        """Whether nobody took a record back who may. What stands for good is never taken back."""
        if filed.revoked_by is None or isinstance(filed.record, Refusal | PictureChange):
            return True
        return bool(self.standing) and filed.record.id in self.standing


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be delivered as what, when, and whose words count."""

    digest: Digest
    deliverable: Deliverable
    now: UtcTime
    shown: Shown | None = None
    """None: as the catalogue has it."""
    counting: Counting = Counting()
