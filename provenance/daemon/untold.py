"""Telling of what was found and not told: flagged files that no disclosure names, wherever they lie."""

from collections import Counter
from collections.abc import Callable, Iterable

from provenance.asset import Digest, Place
from provenance.catalogue import Catalogue
from provenance.config import Config
from provenance.daemon.logs import Log
from provenance.daemon.notices import Kind, Notice
from provenance.voices import Voices

NAMED = 20
"""So many new ones are told one by one; of more, each zone's number is told."""

_Found = tuple[Place, Digest]


class Untelling:
    """Tells of each flagged file once that nobody told of, or that was told otherwise, while that is so."""

    def __init__(
        self,
        config: Config,
        catalogue: Catalogue,
        tell: Callable[[Notice], None],
        log: Log,
        voices: Callable[[], Voices],
    ) -> None:
        self._config = config
        self._catalogue = catalogue
        self._tell = tell
        self._log = log
        self._voices = voices
        self._known: dict[Kind, set[_Found]] = {Kind.UNTOLD: set(), Kind.OTHERWISE: set()}
        self._seen: object = None

    def review(self, version: object) -> None:
        """Tell what is news. `version` is another one whenever anything was recorded or said: else nothing is read."""
        if version == self._seen:
            return
        project, titles = self._config.project, self._config.titles
        heard = self._voices().heard
        untold = ((u.place, u.digest) for u in self._catalogue.tellings.untold(project, titles, heard))
        self._news(Kind.UNTOLD, untold)
        otherwise = ((o.place, o.digest) for o in self._catalogue.tellings.otherwise(project, titles, heard))
        self._news(Kind.OTHERWISE, otherwise)
        self._seen = version

    def _news(self, kind: Kind, found: Iterable[_Found]) -> None:
        now = dict.fromkeys(found)
        new = [each for each in now if each not in self._known[kind]]
        self._known[kind] = set(now)
        if not new:
            return
        self._log.warning(_SAID[kind], files=len(new))
        if len(new) <= NAMED:
            for place, digest in new:
                self._tell(Notice.about(kind, place, digest))
            return
        for zone, count in Counter(place.zone for place, _ in new).items():
            self._tell(Notice(kind, zone, says=f"{count:,} {_MANY[kind]}", count=count))


_SAID = {
    Kind.UNTOLD: "flagged, and nobody told of it",
    Kind.OTHERWISE: "says something else than what was told",
}
_MANY = {
    Kind.UNTOLD: "flagged files of which nobody told: provenance status names them",
    Kind.OTHERWISE: "files say something else than what was told of them: provenance status names them",
}
