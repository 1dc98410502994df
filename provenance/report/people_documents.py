"""What is printed about people's keys, and about whose configuration it is."""

from typing import Any, Literal

from provenance.report.documents import Document


class PersonKeyDocument(Document, frozen=True, kw_only=True):
    """A person's key that was just made."""

    schema: Literal["provenance/person-key/1"] = "provenance/person-key/1"
    person: str
    key: str
    public: str
    fingerprint: str
    line: str
    """The public key as it belongs in `[[person]] keys`."""


class AcceptedDocument(Document, frozen=True, kw_only=True):
    """What of the configuration decides who may let something pass, and whether an administrator accepted it."""

    schema: Literal["provenance/accepted/1"] = "provenance/accepted/1"
    mode: str
    sha256: str
    accepted: bool
    required: bool
    """Whether the gate refuses while it is not accepted."""
    by: str | None
    """Id of the administrator who accepted the last one."""
    record: str | None
    first: bool
    """The last one was the first, and its administrator was believed of themselves."""
    differences: list[str]
    refused: dict[str, str]
    """Acceptances that do not count, by their ids, with why."""
    document: dict[str, Any]
