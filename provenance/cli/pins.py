"""`--head FILE`: heads of the ledger that were kept elsewhere."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from provenance.errors import FileMissing, NotARegularFile, NotPermitted, PinUnusable, ReadFailed
from provenance.files import display

if TYPE_CHECKING:
    from provenance.catalogue import Pin

F = TypeVar("F", bound=Callable[..., Any])

_MOST = 64 << 20
"""Bytes a file of heads may have: a line a minute for half a year."""


def head_option(command: F) -> F:
    """Add `--head FILE`, which may be given several times."""
    return click.option(
        "--head",
        "heads",
        metavar="FILE",
        multiple=True,
        type=click.Path(path_type=Path),
        help="A file with heads that were kept elsewhere: of `ledger head`, or gate reports as JSON.",
    )(command)


def read_pins(files: Iterable[Path]) -> "tuple[Pin, ...]":
    """Return the heads in some files; raises `FileTrouble`, `PinUnusable` for a file that holds none."""
    from provenance.catalogue import pins_in

    return tuple(pin for path in files for pin in pins_in(_read(path), display(str(path))))


def _read(path: Path) -> str:
    from watcher.opening import kind_of

    name = f"--head {display(str(path))}"
    try:
        odd = kind_of(path.stat().st_mode)
        if odd is not None:
            raise NotARegularFile(f"{name} is a {odd.value}")
        with path.open("rb") as stream:
            raw = stream.read(_MOST + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileMissing(f"{name}: there is nothing there") from error
    except PermissionError as error:
        raise NotPermitted(f"{name}: not permitted to read it") from error
    except OSError as error:
        raise ReadFailed(f"{name}: {os.strerror(error.errno or 0)}") from error
    if len(raw) > _MOST:
        raise PinUnusable(f"{name} is too long to be a file of heads")
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise PinUnusable(f"{name} is no text") from error
