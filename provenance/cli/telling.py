"""From the options of `provenance disclose` to a form: what is said on the command line is read as a form is."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import click

from provenance.cli.options import TEXT
from provenance.disclosing.reading import split
from provenance.disclosing.vocabulary import STEP_KEYS, Holds
from provenance.policy.model import Policy
from provenance.policy.questions import NONE

F = TypeVar("F", bound=Callable[..., Any])

LISTS = ("references", "replica", "exemptions", "performers", "union_roles")
_TEXTS = {
    "by": ("--by", "WHO", "Whose word this is."),
    "reason": ("--reason", "TEXT", "What is meant to be done. No prompts, no names of performers."),
    "title": ("--title", "T", "Episode or part; without it the whole production."),
    "use": ("--use", "KEY", "Which of the policy's uses it is; `provenance policy show` lists them."),
    "prominence": ("--prominence", "P", "incidental, background, story-relevant or key."),
    "uncleared_training": ("--uncleared-training", "ANSWER", "A model was trained on material nobody cleared for it."),
    "real_events": ("--real-events", "ANSWER", "It could be taken for real events, people or statements."),
    "union_work": ("--union-work", "ANSWER", "It replaces or affects work that a union represents."),
    "genre": ("--genre", "WORD", "For policies that ask for it, e.g. factual."),
    "audience_disclosure": ("--audience-disclosure", "ANSWER", "The audience is told."),
    "vendor": ("--vendor", "NAME", "Who makes it, if not the production."),
    "contract": ("--contract", "TEXT", "Under which contract."),
}
_MANY = {
    "answers": (
        "--answer",
        "KEY=ANSWER",
        "A principle by key or number: yes, no, unsure; `all=yes` for the rest.",
    ),
    "step": ("--step", "KEY=VALUE;…", "A step: tool, version, tier, agreement, enterprise, inputs, model, note …"),
    "references": ("--reference", "WORD", "copyrighted-work, public-figure, deceased-person or none."),
    "replica": (
        "--replica",
        "CLASS",
        "digital-replica, voice-replica, digital-alteration … or none.",
    ),
    "exemptions": ("--exempt", "WORD", "What spares the replica a consent, e.g. as-performed."),
    "performers": ("--performer", "NAME", "Whom it touches. The name is kept apart, where it can be erased."),
    "union_roles": ("--union-role", "ROLE", "A represented role whose work is touched."),
}


def telling_options(command: F) -> F:
    """Add the options a use can be told with."""
    for name, (option, metavar, says) in reversed([*_MANY.items()]):
        command = click.option(option, name, multiple=True, type=TEXT, metavar=metavar, help=says)(command)
    final = "It will be seen or heard in the final cut, in the background too; or it is temporary."
    command = click.option("--final/--temporary", "final", default=None, help=final)(command)
    for name, (option, metavar, says) in reversed([*_TEXTS.items()]):
        command = click.option(option, name, type=TEXT, metavar=metavar, help=says)(command)
    return command


def form_of(said: dict[str, Any], policy: Policy, *, nothing_else: bool) -> dict[str, Any]:
    """Return options as a form; raises `click.BadParameter`. `nothing_else` answers what is open with none and no."""
    form = {key: value for key, value in said.items() if key in _TEXTS and value is not None}
    if said["final"] is not None:
        form["final"] = said["final"]
    form |= {key: [*said[key]] for key in LISTS if said[key]}
    form["answers"] = _answers(said["answers"], policy)
    form["step"] = [_step(step) for step in said["step"]]
    if nothing_else:
        nothing: dict[str, Any] = {"references": [NONE], "replica": [NONE]}
        nothing |= dict.fromkeys(("uncleared_training", "real_events", "union_work"), "no")
        form = nothing | form
        form["step"] = [{"inputs": [NONE], **step} for step in form["step"]]
    return form


def is_silent(said: dict[str, Any]) -> bool:
    """Whether no option says anything."""
    return all(value in {None, ()} for value in said.values())


def _answers(given: Sequence[str], policy: Policy) -> dict[str, dict[str, str]]:
    """Return answers by the principle's key. `all` is for those that are not named, wherever it stands."""
    numbers = {p.number: p.key for p in policy.principles}
    answers: dict[str, dict[str, str]] = {}
    for one in given:
        key, equals, said = one.partition("=")
        answer, _, note = said.partition(":")
        name = numbers.get(key.strip(), key.strip())
        if not equals or name in answers:
            wrong = "is not KEY=ANSWER" if not equals else "is answered already"
            raise click.BadParameter(f"{one!r} {wrong}", param_hint="--answer")
        answers[name] = {"answer": answer, "note": note}
    rest = answers.pop("all", None)
    return {p.key: rest for p in policy.principles} | answers if rest else answers


def _step(given: str) -> dict[str, Any]:
    lists = {key.name for key in STEP_KEYS if key.holds in {Holds.WORDS, Holds.NAMES, Holds.DIGESTS}}
    step: dict[str, Any] = {}
    for part in filter(str.strip, given.split(";")):
        key, equals, value = (p.strip() for p in part.partition("="))
        if not equals:
            raise click.BadParameter(f"{part.strip()!r} is not KEY=VALUE", param_hint="--step")
        if key in step:
            raise click.BadParameter(f"{key!r} stands in it twice", param_hint="--step")
        step[key] = split(value) if key in lists else value
    return step
