"""Writing credentials: aside first, read back, compared with what was meant, and only then put in place."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from provenance import __version__
from provenance.asset import Digest
from provenance.containers import Container, walk
from provenance.containers.model import Carries
from provenance.credentials.essence import essence_digest
from provenance.credentials.keys import SigningKey
from provenance.credentials.mirror import Mirror
from provenance.credentials.read import CredentialReader, Reading
from provenance.credentials.sdk import PARENT_LABEL, Draft, WriteRefused, can_embed, write_store
from provenance.credentials.text import clean
from provenance.credentials.trust import Trust
from provenance.errors import (
    CannotCarry,
    ChangedWhileRead,
    DestinationExists,
    FileMissing,
    NotARegularFile,
    NotPermitted,
    ReadBackDiffers,
    ReadFailed,
    SigningFailed,
    SourceTypeRefused,
)
from provenance.evidence import Claim, Credential, Relation, State
from provenance.files import FileMedia, Media, display, read_once, stat_key, sync_folder
from provenance.sourcetype import Term, claim_of
from watcher.opening import NotRegular, opened_file

SIDECAR_SUFFIX = ".c2pa"

_ANY_TYPE = "application/octet-stream"
"""Sidecars are bound to all bytes of their file. Under its own type the SDK would leave an embedded store out."""

_AI = {Claim.AI_GENERATED, Claim.AI_ASSISTED}
_HAS_STORE = {State.UNTRUSTED, State.TRUSTED, State.BROKEN}


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkRequest:
    """What to sign, as what, and where to. A sidecar's destination is `SOURCE.c2pa` unless it is given."""

    source: Path
    term: Term
    signer: SigningKey
    destination: Path | None = None
    tool: str | None = None
    sidecar: bool = False
    force: bool = False
    trust: Trust = field(default_factory=Trust)
    expected: Digest | None = None
    """What the source was when somebody decided what it may be called; it is signed only if it still is."""

    @property
    def target(self) -> Path:
        """Where the result is put."""
        if self.destination is not None:
            return self.destination
        return self.source.with_name(self.source.name + SIDECAR_SUFFIX)


@dataclass(frozen=True, slots=True)
class MarkResult:
    """What was written, as it read back. `parent` is the label of the source's own credential, if it had one."""

    destination: Path
    credential: Credential
    parent: str | None


@dataclass(frozen=True, slots=True)
class _Source:
    """The source while it is open."""

    media: Media
    container: Container
    reading: Reading

    @property
    def parent(self) -> str | None:
        credential = self.reading.credential
        return credential.label if credential.state in _HAS_STORE else None


def uri_of(term: Term) -> str:
    """Return the full URI of a source type, as it is written (C2PA 2.2, 18.15.4.1)."""
    own = {Term.EMPTY, Term.TRAINED_ALGORITHMIC_DATA}
    base = "http://c2pa.org" if term in own else "http://cv.iptc.org/newscodes"
    return f"{base}/digitalsourcetype/{term.value}"


def mark(request: MarkRequest) -> MarkResult:
    """Write a credential with a source type for a file, and return it as it reads back. The source never changes.

    A credential the source has becomes the parent ingredient. No thumbnail, title, file name, prompt or time is put
    in. (1) look at the source; (2) refuse what would say less than is known; (3) write aside, in the destination's
    folder; (4) read back and compare; (5) look whether the source is still the same; (6) put in place, all at once.

    Raises `FileTrouble`, `CannotCarry`, `SourceTypeRefused`, `DestinationExists`, `SigningFailed`, `ReadBackDiffers`.
    """
    _check_destination(request)
    with _opened(request.source) as descriptor:
        before = stat_key(os.fstat(descriptor))
        media = FileMedia(descriptor)
        if request.expected is not None and read_once(descriptor)[0].digest != request.expected:
            raise ChangedWhileRead(f"{display(str(request.source))} is not what it was when it was looked at")
        container = walk(media)
        source = _Source(media, container, CredentialReader(request.trust).read(media, container))  # (1)
        _refuse_denial(request, source)  # (2)
        aside = _aside(request.target)
        try:
            try:
                credential = _write(request, source, aside)  # (3), (4)
            finally:
                # Before any other trouble is told: a source that changes makes everything else go wrong, too.
                if stat_key(os.fstat(descriptor)) != before:  # (5)
                    raise ChangedWhileRead(f"{display(str(request.source))} changed while it was signed")
            _put(aside, request.target, force=request.force)  # (6)
        finally:
            aside.unlink(missing_ok=True)
    sync_folder(request.target.parent)
    return MarkResult(request.target, credential, source.parent)


@contextmanager
def _opened(path: Path) -> Iterator[int]:
    name = display(str(path))
    try:
        with opened_file(os.fsencode(path.parent), os.fsencode(path.name)) as descriptor:
            yield descriptor
    except NotRegular as odd:
        raise NotARegularFile(f"{name} is a {odd.odd.value}") from odd
    except FileNotFoundError as error:
        raise FileMissing(f"{name} does not exist") from error
    except PermissionError as error:
        raise NotPermitted(f"{name} may not be read by this user") from error
    except OSError as error:
        raise ReadFailed(f"{name} cannot be read: {error.strerror or error}") from error


def _check_destination(request: MarkRequest) -> None:
    if request.destination is None and not request.sidecar:
        raise DestinationExists("no destination is named", help="Name one with -o, or add --sidecar.")
    target = request.target
    if os.path.lexists(target):
        if target.exists() and request.source.exists() and target.samefile(request.source):
            raise DestinationExists("the destination is the source itself", help="The source is never changed.")
        if not request.force:
            raise DestinationExists(f"{display(str(target))} exists")
        if not target.is_file() or target.is_symlink():
            raise DestinationExists(f"{display(str(target))} is no regular file, so it is not replaced", help="")
    if not target.parent.is_dir():
        raise FileMissing(f"the folder {display(str(target.parent))} does not exist", help="Make it first.")


def _refuse_denial(request: MarkRequest, source: _Source) -> None:
    """Refuse to write over what is known: a term that denies an AI mark, or a history that would be dropped."""
    credential, term = source.reading.credential, request.term
    flags = [s for s in source.reading.signals if s.claim in _AI]
    if flags and claim_of(term) not in _AI:
        raise SourceTypeRefused(f"{term.value} denies what its own credential says: {flags[0].says} ({flags[0].place})")
    if credential.state is State.BROKEN and claim_of(term) not in _AI:
        raise SourceTypeRefused(f"its credential is broken, and {term.value} would cover that up")
    unidentified = source.container.format is None and not source.container.residue
    if credential.state is State.REMOTE or (credential.state is State.UNREADABLE and not unidentified):
        advice = "Get the original with a credential that can be read, or declare its origin: `provenance declare`."
        raise SigningFailed(f"its credential is {credential.state.value} and would be dropped", help=advice)


def _write(request: MarkRequest, source: _Source, aside: Path) -> Credential:
    if request.sidecar:
        return _write_sidecar(request, source, aside)
    found = source.container.format
    if found is None or found.carries is Carries.NO or found.sdk is None or found.sdk not in can_embed():
        what = found.media_type if found else "a file of unknown type"
        raise CannotCarry(f"no credential can be written into {what}")
    draft = Draft(_manifest(request, source.parent), found.sdk, found.sdk if source.parent else None)
    with source.media.stream() as stream, _created(aside) as written:
        _sign(draft, request, stream, written)
    with aside.open("rb") as written:
        media = FileMedia(written.fileno())
        back = CredentialReader(request.trust).read(media, walk(media))
        _compare(request, source, back)
        if essence_digest(media) != essence_digest(source.media):
            raise ReadBackDiffers("the copy's pictures or sound are not those of the source")
    return back.credential


def _write_sidecar(request: MarkRequest, source: _Source, aside: Path) -> Credential:
    found = source.container.format
    parent_type = (found.sdk if found else None) if source.parent else None
    draft = Draft(_manifest(request, source.parent), _ANY_TYPE, parent_type, embed=False)
    with source.media.stream() as stream, source.media.stream() as same:
        store = _sign(draft, request, stream, Mirror(same))
    with _created(aside) as written:
        written.write(store)
    back = CredentialReader(request.trust).read_sidecar(source.media, source.container, aside.read_bytes())
    _compare(request, source, back)
    return back.credential


def _sign(draft: Draft, request: MarkRequest, source: BinaryIO, destination: BinaryIO) -> bytes:
    try:
        return write_store(draft, request.signer.sign_as, source, destination)
    except WriteRefused as refused:
        raise SigningFailed(f"the SDK does not sign it: {clean(str(refused))}") from refused


def _manifest(request: MarkRequest, parent: str | None) -> dict[str, Any]:
    """Return what is signed. A file with a history is not created once more: it is opened, and described as it is."""
    action: dict[str, Any] = {"action": "c2pa.created", "digitalSourceType": uri_of(request.term)}
    if parent is not None:
        action |= {"action": "c2pa.opened", "parameters": {"ingredientIds": [PARENT_LABEL]}}
    if request.tool:
        action["softwareAgent"] = {"name": clean(request.tool)}
    return {
        "claim_generator_info": [{"name": "provenance", "version": __version__}],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [action]}}],
    }


def _compare(request: MarkRequest, source: _Source, back: Reading) -> None:
    """Hold what was written against what was meant; raises `ReadBackDiffers`."""
    credential = back.credential
    if credential.state not in {State.UNTRUSTED, State.TRUSTED}:
        raise ReadBackDiffers(f"it reads back as {credential.state.value}: {credential.why}")
    action = "c2pa.opened" if source.parent else "c2pa.created"
    place = f"manifest 1 of {len(credential.labels)} / c2pa.actions.v2 / {action}"
    if not any(s.place == place and s.says == request.term.value and s.via is None for s in back.signals):
        raise ReadBackDiffers(f"the source type {request.term.value} does not read back")
    parents = [i.manifest for i in back.ingredients if i.relation is Relation.PARENT_OF]
    if parents != ([source.parent] if source.parent else []):
        raise ReadBackDiffers("the source's own credential is not its parent")


def _aside(target: Path) -> Path:
    """Return a hidden name in the destination's folder: a rename within one file system is all or nothing."""
    return target.with_name(f".{target.name[:200]}.{os.getpid()}.part")


@contextmanager
def _created(path: Path) -> Iterator[BinaryIO]:
    """Yield a new file, open for writing and reading (the SDK reads back what it wrote), synced at the end."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    except OSError as error:
        _cannot_write(path, error)
    with os.fdopen(descriptor, "w+b") as stream:
        yield stream
        stream.flush()
        os.fsync(stream.fileno())


def _put(aside: Path, target: Path, *, force: bool) -> None:
    """Give the finished file its name. Without `force` nothing is ever replaced, not even what came meanwhile."""
    if force:
        aside.replace(target)
        return
    try:
        os.link(aside, target)
    except FileExistsError as error:
        raise DestinationExists(f"{display(str(target))} exists") from error
    except OSError:
        # No hard links here (exFAT, some shares): take the name first, then replace what is ours.
        try:
            os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW))
            aside.replace(target)
        except FileExistsError as error:
            raise DestinationExists(f"{display(str(target))} exists") from error
        except OSError as error:
            _cannot_write(target, error)


def _cannot_write(path: Path, error: OSError) -> NoReturn:
    advice = "Check the rights and the free space in the destination's folder."
    raise SigningFailed(f"{display(str(path))} cannot be written: {error.strerror or error}", help=advice) from error
