"""The implicit label for generated content of China's standards (GB 45438-2025, TC260), and ByteDance's own fields.

Labels are searched, not parsed: they stand as JSON, as JSON inside a JSON string, HTML-escaped, or cut short, and
must speak in each of these states.
"""

import html
import re

from provenance.evidence import Claim, Strength
from provenance.signals.findings import Mark, near, shown

_FIELDS = frozenset(
    {
        "ContentProducer",
        "ProduceID",
        "ReservedCode1",
        "ContentPropagator",
        "PropagateID",
        "ReservedCode2",
    }
)
_VARIANT_FIELDS = frozenset({"Label", "ServiceProvider", "ServiceUser", "ContentId", "Time"})
"""Names too common to mean the label by themselves; Tencent's variant uses the latter four."""

_KEY = re.compile(r'"([A-Za-z]\w{1,39})\\*"\s*:')
_LABEL = re.compile(r'"Label\\*"\s*:\s*\\*"?([^"\\,}\s]{0,20})')
_NAMED = re.compile(r'\bAIGC\\*"?\s*[:{=]')

_PRODUCTS = ("doubao", "xinghui", "dreamina", "jimeng")
_PAIR = re.compile(r'"(product|exportType|aigc_?\w{0,20}|\w{15}|\w{9})\\*"\s*:\s*\\*"?([^"\\,}\s]{0,40})')


def label_mark(text: str, *, named: bool = False) -> Mark | None:
    """Return what a TC260 label in `text` says, or None where there is none.

    `named` says that the field `text` stood in is called AIGC. A label is known by that name and one of its fields,
    or by two fields that nothing else uses. Label 1 is generated; 2 and 3 (possibly, suspected) are for review, as is
    whatever stands in a field of that name and is not understood.
    """
    if not named and "AIGC" not in text and not any(field in text for field in _FIELDS):
        return None
    text = html.unescape(text) if "&" in text else text
    fields = set(_KEY.findall(text))
    own = fields & _FIELDS
    if not named and not _NAMED.search(text) and len(own) < 2:
        return None
    if not own and not fields & _VARIANT_FIELDS:
        return (
            Mark(Claim.REVIEW, Strength.HINT, "an AIGC label (TC260) nobody can read")
            if named and text.strip()
            else None
        )
    values = _LABEL.findall(text)
    if "1" in values:
        return Mark(Claim.AI_GENERATED, Strength.DECLARED, "AIGC label (TC260): Label 1, generated content")
    if not values:
        return Mark(Claim.REVIEW, Strength.DECLARED, "AIGC label (TC260) without a Label that can be read")
    says = {"2": "Label 2, possibly generated", "3": "Label 3, suspected by a platform to be generated"}
    return Mark(
        Claim.REVIEW, Strength.DECLARED, f"AIGC label (TC260): {says.get(values[0], 'Label ' + shown(values[0]))}"
    )


def bytedance_mark(text: str) -> Mark | None:
    """Return what the export record of a ByteDance app in `text` says of generation, or None.

    The name of the app alone says nothing: the same apps export what people cut by hand.
    """
    words = ("aigc", "xport", "gc_label", "aigc_l", "label_type", "eneration")
    if '"' not in text or not any(word in text for word in words):
        return None
    found: dict[str, str] = dict(reversed(_PAIR.findall(text)))
    label, kind = found.pop("aigc_label_type", ""), found.pop("aigc_type", "")
    if label in {"1", "2"}:
        return Mark(Claim.AI_GENERATED, Strength.DECLARED, f"aigc_label_type is {label}")
    if kind == "1":
        return Mark(Claim.AI_GENERATED, Strength.DECLARED, "aigc_type is 1")
    product, export = found.get("product", "").lower(), found.get("exportType", "").lower()
    if product in _PRODUCTS and export == "generation":
        return Mark(Claim.AI_GENERATED, Strength.TRACE, f"exported by {product} as a generation")
    fields = [label, kind, *(value for key, value in found.items() if _like_a_field(key))]
    unclear = any(value not in _UNSET and not value.startswith("{") for value in fields)
    # A field whose name is there and whose value is not, or the two values without one of their names, are damaged.
    unclear |= any(name in text and name not in _names(text) for name in ("aigc_label_type", "aigc_type"))
    unclear |= not (product and export) and '"generation' in text and any(name in text for name in _PRODUCTS)
    if unclear or (near(export, "generation") and _near_any(product, _PRODUCTS)):
        return Mark(Claim.REVIEW, Strength.TRACE, "a generation field of a ByteDance app that cannot be read clearly")
    return None


def _names(text: str) -> set[str]:
    return {key for key, _ in _PAIR.findall(text)}


_UNSET = frozenset({"", "0", "false", "null"})


def _like_a_field(key: str) -> bool:
    return key.startswith("aigc_") or _near_any(key, ("aigc_label_type", "aigc_type"))


def _near_any(name: str, known: tuple[str, ...]) -> bool:
    return any(near(name, one) for one in known)
