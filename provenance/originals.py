"""The originals that transcribed words rest on: mails and documents, kept beside the catalogue by their digests."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from provenance.asset import Digest
from provenance.errors import FileMissing, NotARegularFile, NotPermitted, ReadFailed
from provenance.files import display, replacing
from watcher.opening import kind_of

MOST = 64 << 20
"""No mail or document is longer."""


@dataclass(frozen=True, slots=True)
class Originals:
    """The folder they are kept in: for this user alone, since what people write to each other is nobody else's."""

    folder: Path

    @classmethod
    def beside(cls, catalogue: Path) -> "Originals":
        """Return the folder that belongs to a catalogue."""
        return cls(catalogue.parent / "evidence")

    def keep(self, path: Path) -> tuple[Digest, bytes]:
        """Keep a document that somebody named, durably, and return its digest and content. Safe to repeat.

        Raises `FileTrouble` for what cannot be read or kept.
        """
        content = _content(path)
        digest = Digest(hashlib.sha256(content).hexdigest())
        if self.has(digest):
            return digest, content
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
            with replacing(self.folder / digest, mode=0o600) as stream:
                stream.write(content)
        except OSError as error:
            advice = "Make room, or give this user the right to write there."
            raise ReadFailed(f"{path.name} cannot be kept in {self.folder}: {error.strerror}", help=advice) from error
        return digest, content

    def has(self, digest: Digest) -> bool:
        """Whether a document is kept, and is what it was."""
        try:
            descriptor = os.open(self.folder / digest, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as stream:
                if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                    return False
                return hashlib.file_digest(stream, "sha256").hexdigest() == digest
        except (OSError, ValueError):
            return False


def _content(path: Path) -> bytes:
    shown = display(str(path))
    try:
        odd = kind_of(path.stat().st_mode)
        if odd is not None:
            raise NotARegularFile(f"--evidence {shown} is a {odd.value}")
        with path.open("rb") as stream:
            content = stream.read(MOST + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileMissing(f"--evidence {shown}: there is nothing there") from error
    except PermissionError as error:
        raise NotPermitted(f"--evidence {shown}: not permitted to read it") from error
    except OSError as error:
        raise ReadFailed(f"--evidence {shown}: {error.strerror}") from error
    if not content:
        raise ReadFailed(f"--evidence {shown} is empty", help="Name the mail or document that shows what was said.")
    if len(content) > MOST:
        raise ReadFailed(f"--evidence {shown} is longer than {MOST >> 20} MiB", help="Name the mail itself.")
    return content


def dkim_of(content: bytes) -> str | None:
    """Return what a mail's DKIM signature is worth to us; None for what is no mail.

    To check it takes the sender's key, which is in the DNS, and nothing here asks the network (RFC 6376, section 3.6).
    The original is kept, so that somebody else can.
    """
    head = content.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    names = {line.partition(b":")[0].strip().lower() for line in head.split(b"\n") if line[:1] not in {b" ", b"\t"}}
    if not names & {b"from", b"message-id"}:
        return None
    return "not checked" if b"dkim-signature" in names else "none in the mail"
