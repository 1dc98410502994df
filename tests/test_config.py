import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from provenance.cli.init import init
from provenance.config import Endpoint, OnApproval, OnTrouble, Role, Watch, WatchMode
from provenance.configfile import config_keys, find_config, load_config
from provenance.errors import ChannelUnknown, ConfigInvalid, ConfigTrouble, ZoneTrouble

PROJECT = '[project]\nid = "long-night"\ntitle = "The Long Night"\n'
WORK = '[[zone]]\nname = "editorial"\npath = "editorial"\nrole = "work"\n'
FINAL = '[[zone]]\nname = "netflix"\npath = "deliver"\nrole = "final"\ntitle = "S01E03"\n'


def write(folder: Path, text: str) -> Path:
    """Write a configuration."""
    path = folder / "provenance.toml"
    path.write_text(text)
    return path


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    """A short configuration is complete: paths are absolute, the channel is the zone's name."""
    config = load_config(write(tmp_path, PROJECT + WORK + FINAL))
    assert config.catalogue == tmp_path / ".provenance" / "catalogue.db"
    assert config.policy == "baseline"
    final = config.zone("netflix")
    assert (final.role, final.channel, final.title) == (Role.FINAL, "netflix", "S01E03")
    assert final.quarantine == tmp_path / ".provenance" / "quarantine" / "netflix"
    assert (final.on_refuse, final.on_hold) == (OnTrouble.QUARANTINE, OnTrouble.REPORT)
    assert (final.on_approval, final.held_notes) == (OnApproval.REPORT, True)
    assert (final.hold_after, final.stuck_after, final.max_read_rate) == (900.0, 86_400.0, None)
    assert config.watch == Watch(settle=None, sweep=300.0, mode=WatchMode.AUTO, metrics=None)
    assert config.notify is None


def test_a_zone_is_watched_as_it_says_or_else_as_all_are(tmp_path: Path) -> None:
    """What a zone says of its own watching counts; what it leaves out is what `[watch]` says."""
    own = "settle = 60\nsweep = 30\nmode = 'poll'\nmax_read_rate = 40_000_000\n"
    config = load_config(write(tmp_path, PROJECT + WORK + FINAL + own + "[watch]\nsettle = 2\nsweep = 120\n"))
    work, final = config.zones
    assert (work.settle, work.sweep, work.mode, work.max_read_rate) == (2.0, 120.0, WatchMode.AUTO, None)
    assert (final.settle, final.sweep, final.mode, final.max_read_rate) == (60.0, 30.0, WatchMode.POLL, 40_000_000)


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ("127.0.0.1:9464", Endpoint("127.0.0.1", 9464)),
        ("localhost:9464", Endpoint("127.0.0.1", 9464)),
        ("[::1]:9464", Endpoint("::1", 9464)),
        ("0.0.0.0:9464", None),
        ("192.0.2.7:9464", None),
        ("[::]:9464", None),
    ],
)
def test_metrics_stay_on_this_machine_unless_somebody_says_otherwise(
    tmp_path: Path, said: str, where: Endpoint | None
) -> None:
    """Metrics listen on a loopback address; any other needs `metrics_public`."""
    text = PROJECT + WORK + f'[watch]\nmetrics = "{said}"\n'
    if where is not None:
        assert load_config(write(tmp_path, text)).watch.metrics == where
        return
    with pytest.raises(ConfigInvalid, match="other machines") as caught:
        load_config(write(tmp_path, text))
    assert "metrics_public" in caught.value.help
    assert load_config(write(tmp_path, text + "metrics_public = true\n")).watch.metrics is not None


def test_whoever_is_told_is_a_program_and_never_a_line_for_a_shell(tmp_path: Path) -> None:
    """The command is split into words here; a relative one with a slash starts from the configuration's folder."""
    text = PROJECT + WORK + "[notify]\ncommand = \"bin/tell 'the desk' $HOME ; rm\"\n"
    notify = load_config(write(tmp_path, text)).notify
    assert notify is not None
    assert notify.command == (str(tmp_path / "bin" / "tell"), "the desk", "$HOME", ";", "rm")
    assert (notify.bundle, notify.apprise) == (2.0, ())


def test_addresses_are_never_shown(tmp_path: Path) -> None:
    """Addresses hold passwords, so a configuration that is printed does not show them."""
    text = PROJECT + WORK + '[notify]\napprise = ["mailto://me:secret@example.com"]\n'
    config = load_config(write(tmp_path, text))
    assert config.notify is not None
    assert config.notify.apprise == ("mailto://me:secret@example.com",)
    assert "secret" not in repr(config)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "project"),
        ("[project", "does not parse"),
        (PROJECT, "zone"),
        (PROJECT + WORK.replace("role", "roll"), "did you mean 'role'"),
        (PROJECT.replace("title", "titel") + WORK, "did you mean 'title'"),
        (PROJECT + WORK.replace("work", "wrok"), "Invalid enum value"),
        (PROJECT.replace("long-night", " ") + WORK, "id is empty"),
        (PROJECT + 'timezone = "Europe/Atlantis"\n' + WORK, "timezone"),
        (PROJECT + WORK + WORK, "two zones"),
        (PROJECT + WORK + FINAL.replace("deliver", "editorial"), "same folder"),
        (PROJECT + FINAL + WORK.replace('path = "editorial"', 'path = "deliver/temp"'), "lies inside final zone"),
        (PROJECT + FINAL.replace("deliver", "."), "lies inside the material"),
        (PROJECT + 'catalogue = "deliver/c.db"\n' + FINAL, "lies inside the material"),
        (PROJECT + FINAL + 'quarantine = "deliver/q"\n', "lies inside the material"),
        (PROJECT + WORK + "[watch]\nsettle = 'soon'\n", "float"),
        (PROJECT + WORK + "[watch]\nsettle = nan\n", "settle"),
        (PROJECT + WORK + "[watch]\nsweep = -5\n", "sweep"),
        (PROJECT + WORK + "max_read_rate = 0\n", "max_read_rate"),
        (PROJECT + WORK + "max_read_rate = '40 MB'\n", "max_read_rate"),
        (PROJECT + WORK + "hold_after = 0\n", "hold_after"),
        (PROJECT + WORK + "stuck_after = inf\n", "stuck_after"),
        (PROJECT + WORK + 'on_approval = "quarantine"\n', "on_approval"),
        (PROJECT + WORK + '[watch]\nmetrics = "9464"\n', "no address and port"),
        (PROJECT + WORK + '[watch]\nmetrics = "127.0.0.1:http"\n', "no port"),
        (PROJECT + WORK + '[watch]\nmetrics = "127.0.0.1:65536"\n', "no port"),
        (PROJECT + WORK + '[watch]\nmetrics = "example.com:9464"\n', "no address and port"),
        (PROJECT + WORK + "[notify]\n", "tells nobody"),
        (PROJECT + WORK + "[notify]\ncommand = ' '\n", "tells nobody"),
        (PROJECT + WORK + '[notify]\ncommand = "tell \'me"\n', "split into words"),
        (PROJECT + WORK + '[notify]\ncommand = "tell \\u0000"\n', "tells nobody"),
        (PROJECT + WORK + '[notify]\napprise = [""]\n', "tells nobody"),
        (PROJECT + FINAL + '[notify]\ncommand = "deliver/tell"\n', "lies inside the material"),
        (PROJECT + WORK.replace('path = "editorial"', 'path = "a\\u0000b"'), "no usable path"),
        ("x = " + "[" * 5000, "does not parse"),
        (PROJECT + 'policy = "deliver/mine.toml"\n' + FINAL, "lies inside the material"),
        (PROJECT + FINAL + '[[trust.anchor]]\npath = "deliver/ca.pem"\npurpose = "signer"\n', "lies inside"),
        (PROJECT + FINAL + '[signing]\ncertificate = "c.pem"\nkey = "deliver/k.key"\n', "lies inside"),
        (PROJECT + WORK + '[[trust.anchor]]\npath = "x"\npurpose = "signing"\n', "Invalid enum value"),
        (PROJECT + WORK + '[[trust.anchors]]\npath = "x"\n', "did you mean 'anchor'"),
    ],
)
def test_what_contradicts_itself_is_refused(tmp_path: Path, text: str, says: str) -> None:
    """Anything misspelt, missing or self-contradictory is refused with the word that mends it."""
    with pytest.raises(ConfigTrouble, match=says) as caught:
        load_config(write(tmp_path, text))
    assert caught.value.code == 40
    assert caught.value.help


@pytest.mark.parametrize(
    ("zone", "says"),
    [
        ('[[zone]]\nname = "../../editorial"\npath = "other"\nrole = "final"\n', "cannot lend its name"),
        (
            '[[zone]]\nname = "b"\npath = "b"\nrole = "final"\nquarantine = ".provenance/quarantine/netflix"\n',
            "in one another",
        ),
        ('[[zone]]\nname = "b"\npath = "b"\nrole = "final"\nquarantine = ".provenance/quarantine"\n', "in one another"),
    ],
)
def test_each_quarantine_is_a_folder_of_its_own(tmp_path: Path, zone: str, says: str) -> None:
    """A zone's name leads its quarantine nowhere else, and no two quarantines share a folder."""
    with pytest.raises(ZoneTrouble, match=says):
        load_config(write(tmp_path, PROJECT + WORK + FINAL + zone))


def test_a_final_zone_may_lie_inside_a_work_zone(tmp_path: Path) -> None:
    """A stricter zone inside a milder one takes its own files; the innermost zone speaks for a path."""
    config = load_config(write(tmp_path, PROJECT + WORK + FINAL.replace('"deliver"', '"editorial/out"')))
    inside = config.place_of(tmp_path / "editorial" / "out" / "a" / "x.mov")
    assert inside is not None
    assert (inside[0].name, inside[1].path) == ("netflix", b"a/x.mov")
    outside = config.place_of(tmp_path / "editorial" / "outside.mov")
    assert outside is not None
    assert outside[0].name == "editorial"
    assert config.place_of(tmp_path / "elsewhere") is None


def test_a_channel_is_known_or_refused(tmp_path: Path) -> None:
    """A deliverable is made only for a channel of a final zone; several titles need to be told apart."""
    second = FINAL.replace('"netflix"', '"four"').replace("deliver", "deliver4").replace("S01E03", "S01E04")
    config = load_config(write(tmp_path, PROJECT + WORK + FINAL + second + 'channel = "netflix"\n'))
    with pytest.raises(ChannelUnknown, match="several titles"):
        config.deliverable("netflix")
    assert config.deliverable("netflix", "S01E04").title == "S01E04"
    with pytest.raises(ChannelUnknown, match="did you mean 'netflix'"):
        config.deliverable("netflx")
    with pytest.raises(ChannelUnknown):
        config.deliverable("editorial")


def test_the_configuration_is_found_by_name_then_environment_then_upwards(tmp_path: Path) -> None:
    """`--config` wins over PROVENANCE_CONFIG, which wins over the nearest one above; a missing one is an error."""
    here = write(tmp_path, PROJECT + WORK)
    other = tmp_path / "other.toml"
    other.write_text(PROJECT + WORK)
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    assert find_config(None, {}, deep) == here
    assert find_config(None, {"PROVENANCE_CONFIG": str(other)}, deep) == other
    assert find_config(str(here), {"PROVENANCE_CONFIG": str(other)}, deep) == here
    with pytest.raises(ConfigInvalid):
        find_config(str(tmp_path / "none.toml"), {}, deep)


def test_zones_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """Asking for a zone that is not there names the nearest that is."""
    config = load_config(write(tmp_path, PROJECT + WORK))
    with pytest.raises(ZoneTrouble, match="did you mean 'editorial'"):
        config.zone("editoral")


def test_init_explains_every_key(tmp_path: Path) -> None:
    """What `init` writes has every key there is, each explained beside it, and loads with all of them switched on."""
    production = tmp_path / "production"
    assert CliRunner().invoke(init, [str(production), "--title", "The Long Night"]).exit_code == 0
    text = (production / "provenance.toml").read_text()
    everything = re.sub(r"^# (?=\[|\w+ = )", "", text, flags=re.MULTILINE)
    load_config(write(tmp_path, everything))
    given = {".".join(key) for key in keys_in(tomllib.loads(everything))}
    assert given == set(config_keys())


def keys_in(tree: object, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the full names of the keys of a parsed document, those of all its tables of one kind together."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from keys_in(value, (*above, key))
    elif isinstance(tree, list) and all(isinstance(item, dict) for item in tree):
        for item in tree:
            yield from keys_in(item, above)
    else:
        yield above
