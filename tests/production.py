"""A small production for tests: real folders, the real command line, real workers."""

import io
import json
import os
import shutil
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from PIL import Image, PngImagePlugin

from provenance.cli import main

SCHEMAS = Path(__file__).parents[1] / "provenance" / "schemas"
LEGAL = ("--by", "Production legal", "--role", "production-legal", "--reason", "agreed in writing")
EDITOR = ("--by", "The editor", "--reason", "saw it made")


@dataclass(frozen=True, slots=True)
class Result:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Its JSON document."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """Its JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True)
class Production:
    """A project folder with a work zone `editorial` and a final zone `deliver`."""

    root: Path

    @property
    def editorial(self) -> Path:
        """The work zone."""
        return self.root / "editorial"

    @property
    def deliver(self) -> Path:
        """The final zone."""
        return self.root / "deliver"

    @property
    def config(self) -> Path:
        """Its configuration."""
        return self.root / "provenance.toml"

    def run(self, *arguments: str | Path) -> Result:
        """Run one command from the project's folder."""
        return run(self.root, *arguments)

    def json(self, *arguments: str | Path) -> Any:
        """Run one command with `--format json` and return its document, held against its schema."""
        result = self.run(*arguments, "--format", "json")
        document = result.document
        validate(document)
        return document


def run(folder: Path, *arguments: str | Path) -> Result:
    """Run one command from a folder, in this process."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    code: object = 0
    with chdir(folder), redirect_stdout(out), redirect_stderr(err):
        try:
            main([os.fspath(a) for a in arguments])
        except SystemExit as done:
            code = done.code
    assert isinstance(code, int)
    out.flush()
    assert isinstance(out.buffer, io.BytesIO)
    result = Result(code, out.buffer.getvalue().decode(), err.getvalue())
    assert "Traceback" not in result.out + result.err
    return result


def validate(document: Any) -> None:
    """Hold a document against the schema it names."""
    name = document["schema"].split("/")[1]
    schema = json.loads((SCHEMAS / f"{name}.json").read_text())
    Draft202012Validator(schema).validate(document)


def new_production(folder: Path) -> Production:
    """Set one up, as `provenance init` does."""
    production = Production(folder)
    result = run(folder, "init", ".", "--title", "The Long Night")
    assert result.code == 0, result.err
    return production


def picture(path: Path, *, seed: int = 0, text: dict[str, str] | None = None, size: tuple[int, int] = (48, 32)) -> Path:
    """Write a small picture that no other seed gives; `text` becomes PNG text chunks."""
    image = Image.new("RGB", size, (seed * 37 % 256, seed * 91 % 256, seed * 53 % 256))
    image.putpixel((seed % size[0], seed // size[0] % size[1]), (255, 255, 255))
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".png":
        chunks = PngImagePlugin.PngInfo()
        for key, value in (text or {}).items():
            chunks.add_text(key, value)
        image.save(path, pnginfo=chunks)
    else:
        image.save(path)
    return path


PARAMETERS = "a lighthouse at night\nNegative prompt: people\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42"


def generated(path: Path, *, seed: int = 0) -> Path:
    """Write a PNG as a generator writes it, with its settings in a text chunk."""
    return picture(path, seed=seed, text={"parameters": PARAMETERS})


def copied(source: Path, target: Path) -> Path:
    """Copy a file, making the folder."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return target


def outcomes(document: dict[str, object]) -> dict[str, str]:
    """Outcome by file name, frames of sequences included."""
    assets = document["assets"]
    assert isinstance(assets, list)
    return {Path(m["path"]).name: m["outcome"] for a in assets for m in a["members"] or [a]}
