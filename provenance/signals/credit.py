"""The credit lines of Google's and Apple's programs: exact phrases all, since the makers' names alone say nothing."""

from provenance.evidence import Claim, Strength
from provenance.signals.findings import Mark, near, shown

_CREDITS = {
    "made with google ai": Claim.AI_GENERATED,
    "edited with google ai": Claim.AI_ASSISTED,
    "apple photos clean up": Claim.AI_ASSISTED,
}
_CREDIT_START = "ai-generated with google"
_CREDIT_FIELDS = frozenset({"credit", "creditline", "creatortool", "software"})
_LONGEST = 200


def credit_mark(key: str, text: str) -> Mark | None:
    """Return what a field says that is meant for a credit or for the name of a program; `key` is its name."""
    if key.lower().replace(" ", "").replace("-", "") not in _CREDIT_FIELDS or len(text) > _LONGEST:
        return None
    plain = _plain(text)
    if plain.startswith(_CREDIT_START):
        return Mark(Claim.AI_GENERATED, Strength.DECLARED, f"credit line {shown(text)}")
    if plain in _CREDITS:
        return Mark(_CREDITS[plain], Strength.DECLARED, f"credit line {shown(text)}")
    if near(plain[: len(_CREDIT_START)], _CREDIT_START) or any(near(plain, known) for known in _CREDITS):
        return Mark(Claim.REVIEW, Strength.HINT, "a credit line that differs from a generator's by one character")
    return None


def misplaced_credit(key: str, text: str) -> Mark | None:
    """Return a mark for review where another field holds one of the phrases: it was perhaps moved there."""
    if len(text) > _LONGEST or key.lower() in _CREDIT_FIELDS or _plain(text) not in _CREDITS:
        return None
    return Mark(Claim.REVIEW, Strength.HINT, f"the credit line {shown(text)} of a generator, in another property")


def _plain(text: str) -> str:
    return " ".join(text.lower().split()).rstrip(".")
