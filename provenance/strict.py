"""Holding a TOML document against the types it is read as: a name that means nothing here is named as a mistake."""

from collections.abc import Collection, Iterator
from typing import Any

import msgspec


def nearest(name: str, known: Collection[str]) -> str:
    """Return a hint at the nearest known name, or at all of them when there are few."""
    import difflib  # only an error needs it

    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known are {', '.join(repr(k) for k in known)}" if 0 < len(known) <= 12 else ""


def unknown_key(tree: object, model: Any, where: str = "") -> str | None:
    """Return the first key a document has no place for, by its full name and with the nearest it has; None if none.

    msgspec refuses them too, but cannot say what was meant.
    """
    if isinstance(tree, list):
        return next(filter(None, (unknown_key(item, model, where) for item in tree)), None)
    if not isinstance(tree, dict):
        return None
    fields = {f.encode_name: f.type for f in msgspec.structs.fields(model)}
    for key, value in tree.items():
        if key not in fields:
            return f"{where}{key}{nearest(key, list(fields))}"
        inner = _struct_in(fields[key])
        found = None if inner is None else unknown_key(value, inner, f"{where}{key}.")
        if found is not None:
            return found
    return None


def keys_of(model: Any, prefix: str = "") -> Iterator[str]:
    """Yield every key a document may have, by its full name."""
    for field in msgspec.structs.fields(model):
        inner = _struct_in(field.type)
        if inner is None:
            yield f"{prefix}{field.encode_name}"
        else:
            yield from keys_of(inner, f"{prefix}{field.encode_name}.")


def _struct_in(annotation: Any) -> Any:
    """Return the document struct an annotation speaks of: itself, its items, or the other half of an optional."""
    for candidate in (annotation, *getattr(annotation, "__args__", ())):
        if isinstance(candidate, type) and issubclass(candidate, msgspec.Struct):
            return candidate
    return None
