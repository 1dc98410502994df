"""The empty form, which somebody fills in with an editor and sends back. Pure."""

import json

from provenance.disclosing.vocabulary import ANSWER_KEYS, SCHEMA, STEP_KEYS, Holds, Key, keys_of
from provenance.policy.model import Policy
from provenance.policy.questions import NONE


def empty_toml(policy: Policy, project: str) -> str:
    """Return an empty form as TOML, every question explained. It parses; `reading` says what has to be filled in."""
    lines = [
        "# An intended use of generative tools, told before it begins. Fill in what stands between the quotes.",
        '# What is left empty is a question nobody answered, and is escalated. Where a list has nothing: ["none"]',
        "# No prompts, and no performer's name but under `performers`: those are kept apart.",
        f"schema = {_quoted(SCHEMA)}",
        f"project = {_quoted(project)}",
        f"policy = {_quoted(policy.id)}",
        "",
    ]
    for key in keys_of(policy):
        lines += _toml(key)
    for principle in policy.principles:
        lines += ["", f"# {principle.number}. {principle.says}", f"[answers.{_bare(principle.key)}]"]
        lines += [line for key in ANSWER_KEYS for line in _toml(key)]
    lines += ["", "# One table for each step; copy it for a workflow of several tools.", "[[step]]"]
    lines += [line for key in STEP_KEYS for line in _toml(key)]
    return "\n".join(lines) + "\n"


def empty_json(policy: Policy, project: str) -> str:
    """Return an empty form as JSON, the same keys in the same order."""

    def empty(keys: tuple[Key, ...]) -> dict[str, object]:
        return {key.name: [] if _is_list(key) else "" for key in keys}

    form: dict[str, object] = {"schema": SCHEMA, "project": project, "policy": policy.id, **empty(keys_of(policy))}
    form["answers"] = {p.key: empty(ANSWER_KEYS) for p in policy.principles}
    form["step"] = [empty(STEP_KEYS)]
    return json.dumps(form, indent=2) + "\n"


def _toml(key: Key) -> list[str]:
    words = ", ".join((*key.words, *([NONE] if key.holds is Holds.WORDS else ())))
    says = ": ".join(filter(None, (key.says, words)))
    return [*([f"# {says}"] if says else []), f"{key.name} = {'[]' if _is_list(key) else _quoted('')}"]


def _is_list(key: Key) -> bool:
    return key.holds in {Holds.WORDS, Holds.NAMES, Holds.DIGESTS}


def _quoted(text: str) -> str:
    """Return a TOML basic string: JSON's escapes are TOML's, but for the delete character."""
    return json.dumps(text).replace("\x7f", "\\u007f")


def _bare(key: str) -> str:
    return key if key.replace("-", "").replace("_", "").isalnum() and key.isascii() else _quoted(key)
