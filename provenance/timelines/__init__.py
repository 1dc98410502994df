"""What a render was made from, by its timeline: finding the sources among the material, and taking it down.

::

    resolving   from what a timeline points at to files of the production
    taking      the words that are recorded of it
"""

from provenance.timelines.resolving import Material, Resolution, Source, Unresolved, resolve
from provenance.timelines.taking import Cut, Terms, take_down_timeline

__all__ = ["Cut", "Material", "Resolution", "Source", "Terms", "Unresolved", "resolve", "take_down_timeline"]
