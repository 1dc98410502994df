"""What was told of which bytes; what was found and not told, and what was told otherwise."""

from dataclasses import replace
from typing import Any

import pytest

from provenance.asset import Commitment, Digest, ProjectId, Title, UtcTime
from provenance.catalogue import Catalogue
from provenance.evidence import Claim, Credential, Kind, Relation, Signal, State, Strength
from provenance.records import Deliverable, Record, Revocation, Words, record_from
from provenance.records.consent import Consent
from provenance.records.disclosure import Answered, Binding, Disclosure, Step
from provenance.records.register import ToolEntry
from tests.catalogue.making import (
    AI,
    DELIVERABLE,
    EDIT,
    approved,
    at,
    digest_of,
    evidence,
    part,
    place,
    seen,
    sidecar,
    signed,
    stamp,
    subject,
    take,
)

PROJECT, TITLE = DELIVERABLE.project, DELIVERABLE.title
LEAD = Commitment("1a" * 32)


def disclosed(*names: str, minute: int = 5, **changed: Any) -> Disclosure:
    """Return a disclosure that names the assets of these names."""
    rest: dict[str, Any] = {"project": PROJECT, "title": Title(""), "use": "ideation", "steps": (Step(tool="A1111"),)}
    return Disclosure(
        by="Art", reason="a mood", made_at=at(minute), subjects=tuple(map(subject, names)), **{**rest, **changed}
    )


def bound(disclosure: Disclosure, *names: str, minute: int = 6) -> Binding:
    """Return the word that these assets are what a disclosure speaks of."""
    subjects = tuple(map(subject, names))
    return Binding(by="Art", reason="", made_at=at(minute), disclosure=disclosure.id, subjects=subjects)


def revoked(record: Record, minute: int = 8) -> Revocation:
    """Return what takes a record back."""
    return Revocation(by="Art", reason="wrong", made_at=at(minute), target=record.id)


def consented(**changed: Any) -> Consent:
    """Return a consent for the title of these tests."""
    rest: dict[str, Any] = {"project": PROJECT, "title": TITLE, "replica": "digital-replica", "performer": LEAD}
    return Consent(
        by="Legal", reason="rider", made_at=at(5), scope="all", document=digest_of("rider"), **rest | changed
    )


def registered(tool: str = "A1111", **changed: Any) -> ToolEntry:
    """Return an entry of the register that is over at noon."""
    rest: dict[str, Any] = {"tier": "pro", "valid_until": at(120)}
    flags = {"enterprise": True, "trains_on_inputs": False, "stores_inputs": False}
    read = {"terms_read": "2026-11-01", "terms": digest_of("terms")}
    return ToolEntry(by="Legal", reason="read", made_at=at(5), tool=tool, **{**rest, **flags, **read, **changed})


def add(catalogue: Catalogue, *records: Any) -> None:
    """Keep some words."""
    for record in records:
        catalogue.add_record(record, stamp(9))


def untold(catalogue: Catalogue, title: Title | None = None) -> list[bytes]:
    """Return the paths that were found and not told."""
    return [u.place.path for u in catalogue.tellings.untold(PROJECT, {EDIT: title})]


def otherwise(catalogue: Catalogue) -> list[str]:
    """Return what files say that was told otherwise."""
    return [s for o in catalogue.tellings.otherwise(PROJECT, {EDIT: None}) for s in o.says]


@pytest.mark.parametrize(
    "record",
    [
        disclosed("ai"),
        disclosed(
            answers=(Answered(key="a", answer="no", note="ü"), Answered(key="b", answer="")),
            steps=(
                Step(tool="T", inputs=(), given=(digest_of("x"),), performers=(LEAD,), prompt=digest_of("p")),
                Step(tool="U"),
            ),
            references=(),
            replica=("voice-replica",),
            performers=(LEAD,),
            final="unsure",
            clearance_evidence=digest_of("memo"),
        ),
        bound(disclosed(), "ai"),
        consented(expires=at(60)),
        consented(title=Title(""), whole_project=True),
        registered(performers=(LEAD,), project=PROJECT, title=TITLE),
    ],
    ids=lambda r: r.kind,
)
def test_words_come_back_from_the_ledger_as_they_were(catalogue: Catalogue, record: Any) -> None:
    """Every such word is the same record, with the same id, after the ledger; what was left out stays left out."""
    name = catalogue.add_record(record, stamp(9))
    found = catalogue.find_record(name).record
    assert found == record
    assert found.id == record.id == name
    assert record_from(record.content()) == record
    assert catalogue.verify().seq == 1
    assert [f.record for f in catalogue.records_of(digest_of("ai"))] == [record] * bool(record.about)


def test_an_answer_nobody_gave_is_no_empty_one() -> None:
    """That a list holds nothing is said otherwise than that nobody was asked."""
    none, nothing = disclosed(references=None), disclosed(references=())
    assert none.id != nothing.id
    assert (record_from(none.content()), record_from(nothing.content())) == (none, nothing)
    assert "references" not in none.content()


def test_flagged_and_not_named_is_found_not_told(catalogue: Catalogue) -> None:
    """A flagged file that no disclosure names is found; a plain one is not looked for."""
    take(catalogue, seen(evidence("ai", AI), b"a/ai.png"), seen(evidence("plate"), b"a/plate.jpg"))
    assert untold(catalogue) == [b"a/ai.png"]
    add(catalogue, disclosed("plate"))
    assert untold(catalogue) == [b"a/ai.png"]
    add(catalogue, disclosed("ai"))
    assert untold(catalogue) == []


def test_it_is_matched_by_bytes_wherever_they_go(catalogue: Catalogue) -> None:
    """A file that was moved, renamed or copied stays told; other bytes under its name do not become so."""
    take(catalogue, seen(evidence("ai", AI), b"a/ai.png"))
    add(catalogue, disclosed("ai"))
    catalogue.vanish(EDIT, [place(b"a/ai.png").path], at(10))
    take(catalogue, seen(evidence("ai", AI), b"b/renamed.png"), seen(evidence("ai", AI), b"b/copy.png"), minute=11)
    assert untold(catalogue) == []
    take(catalogue, seen(evidence("other", AI), b"a/ai.png"), minute=12)
    assert untold(catalogue) == [b"a/ai.png"]


def test_what_is_gone_is_not_found(catalogue: Catalogue) -> None:
    """Only what is there now is listed; coming back it is found again."""
    take(catalogue, seen(evidence("ai", AI), b"ai.png"))
    catalogue.vanish(EDIT, [place(b"ai.png").path], at(10))
    assert untold(catalogue) == []
    take(catalogue, seen(evidence("ai", AI), b"ai.png", version=2), minute=11)
    assert untold(catalogue) == [b"ai.png"]


def test_a_flag_by_a_sidecar_is_found_too(catalogue: Catalogue) -> None:
    """A copy that is flagged by what lies beside it is found, and the copy without it is not."""
    take(catalogue, seen(evidence("shot"), b"a/shot.mxf", sidecar(AI)), seen(evidence("shot"), b"b/shot.mxf"))
    assert untold(catalogue) == [b"a/shot.mxf"]


def test_files_can_be_bound_later(catalogue: Catalogue) -> None:
    """What is bound to a disclosure is told, until the binding or the disclosure is taken back."""
    take(catalogue, seen(evidence("ai", AI), b"ai.png"))
    first, second = disclosed(), disclosed(minute=6)
    add(catalogue, first, second, bound(first, "ai"))
    assert untold(catalogue) == []
    add(catalogue, revoked(bound(first, "ai")))
    assert untold(catalogue) == [b"ai.png"]
    add(catalogue, bound(second, "ai", minute=7))
    assert untold(catalogue) == []
    add(catalogue, revoked(second))
    assert untold(catalogue) == [b"ai.png"]


def test_a_binding_to_nothing_tells_nothing(catalogue: Catalogue) -> None:
    """A binding to a record that is not there, or is no disclosure, tells of nothing."""
    take(catalogue, seen(evidence("ai", AI), b"ai.png"))
    add(catalogue, bound(disclosed(minute=1), "ai"))
    approval = approved("ai")
    add(catalogue, approval, replace(bound(disclosed(), "ai"), disclosure=approval.id))
    assert untold(catalogue) == [b"ai.png"]


@pytest.mark.parametrize(
    ("said", "zone", "told"),
    [
        (Title(""), TITLE, True),
        (TITLE, TITLE, True),
        (Title("S01E04"), TITLE, False),
        (Title("S01E04"), None, True),
    ],
)
def test_a_title_is_told_of_or_all_of_them(catalogue: Catalogue, said: Title, zone: Title | None, told: bool) -> None:
    """What was told for one title tells nothing of another; in a work zone any title of the project will do."""
    take(catalogue, seen(evidence("ai", AI), b"ai.png"))
    add(catalogue, disclosed("ai", title=said))
    assert (untold(catalogue, zone) == []) is told
    assert bool(catalogue.effective_words(digest_of("ai"), DELIVERABLE, at(10)).disclosures) is (said != "S01E04")


def test_another_project_was_told_nothing(catalogue: Catalogue) -> None:
    """What was told for another project tells nothing here."""
    take(catalogue, seen(evidence("ai", AI), b"ai.png"))
    add(catalogue, disclosed("ai", project=ProjectId("short-day")))
    assert untold(catalogue) == [b"ai.png"]


# --- what counts at the gate -----------------------------------------------------------------------------------------


def words(catalogue: Catalogue, now: UtcTime | None = None, title: Title = TITLE) -> Words:
    """Return what counts for the AI picture."""
    return catalogue.effective_words(digest_of("ai"), Deliverable(PROJECT, title, DELIVERABLE.channel), now or at(10))


def test_disclosures_consents_and_the_register_count_together(catalogue: Catalogue) -> None:
    """Where a use was told, what it rests on comes with it; where none was, nothing does."""
    touching = disclosed("ai", replica=("digital-replica",), performers=(LEAD,))
    add(catalogue, consented(), registered(), registered("Old", valid_until=at(10)))
    assert words(catalogue) == Words()
    add(catalogue, touching)
    found = words(catalogue)
    assert (found.disclosures, found.consents) == ((touching,), (consented(),))
    assert found.register is not None
    assert [e.tool for e in found.register.entries] == ["A1111"]
    assert [e.tool for e in found.register.lapsed] == ["Old"]


@pytest.mark.parametrize(
    ("consent", "counts"),
    [
        (consented(), True),
        (consented(title=Title(""), whole_project=True), True),
        (consented(title=Title("")), False),
        (consented(title=Title("S01E04")), False),
        (consented(project=ProjectId("short-day"), whole_project=True), False),
        (consented(expires=at(10)), False),
        (consented(expires=at(11)), True),
    ],
)
def test_a_consent_covers_its_title_until_its_day(catalogue: Catalogue, consent: Consent, counts: bool) -> None:
    """A consent counts for its title, or every title of its project, up to the instant it expires at."""
    add(catalogue, disclosed("ai", replica=("digital-replica",), performers=(LEAD,)), consent)
    assert bool(words(catalogue).consents) is counts
    add(catalogue, revoked(consent))
    assert words(catalogue).consents == ()


def test_a_retired_entry_answers_no_more(catalogue: Catalogue) -> None:
    """What was retired stands among what lapsed, as what is over does."""
    add(catalogue, registered(), revoked(registered()))
    register = catalogue.tellings.register(at(10))
    assert (register.entries, [e.tool for e in register.lapsed]) == ((), ["A1111"])


# --- told otherwise --------------------------------------------------------------------------------------------------

MADE = Signal(Kind.C2PA, Claim.AI_GENERATED, Strength.SIGNED_UNTRUSTED, "c2pa.created", "trainedAlgorithmicMedia")
TRACE = Signal(
    Kind.PNG_TEXT, Claim.AI_GENERATED, Strength.TRACE, "tEXt", "generation parameters as AUTOMATIC1111 writes them"
)
FIREFLY = Credential(State.UNTRUSTED, label="m", labels=("m",), generator="Adobe_Firefly 1.0")


@pytest.mark.parametrize(
    ("tool", "model", "same"),
    [
        ("Adobe Firefly", "", True),
        ("firefly", "", True),
        ("Image maker", "", False),
        ("Image maker", "Firefly 3", True),
        ("The AI image tool", "", False),
    ],
)
def test_the_generator_in_a_credential_is_held_against_the_tools(
    catalogue: Catalogue, tool: str, model: str, same: bool
) -> None:
    """Where a credential names a generator, one of the tools or models that were told has to be it."""
    take(catalogue, seen(evidence("ai", MADE, credential=FIREFLY), b"ai.png"))
    add(catalogue, disclosed("ai", steps=(Step(tool=tool, model=model),)))
    assert (otherwise(catalogue) == []) is same
    if not same:
        (says,) = otherwise(catalogue)
        assert "Adobe_Firefly 1.0" in says
        assert tool in says


@pytest.mark.parametrize(("tool", "same"), [("Forge", True), ("Fooocus 2.5", True), ("Midjourney", False)])
def test_a_trace_is_held_against_all_who_leave_it(catalogue: Catalogue, tool: str, same: bool) -> None:
    """Several tools leave the same trace: any of them may have been told."""
    take(catalogue, seen(evidence("ai", TRACE), b"ai.png"))
    add(catalogue, disclosed("ai", steps=(Step(tool=tool),)))
    assert (otherwise(catalogue) == []) is same


def test_who_only_edited_it_is_no_generator(catalogue: Catalogue) -> None:
    """The generator of a credential that says AI of an ingredient alone is not held against what was told."""
    via = replace(MADE, via="ingredient part.png")
    take(catalogue, seen(evidence("ai", via, credential=replace(FIREFLY, generator="Photo editor")), b"ai.png"))
    add(catalogue, disclosed("ai", steps=(Step(tool="Firefly"),)))
    assert otherwise(catalogue) == []


def test_a_known_asset_that_was_put_in_has_to_be_told(catalogue: Catalogue) -> None:
    """A file of the production that its credential calls an input is held against the inputs that were told."""
    take(catalogue, seen(evidence("plate", credential=signed("plate")), b"plate.jpg"))
    made_from = (part("plate", Relation.INPUT_TO),)
    take(catalogue, seen(evidence("ai", MADE, credential=FIREFLY, made_from=made_from), b"ai.png"), minute=1)
    tool = Step(tool="Firefly", inputs=())
    add(catalogue, disclosed("ai", steps=(tool,)))
    (says,) = otherwise(catalogue)
    assert "what plate is" in says
    other = disclosed("ai", steps=(Step(tool="Firefly", inputs=(), given=(digest_of("plate"),)),), minute=6)
    add(catalogue, other)
    assert otherwise(catalogue) == []
    add(catalogue, revoked(other), disclosed("ai", steps=(Step(tool="Firefly", inputs=("proprietary",)),), minute=7))
    assert otherwise(catalogue) == []


def test_nothing_told_is_not_told_otherwise(catalogue: Catalogue) -> None:
    """A file nobody told of stands in one list, not in both."""
    take(catalogue, seen(evidence("ai", MADE, credential=FIREFLY), b"ai.png"))
    assert otherwise(catalogue) == []
    assert untold(catalogue) == [b"ai.png"]


def test_a_performer_is_no_subject() -> None:
    """A commitment of a person in a record is found as no file's bytes."""
    assert all(s.digest != Digest(LEAD) for s in disclosed("ai", performers=(LEAD,)).about)
