"""A C2PA manifest store as a file of its own: what a sidecar is."""

from provenance.containers.family import Family
from provenance.containers.model import Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.remains import looks_like_manifest
from provenance.containers.window import Window

_STORE = Format("application/c2pa", Carries.YES, "application/c2pa")
_LOOKED = 4096


def _recognise(head: bytes, window: Window) -> Format | None:
    return _STORE if head[4:8] == b"jumb" and looks_like_manifest(window.at(0, _LOOKED)) else None


def _walk(window: Window, notes: Notes) -> None:
    notes.residue("manifest store at 0")
    size = window.number(0, 4)
    if size > window.size:
        notes.gap("manifest store at 0", "it is longer than the file: the file is cut short or damaged")


FAMILY = Family(_recognise, _walk)
