"""Writing what is kept of a file into a folder, for this user alone, in files that other tools can read."""

import os
import re
from pathlib import Path

from provenance.catalogue import Catalogue
from provenance.catalogue.exhibiting import Exhibit
from provenance.errors import DestinationExists, ReadFailed
from provenance.files import display

_ENDINGS = {"manifest": "c2pa", "xmp": "xmp", "exif": "tiff", "text": "txt"}


def name_of(number: int, exhibit: Exhibit) -> str:
    """Return the name an exhibit is written under: nothing of what a stranger wrote is in it."""
    kind = re.sub(r"[^a-z0-9-]", "", exhibit.kind) or "block"
    return f"{number:02}-{kind}-{exhibit.digest[:12]}.{_ENDINGS.get(kind, 'bin')}"


def extracted(catalogue: Catalogue, exhibits: tuple[Exhibit, ...], folder: Path) -> None:
    """Write what is there of some exhibits into a folder that must not be there yet. Raises `FileTrouble`."""
    shown = display(str(folder))
    if os.path.lexists(folder):
        raise DestinationExists(f"{shown} is there already", help="Name a folder that is not there yet.")
    try:
        folder.mkdir(mode=0o700)
        for number, exhibit in enumerate(exhibits, 1):
            content = catalogue.exhibits.content(exhibit)
            if content is not None:
                descriptor = os.open(folder / name_of(number, exhibit), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(content)
    except OSError as error:
        raise ReadFailed(f"nothing can be written into {shown}: {error.strerror}") from error
