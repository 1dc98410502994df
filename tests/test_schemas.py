import json

import pytest
from jsonschema import Draft202012Validator

from provenance.report.schemas import FOLDER, SCHEMAS, schema_text


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_shipped_schema_is_the_documents_own(name: str) -> None:
    """Each shipped schema is what its document type says, and is a valid schema: `make schemas` writes them."""
    text = (FOLDER / f"{name}.json").read_text()
    assert text == schema_text(name)
    Draft202012Validator.check_schema(json.loads(text))


def test_no_schema_is_left_over() -> None:
    """Every schema file belongs to a document."""
    assert {p.stem for p in FOLDER.glob("*.json")} == set(SCHEMAS)
