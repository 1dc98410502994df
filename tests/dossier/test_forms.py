"""What a report looks like in each form: harmless whatever was recorded, and without what may not leave the house."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import pytest
from tinyhtml5.parser import HTMLParser

from tests.dossier.telling_house import EVIL, PERFORMER, PROMPT, SECRET, every_form, hostile, report, telling_house
from tests.production import Production

House = tuple[Production, dict[str, str]]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A production in which people gave files and words the worst names."""
    made = telling_house(tmp_path_factory.mktemp("hostile"))
    hostile(made[0])
    return made


def page(text: str) -> Any:
    """Return a page as a tree; it has to be right HTML5."""
    parser = HTMLParser()
    parser._parse(text)
    assert parser.errors == []
    return parser.tree.document.element if hasattr(parser.tree.document, "element") else parser.tree.get_document()


def tags(tree: Any) -> list[tuple[str, dict[str, str]]]:
    """Return every element with its attributes."""
    return [(str(e.tag).rpartition("}")[2], dict(e.attrib)) for e in tree.iter()]


# --- harmless --------------------------------------------------------------------------------------------------------


def test_no_form_lets_a_name_do_anything(house: House) -> None:
    """No control character, no turned text and no line break out of a name or a word is in any form."""
    for form, text in every_form(house[0]):
        odd = {c for c in text if not c.isprintable() and c not in "\n\r"}
        assert odd == set(), (form, odd)
        assert "line\nbreak" not in text


def test_the_page_is_right_html_and_runs_nothing(house: House) -> None:
    """The page parses without a fault, holds no script and no handler, and fetches nothing; names are text in it."""
    text = report(house[0], "--format", "html").out
    found = tags(page(text))
    assert {"script", "link", "img", "iframe", "object", "form", "svg", "base"} & {tag for tag, _ in found} == set()
    for tag, attributes in found:
        assert not [a for a in attributes if a.startswith("on") or a in {"style", "src", "srcdoc", "action"}], tag
        assert all(v.startswith("#") for a, v in attributes.items() if a == "href")
    assert "&lt;script&gt;alert(1)" in text
    assert "&lt;b&gt;role" in text


def test_the_page_forbids_itself_everything_else(house: House) -> None:
    """Its own policy allows one style sheet by its digest, and nothing besides."""
    import base64
    import hashlib

    text = report(house[0], "--format", "html").out
    metas = [a for tag, a in tags(page(text)) if tag == "meta"]
    (policy,) = [m["content"] for m in metas if m.get("http-equiv") == "Content-Security-Policy"]
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in style[1]
    assert "@import" not in style[1]
    assert [m for m in metas if m.get("name") == "viewport"]
    assert "@media print" in style[1]


def test_no_cell_is_a_formula(house: House) -> None:
    """Every row has every column, is one line, and no cell begins as a spreadsheet's formula does."""
    text = report(house[0], "--format", "csv").out
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len({len(row) for row in rows}) == 1
    assert text.count("\r\n") == len(rows) == 1 + len(house[0].json("report")["assets"])
    for row in rows:
        assert [c for c in row if c[:1] in set("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")] == []


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(1)", " =1", "\t=1", "\uff1d1", "\r\n=1", "=cmd|' /C calc'!A0"]
)
def test_a_formula_is_shown_as_text(cell: str) -> None:
    """Whatever begins a formula is kept behind an apostrophe, or is escaped where it is no character to show."""
    from provenance.report.dossier_csv import safe

    assert safe(cell)[0] in {"'", "\\"}


def test_json_keeps_the_exact_name(house: House) -> None:
    """JSON is ASCII, and holds each path so that its very bytes come back."""
    result = report(house[0], "--format", "json")
    assert result.out.isascii()
    paths = {p["path"] for a in result.document["assets"] for p in a["places"]}
    assert EVIL in paths
    assert any(p.encode("utf-8", "surrogateescape").startswith(b"bad\xff\xfe\n\x1b") for p in paths)


def test_the_answer_stands_in_line_one(house: House) -> None:
    """The first line says the class of each channel, and how much there is of everything."""
    first = report(house[0]).out.splitlines()[0]
    assert first.startswith(
        "The Long Night: generative AI on deliver; 7 generated files; 4 uses told; 4 found and not told;"
    )


def test_every_form_says_that_nothing_is_signed(house: House) -> None:
    """While approvals are unsigned every form says so."""
    for _, text in every_form(house[0]):
        assert "UNSIGNED: anyone could have written this" in text


# --- for outside -----------------------------------------------------------------------------------------------------

HIDDEN = (
    *(PERFORMER, "Performer", SECRET, PROMPT, "agreed:", "editorial", ".png", ".jpg", "_0020", "alert(1)", "a mistake"),
    *("AUTOMATIC1111", "Negative prompt", "per-"),
)
"""What stands in the production and may not leave it: performers, prompts, people's words, paths."""


def test_nothing_hidden_leaves_the_house(house: House) -> None:
    """In every form for outside there is no performer, prompt, path or word of anybody's; inside there are."""
    inside = dict(every_form(house[0]))
    assert SECRET in inside["text"]
    assert "editorial/mood_0010.png" in inside["text"]
    for form, text in every_form(house[0], "--for", "outside"):
        shown = text.replace("-inside", "")
        assert [h for h in HIDDEN if h in shown] == [], form
        assert str(house[0].root) not in text


def test_no_commitment_and_no_whole_digest_of_a_file_leaves(house: House) -> None:
    """Outside a file is a number and twelve digits, and performers are numbers, the same ones throughout."""
    inside = house[0].json("report")
    result = report(house[0], "--for", "outside", "--format", "json")
    whole = {a["sha256"] for a in inside["assets"]} | {p for u in inside["uses"] for p in u["performers"]}
    assert [d for d in whole if d in result.out] == []
    outside = result.document
    assert [a["name"] for a in outside["assets"]] == [
        f"asset {n} ({a['sha256'][:12]})" for n, a in enumerate(inside["assets"], 1)
    ]
    assert {p for u in outside["uses"] for p in u["performers"]} == {"performer 1"}
    assert {c["performer"] for u in outside["uses"] for c in u["consents"]} == {"performer 1"}


def test_who_approved_and_what_is_open_stays(house: House) -> None:
    """Roles, approvals, statuses, tools and what is open are what an outsider is shown."""
    outside = house[0].json("report", "--for", "outside")
    inside = house[0].json("report")
    assert [u["status"] for u in outside["uses"]] == [u["status"] for u in inside["uses"]]
    assert [o["who"] for o in outside["open"]] == [o["who"] for o in inside["open"]]
    approved = next(u for u in outside["uses"] if u["status"] == "approved")
    assert approved["required"][0]["by"][0]["by"] == "Studio contact"
    assert approved["steps"][0]["tool"] == "Image maker"
    assert not any(o["help"] for o in outside["open"])  # commands are for those who can run them


def test_names_and_paths_are_taken_out_of_every_other_word() -> None:
    """A performer's name in whatever case, and whatever looks like a path, goes from names and roles too."""
    from provenance.dossier.redaction import Redaction

    redaction = Redaction([PERFORMER, "  "])
    hidden = {
        "with LEAD  performer": "with [performer]",
        "ask Lead Performer's agent": "ask [performer]'s agent",
        "/mnt/show/reel/a.exr": "[path]",
        "C:\\show\\a.exr": "[path]",
        "\\\\server\\share": "[path]",
        "see deliver/matte_0020.png now": "see [path] now",
        "matte_0020.png": "[path]",
        "file:///mnt/a": "[path]",
        "shots/SH010": "[path]",
        "v1.5/xl": "[path]",  # nobody can tell it from a folder
        "LeadPerformer_voice": "[performer]_voice",
        "Lead\u200bPerformer": "[performer]",
        "Performer, Lead": "[performer]",
    }
    assert {said: redaction.text(said) for said in hidden} == hidden
    plain = ("Image maker 3.1", "enterprise", "production-legal", "ComfyUI 0.3.10", "Studio contact")
    assert [redaction.text(said) for said in plain] == [*plain]


# --- loading ---------------------------------------------------------------------------------------------------------


def test_templates_are_loaded_for_pages_alone(house: House) -> None:
    """The templating library is imported only when HTML is asked for."""
    import subprocess
    import sys

    script = (
        "import sys; from provenance.cli import main\n"
        "try: main(sys.argv[1:])\n"
        "finally: print('jinja2' in sys.modules, file=sys.stderr)"
    )
    for form, loaded in (("text", "False"), ("json", "False"), ("csv", "False"), ("html", "True")):
        done = subprocess.run(
            [sys.executable, "-c", script, "report", "--format", form],
            cwd=house[0].root,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stderr.strip()) == (0, loaded), form


def test_a_page_of_an_empty_production_is_right_too(tmp_path: Path) -> None:
    """With nothing recorded every form is still whole, and says that nothing is."""
    from tests.production import new_production

    made = new_production(tmp_path)
    forms = dict(every_form(made))
    page(forms["html"])
    assert "None is recorded." in forms["html"]
    assert forms["csv"].count("\r\n") == 1
    assert "no AI used on deliver" in forms["text"].splitlines()[0]
