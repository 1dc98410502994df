"""Writing configuration."""


def quoted(text: str) -> str:
    """Return text as a TOML basic string (TOML 1.0, String), on one line whatever is in it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
