"""Keeps generated material out of final deliverables unless somebody with the authority approved it.

The rooms and which way imports go: `docs/decisions/0001-the-house.md`.
"""

__version__ = "0.1.0"
