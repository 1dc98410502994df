import html
import json

import pytest

from provenance.evidence import Claim, Strength
from provenance.signals.aigc import bytedance_mark, label_mark

LABEL = {
    "Label": "1",
    "ContentProducer": "001191110102MA0171Y57U00001",
    "ProduceID": "a1",
    "ReservedCode1": "",
    "ContentPropagator": "",
    "PropagateID": "",
    "ReservedCode2": "",
}

WRITTEN = {
    "bare": json.dumps(LABEL),
    "wrapped": json.dumps({"AIGC": LABEL}),
    "in a string": json.dumps({"AIGC": json.dumps(LABEL)}),
    "segment": "AIGC" + json.dumps(LABEL),
    "escaped": html.escape(json.dumps(LABEL)),
    "number": json.dumps(LABEL | {"Label": 1}),
    "cut short": json.dumps(LABEL)[:-20],
    "spaced": json.dumps(LABEL, indent=2),
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("named", [True, False])
def test_a_label_is_read_however_it_is_written(text: str, *, named: bool) -> None:
    """JSON, wrapped, doubly encoded, escaped for HTML, or cut short: Label 1 is a declaration."""
    mark = label_mark(text, named=named)
    assert mark is not None
    assert (mark.claim, mark.strength) == (Claim.AI_GENERATED, Strength.DECLARED)


@pytest.mark.parametrize("label", ["2", "3", "4", "x", ""])
def test_other_labels_are_for_review(label: str) -> None:
    """Possibly, suspected and unknown all ask for a person."""
    mark = label_mark(json.dumps(LABEL | {"Label": label}))
    assert mark is not None
    assert (mark.claim, mark.strength) == (Claim.REVIEW, Strength.DECLARED)


def test_a_label_without_its_label_is_for_review() -> None:
    """Fields that nothing else uses mean the standard, even where the decisive one is gone."""
    mark = label_mark(json.dumps({k: v for k, v in LABEL.items() if k != "Label"}))
    assert mark is not None
    assert mark.claim is Claim.REVIEW


def test_two_labels_that_differ_count_as_the_stricter() -> None:
    """A second, milder label does not undo the first."""
    mark = label_mark(json.dumps(LABEL | {"Label": "3"}) + json.dumps(LABEL))
    assert mark is not None
    assert mark.claim is Claim.AI_GENERATED


def test_a_field_of_that_name_that_nobody_can_read_is_for_review() -> None:
    """In a field called AIGC, whatever is not understood needs a person; an empty one does not."""
    mark = label_mark("true", named=True)
    assert mark is not None
    assert (mark.claim, mark.strength) == (Claim.REVIEW, Strength.HINT)
    assert label_mark("  ", named=True) is None


@pytest.mark.parametrize(
    "text",
    [
        '{"Label": "1", "Time": "noon"}',
        '{"ContentProducer": "Admin"}',
        "AIGC is the topic of this talk",
        '{"AIGCs": 1}',
        '{"topic": "AIGC", "Label": "1"}',
    ],
)
def test_text_without_the_fields_of_the_standard_is_silent(text: str) -> None:
    """The letters alone, or one common field, are no label."""
    assert label_mark(text) is None


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ('{"aigc_info": {"aigc_label_type": 1}}', Claim.AI_GENERATED),
        ('{"aigc_info": "{\\"aigc_label_type\\":2}"}', Claim.AI_GENERATED),
        ('{"aigc_label_type": 7}', Claim.REVIEW),
        ('{"aigc_lable_type": 1}', Claim.REVIEW),
        ('{"bigc_label_type": 1}', Claim.REVIEW),
        ('{"aigc_labelXtype": 1}', Claim.REVIEW),
        ('{"aigc_label_type": 0}', None),
        ('{"aigc_type": 1}', Claim.AI_GENERATED),
        ('{"aigc_type": "3"}', Claim.REVIEW),
        ('{"product": "Xinghui", "exportType": "generation"}', Claim.AI_GENERATED),
        ('{"product": "Xinghui", "exportType": "generatioX"}', Claim.REVIEW),
        ('{"product": "CapCut", "exportType": "generation"}', None),
        ('{"product": "dreamina"}', None),
    ],
)
def test_the_record_of_a_bytedance_app_says_what_was_exported(text: str, claim: Claim | None) -> None:
    """A generation flags, an ordinary export does not, and what is nearly readable needs a person."""
    mark = bytedance_mark(text)
    assert (None if mark is None else mark.claim) is claim
