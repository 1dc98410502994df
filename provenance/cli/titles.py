"""Which title of a production a word is about."""

import click

from provenance.asset import Title
from provenance.config import Config, Role
from provenance.strict import nearest


def chosen_title(config: Config, title: str | None) -> Title:
    """Return the title that was named, or the only one there is; raises `click.UsageError` where it is not clear."""
    titles = sorted({z.title for z in config.zones if z.role is Role.FINAL})
    if title is None:
        if len(titles) > 1:
            raise click.UsageError(f"The production has several titles ({', '.join(titles)}): add --title.")
        return titles[0] if titles else Title("")
    if title not in titles:
        raise click.BadParameter(f"there is no title {title!r}{nearest(title, [*titles])}", param_hint="--title")
    return Title(title)
