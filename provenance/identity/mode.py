"""Whether words have to be signed."""

from enum import Enum


class ApprovalsMode(Enum):
    """Whether what people say counts only with a signature."""

    UNSIGNED = "unsigned"
    """Everything counts, and whatever nobody signed is called so."""
    SIGNED = "signed"
    """What may let something pass counts only when a listed person with the role signed it."""
