"""Proof that an identity can sign, and that a trust list is gone by: a picture made here is signed, and read back."""

import datetime as dt
import io
import struct
import zlib

from provenance.config import AnchorPurpose
from provenance.containers.model import Carries, Container, Format
from provenance.credentials.keys import Identity, SigningKey, check_signer, new_identity
from provenance.credentials.read import CredentialReader
from provenance.credentials.sdk import Draft, WriteRefused, write_store
from provenance.credentials.text import clean
from provenance.credentials.trust import Trust, TrustAnchor
from provenance.errors import ConfigInvalid, KeyUnusable
from provenance.evidence import Credential, State
from provenance.files import BufferMedia

_PNG = "image/png"
_EMPTY = "http://c2pa.org/digitalsourcetype/empty"


def prove(identity: Identity, *, now: dt.datetime | None = None) -> SigningKey:
    """Return the identity ready to sign, after it signed a picture that then read as trusted under its own root.

    Raises `KeyUnusable` with what went wrong. `now` is this machine's clock unless it is given; the SDK looks at the
    clock by itself.
    """
    key = check_signer(identity.certificates, identity.private_key, now=now)
    try:
        signed = _signed_picture(key)
    except WriteRefused as refused:
        raise KeyUnusable(f"the SDK does not sign with it: {clean(str(refused))}") from refused
    anchor = TrustAnchor(identity.root, AnchorPurpose.SIGNER, may_clear=False, not_after=key.not_after)
    credential = _read(signed, (anchor,))
    if credential.state is not State.TRUSTED:
        raise KeyUnusable(f"what it signed reads back as {credential.state.value}: {credential.why}")
    return key


def prove_trust(trust: Trust) -> None:
    """Return if the SDK goes by this list; raise `ConfigInvalid` if it does not.

    An authority made here signs a picture. It must read as untrusted under the list, and as trusted as soon as the
    authority stands first in it and as soon as it stands last: so the SDK takes in the whole of it, and nothing else.
    What the private keys of others would sign cannot be tried.
    """
    identity = new_identity("proof")
    key = check_signer(identity.certificates, identity.private_key)
    try:
        signed = _signed_picture(key)
    except WriteRefused as refused:
        raise ConfigInvalid(f"the trust list cannot be tried: {clean(str(refused))}") from refused
    ours = (TrustAnchor(identity.root, AnchorPurpose.SIGNER, may_clear=False, not_after=key.not_after),)
    tried = (
        ("untrusted under the list", trust.anchors, State.UNTRUSTED),
        ("trusted by the first of the list", ours + trust.anchors, State.TRUSTED),
        ("trusted by the last of the list", trust.anchors + ours, State.TRUSTED),
    )
    for what, anchors, wanted in tried:
        found = _read(signed, anchors)
        if found.state is not wanted:
            raise ConfigInvalid(
                f"the trust list does not work: what should read as {what} reads as {found.state.value}: {found.why}",
                help="Run `provenance doctor`, and see which version of the c2pa library is installed.",
            )


def _signed_picture(key: SigningKey) -> bytes:
    """Return a picture that a key signed. Raises `WriteRefused`."""
    action = {"action": "c2pa.created", "digitalSourceType": _EMPTY}
    draft = Draft({"assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}]}, _PNG)
    signed = io.BytesIO()
    write_store(draft, key.sign_as, io.BytesIO(tiny_png()), signed)
    return signed.getvalue()


def _read(signed: bytes, anchors: tuple[TrustAnchor, ...]) -> Credential:
    """Return the credential in a picture as it reads when these are trusted, and nobody else."""
    container = Container(Format(_PNG, Carries.YES, _PNG))
    return CredentialReader(Trust(anchors)).read(BufferMedia(signed), container).credential


def tiny_png() -> bytes:
    """Return a grey picture of one pixel (PNG, 11.2)."""
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0\x80")),
        (b"IEND", b""),
    )
    body = b"".join(struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + body
