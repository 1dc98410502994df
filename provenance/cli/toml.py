"""Writing configuration."""

from provenance.config import Config
from provenance.configfile import load_config
from provenance.files import replacing


def append(config: Config, lines: list[str]) -> None:
    """Append lines to a configuration, and take them back if it then does not load; raises what loading raises.

    All that is there stays as somebody wrote it, comments included. A table may stand at the end whatever comes before
    (TOML 1.0, Table).
    """
    old = config.path.read_bytes()
    mode = config.path.stat().st_mode & 0o777
    with replacing(config.path, mode=mode) as stream:
        stream.write(old.rstrip(b"\n") + b"\n" + "\n".join(["", *lines, ""]).encode())
    try:
        load_config(config.path)
    except BaseException:
        with replacing(config.path, mode=mode) as stream:
            stream.write(old)
        raise


def quoted(text: str) -> str:
    """Return text as a TOML basic string (TOML 1.0, String), on one line whatever is in it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
