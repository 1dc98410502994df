"""Proof that an identity can sign: by signing a picture made here, and reading it back."""

import datetime as dt
import io
import struct
import zlib

from provenance.config import AnchorPurpose
from provenance.containers.model import Carries, Container, Format
from provenance.credentials.keys import Identity, SigningKey, check_signer
from provenance.credentials.read import CredentialReader
from provenance.credentials.sdk import Draft, WriteRefused, write_store
from provenance.credentials.text import clean
from provenance.credentials.trust import Trust, TrustAnchor
from provenance.errors import KeyUnusable
from provenance.evidence import State
from provenance.files import BufferMedia

_PNG = "image/png"
_EMPTY = "http://c2pa.org/digitalsourcetype/empty"


def prove(identity: Identity, *, now: dt.datetime | None = None) -> SigningKey:
    """Return the identity ready to sign, after it signed a picture that then read as trusted under its own root.

    Raises `KeyUnusable` with what went wrong. `now` is this machine's clock unless it is given; the SDK looks at the
    clock by itself.
    """
    key = check_signer(identity.certificates, identity.private_key, now=now)
    action = {"action": "c2pa.created", "digitalSourceType": _EMPTY}
    draft = Draft({"assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}]}, _PNG)
    signed = io.BytesIO()
    try:
        write_store(draft, key.sign_as, io.BytesIO(tiny_png()), signed)
    except WriteRefused as refused:
        raise KeyUnusable(f"the SDK does not sign with it: {clean(str(refused))}") from refused
    anchor = TrustAnchor(identity.root, AnchorPurpose.SIGNER, may_clear=False, not_after=key.not_after)
    container = Container(Format(_PNG, Carries.YES, _PNG))
    credential = CredentialReader(Trust((anchor,))).read(BufferMedia(signed.getvalue()), container).credential
    if credential.state is not State.TRUSTED:
        raise KeyUnusable(f"what it signed reads back as {credential.state.value}: {credential.why}")
    return key


def tiny_png() -> bytes:
    """Return a grey picture of one pixel (PNG, 11.2)."""
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0\x80")),
        (b"IEND", b""),
    )
    body = b"".join(struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks)
    return b"\x89PNG\r\n\x1a\n" + body
