"""What was told of which bytes, and what was not: disclosures, consents and the tool register as they stand.

Loaded where anything was told, or where somebody asks. Flagged bytes that no disclosure names are found, not told; what
a file says of itself is held against the disclosures that do name it.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from provenance.asset import Digest, Place, ProjectId, RelPath, Title, UtcTime, ZoneName
from provenance.catalogue.connection import Connection
from provenance.catalogue.knowledge import Knowledge
from provenance.catalogue.rows import Filed
from provenance.catalogue.stored import Finding, member, signed_record_in
from provenance.evidence import Claim, Relation, Strength
from provenance.records import Deliverable, Words
from provenance.records.consent import Consent
from provenance.records.disclosure import Binding, Disclosure, speaks_for
from provenance.records.record import in_force
from provenance.records.register import Register, ToolEntry
from provenance.verdict import Origin

Titles = Mapping[ZoneName, Title | None]
"""The title of what lies in each zone; None where it belongs to none yet."""


@dataclass(frozen=True, slots=True)
class Untold:
    """A flagged file that is there, and that no disclosure names."""

    place: Place
    digest: Digest
    origin: Origin


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A flagged file that says something of itself which no disclosure of it does."""

    place: Place
    digest: Digest
    disclosures: tuple[str, ...]
    says: tuple[str, ...]
    """What differs, a sentence each. May repeat what the file says."""


@dataclass(slots=True)
class _Book:
    """All words of this room's kinds, as of one entry of the ledger."""

    upto: int
    disclosures: dict[str, Filed]
    bindings: dict[str, Filed]
    consents: list[Filed]
    tools: list[Filed]
    by_digest: dict[bytes, list[tuple[Disclosure, frozenset[str]]]] = field(default_factory=dict)
    """Each disclosure of some bytes, with the ids of what was taken back of it: none where it stands."""


Heard = Callable[[Digest, tuple[Disclosure, ...]], tuple[Disclosure, ...]]
"""Returns what counts of all that was told of some bytes."""


def _all_of_it(_digest: Digest, told: tuple[Disclosure, ...]) -> tuple[Disclosure, ...]:
    return told


class Tellings:
    """Reads what was told. Words are decoded once, and again when somebody spoke since."""

    def __init__(self, connection: Connection, known: Knowledge) -> None:
        self._db = connection
        self._known = known
        self._read: _Book | None = None

    def disclosures(
        self, digest: Digest, project: ProjectId, title: Title | None, standing: Collection[str] = ()
    ) -> tuple[Disclosure, ...]:
        """Return what was told of some bytes for a title, oldest first; not what was taken back.

        The records in `standing` were taken back by somebody who may not, and stand.
        """
        found = self._book().by_digest.get(bytes.fromhex(digest), ())
        told = (d for d, ended in found if all(name in standing for name in ended))
        return tuple(dict.fromkeys(d for d in told if speaks_for(d, project, title)))

    def consents(self, project: ProjectId, title: Title, now: UtcTime) -> tuple[Consent, ...]:
        """Return the consents in force for a title, oldest first."""
        filed = (f.record for f in self._book().consents if f.revoked_by is None)
        return tuple(c for c in filed if isinstance(c, Consent) and c.covers(project, title, now))

    def joined(
        self, words: Words, digest: Digest, deliverable: Deliverable, now: UtcTime, standing: Collection[str] = ()
    ) -> Words:
        """Return some words together with what was told of these bytes for a deliverable, and what that rests on."""
        told = self.disclosures(digest, deliverable.project, deliverable.title, standing)
        if not told:
            return words
        touched = any(d.replica is None or d.replica for d in told)
        consents = self.consents(deliverable.project, deliverable.title, now) if touched else ()
        return replace(words, disclosures=told, consents=consents, register=self.register(now, standing))

    def all_disclosures(self) -> tuple[Filed, ...]:
        """Return every disclosure there ever was, oldest first."""
        return tuple(self._book().disclosures.values())

    def all_bindings(self) -> tuple[Filed, ...]:
        """Return every word that bound files to a disclosure, oldest first."""
        return tuple(self._book().bindings.values())

    def all_consents(self) -> tuple[Filed, ...]:
        """Return every consent there ever was, oldest first."""
        return tuple(self._book().consents)

    def tools(self) -> tuple[Filed, ...]:
        """Return every entry the register ever had, oldest first."""
        return tuple(self._book().tools)

    def register(self, now: UtcTime, standing: Collection[str] = ()) -> Register:
        """Return the register as it stands; entries in `standing` were taken back by somebody who may not."""
        entries: list[ToolEntry] = []
        lapsed: list[ToolEntry] = []
        retired: list[ToolEntry] = []
        for filed in self._book().tools:
            if isinstance(filed.record, ToolEntry):
                stands = filed.revoked_by is None or filed.record.id in standing
                counts = stands and in_force(filed.record.valid_until, now)
                (entries if counts else lapsed).append(filed.record)
                if not stands:
                    retired.append(filed.record)
        return Register(tuple(entries), tuple(lapsed), tuple(retired))

    def untold(self, project: ProjectId, titles: Titles, heard: Heard = _all_of_it) -> Iterator[Untold]:
        """Yield every flagged file that is there and that no disclosure names, by zone, folder and name.

        `heard` says what of that which was told of some bytes counts as told.
        """
        for place, digest, origin in self._flagged():
            if not heard(digest, self.disclosures(digest, project, titles.get(place.zone))):
                yield Untold(place, digest, origin)

    def otherwise(self, project: ProjectId, titles: Titles, heard: Heard = _all_of_it) -> Iterator[Otherwise]:
        """Yield every flagged file that is there, was told of, and says something else of itself.

        What counts as told (`heard`) is held against the file; where nothing does, whatever was told.
        """
        found = self._makers_of_flagged()
        fed = self._fed()
        for place, digest, _ in self._flagged():
            told = self.disclosures(digest, project, titles.get(place.zone))
            if not told:
                continue
            told = heard(digest, told) or told
            inputs = self._inputs(digest) if digest in fed else ()
            says = tuple(_differences(found.get(digest, ()), inputs, told))
            if says:
                yield Otherwise(place, digest, tuple(d.id for d in told), says)

    def differences(self, digest: Digest, told: Sequence[Disclosure]) -> Iterator[str]:
        """Yield what some bytes say of themselves and nothing that was told of them does; nothing if nothing was."""
        row = self._known.asset(bytes.fromhex(digest))
        if row is None or not told:
            return
        rows = self._db.rows("SELECT finding FROM evidence WHERE asset = ? ORDER BY nth DESC", (row.id,))
        makers = dict.fromkeys(m for (number,) in rows for m in _makers(self._known.finding(number)))
        yield from _differences(makers, self._inputs(digest), told)

    def _makers_of_flagged(self) -> dict[Digest, tuple[str, ...]]:
        """Return what each flagged asset says made it; plain files share findings, so each is read once."""
        read: dict[int, tuple[str, ...]] = {}
        found: dict[Digest, tuple[str, ...]] = {}
        for raw, number in self._db.rows(
            "SELECT a.sha256, e.finding FROM evidence e JOIN assets a ON a.id = e.asset"
            " WHERE EXISTS (SELECT 1 FROM sightings s WHERE s.asset = a.id AND s.gone_at IS NULL"
            " AND coalesce(s.origin, a.origin) IN ('ai-generated', 'ai-assisted')) ORDER BY a.id, e.nth DESC"
        ):
            if number not in read:
                read[number] = tuple(_makers(self._known.finding(number)))
            digest = Digest(raw.hex())
            found[digest] = (*found.get(digest, ()), *read[number])
        return found

    def _fed(self) -> set[Digest]:
        """Return what was made by a model that something was put into, as far as lineage says so."""
        rows = self._db.rows("SELECT DISTINCT child FROM edges WHERE relation = 'inputTo' AND removed = 0")
        return {Digest(raw.hex()) for (raw,) in rows}

    def _flagged(self) -> Iterator[tuple[Place, Digest, Origin]]:
        rows = self._db.rows(
            "SELECT f.zone, f.path, s.name, a.sha256, coalesce(s.origin, a.origin) FROM assets a"
            " JOIN sightings s ON s.asset = a.id JOIN folders f ON f.id = s.folder"
            " WHERE s.gone_at IS NULL AND coalesce(s.origin, a.origin) IN ('ai-generated', 'ai-assisted')"
            " ORDER BY f.zone, f.path, s.name"
        )
        for zone, folder, name, raw, origin in rows:
            path = RelPath(folder + b"/" + name if folder else name)
            drawn = member(Origin, origin, lambda: "a verdict")
            yield Place(zone, path), Digest(raw.hex()), drawn

    def _inputs(self, digest: Digest) -> Iterator[tuple[Digest, str]]:
        """Yield the known assets that were put into a model to make this one."""
        for link in self._known.links(bytes.fromhex(digest)):
            if link.relation is Relation.INPUT_TO and not link.removed:
                yield Digest(link.parent.hex()), link.title

    def _book(self) -> _Book:
        newest = self._db.row("SELECT max(entry) FROM records")
        upto = int(newest[0] or 0) if newest else 0
        if self._read is None or self._read.upto != upto:
            every = {kind: self._filed(kind) for kind in ("disclosure", "binding", "consent", "tool-entry")}
            book = _Book(
                upto,
                {f.record.id: f for f in every["disclosure"]},
                {f.record.id: f for f in every["binding"]},
                every["consent"],
                every["tool-entry"],
            )
            for raw, name in _named(book):
                book.by_digest.setdefault(raw, []).append(name)
            self._read = book
        return self._read

    def _filed(self, kind: str) -> list[Filed]:
        rows = self._db.rows(
            "SELECT r.id, r.entry, l.body,"
            " (SELECT v.id FROM records v WHERE v.target = r.id AND v.target <> '' ORDER BY v.entry LIMIT 1)"
            " FROM records r JOIN ledger l ON l.seq = r.entry WHERE r.kind = ? ORDER BY r.entry",
            (kind,),
        )
        return [_filed(*row) for row in rows]


def _filed(name: str, entry: int, body: bytes, revoked_by: str | None) -> Filed:
    record, envelope = signed_record_in(body, name)
    return Filed(record, entry, revoked_by, envelope)


def _named(book: _Book) -> Iterator[tuple[bytes, tuple[Disclosure, frozenset[str]]]]:
    """Yield what each disclosure names, by itself or by a binding, with what of both was taken back."""
    pairs: dict[tuple[bytes, str, frozenset[str]], Disclosure] = {}
    for filed in (*book.disclosures.values(), *book.bindings.values()):
        word = filed.record
        of = book.disclosures.get(word.disclosure) if isinstance(word, Binding) else filed
        if of is None or not isinstance(of.record, Disclosure):
            continue
        ended = frozenset(f.record.id for f in (filed, of) if f.revoked_by is not None)
        for subject in word.about:
            pairs.setdefault((bytes.fromhex(subject.digest), of.record.id, ended), of.record)
    return ((raw, (disclosure, ended)) for (raw, _, ended), disclosure in pairs.items())


def _differences(
    makers: Iterable[str], inputs: Iterable[tuple[Digest, str]], told: Sequence[Disclosure]
) -> Iterator[str]:
    """Yield what a file says made it, or went into it, and nothing that was told of it does."""
    tools = tuple(dict.fromkeys(name for d in told for s in d.steps for name in (s.tool, s.model) if name))
    for maker in dict.fromkeys(makers):
        if not _is_told(maker, tools):
            yield f"the file says {maker}; told was {', '.join(tools) or 'no tool'}"
    given = {g for d in told for s in d.steps for g in s.given}
    proprietary = any("proprietary" in (s.inputs or ()) for d in told for s in d.steps)
    for parent, title in inputs:
        if parent not in given and not proprietary:
            yield f"the file says that {title or parent[:12]} was put into the tool; nobody told of that"


@lru_cache(maxsize=1024)
def _is_told(maker: str, tools: tuple[str, ...]) -> bool:
    return any(_same_maker(maker, tool) for tool in tools)


_AI = {Claim.AI_GENERATED, Claim.AI_ASSISTED}


def _makers(finding: Finding) -> Iterator[str]:
    """Yield what a file says made it: who signed its credential as the generator, and whose traces it holds.

    Only where that names a tool: who re-signed a picture, and a bare source type, say nothing of what generated it.
    """
    marks = [s for s in finding.signals if s.claim in _AI and s.strength is not Strength.HINT]
    own = [s for s in marks if s.kind.value == "c2pa" and s.via is None]
    if own and finding.credential.generator:
        yield finding.credential.generator
    for mark in marks:
        if mark.kind.value != "c2pa" and _traced(mark.says):
            yield mark.says


def _traced(says: str) -> frozenset[str]:
    """Return the names of tools that could have left a trace; empty where it names none that is known."""
    plain = says.casefold()
    return frozenset(name for trace, names in _TRACES.items() if trace in plain for name in names)


_TRACES: Mapping[str, tuple[str, ...]] = {
    "automatic1111": ("automatic1111", "forge", "sd.next", "fooocus", "civitai", "stable diffusion", "diffusion"),
    "comfyui": ("comfyui", "comfy"),
    "invokeai": ("invokeai", "invoke"),
    "swarmui": ("swarmui", "comfyui"),
    "novelai": ("novelai",),
    "midjourney": ("midjourney",),
    "grok": ("grok", "xai"),
    "luma ai": ("luma",),
    "dall": ("dall", "openai", "chatgpt"),
}
"""Who writes what kind of trace: several tools write that of AUTOMATIC1111."""

_WORD = re.compile(r"[^\W_]+")
_COMMON = frozenset({"ai", "the", "of", "and", "model", "image", "images", "video", "tool", "studio", "generator", "v"})


def _same_maker(maker: str, tool: str) -> bool:
    """Whether a tool that was told could be what a file names: one word of its name that is no common one."""
    traces = _traced(maker)
    if traces:
        return any(name in tool.casefold() for name in traces)
    return bool(_words(maker) & _words(tool))


def _words(name: str) -> frozenset[str]:
    words: Iterable[str] = (w.casefold() for w in _WORD.findall(name))
    return frozenset(w for w in words if w not in _COMMON and not w.isdigit())
