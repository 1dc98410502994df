"""Keeps generated material out of final deliverables unless somebody with the authority approved it.

The rooms and which way imports go: `docs/decisions/0001-the-house.md`.
"""

__version__ = "0.1.0"

EXAMINER = 4
"""Which revision of our readers this is: raised by one whenever the same bytes may read otherwise than before.

It is no part of the version, which also changes for other reasons. What was recorded by an earlier one is named by
`status`, and read again by `provenance rescan --outdated`. Before there was a number, it was 0.
"""
