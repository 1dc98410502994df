"""A newsroom for tests: it makes media, signs them with real certificates, and tampers with what was signed.

Tests turn a knob here and then look at what the product says of the bytes. Nothing is mocked.
"""

import datetime as dt
import io
import struct
import wave
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image

from provenance.asset import UtcTime
from provenance.config import AnchorPurpose
from provenance.credentials.keys import Identity, new_identity
from provenance.credentials.trust import Trust, TrustAnchor

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
TRAINED = f"{IPTC}trainedAlgorithmicMedia"
CAPTURE = f"{IPTC}digitalCapture"
DRAWN = f"{IPTC}digitalCreation"

JPEG, PNG, TIFF, WEBP = "image/jpeg", "image/png", "image/tiff", "image/webp"
WAV, MP3, MP4, MOV, PDF = "audio/wav", "audio/mpeg", "video/mp4", "video/quicktime", "application/pdf"


# --- media -----------------------------------------------------------------------------------------------------------


@cache
def media(media_type: str) -> bytes:
    """Return a small, whole file of a type, the same bytes each time."""
    return _MAKERS[media_type]()


def _picture(kind: str) -> bytes:
    image = Image.new("RGB", (64, 64))
    image.putdata([(4 * x, 4 * y, 2 * (x + y)) for y in range(64) for x in range(64)])
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def _wav() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"".join(struct.pack("<h", (n * 311) % 4000) for n in range(800)))
    return out.getvalue()


def _mp3() -> bytes:
    """Four silent frames (MPEG-1 layer III, 128 kbit/s, 44.1 kHz) behind an empty ID3v2 tag."""
    return b"ID3\x04\0\0\0\0\0\0" + (b"\xff\xfb\x90\x64" + bytes(413)) * 4


def box(kind: bytes, *parts: bytes) -> bytes:
    """Return an ISO base media box."""
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def _film(brand: bytes) -> bytes:
    """One track without samples, then a media data box."""
    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    mvhd = box(b"mvhd", bytes(12), struct.pack(">II", 1000, 0), struct.pack(">IH", 0x10000, 0x100), bytes(10), matrix)
    head = box(b"ftyp", brand, bytes(4), brand)
    return head + box(b"moov", mvhd) + box(b"mdat", bytes(range(256)) * 4)


def _pdf() -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    rows = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, rows, len(objects) + 1, len(out))
    )


_MAKERS = {
    JPEG: lambda: _picture("JPEG"),
    PNG: lambda: _picture("PNG"),
    TIFF: lambda: _picture("TIFF"),
    WEBP: lambda: _picture("WEBP"),
    WAV: _wav,
    MP3: _mp3,
    MP4: lambda: _film(b"isom"),
    MOV: lambda: _film(b"qt  "),
    PDF: _pdf,
}


# --- people who sign -------------------------------------------------------------------------------------------------


@cache
def studio(organisation: str = "Example Studio") -> Identity:
    """Return a signer under a studio's own authority: no development identity, so an anchor of it may clear."""
    root_key, leaf_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = _name(organisation, f"{organisation} root")
    root = _certificate(root_name, root_name, root_key, root_key, leaf=False)
    leaf = _certificate(_name(organisation, "Desk"), root_name, leaf_key, root_key, leaf=True)
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    key = leaf_key.private_bytes(pem, pkcs8, serialization.NoEncryption())
    return Identity(organisation, leaf.public_bytes(pem) + root.public_bytes(pem), key)


@cache
def developer() -> Identity:
    """Return a development identity as the product makes it."""
    return new_identity("developer")


def _name(organisation: str, common: str) -> x509.Name:
    pairs = ((NameOID.ORGANIZATION_NAME, organisation), (NameOID.COMMON_NAME, common))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in pairs])


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    leaf: bool,
) -> x509.Certificate:
    now = dt.datetime.now(dt.UTC)
    usage = x509.KeyUsage(leaf, False, False, False, False, not leaf, not leaf, False, False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=not leaf, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if leaf:
        purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
        builder = builder.add_extension(purposes, critical=False).add_extension(authority, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def anchor(identity: Identity, *, may_clear: bool = False) -> TrustAnchor:
    """Return the trust in an identity's root as a signer's."""
    return TrustAnchor(identity.root, AnchorPurpose.SIGNER, may_clear, UtcTime("2999-01-01T00:00:00.000000Z"))


def trusting(identity: Identity, *, may_clear: bool = False) -> Trust:
    """Return a trust list with one identity's root on it."""
    return Trust((anchor(identity, may_clear=may_clear),))


# --- signing ---------------------------------------------------------------------------------------------------------


def action(name: str, source_type: str | None = None, **more: Any) -> dict[str, Any]:
    """Return an action, `c2pa.` put in front of its name."""
    found: dict[str, Any] = {"action": f"c2pa.{name}", **more}
    return found if source_type is None else {**found, "digitalSourceType": source_type}


def about(part: str) -> dict[str, Any]:
    """Return an action's parameters that name one ingredient."""
    return {"parameters": {"ingredientIds": [part]}}


def manifest(*actions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a manifest definition with these actions; `templates` and `softwareAgents` go into their assertion.

    `assertions` are further ones, as label and data; anything else is a field of the definition itself.
    """
    data: dict[str, Any] = {"actions": list(actions)}
    data |= {key: more.pop(key) for key in ("templates", "softwareAgents", "allActionsIncluded") if key in more}
    label = "c2pa.actions" if more.get("claim_version") == 1 else "c2pa.actions.v2"
    assertions = [{"label": label, "data": data}] if actions else []
    assertions += [{"label": label, "data": data} for label, data in more.pop("assertions", ())]
    return {"assertions": assertions, "claim_generator_info": [{"name": "newsroom", "version": "1"}], **more}


@dataclass(frozen=True)
class Part:
    """Something a file was made from, as an ingredient. `id` is what actions call it by."""

    data: bytes
    media_type: str = PNG
    relation: str = "componentOf"
    id: str = "part"
    title: str = "part.png"
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def definition(self) -> dict[str, Any]:
        """The ingredient's definition."""
        return {"title": self.title, "relationship": self.relation, "label": self.id, **self.more}


_SETTINGS = {
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    "core": {"allowed_network_hosts": []},
    "builder": {"thumbnail": {"enabled": False}},
}


def signed(
    definition: dict[str, Any],
    data: bytes | None = None,
    media_type: str = JPEG,
    *,
    parts: Iterable[Part] = (),
    by: Identity | None = None,
    update: bool = False,
) -> bytes:
    """Return a file with a credential, signed by a studio unless told otherwise.

    `update` writes an update manifest: it has no actions and no binding of its own, and stands on the one before.
    """
    by = by or studio()
    with c2pa.Context.from_dict(_SETTINGS) as context:
        builder = c2pa.Builder(definition, context=context)
        if update:
            builder.set_intent(c2pa.C2paBuilderIntent.UPDATE)
        for part in parts:
            builder.add_ingredient(part.definition, part.media_type, io.BytesIO(part.data))
        out = io.BytesIO()
        info = c2pa.C2paSignerInfo(b"es256", by.certificates, by.private_key, None)
        with c2pa.Signer.from_info(info) as signer:
            builder.sign(signer, media_type, io.BytesIO(media(media_type) if data is None else data), out)
    return out.getvalue()


def generated(media_type: str = PNG, *, by: Identity | None = None, title: str = "") -> bytes:
    """Return a file whose credential says that a trained model made it."""
    more = {"title": title} if title else {}
    return signed(manifest(action("created", TRAINED), **more), media_type=media_type, by=by)


def edited(parent: bytes, media_type: str = PNG, *, source_type: str | None = f"{IPTC}humanEdits") -> bytes:
    """Return a file made from another by hand: the parent is kept, and what it was is said nowhere else."""
    opened = action("opened", **about("parent"))
    definition = manifest(opened, action("edited", source_type))
    part = Part(parent, media_type, "parentOf", "parent", "parent")
    return signed(definition, parent, media_type, parts=[part])


# --- tampering -------------------------------------------------------------------------------------------------------


def flipped(data: bytes, at: int) -> bytes:
    """Return `data` with one bit of one byte changed."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def swapped(data: bytes, old: bytes, new: bytes) -> bytes:
    """Return `data` with the first `old` replaced by as many bytes; fails where there is none."""
    assert len(old) == len(new)
    at = data.index(old)
    return data[:at] + new + data[at + len(old) :]


def png_chunk(kind: bytes, body: bytes) -> bytes:
    """Return a PNG chunk."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def retagged_png(data: bytes) -> bytes:
    """Return a PNG whose `caBX` chunk is called `caBY`, with a checksum that fits."""
    at = data.index(b"caBX") - 4
    length = int.from_bytes(data[at : at + 4], "big")
    return data[:at] + png_chunk(b"caBY", data[at + 8 : at + 8 + length]) + data[at + 12 + length :]


def retagged_jpeg(data: bytes) -> bytes:
    """Return a JPEG whose APP11 segments are APP12 segments."""
    out, at = bytearray(data), 2
    while data[at] == 0xFF and data[at + 1] != 0xDA:
        if data[at + 1] == 0xEB:
            out[at + 1] = 0xEC
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return bytes(out)
