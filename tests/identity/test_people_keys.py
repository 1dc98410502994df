"""Keys of people on the disk, and people in a configuration."""

import base64
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from provenance.configfile import load_config
from provenance.errors import ConfigInvalid, DestinationExists, KeyUnusable, ZoneTrouble
from provenance.identity.keys import load_signer, new_key, public_key_in
from provenance.identity.listed import kept_form, people_in
from provenance.identity.people import called
from provenance.identity.publickey import parse_public_key
from tests.identity.signed import PEOPLE, signer


def nobody() -> bytes | None:
    """Nobody is there to type a passphrase."""
    return None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_key_that_others_may_read_signs_nothing(tmp_path: Path, mode: int) -> None:
    """A private key that group or others may read is refused, with what to do."""
    path = tmp_path / "key"
    new_key(path, "lawyer", None)
    load_signer(path, nobody)
    path.chmod(mode)
    with pytest.raises(KeyUnusable, match="read by others") as refused:
        load_signer(path, nobody)
    assert f"chmod 600 {path}" in refused.value.help


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    """A folder, a pipe, a missing file, a public key and plain text are no private keys, and nothing waits for them."""
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "text").write_text("not a key")
    (tmp_path / "text").chmod(0o600)
    new_key(tmp_path / "key", "lawyer", None)
    (tmp_path / "key.pub").chmod(0o600)
    for name in ("", "pipe", "text", "missing", "key.pub"):
        with pytest.raises(KeyUnusable):
            load_signer(tmp_path / name, nobody)


def test_a_new_key_is_its_owners_alone_and_never_overwrites(tmp_path: Path) -> None:
    """A new key can be read by its owner alone, and another one of the same name is not made over it."""
    path = tmp_path / "keys" / "lawyer"
    public = new_key(path, "lawyer", b"a passphrase")
    assert path.stat().st_mode & 0o777 == 0o600
    assert public_key_in(tmp_path / "keys" / "lawyer.pub") == public
    assert load_signer(path, lambda: b"a passphrase").public == public
    with pytest.raises(DestinationExists):
        new_key(path, "lawyer", None)
    with pytest.raises(KeyUnusable, match="holds a private key"):
        public_key_in(path)


BASE = """
[project]
id = "p"
title = "P"

[[zone]]
name = "deliver"
path = "deliver"
role = "final"
"""


def listing(folder: Path, *tables: str) -> Path:
    """Write a configuration that lists some people."""
    path = folder / "provenance.toml"
    path.write_text(BASE + "".join(f"\n[[person]]\n{table}\n" for table in tables))
    return path


def test_people_are_listed_with_keys_written_out_or_in_files(tmp_path: Path) -> None:
    """A key may stand in the configuration, or in a file of its own as OpenSSH or openssl write it."""
    line = signer("lawyer").public.line
    (tmp_path / "lawyer.pub").write_text(f"# hers\n{line} lawyer@example\n")
    path = listing(
        tmp_path,
        'id = "lawyer"\nname = "Lawyer"\nroles = ["production-legal"]\nkeys = ["lawyer.pub"]\nuntil = 2026-12-31',
        f'id = "admin"\nname = "Admin"\nroles = ["administrator"]\nkeys = ["{signer("admin").public.line} x"]',
    )
    config = load_config(path)
    assert [p.id for p in config.people] == ["lawyer", "admin"]
    assert config.people[0].keys[0].line == line
    assert config.people[0].until == "2027-01-01T00:00:00.000000Z"
    assert (tmp_path / "lawyer.pub").resolve() in {p for p, _ in config.rules()}


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ('id = "a b"\nname = "A"\nroles = ["x"]', "an id has"),
        ('id = "a"\nname = " "\nroles = ["x"]', "name is empty"),
        ('id = "a"\nname = "A"\nroles = []', "has no role"),
        ('id = "a"\nname = "A"\nroles = ["Legal"]', "lower-case"),
        ('id = "a"\nname = "A"\nroles = ["x"]\nkeys = ["gone.pub"]', "cannot be read"),
        ('id = "a"\nname = "A"\nroles = ["x"]\nkeys = ["ssh-ed25519 AAAA"]', "cannot be read"),
        ('id = "a"\nname = "A"\nroles = ["x"]\nkeys = [""]', "cannot be read"),
        ('id = "a"\nname = "A"\nroles = ["x"]\nrole = "x"', "unknown key person.role"),
        ('id = "b"\nname = "Lawyer"\nroles = ["x"]', "both called"),
        ('id = "LAWYER"\nname = "Other"\nroles = ["x"]', "both called"),
        ('id = "b"\nname = "B"\nroles = ["x"]\nkeys = ["{key}"]', "the same key"),
    ],
)
def test_a_listing_that_leaves_anything_open_is_refused(tmp_path: Path, table: str, says: str) -> None:
    """A person without a role, a key nobody can read, or a name or key of two people is a mistake (40)."""
    key = signer("lawyer").public.line
    lawyer = f'id = "lawyer"\nname = "Lawyer"\nroles = ["production-legal"]\nkeys = ["{key}"]'
    with pytest.raises(ConfigInvalid, match=says) as refused:
        load_config(listing(tmp_path, lawyer, table.replace("{key}", key)))
    assert refused.value.code == 40


def test_a_persons_key_may_not_come_with_the_material(tmp_path: Path) -> None:
    """A public key that lies in a zone is refused: what is judged must not choose who may speak for it."""
    (tmp_path / "deliver").mkdir()
    (tmp_path / "deliver" / "g.pub").write_text(signer("lawyer").public.line)
    with pytest.raises(ZoneTrouble):
        load_config(listing(tmp_path, 'id = "g"\nname = "G"\nroles = ["x"]\nkeys = ["deliver/g.pub"]'))


def test_people_survive_being_accepted() -> None:
    """What an acceptance keeps of people is read back as it was, and anything else as nobody."""
    assert people_in({"people": [kept_form(p) for p in PEOPLE]}) == PEOPLE
    rows = [kept_form(p) for p in PEOPLE]
    twice = [*rows, rows[0] | {"id": "x", "name": "x"}]
    assert people_in({"people": None}) == people_in({"people": [{}]}) == people_in({"people": twice}) == ()
    assert people_in({}) == ()
    assert called(PEOPLE, "nobody") is None


def _joined(*parts: bytes) -> bytes:
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


@pytest.mark.parametrize("kind", ["modulus", "exponent", "compressed"])
def test_a_key_has_one_form(kind: str) -> None:
    """A key written in another form than OpenSSH's would be a second key with a name of its own, and is refused."""
    if kind == "compressed":
        curve = ec.derive_private_key(7, ec.SECP256R1()).public_key()
        point = curve.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        blob, name = _joined(b"ecdsa-sha2-nistp256", b"nistp256", point), "ecdsa-sha2-nistp256"
    else:
        numbers = rsa.generate_private_key(65537, 2048).public_key().public_numbers()
        modulus, exponent = b"\0" + numbers.n.to_bytes(256, "big"), numbers.e.to_bytes(3, "big")
        key = f"ssh-rsa {base64.b64encode(_joined(b'ssh-rsa', exponent, modulus)).decode()}"
        assert parse_public_key(key).line == key
        extra = (exponent, b"\0" + modulus) if kind == "modulus" else (b"\0" + exponent, modulus)
        blob, name = _joined(b"ssh-rsa", *extra), "ssh-rsa"
    with pytest.raises(KeyUnusable, match=r"compressed|needless zero"):
        parse_public_key(f"{name} {base64.b64encode(blob).decode()}")


def test_a_security_key_is_refused_in_a_sentence() -> None:
    """A FIDO key says that its signatures are not checked here."""
    with pytest.raises(KeyUnusable, match="lives in a security key"):
        parse_public_key("sk-ssh-ed25519@openssh.com AAAA")
