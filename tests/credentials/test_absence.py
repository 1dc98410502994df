from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provenance.containers import walk
from provenance.credentials import read
from provenance.credentials.absence import nothing_to_read
from provenance.credentials.read import CredentialReader
from provenance.credentials.sdk import Refused, new_context, read_store
from provenance.credentials.trust import Trust
from provenance.evidence import State
from provenance.files import BufferMedia
from tests import newsroom as room

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "media"
SKIPPING = (room.JPEG, room.PNG, room.TIFF, room.WEBP, room.WAV)


def nothing(data: bytes) -> bool:
    """Whether bytes are taken for such as the SDK need not be asked about."""
    media = BufferMedia(data)
    return nothing_to_read(media, walk(media))


def told(data: bytes) -> dict[str, Any] | Refused | None:
    """Return what the SDK says of bytes, whether or not it would have been asked."""
    media = BufferMedia(data)
    found = walk(media).format
    assert found is not None
    assert found.sdk is not None
    return read_store(new_context(), found.sdk, media.stream())


@pytest.mark.parametrize("media_type", SKIPPING)
def test_a_plain_file_is_absent_without_the_sdk(media_type: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole file without the box that every store is, is absent, and the SDK is not asked."""

    def asked(*_: object) -> None:
        pytest.fail("the SDK was asked")

    monkeypatch.setattr(read, "read_store", asked)
    media = BufferMedia(room.media(media_type))
    assert CredentialReader(Trust()).read(media, walk(media)).credential.state is State.ABSENT


@pytest.mark.parametrize("media_type", [*SKIPPING, room.MP4, room.MOV, room.MP3, room.PDF])
def test_what_is_signed_is_always_put_to_the_sdk(media_type: str) -> None:
    """A credential is never taken for nothing, in any format."""
    assert not nothing(room.generated(media_type))


def test_xmp_that_names_a_server_is_put_to_the_sdk(samples: Path) -> None:
    """Files whose credential is said to be elsewhere hold no store, and are never taken for plain."""
    for name in ("c2pa-rs/cloud.jpg", "c2pa-rs/libpng-test_with_url.png"):
        assert not nothing((samples / name).read_bytes())


def _files(samples: Path) -> Iterator[Path]:
    yield from (p for top in (samples, FIXTURES) for p in sorted(top.rglob("*")) if p.is_file())


def test_the_sdk_finds_nothing_in_what_it_is_not_asked_about(samples: Path) -> None:
    """For every sample and fixture that is taken for plain, the SDK itself finds no store and names no fault."""
    plain = [path for path in _files(samples) if nothing(path.read_bytes())]
    assert len(plain) > 10
    assert [path.name for path in plain if told(path.read_bytes()) is not None] == []


@pytest.mark.parametrize("media_type", SKIPPING)
def test_damage_never_makes_the_sdks_find_look_plain(media_type: str) -> None:
    """Wherever a signed file is damaged, what the SDK can still read, or what it names, was put to it."""
    data = room.generated(media_type)
    for at in range(0, len(data), 41):
        damaged = room.flipped(data, at)
        if nothing(damaged):
            found = told(damaged)
            assert found is None or (isinstance(found, Refused) and "Remote" not in found.text), at
