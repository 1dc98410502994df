"""Why a file is what it is said to be, for a person who knows nothing of formats.

::

    words      what each kind of ground is, what it is worth, and what it does, in plain words
    chains     the content credential's manifests as a tree, read in a process that can be killed
    explaining an account, explained
"""

from provenance.explaining.explaining import Explained, Explanation, explain

__all__ = ["Explained", "Explanation", "explain"]
