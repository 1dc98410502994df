"""Samsung's editor: its record of an edit says which generative tool took part, if one did.

Undocumented. On pictures of Galaxy telephones a `genAIType` above zero goes with a credential that says AI, and on
some it is the only mark. It counts in that record alone.
"""

import re

from provenance.evidence import Claim, Strength
from provenance.signals.findings import Mark, near

_RECORD = "photoeditor_re_edit_data"
_TYPE = re.compile(r'\bgenAIType\\*"\s{0,8}:\s{0,8}\\*"?(-?\w{0,20})')


_KEY = re.compile(r'"(\w{8,9})\\*"')
_UNREAD = Mark(Claim.REVIEW, Strength.HINT, "a genAIType of a Galaxy telephone's editor that cannot be read")


def galaxy_mark(key: str, text: str) -> Mark | None:
    """Return what the editor's record says of generation, or None."""
    if key.lower() != _RECORD:
        return None
    if "genAIType" not in text:
        damaged = any(near(name, "genAIType") for name in _KEY.findall(text)) or not text.rstrip("\0 ").endswith("}")
        return _UNREAD if damaged else None
    values = {value for value in _TYPE.findall(text) if value not in {"0", "null", "false", ""}}
    if any(value.isdecimal() for value in values):
        return Mark(Claim.AI_ASSISTED, Strength.TRACE, "edited with a generative tool of Galaxy AI (genAIType)")
    return _UNREAD if values or not _TYPE.search(text) else None
