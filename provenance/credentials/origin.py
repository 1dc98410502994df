"""Where a credential says its file came from: every manifest that the active one reaches, and the ways between them.

Pure, over the JSON the SDK gives for a store. A claim in an ingredient's manifest is about the ingredient; what it
says of the file depends on every step in between (`lineage.carried`).
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from provenance.credentials.claims import Mark, action_name, assertions_of, items, marks_in
from provenance.credentials.text import clean
from provenance.evidence import Claim, Gap, Ingredient, Kind, Relation, Signal, Strength
from provenance.lineage import carried

MOST_SIGNALS = 200
MOST_INGREDIENTS = 1000
"""A hostile store can hold any number of statements. The gravest are kept, and a gap says that there were more."""


class Told(NamedTuple):
    """What a store tells of its file's origin.

    `history_known` is false where some part of the file, however deep, came from something without a credential:
    then nothing here speaks for the whole of it. `labels` has the active manifest first.
    """

    signals: tuple[Signal, ...] = ()
    ingredients: tuple[Ingredient, ...] = ()
    gaps: tuple[Gap, ...] = ()
    labels: tuple[str, ...] = ()
    history_known: bool = True


class _Step(NamedTuple):
    """One way from a manifest to something it was made from."""

    relation: Relation
    title: str
    manifest: str | None
    removed: bool

    @property
    def says(self) -> str:
        name = f"ingredient {self.title!r}" if self.title else "ingredient"
        return f"{name} ({self.relation.value}{', removed again' if self.removed else ''})"


_Path = tuple[_Step, ...]


@dataclass(slots=True)
class _Store:
    """A store as it is walked. `paths` holds the most telling way to each manifest reached so far."""

    manifests: dict[str, dict[str, Any]]
    strength: Strength
    paths: dict[str, _Path] = field(default_factory=dict)
    steps: dict[str, tuple[_Step, ...]] = field(default_factory=dict)


def tell_origin(told: dict[str, Any], strength: Strength) -> Told:
    """Return what a store says of origin, each statement at `strength` at the most.

    (1) reach every manifest there is a way to; (2) read each as if its asset were the file; (3) carry what it says
    along the way to the file; (4) what no way leads to can still not be ignored: generated there is for review.
    """
    given = told.get("manifests")
    active = told.get("active_manifest")
    manifests = {k: m for k, m in given.items() if isinstance(m, dict)} if isinstance(given, dict) else {}
    if not isinstance(active, str) or active not in manifests:
        return Told(gaps=(Gap("manifest store", "it has no active manifest"),), history_known=False)
    store = _Store(manifests, strength)
    _reach(store, active)  # (1)
    order = [*store.paths, *sorted(manifests.keys() - store.paths.keys())]
    marks = {label: marks_in(manifests[label]) for label in order}  # (2)
    signals = [
        _signal(store, label, f"manifest {at} of {len(order)}", mark)
        for at, label in enumerate(order, 1)
        for mark in marks[label]
    ]
    gaps = [gap for label in order for gap in _gaps(store, label)]
    return _bounded(
        Told(
            tuple(dict.fromkeys(signals)),
            tuple(Ingredient(s.relation, s.title, clean(s.manifest) or None, s.removed) for s in store.steps[active]),
            tuple(dict.fromkeys(gaps)),
            tuple(clean(label) for label in order),
            _history_known(store, {label for label, said in marks.items() if any(m.claim in _HUMAN for m in said)}),
        )
    )


def _reach(store: _Store, active: str) -> None:
    """Find the most telling way to every manifest. Safe against cycles: a way is only taken again if it tells more."""
    store.paths[active] = ()
    waiting = deque([active])
    while waiting:
        label = waiting.popleft()
        if label not in store.steps:
            store.steps[label] = _steps(store.manifests[label], label, store.strength)
        path = store.paths[label]
        for step in store.steps[label]:
            there = step.manifest
            if there is None or there not in store.manifests:
                continue
            longer = (*path, step)
            if there not in store.paths or _telling(longer) < _telling(store.paths[there]):
                store.paths[there] = longer
                waiting.append(there)


_GRAVITY = {claim: n for n, claim in enumerate(Claim)}


def _telling(path: _Path) -> int:
    """Return how little a way lets through: 0 where an AI claim at its end arrives whole."""
    return _GRAVITY[_along(Claim.AI_GENERATED, path)]


def _along(claim: Claim, path: _Path) -> Claim:
    """Return what a claim at the end of a way says of the file at its start."""
    for step in reversed(path):
        claim = carried(claim, step.relation, removed=step.removed)
    return claim


def _signal(store: _Store, label: str, place: str, mark: Mark) -> Signal:
    """Turn a statement of a manifest into one about the file: steps (3) and (4)."""
    path, at = store.paths.get(label), f"{place} / {mark.place}"
    strength = Strength.HINT if mark.hint else store.strength
    if path is None:
        grave = mark.claim in {Claim.AI_GENERATED, Claim.AI_ASSISTED, Claim.REVIEW}
        claim = Claim.REVIEW if grave else Claim.NOTED
        return Signal(Kind.C2PA, claim, strength, at, mark.says, "a manifest that nothing in the store refers to")
    if mark.ingredient is not None:
        path = (*path, store.steps[label][mark.ingredient])
    via = ", from ".join(step.says for step in path) or None
    return Signal(Kind.C2PA, _along(mark.claim, path), strength, at, mark.says, clean(via) if via else None)


_RELATIONS = {relation.value: relation for relation in Relation}


def _steps(manifest: dict[str, Any], label: str, strength: Strength) -> tuple[_Step, ...]:
    """Return the ingredients of a manifest, in its order, each with whether it was taken out again."""
    listed = [i if isinstance(i, dict) else {} for i in items(manifest.get("ingredients"))]
    if not listed:
        return ()
    # A store that does not verify may flag, but must not talk a flag away.
    gone = set() if strength is Strength.BROKEN else _removed(manifest, label, listed)
    steps = []
    for at, ingredient in enumerate(listed):
        # A relation nobody knows is taken for the closest kind, which carries everything.
        relation = _RELATIONS.get(str(ingredient.get("relationship")), Relation.PARENT_OF)
        there = ingredient.get("active_manifest")
        title = clean(ingredient.get("title"), 80)
        removed = at in gone and relation is Relation.COMPONENT_OF
        steps.append(_Step(relation, title, there if isinstance(there, str) and there else None, removed))
    return tuple(steps)


def _removed(manifest: dict[str, Any], label: str, listed: list[dict[str, Any]]) -> set[int]:
    """Return which ingredients the last action about them took out (C2PA 2.2, 18.15.4.7, `c2pa.removed`)."""
    gone: set[int] = set()
    for kind, data in assertions_of(manifest):
        if not kind.startswith("c2pa.actions") or not isinstance(data, dict):
            continue
        for action in items(data.get("actions")):
            if not isinstance(action, dict):
                continue
            meant = {at for ref in _references(action) for at in _meant(ref, label, listed)}
            if action_name(action) == "c2pa.removed":
                gone |= meant
            else:
                gone -= meant
    return gone


def _references(action: dict[str, Any]) -> list[str]:
    """Return what an action calls its ingredients by: hashed URIs (v1, v2), ids, instance ids."""
    given = action.get("parameters")
    parameters = given if isinstance(given, dict) else {}
    uris = [*items(parameters.get("ingredients")), parameters.get("ingredient")]
    named = [u.get("url") for u in uris if isinstance(u, dict)]
    named += [*items(parameters.get("ingredientIds")), parameters.get("instanceId"), action.get("instanceId")]
    return [n for n in named if isinstance(n, str) and n]


def _meant(reference: str, label: str, listed: list[dict[str, Any]]) -> list[int]:
    """Return the one ingredient a reference means. One that fits several means none: it must not remove the wrong."""
    name = reference
    if reference.startswith("self#jumbf="):
        here = f"/c2pa/{label}/"
        name = reference.removeprefix("self#jumbf=")
        if name.startswith("/") and not name.startswith(here):
            return []
        name = name.rpartition("/")[2]
    fits = [at for at, i in enumerate(listed) if name in {i.get("label"), i.get("instance_id")}]
    return fits if len(fits) == 1 else []


_TELLING = ("c2pa.metadata", "cawg.metadata", "stds.iptc", "stds.exif", "c2pa.ai", "c2pa.actions", "c2pa.ingredient")
"""Assertions that can tell of an origin; an author's name in another one may be redacted without harm."""


def _gaps(store: _Store, label: str) -> list[Gap]:
    """Return what a manifest says is there and is not: credentials of ingredients, assertions elsewhere or redacted."""
    found = [
        Gap(step.says, "its credential is not in the store")
        for step in store.steps.get(label, ())
        if step.manifest is not None and step.manifest not in store.manifests and not step.removed
    ]
    manifest = store.manifests[label]
    found += [
        Gap(f"assertion {kind}", "its content is stored elsewhere, and nothing is fetched")
        for kind, _ in assertions_of(manifest)
        if kind.startswith(("c2pa.cloud-data", "c2pa.external-reference"))
    ]
    for uri in items(manifest.get("redactions")):
        name = clean(uri).rpartition("/")[2]
        if name.startswith(_TELLING):
            found.append(Gap(f"assertion {name}", "it was redacted, and could have told of the origin"))
    return found


_HUMAN = {Claim.CAPTURED, Claim.CREATED}


def _history_known(store: _Store, human: set[str]) -> bool:
    """Whether every part of the file that is still in it is accounted for, all the way down.

    Each manifest on the way says itself that people captured or created its asset (`human`), or names a parent that
    does; each ingredient has a credential. `c2pa.opened` on something without one is the usual end of a history.
    """
    for label, steps in store.steps.items():
        if any(s.removed or s.relation is Relation.INPUT_TO for s in store.paths[label]):
            continue
        kept = [s for s in steps if s.relation is not Relation.INPUT_TO and not s.removed]
        if any(s.manifest not in store.manifests for s in kept):
            return False
        if label not in human and not any(s.relation is Relation.PARENT_OF for s in kept):
            return False
    return True


def _bounded(told: Told) -> Told:
    """Return `told` with the gravest signals and the first ingredients, if there are more than anybody will read."""
    gaps: list[Gap] = []
    for what, count, most in (
        ("signals", len(told.signals), MOST_SIGNALS),
        ("ingredients", len(told.ingredients), MOST_INGREDIENTS),
        ("labels", len(told.labels), MOST_INGREDIENTS),
    ):
        if count > most:
            gaps.append(Gap("manifest store", f"it holds {count} {what}, of which {most} were kept"))
    if not gaps and len(told.gaps) <= MOST_SIGNALS:
        return told
    gravest = sorted(told.signals, key=lambda s: _GRAVITY[s.claim])[:MOST_SIGNALS]
    return told._replace(
        signals=told.signals if len(told.signals) <= MOST_SIGNALS else tuple(gravest),
        ingredients=told.ingredients[:MOST_INGREDIENTS],
        labels=told.labels[:MOST_INGREDIENTS],
        gaps=(*gaps, *told.gaps)[:MOST_SIGNALS],
    )
