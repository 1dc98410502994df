"""What a delivery check comes to: each thing that was judged, however many there are, and what is kept of it."""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

import msgspec

from provenance.asset import Digest
from provenance.catalogue.stored import plain
from provenance.files import display
from provenance.policy import Attested, Decision, Outcome, Rule
from provenance.records import Deliverable, canonical
from provenance.spool import Spool
from provenance.verdict import Origin


@dataclass(frozen=True, slots=True)
class Judged:
    """One thing that was checked, with its outcome. `digest` and `origin` are None where there were no bytes."""

    path: bytes
    deliverable: Deliverable
    digest: Digest | None
    origin: Origin | None
    decision: Decision

    @property
    def approved(self) -> bool:
        """Whether it passed because somebody approved it."""
        return self.decision.outcome is Outcome.PASS and bool(self.decision.approvals)

    @property
    def cleared(self) -> bool:
        """Whether it passed because somebody cleared it."""
        return self.decision.outcome is Outcome.PASS and bool(self.decision.clearances)

    @property
    def attested(self) -> bool:
        """Whether it passed because somebody attested that nothing was generated."""
        return self.decision.outcome is Outcome.PASS and bool(self.decision.attested)

    @property
    def superseded(self) -> bool:
        """Whether it passed because people's work took the place of what it is flagged for."""
        return self.decision.outcome is Outcome.PASS and bool(self.decision.supersessions)

    @property
    def on_a_word(self) -> bool:
        """Whether it passed because of what somebody said."""
        return self.approved or self.cleared or self.attested or self.superseded

    @property
    def rests_on(self) -> tuple[str, ...]:
        """Ids of the words its outcome rests on, attestations aside, and of the derivations an approval went over."""
        decision = self.decision
        words = (*decision.approvals, *decision.clearances, *decision.supersessions)
        return tuple(dict.fromkeys((*(w.id for w in words), *(r for way in decision.ways for r in way.records))))


_Said = tuple[Deliverable, Origin | None, Decision]
"""What files that are judged alike share."""

_ALIKE = 256
"""So many different judgements are held to be shared while they are read back; a delivery has a handful."""


def _encoded(judged: Judged) -> bytes:
    """Return all but the path. Its digest comes first, with its length, so that the rest is the same for many."""
    digest = bytes.fromhex(judged.digest or "")
    said: _Said = (judged.deliverable, judged.origin, judged.decision)
    try:
        body = msgspec.msgpack.encode(said)
    except UnicodeEncodeError:  # a lone surrogate out of hostile metadata
        body = msgspec.msgpack.encode((*said[:2], _plain(judged.decision)))
    return bytes([len(digest)]) + digest + body


def _plain(decision: Decision) -> Decision:
    """Return a decision in words that are UTF-8; what people said is kept, and so it is already."""
    return replace(
        decision,
        reasons=tuple(
            replace(r, text=plain(r.text), help=plain(r.help), args={k: plain(v) for k, v in r.args.items()})
            for r in decision.reasons
        ),
    )


def _decoded(path: bytes, row: bytes) -> Judged:
    end = 1 + row[0]
    deliverable, origin, decision = _said(row[end:])
    return Judged(path, deliverable, Digest(row[1:end].hex()) if row[0] else None, origin, decision)


def packed(judged: Judged) -> bytes:
    """Return everything that was judged of one thing, to be put aside; `unpacked` is the way back."""
    return msgspec.msgpack.encode((judged.path, _encoded(judged)))


def unpacked(row: bytes) -> Judged:
    """Return what was put aside."""
    return _decoded(*_KEPT.decode(row))


_SAID = msgspec.msgpack.Decoder(_Said)


@lru_cache(maxsize=_ALIKE)
def _said(body: bytes) -> _Said:
    said: _Said = _SAID.decode(body)
    return said


class Judgements:
    """Everything a run judged. Memory holds a bounded part of it; `folder` takes the rest, and must be local."""

    def __init__(self, folder: Path) -> None:
        self._rows = Spool(folder)
        self._credentials = Spool(folder)
        self._read = Spool(folder)

    def add(self, judged: Judged) -> None:
        """Keep one thing that was judged."""
        self._rows.add(judged.path, _encoded(judged))

    def __iter__(self) -> Iterator[Judged]:
        """Yield everything in the order of its paths. It can be asked for again; nothing may be added meanwhile."""
        for path, row in self._rows:
            yield _decoded(path, row)

    def add_credential(self, absolute: bytes, judged: Judged) -> None:
        """Keep a credential in a file of its own apart: whether a file was read with it shows only at the end."""
        self._credentials.add(absolute, packed(judged))

    def note_read(self, absolute: bytes) -> None:
        """Note that a credential in a file of its own was read together with the file it speaks of."""
        self._read.add(absolute, b"")

    def orphans(self) -> Iterator[Judged]:
        """Yield the credentials kept apart that no file was read with."""
        read = iter(self._read)
        at = next(read, None)
        for absolute, kept in self._credentials:
            while at is not None and at[0] < absolute:
                at = next(read, None)
            if at is None or at[0] != absolute:
                yield unpacked(kept)


_KEPT = msgspec.msgpack.Decoder(tuple[bytes, bytes])


@dataclass(slots=True)
class Batch:
    """What passed in one run on one attestation."""

    attested: Attested
    digests: list[bytes] = field(default_factory=list)


@dataclass(slots=True)
class Minutes:
    """What a run comes to, taken down judgement by judgement, in the order of paths.

    Only what did not pass, and what passed on somebody's word, is held one by one.
    """

    counts: Counter[str] = field(default_factory=Counter)
    silent: int = 0
    """How many passed by themselves of which nothing is known."""
    deliverables: set[Deliverable] = field(default_factory=set)
    not_passed: list[Judged] = field(default_factory=list)
    on_a_word: list[Judged] = field(default_factory=list)
    attested: dict[str, "Batch"] = field(default_factory=dict)
    """What passed on an attestation, by its id: too many to be listed one by one."""
    _digest: "hashlib._Hash" = field(default_factory=lambda: hashlib.sha256(b"["))
    _not_passed: bytearray = field(default_factory=bytearray)
    _on_a_word: bytearray = field(default_factory=bytearray)

    def take(self, judged: Judged) -> None:
        """Take down one judgement."""
        line = canonical(_line(judged))
        self._digest.update(b"," + line if self.counts["checked"] else line)
        outcome = judged.decision.outcome
        self.counts.update(("checked", outcome.value))
        if judged.attested:
            self.counts["attested"] += 1
            for one in judged.decision.attested:
                self.attested.setdefault(one.id, Batch(one)).digests.append(bytes.fromhex(judged.digest or ""))
        self.deliverables.add(judged.deliverable)
        if outcome is not Outcome.PASS:
            self.not_passed.append(judged)
            self._not_passed += b"," + line
        elif judged.approved or judged.cleared or judged.superseded:  # what was attested alone is counted, not listed
            self.counts["approved"] += judged.approved
            self.counts["cleared"] += judged.cleared
            self.on_a_word.append(judged)
            self._on_a_word += b"," + line
        else:
            self.silent += any(r.rule is Rule.NO_SIGNAL_FOUND for r in judged.decision.reasons)

    def outcome(self) -> Outcome:
        """Return the most severe outcome of all; raises `ValueError` if nothing was judged."""
        return max((o for o in Outcome if self.counts[o.value]), key=lambda o: o.severity)

    def close(self) -> dict[str, object]:
        """Return what the ledger keeps; nothing can be taken down any more.

        `assets_sha256` is over the lines of everything judged, as one canonical list; those that matter stand there
        themselves.
        """
        self._digest.update(b"]")
        return {
            "outcome": self.outcome().value,
            "counts": {name: self.counts[name] for name in ("checked", *(o.value for o in Outcome), *_ON_A_WORD)},
            "assets_sha256": self._digest.hexdigest(),
            "not_passed": _listed(self._not_passed),
            "passed_on_word": _listed(self._on_a_word),
            **({"passed_attested": attested} if (attested := self._attested()) else {}),
        }

    def _attested(self) -> dict[str, int]:
        """Return how many files passed on each attestation."""
        return {name: len(batch.digests) for name, batch in sorted(self.attested.items())}


_ON_A_WORD = ("approved", "cleared", "attested")


def _listed(lines: bytearray) -> msgspec.Raw:
    """Turn lines, each after a comma, into the list they are, in place: there may be 100,000 of them."""
    lines[:1] = b"["
    lines += b"]"
    return msgspec.Raw(lines)


def _line(judged: Judged) -> dict[str, object]:
    """Return what the ledger keeps of one judged file."""
    return {
        "path": display(judged.path),
        "sha256": judged.digest,
        "channel": judged.deliverable.channel,
        "title": judged.deliverable.title,
        "outcome": judged.decision.outcome.value,
        "origin": judged.origin.value if judged.origin else None,
        "rules": [r.rule.value for r in judged.decision.reasons],
        "records": [*judged.rests_on, *(a.id for a in judged.decision.attested)],
    }
