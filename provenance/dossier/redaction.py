"""What of a report may leave the house: no prompts, no performers, no paths, nothing people wrote in their own words.

What is left are names of tools, roles, policies and people who decided. Those are texts too, and anybody may have
written anything into them: names of performers that are kept here, and whatever looks like a path, are taken out.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace

from provenance.dossier.rows import Dossier, Hindrance, Item, Opening, Spoken, Spot, Use
from provenance.policy.assess import Concern

PATH, PERFORMER = "[path]", "[performer]"

_PATHS = re.compile(
    r"\b[a-z][a-z0-9+.-]*://\S+"  # an address
    r"|(?:\b[a-z]:)?[\\/]\S*[\\/]\S*"  # an absolute path
    r"|\\\\\S+"  # a share
    r"|\S+[\\/]\S+\.[a-z]\w{1,5}\b"  # a file in a folder
    r"|\S+\.(?:aac|ai|aif|aiff|avi|bmp|c2pa|dng|dpx|eps|exr|fbx|flac|gif|heic|jpeg|jpg|json|m4a|mkv|mov|mp3|mp4|mxf|ogg|"
    r"pdf|png|psd|srt|svg|tga|tif|tiff|toml|txt|usd|vtt|wav|webm|webp|xml)\b"
    r"|(?<!\S)(?!SHA256:)\S*[\\/]\S*",  # whatever else may be a folder; fingerprints of keys have slashes too
    re.IGNORECASE,
)


class Redaction:
    """Takes out what may not leave the house. Performers become numbers, the same one throughout a report."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        """Take out these names of performers wherever they stand, in whatever case, order and spacing."""
        whole = {tuple(_plain(n).split()) for n in names if _plain(n).split()}
        words = sorted(whole | {name[::-1] for name in whole}, key=len, reverse=True)
        joined = "|".join(r"[\W_]*".join(re.escape(w) for w in name) for name in words)
        self._names = re.compile(joined, re.IGNORECASE) if joined else None
        self._numbers: dict[str, int] = {}

    def text(self, text: str) -> str:
        """Return a text without names of performers, and without anything that looks like a path."""
        plain = _plain(text)
        return _PATHS.sub(PATH, self._names.sub(PERFORMER, plain) if self._names else plain)

    def performer(self, commitment: str) -> str:
        """Return what a performer is called in this report."""
        if not commitment:
            return ""
        return f"performer {self._numbers.setdefault(commitment, len(self._numbers) + 1)}"

    def dossier(self, found: Dossier) -> Dossier:
        """Return all but the files without what may not leave."""
        return replace(
            found,
            config_path="",
            uses=tuple(self.use(u) for u in found.uses),
            openings=tuple(self.opening(o) for o in found.openings),
        )

    def item(self, item: Item) -> Item:
        """Return a file without what may not leave: it is its number and the first digits of its digest."""
        mark = item.mark and replace(item.mark, says="")
        return replace(
            item,
            mark=mark,
            generator=self.text(item.generator),
            spots=tuple(_nowhere(s) for s in item.spots),
            approvals=self._words(item.approvals),
            clearances=self._words(item.clearances),
            consents=self._words(item.consents),
            others=self._words(item.others),
            otherwise=tuple("says something else of itself than was told" for _ in item.otherwise),
            hindrances=tuple(self._hindrance(h) for h in item.hindrances),
        )

    def use(self, use: Use) -> Use:
        """Return a use without what people said in their own words."""
        return replace(
            use,
            by=self.text(use.by),
            description="",
            stands=self.text(use.stands),
            concerns=tuple(self._concern(c) for c in use.concerns),
            replies=tuple(replace(r, note="") for r in use.replies),
            tools=tuple(
                replace(
                    t,
                    tool=self.text(t.tool),
                    version=self.text(t.version),
                    tier=self.text(t.tier),
                    agreement=self.text(t.agreement),
                    model=self.text(t.model),
                    note="",
                )
                for t in use.tools
            ),
            performers=tuple(self.performer(p) for p in use.performers),
            union_roles=tuple(self.text(r) for r in use.union_roles),
            vendor="",
            contract="",
            required=tuple(replace(r, role=self.text(r.role), by=self._words(r.by)) for r in use.required),
            consents=tuple(replace(c, performer=self.performer(c.performer)) for c in use.consents),
        )

    def opening(self, opening: Opening) -> Opening:
        """Return something open without what may not leave: commands are for those who can run them."""
        return replace(opening, who=tuple(self.text(w) for w in opening.who), says=self.text(opening.says), help="")

    def _words(self, words: tuple[Spoken, ...]) -> tuple[Spoken, ...]:
        return tuple(self._word(w) for w in words)

    def _word(self, word: Spoken) -> Spoken:
        """Return a record without its reason. Who gave a consent may be the performer, and is left out."""
        return replace(
            word,
            by="" if word.kind == "consent" else self.text(word.by),
            reason="",
            role=self.text(word.role),
            stands=self.text(word.stands),
            performer=self.performer(word.performer),
            scope="" if word.kind == "consent" else word.scope,
            conditions=(),
            covers="as it reaches further than the bytes it names" if word.covers else "",
        )

    def _concern(self, concern: Concern) -> Concern:
        return replace(concern, why=self.text(concern.why), key=self.text(concern.key))

    def _hindrance(self, hindrance: Hindrance) -> Hindrance:
        return replace(hindrance, text="", help="")


def _plain(text: str) -> str:
    """Return a text as it looks: characters of one look are one, and those of none are gone (Unicode, UAX 15)."""
    return "".join(c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")


def _nowhere(spot: Spot) -> Spot:
    """Return a place without its path; a zone is a folder, so its name goes too."""
    return replace(spot, zone="", path=b"")
