"""A policy pack: a TOML file, parsed and checked. The only place that reads one from the disk."""

import datetime as dt
import difflib
import hashlib
from enum import Enum
from importlib import resources
from pathlib import Path
from typing import TypeVar

import msgspec

from provenance.asset import Digest
from provenance.errors import PolicyInvalid
from provenance.evidence import State
from provenance.packs import policy_path
from provenance.policy.model import Outcome, Policy
from provenance.verdict import Origin


class _Pack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The TOML document."""

    id: str
    dated: dt.date
    summary: str
    origins: dict[str, str]
    credentials: dict[str, str]


K = TypeVar("K", bound=Enum)

_NEVER_PASS_STATES = {State.UNREADABLE, State.BROKEN, State.REMOTE}


def load_policy(name: str, relative_to: Path) -> Policy:
    """Return a shipped pack by its name, or the pack at a path (relative to `relative_to`).

    Raises `PolicyInvalid` for a pack that is missing, does not parse, leaves an origin or state out, names an unknown
    one, or lets flagged or unread material pass. An empty pack is refused, not trivially satisfied.
    """
    path = policy_path(name, relative_to)
    if path is not None and path.exists() and not path.is_file():
        raise PolicyInvalid(f"policy {name!r} is no regular file")  # reading a pipe or device might never end
    try:
        raw = (resources.files("provenance") / "policies" / f"{name}.toml" if path is None else path).read_bytes()
    except OSError as error:
        raise PolicyInvalid(f"policy {name!r} cannot be read: {error.strerror}") from error
    return parse_policy(raw, name)


def parse_policy(raw: bytes, name: str) -> Policy:
    """Return the pack in `raw`; see `load_policy` for what it refuses."""
    try:
        pack = msgspec.toml.decode(raw, type=_Pack)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PolicyInvalid(f"policy {name!r} does not parse: {error}") from error
    origins = _table("origins", pack.origins, Origin, name)
    states = _table("credentials", pack.credentials, State, name)
    for origin, outcome in origins.items():
        if origin.flagged and outcome is not Outcome.REFUSE:
            raise PolicyInvalid(f"policy {name!r} does not refuse {origin.value}: only an approval may let it pass")
    if origins[Origin.REVIEW] is Outcome.PASS:
        raise PolicyInvalid(f"policy {name!r} lets review pass: only a clearance may")
    for state in _NEVER_PASS_STATES:
        if states[state] is Outcome.PASS:
            raise PolicyInvalid(f"policy {name!r} lets {state.value} credentials pass: only a clearance may")
    digest = Digest(hashlib.sha256(raw).hexdigest())
    return Policy(pack.id, pack.dated, pack.summary, digest, origins, states)


def _table(table: str, given: dict[str, str], keys: type[K], name: str) -> dict[K, Outcome]:
    """Turn one TOML table into a total map, or raise `PolicyInvalid`."""
    known = {k.value: k for k in keys}
    outcomes = {o.value: o for o in Outcome}
    for key, outcome in given.items():
        if key not in known:
            close = difflib.get_close_matches(key, known, n=1)
            hint = f"; did you mean {close[0]!r}?" if close else ""
            raise PolicyInvalid(f"policy {name!r}: [{table}] has no {key!r}{hint}")
        if outcome not in outcomes:
            raise PolicyInvalid(f"policy {name!r}: [{table}] {key} = {outcome!r}; say pass, hold or refuse")
    missing = [k for k in known if k not in given]
    if missing:
        raise PolicyInvalid(f"policy {name!r}: [{table}] says nothing about {', '.join(missing)}")
    return {known[k]: outcomes[v] for k, v in given.items()}
