"""What lies whole within another file: cover art of films and sound, objects in tags, attachments.

A picture is walked like any other, and what is found in it speaks of a part of the file.
"""

from provenance.containers.notes import BLOCK_LIMIT, Notes

_LOOKED_INTO = ("image/", "font/", "text/plain")


def look_inside(notes: Notes, place: str, data: bytes, *, unknown: bool = False) -> None:
    """Walk something that lies whole in a file, and hand on its metadata as that of a part.

    Pictures, fonts and plain text are looked into; anything else, and a picture that holds a credential of its own,
    is a gap. With `unknown`, bytes of no type that is known are no gap: they hold what a program keeps for itself.
    """
    from provenance.containers.walk import walk_within

    if notes.inner:
        notes.gap("inside", f"{place} lies in something that lies in the file already, and was not examined")
        return
    found = walk_within(data[:BLOCK_LIMIT])
    kind = found.format.media_type if found.format else ""
    if found.residue:
        notes.gap("inside", f"{place} has a content credential of its own, or remains of one, which was not examined")
    elif kind.startswith(_LOOKED_INTO) and not (found.format and found.format.holds_files):
        for gap in found.gaps:
            notes.gap("inside", f"{place}: {gap.place}: {gap.says}")
    elif kind or not unknown:
        notes.gap("inside", f"{place} is {kind or 'of an unknown type'} and was not examined")
    for block in found.blocks:
        notes.block(block.kind, f"{place}: {block.place}", block.data, block.key, part=True)


def decline(notes: Notes, place: str, why: str) -> None:
    """Note something that lies whole in a file and is not looked into."""
    notes.gap("inside", f"{place} was not examined: {why}")
