"""Everything there is to say about frames that somebody named at once: what each is, and which are not there."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from provenance.account import Account, Ask, account_of
from provenance.asset import Digest
from provenance.catalogue import Catalogue
from provenance.config import Config
from provenance.errors import FileMissing
from provenance.files import display
from provenance.sequence import Spans, pattern_in
from provenance.targets import frames_target
from provenance.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Surveyed:
    """One frame; what else is known of it `account_of` says."""

    path: bytes
    number: int
    digest: Digest
    verdict: Verdict
    there: bool
    known: bool


@dataclass(frozen=True, slots=True)
class Survey:
    """Frames by number, and which of those that were meant are not there."""

    path: bytes
    frames: tuple[Surveyed, ...]
    missing: Spans

    @property
    def there(self) -> Spans:
        """Every frame that there is something to say of."""
        return Spans.of(frame.number for frame in self.frames)


def survey(
    config: Config, catalogue: Catalogue, path: Path, ask: Ask, heard: Callable[[Account], Verdict]
) -> Survey | None:
    """Return what is known of the frames a name stands for; None for a name like any other. Changes nothing.

    `heard` returns the verdict of an account as it counts. Frames in quarantine are among them. Raises `FileMissing`
    where there is none, and as `account_of` does for the first that cannot be looked at.
    """
    target = frames_target(config, path)
    pattern = pattern_in(os.fsencode(path.name))
    if target is None or pattern is None:
        return None
    named = [target.shown(os.path.join(target.below, name)) for name in target.names]
    if catalogue.in_quarantine():
        from provenance.quarantine import held_at

        named += (h.named for h in held_at(config, catalogue, path))
    if not named:
        raise FileMissing(f"there is no frame of {display(os.fsencode(path))}")
    frames = []
    for name in dict.fromkeys(named):
        number = pattern.number(os.path.basename(name))  # noqa: PTH119 (a path in bytes)
        assert number is not None, name
        account = account_of(config, catalogue, Path(os.fsdecode(name)), ask)
        digest, verdict = account.evidence.asset.digest, heard(account)
        frames.append(Surveyed(name, number, digest, verdict, account.there, account.known))
    frames.sort(key=lambda frame: frame.number)
    return Survey(os.fsencode(path), tuple(frames), pattern.missing(f.number for f in frames))
