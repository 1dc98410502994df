"""Everything recorded about one file or record, as files that others can verify with public tools."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import resources

import msgspec

from provenance import __version__
from provenance.asset import Digest
from provenance.backup.parts import rules_of
from provenance.catalogue import Sealed
from provenance.dossier.items import Sources
from provenance.dossier.matter import Matter, words_in
from provenance.extracting import name_of
from provenance.records import ENVELOPE, canonical
from provenance.report.dispute_documents import BundleDocument, PieceDocument
from provenance.report.documents import to_json
from provenance.report.dossier_documents import BookDocument, RulesDocument
from provenance.report.listing import entry_document
from provenance.report.origin_document import examiner_document

_NO_SECRETS = b'"[left out]"'


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of a bundle, as it is written."""

    name: str
    says: str
    content: Iterator[bytes]


class Bundle:
    """A bundle about one matter; go through `pieces` once, inside one reading of the catalogue."""

    def __init__(self, sources: Sources, matter: Matter, *, kept: bool = False) -> None:
        """With `kept`, raw credentials and fields are in it too: prompts may stand in them."""
        self._kept = kept
        self._from = sources
        self._matter = matter
        self.entries = 0
        self._left_out = [
            "documents that prove a decision, names of performers, and the material itself: their digests are there"
        ]
        if not kept:
            self._left_out.append("raw credentials and fields that verdicts were drawn from: --kept adds them")
        if not matter.complete:
            self._left_out.append(f"what it was made from, beyond {len(matter.made_from):,} files")

    def pieces(self) -> Iterator[Piece]:
        """Yield every file but the manifest and the digests."""
        yield Piece("README.md", "how to verify all of this with public tools", iter([self._readme().encode()]))
        yield Piece("chain.jsonl", "every entry of the ledger as it was sealed, without what it says", self._chain())
        yield Piece("ledger.jsonl", "the entries that belong to it, as `ledger export` writes them", self._ledger())
        yield from self._records()
        yield Piece("evidence.jsonl", "what was found, by which versions, and the verdict now", self._evidence())
        if self._kept:
            yield from self._exhibits()
        yield from self._rules()

    def manifest(self, files: list[PieceDocument]) -> BundleDocument:
        """Return what is in it, once everything else was written."""
        config, policy, catalogue = self._from.config, self._from.policy, self._from.catalogue
        head = catalogue.ledger.head()
        return BundleDocument(
            about=self._matter.about,
            project=config.project,
            made_at=self._from.now,
            subjects=[*self._matter.digests],
            made_from=[*self._matter.made_from],
            records=sorted(self._matter.records),
            ledger=BookDocument(store=catalogue.store_id, entries=head.seq, head=head.hash),
            policy=RulesDocument(
                id=policy.id, dated=policy.dated.isoformat(), sha256=policy.sha256, extends=[*policy.extends]
            ),
            config_sha256=config.sha256,
            provenance=__version__,
            examiners=[examiner_document(e) for e in catalogue.inventory.examiners()],
            left_out=self._left_out,
            files=files,
        )

    def _readme(self) -> str:
        head = self._from.catalogue.ledger.head()
        text = _shipped("dispute.md")
        for name, value in (
            ("about", self._matter.about),
            ("version", __version__),
            ("made_at", self._from.now),
            ("store", self._from.catalogue.store_id),
            ("entries", f"{head.seq:,}"),
            ("script", _shipped("dispute_check.py.txt")),
        ):
            text = text.replace(f"{{{name}}}", value)
        return text

    def _chain(self) -> Iterator[bytes]:
        for sealed in self._from.catalogue.ledger.sealed():
            yield _line({"seq": sealed.entry.seq, "hash": sealed.entry.hash, "sealed": sealed.text})

    def _ledger(self) -> Iterator[bytes]:
        for sealed in self._belonging():
            self.entries += 1
            yield to_json(entry_document(sealed), indent=None).encode() + b"\n"

    def _belonging(self) -> Iterator[Sealed]:
        return (s for s in self._from.catalogue.ledger.sealed() if self._matter.holds(s.entry))

    def _records(self) -> Iterator[Piece]:
        """Yield each record that an entry in the bundle holds: all that its id is made of, and its signatures."""
        for sealed in self._belonging():
            name = entry_document(sealed).id
            if name is not None:
                body = sealed.entry.body
                said = canonical({key: value for key, value in body.items() if key != ENVELOPE})
                yield Piece(f"records/{name}.json", f"the record {name}, as its id is made of it", iter([said]))
                if body.get(ENVELOPE) is not None:
                    signed = canonical(body[ENVELOPE])
                    yield Piece(f"records/{name}.envelope.json", f"the signatures of {name}", iter([signed]))

    def _evidence(self) -> Iterator[bytes]:
        subjects = ((d, "about") for d in self._matter.digests)
        for digest, role in (*subjects, *((d, "made from") for d in self._matter.made_from)):
            looks = self._from.catalogue.evidence_of(digest)
            if looks:
                yield _line(self._found(digest, role, msgspec.to_builtins(looks)))

    def _found(self, digest: Digest, role: str, looks: object) -> dict[str, object]:
        catalogue = self._from.catalogue
        sightings = catalogue.sightings_of(digest)
        verdict = catalogue.verdict_of(digest, sightings[0].place if sightings else None)
        assert verdict is not None, digest
        return {
            "sha256": digest,
            "role": role,
            "verdict": msgspec.to_builtins(self._from.vouching.verdict(digest, verdict)),
            "looks": looks,
            "lineage": msgspec.to_builtins(catalogue.edges_of(digest).up, enc_hook=_plainly),
            "seen": [
                {
                    "zone": s.place.zone,
                    "path": s.place.path.decode("utf-8", "surrogateescape"),
                    "first_seen": s.first_seen,
                    "last_seen": s.last_seen,
                    "present": s.present,
                    "beside": msgspec.to_builtins(s.beside),
                }
                for s in sightings
            ],
        }

    def _exhibits(self) -> Iterator[Piece]:
        """Yield what is kept of these bytes, and of what they were made from, as it stood in the files."""
        exhibits = self._from.catalogue.exhibits
        told: set[Digest] = set()
        for digest in (*self._matter.digests, *self._matter.made_from):
            for number, exhibit in enumerate(exhibits.of(digest), 1):
                content = None if exhibit.pruned or exhibit.digest in told else exhibits.content(exhibit)
                if content is not None:
                    told.add(exhibit.digest)
                    name = f"kept/{exhibit.asset[:12]}-{name_of(number, exhibit)}"
                    yield Piece(name, f"{exhibit.kind} of {exhibit.asset}, at {exhibit.place}", iter([content]))

    def _rules(self) -> Iterator[Piece]:
        """Yield configuration, policy and anchors as they are now, but for what may be a secret."""
        for source in rules_of(self._from.config):
            content = source.content if isinstance(source.content, bytes) else source.content.read_bytes()
            if source.name.startswith("configuration/"):
                shown = self._without_secrets(content)
                if shown is None:
                    continue
                content = shown
            yield Piece(source.name, "a rule as it is now", iter([content]))

    def _without_secrets(self, content: bytes) -> bytes | None:
        """Return the configuration without what `[notify]` hands to others: passwords stand in that, and no rule does.

        None where one of those words is written in a way that is not found: then nothing of it is shown.
        """
        secrets = [w for w in words_in(tomllib.loads(content.decode()).get("notify", {})) if w]
        for secret in dict.fromkeys(secrets):
            written = [q + secret.encode() + q for q in (b'"', b"'") if q + secret.encode() + q in content]
            if not written:
                self._left_out.append("the configuration: what [notify] hands to others could not be taken out of it")
                return None
            for one in written:
                content = content.replace(one, _NO_SECRETS)
        if secrets:
            self._left_out.append("what [notify] hands to others, so the configuration's digest is not config_sha256")
        return content


def _plainly(value: object) -> object:
    return str(value)


def _line(said: object) -> bytes:
    return json.dumps(said, ensure_ascii=True).encode() + b"\n"


def _shipped(name: str) -> str:
    return (resources.files("provenance.report") / name).read_text(encoding="utf-8")
