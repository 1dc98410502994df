"""Types that lie among films, sound and pictures now and then, and hold a delivery where nobody knows them.

Here they are only suspected, by their first bytes: what proves that a file is of one of them, and walks it, is loaded
when there is one. None of them has a place for a credential that the SDK reads. A short signature proves nothing: such
a type is known by a structure that fits, and is of no type that is known otherwise. What stands behind the end that a
structure has, or breaks a chain of frames, is shown to the visitor, and is a gap all the same.
"""

from importlib import import_module
from typing import Final

from provenance.containers.ending import look_at_end
from provenance.containers.family import End, Family
from provenance.containers.model import Format
from provenance.containers.notes import Notes
from provenance.containers.window import Window

_HOMES: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x0b\x77", "coded"),
    (b"\x7f\xfe\x80\x01", "coded"),
    (b"\x64\x58\x20\x25", "coded"),
    (b"#!AMR", "coded"),
    (b"DTSHDHDR", "sounds"),
    (b"riff\x2e\x91\xcf\x11", "sounds"),
    (b".snd", "sounds"),
    (b"caff\0\1\0\0", "sounds"),
    (b"wvpk", "sounds"),
)
"""How a file begins, and the module of this package that knows the type. The first that fits is asked."""


def _home(head: bytes) -> Family | None:
    for start, name in _HOMES:
        if head.startswith(start):
            family: Family = import_module(f"{__name__}.{name}").FAMILY
            return family
    return None


def _recognise(head: bytes, window: Window) -> Format | None:
    family = _home(head)
    return None if family is None else family.recognise(head, window)


def _walk(window: Window, notes: Notes) -> None:
    family = _home(window.at(0, 64))
    if family is not None:
        family.walk(window, notes)
        if family.end is not End.REACHED:
            look_at_end(window, notes, pictures=family.end is End.OPEN)


FAMILY = Family(_recognise, _walk)
