"""An account, explained: every ground in plain words, what was not seen, and what would change the answer. Pure."""

from dataclasses import dataclass

from provenance.account import Account
from provenance.credentials.chain import Chain
from provenance.evidence import effective_credential
from provenance.explaining.words import (
    ANSWERS,
    CLAIMS,
    KINDS,
    STATES,
    STRENGTHS,
    WORD_FOR_EFFECT,
    effect_of,
    what_would_change,
)
from provenance.verdict import CREDENTIAL, LINEAGE, Ground


@dataclass(frozen=True, slots=True)
class Explained:
    """One ground: what it is, what it is worth, what it says, what it does."""

    ground: Ground
    effect: str
    """One of `WORD_FOR_EFFECT`."""
    plain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a file is what it is said to be."""

    answer: str
    credential: str
    grounds: tuple[Explained, ...]
    unseen: tuple[str, ...]
    changes: tuple[str, ...]
    chain: Chain | None
    read_from: str | None
    """What the chain was read from: `file`, or `kept` where it is what was kept of a file."""


def explain(account: Account, chain: Chain | None, read_from: str | None) -> Explanation:
    """Return an account explained, with the credential's chain if there is one."""
    verdict = account.verdict
    credential = effective_credential(account.evidence, account.beside)
    unseen = [f"{g.place}: {g.says}" for g in verdict.grounds if g.kind == "gap"]
    if credential.remote_url:
        unseen.append(f"the credential at {credential.remote_url}: nothing is fetched")
    if not account.there:
        unseen.append("the file itself: it is not there now, and this is what was recorded of it")
    return Explanation(
        ANSWERS[verdict.origin],
        STATES[credential.state],
        tuple(_explained(g, effect_of(g, verdict.origin)) for g in verdict.grounds if g.kind != "gap"),
        tuple(unseen),
        what_would_change(verdict.origin, credential.state),
        chain,
        read_from,
    )


def _explained(ground: Ground, effect: str) -> Explained:
    worth = "" if ground.kind in {CREDENTIAL, LINEAGE, "declaration"} else f"; {STRENGTHS[ground.strength]}"
    plain = [f"This is {KINDS.get(ground.kind, 'a mark')}{worth}.", CLAIMS[ground.claim]]
    if effect != "noted":
        plain.append(WORD_FOR_EFFECT[effect])
    if ground.via:
        plain.append(f"It is known through {ground.via}.")
    return Explained(ground, effect, tuple(plain))
