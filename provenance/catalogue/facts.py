"""The facts of a batch, written down a second time: as lines, over which the ledger's entry carries a digest.

`recording` makes them of what it writes, `verification` of what stands in the tables.
"""

import hashlib
from collections.abc import Iterable

import msgspec


def lines_digest(lines: Iterable[bytes]) -> str:
    """Return the digest over the facts of a batch, in whatever order they come."""
    return hashlib.sha256(b"\n".join(sorted(lines))).hexdigest()


line = msgspec.json.encode
"""Write one fact as one line: JSON of a list, which is injective and holds no line break."""


def evidence_line(fact: tuple[bytes, int, bytes, int, bytes, bytes]) -> bytes:
    """Write down (SHA-256, number among this asset's, XXH3, size, examiner, digest of the finding)."""
    raw, nth, fast, size, examiner, finding = fact
    return line(("evidence", raw.hex(), nth, fast.hex(), size, examiner.decode(), finding.hex()))


def label_line(fact: tuple[str, bytes, int]) -> bytes:
    """Write down (label, SHA-256, whether intact)."""
    return line(("label", fact[0], fact[1].hex(), fact[2]))


def edge_line(fact: tuple[bytes, str, str, str, int, str]) -> bytes:
    """Write down (child's SHA-256, label, relation, title, whether removed, witness)."""
    child, *rest = fact
    return line(("edge", child.hex(), *rest))


def likeness_line(fact: tuple[bytes, str, int, bytes]) -> bytes:
    """Write down (SHA-256, algorithm, version, value)."""
    raw, algorithm, version, value = fact
    return line(("likeness", raw.hex(), algorithm, version, value.hex()))


def exhibit_line(fact: tuple[bytes, str, str, bytes, int, int]) -> bytes:
    """Write down (SHA-256, kind, place, digest of what is kept, its size, whether it was not too large to keep)."""
    raw, kind, place, digest, size, held = fact
    return line(("exhibit", raw.hex(), kind, place, digest.hex(), size, held))


def beside_line(fact: tuple[str, bytes, bytes, bytes]) -> bytes:
    """Write down (zone, path, SHA-256, digest of what lay beside)."""
    zone, path, raw, digest = fact
    return line(("beside", zone, path.hex(), raw.hex(), digest.hex()))
