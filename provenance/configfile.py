"""`provenance.toml`: found, parsed, checked against itself, and turned into `provenance.config.Config`.

Parsing happens here and nowhere else.
"""

import datetime as dt
import hashlib
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec

from provenance.asset import Channel, Digest, ProjectId, Title, ZoneName
from provenance.config import (
    Anchor,
    AnchorPurpose,
    ApprovalsMode,
    Config,
    Endpoint,
    Notify,
    OnApproval,
    OnTrouble,
    Role,
    Signing,
    Watch,
    WatchMode,
    Zone,
    refuse_inside,
)
from provenance.errors import ConfigInvalid, ZoneTrouble
from provenance.strict import keys_of, unknown_key
from watcher.mounts import resolved

CONFIG_NAME = "provenance.toml"
CONFIG_VARIABLE = "PROVENANCE_CONFIG"

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
    on_approval: OnApproval = OnApproval.REPORT
    held_notes: bool = True
    hold_after: _Seconds = 900.0
    stuck_after: _Seconds = 86_400.0
    settle: _Seconds | None = None
    sweep: _Seconds | None = None
    mode: WatchMode | None = None
    max_read_rate: Annotated[int, msgspec.Meta(gt=0)] | None = None


class _Watch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    settle: _Seconds | None = None
    sweep: _Seconds = 300.0
    mode: WatchMode = WatchMode.AUTO
    metrics: str | None = None
    metrics_public: bool = False


class _Anchor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    path: str
    purpose: AnchorPurpose
    may_clear: bool = False


class _Trust(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    anchor: tuple[_Anchor, ...] = ()
    max_age_days: Annotated[int, msgspec.Meta(gt=0, le=3650)] = 90


class _Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: str
    roles: tuple[str, ...]
    keys: tuple[str, ...] = ()
    until: dt.date | None = None


class _Signing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    certificate: str
    key: str


class _Notify(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    command: str = ""
    bundle: _Seconds = 2.0
    apprise: tuple[str, ...] = ()


class _Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    retention_days: Annotated[int, msgspec.Meta(ge=0, le=36_525)] | None = None


class _Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    project: _Project
    zone: tuple[_Zone, ...]
    watch: _Watch = _Watch()
    trust: _Trust | None = None
    signing: _Signing | None = None
    notify: _Notify | None = None
    person: tuple[_Person, ...] = ()
    evidence: _Evidence = _Evidence()


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
    except OSError as error:
        raise ConfigInvalid(f"{path} cannot be read: {error.strerror}") from error
    return parse_config(raw, path)


def parse_config(raw: bytes, path: Path) -> Config:
    """Return the configuration in `raw` as it is, or would be, at `path`; raises as `load_config` does."""
    try:
        tree = tomllib.loads(raw.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigInvalid(f"{path} does not parse: {error}") from error
    if unknown := unknown_key(tree, _Document):
        raise ConfigInvalid(f"{path}: unknown key {unknown}")
    try:
        document = msgspec.convert(tree, type=_Document)
    except msgspec.ValidationError as error:
        raise ConfigInvalid(f"{path}: {error}") from error
    return _resolve(document, path, Digest(hashlib.sha256(raw).hexdigest()))


def _resolve(document: _Document, path: Path, sha256: Digest) -> Config:
    """Turn the document into absolute paths and defaults, and check it against itself."""
    folder, project = path.parent, document.project
    timezone = _timezone(project.timezone, path)
    named = [(f"zone {z.name!r}", v) for z in document.zone for v in (z.name, z.channel or z.name, z.title or z.name)]
    for what, value in (("[project] id", project.id), ("[project] title", project.title), *named):
        if not value.strip():
            raise ConfigInvalid(f"{path}: {what} is empty")
        if not value.isprintable():
            raise ConfigInvalid(f"{path}: {what} holds a control character: {value!a}")
    signing, trust = document.signing, document.trust or _Trust()
    if document.trust is not None and not trust.anchor:
        raise ConfigInvalid(
            f"{path}: [trust] names no anchor, so it trusts nobody",
            help="Name one under [[trust.anchor]], take in a list (`provenance trust import FILE`), or remove it.",
        )
    config = Config(
        path=path,
        sha256=sha256,
        project=ProjectId(project.id),
        title=project.title,
        timezone=timezone,
        catalogue=_absolute(folder, project.catalogue),
        policy=project.policy,
        approvals=project.approvals,
        zones=tuple(_zone(z, document, folder) for z in document.zone),
        anchors=tuple(Anchor(_absolute(folder, a.path), a.purpose, a.may_clear) for a in trust.anchor),
        signing=(
            None if signing is None else Signing(_absolute(folder, signing.certificate), _absolute(folder, signing.key))
        ),
        watch=_watch(document.watch, path),
        retention_days=document.evidence.retention_days,
        notify=None if document.notify is None else _notify(document.notify, path),
        **_people(document, path, timezone),
        trust_days=trust.max_age_days,
    )
    _check_zones(config)
    return config


def _zone(zone: _Zone, document: _Document, folder: Path) -> Zone:
    watch = document.watch
    if zone.quarantine is None and ("/" in zone.name or zone.name in {".", ".."}):
        says = f"zone {zone.name!r} cannot lend its name to a folder for its quarantine"
        raise ZoneTrouble(says, help="Set its `quarantine`, or name it otherwise.")
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
        on_approval=zone.on_approval,
        held_notes=zone.held_notes,
        hold_after=zone.hold_after,
        stuck_after=zone.stuck_after,
        settle=watch.settle if zone.settle is None else zone.settle,
        sweep=watch.sweep if zone.sweep is None else zone.sweep,
        mode=watch.mode if zone.mode is None else zone.mode,
        max_read_rate=zone.max_read_rate,
        signed=document.project.approvals is ApprovalsMode.SIGNED,
    )


def _watch(watch: _Watch, path: Path) -> Watch:
    metrics = None if watch.metrics is None else _endpoint(watch.metrics, public=watch.metrics_public, path=path)
    return Watch(settle=watch.settle, sweep=watch.sweep, mode=watch.mode, metrics=metrics)


def _endpoint(text: str, *, public: bool, path: Path) -> Endpoint:
    """Return where the metrics are served; raises `ConfigInvalid`, also for an address that others can reach."""
    import ipaddress  # few productions serve metrics

    host, _, port = text.rpartition(":")
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host.removeprefix("[").removesuffix("]"))
        number = int(port) if port.isascii() and port.isdigit() else 0
    except ValueError as error:
        raise ConfigInvalid(f"{path}: [watch] metrics {text!r} is no address and port, as 127.0.0.1:9464 is") from error
    if not 0 < number < 65_536:
        raise ConfigInvalid(f"{path}: [watch] metrics {text!r} has no port between 1 and 65535")
    if not address.is_loopback and not public:
        raise ConfigInvalid(
            f"{path}: [watch] metrics {text!r} can be read by other machines",
            help="Use 127.0.0.1, or say that this is meant with metrics_public = true.",
        )
    return Endpoint(str(address), number)


def _notify(notify: _Notify, path: Path) -> Notify:
    """Return whom to tell; the program is found from the configuration's folder if its name has a slash."""
    import shlex  # few productions tell anybody

    try:
        command = shlex.split(notify.command)
    except ValueError as error:
        raise ConfigInvalid(f"{path}: [notify] command cannot be split into words: {error}") from error
    if not all((command or notify.apprise, all(word.isprintable() for word in command), all(notify.apprise))):
        raise ConfigInvalid(f"{path}: [notify] tells nobody: its command, or one of its addresses, is empty or garbled")
    if command and "/" in command[0]:
        command[0] = str(_absolute(path.parent, command[0]))
    return Notify(command=tuple(command), bundle=notify.bundle, apprise=notify.apprise)


def _timezone(name: str, path: Path) -> dt.tzinfo:
    """Return a time zone by its name. `UTC` is what most servers have, and does without the database of the others."""
    if name == "UTC":
        return dt.UTC
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigInvalid(f"{path}: [project] timezone {name!r} is not known here") from error


def _people(document: _Document, path: Path, timezone: dt.tzinfo) -> dict[str, Any]:
    """Return who is listed and where their keys lie, as `Config` has it; raises `ConfigInvalid`."""
    if not document.person:
        return {}  # as in most productions: then nothing about keys has to be loaded
    from provenance.identity.listed import people_of

    rows = [(p.id, p.name, p.roles, p.keys, p.until) for p in document.person]
    people, files = people_of(rows, path, timezone)
    return {"people": people, "key_files": files}


def _absolute(folder: Path, path: str) -> Path:
    try:
        return resolved(folder / path)
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
            if _overlap(other.quarantine, zone.quarantine):
                both = f"zones {other.name!r} and {zone.name!r}"
                raise ZoneTrouble(f"{config.path}: the quarantines of {both} lie in one another")
        for other in config.zones:
            if other.role is Role.FINAL and zone.role is Role.WORK and other.root in zone.root.parents:
                raise ZoneTrouble(f"{config.path}: work zone {zone.name!r} lies inside final zone {other.name!r}")
        for kept in config.zones:
            refuse_inside(kept.quarantine, zone.root, f"the quarantine of zone {kept.name!r}")
        for path, what in config.rules():
            refuse_inside(path, zone.root, what)


def _overlap(one: Path, other: Path) -> bool:
    return one == other or one in other.parents or other in one.parents


def config_keys() -> Iterator[str]:
    """Yield every key a configuration may have, by its full name."""
    yield from keys_of(_Document)
