"""Policies and facts for tests."""

from pathlib import Path

from provenance.policy import Policy, load_policy
from provenance.policy.facts import Answer, Facts, Prominence

HERE = Path(__file__).parent


def netflix() -> Policy:
    """Return the shipped pack."""
    return load_policy("netflix-2025-08", HERE)


def broadcaster() -> Policy:
    """Return a pack of another shape."""
    return load_policy("broadcaster.toml", HERE)


def kept(policy: Policy, **other: Answer) -> dict[str, Answer]:
    """Return a yes to every principle, but for those named."""
    return {p.key: Answer.YES for p in policy.principles} | other


def facts(policy: Policy, **said: object) -> Facts:
    """Return a harmless use, an idea that nobody will see, but for what is said otherwise."""
    usual: dict[str, object] = {
        "use": "ideation",
        "prominence": Prominence.INCIDENTAL,
        "final": False,
        "answers": kept(policy),
        "enterprise": True,
    }
    return Facts(**(usual | said))  # type: ignore[arg-type]
