"""Reading credentials: from bytes to one of seven states, with everything the credential says of its file's origin."""

import datetime as dt
import os
from dataclasses import replace
from typing import Any, NamedTuple

from provenance.containers.model import Carries, Container
from provenance.credentials.absence import nothing_to_read, somewhere_else
from provenance.credentials.codes import Judgement, judge_refusal, judge_store
from provenance.credentials.origin import Told, tell_origin
from provenance.credentials.sdk import Refused, new_context, read_store, sdk_version
from provenance.credentials.text import clean
from provenance.credentials.trust import DEVELOPMENT, Trust
from provenance.credentials.wreck import claims_in_remains, claims_in_wreck, terms_spelled
from provenance.evidence import (
    Claim,
    Credential,
    Gap,
    Ingredient,
    Kind,
    Signal,
    Source,
    State,
    Strength,
)
from provenance.files import Media
from provenance.sourcetype import Term, term_of

__all__ = ["CredentialReader", "Reading", "sdk_version"]


class Reading(NamedTuple):
    """A credential and what it says. `gaps` are places in it that could not be looked at."""

    credential: Credential
    signals: tuple[Signal, ...] = ()
    ingredients: tuple[Ingredient, ...] = ()
    gaps: tuple[Gap, ...] = ()


_ANY_TYPE = "application/octet-stream"
_STRENGTH = {
    State.TRUSTED: Strength.SIGNED,
    State.UNTRUSTED: Strength.SIGNED_UNTRUSTED,
    State.BROKEN: Strength.BROKEN,
}
_HUMAN = {Claim.CAPTURED, Claim.CREATED}
_AGAINST = {Claim.AI_GENERATED, Claim.AI_ASSISTED, Claim.REVIEW}


def _no_sidecar(manifest: bytes) -> str | None:
    """Return why bytes are no manifest store by themselves, None if they may be: one box that is all there is.

    The SDK does not look behind the first box (ISO 19566-5, JUMBF superbox), so anything could stand there.
    """
    if not manifest:
        return "the sidecar is empty"
    size = int.from_bytes(manifest[8:16] if manifest[:4] == b"\0\0\0\1" else manifest[:4], "big")
    if size != len(manifest) and not (size == 0 and manifest[:4] == bytes(4)):
        return f"the sidecar is no single manifest store: its box says {size} bytes, and there are {len(manifest)}"
    return None


class CredentialReader:
    """Reads credentials under one trust list. Keep one in each process, and use it from one thread.

    Its SDK contexts are made on first use and made again after a fork. Nothing it does touches a network.
    """

    def __init__(self, trust: Trust) -> None:
        self._trust = trust
        self._signers = trust.signers
        self._process = 0
        self._contexts: dict[bytes, Any] = {}

    def read(self, media: Media, container: Container) -> Reading:
        """Return what is embedded in a file. The content decides its type: `container` is a walk over `media`.

        A gap in the walk changes no state here: it is evidence of its own, and leads to review by itself.
        """
        found = container.format
        if found is None:
            return self._unreadable("the content is of no type that is known here", media)
        residue = ", ".join(container.residue[:8])
        if found.carries is Carries.NO or found.sdk is None:
            if residue:
                return self._unreadable(f"{found.media_type} with remains of a credential: {residue}", media)
            if found.carries is Carries.NO:
                return Reading(Credential(State.UNSUPPORTED, why=f"{found.media_type} cannot carry one"))
            return self._unreadable(f"nothing here reads credentials in {found.media_type}", media)
        asked = not nothing_to_read(media, container)
        told = self._ask(media, found.sdk) if asked else None
        if told is None:
            if asked and (residue or somewhere_else(media, found)):
                where = residue or "somewhere in the file"
                return self._unreadable(f"the SDK finds none, but there are remains of one: {where}", media)
            return Reading(Credential(State.ABSENT))
        if isinstance(told, Refused):
            judged = judge_refusal(told)
            if judged.state is State.REMOTE and residue:
                why = f"it names a URL, and holds remains of another: {residue}"
                judged = judged._replace(state=State.UNREADABLE, why=why)
            signals = claims_in_remains(media) if judged.state is State.UNREADABLE else ()
            return Reading(_credential(judged, Source.EMBEDDED), signals)
        return self._from_store(told, Source.EMBEDDED, media, container, None)

    def _ask(self, media: Media, sdk_type: str) -> dict[str, Any] | Refused | None:
        with media.stream() as stream:
            return read_store(self._context(self._signers), sdk_type, stream)

    def read_sidecar(self, media: Media, container: Container, manifest: bytes) -> Reading:
        """Return what a sidecar's bytes say of the file in `media`: `broken` where it is about another file."""
        if (why := _no_sidecar(manifest)) is not None:
            return Reading(Credential(State.UNREADABLE, Source.SIDECAR, why=why), claims_in_wreck(manifest))
        with media.stream() as stream:
            told = read_store(self._context(self._signers), _sdk_type(container), stream, manifest)
        if told is None:
            why = "the sidecar holds no manifest store"
            return Reading(Credential(State.UNREADABLE, Source.SIDECAR, why=why), claims_in_wreck(manifest))
        if isinstance(told, Refused):
            judged = judge_refusal(told)
            return Reading(_credential(judged, Source.SIDECAR), claims_in_wreck(manifest))
        return self._from_store(told, Source.SIDECAR, media, container, manifest)

    def _context(self, signers: bytes) -> Any:
        if self._process != os.getpid():
            self._process, self._contexts = os.getpid(), {}
        if signers not in self._contexts:
            self._contexts[signers] = new_context(signers)
        return self._contexts[signers]

    def _unreadable(self, why: str, media: Media) -> Reading:
        return Reading(Credential(State.UNREADABLE, why=clean(why)), claims_in_remains(media))

    def _from_store(
        self, told: dict[str, Any], source: Source, media: Media, container: Container, manifest: bytes | None
    ) -> Reading:
        judged = judge_store(told)
        strength = _STRENGTH.get(judged.state, Strength.BROKEN)
        origin = tell_origin(told, strength)
        signals = origin.signals
        if manifest is None and not any(s.claim in _AGAINST for s in signals):
            signals += _unshown(media, container, told, strength)
        credential = _described(_credential(judged, source), told, origin)
        if judged.state is State.TRUSTED and self._may_clear(origin, signals, credential):
            with media.stream() as stream:
                again = read_store(self._context(self._trust.clearing), _sdk_type(container), stream, manifest)
            if isinstance(again, dict) and judge_store(again).state is State.TRUSTED:
                signals = tuple(replace(s, clears=s.claim in _HUMAN) for s in signals)
        return Reading(credential, signals, origin.ingredients, origin.gaps)

    def _may_clear(self, origin: Told, signals: tuple[Signal, ...], credential: Credential) -> bool:
        """Whether it is worth asking if an anchor that may clear stands behind a claim of non-AI origin.

        Only for a claim about the whole file, with nothing in the credential against it and no part of unknown
        history. Whether that anchor is behind it, a context that trusts nobody else has to say.
        """
        return (
            bool(self._trust.clearing)
            and origin.history_known
            and not origin.gaps
            and credential.issuer != DEVELOPMENT
            and any(s.claim in _HUMAN for s in signals)
            and not any(s.claim in _AGAINST for s in signals)
        )


def _sdk_type(container: Container) -> str:
    found = container.format
    return (found.sdk or found.media_type) if found else _ANY_TYPE


def _unshown(media: Media, container: Container, told: dict[str, Any], strength: Strength) -> tuple[Signal, ...]:
    """Return a signal for each AI source type that is in the bytes and nowhere in what the SDK tells."""
    spelled = terms_spelled(media, container)
    hidden = spelled - _terms_in(told.get("manifests")) if spelled else set[Term]()
    place = "bytes of the file, outside of what the SDK shows"
    ordered = sorted(hidden, key=lambda t: t.value)
    return tuple(Signal(Kind.C2PA, Claim.REVIEW, strength, place, t.value) for t in ordered)


def _terms_in(tree: Any) -> set[Term]:
    """Return every source type that is a value anywhere in a tree."""
    terms: set[Term] = set()
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
        elif isinstance(node, str) and (term := term_of(node)) is not None:
            terms.add(term)
    return terms


def _credential(judged: Judgement, source: Source) -> Credential:
    return Credential(
        judged.state,
        source,
        why=judged.why,
        codes=judged.codes,
        ingredient_codes=judged.ingredient_codes,
        remote_url=judged.remote_url,
    )


def _described(credential: Credential, told: dict[str, Any], origin: Told) -> Credential:
    """Return a credential with who signed it, when, and with what; all of it words of somebody else."""
    manifests, active = told.get("manifests"), told.get("active_manifest")
    manifest = manifests.get(active) if isinstance(manifests, dict) and isinstance(active, str) else None
    if not isinstance(manifest, dict):
        return credential
    given = manifest.get("signature_info")
    signature = given if isinstance(given, dict) else {}
    return replace(
        credential,
        label=clean(active) or None,
        labels=origin.labels,
        issuer=clean(signature.get("issuer")) or None,
        common_name=clean(signature.get("common_name")) or None,
        generator=_generator(manifest),
        signed_at=_time(signature.get("time")),
    )


def _generator(manifest: dict[str, Any]) -> str | None:
    infos = manifest.get("claim_generator_info")
    names = [
        " ".join(part for part in (clean(i.get("name"), 80), clean(i.get("version"), 40)) if part)
        for i in (infos if isinstance(infos, list) else [])
        if isinstance(i, dict)
    ]
    return clean(", ".join(name for name in names if name) or manifest.get("claim_generator")) or None


def _time(text: Any) -> str | None:
    """Return a time of the SDK's as UTC with `Z`; None where it names none."""
    if not isinstance(text, str):
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
