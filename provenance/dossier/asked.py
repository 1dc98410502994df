"""What a report is to be about, and for whom."""

from dataclasses import dataclass
from enum import Enum

from provenance.asset import UtcTime, ZoneName
from provenance.config import Config, Role, Zone
from provenance.errors import ChannelUnknown
from provenance.records import Deliverable
from provenance.strict import nearest


class Audience(Enum):
    """Who is meant to read it."""

    INSIDE = "inside"
    """The production itself: paths, and what people wrote."""
    OUTSIDE = "outside"
    """Anybody it is handed to: no prompts, no performers, no paths, nothing that people wrote in their own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a report is to be about."""

    audience: Audience
    limits: dict[str, str]
    """What it is limited to, in the words of the options; empty for the whole production."""
    zones: tuple[Zone, ...]
    """The zones that fit."""
    deliverables: tuple[Deliverable, ...]
    """What these zones deliver, each once."""
    since: UtcTime | None = None
    """Only what happened from then on. Classes and open questions are about all of it nevertheless."""

    @property
    def whole(self) -> bool:
        """Whether it is about the whole production, zones it has no more included."""
        return not self.limits

    def zone_names(self) -> frozenset[ZoneName]:
        """Return the names of the zones that fit."""
        return frozenset(z.name for z in self.zones)

    def speaks_of(self, title: str) -> bool:
        """Whether what was told for a title (empty: for every one) concerns what is delivered here."""
        return self.whole or any(title in {"", d.title} for d in self.deliverables)


@dataclass(frozen=True, slots=True)
class Limits:
    """What somebody wants a report to be limited to; None for no limit."""

    zone: str | None = None
    channel: str | None = None
    title: str | None = None
    since: UtcTime | None = None


def asked_of(config: Config, audience: Audience, limits: Limits) -> Asked:
    """Return what is asked, held against the zones there are.

    Raises `ZoneTrouble` or `ChannelUnknown` for a name that is none, and where no zone fits all of them: a report about
    nothing would read as if nothing had been generated.
    """
    named = {n: v for n in ("zone", "channel", "title") if (v := getattr(limits, n)) is not None}
    zones = config.zones
    if limits.zone is not None:
        zones = (config.zone(limits.zone),)
    finals = [z for z in config.zones if z.role is Role.FINAL]
    for what, wanted in ((n, v) for n, v in named.items() if n != "zone"):
        known = sorted({str(getattr(z, what)) for z in finals})
        if wanted not in known:
            raise ChannelUnknown(f"no final zone has the {what} {wanted!r}{nearest(wanted, known)}")
        zones = tuple(z for z in zones if z.role is Role.FINAL and getattr(z, what) == wanted)
    if not zones:
        raise ChannelUnknown("no zone fits " + " and ".join(f"--{n} {v}" for n, v in named.items()))
    deliverables = dict.fromkeys(Deliverable(config.project, z.title, z.channel) for z in zones if z.role is Role.FINAL)
    return Asked(audience=audience, limits=named, zones=zones, deliverables=tuple(deliverables), since=limits.since)
