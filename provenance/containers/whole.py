"""Whether a container is cut short: a cheap and strong reason to wait for the rest of a file."""


def cut_short(descriptor: int) -> str | None:  # noqa: ARG001
    """Return what is missing of a container, in words; None if nothing can be said against it."""
    return None
