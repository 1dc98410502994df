"""Where a policy pack is: among those that are shipped, or in a file of the production's own."""

from pathlib import Path

from provenance.errors import PolicyInvalid


def policy_path(name: str, folder: Path) -> Path | None:
    """Return the file a policy's name means, relative to `folder`; None for the name of a shipped pack.

    A name with a slash or the ending `.toml` is a path, whatever packs are shipped. Raises `PolicyInvalid` for one
    that no file can have.
    """
    try:
        return (folder / name).resolve() if "/" in name or name.endswith(".toml") else None
    except (ValueError, OSError, RuntimeError) as error:  # a NUL byte, a name too long, links in a circle
        raise PolicyInvalid(f"policy {name!r} is no usable path: {error}") from error
