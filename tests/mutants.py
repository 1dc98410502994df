"""Mutated copies of files that carry a mark: what may come of them, and what never may.

The promise: an examination of damaged bytes ends, and never says *absent* or *unknown* where the damage fell inside a
manifest or an AI mark that is still partly there.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from provenance.containers import walk
from provenance.credentials.trust import Trust
from provenance.evidence import State, effective_credential
from provenance.examination import Looked, Request
from provenance.examine import examine_all
from provenance.files import BufferMedia
from provenance.pool import Pool
from provenance.verdict import Context, Origin, Verdict, classify


@dataclass(frozen=True, slots=True)
class Mutant:
    """Damaged bytes. `inside` says that all the damage fell into a mark, and left most of it."""

    name: str
    data: bytes
    inside: bool
    flagged: bool
    """Whether the original is flagged."""


@dataclass(frozen=True, slots=True)
class Marked:
    """An original with the spans of its marks: its manifest store, or the text its AI mark stands in."""

    name: str
    data: bytes
    spans: tuple[tuple[int, int], ...]
    flagged: bool


def marked(path: Path, *, flagged: bool = True) -> Marked:
    """Return a file with the spans of its marks, found by what every such mark holds."""
    data = path.read_bytes()
    spans = [*_manifest(data), *_texts(data), *_tags(data)]
    assert spans, path
    return Marked(path.name, data, tuple(spans), flagged)


def _manifest(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the span of the manifest store: from its outermost box on, as long as the box says."""
    at = data.find(b"jumb")
    if at >= 4 and b"c2pa" in data[at : at + 64]:
        size = int.from_bytes(data[at - 4 : at], "big")
        yield at - 4, min(at - 4 + size, len(data))


def _texts(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the payloads of PNG text chunks that hold a generator's words."""
    if data.startswith(b"\x89PNG"):
        at = 8
        while at + 12 <= len(data):
            length = int.from_bytes(data[at : at + 4], "big")
            if data[at + 4 : at + 8] in {b"tEXt", b"iTXt", b"zTXt"}:
                yield at + 8, at + 8 + length
            at += 12 + length


def _tags(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield the span of a mark's text in the tags of a film, which is all ASCII in those used here."""
    if data.startswith((b"\x89PNG", b"\xff\xd8")):
        return
    at = [found.start() for found in _WORDS.finditer(data)]
    if at:
        yield min(at), max(at)


_WORDS = re.compile(rb"class_type|ContentProducer|PropagateID")


def mutants(originals: list[Marked], count: int, seed: int) -> Iterator[Mutant]:
    """Yield `count` mutants in a seeded order: half inside a mark, half anywhere."""
    rng = random.Random(seed)
    for number in range(count):
        original = originals[number % len(originals)]
        inside = bool(original.spans) and rng.random() < 0.5
        start, end = rng.choice(original.spans) if inside else (0, len(original.data))
        data, what = _mutated(original.data, start, end, rng)
        yield Mutant(f"{original.name} #{number} {what}", data, inside, original.flagged)


def _mutated(data: bytes, start: int, end: int, rng: random.Random) -> tuple[bytes, str]:
    changed = bytearray(data)
    at = rng.randrange(start, end)
    match rng.randrange(5):
        case 0:
            changed[at] ^= 1 << rng.randrange(8)
            what = f"bit at {at}"
        case 1:
            changed[at] = rng.randrange(256)
            what = f"byte at {at}"
        case 2:
            length = min(rng.randrange(1, 9), end - at)
            changed[at : at + length] = bytes(length)
            what = f"{length} zeros at {at}"
        case 3:
            length = min(rng.randrange(1, 5), end - at)
            changed[at : at + length] = rng.randbytes(length)
            what = f"{length} bytes of noise at {at}"
        case _:
            changed[at:at] = rng.randbytes(rng.randrange(1, 5))
            what = f"bytes inserted at {at}"
    return bytes(changed), what


def verdict_on(mutant: Mutant, folder: Path) -> tuple[State, Verdict]:
    """Examine a mutant as a worker does, and judge it without any memory of the original."""
    path = folder / "mutant"
    path.write_bytes(mutant.data)
    (answer,) = examine_all((Request(str(folder).encode(), b"mutant", len(mutant.data)),), Trust())
    assert isinstance(answer, Looked), f"{mutant.name}: {answer}"
    verdict = classify(answer.evidence, answer.beside, Context())
    return effective_credential(answer.evidence, answer.beside).state, verdict


def broken_promise(mutant: Mutant, folder: Path) -> str | None:
    """Return how a mutant broke the promise, or None.

    A credential that still verifies was only damaged where nothing stands, in its padding: it says what it said.
    """
    state, verdict = verdict_on(mutant, folder)
    if not mutant.inside:
        return None
    if verdict.origin is Origin.UNKNOWN and (mutant.flagged or state is not State.UNTRUSTED):
        return f"{mutant.name}: unknown, credential {state.value}"
    if state is State.ABSENT and walk(BufferMedia(mutant.data)).residue:
        return f"{mutant.name}: absent beside remains"
    return None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of many mutants: broken promises, and those that hid a mark by damage to what leads to it."""

    broken: list[str]
    hidden: list[str]
    elsewhere: int
    """How many were damaged outside a mark."""


def outcome_of(found: Iterator[Mutant], folder: Path) -> Outcome:
    """Have workers examine mutants as a scan does, and judge each.

    Broken is: an answer that is none, a worker that died, hung, or wanted too much memory, and a mark that is partly
    still there in a file that reads as unknown. Damage elsewhere may rename what holds a mark: it then leads nowhere.
    """
    there = {f"{number:06}".encode(): mutant for number, mutant in enumerate(found)}
    for name, mutant in there.items():
        (folder / name.decode()).write_bytes(mutant.data)
    requests = [Request(bytes(folder), name, len(mutant.data)) for name, mutant in there.items()]
    broken, hidden = list[str](), list[str]()
    elsewhere = sum(not mutant.inside for mutant in there.values())
    with Pool(Trust(), brief=True) as pool:
        for request, answer in pool.examine(requests):
            mutant = there.pop(request.path)
            (folder / request.path.decode()).unlink()
            if not isinstance(answer, Looked) or any(gap.place == "examination" for gap in answer.evidence.gaps):
                broken.append(f"{mutant.name}: {answer}")
            elif classify(answer.evidence, answer.beside, Context()).origin is Origin.UNKNOWN:
                (broken if mutant.inside else hidden).append(f"{mutant.name}: unknown")
    broken += [f"{mutant.name}: no answer" for mutant in there.values()]
    return Outcome(broken, hidden, elsewhere)
