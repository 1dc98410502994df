"""Words that somebody else wrote, made harmless before they go anywhere."""

LONGEST = 512
"""Characters kept of any text out of a manifest."""


def clean(text: object, limit: int = LONGEST) -> str:
    """Return `text` as one line of at most `limit` characters that terminals, JSON and databases take without harm.

    Whatever does not print (control characters, bidirectional overrides, line separators, lone surrogates) is
    escaped; what is too long ends in an ellipsis. Something that is not a string is shown as nothing.
    """
    if not isinstance(text, str):
        return ""
    # The rest of a very long text is never looked at, so that it costs nothing either.
    kept = text[: limit + 1]
    if not kept.isprintable():
        kept = "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in kept)
    return kept if len(kept) <= limit else kept[: limit - 1] + "…"
