"""A listing with the frames of a sequence in one line. However many files it has, memory stays flat."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from provenance.asset import Digest, Place, RelPath, UtcTime, ZoneName
from provenance.catalogue import Listed
from provenance.files import display
from provenance.folding import Folding
from provenance.report.sequences import GRAVEST, Stretches, frames_document, number_of
from provenance.report.survey_documents import FrameOriginDocument, ListedSequenceDocument
from provenance.sequence import SHOWN, Sequence
from provenance.verdict import Origin

_Row = tuple[str, bytes, str, int, str, str, bool]


@dataclass(slots=True)
class ListedSequence:
    """The frames of a sequence that are listed."""

    sequence: Sequence
    zone: str = ""
    size: int = 0
    origins: dict[Origin, tuple[Stretches, int]] = field(default_factory=dict)
    gone: Stretches = field(default_factory=Stretches)

    def add(self, row: Listed) -> None:
        """Take one more frame."""
        number = number_of(row.place.path)
        stretches, files = self.origins.get(row.origin, (Stretches(), 0))
        stretches.add(number)
        self.origins[row.origin] = (stretches, files + 1)
        self.zone = row.place.zone
        self.size += row.size
        if not row.present:
            self.gone.add(number)

    @property
    def in_order(self) -> list[tuple[Origin, Stretches, int]]:
        """What the frames are, the gravest first."""
        return [(origin, *self.origins[origin]) for origin in GRAVEST if origin in self.origins]


def together(rows: Iterable[Listed], folder: Path) -> Iterator[Listed | ListedSequence]:
    """Yield what is listed in the order of zones and paths, sequences as one; `folder` must be local."""
    folding = Folding(folder)
    for row in rows:
        place = row.place
        kept: _Row = (place.zone, place.path, row.digest, row.size, row.origin.value, row.last_seen, row.present)
        zone = place.zone.encode().replace(b"\0", b"\1")
        folding.take(zone, zone + b"/" + place.path, msgspec.msgpack.encode(kept))
    for sequence, some, _ in folding:
        if sequence is None:
            yield from map(_listed, some)
            continue
        found = ListedSequence(sequence)
        for one in some:
            found.add(_listed(one))
        yield found


_ROW = msgspec.msgpack.Decoder(_Row)


def _listed(row: bytes) -> Listed:
    zone, path, digest, size, origin, seen, present = _ROW.decode(row)
    place = Place(ZoneName(zone), RelPath(path))
    return Listed(place, Digest(digest), size, Origin(origin), UtcTime(seen), present)


def listed_sequence_line(found: ListedSequence) -> str:
    """Return one line of a listing."""
    sequence, origins = found.sequence, found.in_order
    files = f"{sequence.files:,} files"
    line = f"{origins[0][0].value:<12} {files:>12} {found.size:>13,}  {display(sequence.path)}"
    said = [f"frames {sequence.range}"]
    if len(origins) > 1:
        said += [f"{o.value}: {s.all().text(SHOWN)} ({n:,})" for o, s, n in origins if o is not Origin.UNKNOWN]
    if sequence.missing:
        said.append(f"missing: {sequence.missing.text(SHOWN)}")
    gone = found.gone.all()
    return f"{line}  {'; '.join(said)}" + (f"  (not present: {gone.text(SHOWN)})" if gone else "")


def listed_sequence_document(found: ListedSequence) -> ListedSequenceDocument:
    """Return the same as a document."""
    return ListedSequenceDocument(
        zone=found.zone,
        path=os.fsdecode(found.sequence.path)[len(found.zone) + 1 :],
        size=found.size,
        frames=frames_document(found.sequence),
        origins=[
            FrameOriginDocument(origin=origin.value, frames=stretches.all().text(), files=files)
            for origin, stretches, files in found.in_order
        ],
        gone=found.gone.all().text(),
    )
