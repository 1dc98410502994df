"""What of the documentation is made by running the tool: terminal sessions, and the reference of commands.

A session is a fenced block called `console`: lines that begin with `$ ` are commands (`> ` goes on with one), and what
follows is what they print, on either stream. All sessions of a document run in one shell, one after another, in a
folder that holds three pictures at first (`fixtures/demo.py`) and is shown as `/srv`. A comment `<!-- before: … -->`
names a command that was run before, for sessions that begin in the middle.

What is another one each time is compared as a word, in both texts (`_VARYING`): digests, ids, times, sizes in bytes,
versions, names of host and user.

`python -m tests.docs_made` writes the reference and what the sessions print anew.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
DOCUMENTS = (PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md")))
COMMANDS = PROJECT / "docs" / "commands.md"
HOME = "/srv"

_SESSION = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.DOTALL | re.MULTILINE)
_BEFORE = re.compile(r"^<!-- before: (.*) -->$", re.MULTILINE)
_NEEDS = re.compile(r"^<!-- needs: (.*) -->$", re.MULTILINE)
_VARYING = (
    (re.compile(r"\bSHA256:[\w+/]{43}"), "SHA256:<key>"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "<sha256>"),
    (re.compile(r"\b([a-z]{3})-[0-9a-f]{20}\b"), r"\1-<id>"),
    (re.compile(r"\b[0-9a-f]{12,40}\b"), "<digest>"),
    (re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "<time>"),
    (re.compile(r"\b[\d,]+ bytes\b"), "<n> bytes"),
    (re.compile(r'("(size|bytes)": )\d+'), r"\1<n>"),
    (re.compile(r"(c2pa |\"c2pa\": \")[\d.]+"), r"\1<version>"),
    (re.compile(r"\b[\w.-]+@[\w.-]+"), "<user>@<host>"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a session, and what it prints."""

    command: str
    output: str


def missing(text: str) -> list[str]:
    """Return the programs a document's sessions need (`<!-- needs: … -->`) and this machine lacks."""
    return [program for found in _NEEDS.findall(text) for program in found.split() if shutil.which(program) is None]


def sessions(text: str) -> list[list[Step]]:
    """Return the sessions of a document, in order."""
    return [_steps(found.group()) for found in _SESSION.finditer(text)]


def _steps(block: str) -> list[Step]:
    steps: list[Step] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            steps.append(Step(line[2:], ""))
        elif line.startswith("> ") and steps[-1].command.endswith("\\"):
            steps[-1] = Step(f"{steps[-1].command}\n{line[2:]}", "")
        else:
            steps[-1] = Step(steps[-1].command, f"{steps[-1].output}{line}\n")
    return steps


def run(text: str, home: Path) -> list[list[Step]]:
    """Return a document's sessions with what the commands print now; `home` is an empty folder to run them in."""
    document = sessions(text)
    subprocess.run([sys.executable, str(PROJECT / "fixtures" / "demo.py"), "--pictures", str(home)], check=True)
    steps = [step for session in document for step in session]
    mark = "-- the next command prints this --"
    # Between two commands `$?` must be what the one before left, so that a session may show it.
    script = f"{{ {' && '.join((*_BEFORE.findall(text), 'true'))}; }} >/dev/null || exit"
    script += "".join(f"\n{s.command}\ncode=$?; echo '{mark}'; (exit $code)" for s in steps)
    environ = dict(os.environ) | {"NO_COLOR": "1", "COLUMNS": "120"}
    environ.pop("PROVENANCE_CONFIG", None)
    environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ.get('PATH', os.defpath)}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=home, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    printed = done.stdout.decode().replace(str(home.resolve()), HOME).split(f"{mark}\n")
    if len(printed) <= len(steps):
        raise RuntimeError(f"the session did not get to its end: {printed[-1]}")
    outputs = iter(printed)
    return [[Step(step.command, next(outputs)) for step in session] for session in document]


def comparable(steps: list[Step]) -> str:
    """Return a session as text in which everything that is another one each time is a word."""
    text = "".join(f"$ {s.command}\n{s.output}" for s in steps)
    for pattern, word in _VARYING:
        text = pattern.sub(word, text)
    return text


def rewritten(text: str, home: Path) -> str:
    """Return a document with what its sessions print now."""
    fresh = iter(run(text, home))
    return _SESSION.sub(lambda _: "".join(_shown(s) for s in next(fresh)), text)


def _shown(step: Step) -> str:
    return "$ " + step.command.replace("\n", "\n> ") + "\n" + step.output


def reference() -> str:
    """Return the reference of all commands, made of what each prints for `--help`."""
    import click
    from click.testing import CliRunner

    from provenance.cli import provenance

    def pages(command: click.Command, words: tuple[str, ...]) -> list[str]:
        told = CliRunner().invoke(provenance, [*words, "--help"], prog_name="provenance", terminal_width=100).output
        page = f"## `{' '.join(('provenance', *words))}`\n\n```text\n{told.rstrip()}\n```\n"
        if not isinstance(command, click.Group):
            return [page]
        context = click.Context(command)
        inner = [(name, command.get_command(context, name)) for name in command.list_commands(context)]
        return [page, *(p for name, c in inner if c is not None for p in pages(c, (*words, name)))]

    head = "# Commands\n\nWhat each command says for `--help`. [exit-codes.md](exit-codes.md) explains the codes.\n"
    return "\n".join((head, *pages(provenance, ())))


def main() -> None:
    """Write everything anew."""
    COMMANDS.write_text(reference())
    for document in DOCUMENTS:
        text = document.read_text()
        if sessions(text) and not missing(text):
            with tempfile.TemporaryDirectory() as home:
                document.write_text(rewritten(text, Path(home)))


if __name__ == "__main__":
    main()
