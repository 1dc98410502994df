"""The files a record speaks of, as lines: the frames of a sequence in one."""

import os
from collections.abc import Iterable, Iterator

from provenance.asset import Digest
from provenance.files import display
from provenance.records import Subject
from provenance.sequence import Sequence, folded


def subject_lines(subjects: Iterable[Subject]) -> Iterator[str]:
    """Yield each file with its digest, and each sequence with its frames, and which of these are missing."""
    digests: dict[bytes, list[Digest]] = {}
    for subject in subjects:
        digests.setdefault(os.fsencode(subject.name), []).append(subject.digest)
    for one in folded(name for name, same in digests.items() for _ in same):
        if isinstance(one, Sequence):
            missing = f"; {one.missing_words}" if one.missing else ""
            yield f"{one.files:>6,} files  {display(one.path)}, frames {one.range}{missing}"
        else:
            yield f"{digests[one].pop(0)[:12]}  {display(one)}"
