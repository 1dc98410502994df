"""What the gate refused, taken out of a final zone and kept: every byte of it, and a row for every step.

::

    taking         taking files away
    returning      putting one back
    mending        finishing what was cut off
    notes          the note that tells a folder's people
    turns          who moves now, so that nobody mends what is under way
    whereabouts    finding what was taken away by the place it had

A row of the catalogue is written before anything is moved, and the ledger's entry after everything was; a note is
left in between. `moving` knows how a file gets from one tree to another, and nothing of why.
"""

from provenance.quarantine.mending import Mended, mend
from provenance.quarantine.notes import is_our_note, notes_among, requests_but, taken_out, without_notes
from provenance.quarantine.returning import bring_back, in_the_way
from provenance.quarantine.taking import NotTaken, Refused, Taken, take_away
from provenance.quarantine.turns import moving
from provenance.quarantine.whereabouts import Held, held_at, targets_with_held

__all__ = [
    "Held",
    "Mended",
    "NotTaken",
    "Refused",
    "Taken",
    "bring_back",
    "held_at",
    "in_the_way",
    "is_our_note",
    "mend",
    "moving",
    "notes_among",
    "requests_but",
    "take_away",
    "taken_out",
    "targets_with_held",
    "without_notes",
]
