"""A manifest store as a tree: the newest manifest first, and under each what it was made from. Pure, over SDK's JSON.

Everything in it was written by somebody else: any value may have any type, and manifests may name one another in a
circle. What is shown is bounded, and says where it was cut.
"""

from dataclasses import dataclass
from typing import Any

from provenance.credentials.claims import action_name, items
from provenance.credentials.codes import Judgement, judge_refusal, judge_store
from provenance.credentials.sdk import Refused
from provenance.credentials.text import clean
from provenance.sourcetype import term_of

DEEPEST = 24
MOST = 200
"""Manifests and ingredients that are shown of one file; and how far down."""
_ACTIONS = 40
_CODES = 12
_BINDING = ("assertion.dataHash.", "assertion.bmffHash.", "assertion.boxesHash.", "assertion.collectionHash.")
SIGNED = "claimSignature.validated"


@dataclass(frozen=True, slots=True)
class Link:
    """One manifest, or an ingredient that has none, with what it was made from."""

    relation: str | None
    """How what is above used it; None for the active manifest."""
    title: str
    label: str | None
    """None where it has no manifest: its history is not known."""
    signer: str
    signed_at: str
    generator: str
    actions: tuple[str, ...]
    codes: tuple[str, ...]
    """Failure codes about it."""
    note: str
    """What is to be said of it besides: a circle, or where it was cut."""
    parts: tuple["Link", ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """What a manifest store holds. `signature` is whether the newest claim's signature was found to hold."""

    active: Link | None
    signature: bool
    bound: bool | None
    """Whether the bytes are those that were signed; None where there are no bytes to hold it against."""
    why: str | None
    """Why there is no tree, or what the store's state rests on."""


def chain_of(told: dict[str, Any] | Refused | None, *, alone: bool = False) -> Chain:
    """Return what the SDK told of a store as a tree. With `alone` the store was read without its file."""
    if told is None:
        return Chain(None, False, None, "there is no content credential")
    if isinstance(told, Refused):
        return Chain(None, False, None, judge_refusal(told).why)
    results = told.get("validation_results")
    active = results.get("activeManifest") if isinstance(results, dict) else None
    confirmed = [clean(s.get("code")) for s in _dicts(active, "success")]
    broken = [c for c in _codes(active) if c.startswith(_BINDING)]
    judged: Judgement = judge_store(told)
    bound = None if alone else any(c.startswith(_BINDING) and c.endswith(".match") for c in confirmed) and not broken
    return Chain(_tree(told, alone=alone), SIGNED in confirmed, bound, None if alone else judged.why)


def _tree(told: dict[str, Any], *, alone: bool) -> Link | None:
    manifests, active = told.get("manifests"), told.get("active_manifest")
    if not isinstance(manifests, dict) or not isinstance(active, str):
        return None
    results = told.get("validation_results")
    own = _codes(results.get("activeManifest") if isinstance(results, dict) else None)
    if alone:
        own = tuple(c for c in own if not c.startswith(_BINDING))  # there is nothing here that it could match
    return _Tree(manifests, MOST).link(active, None, "", own, ())


class _Tree:
    def __init__(self, manifests: dict[str, Any], room: int) -> None:
        self._manifests = manifests
        self._room = room

    def link(
        self, label: str | None, relation: str | None, title: str, codes: tuple[str, ...], above: tuple[str, ...]
    ) -> Link:
        """Return one manifest with all below it."""
        self._room -= 1
        manifest = self._manifests.get(label) if label is not None else None
        if not isinstance(manifest, dict):
            note = "it has no credential: its history is not known" if label is None else "its manifest is not there"
            return Link(relation, title, label and clean(label, 120), "", "", "", (), codes[:_CODES], note, ())
        given = manifest.get("signature_info")
        signature = given if isinstance(given, dict) else {}
        note, parts = self._below(manifest, label or "", above)
        signer = [clean(signature.get(key), 120) for key in ("issuer", "common_name")]
        return Link(
            relation,
            title or clean(manifest.get("title"), 120),
            clean(label, 120),
            ", ".join(dict.fromkeys(s for s in signer if s)),
            clean(signature.get("time"), 40),
            _generator(manifest),
            _actions(manifest),
            codes[:_CODES],
            note,
            parts,
        )

    def _below(self, manifest: dict[str, Any], label: str, above: tuple[str, ...]) -> tuple[str, tuple[Link, ...]]:
        if label in above:
            return "it names itself among what it was made from: a circle", ()
        if len(above) >= DEEPEST:
            return "the chain goes on below, and is not shown", ()
        parts: list[Link] = []
        for ingredient in items(manifest.get("ingredients")):
            if not isinstance(ingredient, dict):
                continue
            if self._room <= 0:
                return "it has more parts than are shown", tuple(parts)
            named = ingredient.get("active_manifest")
            results = ingredient.get("validation_results")
            codes = _codes(results.get("activeManifest") if isinstance(results, dict) else None)
            parts.append(
                self.link(
                    named if isinstance(named, str) else None,
                    clean(ingredient.get("relationship"), 40) or "used",
                    clean(ingredient.get("title"), 120),
                    codes,
                    (*above, label),
                )
            )
        return "", tuple(parts)


def _dicts(tree: Any, key: str) -> list[dict[str, Any]]:
    return [s for s in items(tree.get(key))[:400] if isinstance(s, dict)] if isinstance(tree, dict) else []


def _codes(results: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clean(s.get("code"), 80) or "unnamed" for s in _dicts(results, "failure")))


def _generator(manifest: dict[str, Any]) -> str:
    infos = [i for i in items(manifest.get("claim_generator_info")) if isinstance(i, dict)]
    names = [" ".join(filter(None, (clean(i.get("name"), 80), clean(i.get("version"), 40)))) for i in infos]
    return ", ".join(n for n in names if n)[:200] or clean(manifest.get("claim_generator"), 120)


def _actions(manifest: dict[str, Any]) -> tuple[str, ...]:
    shown: list[str] = []
    for assertion in items(manifest.get("assertions")):
        label = assertion.get("label") if isinstance(assertion, dict) else None
        if not isinstance(label, str) or not label.startswith("c2pa.actions"):
            continue
        data = assertion.get("data")
        actions = items(data.get("actions") if isinstance(data, dict) else None)
        shown += [_action(action) for action in actions if isinstance(action, dict)]
    return (*shown[:_ACTIONS], f"and {len(shown) - _ACTIONS} more") if len(shown) > _ACTIONS else tuple(shown)


def _action(action: dict[str, Any]) -> str:
    source, agent = action.get("digitalSourceType"), action.get("softwareAgent")
    term = term_of(source) if isinstance(source, str) else None
    said = term.value if term is not None else clean(source, 80)
    tool = clean(agent.get("name") if isinstance(agent, dict) else agent, 80)
    more = ", ".join(filter(None, (said, f"by {tool}" if tool else "")))
    return f"{action_name(action)} ({more})" if more else action_name(action)
