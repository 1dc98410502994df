"""Public keys as OpenSSH writes them, and checking a signature with one.

The forms are those of RFC 4253 (section 6.6), RFC 5656 (section 3.1), RFC 8332 and RFC 8709. `cryptography` does the
arithmetic; it is loaded for that alone, so that a configuration that lists people is read without it.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from provenance.errors import KeyUnusable
from provenance.identity.wire import Malformed, Reader

ED25519: Final = "ssh-ed25519"
RSA: Final = "ssh-rsa"
ECDSA: Final = ("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521")
TYPES: Final = (ED25519, RSA, *ECDSA)

RSA_BITS = 2048
"""Shorter RSA keys are refused, as NIST SP 800-131A does."""

_HELP = "Write a public key as in an OpenSSH .pub file, `ssh-ed25519 AAAA…`, or the path of such a file."


class SignatureBad(ValueError):
    """A signature does not belong to these bytes and this key, or cannot be read. Says why."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One public key: its type and its binary form, as both stand in a `.pub` file."""

    type: str
    blob: bytes

    @property
    def fingerprint(self) -> str:
        """`SHA256:…`, as `ssh-keygen -l` prints it."""
        return fingerprint(self.blob)

    @property
    def line(self) -> str:
        """The key as OpenSSH writes it, without a comment."""
        return f"{self.type} {base64.b64encode(self.blob).decode()}"


@lru_cache(maxsize=256)
def fingerprint(blob: bytes) -> str:
    """Return how a key is named: the SHA-256 of its binary form in base64, without padding."""
    return f"SHA256:{base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip('=')}"


def parse_public_key(line: str) -> PublicKey:
    """Return the key in a line of a `.pub` file, with or without a comment; raises `KeyUnusable` for anything else."""
    words = line.split(maxsplit=2)
    if len(words) < 2 or words[0] not in TYPES:
        kind = words[0] if words and len(words[0]) < 64 else ""
        says = (
            f"{kind} is no kind of key that can be used here" if len(words) >= 2 else f"{line[:40]!r} is no public key"
        )
        if kind.startswith("sk-"):
            says = f"{kind} lives in a security key (FIDO), and signatures of those are not checked here"
        raise KeyUnusable(says, help=f"{_HELP} Kinds: {', '.join(TYPES)}.")
    try:
        blob = base64.b64decode(words[1], validate=True)
        key = PublicKey(words[0], blob)
        loaded = _loaded_shape(key)
    except (binascii.Error, Malformed) as error:
        raise KeyUnusable(f"a public key ({words[0]}) cannot be read: {error}", help=_HELP) from error
    if loaded != words[0]:
        raise KeyUnusable(f"a public key is called {words[0]} and is {loaded!a}", help=_HELP)
    return key


def _loaded_shape(key: PublicKey) -> str:
    """Return the type that stands inside a key, having walked it to its end.

    Raises `Malformed` for a key that is written in another form than the one OpenSSH writes: it is named by its bytes,
    and written in two ways it would be two keys, of two people.
    """
    reader = Reader(key.blob)
    inside = reader.string().decode("ascii", "backslashreplace")
    parts = [reader.string() for _ in range({ED25519: 1, RSA: 2}.get(inside, 2))]
    reader.end()
    if inside == RSA and any(not p or (p[0] == 0 and p[1:2] < b"\x80") for p in parts):
        raise Malformed("a number in it has a needless zero in front")  # RFC 4251, section 5
    if inside in ECDSA and parts[1][:1] != b"\x04":
        raise Malformed("its point is compressed")  # RFC 5656, section 3.1: optional, and OpenSSH takes none
    return inside


def check_strength(key: PublicKey) -> None:
    """Raise `KeyUnusable` for a key that no signature should be believed of: too short, or no point of its curve."""
    try:
        _loaded(key)
    except SignatureBad as error:
        raise KeyUnusable(f"the key {key.fingerprint} cannot be used: {error}", help=_HELP) from error


@lru_cache(maxsize=256)
def _loaded(key: PublicKey) -> Any:
    """Return the key as `cryptography` holds it; raises `SignatureBad`."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.serialization import load_ssh_public_key

    try:
        loaded = load_ssh_public_key(key.line.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SignatureBad(f"its key cannot be read ({error})") from error
    if isinstance(loaded, RSAPublicKey) and loaded.key_size < RSA_BITS:
        raise SignatureBad(f"an RSA key of {loaded.key_size} bits is too short")
    return loaded


def verify_ed25519(key: PublicKey, signature: bytes, message: bytes) -> None:
    """Check a bare Ed25519 signature (RFC 8032); raises `SignatureBad`."""
    if key.type != ED25519:
        raise SignatureBad(f"a bare Ed25519 signature cannot be by a key of type {key.type}")
    from cryptography.exceptions import InvalidSignature

    try:
        _loaded(key).verify(signature, message)
    except InvalidSignature as error:
        raise SignatureBad("it does not belong to what it is said to sign") from error


def verify_ssh(key: PublicKey, blob: bytes, message: bytes) -> None:
    """Check a signature in SSH's own form, algorithm and all; raises `SignatureBad`.

    RSA with SHA-1 (`ssh-rsa` as a signature's algorithm) is refused, as OpenSSH does for signatures of this kind.
    """
    try:
        reader = Reader(blob)
        algorithm, signature = reader.string().decode("ascii", "backslashreplace"), reader.string()
        reader.end()
    except Malformed as error:
        raise SignatureBad(str(error)) from error
    if key.type == ED25519 == algorithm:
        verify_ed25519(key, signature, message)
        return
    from cryptography.exceptions import InvalidSignature

    try:
        if key.type == RSA and algorithm in {"rsa-sha2-256", "rsa-sha2-512"}:
            _verify_rsa(_loaded(key), algorithm, signature, message)
        elif key.type in ECDSA and key.type == algorithm:
            _verify_ecdsa(_loaded(key), algorithm, signature, message)
        else:
            raise SignatureBad(f"a key of type {key.type} does not sign as {algorithm!a}")
    except InvalidSignature as error:
        raise SignatureBad("it does not belong to what it is said to sign") from error


def _verify_rsa(key: Any, algorithm: str, signature: bytes, message: bytes) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    digest = hashes.SHA512() if algorithm.endswith("512") else hashes.SHA256()
    key.verify(signature, message, padding.PKCS1v15(), digest)


def _verify_ecdsa(key: Any, algorithm: str, signature: bytes, message: bytes) -> None:
    """Check an ECDSA signature: two numbers in SSH's form (RFC 5656, section 3.1.2)."""
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    try:
        reader = Reader(signature)
        r, s = (int.from_bytes(reader.string()) for _ in range(2))
        reader.end()
    except Malformed as error:
        raise SignatureBad(str(error)) from error
    key.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(curve_hash(algorithm)))


def curve_hash(algorithm: str) -> Any:
    """Return the hash that goes with a curve (RFC 5656, section 6.2.1)."""
    from cryptography.hazmat.primitives import hashes

    match algorithm[-3:]:
        case "256":
            return hashes.SHA256()
        case "384":
            return hashes.SHA384()
        case _:
            return hashes.SHA512()
