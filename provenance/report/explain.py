"""An explanation as lines that are legible at 80 columns. What strangers wrote is shown harmlessly, and broken up."""

import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING

from provenance.explaining import Explanation
from provenance.files import display

if TYPE_CHECKING:
    from provenance.credentials.chain import Chain, Link

WIDTH = 80
_LONGEST = 1200
"""Characters of one paragraph: a stranger's text may be as long as it likes."""

_LABEL = 12
"""Characters of the label that each line of an account begins with."""


def explained_text(lines: list[str], explanation: Explanation) -> list[str]:
    """Return an account's lines, without its grounds, with the explanation behind the first."""
    rest = [
        part
        for line in lines[1:]
        for part in wrapped(line[_LABEL:].rstrip(), " " * _LABEL, first=display(line[:_LABEL]))
    ]
    return [*wrapped(lines[0], "  ", first=""), "", *explanation_lines(explanation), "", "ON RECORD", *rest]


def explanation_lines(explanation: Explanation) -> Iterator[str]:
    """Yield an explanation: the answer, why, what was not seen, what would change it, the chain."""
    yield from wrapped(explanation.answer)
    yield from wrapped(explanation.credential)
    if explanation.grounds:
        yield from ("", "WHY")
    for number, explained in enumerate(explanation.grounds, 1):
        ground = explained.ground
        yield from wrapped(f"{number}. {ground.says}", "   ", first="")
        yield from wrapped(f"where: {ground.place}", "     ", first="   ")
        yield from wrapped(" ".join(explained.plain), "   ")
    if explanation.unseen:
        yield from ("", "WHAT COULD NOT BE LOOKED AT")
        for unseen in explanation.unseen:
            yield from wrapped(f"- {unseen}", "  ", first="")
    yield from ("", "WHAT WOULD CHANGE THIS")
    for change in explanation.changes:
        yield from wrapped(f"- {change}", "  ", first="")
    if explanation.chain is not None:
        yield from ("", "THE CONTENT CREDENTIAL, THE NEWEST MANIFEST FIRST")
        yield from _chain_lines(explanation.chain, explanation.read_from)


def _chain_lines(chain: "Chain", read_from: str | None) -> Iterator[str]:
    if read_from == "kept":
        yield from wrapped("Read from what was kept of the file: evidence.")
    if chain.active is None:
        yield from wrapped(f"It cannot be shown: {chain.why or 'nothing is known of it'}.")
        return
    held = "holds" if chain.signature else "was NOT found to hold"
    bound = {
        True: "The file is the one that was signed.",
        False: "The file is NOT the one that was signed, or that could not be confirmed.",
        None: "Whether it belongs to the file cannot be checked without the file.",
    }[chain.bound]
    yield from wrapped(f"The signature of the newest manifest {held}. {bound}")
    if chain.why:
        yield from wrapped(f"Why not trusted: {chain.why}.", "  ", first="")
    yield from _link_lines(chain.active, "", "")


def _link_lines(link: "Link", first: str, rest: str) -> Iterator[str]:
    """Yield one manifest, and below it what it was made from. Deep chains lose indent, never width."""
    title = f' "{link.title}"' if link.title else ""
    yield from wrapped((f"{link.relation}{title}" if link.relation else f"this file{title}"), rest, first=first)
    inner = rest + ("│ " if link.parts else "  ")
    if link.label is not None and link.signer:
        at = f", at {link.signed_at}" if link.signed_at else ", at no time that is proven"
        yield from wrapped(f"signed by {link.signer}{at}", inner)
    if link.generator:
        yield from wrapped(f"made with {link.generator}", inner)
    if link.actions:
        yield from wrapped(f"actions: {'; '.join(link.actions)}", inner)
    if link.codes:
        yield from wrapped(f"faults: {' '.join(link.codes)}", inner)
    if link.note:
        yield from wrapped(link.note, inner)
    deep = len(rest) > WIDTH // 2
    for part in link.parts:
        last = part is link.parts[-1]
        yield from _link_lines(part, rest + ("└ " if last else "├ "), rest if deep else rest + ("  " if last else "│ "))


def wrapped(text: str, indent: str = "", first: str | None = None) -> Iterator[str]:
    """Yield text as lines of at most `WIDTH` cells, made harmless; a word that is longer than a line is broken."""
    text = display(text)
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1] + "…"
    line = indent if first is None else first
    empty = True
    for whole in text.split(" "):
        word = whole
        while word:
            room = WIDTH - _cells(line) - (0 if empty else 1)
            if _cells(word) > room and not empty:
                yield line
                line, empty = indent, True
                continue
            cut = len(word) if _cells(word) <= room else max(1, _fitting(word, room))
            line, empty = f"{line}{'' if empty else ' '}{word[:cut]}", False
            word = word[cut:]
    if not empty:
        yield line


def _fitting(word: str, room: int) -> int:
    """Return how many characters of a word there is room for."""
    used = 0
    for number, character in enumerate(word):
        used += _cells(character)
        if used > room:
            return number
    return len(word)


def _cells(text: str) -> int:
    """Return how many cells of a terminal a text takes: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
