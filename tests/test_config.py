from pathlib import Path

import pytest

from provenance.config import Role, find_config, load_config
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
