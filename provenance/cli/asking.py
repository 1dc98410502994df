"""The questionnaire: the same questions as the form, asked one by one on a terminal. No answer leaves one open."""

from typing import Any

import click

from provenance.disclosing.reading import mistake_in, split
from provenance.disclosing.vocabulary import ANSWER_KEYS, STEP_KEYS, Holds, Key, keys_of
from provenance.policy.model import Policy
from provenance.policy.questions import NONE

_LATER = {"performers": ("replica",), "exemptions": ("replica",), "clearance_evidence_name": ("clearance_evidence",)}
"""Questions that are asked only where another was answered with something."""


def ask(policy: Policy) -> dict[str, Any]:
    """Ask what a form asks, and return the form. Prompts go to standard error; Ctrl-C raises `click.Abort`."""
    _say(f"An intended use of generative tools, under policy {policy.id}. Enter alone leaves a question open.")
    form: dict[str, Any] = {}
    for key in keys_of(policy):
        if all(form.get(other) not in (None, [NONE]) for other in _LATER.get(key.name, ())) and _is_asked(key):
            _take(form, key)
    answer, note = ANSWER_KEYS
    form["answers"] = {}
    for principle in policy.principles:
        said: dict[str, Any] = {}
        _take(said, Key(answer.name, answer.holds, f"{principle.number}. {principle.says}", answer.words))
        if said and said["answer"] != "yes":
            _take(said, note)
        form["answers"][principle.key] = said
    form["step"] = []
    while True:
        _say(f"Step {len(form['step']) + 1} of the workflow; Enter alone if there is no more.")
        step: dict[str, Any] = {}
        _take(step, STEP_KEYS[0])
        if not step:
            return form
        for key in STEP_KEYS[1:]:
            _take(step, key)
        form["step"].append(step)


def _is_asked(key: Key) -> bool:
    return key.holds is not Holds.WORD or bool(key.words)  # a policy without uses has nothing to choose from


def _take(form: dict[str, Any], key: Key) -> None:
    words = (*key.words, *([NONE] if key.holds is Holds.WORDS else ()))
    _say(f"{key.says or key.name}{'  [' + ', '.join(words) + ']' if words else ''}")
    while True:
        text = click.prompt(key.name, default="", show_default=False, err=True).strip()
        wrong = mistake_in(key, text)
        if not wrong:
            break
        _say(f"  {wrong}")
    if text:
        form[key.name] = split(text) if key.holds in {Holds.WORDS, Holds.NAMES, Holds.DIGESTS} else text


def _say(text: str) -> None:
    click.echo(text, err=True)
