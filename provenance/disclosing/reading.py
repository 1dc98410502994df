"""From what was filled in to a draft. Whoever wrote it gets to know everything that is wrong with it at once.

Forms come from outside the house: nothing in one is believed to be what it should be.
"""

import json
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

from provenance.asset import Digest
from provenance.disclosing.draft import Draft, DraftStep
from provenance.disclosing.vocabulary import ANSWER_KEYS, SCHEMA, STEP_KEYS, Holds, Key, keys_of
from provenance.errors import FormInvalid
from provenance.policy.model import Policy
from provenance.policy.questions import NONE
from provenance.records.disclosure import NO, UNSURE, YES, Answered
from provenance.strict import nearest

LARGEST: Final = 1 << 20
"""Bytes of a form; a form that somebody fills in by hand has a few thousand."""
LONGEST: Final = 4_000
"""Characters of a text."""
MOST: Final = 500
"""Entries of a list."""
SHOWN: Final = 20
"""So many mistakes are named."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_HEAD = frozenset({"schema", "project", "policy", "answers", "step"})
_SAME = {"true": YES, "false": NO, "y": YES, "n": NO}
_AS_FINAL = {"temporary": NO, "final": YES}


def form_in(raw: bytes) -> dict[str, Any]:
    """Return what stands in a form, TOML or JSON, as plain values; raises `FormInvalid`."""
    if len(raw) > LARGEST:
        raise FormInvalid(f"the form has {len(raw):,} bytes; {LARGEST:,} is the most")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FormInvalid(f"the form is not UTF-8: byte {error.start:,}") from error
    try:
        if text.lstrip().startswith("{"):
            found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
        else:
            found = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormInvalid(f"the form does not parse: {error}") from error
    if not isinstance(found, dict):
        raise FormInvalid("the form does not parse: it is no table")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a key that stands twice: nobody knows which of the two was meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(n for n in names if names.count(n) > 1)!r} stands in it twice")
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no value")


@dataclass(frozen=True, slots=True)
class Production:
    """What a form is for: a project, and the titles it has."""

    project: str
    titles: frozenset[str] = frozenset()


def draft_of(form: Mapping[str, Any], policy: Policy, production: Production) -> Draft:
    """Return what a form says, checked against a policy; raises `FormInvalid` with every mistake there is.

    What is left empty stays unanswered. Needed are who tells it, what is meant, and the use where the policy names any.
    """
    mistakes: list[str] = []
    _head(form, production.project, mistakes)
    keys = keys_of(policy)
    said = _table(form, keys, "", mistakes, also=_HEAD)
    if said.get("title", "") not in {"", *production.titles}:
        mistakes.append(f"title: there is no {said['title']!r}{nearest(said['title'], sorted(production.titles))}")
    answers = _answers(form.get("answers", {}), policy, mistakes)
    steps = _steps(form.get("step", []), mistakes)
    needed = ["by", "reason", *(["use"] if policy.uses else [])]
    mistakes += [
        f"{key} is empty, and is needed" for key in needed if not said.get(key) and key not in _named(mistakes)
    ]
    if not mistakes:
        draft = Draft(**said, answers=answers, steps=steps)
        mistakes += _told_on(draft)
        if not mistakes:
            return draft
    more = f"; and {len(mistakes) - SHOWN:,} more" if len(mistakes) > SHOWN else ""
    raise FormInvalid(f"it cannot be taken down: {'; '.join(mistakes[:SHOWN])}{more}")


def _named(mistakes: Iterable[str]) -> set[str]:
    """Return the keys that something is wrong with already."""
    return {m.partition(" ")[0].rstrip(":") for m in mistakes}


def _head(form: Mapping[str, Any], project: str, mistakes: list[str]) -> None:
    if form.get("schema", SCHEMA) != SCHEMA:
        mistakes.append(f"schema is {_shown(form['schema'])}; this version reads {SCHEMA}")
    if form.get("project", project) not in (project, ""):
        mistakes.append(f"project is {_shown(form['project'])}; this production is {project!r}")


def _table(
    found: Mapping[str, Any], keys: tuple[Key, ...], where: str, mistakes: list[str], also: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Return the values under some keys; what was left out or empty is left out."""
    known = {key.name: key for key in keys}
    said: dict[str, Any] = {}
    for name, value in found.items():
        if name in also:
            continue
        if name in {"prompt", "prompts"}:
            mistakes.append(f"{where}{name}: a prompt is never kept; give its SHA-256 as prompt_sha256 of the step")
        elif name not in known:
            mistakes.append(f"{where}{_shown(name)} is no key of a form{nearest(str(name), [*known])}")
        elif value not in ("", None, []):
            read = _READ[known[name].holds](value, known[name])
            if isinstance(read, _Mistake):
                mistakes.append(f"{where}{name}: {read.says}")
            elif read not in ("", None, ()) or known[name].holds is Holds.WORDS:
                said[name] = read
    return said


def mistake_in(key: Key, text: str) -> str:
    """Return what is wrong with an answer somebody typed, lists with commas; empty if nothing is."""
    entries: Any = split(text) if key.holds in {Holds.WORDS, Holds.NAMES, Holds.DIGESTS} else text
    read = _READ[key.holds](entries, key) if entries else None
    return read.says if isinstance(read, _Mistake) else ""


def split(text: str) -> list[str]:
    """Return the entries of a list as somebody types it."""
    return [entry.strip() for entry in text.split(",") if entry.strip()]


class _Mistake:
    """Why a value cannot be taken."""

    def __init__(self, says: str) -> None:
        self.says = says


def _text(value: Any, key: Key) -> str | _Mistake:  # noqa: ARG001 (all readers are called alike)
    if not isinstance(value, str):
        return _Mistake(f"{_shown(value)} is no text")
    text = value.strip()
    if len(text) > LONGEST:
        return _Mistake(f"it has {len(text):,} characters; {LONGEST:,} is the most")
    odd = next((c for c in value if _is_odd(c)), None)
    return text if odd is None else _Mistake(f"it holds the control character U+{ord(odd):04X}")


_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Have a text read in another order than it stands in (Unicode Bidirectional Algorithm, 2)."""


def _is_odd(character: str) -> bool:
    """Whether a character does something to whoever reads it, or is none."""
    control = unicodedata.category(character) in {"Cc", "Cs"} and character not in "\r\n\t"
    return control or character in _TURNING


def _word(value: Any, key: Key) -> str | _Mistake:
    if isinstance(value, bool):
        value = YES if value else NO
    text = _text(value, key)
    if isinstance(text, _Mistake):
        return text
    plain = text.casefold()
    plain = _SAME.get(plain, plain) if YES in key.words else plain
    plain = _AS_FINAL.get(plain, plain) if key.name == "final" else plain
    if not key.words:
        return _Mistake(f"this policy names none; leave it out, and say in `reason` what is meant (not {text!r})")
    return (
        plain
        if plain in key.words or not plain
        else _Mistake(f"{_shown(text)} is none of its words{_words(text, key)}")
    )


def _words(text: str, key: Key) -> str:
    return nearest(text, [*key.words])


def _words_of(value: Any, key: Key) -> tuple[str, ...] | _Mistake:
    entries = [value] if isinstance(value, str) else value
    if not isinstance(entries, list):
        return _Mistake(f"{_shown(value)} is no list")
    if len(entries) > MOST:
        return _Mistake(f"it has {len(entries):,} entries; {MOST:,} is the most")
    known = (*key.words, UNSURE, NONE)
    found = []
    for entry in entries:
        text = _text(entry, key)
        if isinstance(text, _Mistake):
            return text
        if text.casefold() not in known:
            return _Mistake(f"{_shown(text)} is none of its words{nearest(text, [*known])}")
        found.append(text.casefold())
    if NONE in found:
        return () if set(found) == {NONE} else _Mistake("it says none, and something else as well")
    return tuple(sorted(set(found)))


def _names(value: Any, key: Key) -> tuple[str, ...] | _Mistake:
    entries = [value] if isinstance(value, str) else value
    if not isinstance(entries, list):
        return _Mistake(f"{_shown(value)} is no list")
    if len(entries) > MOST:
        return _Mistake(f"it has {len(entries):,} entries; {MOST:,} is the most")
    read = [_text(entry, key) for entry in entries]
    wrong = next((r for r in read if isinstance(r, _Mistake)), None)
    if wrong is not None:
        return _Mistake("an entry is no text of one line") if key.name == "performers" else wrong
    names = [" ".join(r.split()) for r in read if isinstance(r, str) and r]
    return tuple(n for n in dict.fromkeys(names) if n.casefold() != NONE)


def _digest(value: Any, key: Key) -> Digest | _Mistake:
    text = _text(value, key)
    if isinstance(text, _Mistake):
        return text
    found = text.casefold().removeprefix("sha256:")
    return Digest(found) if _SHA256.fullmatch(found) else _Mistake("it is no SHA-256: 64 hexadecimal digits")


def _digests(value: Any, key: Key) -> tuple[Digest, ...] | _Mistake:
    entries = [value] if isinstance(value, str) else value
    if not isinstance(entries, list) or len(entries) > MOST:
        return _Mistake(f"it is no list of at most {MOST:,} SHA-256")
    read = [_digest(entry, key) for entry in entries]
    wrong = next((r for r in read if isinstance(r, _Mistake)), None)
    return wrong or tuple(Digest(r) for r in read if isinstance(r, str))


_READ: dict[Holds, Callable[[Any, Key], Any]] = {
    Holds.TEXT: _text,
    Holds.WORD: _word,
    Holds.WORDS: _words_of,
    Holds.NAMES: _names,
    Holds.DIGEST: _digest,
    Holds.DIGESTS: _digests,
}


def _answers(found: Any, policy: Policy, mistakes: list[str]) -> tuple[Answered, ...]:
    if not isinstance(found, Mapping):
        mistakes.append(f"answers: {_shown(found)} is no table")
        return ()
    known = [p.key for p in policy.principles]
    answers = []
    for name, given in found.items():
        if name not in known:
            mistakes.append(f"answers.{_shown(name)} is no principle of policy {policy.id}{nearest(str(name), known)}")
            continue
        table = given if isinstance(given, Mapping) else {"answer": given}
        said = _table(table, ANSWER_KEYS, f"answers.{name}.", mistakes)
        if said.get("answer") or said.get("note"):
            answers.append(Answered(key=name, answer=said.get("answer", ""), note=said.get("note", "")))
    return tuple(sorted(answers, key=lambda a: a.key))


def _steps(found: Any, mistakes: list[str]) -> tuple[DraftStep, ...]:
    if not isinstance(found, list) or not all(isinstance(s, Mapping) for s in found):
        mistakes.append("step: it is no list of tables; in TOML each begins with [[step]]")
        return ()
    if len(found) > MOST:
        mistakes.append(f"step: there are {len(found):,}; {MOST:,} is the most")
        return ()
    steps = []
    for number, table in enumerate(found, 1):
        said = _table(table, STEP_KEYS, f"step {number} ", mistakes)
        if said and not said.get("tool"):
            mistakes.append(f"step {number} names no tool")
        if said:
            steps.append(DraftStep(**said))
    return tuple(steps)


def _told_on(draft: Draft) -> Iterable[str]:
    """Yield each text that holds a performer's name: it would stand in the book for ever."""
    names = [*draft.names()]
    for key, text in draft.texts():
        if holds_name(text, names):
            yield f"{key}: it holds the name of a performer, which is kept under `performers` alone"


def holds_name(text: str, names: Iterable[str]) -> bool:
    """Whether a text holds one of some names, as whole words, in whatever case and spacing."""
    plain = " ".join(text.casefold().split())
    wanted = (" ".join(name.casefold().split()) for name in names)
    return any(name and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", plain) for name in wanted)


def plain_text(text: str) -> bool:
    """Whether a text may stand in a record: not empty, not too long, no control characters."""
    return bool(text.strip()) and not isinstance(_text(text, ANSWER_KEYS[1]), _Mistake)


def _shown(value: Any) -> str:
    """Return a value as a message may hold it: short, and harmless on a terminal."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


assert {f.name for f in fields(DraftStep)} == {key.name for key in STEP_KEYS}
