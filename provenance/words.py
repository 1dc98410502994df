"""Taking down a person's word about files: look at the bytes, then record the word about exactly these."""

from collections.abc import Iterable

from provenance.errors import FileMissing
from provenance.files import display
from provenance.looking import Intake, Seen, look
from provenance.records import Subject
from provenance.targets import Target


def look_at(intake: Intake, targets: Iterable[Target]) -> tuple[Seen, ...]:
    """Examine and record every file of the targets and return each once.

    Raises `FileTrouble` for anything that cannot be examined, `FileMissing` if there is no file at all: a word about
    nothing would be kept for ever and mean nothing.
    """
    targets = tuple(targets)
    seen = tuple(s for target in targets for s in look(intake, target, Target.requests))
    if not seen:
        raise FileMissing(f"there is no file under {', '.join(display(t.named) for t in targets)}")
    return seen


def subjects_of(seen: Iterable[Seen], *, with_sidecars: bool = False) -> tuple[Subject, ...]:
    """Return what a record speaks of: each digest once, under the first name it was met by.

    With sidecars where the word is about them too: who clears a file has seen the credential beside it, and that one
    alone.
    """
    subjects: dict[str, Subject] = {}
    for one in seen:
        subjects.setdefault(one.digest, Subject(one.digest, display(one.path)))
        if with_sidecars and one.sidecar is not None:
            subjects.setdefault(one.sidecar.digest, Subject(one.sidecar.digest, one.sidecar.name))
    return tuple(subjects.values())
