"""Trust lists, from a published file to a verdict: nothing in them silently does nothing."""

import datetime as dt
import os
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from provenance.asset import UtcTime, utc
from provenance.config import Anchor, AnchorPurpose
from provenance.configfile import load_config
from provenance.credentials import prove
from provenance.credentials.importing import Taken, Wanted, read_published, take_in
from provenance.credentials.keys import new_identity
from provenance.credentials.prove import prove_trust
from provenance.credentials.read import CredentialReader
from provenance.credentials.trust import Trust, load_trust
from provenance.credentials.trust_list import LARGEST, anchor_file
from provenance.errors import ConfigInvalid
from tests import newsroom as room
from tests.authorities import C2PA, EMAIL, TIME_STAMPING, TRUSTED, Kind, certificate, pem, published, several
from tests.production import Production, Result, new_production, run

SIGNER, TIMESTAMP = AnchorPurpose.SIGNER, AnchorPurpose.TIMESTAMP
NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)
AT = utc(NOW)
LIST = Path("list.pem")


def taken(raw: bytes, purpose: AnchorPurpose = SIGNER, *, leave_out: bool = False, now: UtcTime = AT) -> Taken:
    """Take a list in, as of one day."""
    return take_in(raw, LIST, Wanted(purpose, leave_out=leave_out), now)


def written(folder: Path, found: Taken, purpose: AnchorPurpose = SIGNER) -> Anchor:
    """Write a list that was taken in, and return the configuration's line about it."""
    (folder / "list.pem").write_bytes(found.data)
    return Anchor(folder / "list.pem", purpose, may_clear=False)


@pytest.fixture
def production(tmp_path: Path) -> Production:
    """A fresh production."""
    return new_production(tmp_path)


def imported(production: Production, raw: bytes, *options: str, name: str = "published.pem") -> Result:
    """Import a list by the command line."""
    (production.root / name).write_bytes(raw)
    return run(production.root, "trust", "import", name, *options)


def test_a_bundle_of_hundreds_is_taken_in_whole(tmp_path: Path) -> None:
    """Three hundred authorities with words between them are all there when the list is loaded, in order."""
    authorities = several(300, NOW)
    anchor = written(tmp_path, taken(pem(*authorities)))
    assert len(load_trust((anchor,), now=NOW).anchors) == 300
    assert anchor_file(anchor).certificates == 300


def test_the_json_form_is_taken_in_with_its_date(tmp_path: Path) -> None:
    """The JSON form says when it was made; what it does not call trusted is left out, and said."""
    one, two = several(2, NOW)
    found = taken(published((one, TRUSTED), (two, TRUSTED.replace("/trusted", "/withdrawn")), name="C2PA Trust List"))
    assert (found.head.name, found.head.issued) == ("C2PA Trust List", "2026-08-05T00:11:39.000000Z")
    assert found.certificates == (one,)
    assert "withdrawn" in found.left_out[0]
    head = anchor_file(written(tmp_path, found)).head
    assert head == found.head


def test_what_is_over_or_twice_there_is_left_out_and_said() -> None:
    """An expired certificate and a duplicate do no harm to a published list; each is named."""
    one = certificate(Kind("Good"), NOW)
    over = certificate(Kind("Over", start=-20, end=-10), NOW)
    found = taken(pem(one, over, one))
    assert found.certificates == (one,)
    assert sorted(found.left_out, reverse=True) == ["CN=Over expired on 2026-11-18", "CN=Good stands in it twice"]


GOOD = certificate(Kind("Good"), NOW)
REFUSED = {
    "empty": (b"\n", "is empty"),
    "words": (b"these are words", "no certificate"),
    "der": (GOOD.public_bytes(Encoding.DER), "no cert"),
    "key": (pem(GOOD) + room.studio().private_key, "private key"),
    "garbage": (pem(GOOD) + b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "does not parse"),
    "misspelt": (pem(GOOD) + pem(GOOD).replace(b"-----BEGIN", b"----BEGIN"), "does not begin or end"),
    "cut": (pem(GOOD) + pem(GOOD)[:200], "does not begin or end"),
    "leaf": (pem(GOOD, certificate(Kind("Leaf", authority=False), NOW)), "not an authority"),
    "weak RSA": (pem(GOOD, certificate(Kind("Weak", key="rsa1024"), NOW)), "RSA 1024"),
    "weak curve": (pem(GOOD, certificate(Kind("Weak", key="p224"), NOW)), "secp224r1"),
    "all over": (pem(certificate(Kind("Over", start=-20, end=-10), NOW)), "nobody who could be trusted"),
    "no list": (b'{"hello": 1}', "LoTE"),
    "nobody": (published(), "nobody who could be trusted"),
    "to come": (published((GOOD, TRUSTED), issued="2030-01-01T00:00:00Z"), "still to come"),
    "deep": (b"[" * 100_000, "no certificate"),
    "deep JSON": (b'{"a":' * 100_000, "no trust list"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_list_is_refused(tmp_path: Path, case: str) -> None:
    """Nothing is taken in by halves: one part of it that is not what it should be, and the list is refused."""
    raw, says = REFUSED[case]
    path = tmp_path / "list"
    path.write_bytes(raw)
    with pytest.raises(ConfigInvalid, match=says):
        take_in(read_published(path), path, Wanted(SIGNER), AT)


def test_what_is_no_anchor_can_be_left_out_by_choice() -> None:
    """With `--leave-out` the rest is taken in, and what is left out is named."""
    found = taken(pem(GOOD, certificate(Kind("Leaf", authority=False), NOW)), leave_out=True)
    assert found.certificates == (GOOD,)
    assert found.left_out == ("CN=Leaf is not an authority's certificate",)


@pytest.mark.parametrize("leave_out", [False, True])
@pytest.mark.parametrize(
    ("usages", "purpose"), [((TIME_STAMPING,), SIGNER), ((EMAIL, C2PA), TIMESTAMP)], ids=["as signers", "as stamps"]
)
def test_a_list_for_another_purpose_is_refused(
    usages: tuple[str, ...], purpose: AnchorPurpose, leave_out: bool
) -> None:
    """Authorities made for time stamps alone are no signers, nor the other way round, whatever is left out."""
    with pytest.raises(ConfigInvalid, match="other purposes"):
        taken(pem(GOOD, certificate(Kind("Other", usages), NOW)), purpose, leave_out=leave_out)


def test_a_lists_file_serves_no_other_purpose_than_it_was_taken_in_for(tmp_path: Path) -> None:
    """Whoever names a list of time stamps for signers by hand is refused when it is loaded."""
    anchor = written(tmp_path, taken(pem(GOOD), TIMESTAMP), TIMESTAMP)
    assert load_trust((anchor,), now=NOW).signers == b""
    with pytest.raises(ConfigInvalid, match="'timestamp', and is named for 'signer'"):
        load_trust((replace(anchor, purpose=SIGNER),), now=NOW)


def test_an_anchor_made_for_time_stamps_is_refused_as_a_signers(tmp_path: Path) -> None:
    """The same holds for a file that somebody wrote by hand."""
    path = tmp_path / "ca.pem"
    path.write_bytes(pem(certificate(Kind("Stamps", (TIME_STAMPING,)), NOW)))
    with pytest.raises(ConfigInvalid, match="other purposes"):
        load_trust((Anchor(path, SIGNER, may_clear=False),), now=NOW)


def test_one_that_ends_leaves_the_rest_standing(tmp_path: Path) -> None:
    """When one of a list's certificates is over the others still count, and it is told of; it never trusts anybody."""
    soon, long = certificate(Kind("Soon", end=10), NOW), certificate(Kind("Long"), NOW)
    anchor = written(tmp_path, taken(pem(soon, long)))
    trust = load_trust((anchor,), now=NOW + dt.timedelta(days=20))
    assert trust.signers == pem(long).partition(b"\n")[2]
    assert trust.lapsed == ("list.pem: 'CN=Soon' expired on 2026-12-08",)


@pytest.mark.parametrize(("days", "old"), [(89, False), (91, True)])
def test_a_list_grows_old(tmp_path: Path, days: int, old: bool) -> None:
    """Past the days that are allowed, counted from when it was made or else taken in, it says so."""
    found = anchor_file(written(tmp_path, taken(pem(GOOD))))
    assert (found.overdue(utc(NOW + dt.timedelta(days=days)), 90) is not None) is old


def test_a_list_is_old_when_its_publisher_says_so(tmp_path: Path) -> None:
    """After its next update was due it is old, however many days are allowed."""
    found = anchor_file(written(tmp_path, taken(published((GOOD, TRUSTED)))))
    assert found.overdue(UtcTime("2027-08-04T00:00:00Z"), 3650) is None
    assert "2027-08-05" in (found.overdue(UtcTime("2027-08-06T00:00:00Z"), 3650) or "")


@pytest.mark.parametrize("garbled", ["imported: yesterday", "imported: 2026-01-01T00:00:00", "nothing: x"])
def test_a_lists_head_that_does_not_read_is_refused(tmp_path: Path, garbled: str) -> None:
    """A head somebody edited is no list without a date."""
    anchor = written(tmp_path, taken(pem(GOOD)))
    text = anchor.path.read_text()
    anchor.path.write_text(text.replace(f"imported: {AT}", garbled))
    with pytest.raises(ConfigInvalid, match="head does not read"):
        load_trust((anchor,), now=NOW)


@pytest.mark.timeout(10)
def test_pipes_and_huge_files_are_not_read(tmp_path: Path) -> None:
    """A pipe is refused without waiting for it, and so is a file larger than any list."""
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "huge").open("wb") as stream:
        stream.truncate(LARGEST + 1)
    for name, says in (("pipe", "no regular file"), ("huge", "larger than")):
        path = tmp_path / name
        with pytest.raises(ConfigInvalid, match=says):
            read_published(path)
        with pytest.raises(ConfigInvalid, match=says):
            load_trust((Anchor(path, SIGNER, may_clear=False),))


def test_a_list_is_tried_with_a_signature(tmp_path: Path) -> None:
    """A list of several kinds of keys is gone by: an authority made here is trusted on it, and nowhere else."""
    now = dt.datetime.now(dt.UTC)
    kinds = [Kind("A"), Kind("B", key="ed25519"), Kind("C", (EMAIL, C2PA))]
    anchor = written(tmp_path, taken(pem(*(certificate(k, now) for k in kinds)), now=utc(now)))
    prove_trust(load_trust((anchor,)))


def test_a_list_that_the_sdk_does_not_go_by_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where settings are silently ignored, as an SDK may do, nothing is judged by the list."""

    class Deaf(CredentialReader):
        """Reads as an SDK that ignores whom it is told to trust."""

        def __init__(self, _trust: Trust) -> None:
            super().__init__(Trust())

    monkeypatch.setattr(prove, "CredentialReader", Deaf)
    anchor = written(tmp_path, taken(pem(GOOD)))
    with pytest.raises(ConfigInvalid, match="does not work"):
        prove_trust(load_trust((anchor,), now=NOW))


def test_import_writes_the_list_and_names_it(production: Production) -> None:
    """The configuration keeps every byte it had, comments included, and has one entry more; again, and it stays."""
    before = production.config.read_text()
    result = imported(production, pem(*several(3, dt.datetime.now(dt.UTC))), "--name", "C2PA list")
    assert result.code == 0, result.err
    text = production.config.read_text()
    assert text.startswith(before)
    assert tomllib.loads(text)["trust"]["anchor"] == [{"path": "trust/C2PA-list.pem", "purpose": "signer"}]
    again = imported(production, pem(*several(2, dt.datetime.now(dt.UTC))), "--name", "C2PA list", "--format", "json")
    assert production.config.read_text() == text
    document = again.document
    assert (document["certificates"], len(document["new"]), len(document["gone"])) == (2, 2, 3)
    assert document["configured"] is False


def test_a_signature_is_trusted_once_its_authority_was_imported(production: Production) -> None:
    """From the published file to the verdict: untrusted before the import, trusted after it."""
    (production.deliver / "still.png").write_bytes(room.generated(media_type=room.PNG))

    def state() -> object:
        return run(production.root, "origin", "deliver/still.png", "--format", "json").document["credential"]["state"]

    assert state() == "untrusted"
    assert imported(production, room.studio().root).code == 0
    assert state() == "trusted"


def test_time_stamps_that_were_imported_never_trust_a_signer(production: Production) -> None:
    """The same authority as one of time stamps leaves the signature untrusted."""
    (production.deliver / "still.png").write_bytes(room.generated(media_type=room.PNG))
    assert imported(production, room.studio().root, "--purpose", "timestamp").code == 0
    document = run(production.root, "origin", "deliver/still.png", "--format", "json").document
    assert document["credential"]["state"] == "untrusted"
    assert document["trust_lists"][0]["purpose"] == "timestamp"


def test_a_refused_import_leaves_everything_as_it_was(production: Production) -> None:
    """Neither the configuration nor an older list changes when a list is refused, or cannot be named."""
    assert imported(production, pem(*several(2, dt.datetime.now(dt.UTC))), "--name", "x").code == 0
    text, held = production.config.read_bytes(), (production.root / "trust" / "x.pem").read_bytes()
    assert imported(production, b"nonsense", "--name", "x").code == 40
    assert imported(production, room.studio().root, "--name", "x", "--purpose", "timestamp").code == 40
    assert (production.config.read_bytes(), (production.root / "trust" / "x.pem").read_bytes()) == (text, held)
    inline = production.config.read_text().partition("[[trust.anchor]]")[0] + '\n[trust.anchor]\npath = "x"\n'
    production.config.write_text(inline)
    assert imported(production, room.studio().root, "--name", "y").code == 40
    assert not (production.root / "trust" / "y.pem").exists()


def test_every_report_names_the_list_its_date_and_its_age(production: Production) -> None:
    """`origin`, `gate`, `doctor`, `status` and `trust list` name date and digest, and warn once it is old."""
    (production.deliver / "still.png").write_bytes(room.media(room.PNG))
    assert imported(production, room.studio().root, "--name", "Old list", "--dated", "2020-01-31").code == 0
    sha256 = anchor_file(load_config(production.config).anchors[0]).sha256
    verbs = {"origin": ("deliver/still.png",), "gate": ("deliver",), "status": (), "doctor": (), "trust": ("list",)}
    for verb, arguments in verbs.items():
        document = run(production.root, verb, *arguments, "--format", "json").document
        (found,) = document.get("trust_lists") or document["lists"]
        assert (found["sha256"], found["issued"][:10]) == (sha256, "2020-01-31")
        assert "days ago" in found["outdated"]
        text = run(production.root, verb, *arguments).out
        assert sha256[:12] in text
        assert "list is old" in text or "list Old list is old" in text
    assert run(production.root, "gate", "deliver").code == 0  # old, and still what somebody chose


def test_the_age_that_is_allowed_can_be_chosen(production: Production) -> None:
    """`max_age_days` decides what is old."""
    assert imported(production, room.studio().root, "--name", "l", "--dated", "2020-01-31").code == 0
    assert "WARNING" in run(production.root, "status").out
    text = production.config.read_text()
    production.config.write_text(text.replace("[[trust.anchor]]", "[trust]\nmax_age_days = 3650\n[[trust.anchor]]"))
    assert "WARNING" not in run(production.root, "status").out


def test_check_answers_for_what_is_broken(production: Production) -> None:
    """A list that cannot be used is a problem (3) for `trust check`, and stands in `status` as one."""
    assert run(production.root, "trust", "check").code == 0
    assert imported(production, room.studio().root, "--name", "l").code == 0
    good = run(production.root, "trust", "check")
    assert good.code == 0
    assert "proven" in good.out
    path = production.root / "trust" / "l.pem"
    path.write_bytes(path.read_bytes() + b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    assert run(production.root, "trust", "check").code == 3
    assert "CANNOT BE USED" in run(production.root, "status").out
    assert run(production.root, "gate", "deliver").code == 40


def test_what_is_named_twice_is_a_warning(production: Production) -> None:
    """The same authority in two files for one purpose is harmless, and said."""
    for name in ("a", "b"):
        assert imported(production, room.studio().root, "--name", name).code == 0
    assert "more than once" in run(production.root, "trust", "check").out


def test_trust_that_names_nobody_is_refused(production: Production) -> None:
    """A `[trust]` without an anchor, or an empty list of them, is a mistake and no trust."""
    text = production.config.read_text()
    for lines in ("[trust]\nanchor = []\n", "[trust]\n", "[trust]\nmax_age_days = 30\n"):
        production.config.write_text(text + lines)
        result = run(production.root, "status")
        assert (result.code, "trusts nobody" in result.err) == (40, True)


def test_an_imported_development_identity_never_clears(production: Production) -> None:
    """An import gives no right to clear; by hand it is refused for a development identity."""
    assert imported(production, new_identity("somebody").root, "--name", "dev").code == 0
    assert run(production.root, "trust", "list", "--format", "json").document["certificates"][0]["may_clear"] is False
    production.config.write_text(production.config.read_text() + "may_clear = true\n")
    assert run(production.root, "gate", "deliver").code == 40
