"""Short ways to have files taken out of a final zone, as the daemon does once the gate refused them."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from provenance.asset import Digest, RelPath
from provenance.catalogue import Catalogue, Quarantined
from provenance.cli.session import Session
from provenance.config import Config, Zone
from provenance.configfile import load_config
from provenance.files import stat_key
from provenance.policy import Outcome, Reason, Rule
from provenance.quarantine import NotTaken, Refused, Taken, take_away
from tests.production import Production

RUN = "run-0123456789abcdef0123"
WHY = Reason(
    Rule.TEMPORARY_NOT_FINAL, Outcome.REFUSE, "ai-generated (generation settings) and no approval for these bytes"
)
NOTE = "reel/hero.png.HELD.txt"


@dataclass(frozen=True, slots=True)
class Guarded:
    """A production whose final zone is guarded."""

    production: Production
    config: Config
    catalogue: Catalogue
    session: Session

    @property
    def zone(self) -> Zone:
        """The final zone."""
        return self.config.zone("deliver")

    @property
    def kept(self) -> Path:
        """Its quarantine."""
        return self.zone.quarantine

    def refused(self, name: str | bytes, **other: object) -> Refused:
        """Return a file of the final zone as the gate would have refused it now."""
        path = os.fsencode(name)
        absolute = os.path.join(os.fsencode(self.zone.root), path)
        digest = Digest(hashlib.sha256(Path(os.fsdecode(absolute)).read_bytes()).hexdigest())
        item = Refused(RelPath(path), digest, stat_key(os.lstat(absolute)), (WHY,))
        return replace(item, **other)  # type: ignore[arg-type]

    def take(self, *items: str | bytes | Refused) -> tuple[Taken | NotTaken, ...]:
        """Take files away, and return what came of each."""
        wanted = [i if isinstance(i, Refused) else self.refused(i) for i in items]
        return take_away(self.catalogue, self.zone, wanted, RUN, self.session.stamp)

    def rows(self) -> tuple[Quarantined, ...]:
        """Return what is in quarantine."""
        return self.catalogue.quarantined()


@contextmanager
def guarded(production: Production) -> Iterator[Guarded]:
    """Open what a daemon has open."""
    config = load_config(production.config)
    session = Session(config)
    with session.catalogue() as catalogue:
        yield Guarded(production, config, catalogue, session)


def files_in(folder: Path) -> dict[str, bytes]:
    """Return every file under a folder with its bytes, by its path."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def deliver(guard: Guarded) -> dict[str, bytes]:
    """Return what lies in the final zone."""
    return files_in(guard.zone.root)


def kept(guard: Guarded) -> dict[str, bytes]:
    """Return what lies in its quarantine."""
    return files_in(guard.kept)
