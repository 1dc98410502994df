"""Timelines, and what they point at. Knows no catalogue: whether anything is there is for others to say.

::

    model         what a timeline is read as
    reading       from a file to that
    whereabouts   where a path or URL in one may lie
    otio          OpenTimelineIO
    fcpxml        Final Cut Pro's XML
    xmeml         Final Cut Pro 7's, which Premiere and Resolve write
    edl           edit decision lists
    tree          XML, bounded
"""

from provenance.references.model import Frames, Reference, Timeline, TimelineFormat, Unreadable, shortened
from provenance.references.reading import read_timeline
from provenance.references.whereabouts import Spelling, key_of, remote, spellings, stem_of

__all__ = [
    "Frames",
    "Reference",
    "Spelling",
    "Timeline",
    "TimelineFormat",
    "Unreadable",
    "key_of",
    "read_timeline",
    "remote",
    "shortened",
    "spellings",
    "stem_of",
]
