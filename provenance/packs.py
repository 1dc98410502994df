"""Where a policy pack is: among those that are shipped, or in a file of the production's own."""

from pathlib import Path


def policy_path(name: str, folder: Path) -> Path | None:
    """Return the file a policy's name means, relative to `folder`; None for the name of a shipped pack.

    A name with a slash or the ending `.toml` is a path, whatever packs are shipped.
    """
    return (folder / name).resolve() if "/" in name or name.endswith(".toml") else None
