"""`python -m provenance.report.schemas` writes the JSON Schemas that are shipped, from the document types."""

import json
from pathlib import Path

from provenance.report.documents import SCHEMAS, json_schema

FOLDER = Path(__file__).parents[1] / "schemas"


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
