"""Final Cut Pro 7's XML ("Final Cut Pro XML Interchange Format", version 5), as Premiere and Resolve write it.

Every clip in every sequence of the document counts, nested sequences included; what only lies in a bin does not.
"""

from typing import TYPE_CHECKING

from provenance.references.model import Gathering, Reference
from provenance.references.tree import child_text, tag_of

if TYPE_CHECKING:
    from lxml import etree


def read(root: "etree._Element", gathering: Gathering) -> None:
    """Take down everything a document points at."""
    files: dict[str, etree._Element] = {}
    for element in root.iter():
        if tag_of(element) == "file" and len(element):  # later uses of the same file repeat its id alone
            files.setdefault(str(element.get("id", "")), element)
    inside = [s for s in root.iter() if tag_of(s) == "sequence"]
    outermost = [s for s in inside if not any(tag_of(above) == "sequence" for above in s.iterancestors())]
    for sequence in outermost:
        for element in sequence.iter():
            tag = tag_of(element)
            if tag == "clipitem":
                _clip(element, files, gathering)
            elif tag == "generatoritem":
                gathering.add_made(f"generator {child_text(element, 'name')}")


def _clip(element: "etree._Element", files: "dict[str, etree._Element]", gathering: Gathering) -> None:
    name, span = child_text(element, "name"), f"{child_text(element, 'in')}-{child_text(element, 'out')}"
    track = next((kind for a in element.iterancestors() if (kind := tag_of(a)) in {"video", "audio"}), "")
    uses = [c for c in element if tag_of(c) == "file"]
    if not uses and any(tag_of(c) == "sequence" for c in element):
        return  # its clips are met by themselves
    for use in uses:
        found = use if len(use) else files.get(str(use.get("id", "")))
        if found is None:
            gathering.add(Reference(name, track=track, span=span))
            continue
        path = child_text(found, "pathurl")
        synthetic = child_text(found, "mediaSource")
        if not path and synthetic:  # Premiere's own black, bars and titles
            gathering.add_made(f"generator {synthetic} {name}")
            continue
        gathering.add(Reference(child_text(found, "name") or name, path, track=track, span=span))
    if not uses:
        gathering.add(Reference(name, track=track, span=span))
