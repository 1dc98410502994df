"""What lies whole within another file: cover art of films and sound, objects in tags, attachments, placed files.

It is shown to whoever examines the file, who examines it like a file of its own. Where nobody is there to do so, it is
a gap.
"""

from provenance.containers.notes import Notes
from provenance.containers.window import Window
from provenance.files import BufferMedia, Media

_PADDING = 64 << 10
_FILMS = frozenset({b"ftyp", b"moov", b"mdat"})


def look_inside(notes: Notes, place: str, content: bytes | Media, *, unknown: bool = False) -> None:
    """Show something that lies whole in a file to the visitor.

    With `unknown`, bytes of no type that is known are no gap: they hold what a program keeps for itself.
    """
    media = BufferMedia(content) if isinstance(content, bytes) else content
    if notes.visitor is None:
        decline(notes, place, "nobody is there who would")
    elif media.size == 0 and not unknown:
        decline(notes, place, "it is empty, or cannot be decoded")
    elif notes.visitor.more():
        notes.visitor.visit(place, media, unknown=unknown)


def look_behind(window: Window, notes: Notes, at: int, what: str) -> None:
    """Show what stands behind the end of a file to the visitor: another picture, a film that a telephone put there.

    Makers put blocks of their own there as well: bytes of no type that is known are nothing to hold a file for.
    """
    if notes.visitor is None:
        return
    padding = window.at(at, _PADDING)
    start = at + len(padding) - len(padding.lstrip(b"\0"))
    # The length that a film begins with has zeros in front.
    at = next((n for n in range(max(at, start - 3), start) if window.at(n + 4, 4) in _FILMS), start)
    if at < window.size and notes.visitor.more():
        notes.visitor.visit(f"behind the {what} at {at}", window.part(at, window.size - at), unknown=True)


def decline(notes: Notes, place: str, why: str) -> None:
    """Note something that lies whole in a file and is not looked into."""
    notes.gap("inside", f"{place} was not examined: {why}")
