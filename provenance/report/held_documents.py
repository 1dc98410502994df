"""What is in quarantine, as part of other documents."""

import msgspec


class WhyDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One reason for which a file was taken away."""

    rule: str
    outcome: str
    text: str


class HeldDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A file in quarantine: where it lay, where it is kept, since when, and why."""

    zone: str
    path: str
    where: str
    since: str
    sha256: str
    run: str
    why: list[WhyDocument]
