"""Documents that a person names: evidence, terms, forms. They may lie anywhere, and stay where they are."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from provenance.asset import Digest
from provenance.errors import FileMissing, NotARegularFile, NotPermitted, ReadFailed
from provenance.files import display


def digest_of(path: Path, option: str) -> Digest:
    """Return the digest of a document.

    Raises `FileTrouble`; a pipe or a device is never opened, or this would wait for its writer for ever.
    """
    from provenance.files import read_once

    with _opened(path, option) as descriptor:
        return read_once(descriptor)[0].digest


def content_of(path: Path, option: str, most: int) -> bytes:
    """Return the first `most` bytes of a document, and one more if there are more. Raises `FileTrouble`."""
    with _opened(path, option) as descriptor, os.fdopen(os.dup(descriptor), "rb") as stream:
        return stream.read(most + 1)


@contextmanager
def _opened(path: Path, option: str) -> Iterator[int]:
    from watcher.opening import NotRegular, kind_of, opened_file

    try:
        odd = kind_of(path.stat().st_mode)
        if odd is not None:
            raise NotARegularFile(f"{option} {display(str(path))} is a {odd.value}")
        resolved = path.resolve()
        with opened_file(os.fsencode(resolved.parent), os.fsencode(resolved.name)) as descriptor:
            yield descriptor
    except NotRegular as error:
        raise NotARegularFile(f"{option} {display(str(path))} is a {error.odd.value}") from error
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileMissing(f"{option} {display(str(path))}: there is nothing there") from error
    except PermissionError as error:
        raise NotPermitted(f"{option} {display(str(path))}: not permitted to read it") from error
    except OSError as error:
        raise ReadFailed(f"{option} {display(str(path))}: {error.strerror}") from error
