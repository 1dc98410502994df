"""From what the SDK says to one of our seven states: one published table, and pure functions over it.

The table is printed in docs/credentials.md, and a test compares the two. It fails closed: a code that stands in no row
breaks the credential, an exception that stands in no row makes it unreadable, and nothing counts as intact unless the
SDK confirmed both the signature and the binding to the bytes.
"""

from collections.abc import Iterable
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple

from provenance.credentials.sdk import Refused
from provenance.credentials.text import clean
from provenance.evidence import State


class Bearing(Enum):
    """What a failure is about."""

    SIGNER = "signer"
    """Who signed, not what was signed: the credential may be intact."""
    CONTENT = "content"
    """Signature, hash or structure: these are not the bytes or words that were signed."""


class Rule(NamedTuple):
    """One row: a failure code, or a prefix of codes ending in `*`, and what it means."""

    pattern: str
    bearing: Bearing
    says: str

    def matches(self, code: str) -> bool:
        """Whether this row speaks of `code`."""
        if self.pattern.endswith("*"):
            return code.startswith(self.pattern[:-1])
        return code == self.pattern


RULES: tuple[Rule, ...] = (
    Rule("signingCredential.untrusted", Bearing.SIGNER, "the signer is on no trust list of ours"),
    Rule("signingCredential.expired", Bearing.SIGNER, "the signer's certificate is over"),
    Rule("signingCredential.invalid", Bearing.SIGNER, "the signer's certificate does not fit the C2PA profile"),
    Rule("signingCredential.ocsp.revoked", Bearing.SIGNER, "the signer's certificate was revoked"),
    Rule("signingCredential.*", Bearing.SIGNER, "something is wrong with the signer's certificate"),
    Rule("claimSignature.outsideValidity", Bearing.SIGNER, "it was signed while the certificate was not valid"),
    Rule("timeStamp.untrusted", Bearing.SIGNER, "the time stamp's signer is on no trust list"),
    Rule("timeStamp.outsideValidity", Bearing.SIGNER, "the time stamp's certificate was not valid then"),
    Rule("cawg.x509.credential.*", Bearing.SIGNER, "the identity named is on no trust list of ours"),
    Rule("cawg.x509.signature.outside_validity", Bearing.SIGNER, "the identity's certificate was not valid then"),
    Rule("cawg.ica.untrusted_issuer", Bearing.SIGNER, "who vouches for the identity is on no trust list of ours"),
    Rule("cawg.ica.did_unavailable", Bearing.SIGNER, "who vouches for the identity cannot be looked up offline"),
    Rule("claimSignature.mismatch", Bearing.CONTENT, "the signature does not fit the claim"),
    Rule("assertion.dataHash.mismatch", Bearing.CONTENT, "the bytes are not those that were signed"),
    Rule("assertion.bmffHash.mismatch", Bearing.CONTENT, "the bytes are not those that were signed, or cut short"),
    Rule("assertion.boxesHash.mismatch", Bearing.CONTENT, "the bytes are not those that were signed"),
    Rule("assertion.hashedURI.mismatch", Bearing.CONTENT, "an assertion is not the one that was signed"),
    Rule("ingredient.manifest.mismatch", Bearing.CONTENT, "an ingredient's credential was changed afterwards"),
    Rule("ingredient.manifest.missing", Bearing.CONTENT, "an ingredient's credential was taken out"),
    Rule("*", Bearing.CONTENT, "it does not validate"),
)
"""First match counts. The last row catches every code nobody has thought about yet."""

SDK_STATES: dict[str, str] = {
    "Trusted": "trusted, if no failure is left",
    "Valid": "untrusted at best",
    "Invalid": "untrusted at best: the SDK says this of an expired certificate too",
}
"""What the SDK's own verdict can still become; failures are weighed first. Any other word: unreadable."""

_BOUND = tuple(f"assertion.{kind}.match" for kind in ("dataHash", "bmffHash", "boxesHash", "collectionHash"))
_SIGNED = "claimSignature.validated"
_ON_LIST = "signingCredential.trusted"
_REMOTE = "Remote: must fetch remote manifests from url "


class Judgement(NamedTuple):
    """A state with its reasons. `codes` are of the active manifest; `ingredient_codes` are new since it was signed."""

    state: State
    why: str | None = None
    codes: tuple[str, ...] = ()
    ingredient_codes: tuple[str, ...] = ()
    remote_url: str | None = None


@lru_cache(maxsize=256)
def rule_for(code: str) -> Rule:
    """Return the row that speaks of a failure code; there is always one."""
    return next(rule for rule in RULES if rule.matches(code))


def judge_store(told: dict[str, Any]) -> Judgement:
    """Return the state of a manifest store the SDK could read, from its JSON.

    (1) the answer must be one we understand; (2) a failure about content breaks, whether in the active manifest or
    new in an ingredient; (3) the SDK must have confirmed signature and binding; (4) a failure about the signer of the
    active manifest leaves it untrusted; (5) the SDK must call the whole trusted, and the signer too.

    C2PA 2.2, 15.1.3: what an ingredient's signer had recorded already is no delta, so it breaks nothing here.
    """
    results, sdk_state = told.get("validation_results"), told.get("validation_state")
    active = results.get("activeManifest") if isinstance(results, dict) else None
    if not isinstance(results, dict) or not isinstance(active, dict) or sdk_state not in tuple(SDK_STATES):
        return Judgement(State.UNREADABLE, "the SDK's answer holds no verdict we understand")  # (1)
    codes = _codes(active.get("failure"))
    deltas = tuple(dict.fromkeys(c for delta in _items(results.get("ingredientDeltas")) for c in _of_delta(delta)))
    breaking = [c for c in (*codes, *deltas) if rule_for(c).bearing is Bearing.CONTENT]
    if breaking:  # (2)
        return Judgement(State.BROKEN, _sentence(breaking), codes, deltas)
    confirmed = [s.get("code") for s in _items(active.get("success")) if isinstance(s, dict)]
    if _SIGNED not in confirmed or not any(code in confirmed for code in _BOUND):  # (3)
        return Judgement(State.BROKEN, "neither signature nor binding was confirmed", codes, deltas)
    about_signer = [c for c in codes if not c.startswith("cawg.")]
    if about_signer or sdk_state != "Trusted" or _ON_LIST not in confirmed:  # (4), (5)
        return Judgement(State.UNTRUSTED, _sentence(codes) or "the SDK does not call it trusted", codes, deltas)
    return Judgement(State.TRUSTED, None, codes, deltas)


def judge_refusal(refused: Refused) -> Judgement:
    """Return the state of something the SDK raised on: remote where it only names a URL, else unreadable."""
    if refused.name == "C2paError" and refused.text.startswith(_REMOTE):
        url = clean(refused.text.removeprefix(_REMOTE), 2048)
        return Judgement(State.REMOTE, "its credential is said to be elsewhere; nothing is fetched", remote_url=url)
    return Judgement(State.UNREADABLE, f"the SDK cannot read it: {clean(refused.text) or refused.name}")


def _codes(statuses: Any) -> tuple[str, ...]:
    """Return the codes of a list of validation statuses, each once. One without a code is a failure without a name."""
    found = (clean(s.get("code")) if isinstance(s, dict) else "" for s in _items(statuses))
    return tuple(dict.fromkeys(code or "unnamed" for code in found))


def _of_delta(delta: Any) -> Iterable[str]:
    if not isinstance(delta, dict) or not isinstance(delta.get("validationDeltas"), dict):
        return ("unnamed",)
    return _codes(delta["validationDeltas"].get("failure"))


def _items(value: Any) -> list[Any]:
    """Return a list as it is, nothing as empty, and anything else as one thing nobody understands."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _sentence(codes: Iterable[str]) -> str:
    """Return what some failure codes mean, each said once and followed by the codes that say it."""
    said: dict[str, list[str]] = {}
    for code in codes:
        said.setdefault(rule_for(code).says, []).append(code)
    return "; ".join(f"{says} ({', '.join(codes)})" for says, codes in said.items())
