"""PostScript, alone (EPS) or with a preview (DOS EPS): its XMP, its comments, and the pictures that begin in it.

The program itself is not run. It ends with a comment (PostScript Language Document Structuring Conventions 3.0, 4.3),
and nothing stands behind that.
"""

import re

from provenance.containers.family import End, Family
from provenance.containers.inside import look_inside
from provenance.containers.model import BlockKind, Carries, Format
from provenance.containers.notes import Notes
from provenance.containers.packets import find_packet
from provenance.containers.rare.follow import ends_at, show_pictures
from provenance.containers.rare.spans import between
from provenance.containers.remains import find_encoded_remains, search
from provenance.containers.resources import read_encoded
from provenance.containers.tags import note_remains
from provenance.containers.window import Window

_EPS = Format("application/postscript", Carries.NO)
_START, _WITH_PREVIEW = b"%!PS-Adobe-", b"\xc5\xd0\xd3\xc6"
_FIRST = re.compile(rb"%!PS-Adobe-\d\.\d[ -~]{0,80}[\r\n]+%")
_HEADER = 30
_COMMENT = re.compile(rb"^%%(Title|Creator|For): ?\(?([^\r\n]{1,1000}?)\)?\r?$", re.MULTILINE)
_NO_TEXT = re.compile(rb"[^\t\n\f\r\x04 -~]")
_COMMENTED, _TAIL, _TEXTS = 4096, 64 << 10, 1 << 20
_PIECE, _ILLUSTRATOR = 1 << 16, b"%%Creator: Adobe Illustrator"
_PACKET_START, _LONGEST_PACKET, _MOST_PACKETS = b"<?xpacket begin", 16 << 20, 64
_SEARCHED = 16 << 20


def _recognise(head: bytes, window: Window) -> Format | None:
    if head.startswith(_START):
        return _EPS if _FIRST.match(window.at(0, 256)) else None
    start, length = _part(head, 4)
    return _EPS if start >= _HEADER and start + length <= window.size and window.at(start, 4) == _START[:4] else None


def _part(head: bytes, at: int) -> tuple[int, int]:
    start, length = (int.from_bytes(head[n : n + 4], "little") for n in (at, at + 4))
    return start, length


def _walk(window: Window, notes: Notes) -> None:
    head = window.at(0, _HEADER)
    start, stop = 0, window.size
    if not head.startswith(_START):
        start, length = _part(head, 4)
        stop = start + length
        spans = [(0, _HEADER + 2), (start, stop)]
        for at, size in (_part(head, 12), _part(head, 20)):
            if size:
                look_inside(notes, f"a preview at {at}", window.part(at, size))
                spans.append((at, at + size))
        between(window, notes, spans, "EPS")
    _read_program(window, notes, start, stop)


def _read_program(window: Window, notes: Notes, start: int, stop: int) -> None:
    for found in _COMMENT.finditer(window.at(start, min(_COMMENTED, stop - start))):
        key = found[1].decode()
        place = f"PostScript {key} at {start + found.start()}"
        notes.block(BlockKind.FIELD, place, found[2], "Software" if key == "Creator" else key)
    search(window, notes, start, "PostScript")
    if (at := find_encoded_remains(window, start, min(stop, start + _SEARCHED))) >= 0:
        notes.residue(f"PostScript at {at}")
    read_encoded(notes, window.at(start, min(_SEARCHED, stop - start)))
    show_pictures(window, notes, start, stop)
    if not _read_packets(window, notes, start, stop):
        note_remains(notes, f"PostScript at {start}", window.at(start, min(_TEXTS, stop - start)))
    tail = max(start, stop - _TAIL)
    end = window.at(tail, stop - tail).rfind(b"%%EOF")
    if end >= 0:
        end += tail + 5
        end += len(window.at(end, 64)) - len(window.at(end, 64).lstrip(b"\r\n\4 "))
        # Illustrator keeps a drawing of its own behind the end of the program, as text.
        if _NO_TEXT.search(window.at(end, stop - end)):
            ends_at(window, notes, end, "PostScript", stop)
    elif b"\0" in window.at(start, min(_TEXTS, stop - start)) and not _goes_on(window):
        # Not every writer of plain text ends it so.
        notes.gap("PostScript", "it does not end as its like does: the file is cut short")


def _goes_on(window: Window) -> bool:
    """Whether this is the first piece of what Illustrator keeps for itself in a PDF, cut into pieces of one length."""
    return window.size == _PIECE and _ILLUSTRATOR in window.at(0, _COMMENTED)


def _read_packets(window: Window, notes: Notes, start: int, stop: int) -> int:
    """Read packets of XMP; the first is the document's, others are of what was placed in it. Return how many."""
    at, count = window.find(_PACKET_START, start, stop), 0
    while at >= 0 and count < _MOST_PACKETS:
        _, packet = find_packet(window.at(at, min(_LONGEST_PACKET, stop - at)))
        if packet:
            notes.block(BlockKind.XMP, f"PostScript XMP at {at}", packet, part=count > 0)
        count += 1
        at = window.find(_PACKET_START, at + max(len(packet), len(_PACKET_START)), stop)
    if at >= 0:
        notes.gap("PostScript", f"there are more than {_MOST_PACKETS} packets of XMP; the rest was not read")
    return count


FAMILY = Family(_recognise, _walk, End.OPEN)
