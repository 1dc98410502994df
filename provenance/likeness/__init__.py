"""Likeness: digests over what is seen and heard, by which a file is known again when its marks were taken away.

Two kinds. What is *coded* (the compressed picture, the packets of a track) is digested of every file in which it can be
found, without decoding anything: it survives whatever is done to metadata, and another container. What is *decoded* is
digested only where it is asked for: it survives being saved anew without loss, and costs a decoder.

What says nothing has no likeness: icons, plain areas, silence. Files that have it in common have nothing in common.
"""

from provenance.likeness.coded import coded_likeness

__all__ = ["coded_likeness"]
