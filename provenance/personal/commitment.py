"""A commitment: what a record holds instead of something about a person. Pure."""

import hashlib

from provenance.asset import Commitment

SALT_BYTES = 32
"""As long as the digest: who tries names against a commitment has 2^256 salts to try with each."""

_DOMAIN = b"provenance/personal/1\0"


def commitment_of(salt: bytes, value: bytes) -> Commitment:
    """Return the SHA-256 over a fixed word, a salt of 32 bytes and a value: binding, and hiding without the salt.

    The word keeps a commitment from ever being the digest of a file or of an entry. Raises `ValueError` for a salt of
    another length: then one commitment could be opened in two ways.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    return Commitment(hashlib.sha256(_DOMAIN + salt + value).hexdigest())


def person_id(commitment: Commitment) -> str:
    """Return the short name of a value: it says no more than the commitment does."""
    return f"per-{commitment[:20]}"
