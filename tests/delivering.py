"""What people do in a final zone during a day, and where everything of it has to be in the end."""

import hashlib
import os
import random
from dataclasses import dataclass, field
from pathlib import Path

from tests import writers
from tests.arriving import NOTE, shots
from tests.production import LEGAL, Production
from tests.watching import on_disk, quarantine

WHO = ("--by", "The editor", "--reason", "so it is")
KEEP = b"keep.txt"


@dataclass(slots=True)
class Delivery:
    """A final zone as it has to come out. Whoever speaks of a file that is not there yet is told so, and goes home."""

    production: Production
    rng: random.Random
    delivered: dict[bytes, str] = field(default_factory=dict)
    """What lies there, by path: passed, approved, or only held."""
    flagged: dict[bytes, str] = field(default_factory=dict)
    """What is in quarantine."""
    beside: dict[bytes, str] = field(default_factory=dict)
    """Sidecars that went along."""
    approvals: dict[bytes, str] = field(default_factory=dict)
    unspoken: set[bytes] = field(default_factory=set)
    """Files of which nobody speaks: others have the same bytes, or one word would not be enough."""

    def expect(self, seed: int, flagged: int, clean: int) -> None:
        """Take note of shots that are being written."""
        self.flagged |= shots(seed, range(flagged), flagged=True)
        self.delivered |= shots(seed, range(flagged, flagged + clean), flagged=False)

    def replace(self, name: bytes, data: bytes) -> None:
        """Take note of flagged bytes that were put in the place of what was delivered."""
        del self.delivered[name]
        self.flagged[name] = hashlib.sha256(data).hexdigest()

    @property
    def plain(self) -> list[bytes]:
        """What was delivered and passes by itself."""
        return sorted(self.delivered.keys() - self.approvals.keys() - self.unspoken - {KEEP})

    def approve(self) -> None:
        """Have something flagged approved: the daemon puts it back, or leaves it where it is."""
        if names := sorted(self.flagged.keys() - self.unspoken):
            name = self.rng.choice(names)
            word = self._said("approve", self._at(name), "--channel", "deliver", *LEGAL)
            if word is not None:
                self.approvals[name] = word
                self.delivered[name] = self.flagged.pop(name)

    def revoke(self) -> None:
        """Have an approval taken back: what it let through is taken away again."""
        if names := sorted(self.approvals):
            name = self.rng.choice(names)
            if self._said("revoke", self.approvals[name], *WHO) is not None:
                del self.approvals[name]
                self.flagged[name] = self.delivered.pop(name)

    def declare(self) -> None:
        """Have somebody say that something clean is generated: it is taken away."""
        if names := self.plain:
            name = self.rng.choice(names)
            if self._said("declare", self._at(name), "--origin", "ai-generated", *WHO) is not None:
                self.flagged[name] = self.delivered.pop(name)

    def link(self, aside: Path, seed: int) -> None:
        """Give a flagged file that lies elsewhere several names in the zone."""
        data = writers.png(seed * 100_000, flagged=True)
        source, folder = _written(aside / "source.png", data), self.production.deliver / f"linked{seed}"
        folder.mkdir()
        for number in range(self.rng.randrange(2, 6)):
            (folder / f"{number}.png").hardlink_to(source)
            name = os.fsencode(f"linked{seed}/{number}.png")
            self.flagged[name] = hashlib.sha256(data).hexdigest()
            self.unspoken.add(name)

    def accompany(self, aside: Path, seed: int) -> None:
        """Move in a folder with sidecars that nobody can read: one by a flagged file, one by a clean one."""
        for number, flagged in enumerate((True, False)):
            for name, data in (
                (f"{number}.png", writers.png(seed * 100_000 + number, flagged=flagged)),
                (f"{number}.png.c2pa", writers.noise(seed, number, 200)),
            ):
                _written(aside / name, data)
                path = os.fsencode(f"beside{seed}/{name}")
                where = self.delivered if not flagged else self.beside if name.endswith("c2pa") else self.flagged
                where[path] = hashlib.sha256(data).hexdigest()
                self.unspoken.add(path)
        aside.rename(self.production.deliver / f"beside{seed}")

    def is_so(self) -> bool:
        """Whether everything is where it belongs, as far as names say."""
        return set(quarantine(self.production)) == self.flagged.keys() | self.beside.keys() and not set(
            self.delivered
        ).difference(path for zone, path in on_disk(self.production) if zone == "deliver")

    def check(self) -> None:
        """Fail unless everything is where it belongs with its own bytes, and a note for each that was taken away."""
        assert quarantine(self.production) == self.flagged | self.beside
        there = {path: digest for (zone, path), digest in on_disk(self.production).items() if zone == "deliver"}
        notes = {path for path in there if path.endswith(NOTE.encode())}
        assert {path: digest for path, digest in there.items() if path not in notes} == self.delivered
        assert len(notes) == len(self.flagged)

    def _at(self, name: bytes) -> Path:
        return self.production.deliver / os.fsdecode(name)

    def _said(self, *words: str | Path) -> str | None:
        """Have somebody speak; return the id of the word, None if there is nothing there to speak of now."""
        result = self.production.run(*words, "--format", "json")
        if result.code in _NOT_NOW:
            return None
        assert result.code == 0, result.out + result.err
        return str(result.document["record"]["id"])


_NOT_NOW = {10, 12}
"""Exit codes for what is not there (yet, or just on its way), and what changes while it is looked at."""


def _written(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
