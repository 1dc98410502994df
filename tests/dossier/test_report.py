"""What a report says: every use as it stands, every generated file, what is open and with whom, the highest class."""

from pathlib import Path
from typing import Any

import pytest

from provenance.asset import Place, RelPath, UtcTime, ZoneName
from provenance.catalogue import Batch, Catalogue, Stamp, Trouble
from tests.disclosing.uses import MOODBOARD, new_house
from tests.dossier.telling_house import ANSWERS, approved, by_name, report, telling_house, told
from tests.production import EDITOR, LEGAL, Production, generated, new_production, picture

House = tuple[Production, dict[str, str]]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A production with uses of several fates, which nobody changes."""
    return telling_house(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def document(house: House) -> Any:
    """Its report as JSON."""
    return house[0].json("report")


def uses_of(document: Any) -> dict[str, Any]:
    """Return a report's uses by id."""
    return {u["id"]: u for u in document["uses"]}


# --- uses ------------------------------------------------------------------------------------------------------------


def test_each_use_stands_as_it_is(house: House, document: Any) -> None:
    """Each use is told, open, approved or taken back, and the numbers say the same."""
    found = {u["id"]: u["status"] for u in document["uses"]}
    assert found == {use: status for status, use in house[1].items()}
    expected = {"told": 1, "open": 1, "approved": 1, "refused": 0, "forbidden": 0, "taken-back": 1}
    assert document["counts"]["uses"] == expected


def test_a_use_says_who_must_approve_and_who_has(house: House, document: Any) -> None:
    """Each role that must approve is named, with the approval that was given in it, or without any."""
    uses = uses_of(document)
    (given,) = uses[house[1]["approved"]]["required"]
    assert (given["role"], given["given"], given["by"][0]["by"]) == ("studio-contact", True, "Studio contact")
    missing = uses[house[1]["open"]]["required"]
    assert [(r["role"], r["given"], r["by"]) for r in missing] == [
        ("production-legal", False, []),
        ("studio-contact", False, []),
    ]
    assert uses[house[1]["approved"]]["approved_for"] == ["deliver"]
    assert uses[house[1]["open"]]["consents"] == [
        {"performer": uses[house[1]["open"]]["performers"][0], "replica": "digital-replica", "consent": None}
    ]


def test_a_use_carries_its_answers_and_tools(house: House, document: Any) -> None:
    """Answers by principle, and each step with tool, version, tier and what was put in, stand with the use."""
    use = uses_of(document)[house[1]["approved"]]
    assert {a["key"]: a["answer"] for a in use["answers"]} == {**ANSWERS, "enterprise_secured": "no"}
    (step,) = use["steps"]
    assert (step["tool"], step["version"], step["tier"], step["inputs"]) == ("Image maker", "3.1", "enterprise", [])
    assert use["says"]
    assert {r["key"] for r in use["reasons"]} >= {"enterprise_secured"}


def test_an_approval_in_one_of_two_roles_leaves_a_use_open(tmp_path: Path) -> None:
    """A use is approved once every role has approved each of its files, and not before."""
    house = new_house(tmp_path)
    for seed, name in enumerate(("one.png", "two.png")):
        generated(house.deliver / name, seed=seed)
    use = told(house, "deliver", use="background-element", prominence="story-relevant", final="yes")
    roles = [r["role"] for r in uses_of(house.json("report"))[use]["required"]]
    assert len(roles) > 1
    for path in ("deliver/one.png", "deliver/two.png"):
        for role in roles:
            assert uses_of(house.json("report"))[use]["status"] == "open"
            approved(house, path, role)
    assert uses_of(house.json("report"))[use]["status"] == "approved"


def test_a_version_that_is_gone_needs_no_approval_any_more(tmp_path: Path) -> None:
    """What was told of a file that was replaced by another does not keep a use open."""
    house = new_house(tmp_path)
    first = generated(house.deliver / "still.png", seed=1)
    use = told(house, first, use="background-element", final="yes")
    generated(first, seed=2)
    house.run("disclose", "--for", use, "deliver/still.png", "--by", "Art")
    approved(house, "deliver/still.png", "studio-contact")
    found = uses_of(house.json("report"))[use]
    assert (found["status"], found["files"]) == ("approved", 1)


def test_a_forbidden_use_stays_forbidden(tmp_path: Path) -> None:
    """What the policy forbids is called so, whatever was approved."""
    house = new_house(tmp_path)
    pack = (house.root / "house.toml").read_text()
    (house.root / "house.toml").write_text(f'{pack}\n[[use]]\nkey = "ideation"\nsays = "no"\nanswer = "forbid"\n')
    generated(house.deliver / "still.png")
    use = told(house, "deliver/still.png")
    approved(house, "deliver/still.png", "studio-contact")
    document = house.json("report")
    assert uses_of(document)[use]["status"] == "forbidden"
    assert [o["kind"] for o in document["open"]].count("forbidden") == 1


# --- files -----------------------------------------------------------------------------------------------------------


def test_every_generated_file_is_listed_and_no_other(document: Any) -> None:
    """Flagged files are listed with their places, work zones too; what shows nothing is not."""
    files = by_name(document)
    assert set(files) == {
        "mood_0010.png",
        "poster_0020.png",
        "doll_0030.png",
        "untold_0040.png",
        "signed_0060.png",
    }
    assert [a["number"] for a in document["assets"]] == [1, 2, 3, 4, 5]
    assert files["mood_0010.png"]["places"][0] | {"since": ""} == {
        "zone": "editorial",
        "path": "mood_0010.png",
        "role": "work",
        "channel": None,
        "title": None,
        "state": "present",
        "since": "",
    }
    assert files["signed_0060.png"]["ground"]["text"].startswith("its content credential says ai-generated")


def test_a_delivered_file_names_the_run_and_the_words_it_passed_on(house: House, document: Any) -> None:
    """The gate run that let a file pass is named with the channel, and the approval it rested on."""
    file = by_name(document)["poster_0020.png"]
    (run,) = file["deliveries"]
    assert run["run"].startswith("run-")
    assert (run["channel"], run["records"]) == ("deliver", [file["approvals"][0]["id"]])
    assert file["approvals"][0]["stands"] == "UNSIGNED: anyone could have written this"
    assert file["disclosures"] == [house[1]["approved"]]
    assert file["hindrances"] == []


def test_what_was_delivered_stays_listed_when_it_is_gone(tmp_path: Path) -> None:
    """A generated file that passed a gate is reported after it left; one that never did is only counted."""
    house = new_production(tmp_path)
    for seed, name in enumerate(("left.png", "never.png")):
        generated(house.deliver / name, seed=seed)
    house.run("approve", "deliver/left.png", "--channel", "deliver", *LEGAL)
    assert house.run("gate", "deliver/left.png").code == 0
    house.run("scan")
    (house.deliver / "left.png").unlink()
    (house.deliver / "never.png").unlink()
    house.run("scan")
    document = house.json("report")
    assert [(p["path"], p["state"]) for a in document["assets"] for p in a["places"]] == [("left.png", "gone")]
    assert document["counts"] | {"uses": {}, "open": 0} == {
        "files": 1,
        "present": 0,
        "delivered": 1,
        "found_not_told": 1,
        "told_otherwise": 0,
        "not_listed": 1,
        "uses": {},
        "open": 0,
    }
    assert document["classes"][0]["highest"] == "generative_ai"


def test_found_and_not_told_is_said_of_each(document: Any) -> None:
    """What no disclosure names is found, not told; what says another generator than was told is told otherwise."""
    files = by_name(document)
    assert {n for n, a in files.items() if a["found_not_told"]} == {"untold_0040.png", "signed_0060.png"}
    assert document["counts"]["found_not_told"] == 2
    assert "told was Image maker" in files["mood_0010.png"]["told_otherwise"][0]


def test_what_was_attested_and_turned_out_generated_names_its_delivery(tmp_path: Path) -> None:
    """A file that passed on an attestation and was declared generated later is reported with the run it passed in."""
    house = new_house(tmp_path)
    picture(house.deliver / "render.png")
    house.run("attest", "deliver/render.png", *LEGAL)
    assert house.run("gate", "deliver").code == 0
    assert house.json("report")["assets"] == []
    house.run("declare", "deliver/render.png", "--origin", "ai-generated", *EDITOR)
    (file,) = house.json("report")["assets"]
    (run,) = file["deliveries"]
    assert (run["channel"], run["records"]) == (
        None,
        [w["id"] for w in file["other_words"] if w["kind"] == "attestation"],
    )


# --- open ------------------------------------------------------------------------------------------------------------


def test_what_is_open_names_whom_and_the_command(house: House, document: Any) -> None:
    """Each thing that is open names a role, and a command that closes it, with the path where there is one file."""
    found = {(o["kind"], tuple(o["who"])): o for o in document["open"]}
    consent = found["consent", ("the performer, or who speaks for them",)]
    assert consent["about"] == house[1]["open"]
    assert "provenance consent record --performer NAME --class digital-replica" in consent["help"]
    both = found["gate", ("production-legal", "studio-contact")]
    assert "provenance approve deliver/doll_0030.png --channel deliver" in both["help"]
    attest = [o for o in document["open"] if "attest" in o["help"]]
    assert [(o["files"], o["help"]) for o in attest] == [
        (1, "provenance attest deliver/plate_0050.jpg --by WHO --role ROLE --reason TEXT")
    ]
    untold = [o for o in document["open"] if o["kind"] == "untold"]
    assert [(o["about"], o["files"]) for o in untold] == [("deliver", 2)]


def test_the_commands_of_what_is_open_close_it(tmp_path: Path) -> None:
    """Following each command of a report, with its words filled in, leaves nothing open, and the gate passes."""
    house = new_house(tmp_path)
    generated(house.deliver / "still.png")
    picture(house.deliver / "plate.jpg", seed=3)
    house.run("scan")
    told(house, "deliver/still.png", use="background-element", final="yes", step=[{**STEP, "tool": "AUTOMATIC1111"}])
    for opening in house.json("report")["open"]:
        command = opening["help"].partition("provenance ")[2].partition(", once")[0].split()
        words = {"WHO": "Somebody", "TEXT": "agreed", "ROLE": "production-legal"}
        assert house.run(*(words.get(w, w) for w in command)).code == 0
    document = house.json("report")
    assert document["open"] == []
    assert house.run("gate", "deliver").code == 0


STEP = MOODBOARD["step"][0]


def test_a_use_without_a_file_says_how_to_name_one(tmp_path: Path) -> None:
    """An escalated use that names no file yet says so with the roles that must approve."""
    house = new_house(tmp_path)
    use = told(house, use="key-visual", prominence="key", final="yes")
    (opening,) = house.json("report")["open"]
    assert (opening["about"], opening["who"], opening["kind"]) == (use, ["studio-contact"], "approval")
    assert opening["help"].startswith(f"provenance disclose --for {use} PATH")


def test_what_nobody_examined_is_open(tmp_path: Path) -> None:
    """What could not be examined is open, and makes no class look lower than it may be."""
    house = new_production(tmp_path)
    house.run("scan")
    stamp = Stamp(at=UtcTime("2026-06-01T00:00:00.000000Z"), os_user="u", host="h", version="0")
    place = Place(ZoneName("deliver"), RelPath(b"torn.png"))
    with Catalogue.open(house.root / ".provenance" / "catalogue.db") as catalogue:
        catalogue.record(Batch(troubles=(Trouble(place, "unreadable", "the disk failed"),)), stamp)
    document = house.json("report")
    assert [(o["kind"], o["about"], o["files"]) for o in document["open"]] == [("look", "deliver", 1)]
    (standing,) = document["classes"]
    assert (standing["highest"], standing["unclear"]) == ("no_ai_used", 1)
    assert "the class may be higher" in " ".join(standing["because"])


# --- classes ---------------------------------------------------------------------------------------------------------


def highest(house: Production) -> str:
    """Return the highest class in the only channel."""
    (found,) = house.json("report")["classes"]
    assert found["because"]
    answer: str = found["highest"]
    return answer


def test_the_class_rises_with_what_is_recorded(tmp_path: Path) -> None:
    """Nothing recorded: no AI used. A temporary use or work material: assistive. A generated file there: generative."""
    house = new_house(tmp_path)
    picture(house.deliver / "plate.jpg")
    house.run("scan")
    assert highest(house) == "no_ai_used"
    told(house)
    assert highest(house) == "assistive_ai"
    generated(house.deliver / "still.png")
    house.run("scan")
    assert highest(house) == "generative_ai"


def test_a_use_told_as_final_is_generative_before_there_is_a_file(tmp_path: Path) -> None:
    """What is meant for the final work counts as in it, also where nobody is sure; what was taken back does not."""
    house = new_house(tmp_path)
    use = told(house, final="unsure")
    assert highest(house) == "generative_ai"
    house.run("revoke", use, *EDITOR)
    assert highest(house) == "no_ai_used"


def test_no_class_claims_to_prove_absence(house: House) -> None:
    """Wherever a class is shown it says that it is computed from what is recorded, and never proves absence."""
    for form in ("text", "json", "html"):
        assert "never proves that nothing was generated" in report(house[0], "--format", form).out.replace("\n", " ")


# --- limits ----------------------------------------------------------------------------------------------------------


def test_a_report_can_be_limited(house: House) -> None:
    """`--zone` and `--channel` leave out what lies elsewhere."""
    work = house[0].json("report", "--zone", "editorial")
    assert (set(by_name(work)), work["classes"]) == ({"mood_0010.png"}, [])
    assert {u["id"] for u in work["uses"]} == {house[1]["told"]}
    channel = house[0].json("report", "--channel", "deliver")
    assert "mood_0010.png" not in by_name(channel)
    assert len(channel["assets"]) == 4


def test_titles_are_kept_apart(tmp_path: Path) -> None:
    """`--title` reports what is told for one title, or for all of them, and what lies in its zone."""
    house = new_house(tmp_path)
    text = house.config.read_text()
    zone = '[[zone]]\nname = "second"\npath = "second"\nrole = "final"\nchannel = "deliver"\ntitle = "S01E02"\n'
    house.config.write_text(f"{text}\n{zone}")
    generated(house.deliver / "one.png", seed=1)
    generated(house.root / "second" / "two.png", seed=2)
    house.run("scan")
    both, second = told(house), told(house, title="S01E02")
    found = house.json("report", "--title", "S01E02")
    assert set(by_name(found)) == {"two.png"}
    assert {u["id"] for u in found["uses"]} == {both, second}
    assert [(c["channel"], c["title"]) for c in found["classes"]] == [("deliver", "S01E02")]
    untitled = house.json("report", "--title", "")
    assert {u["id"] for u in untitled["uses"]} == {both}


def test_since_reports_what_happened_since(house: House) -> None:
    """`--since` leaves out what has not changed; what is open, and the classes, are of everything."""
    later = house[0].json("report", "--since", "2126-01-31")
    assert (later["assets"], later["uses"]) == ([], [])
    assert len(later["open"]) == len(house[0].json("report")["open"])
    assert later["classes"][0]["highest"] == "generative_ai"
    assert len(house[0].json("report", "--since", "2020-01-31")["assets"]) == 5


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--zone", "editorail"), 40),
        (("--channel", "delivery"), 40),
        (("--title", "S09"), 40),
        (("--zone", "editorial", "--channel", "deliver"), 40),
        (("--since", "yesterday"), 2),
        (("--for", "everybody"), 2),
    ],
)
def test_what_nothing_fits_is_an_error(house: House, arguments: tuple[str, ...], code: int) -> None:
    """A zone, channel or title that is none is never an empty report, which would read as if nothing were generated."""
    assert house[0].run("report", *arguments).code == code
