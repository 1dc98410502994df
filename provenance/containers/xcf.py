"""GIMP's pictures (XCF): the notes attached to them. They stand before the picture, and are searched, not followed.

Comments of a picture that was opened are kept as they are, and its EXIF and XMP as a list of tags in XML.
"""

import html
import re

from provenance.containers.family import End, Family
from provenance.containers.model import Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.tags import note_remains, note_text
from provenance.containers.window import Window

_XCF = Format("image/x-xcf", Carries.NO)
_START = b"gimp xcf "
_BEFORE = 1 << 20
_TAG = re.compile(rb"<tag name=\"[\w.]{0,80}\.(\w{1,80})\">([\t\n\r -;=?-~]{1,4096})</tag>")


def _recognise(head: bytes, _window: Window) -> Format | None:
    return _XCF if head.startswith(_START) else None


def _walk(window: Window, notes: Notes) -> None:
    data = window.at(0, _BEFORE)
    note_remains(notes, "XCF", data)
    for tag in _TAG.finditer(data):
        text = html.unescape(tag[2].decode("ascii")).encode()
        note_text(notes, f"XCF {tag[1].decode('ascii')} at {tag.start()}", tag[1].decode("ascii"), text)


FAMILY = Family(_recognise, _walk, End.OPEN)
