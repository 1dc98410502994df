"""Final Cut Pro's XML (developer.apple.com, "FCPXML Reference"): clips refer to resources by id.

Only what the projects in a document use counts, and all of it: every angle of a multicam clip, disabled clips,
auditions that were not picked. A document without a project counts as a whole.
"""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from provenance.references.model import Gathering, Reference
from provenance.references.tree import tag_of

if TYPE_CHECKING:
    from lxml import etree

_CLIPS: Final = frozenset({"asset-clip", "video", "audio", "ref-clip", "mc-clip", "title"})
"""Elements whose `ref` must lead to a resource; others (styles of text) have references of their own."""
_AUDIO: Final = frozenset({"audio"})


def read(root: "etree._Element", gathering: Gathering) -> None:
    """Take down everything a document points at."""
    resources = {key: element for element in _below(root, "resources") if (key := _attribute(element, "id"))}
    projects = [e for e in root.iter() if tag_of(e) == "project"]
    starts: Iterable[etree._Element] = projects or [e for e in root if tag_of(e) != "resources"]
    met: set[str] = set()
    waiting = list(starts)
    while waiting:
        for element in waiting.pop().iter():
            tag, ref = tag_of(element), _attribute(element, "ref")
            if tag == "gap":
                gathering.add_made("gap")
            if not ref or (tag not in _CLIPS and ref not in resources):
                continue
            found = resources.get(ref)
            if found is None:
                gathering.add(Reference(_attribute(element, "name") or f"{ref}, which is not in the file"))
                continue
            if tag_of(found) == "media" and ref not in met:  # a compound or multicam clip, which may hold others
                waiting.append(found)
            met.add(ref)
            _use(element, found, gathering)


def _below(root: "etree._Element", tag: str) -> "Iterator[etree._Element]":
    for element in root:
        if tag_of(element) == tag:
            yield from element


def _use(element: "etree._Element", resource: "etree._Element", gathering: Gathering) -> None:
    """Take down one use of a resource."""
    match tag_of(resource):
        case "asset":
            track = "audio" if tag_of(element) in _AUDIO else "video"
            span = f"{_attribute(element, 'start') or '0s'}+{_attribute(element, 'duration')}"
            for reference in _assets(resource, track, span):
                gathering.add(reference)
        case "effect" if tag_of(element) in _CLIPS:
            kind = "title" if tag_of(element) == "title" else "generator"
            name = _attribute(resource, "name") or _attribute(element, "name")
            gathering.add_made(f"{kind} {name}")
        case _:
            pass


def _assets(asset: "etree._Element", track: str, span: str) -> Iterator[Reference]:
    """Yield the files of an asset: since 1.9 original and proxy stand apart. A proxy need not be found."""
    name = _attribute(asset, "name")
    found = [(_attribute(asset, "src"), "")]
    found += [(_attribute(r, "src"), _attribute(r, "kind")) for r in asset if tag_of(r) == "media-rep"]
    found = [(src, kind) for src, kind in found if src]
    original = any(kind != "proxy-media" for _, kind in found)
    for src, kind in found:
        yield Reference(
            src.rstrip("/").rpartition("/")[2] or name,
            src,
            track=track,
            span=span,
            optional=original and kind == "proxy-media",
        )
    if not found:
        yield Reference(name, track=track, span=span)


def _attribute(element: "etree._Element", name: str) -> str:
    return str(element.get(name, ""))
