"""What was made from what, and what that means for a flag. Pure."""

from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from provenance.asset import Digest
from provenance.evidence import Claim, Relation


class Witness(Enum):
    """Who says so. An edge anybody may claim carries a flag; only stronger ones may ever carry an approval."""

    C2PA = "c2pa"
    """A content credential names the ingredient."""
    TOOL = "tool"
    """This tool made the child from the parent itself."""
    DECLARED = "declared"
    """A person said so (`provenance derive`)."""
    TIMELINE = "timeline"
    """A timeline points at it, and a person said that the child is what it shows."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One step of lineage. `parent` is None while no known asset has the manifest named."""

    child: Digest
    parent: Digest | None
    relation: Relation
    witness: Witness
    title: str = ""
    manifest: str | None = None
    removed: bool = False
    record: str | None = None
    """Id of the record behind a declared edge."""


def carried(claim: Claim, relation: Relation, *, removed: bool) -> Claim:
    """Return what a claim about a parent says of the child.

    C2PA 2.2, Ingredient assertion: a `parentOf` is the same work, a `componentOf` is in the picture, an `inputTo` was
    only shown to a model. What was taken out again (`c2pa.removed`) is history.
    """
    if removed:
        return Claim.NOTED
    match claim:
        case Claim.CAPTURED | Claim.CREATED | Claim.NOTED:
            return Claim.NOTED
        case Claim.REVIEW:
            return Claim.REVIEW
        case Claim.AI_GENERATED | Claim.AI_ASSISTED:
            match relation:
                case Relation.PARENT_OF:
                    return claim
                case Relation.COMPONENT_OF:
                    return Claim.AI_ASSISTED
                case Relation.INPUT_TO:
                    return Claim.REVIEW
                case _:
                    assert_never(relation)
        case _:
            assert_never(claim)
