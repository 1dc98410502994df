"""What it means when a file that somebody named cannot be written."""

from pathlib import Path

from provenance.errors import FileMissing, NotPermitted, ReadFailed
from provenance.files import display


def refused_to_write(file: Path, error: OSError) -> FileMissing | NotPermitted | ReadFailed:
    """Return the error that says why a file was not written, and what to do."""
    says = f"{display(str(file))} cannot be written: {error.strerror}"
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return FileMissing(says, help="Name a file in a folder that is there.")
        case PermissionError():
            return NotPermitted(says, help="Name a file in a folder that this user may write to.")
        case _:
            return ReadFailed(says)
