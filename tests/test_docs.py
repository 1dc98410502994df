"""The documentation is held to the code: what it lists exists, what exists is listed, what it shows is printed."""

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import pytest

from provenance import errors
from provenance.configfile import config_keys
from provenance.policy import Rule
from provenance.policy.condition import VOCABULARY
from provenance.policy.document import Document
from provenance.report.explained import RULES
from provenance.report.schemas import SCHEMAS
from provenance.strict import keys_of
from tests.docs_made import COMMANDS, DOCUMENTS, PROJECT, comparable, missing, reference, run, sessions

DOCS = PROJECT / "docs"
OWN_CODES = {0, 1, 2, 3, 70, 130, 141, 143}
"""Codes the command line answers with by itself; all others are an error's."""


def rows(text: str) -> Iterator[list[str]]:
    """Yield the cells of every table row that begins with a code or a number."""
    for line in text.splitlines():
        if re.match(r"\| [`\d]", line):
            yield [cell.strip() for cell in line.strip("|").split(" | ")]


def named(cell: str) -> list[str]:
    """Return what stands in backquotes."""
    return re.findall(r"`([^`]+)`", cell)


@pytest.mark.parametrize(
    "document", [d for d in DOCUMENTS if sessions(d.read_text())], ids=lambda d: str(d.relative_to(PROJECT))
)
def test_sessions_print_what_they_show(document: Path, tmp_path: Path) -> None:
    """Every terminal session in the documentation prints today what it shows."""
    text = document.read_text()
    if missing(text):
        pytest.skip(f"needs {', '.join(missing(text))}")
    for session, now in zip(sessions(text), run(text, tmp_path), strict=True):
        assert comparable(session) == comparable(now)


def test_the_reference_of_commands_is_their_help() -> None:
    """The reference says what each command prints for `--help`; `python -m tests.docs_made` writes it anew."""
    assert COMMANDS.read_text() == reference()


def test_exit_codes_are_those_of_the_errors() -> None:
    """Each error stands in the documentation with its own code, and no other error does."""
    stated = {
        (int(code), name)
        for code, name, *_ in (r for r in rows((DOCS / "exit-codes.md").read_text()) if len(r) == 4)
        for name in named(name)
    }
    classes = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.ProvenanceError)]
    assert stated == {(c.code, c.__name__) for c in classes}


def test_each_exit_code_has_a_meaning() -> None:
    """The overview of exit codes covers every code there is, and no band of it is empty."""
    stated: set[int] = set()
    codes = OWN_CODES | {
        c.code for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.ProvenanceError)
    }
    for first, _meaning in (r for r in rows((DOCS / "exit-codes.md").read_text()) if len(r) == 2):
        low, _, high = first.partition(" to ")
        band = set(range(int(low), int(high or low) + 1))
        assert band <= codes, first
        stated |= band
    assert stated == codes


def test_each_configuration_key_is_explained() -> None:
    """Each key of provenance.toml stands in the documentation, and nothing else is called one."""
    stated = {name for r in rows((DOCS / "configuration.md").read_text()) for name in named(r[0])}
    assert stated == set(config_keys())


def test_the_shipped_policy_is_shown_as_it_is() -> None:
    """The policy in the documentation is the one that is shipped, to the letter."""
    shipped = (resources.files("provenance") / "policies" / "baseline.toml").read_text()
    assert f"```toml\n{shipped}```" in (DOCS / "policy.md").read_text()


def test_each_key_and_fact_of_a_policy_is_explained() -> None:
    """Each key a pack may have, and each fact with its values, stands in the documentation, and nothing else does."""
    text = (DOCS / "policy.md").read_text()
    _, _, tables = text.partition("| key | meaning |")
    keys, _, facts = tables.partition("| fact | values |")
    explained = {name for r in rows(keys) for name in named(r[0])}
    sections = {"origins", "credentials"}
    assert explained == {k for k in keys_of(Document) if k not in sections} | sections
    stated = {named(r[0])[0]: set(named(r[1].partition(": ")[0])) for r in rows(facts) if len(r) == 2}
    for fact, known in VOCABULARY.items():
        words = {w.strip('"') for w in stated.pop(fact)}
        assert known is None or words == set(known), fact
    assert stated == {}


def test_each_rule_is_explained() -> None:
    """Each rule a reason can stand on is in the documentation of the gate, and no other is."""
    _, _, table = (DOCS / "gate.md").read_text().partition("| rule | meaning |")
    assert {name for r in rows(table) for name in named(r[0])} == {r.value for r in Rule}
    assert set(RULES) == set(Rule)


def test_each_document_is_listed() -> None:
    """Each JSON document stands in the documentation with the schema it names, and no other does."""
    stated = {
        named(file)[0].removesuffix(".json"): next(iter(named(schema)), None)
        for file, schema, _by in rows((DOCS / "json.md").read_text())
    }
    assert stated == {name: getattr(model, "schema", None) and schema_of(name) for name, model in SCHEMAS.items()}


def schema_of(name: str) -> str:
    """Return the name a document gives its schema."""
    return f"provenance/{name}/1"


def test_each_module_is_in_the_plan() -> None:
    """Every module and room stands in the plan of the house, and nothing stands there that is not built."""
    stated = {name for r in rows((DOCS / "layout.md").read_text()) for name in named(r[0])}
    built = {
        str(p.relative_to(PROJECT))
        for room in ("provenance", "watcher")
        for p in (PROJECT / room).iterdir()
        if not p.name.startswith("_") and p.name != "py.typed"
    }
    assert stated == built


@pytest.mark.parametrize("document", [*DOCUMENTS, *sorted((DOCS / "decisions").glob("*.md"))], ids=lambda d: d.name)
def test_links_lead_somewhere(document: Path) -> None:
    """Every link within the project leads to a file that is there."""
    targets = re.findall(r"\]\(([^)#]+)", document.read_text())
    assert [t for t in targets if "://" not in t and not (document.parent / t).exists()] == []


def test_the_first_forty_lines_sell_it_and_start_it() -> None:
    """The first forty lines of the README install it and show a pass, a refusal, an approval, and who said so."""
    head = "\n".join((PROJECT / "README.md").read_text().splitlines()[:40])
    (session,) = sessions(head)
    assert "pip install" in head
    assert [s.command.split()[1] for s in session] == ["gate", "gate", "approve", "gate", "origin"]
    assert [s.output.splitlines()[0].split()[0] for s in session[:2]] == ["PASS", "REFUSED"]
    assert [s.output.splitlines()[-1] for s in session[:2]] == ["exit code 0", "exit code 1"]
    assert "1 of them approved" in session[3].output
    assert "by Production legal" in session[4].output


@pytest.mark.timeout(180)  # a dozen commands, each a process, as somebody at a terminal runs them
def test_the_demonstration_works(tmp_path: Path) -> None:
    """The demonstration ends well, every command with the code it is meant to have, also over an earlier one."""
    (tmp_path / "demo" / ".provenance").mkdir(parents=True)
    (tmp_path / "demo" / "provenance.toml").write_text("left over")
    command = [sys.executable, str(PROJECT / "fixtures" / "demo.py"), str(tmp_path / "demo")]
    done = subprocess.run(command, text=True, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "What you saw" in done.stdout


def test_the_demonstration_spares_a_strangers_folder(tmp_path: Path) -> None:
    """A folder that holds anything else than a demonstration is left alone."""
    (tmp_path / "thesis.txt").write_text("years of work")
    command = [sys.executable, str(PROJECT / "fixtures" / "demo.py"), str(tmp_path)]
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
