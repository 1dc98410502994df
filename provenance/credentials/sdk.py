"""The C2PA SDK, behind the few calls this project makes of it. Nothing of it leaves this file but JSON and text.

A `Context` belongs to the process and the thread that made it: after a fork it is dead, and shared between threads it
can crash. The SDK reports most troubles as exceptions whose type is the first word of their message, so what it raised
is kept as two strings and is given a meaning in `codes`.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import Any, BinaryIO

import msgspec

_QUIET = {
    # The SDK fetches remote manifests by default (and could be led to hosts inside). A gate asks nobody.
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False},
    "core": {"allowed_network_hosts": [], "backing_store_memory_threshold_in_mb": 64},
    # Unreleased pictures must not travel as thumbnails, not even in the ingredients.
    "builder": {"thumbnail": {"enabled": False}},
}


@dataclass(frozen=True, slots=True)
class Refused:
    """The SDK raised: the name of its error, and what it said."""

    name: str
    text: str


class WriteRefused(Exception):
    """The SDK raised while it wrote; inside this room only."""


@cache
def sdk_version() -> str:
    """Return the version of the native SDK, which decides what can be read and how it is judged."""
    import c2pa

    return str(c2pa.sdk_version())


def new_context(signers: bytes = b"") -> Any:
    """Return a context for this process that fetches nothing and trusts the certificates of `signers` (PEM) alone.

    They go in as `trust.user_anchors`, which add to a list of the SDK's own that is empty in this build.
    """
    import c2pa

    settings: dict[str, Any] = dict(_QUIET)
    if signers:
        settings["trust"] = {"user_anchors": signers.decode("ascii")}
    return c2pa.Context.from_dict(settings)


def read_store(
    context: Any, media_type: str, stream: BinaryIO, manifest: bytes | None = None
) -> dict[str, Any] | Refused | None:
    """Return what the SDK says of a manifest store, as the object its JSON holds; None where it finds no store.

    With `manifest`, that store is read and held against the stream. Never raises for what the bytes are.
    """
    import c2pa

    try:
        reader = c2pa.Reader.try_create(media_type, stream, manifest, context)
        if reader is None:
            return None
        with reader:
            told = msgspec.json.decode(reader.json())
    except c2pa.C2paError as error:
        return Refused(type(error).__name__.removeprefix("_C2pa"), str(error))
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        return Refused(type(error).__name__, f"the SDK's answer does not parse: {error}")
    if not isinstance(told, dict):
        return Refused("ValueError", "the SDK's answer is no object")
    return told


@dataclass(frozen=True, slots=True)
class SignAs:
    """What the SDK needs to sign: its name of the algorithm, the PEM chain (leaf first), the PKCS#8 key."""

    algorithm: str
    certificates: bytes
    private_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """A manifest about to be written. `parent_type` is set where the source itself becomes the parent ingredient."""

    manifest: dict[str, Any]
    media_type: str
    parent_type: str | None = None
    embed: bool = True


PARENT_LABEL = "parent"
"""By this name the actions of a `Draft` refer to the source as an ingredient."""


def write_store(draft: Draft, sign_as: SignAs, source: BinaryIO, destination: BinaryIO) -> bytes:
    """Sign `source` into `destination` (both seekable, the second readable too) and return the manifest store.

    Raises `WriteRefused` with the SDK's words.
    """
    import c2pa

    try:
        with new_context() as context:
            builder = c2pa.Builder(draft.manifest, context=context)
            if not draft.embed:
                builder.set_no_embed()
            if draft.parent_type is not None:
                parent = {"relationship": "parentOf", "label": PARENT_LABEL}
                builder.add_ingredient(parent, draft.parent_type, source)
                source.seek(0)
            info = c2pa.C2paSignerInfo(
                sign_as.algorithm.encode("ascii"), sign_as.certificates, sign_as.private_key, None
            )
            with c2pa.Signer.from_info(info) as signer:
                return bytes(builder.sign(signer, draft.media_type, source, destination))
    except c2pa.C2paError as error:
        raise WriteRefused(str(error)) from error


@cache
def can_embed() -> frozenset[str]:
    """Return the media types the SDK writes credentials into."""
    import c2pa

    return frozenset(c2pa.Builder.get_supported_mime_types())
