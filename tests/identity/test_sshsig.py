"""Signatures against the real `ssh-keygen`, and against everything that is not quite one."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from provenance.errors import KeyUnusable
from provenance.identity import sshsig
from provenance.identity.dsse import PAYLOAD_TYPE, EnvelopeUnreadable, envelope_from, pae, payload_in, verify
from provenance.identity.keys import load_signer
from provenance.identity.publickey import SignatureBad, parse_public_key
from provenance.identity.signing import brought, sign, to_be_signed
from provenance.identity.statement import said_in, statement
from tests.identity.signed import STORE, approval, signer, ssh_keygen

KINDS = {
    "ed25519": ("-t", "ed25519"),
    "rsa": ("-t", "rsa", "-b", "2048"),
    "p256": ("-t", "ecdsa", "-b", "256"),
    "p384": ("-t", "ecdsa", "-b", "384"),
    "p521": ("-t", "ecdsa", "-b", "521"),
}


def nobody() -> bytes | None:
    """Nobody is there to type a passphrase."""
    return None


def real_key(folder: Path, kind: str, passphrase: str = "") -> Path:
    """Have `ssh-keygen` make a key."""
    path = folder / kind
    made = ssh_keygen("-q", *KINDS[kind], "-N", passphrase, "-C", "somebody", "-f", path)
    assert made.returncode == 0, made.stderr
    return path


@pytest.mark.usefixtures("keygen")
@pytest.mark.parametrize("kind", KINDS)
def test_what_we_sign_ssh_keygen_verifies(tmp_path: Path, kind: str) -> None:
    """A signature in an envelope of ours, put back into its armour, is good to `ssh-keygen -Y verify`."""
    ours = load_signer(real_key(tmp_path, kind), nobody)
    envelope = sign(approval("still"), STORE, ours)
    (signature,) = envelope.signatures
    (tmp_path / "signed.sig").write_text(sshsig.armored(signature.sig))
    (tmp_path / "allowed").write_text(f'somebody namespaces="provenance" {ours.public.line}\n')
    for signed, code in ((envelope.signed, 0), (envelope.signed + b" ", 255)):
        (tmp_path / "signed").write_bytes(signed)
        with (tmp_path / "signed").open() as stream:
            names = ("-f", tmp_path / "allowed", "-I", "somebody", "-s", tmp_path / "signed.sig")
            done = ssh_keygen("-Y", "verify", "-n", "provenance", *names, stdin=stream)
        assert done.returncode == code, done.stderr
    assert ours.public.fingerprint in ssh_keygen("-l", "-f", tmp_path / f"{kind}.pub").stdout


@pytest.mark.usefixtures("keygen")
@pytest.mark.parametrize("kind", KINDS)
def test_what_ssh_keygen_signs_we_verify(tmp_path: Path, kind: str) -> None:
    """What was signed elsewhere with `ssh-keygen -Y sign` is brought back as a good envelope."""
    key, request = real_key(tmp_path, kind), tmp_path / "request"
    request.write_bytes(to_be_signed(approval("still"), STORE))
    assert ssh_keygen("-Y", "sign", "-n", "provenance", "-f", key, request).returncode == 0
    said, envelope = brought(request.read_bytes(), (tmp_path / "request.sig").read_text())
    assert said.id == approval("still").id
    public = parse_public_key((tmp_path / f"{kind}.pub").read_text())
    verify(envelope.signatures[0], envelope.signed, public)
    assert envelope.signatures[0].keyid == public.fingerprint


@pytest.mark.usefixtures("keygen")
def test_a_signature_for_another_namespace_is_refused(tmp_path: Path) -> None:
    """What was signed for a git commit, in the namespace `git`, signs nothing here."""
    key, request = real_key(tmp_path, "ed25519"), tmp_path / "request"
    request.write_bytes(to_be_signed(approval("still"), STORE))
    assert ssh_keygen("-Y", "sign", "-n", "git", "-f", key, request).returncode == 0
    with pytest.raises(SignatureBad, match="made for the namespace 'git'"):
        brought(request.read_bytes(), (tmp_path / "request.sig").read_text())


@pytest.mark.usefixtures("keygen")
@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
def test_both_hashes_of_the_format_are_good(tmp_path: Path, algorithm: str) -> None:
    """Signatures over either hash that the format allows are verified."""
    key, request = real_key(tmp_path, "ed25519"), tmp_path / "request"
    request.write_bytes(to_be_signed(approval("still"), STORE))
    options = ("-n", "provenance", "-O", f"hashalg={algorithm}", "-f", key)
    assert ssh_keygen("-Y", "sign", *options, request).returncode == 0
    brought(request.read_bytes(), (tmp_path / "request.sig").read_text())


@pytest.mark.usefixtures("keygen")
def test_a_key_with_a_passphrase_asks_for_it(tmp_path: Path) -> None:
    """An OpenSSH key with a passphrase signs with the right one, and says so for a wrong one or nobody to ask."""
    key = real_key(tmp_path, "ed25519", "opensesame")
    assert load_signer(key, lambda: b"opensesame").public.type == "ssh-ed25519"
    with pytest.raises(KeyUnusable, match="not the passphrase"):
        load_signer(key, lambda: b"wrong")
    with pytest.raises(KeyUnusable, match="nobody is there to type it"):
        load_signer(key, nobody)


def test_an_ed25519_key_in_pem_signs_as_dsse_tools_do(tmp_path: Path) -> None:
    """A PEM key makes a bare Ed25519 signature over the envelope's bytes, which `openssl` verifies too."""
    key = Ed25519PrivateKey.generate()
    encoding, no = serialization.Encoding.PEM, serialization.NoEncryption()
    path, public = tmp_path / "key.pem", tmp_path / "public.pem"
    path.write_bytes(key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, no))
    path.chmod(0o600)
    public.write_bytes(key.public_key().public_bytes(encoding, serialization.PublicFormat.SubjectPublicKeyInfo))
    envelope = sign(approval("still"), STORE, load_signer(path, nobody))
    (signature,) = envelope.signatures
    assert signature.scheme == "ed25519"
    key.public_key().verify(signature.sig, envelope.signed)
    if shutil.which("openssl"):
        (tmp_path / "signed").write_bytes(envelope.signed)
        (tmp_path / "sig").write_bytes(signature.sig)
        names = ("-inkey", public, "-in", tmp_path / "signed", "-sigfile", tmp_path / "sig")
        done = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-rawin", *names], check=False)
        assert done.returncode == 0


def spoiled(change: Callable[[bytes], bytes]) -> bytes:
    """Return a good signature, changed."""
    (signature,) = sign(approval("still"), STORE, signer("lawyer")).signatures
    return change(signature.sig)


SIGNED = pae(PAYLOAD_TYPE, statement(approval("still"), STORE))


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b + b"\0",
        lambda b: b[:-1],
        lambda b: b"SSHSIX" + b[6:],
        lambda b: b[:6] + b"\0\0\0\2" + b[10:],
        lambda b: b.replace(b"sha512", b"sha513"),
        lambda b: b.replace(b"\x0aprovenance\0\0\0\0", b"\x0aprovenance\0\0\0\1x"),
        lambda b: b[:-1] + bytes([b[-1] ^ 1]),
        lambda b: b[:0],
    ],
    ids=["longer", "shorter", "magic", "version", "hash", "reserved", "a bit", "empty"],
)
def test_what_is_not_quite_a_signature_is_none(change: Callable[[bytes], bytes]) -> None:
    """A signature with anything added, missing or changed is refused, and never more than that."""
    sshsig.verify(spoiled(lambda b: b), SIGNED, signer("lawyer").public)
    with pytest.raises(SignatureBad):
        sshsig.verify(spoiled(change), SIGNED, signer("lawyer").public)


@given(raw=st.binary(max_size=300))
@example(raw=b"SSHSIG\0\0\0\1\xff\xff\xff\xff")
def test_hostile_bytes_are_no_signature(raw: bytes) -> None:
    """Whatever stands where a signature should is refused with one kind of error."""
    with pytest.raises(SignatureBad):
        sshsig.verify(raw, SIGNED, signer("lawyer").public)
    with pytest.raises(SignatureBad):
        sshsig.dearmored(raw.decode("latin-1"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(content=st.fixed_dictionaries({}, optional={"payload": JSON, "payloadType": JSON, "signatures": JSON}))
def test_hostile_values_are_no_envelope(content: dict[str, object]) -> None:
    """Whatever stands where an envelope should is refused with one kind of error."""
    with pytest.raises(EnvelopeUnreadable):
        envelope_from(content)


@given(raw=st.binary(max_size=200))
def test_hostile_bytes_are_no_request(raw: bytes) -> None:
    """What was not written by us to be signed is refused with one kind of error, by itself and in its frame."""
    with pytest.raises(EnvelopeUnreadable):
        payload_in(raw)
    with pytest.raises(EnvelopeUnreadable):
        said_in(payload_in(pae(PAYLOAD_TYPE, raw)))


def test_the_bytes_that_are_signed_are_those_of_the_specification() -> None:
    """The pre-authentication encoding is the one in DSSE's own example."""
    assert (
        pae("http://example.com/HelloWorld", b"hello world")
        == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


@pytest.mark.parametrize(
    "line",
    ["", "ssh-ed25519", "ssh-dss AAAAB3NzaC1kc3M=", "ssh-ed25519 !!!", "ssh-ed25519 AAAA", "ssh-rsa {ed}"],
)
def test_what_is_no_public_key_is_refused(line: str) -> None:
    """A line that is no key, or a key of another kind than it says, cannot be listed."""
    with pytest.raises(KeyUnusable):
        parse_public_key(line.format(ed=signer("lawyer").public.line.split()[1]))
