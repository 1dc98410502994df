"""What is counted while the generated files go by: approvals of each use, and files of each channel."""

from collections import Counter
from dataclasses import dataclass, field

from provenance.dossier.items import Looked, Sources
from provenance.dossier.rows import Spoken
from provenance.records import Deliverable

ANYBODY = ""
"""Stands for an approval in whatever role."""
_WORDS = 50
"""So many approvals are kept of one use."""


@dataclass(slots=True)
class Part:
    """Some of the files of a use, and how many of them are approved or refused."""

    files: int = 0
    approved: Counter[tuple[Deliverable, str]] = field(default_factory=Counter)
    """By deliverable and role, `ANYBODY` included."""
    refused: Counter[Deliverable] = field(default_factory=Counter)

    def take(self, looked: Looked) -> None:
        """Count one file."""
        self.files += 1
        for deliverable, words in looked.words.items():
            roles = {a.role for a in words.approvals}
            for role in roles | ({ANYBODY} if roles else set()):
                self.approved[deliverable, role] += 1
            # Approvals that know of a refusal decide otherwise; then it stands beside them.
            self.refused[deliverable] += bool(words.refusals and not words.approvals)

    def complete(self, deliverable: Deliverable, role: str) -> bool:
        """Whether all of them are approved for a deliverable in a role."""
        return self.files > 0 and self.approved[deliverable, role] == self.files


@dataclass(slots=True)
class UseTally:
    """The files of one use: those that are there or were delivered, and all there ever were."""

    live: Part = field(default_factory=Part)
    every: Part = field(default_factory=Part)
    words: dict[str, Spoken] = field(default_factory=dict)
    """Approvals of any of its files, the first of them, by id."""
    hindered: bool = False
    """Whether one of them lies in a final zone and would not pass: then it is open there already."""

    @property
    def part(self) -> Part:
        """The files that matter: versions that are gone need nobody's approval, unless there are no others."""
        return self.live if self.live.files else self.every


@dataclass(slots=True)
class ChannelTally:
    """The generated files of one deliverable."""

    present: int = 0
    delivered: int = 0
    superseded: int = 0
    """People's work that took the place of something generated: it is there, and no part of it was generated."""


@dataclass(slots=True)
class Tallies:
    """Everything that is counted."""

    sources: Sources
    uses: dict[str, UseTally] = field(default_factory=dict)
    channels: dict[Deliverable, ChannelTally] = field(default_factory=dict)
    in_work: int = 0
    """Generated files in work zones."""

    def take(self, looked: Looked, *, live: bool) -> None:
        """Count one file."""
        item = looked.item
        for disclosure in looked.told:
            tally = self.uses.setdefault(disclosure.id, UseTally())
            tally.every.take(looked)
            if live:
                tally.live.take(looked)
                tally.hindered = tally.hindered or bool(item.hindrances)
            for word in item.approvals:
                if len(tally.words) < _WORDS:
                    tally.words.setdefault(word.id, word)
        if live:
            self._take_places(looked)

    def _take_places(self, looked: Looked) -> None:
        item = looked.item
        there = {(s.channel, s.title) for s in item.spots if s.state == "present" and s.role == "final"}
        left = {(d.channel, d.title) for d in item.deliveries if not d.superseded and d.channel is not None}
        for deliverable in self.sources.deliverables():
            at = (deliverable.channel, deliverable.title)
            if at in there | left:
                tally = self.channels.setdefault(deliverable, ChannelTally())
                replaced = at in there and _is_peoples_work(looked, deliverable)
                tally.present += at in there and not replaced
                tally.delivered += at in left
                tally.superseded += replaced
        self.in_work += any(s.role == "work" and s.state == "present" for s in item.spots)


def _is_peoples_work(looked: Looked, deliverable: Deliverable) -> bool:
    """Whether it is flagged for what it took the place of alone, and nothing speaks against that."""
    words = looked.words.get(deliverable)
    hindered = any((h.channel, h.title) == (deliverable.channel, deliverable.title) for h in looked.item.hindrances)
    return words is not None and bool(words.supersessions) and not words.approvals and not hindered
