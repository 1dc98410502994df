"""The envelope around what was signed: DSSE (secure-systems-lab/dsse, protocol.md and envelope.md, version 1.0).

Each signature has one field more than DSSE asks for, `scheme`, because the same bytes may be signed in several ways:

- `ed25519`: the signature of RFC 8032 over the pre-authentication encoding, as DSSE's own tools make it;
- `sshsig`: what `ssh-keygen -Y sign -n provenance` writes over the same bytes, in base64 without its armour.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from provenance.identity import sshsig
from provenance.identity.publickey import PublicKey, SignatureBad, verify_ed25519

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
ED25519: Final = "ed25519"
SSHSIG: Final = "sshsig"
MOST_SIGNATURES = 16
"""An envelope with more is refused: checking them would be somebody else's work."""


class EnvelopeUnreadable(ValueError):
    """What should be an envelope, or what should be signed, is not in that form."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature. `keyid` is a key's fingerprint, and only a hint; `scheme` may be one we do not know."""

    keyid: str
    sig: bytes
    scheme: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """Something that was signed, with its signatures."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]

    @property
    def signed(self) -> bytes:
        """The bytes that are signed."""
        return pae(self.payload_type, self.payload)

    def content(self) -> dict[str, object]:
        """Return the envelope as plain values, as DSSE writes it in JSON."""
        return {
            "payloadType": self.payload_type,
            "payload": base64.b64encode(self.payload).decode(),
            "signatures": [
                {"keyid": s.keyid, "sig": base64.b64encode(s.sig).decode(), "scheme": s.scheme} for s in self.signatures
            ],
        }


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return the pre-authentication encoding: injective, so that a type cannot be taken for content."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def payload_in(signed: bytes) -> bytes:
    """Return the payload of a pre-authentication encoding of our type; raises `EnvelopeUnreadable`."""
    kind = PAYLOAD_TYPE.encode()
    head = b"DSSEv1 %d %b " % (len(kind), kind)
    length, space, payload = signed[len(head) :].partition(b" ")
    if not signed.startswith(head) or not space or length != b"%d" % len(payload):
        raise EnvelopeUnreadable("it is nothing that provenance wrote to be signed")
    return payload


def envelope_from(content: Mapping[str, Any]) -> Envelope:
    """Return the envelope in some plain values; raises `EnvelopeUnreadable` for anything that is not exactly one."""
    try:
        kind, payload, signatures = content["payloadType"], _decoded(content["payload"]), content["signatures"]
        found = tuple(Signature(_text(s["keyid"]), _decoded(s["sig"]), _text(s["scheme"])) for s in signatures)
    except (KeyError, TypeError, ValueError) as error:
        raise EnvelopeUnreadable(f"its envelope cannot be read: {error!r}") from error
    if kind != PAYLOAD_TYPE:
        raise EnvelopeUnreadable(f"its envelope holds a {kind!r}, not a statement")
    if not 1 <= len(found) <= MOST_SIGNATURES:
        raise EnvelopeUnreadable(f"its envelope holds {len(found)} signatures")
    return Envelope(kind, payload, found)


def _decoded(text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError("no text where base64 belongs")
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"no base64: {error}") from error
    if base64.b64encode(raw).decode() != text:
        raise ValueError("base64 that is not written in the one way")
    return raw


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text where a name belongs")
    return value


def verify(signature: Signature, signed: bytes, key: PublicKey) -> None:
    """Check one signature over an envelope's bytes; raises `SignatureBad`, also for a scheme nobody knows."""
    match signature.scheme:
        case "ed25519":
            verify_ed25519(key, signature.sig, signed)
        case "sshsig":
            sshsig.verify(signature.sig, signed, key)
        case other:
            raise SignatureBad(f"nobody here knows the scheme {other!a}")
