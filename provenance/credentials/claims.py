"""What one manifest says of the origin of its own asset, and exactly where it says so. Pure, over the SDK's JSON.

Everything here was written by somebody else: any value may have any type. What does not look as it should is passed
over where it says nothing, and never trusted where it does.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from provenance.credentials.generators import generator_in, tells_of_generation
from provenance.credentials.text import clean
from provenance.evidence import Claim
from provenance.sourcetype import Statement, Term, claim_of, statement_of, term_of


class Mark(NamedTuple):
    """One statement of origin. `place` is within the manifest; `ingredient` is the one it is about, if about one."""

    claim: Claim
    place: str
    says: str
    ingredient: int | None = None
    hint: bool = False
    term: Term | None = None


_CREATED = "c2pa.created"
_WHOLE = {_CREATED, "c2pa.opened", "*"}
"""Actions whose source type describes all of the asset. `*` is a template that is merged into every action."""

_AI = {Claim.AI_GENERATED, Claim.AI_ASSISTED}
_SOURCE_TYPE = {"digitalsourcetype", "digitalsourcefiletype"}
_IPTC_AI = {"aisystemused", "aisystemversionused", "aipromptinformation", "aipromptwritername"}
"""IPTC Photo Metadata 2025.1: their presence alone says that an AI system was used."""

_PERMISSION = re.compile(r"training[-_]mining", re.IGNORECASE)
"""`cawg.training-mining` and its older names say who may *use* the asset; nothing of how it was made."""

_UNREAD = {"signature_info", "credentials", "thumbnail", "title", "label"}
_ELSEWHERE = {"assertions", "ingredients", *_UNREAD}
_NAME = re.compile(r"(?:xmp:iid:|urn:uuid:|urn:c2pa:)?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""How a manifest calls its file: it says nothing, and is another one in each."""
_SHORT = 8192
"""Bytes of a manifest that is worth remembering."""


def marks_in(manifest: dict[str, Any]) -> tuple[Mark, ...]:
    """Return every statement of origin in a manifest, as if its asset were the file at hand.

    Source types are read in actions (v1 and v2, related ones and templates included), in the parameters of actions,
    in ingredients (C2PA 2.4), in metadata assertions and wherever else a key is named so. Where no source type is
    named at all, a known generator together with a sentence that tells of generation counts as well.
    """
    said = {key: value for key, value in manifest.items() if key not in _UNREAD}
    if _NAME.fullmatch(str(said.get("instance_id"))):
        del said["instance_id"]
    try:
        text = msgspec.json.encode(said)
    except (ValueError, OverflowError, RecursionError):  # it was no JSON of the SDK's
        return _marks_in(said)
    return _marks_of(text) if len(text) <= _SHORT else _marks_in(said)


@lru_cache(maxsize=512)
def _marks_of(text: bytes) -> tuple[Mark, ...]:
    """Read a manifest as JSON: programs write the same into many files, but for what names the file."""
    return _marks_in(msgspec.json.decode(text))


def _marks_in(manifest: dict[str, Any]) -> tuple[Mark, ...]:
    marks: list[Mark] = []
    for label, data in assertions_of(manifest):
        if label.startswith("c2pa.actions") and isinstance(data, dict):
            marks += _in_actions(label, data)
        else:
            marks += _in_assertion(label, data)
    for at, ingredient in enumerate(items(manifest.get("ingredients"))):
        if isinstance(ingredient, dict):
            marks += _in_ingredient(at, ingredient)
    rest = {key: value for key, value in manifest.items() if key not in _ELSEWHERE}
    marks += _nested(rest, "claim", _unless_clearing)
    return (*marks, *_by_generator(manifest, marks))


def assertions_of(manifest: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield label and data of each assertion that can say something of origin; `label__n` for a further instance."""
    for assertion in items(manifest.get("assertions")):
        if not isinstance(assertion, dict):
            continue
        label, instance = clean(assertion.get("label"), 120), assertion.get("instance")
        if _is_silent(label):
            continue
        yield (f"{label}__{instance}" if isinstance(instance, int) else label), assertion.get("data")


@lru_cache(maxsize=1024)
def _is_silent(label: str) -> bool:
    return _PERMISSION.search(label) is not None or label.startswith("c2pa.hash.")


def items(value: Any) -> list[Any]:
    """Return a list as it is; anything else holds no items."""
    return value if isinstance(value, list) else []


def _in_actions(label: str, data: dict[str, Any]) -> Iterator[Mark]:
    """Read one actions assertion (C2PA 2.2, 18.15)."""
    actions = [a for a in items(data.get("actions")) if isinstance(a, dict)]
    names = [action_name(a) for a in actions]
    for at, (action, name) in enumerate(zip(actions, names, strict=True)):
        shown = name if names.count(name) == 1 else f"{name} (action {at + 1})"
        yield from _in_action(action, name, f"{label} / {shown}", template=False)
    for template in items(data.get("templates")):
        if isinstance(template, dict):
            name = action_name(template)
            yield from _in_action(template, name, f"{label} / template {name}", template=True)
    rest = {key: value for key, value in data.items() if key not in {"actions", "templates"}}
    yield from _nested(rest, label, _unless_clearing)


def action_name(action: dict[str, Any]) -> str:
    """Return what an action calls itself."""
    return clean(action.get("action"), 80) or "unnamed"


def _in_action(action: dict[str, Any], name: str, place: str, *, template: bool) -> Iterator[Mark]:
    """Read the source types of one action: its own, then those deeper in it.

    Only the own source type of `c2pa.created` can say that the asset was captured or made by people.
    """
    for text in _texts(action.get("digitalSourceType")):
        mark = _stated(text, place)
        yield mark._replace(claim=_of_action(mark.claim, name, own=not template))
    deeper = {key: value for key, value in action.items() if key != "digitalSourceType"}
    yield from _nested(deeper, place, lambda claim: _of_action(claim, name, own=False))


def _of_action(claim: Claim, name: str, *, own: bool) -> Claim:
    if claim is Claim.AI_GENERATED and name not in _WHOLE:
        return Claim.AI_ASSISTED
    return claim if own and name == _CREATED else _unless_clearing(claim)


def _unless_clearing(claim: Claim) -> Claim:
    """Return a claim that can only ever speak against the file."""
    return Claim.NOTED if claim in {Claim.CAPTURED, Claim.CREATED} else claim


def _in_assertion(label: str, data: Any) -> Iterator[Mark]:
    """Read metadata assertions, disclosures and vendors' own, all alike: by the names of their keys."""
    yield from _disclosure(label, data)
    yield from _nested(data, label, _unless_clearing)


def _disclosure(label: str, data: Any) -> Iterator[Mark]:
    """Read `c2pa.ai-disclosure` (C2PA 2.4), which speaks of a model's part in it, and vendors' plain statements."""
    name = _plain_label(label)
    if name not in {"aidisclosure", "aigenerated", "aigeneratedcontent"}:
        return
    values = list(data.values()) if isinstance(data, dict) else [data]
    if values and all(value is False for value in values):
        yield Mark(Claim.NOTED, label, "says that nothing was generated")
    elif name == "aidisclosure":
        model = clean(data.get("modelName"), 80) if isinstance(data, dict) else ""
        yield Mark(Claim.AI_ASSISTED, label, f"discloses an AI model{f' ({model})' if model else ''}")
    else:
        yield Mark(Claim.AI_GENERATED, label, "says that the content was generated")


@lru_cache(maxsize=1024)
def _plain_label(label: str) -> str:
    """Return the letters of a label's last part, without instance and version."""
    base = re.sub(r"(__\d+|\.v\d+)+$", "", label)
    return re.sub(r"[^a-z]", "", base.rpartition(".")[2].lower())


def _in_ingredient(at: int, ingredient: dict[str, Any]) -> Iterator[Mark]:
    """Read what a manifest says of an ingredient itself (C2PA 2.4, `digitalSourceType` of an ingredient)."""
    label = clean(ingredient.get("label"), 120) or f"ingredient {at + 1}"
    skipped = {"manifest_data", "validation_status", "validation_results", "thumbnail"}
    said = {key: value for key, value in ingredient.items() if key not in skipped}
    for mark in _nested(said, label, _unless_clearing):
        yield mark._replace(ingredient=at)


def _nested(tree: Any, place: str, weigh: Callable[[Claim], Claim]) -> Iterator[Mark]:
    """Read statements of origin anywhere in a tree.

    A source type counts under any key of that name, whatever its name space, and for review as a full URI under any
    other; an IPTC AI property counts wherever it is set.
    """
    for path, key, value in _walk(tree):
        last = _last(key[-_KEY:])
        if last in _SOURCE_TYPE:
            for text in _texts(value):
                mark = _stated(text, f"{place} / {clean(path)}")
                yield mark._replace(claim=weigh(mark.claim))
        elif last in _IPTC_AI:
            if any(True for _ in _texts(value)):
                # What was typed into a generator can hold script and names. That it is there is all that is repeated.
                yield Mark(Claim.AI_ASSISTED, f"{place} / {clean(path)}", f"IPTC property {clean(key, 80)} is set")
        elif isinstance(value, str) and "digitalsourcetype/" in value[:256].lower():
            term = term_of(value)
            if term is not None and claim_of(term) in _AI:
                says = f"{term.value}, in a place that is not for it"
                yield Mark(Claim.REVIEW, f"{place} / {clean(path)}", says)


def _stated(text: str, place: str) -> Mark:
    statement = _said(text)
    says = clean(statement.says) if statement.term is None else statement.term.value
    return Mark(statement.claim, place, says, term=statement.term)


def _term(text: str) -> Term | None:
    return _said(text).term


def _said(text: str) -> Statement:
    return _statement(text) if len(text) <= _KEY else statement_of(text)


# The same few terms, keys and labels stand in every credential of one vendor.
_statement = lru_cache(maxsize=1024)(statement_of)
_KEY = 200
"""Characters of a key, a path or a term that are looked at together: no longer one means anything."""


@lru_cache(maxsize=4096)
def _last(key: str) -> str:
    """Return the last part of a key without its name space: `com.adobe.digitalSourceType`, `Iptc4xmpExt:…` alike."""
    return re.sub(r"[_\s-]", "", re.split(r"[./:#}]", key)[-1]).lower()


def _walk(tree: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield path, key and value of every entry of every object in a tree, whatever its depth."""
    waiting: list[tuple[str, Any]] = [("", tree)]
    while waiting:
        path, node = waiting.pop()
        if isinstance(node, dict):
            for key, value in node.items():
                deeper = (f"{path}.{key}" if path else str(key))[:_KEY]
                yield deeper, str(key), value
                if isinstance(value, dict | list):
                    waiting.append((deeper, value))
        elif isinstance(node, list):
            waiting += [(f"{path}[{at}]", value) for at, value in enumerate(node) if isinstance(value, dict | list)]


def _texts(value: Any) -> Iterator[str]:
    """Yield the strings a value consists of: itself, those of a list, those of a JSON-LD node."""
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            if node.strip():
                yield node
        elif isinstance(node, dict):
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
        elif node is not None and not isinstance(node, bool):
            yield str(node)


_SAYS_NOTHING = {None, Term.EMPTY}
"""What is no term, and the blank canvas: neither says where a picture came from."""


def _by_generator(manifest: dict[str, Any], marks: list[Mark]) -> Iterator[Mark]:
    """Judge generators that are named where a source type is missing.

    With words that tell of generation, in a manifest without any source type, they count. Either alone is a hint.
    """
    terms = {m.term for m in marks if m.ingredient is None} - _SAYS_NOTHING
    told = not terms and _tells(manifest)
    known = [tool for tool in _tools(manifest, stated=bool(terms)) if generator_in(tool.name)]
    for tool in known:
        if told:
            claim = Claim.AI_GENERATED if tool.action in {None, _CREATED} else Claim.AI_ASSISTED
            yield Mark(claim, tool.place, f"generator {tool.name!r}, and words that tell of generation")
        elif not any(m.claim in _AI for m in marks):
            yield Mark(Claim.REVIEW, tool.place, f"generator {tool.name!r}, and no source type", hint=True)
    if told and not known:
        yield Mark(Claim.REVIEW, "assertions", "words that tell of generation, and no source type", hint=True)


class _Tool(NamedTuple):
    """A tool that no source type stands beside. `action` is None where it made the claim itself."""

    name: str
    place: str
    action: str | None = None


def _tools(manifest: dict[str, Any], *, stated: bool) -> Iterator[_Tool]:
    for label, data in assertions_of(manifest):
        if not label.startswith("c2pa.actions") or not isinstance(data, dict):
            continue
        agents = items(data.get("softwareAgents"))
        for action in (*items(data.get("actions")), *items(data.get("templates"))):
            if isinstance(action, dict) and _unstated(action):
                name = action_name(action)
                yield _Tool(_agent(action, agents), f"{label} / {name} / softwareAgent", name)
    if not stated:
        yield _Tool(clean(manifest.get("claim_generator"), 80), "claim_generator")
        for info in items(manifest.get("claim_generator_info")):
            if isinstance(info, dict):
                yield _Tool(clean(info.get("name"), 80), "claim_generator_info")


def _unstated(action: dict[str, Any]) -> bool:
    return {_term(text) for text in _texts(action.get("digitalSourceType"))} <= _SAYS_NOTHING


def _agent(action: dict[str, Any], agents: list[Any]) -> str:
    """Return the name of an action's tool: a string (v1), a map (v2), or a place in `softwareAgents`."""
    agent: Any = action.get("softwareAgent")
    index = action.get("softwareAgentIndex")
    if agent is None and isinstance(index, int) and 0 <= index < len(agents):
        agent = agents[index]
    return clean(agent.get("name") if isinstance(agent, dict) else agent, 80)


def _tells(manifest: dict[str, Any]) -> bool:
    trees = [{"": data} for _, data in assertions_of(manifest)]
    found = (text for tree in trees for _, _, value in _walk(tree) for text in _plain(value))
    return any(tells_of_generation(text) for text in found)


def _plain(value: Any) -> Iterator[str]:
    """Yield a string, or the strings of a plain list: objects are walked into by `_walk`."""
    yield from (v for v in (value if isinstance(value, list) else [value]) if isinstance(v, str))
