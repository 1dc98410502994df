"""The JSON documents of an explanation; as all documents they are only ever added to."""

from provenance.report.documents import Document, GroundDocument


class WhyGroundDocument(Document, frozen=True, kw_only=True):
    """One ground in plain words. `effect` is decides, flags, review, clears, speaks or noted."""

    ground: GroundDocument
    effect: str
    plain: list[str]


class ManifestDocument(Document, frozen=True, kw_only=True):
    """One manifest of a content credential, with what it was made from. Everything in it is a stranger's word."""

    relation: str | None
    """How what is above used it; null for the newest."""
    title: str
    label: str | None
    """Null where it has no manifest: its history is not known."""
    signer: str
    signed_at: str
    generator: str
    actions: list[str]
    codes: list[str]
    """Failure codes about it, as the SDK names them."""
    note: str
    parts: list["ManifestDocument"]


class ChainDocument(Document, frozen=True, kw_only=True):
    """A content credential as a tree. `read_from` is `file`, or `kept` where it is what was kept of one."""

    read_from: str | None
    signature_holds: bool
    bound: bool | None
    """Whether the file is the one that was signed; null where there is no file to hold it against."""
    why: str | None
    active: ManifestDocument | None


class ExplainedDocument(Document, frozen=True, kw_only=True):
    """Why a file is what it is said to be, for a person."""

    answer: str
    credential: str
    grounds: list[WhyGroundDocument]
    unseen: list[str]
    """What could not be looked at."""
    changes: list[str]
    """What would change the answer, and what would not."""
    chain: ChainDocument | None
