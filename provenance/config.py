"""`provenance.toml`: found, parsed, checked against itself, and frozen.

Parsing happens here and nowhere else; what comes out has absolute paths, resolved defaults and no surprises.
docs/configuration.md explains each key.
"""

import hashlib
import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from provenance.asset import Channel, Digest, Place, ProjectId, RelPath, Title, ZoneName
from provenance.errors import ChannelUnknown, ConfigInvalid, ZoneTrouble
from provenance.packs import policy_path
from provenance.records import Deliverable

CONFIG_NAME = "provenance.toml"
CONFIG_VARIABLE = "PROVENANCE_CONFIG"


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


class WatchMode(Enum):
    """How changes are noticed."""

    AUTO = "auto"
    EVENTS = "events"
    POLL = "poll"


class AnchorPurpose(Enum):
    """What a certificate is trusted for."""

    SIGNER = "signer"
    TIMESTAMP = "timestamp"


class ApprovalsMode(Enum):
    """Whether approvals carry a signature."""

    UNSIGNED = "unsigned"


_Seconds = Annotated[float, msgspec.Meta(gt=0, le=31_536_000)]
"""More than nothing and at most a year; TOML's `nan` and `inf` are neither."""


class _Project(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    title: str
    timezone: str = "UTC"
    catalogue: str = ".provenance/catalogue.db"
    policy: str = "baseline"
    approvals: ApprovalsMode = ApprovalsMode.UNSIGNED


class _Zone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    path: str
    role: Role
    channel: str | None = None
    title: str = ""
    quarantine: str | None = None
    on_refuse: OnTrouble = OnTrouble.QUARANTINE
    on_hold: OnTrouble = OnTrouble.REPORT
    settle: _Seconds | None = None
    sweep: _Seconds | None = None
    mode: WatchMode | None = None
    max_read_rate: Annotated[int, msgspec.Meta(gt=0)] | None = None


class _Watch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    settle: _Seconds | None = None
    sweep: _Seconds = 300.0
    mode: WatchMode = WatchMode.AUTO


class _Anchor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    path: str
    purpose: AnchorPurpose
    may_clear: bool = False


class _Trust(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    anchor: tuple[_Anchor, ...] = ()


class _Signing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    certificate: str
    key: str


class _Notify(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    command: str


class _Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    project: _Project
    zone: tuple[_Zone, ...]
    watch: _Watch = _Watch()
    trust: _Trust = _Trust()
    signing: _Signing | None = None
    notify: _Notify | None = None


@dataclass(frozen=True, slots=True)
class Zone:
    """A folder with a role. `root` is absolute and resolved; a final zone has exactly one channel."""

    name: ZoneName
    root: Path
    role: Role
    channel: Channel
    title: Title
    quarantine: Path
    on_refuse: OnTrouble = OnTrouble.QUARANTINE
    on_hold: OnTrouble = OnTrouble.REPORT


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
    timezone: ZoneInfo
    catalogue: Path
    policy: str
    approvals: ApprovalsMode
    zones: tuple[Zone, ...]
    anchors: tuple[Anchor, ...]
    signing: Signing | None

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

    def zone(self, name: str) -> Zone:
        """Return a zone by its name; raises `ZoneTrouble` with the nearest known name."""
        for zone in self.zones:
            if zone.name == name:
                return zone
        raise ZoneTrouble(f"there is no zone {name!r}{_nearest(name, [z.name for z in self.zones])}")

    def deliverable(self, channel: str, title: str | None = None) -> Deliverable:
        """Return what is delivered on a channel; raises `ChannelUnknown` if no final zone delivers there.

        Where the channel's zones carry different titles, `title` must choose one of them.
        """
        finals = [z for z in self.zones if z.role is Role.FINAL]
        titles = {z.title for z in finals if z.channel == channel}
        if not titles:
            known = sorted({str(z.channel) for z in finals})
            raise ChannelUnknown(f"no final zone delivers to channel {channel!r}{_nearest(channel, known)}")
        if title is None:
            if len(titles) > 1:
                names = ", ".join(sorted(titles))
                raise ChannelUnknown(f"channel {channel!r} has several titles: {names}", help="Add --title.")
            return Deliverable(self.project, next(iter(titles)), Channel(channel))
        if title not in titles:
            raise ChannelUnknown(f"channel {channel!r} has no title {title!r}{_nearest(title, sorted(titles))}")
        return Deliverable(self.project, Title(title), Channel(channel))


def find_config(named: str | None, environ: dict[str, str], working_folder: Path) -> Path:
    """Return the configuration's path: `named`, then PROVENANCE_CONFIG, then upwards from the working folder.

    Never from the material: what is judged must not choose its judge. Raises `ConfigInvalid` if there is none.
    """
    if named or environ.get(CONFIG_VARIABLE):
        path = Path(named or environ[CONFIG_VARIABLE])
        if not path.is_file():
            raise ConfigInvalid(f"no configuration at {path}")
        return path.resolve()
    for folder in (working_folder, *working_folder.parents):
        if (folder / CONFIG_NAME).is_file():
            return (folder / CONFIG_NAME).resolve()
    raise ConfigInvalid(
        f"no {CONFIG_NAME} in {working_folder} or above it",
        help="Make one with `provenance init ROOT --title T`, or name one with --config.",
    )


def load_config(path: Path) -> Config:
    """Return the configuration at `path`; raises `ConfigInvalid` or `ZoneTrouble` with what to mend.

    One that lies in a zone of another configuration further up came with the material, and is refused.
    """
    config = _load(path)
    for folder in path.parent.parents:
        if (folder / CONFIG_NAME).is_file():
            for zone in _load(folder / CONFIG_NAME).zones:
                refuse_inside(path, zone.root, "the configuration")
    return config


def _load(path: Path) -> Config:
    try:
        raw = path.read_bytes()
        tree = tomllib.loads(raw.decode())
    except OSError as error:
        raise ConfigInvalid(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigInvalid(f"{path} does not parse: {error}") from error
    _refuse_unknown_keys(tree, _Document, path, "")
    try:
        document = msgspec.convert(tree, type=_Document)
    except msgspec.ValidationError as error:
        raise ConfigInvalid(f"{path}: {error}") from error
    return _resolve(document, path, Digest(hashlib.sha256(raw).hexdigest()))


def _resolve(document: _Document, path: Path, sha256: Digest) -> Config:
    """Turn the document into absolute paths and defaults, and check it against itself."""
    folder, project = path.parent, document.project
    try:
        timezone = ZoneInfo(project.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigInvalid(f"{path}: [project] timezone {project.timezone!r} is not known here") from error
    named = [(f"zone {z.name!r}", v) for z in document.zone for v in (z.name, z.channel or z.name, z.title or z.name)]
    for what, value in (("[project] id", project.id), ("[project] title", project.title), *named):
        if not value.strip():
            raise ConfigInvalid(f"{path}: {what} is empty")
        if not value.isprintable():
            raise ConfigInvalid(f"{path}: {what} holds a control character: {value!a}")
    signing = document.signing
    config = Config(
        path=path,
        sha256=sha256,
        project=ProjectId(project.id),
        title=project.title,
        timezone=timezone,
        catalogue=_absolute(folder, project.catalogue),
        policy=project.policy,
        approvals=project.approvals,
        zones=tuple(_zone(z, folder) for z in document.zone),
        anchors=tuple(Anchor(_absolute(folder, a.path), a.purpose, a.may_clear) for a in document.trust.anchor),
        signing=(
            None if signing is None else Signing(_absolute(folder, signing.certificate), _absolute(folder, signing.key))
        ),
    )
    _check_zones(config)
    return config


def _zone(zone: _Zone, folder: Path) -> Zone:
    quarantine = zone.quarantine or f".provenance/quarantine/{zone.name}"
    return Zone(
        name=ZoneName(zone.name),
        root=_absolute(folder, zone.path),
        role=zone.role,
        channel=Channel(zone.channel or zone.name),
        title=Title(zone.title),
        quarantine=_absolute(folder, quarantine),
        on_refuse=zone.on_refuse,
        on_hold=zone.on_hold,
    )


def _absolute(folder: Path, path: str) -> Path:
    try:
        return (folder / path).resolve()
    except (ValueError, OSError, RuntimeError) as error:  # a NUL byte, a name too long, links in a circle
        raise ConfigInvalid(f"{path!r} is no usable path: {error}") from error


def _check_zones(config: Config) -> None:
    """Refuse zones that contradict one another, or that hold what must stay outside them."""
    if not config.zones:
        raise ZoneTrouble(f"{config.path}: no [[zone]] at all, so nothing would ever be looked at")
    for at, zone in enumerate(config.zones):
        if not zone.name.strip():
            raise ZoneTrouble(f"{config.path}: a zone has no name")
        for other in config.zones[:at]:
            if other.name == zone.name:
                raise ZoneTrouble(f"{config.path}: two zones are called {zone.name!r}")
            if other.root == zone.root:
                raise ZoneTrouble(f"{config.path}: zones {other.name!r} and {zone.name!r} are the same folder")
        for other in config.zones:
            if other.role is Role.FINAL and zone.role is Role.WORK and other.root in zone.root.parents:
                raise ZoneTrouble(f"{config.path}: work zone {zone.name!r} lies inside final zone {other.name!r}")
        for kept in config.zones:
            refuse_inside(kept.quarantine, zone.root, f"the quarantine of zone {kept.name!r}")
        for path, what in config.rules():
            refuse_inside(path, zone.root, what)


def refuse_inside(path: Path, material: Path, what: str) -> None:
    """Raise `ZoneTrouble` if `path` is `material` or lies inside it: material must not bring its own rules."""
    if path == material or material in path.parents:
        raise ZoneTrouble(
            f"{what} ({path}) lies inside the material ({material})",
            help="Move it out of the zones and judged folders: what is judged must not choose its judge.",
        )


def _refuse_unknown_keys(tree: object, model: Any, path: Path, where: str) -> None:
    """Raise `ConfigInvalid` for a key the document has no place for, naming the nearest it has.

    msgspec refuses them too, but cannot say what was meant.
    """
    if isinstance(tree, list):
        for item in tree:
            _refuse_unknown_keys(item, model, path, where)
    if not isinstance(tree, dict):
        return
    fields = {f.encode_name: f.type for f in msgspec.structs.fields(model)}
    for key, value in tree.items():
        if key not in fields:
            raise ConfigInvalid(f"{path}: unknown key {where}{key}{_nearest(key, list(fields))}")
        inner = _struct_in(fields[key])
        if inner is not None:
            _refuse_unknown_keys(value, inner, path, f"{where}{key}.")


def _struct_in(annotation: Any) -> Any:
    """Return the document struct an annotation speaks of: itself, its items, or the other half of an optional."""
    for candidate in (annotation, *getattr(annotation, "__args__", ())):
        if isinstance(candidate, type) and issubclass(candidate, msgspec.Struct):
            return candidate
    return None


def _nearest(name: str, known: list[str]) -> str:
    """Return a hint at the nearest known name, or at all of them when there are few."""
    import difflib  # only an error needs it

    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known are {', '.join(repr(k) for k in known)}" if 0 < len(known) <= 12 else ""
