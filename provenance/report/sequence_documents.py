"""Sequences, as parts of other documents. Nothing here needs those."""

import msgspec


class ReasonDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One reason for an outcome. Of a sequence, `args` has the `frames` it is about."""

    rule: str
    outcome: str
    text: str
    help: str
    args: dict[str, str]


class FramesDocument(msgspec.Struct, frozen=True, kw_only=True):
    """Which frames a sequence has: `there` and `missing` are written as `1001-1040,1043`.

    Nothing is called missing where more than ten times as many numbers are left out as are there.
    """

    first: int
    last: int
    files: int
    there: str
    missing: str
    missing_count: int


class MemberDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One frame of a sequence that was checked; `records` are the ids of the words it passed on."""

    path: str
    frame: int
    sha256: str | None
    outcome: str
    origin: str | None
    reasons: list[ReasonDocument]
    records: list[str]
    via: str | None
