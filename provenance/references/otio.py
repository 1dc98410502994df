"""OpenTimelineIO's JSON (opentimelineio.readthedocs.io, "Serialized Data Documentation").

Every reference counts, whichever is active, and whether its clip is enabled or not: nobody can tell from the file
which of them was rendered.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from provenance.references.model import MOST_ITEMS, Frames, Gathering, Reference, Unreadable

_MOST_VALUES = 2_000_000
"""Objects and lists, before anything is decoded."""
_ITEMS: Final = frozenset({"Timeline", "SerializableCollection", "Stack", "Track", "Clip", "Gap", "Transition"})
_ENDS = (b"{", b"[")


def read(data: bytes, gathering: Gathering) -> None:
    """Take down everything a document points at; raises `Unreadable`."""
    if sum(data.count(mark) for mark in _ENDS) > _MOST_VALUES:
        raise Unreadable("it has more parts than are read of one timeline")
    try:
        root = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Unreadable(f"it is no JSON: {error}") from error
    except RecursionError as error:
        raise Unreadable("it is nested too deeply") from error
    if not isinstance(root, dict) or _schema(root) not in {*_ITEMS, "Clip"}:
        raise Unreadable("it is JSON, and no OpenTimelineIO")
    for node, track in _nodes(root):
        _take(node, track, gathering)


def _nodes(root: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield every object with a schema, in order, with the kind of track it lies on: clips of clips, effects, all."""
    waiting: list[tuple[Any, str]] = [(root, "")]
    while waiting:
        value, track = waiting.pop()
        if isinstance(value, dict):
            schema = _schema(value)
            track = str(value.get("kind", "")).lower()[:20] if schema == "Track" else track
            if schema:
                yield value, track
            inner = [v for k, v in value.items() if schema != "Clip" or k not in _REFERENCES]
            waiting += [(v, track) for v in reversed(inner) if isinstance(v, dict | list)]
        elif isinstance(value, list):
            waiting += [(v, track) for v in reversed(value) if isinstance(v, dict | list)]


_REFERENCES = ("media_reference", "media_references")


def _take(node: dict[str, Any], track: str, gathering: Gathering) -> None:
    schema = _schema(node)
    if schema == "Clip":
        references = _of_clip(node)
        for reference in references or [{}]:
            _take_reference(reference, node, track, gathering)
    elif schema.endswith("Reference"):  # in an effect, in metadata, or by itself
        _take_reference(node, {}, track, gathering)
    elif schema == "Gap":
        gathering.add_made("gap")
    for child in _list(node.get("children")):
        if not isinstance(child, dict) or _schema(child) not in _ITEMS:
            gathering.add(Reference(_name(child, {}) or "something of a kind that is not known", track=track))


def _of_clip(clip: dict[str, Any]) -> list[Any]:
    """Return every reference of a clip: since Clip.2 there are several, by name."""
    found = [clip["media_reference"]] if "media_reference" in clip else []
    several = clip.get("media_references")
    found += several.values() if isinstance(several, dict) else []
    return [f for f in found if f is not None]


def _take_reference(found: Any, clip: dict[str, Any], track: str, gathering: Gathering) -> None:
    node = found if isinstance(found, dict) else {}
    name, span = _name(node, clip), _span(clip)
    match _schema(node):
        case "GeneratorReference":
            kind = node.get("generator_kind")
            gathering.add_made(f"generator {kind if isinstance(kind, str) else name}")
        case "ExternalReference":
            target = _text(node.get("target_url"))
            gathering.add(Reference(_last(target) or name, target, _reel(clip, node), track, span))
        case "ImageSequenceReference":
            frames = _frames(node)
            if frames is None:
                gathering.add(Reference(name or "a sequence whose frames nobody can tell", track=track, span=span))
                return
            shown = f"{frames.head}[{frames.first}-{frames.first + (frames.count - 1) * frames.step}]{frames.tail}"
            target = _text(node.get("target_url_base"))
            gathering.add(Reference(shown, target, _reel(clip, node), track, span, frames))
        case _:
            gathering.add(Reference(name, "", _reel(clip, node), track, span))


def _frames(node: dict[str, Any]) -> Frames | None:
    """Return the frames of the whole available range; None where the document does not say which these are.

    As `ImageSequenceReference.number_of_images_in_sequence` counts: the range's duration at the rate divided by step.
    """
    span = node.get("available_range")
    duration = span.get("duration") if isinstance(span, dict) else None
    timing = duration if isinstance(duration, dict) else {}
    value, rate, ours = _number(timing.get("value")), _number(timing.get("rate")), _number(node.get("rate"))
    first, step, padding = (node.get(k) for k in ("start_frame", "frame_step", "frame_zero_padding"))
    if not (isinstance(first, int) and isinstance(step, int) and isinstance(padding, int)):
        return None
    if not (value and rate and ours and abs(first) < 10**12 and 0 < step < 10**6 and 0 <= padding <= 20):
        return None
    count = int(value * (ours / step) / rate + 1e-6)
    if count > MOST_ITEMS:
        raise Unreadable(f"one sequence has more than {MOST_ITEMS:,} frames")
    if not count:
        return None
    return Frames(_text(node.get("name_prefix")), _text(node.get("name_suffix")), first, count, step, padding)


def _number(value: Any) -> float:
    """Return a number of frames or a rate; 0 for what can be none."""
    return float(value) if isinstance(value, int | float) and 1e-3 < value < 1e9 else 0.0


def _schema(node: Any) -> str:
    """Return the name of an object's schema, without its version."""
    said = node.get("OTIO_SCHEMA") if isinstance(node, dict) else None
    return said.rpartition(".")[0] if isinstance(said, str) else ""


def _name(node: Any, clip: dict[str, Any]) -> str:
    for one in (clip, node):
        name = one.get("name") if isinstance(one, dict) else None
        if isinstance(name, str) and name.strip():
            return name
    return ""


def _reel(*nodes: dict[str, Any]) -> str:
    """Return the reel that an edit list or an editing system left in the metadata."""
    for node in nodes:
        metadata = node.get("metadata")
        for said in metadata.values() if isinstance(metadata, dict) else ():
            if isinstance(said, dict) and isinstance(said.get("reel"), str):
                return str(said["reel"])
    return ""


def _span(clip: dict[str, Any]) -> str:
    span = clip.get("source_range")
    start, duration = (span.get(k) if isinstance(span, dict) else None for k in ("start_time", "duration"))
    if not isinstance(start, dict) or not isinstance(duration, dict):
        return ""
    return f"{start.get('value')}+{duration.get('value')}@{duration.get('rate')}"[:60]


def _last(target: str) -> str:
    return target.replace("\\", "/").rstrip("/").rpartition("/")[2]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
