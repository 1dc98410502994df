"""`python -m provenance.report.schemas` writes the JSON Schemas that are shipped, from the document types."""

import json
from pathlib import Path

import msgspec

from provenance.report.dispute_documents import BundleDocument, DisputeDocument
from provenance.report.documents import (
    Document,
    EntryDocument,
    ErrorDocument,
    GateDocument,
    InitDocument,
    KeysDocument,
    ListedDocument,
    MarkDocument,
    ScanDocument,
    WordDocument,
)
from provenance.report.dossier_documents import ReportDocument
from provenance.report.exhibits_documents import KeptDocument, PrunedDocument
from provenance.report.ledger_document import LedgerDocument
from provenance.report.origin_documents import OriginDocument
from provenance.report.people_documents import AcceptedDocument, PersonKeyDocument
from provenance.report.personal_document import BackupDocument, ErasureDocument, PersonalDocument, RestoreDocument
from provenance.report.policy_document import ExplanationDocument, PackDocument
from provenance.report.release_document import ReleaseDocument
from provenance.report.rescan_documents import RescanDocument
from provenance.report.standing import DoctorDocument, NoticeDocument, StatusDocument
from provenance.report.survey_documents import ListedSequenceDocument, OriginSequenceDocument
from provenance.report.timeline_document import TimelineDocument
from provenance.report.told_documents import ConsentDocument, DisclosureDocument, ToolDocument
from provenance.report.trust import TrustCheckDocument, TrustDocument, TrustImportDocument

FOLDER = Path(__file__).parents[1] / "schemas"

SCHEMAS: dict[str, type[Document]] = {
    "origin": OriginDocument,
    "origin-sequence": OriginSequenceDocument,
    "gate": GateDocument,
    "release": ReleaseDocument,
    "status": StatusDocument,
    "list": ListedDocument,
    "list-sequence": ListedSequenceDocument,
    "scan": ScanDocument,
    "rescan": RescanDocument,
    "record": WordDocument,
    "timeline": TimelineDocument,
    "disclosure": DisclosureDocument,
    "tool": ToolDocument,
    "consent": ConsentDocument,
    "mark": MarkDocument,
    "entry": EntryDocument,
    "ledger": LedgerDocument,
    "personal": PersonalDocument,
    "erasure": ErasureDocument,
    "backup": BackupDocument,
    "restore": RestoreDocument,
    "keys": KeysDocument,
    "person-key": PersonKeyDocument,
    "accepted": AcceptedDocument,
    "trust": TrustDocument,
    "trust-check": TrustCheckDocument,
    "trust-import": TrustImportDocument,
    "report": ReportDocument,
    "dispute": DisputeDocument,
    "bundle": BundleDocument,
    "kept": KeptDocument,
    "pruned": PrunedDocument,
    "doctor": DoctorDocument,
    "init": InitDocument,
    "policy": PackDocument,
    "explanation": ExplanationDocument,
    "notice": NoticeDocument,
    "error": ErrorDocument,
}
"""Every document by the name of its schema file."""


def json_schema(name: str) -> dict[str, object]:
    """Return the JSON Schema (2020-12) of one of `SCHEMAS`."""
    schema = msgspec.json.schema(SCHEMAS[name])
    for definition in schema["$defs"].values():
        definition["required"] = sorted(definition["properties"])  # every field is always written
        for field in definition["properties"].values():
            field.pop("default", None)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def schema_text(name: str) -> str:
    """Return the text of one schema file."""
    return json.dumps(json_schema(name), indent=2) + "\n"


def write_schemas() -> None:
    """Write every schema file."""
    FOLDER.mkdir(exist_ok=True)
    for name in SCHEMAS:
        (FOLDER / f"{name}.json").write_text(schema_text(name))


if __name__ == "__main__":
    write_schemas()
