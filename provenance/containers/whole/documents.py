"""Whether a PDF or a ZIP is cut short."""

import re

from provenance.containers.whole.reach import TAIL, beyond
from provenance.containers.window import Window

_PDF = re.compile(rb"%PDF-\d\.\d\s")
_EOF, _START = b"%%EOF", b"startxref"
_NEAR = 2048
_LINEARIZED = re.compile(rb"/Linearized\b[^>]{0,256}?/L\s+(\d{1,15})\b")


def pdf_cut(head: bytes, window: Window) -> str | None:
    """Say if a PDF has no end, which readers look for in its last bytes (ISO 32000-1, 7.5.5).

    Nothing is said where anything like an end, or nothing but zeros, shows in the last 64 KiB, unless it is a file for
    the web that was longer when it was made (annex F): such a file has one at its start as well.
    """
    if not _PDF.match(head):
        return None
    end = window.last(_NEAR)
    if _EOF in end or _START in end:
        return None
    said = _LINEARIZED.search(window.at(0, _NEAR))
    if said is not None and int(said[1]) > window.size:
        return beyond("the PDF", int(said[1]), window)
    tail = window.last(TAIL)
    return None if _EOF in tail or not any(tail) else "the PDF has no %%EOF at its end"


_ENTRY, _END = b"PK\3\4", b"PK\5\6"
_RECORD, _COMMENT = 22, 65_535
_MOST_VERSION = 100


def zip_cut(head: bytes, window: Window) -> str | None:
    """Say if a ZIP has no list of its entries, which comes last and without which no reader opens it (APPNOTE 4.3.6).

    A volume of a ZIP that was cut into pieces looks like one that was not finished, and is called so.
    """
    version = int.from_bytes(head[4:6], "little") & 0xFF
    if not head.startswith(_ENTRY) or version > _MOST_VERSION:
        return None
    end = window.last(_RECORD)
    if end.startswith(_END) or _END in window.last(_RECORD + _COMMENT):
        return None
    return "the ZIP has no list of its entries at its end"
