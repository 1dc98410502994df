"""Private keys of people: read, checked for who else may read them, and made."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from provenance.errors import DestinationExists, KeyUnusable
from provenance.identity import sshsig
from provenance.identity.dsse import ED25519, SSHSIG, Envelope, Signature, pae
from provenance.identity.publickey import ECDSA, RSA, PublicKey, check_strength, curve_hash, parse_public_key
from provenance.identity.wire import string

_HELP = "Name a private key with --sign-with, or make one with `provenance keys person ID`."
_MOST = 1 << 20
"""No key file is longer."""
_OPENSSH = b"-----BEGIN OPENSSH PRIVATE KEY-----"

Ask = Callable[[], bytes | None]
"""Asks a person for the passphrase of a key; None where nobody is there to be asked."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key that was read and may sign. What it shows of itself never holds the key."""

    public: PublicKey
    scheme: str
    _key: Any = field(repr=False)

    def sign(self, payload_type: str, payload: bytes) -> Envelope:
        """Return an envelope around a payload, signed."""
        signed = pae(payload_type, payload)
        raw = self._bare(signed) if self.scheme == ED25519 else sshsig.make(self.public, signed, self._in_ssh_form)
        return Envelope(payload_type, payload, (Signature(self.public.fingerprint, raw, self.scheme),))

    def _bare(self, message: bytes) -> bytes:
        signature: bytes = self._key.sign(message)
        return signature

    def _in_ssh_form(self, message: bytes) -> bytes:
        """Sign as SSH does (RFC 8332, section 3; RFC 5656, section 3.1.2; RFC 8709, section 6)."""
        if self.public.type == RSA:
            from cryptography.hazmat.primitives import hashes
            from cryptography.hazmat.primitives.asymmetric import padding

            return string(b"rsa-sha2-512") + string(self._key.sign(message, padding.PKCS1v15(), hashes.SHA512()))
        if self.public.type in ECDSA:
            from cryptography.hazmat.primitives.asymmetric import ec, utils

            made = self._key.sign(message, ec.ECDSA(curve_hash(self.public.type)))
            numbers = utils.decode_dss_signature(made)
            return string(self.public.type.encode()) + string(b"".join(string(_mpint(n)) for n in numbers))
        return string(self.public.type.encode()) + string(self._bare(message))


def _mpint(number: int) -> bytes:
    """Return a positive number as RFC 4251 (section 5) writes it: a leading zero where the first bit is set."""
    return number.to_bytes(number.bit_length() // 8 + 1)


def load_signer(path: Path, ask: Ask) -> Signer:
    """Return the private key at a path: Ed25519 as PEM, or any OpenSSH key of a kind we verify.

    A key as OpenSSH writes it signs as `ssh-keygen -Y sign` does; one in PEM signs as DSSE's own tools do. `ask` is
    called only for a key with a passphrase. Raises `KeyUnusable`, also where others than its owner may read it.
    """
    raw = _read(path)
    from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_ssh_private_key

    as_openssh = raw.lstrip().startswith(_OPENSSH)
    load: Callable[..., Any] = load_ssh_private_key if as_openssh else load_pem_private_key
    try:
        key = _loaded(load, raw, None, path)
    except _Locked as locked:
        passphrase = ask()
        if passphrase is None:
            advice = "Run the command on a terminal, where it can ask, or sign elsewhere with --request."
            raise KeyUnusable(
                f"the key {path} has a passphrase, and nobody is there to type it", help=advice
            ) from locked
        key = _loaded(load, raw, passphrase, path)
    public = _public(key, path)
    scheme = SSHSIG if as_openssh else ED25519
    if scheme == ED25519 and public.type != "ssh-ed25519":
        advice = "Use an Ed25519 key, or the key in the form OpenSSH writes: ssh-keygen -p -f KEY"
        raise KeyUnusable(f"the key {path} is no Ed25519 key, and not in the form OpenSSH writes", help=advice)
    check_strength(public)
    return Signer(public, scheme, key)


class _Locked(Exception):
    """A key has a passphrase."""


def _loaded(load: Callable[..., Any], raw: bytes, passphrase: bytes | None, path: Path) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        return load(raw, password=passphrase)
    except TypeError as error:
        if passphrase is None:
            raise _Locked from error
        raise KeyUnusable(f"the key {path} cannot be read", help=_HELP) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        if passphrase is None and "assword" in str(error):
            raise _Locked from error
        says = f"the key {path} cannot be read" if passphrase is None else f"that is not the passphrase of {path}"
        raise KeyUnusable(says, help=_HELP) from error


def _read(path: Path) -> bytes:
    """Return a private key's file; raises `KeyUnusable` if it is none, or if others may read it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as stream:
            found = os.fstat(stream.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise KeyUnusable(f"the key {path} is no regular file", help=_HELP)
            if found.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                advice = f"Run: chmod 600 {path}. If others could read it, list a new key instead."
                raise KeyUnusable(f"the key {path} can be read by others than its owner", help=advice)
            if found.st_size > _MOST:
                raise KeyUnusable(f"{path} is no key: it is too long", help=_HELP)
            return stream.read(_MOST)
    except OSError as error:
        raise KeyUnusable(f"the key {path} cannot be read: {error.strerror}", help=_HELP) from error


def _public(key: Any, path: Path) -> PublicKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    try:
        line = key.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
    except (AttributeError, ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnusable(f"the key {path} is of a kind that does not sign", help=_HELP) from error
    return parse_public_key(line.decode())


def public_key_in(path: Path) -> PublicKey:
    """Return the public key in a file: a line as OpenSSH writes it, or PEM. Raises `KeyUnusable`."""
    try:
        raw = path.read_bytes()[:_MOST]
    except OSError as error:
        raise KeyUnusable(f"the public key {path} cannot be read: {error.strerror}", help=_HELP) from error
    if b"PRIVATE KEY" in raw:
        advice = "List the public half, which is in a file of the same name with .pub."
        raise KeyUnusable(f"{path} holds a private key", help=advice)
    if raw.lstrip().startswith(b"-----BEGIN"):
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

        try:
            loaded = load_pem_public_key(raw)
            raw = loaded.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        except (ValueError, UnsupportedAlgorithm) as error:
            raise KeyUnusable(f"the public key {path} cannot be read: {error}", help=_HELP) from error
    lines = [line for line in raw.decode("utf-8", "replace").splitlines() if line.strip() and line[0] != "#"]
    if len(lines) != 1:
        raise KeyUnusable(f"{path} holds {len(lines)} keys, not one", help=_HELP)
    return parse_public_key(lines[0])


def new_key(path: Path, comment: str, passphrase: bytes | None) -> PublicKey:
    """Make an Ed25519 key at `path`, as OpenSSH writes it, with its public half in `path` + `.pub`; return that half.

    Raises `DestinationExists`, and writes nothing, where either is there.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    public_path = path.with_name(f"{path.name}.pub")
    for each in (path, public_path):
        if os.path.lexists(each):
            raise DestinationExists(f"{each} exists", help="Name another file. A key is never overwritten.")
    key = Ed25519PrivateKey.generate()
    lock = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, lock)
    public = _public(key, path)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write_new(path, private, 0o600)
    _write_new(public_path, f"{public.line} {comment}\n".encode(), 0o644)
    return public


def _write_new(path: Path, data: bytes, mode: int) -> None:
    from provenance.files import sync_folder

    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, mode)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        sync_folder(path.parent)
    except OSError as error:
        advice = "Name a file in a folder that this user may write to."
        raise KeyUnusable(f"the key {path} cannot be written: {error.strerror}", help=advice) from error
