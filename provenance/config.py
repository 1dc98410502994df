"""What a production is set up as: frozen values, and the questions that can be asked of them.

`provenance.configfile` makes them from `provenance.toml`: paths are absolute, defaults resolved. docs/configuration.md
explains each key.
"""

import datetime as dt
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from provenance.asset import Channel, Digest, Place, ProjectId, RelPath, Title, ZoneName
from provenance.errors import ChannelUnknown, ZoneTrouble
from provenance.identity.mode import ApprovalsMode as ApprovalsMode  # noqa: PLC0414 (part of a configuration's words)
from provenance.packs import policy_path
from provenance.strict import nearest

if TYPE_CHECKING:
    from provenance.identity.people import Person  # most productions list nobody, and are to be read fast
    from provenance.records import Deliverable


class Role(Enum):
    """What a zone is for."""

    WORK = "work"
    """Generated material may be here."""
    FINAL = "final"
    """Nothing flagged without an approval."""


class OnTrouble(Enum):
    """What the daemon does with a file the gate does not let pass."""

    QUARANTINE = "quarantine"
    REPORT = "report"


class OnApproval(Enum):
    """What the daemon does with quarantined material that an approval now covers."""

    REPORT = "report"
    """It says so; a person runs `provenance release`."""
    RELEASE = "release"
    """It puts the material back by itself."""


class WatchMode(Enum):
    """How changes are noticed."""

    AUTO = "auto"
    EVENTS = "events"
    POLL = "poll"


class AnchorPurpose(Enum):
    """What a certificate is trusted for."""

    SIGNER = "signer"
    TIMESTAMP = "timestamp"


@dataclass(frozen=True, slots=True)
class Zone:
    """A folder with a role. `root` is absolute and resolved; a final zone has exactly one channel. Times in seconds."""

    name: ZoneName
    root: Path
    role: Role
    channel: Channel
    title: Title
    quarantine: Path
    on_refuse: OnTrouble
    on_hold: OnTrouble
    on_approval: OnApproval
    held_notes: bool
    """Whether a `NAME.HELD.txt` is left where a file was taken away."""
    hold_after: float
    """How long something here may stay unfinished before that is an alarm, or quarantine where `on_hold` says so."""
    stuck_after: float
    settle: float | None
    """None: as the file system's kind suggests."""
    sweep: float
    mode: WatchMode
    max_read_rate: int | None
    """Bytes per second; None: as fast as it goes."""
    signed: bool = False
    """Whether words count here only if they are signed, so that a note names commands that sign."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where something listens: an IP address and a TCP port."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Watch:
    """How a production is watched, where a zone does not say otherwise. Times in seconds."""

    settle: float | None
    sweep: float
    mode: WatchMode
    metrics: Endpoint | None


@dataclass(frozen=True, slots=True)
class Notify:
    """Whom the daemon tells. At least one of `command` and `apprise` is not empty."""

    command: tuple[str, ...]
    """A program and its arguments; nothing is left for a shell to interpret."""
    bundle: float
    """Seconds to wait for more to tell in the same breath."""
    apprise: tuple[str, ...] = field(repr=False)
    """Addresses as apprise writes them. They hold passwords, so they are never shown."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A file of certificates that is trusted for one purpose."""

    path: Path
    purpose: AnchorPurpose
    may_clear: bool


@dataclass(frozen=True, slots=True)
class Signing:
    """Where the signing identity lies: a PEM chain, leaf first, and its private key."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration that was found whole. `sha256` is over the file's bytes, for every report."""

    path: Path
    sha256: Digest
    project: ProjectId
    title: str
    timezone: dt.tzinfo
    catalogue: Path
    policy: str
    approvals: ApprovalsMode
    zones: tuple[Zone, ...]
    anchors: tuple[Anchor, ...]
    signing: Signing | None
    watch: Watch
    notify: Notify | None
    retention_days: int | None = None
    """For how long `provenance evidence prune` leaves what is kept, where nobody says otherwise."""
    people: "tuple[Person, ...]" = ()
    key_files: tuple[Path, ...] = ()
    """Where the public keys of people lie that are not written in the configuration itself."""
    trust_days: int = 90
    """How old a trust list that was taken in may be before that is a warning."""

    @property
    def folder(self) -> Path:
        """The folder relative paths start from."""
        return self.path.parent

    def rules(self) -> Iterator[tuple[Path, str]]:
        """Yield every file that decides what passes, with its name: none of them may lie inside the material."""
        yield self.path, "the configuration"
        yield self.catalogue, "the catalogue"
        if self.policy_path is not None:
            yield self.policy_path, "the policy"
        for anchor in self.anchors:
            yield anchor.path, "a trust anchor"
        if self.signing is not None:
            yield self.signing.key, "the signing key"
            yield self.signing.certificate, "the signing certificate"
        for path in self.key_files:
            yield path, "a person's public key"
        if self.notify is not None and self.notify.command[:1] and "/" in self.notify.command[0]:
            yield Path(self.notify.command[0]), "the program that is told"

    @property
    def policy_path(self) -> Path | None:
        """The policy's own file; None for a shipped pack."""
        return policy_path(self.policy, self.folder)

    def place_of(self, path: Path) -> tuple[Zone, Place] | None:
        """Return the innermost zone an absolute path lies in and its place there; None outside all zones."""
        inside = [z for z in self.zones if path == z.root or z.root in path.parents]
        if not inside:
            return None
        zone = max(inside, key=lambda z: len(z.root.parts))
        below = os.path.relpath(os.fsencode(path), os.fsencode(zone.root))
        return zone, Place(zone.name, RelPath(b"" if below == b"." else below))

    @property
    def titles(self) -> dict[ZoneName, Title | None]:
        """The title of what lies in each zone; None for a work zone, whose material belongs to no title yet."""
        return {z.name: z.title if z.role is Role.FINAL else None for z in self.zones}

    def zone(self, name: str) -> Zone:
        """Return a zone by its name; raises `ZoneTrouble` with the nearest known name."""
        for zone in self.zones:
            if zone.name == name:
                return zone
        raise ZoneTrouble(f"there is no zone {name!r}{nearest(name, [z.name for z in self.zones])}")

    def deliverable(self, channel: str, title: str | None = None) -> "Deliverable":
        """Return what is delivered on a channel; raises `ChannelUnknown` if no final zone delivers there.

        Where the channel's zones carry different titles, `title` must choose one of them.
        """
        from provenance.records import Deliverable

        finals = [z for z in self.zones if z.role is Role.FINAL]
        titles = {z.title for z in finals if z.channel == channel}
        if not titles:
            known = sorted({str(z.channel) for z in finals})
            raise ChannelUnknown(f"no final zone delivers to channel {channel!r}{nearest(channel, known)}")
        if title is None:
            if len(titles) > 1:
                names = ", ".join(sorted(titles))
                raise ChannelUnknown(f"channel {channel!r} has several titles: {names}", help="Add --title.")
            return Deliverable(self.project, next(iter(titles)), Channel(channel))
        if title not in titles:
            raise ChannelUnknown(f"channel {channel!r} has no title {title!r}{nearest(title, sorted(titles))}")
        return Deliverable(self.project, Title(title), Channel(channel))

    def title_named(self, wanted: str | None = None) -> Title:
        """Return a title that is delivered: the one wanted, or the only one; raises `ChannelUnknown`."""
        titles = sorted({z.title for z in self.zones if z.role is Role.FINAL})
        if wanted is None and len(titles) == 1:
            return titles[0]
        if wanted is None:
            raise ChannelUnknown(f"there are several titles: {', '.join(titles)}", help="Add --title.")
        if wanted not in titles:
            raise ChannelUnknown(f"no final zone delivers title {wanted!r}{nearest(wanted, [*titles])}")
        return Title(wanted)


def refuse_inside(path: Path, material: Path, what: str) -> None:
    """Raise `ZoneTrouble` if `path` is `material` or lies inside it: material must not bring its own rules."""
    if path == material or material in path.parents:
        raise ZoneTrouble(
            f"{what} ({path}) lies inside the material ({material})",
            help="Move it out of the zones and judged folders: what is judged must not choose its judge.",
        )
