"""How answers travel from workers."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from provenance.asset import Asset, Digest, FastDigest, StatKey
from provenance.credentials.trust import Trust
from provenance.evidence import (
    Beside,
    Claim,
    Credential,
    Evidence,
    Examiner,
    Gap,
    Ingredient,
    Kind,
    Relation,
    Sidecar,
    Signal,
    Source,
    State,
    Strength,
)
from provenance.examination import Failed, Failure, Looked, Request, packed, sidecar_names, unpacked
from provenance.examine import examine_all
from provenance.pool import Pool

FIXTURES = Path(__file__).parent.parent / "fixtures" / "media"

_KEY = StatKey(1, (1 << 64) - 1, 5, -1, 0)
_LOOKED = Looked(
    _KEY,
    racy=True,
    evidence=Evidence(
        Asset(Digest("0" * 64), FastDigest("1" * 32), 5),
        "text/plain",
        Credential(State.ABSENT),
        (),
        (),
        (Gap("here", "a gap, and \x00 \x7f \u202e in it"),),
        Examiner("1", "2", Digest("3" * 64)),
    ),
    beside=Beside(
        Sidecar(
            "a\\xff.c2pa",
            Digest("4" * 64),
            Credential(State.UNTRUSTED, Source.SIDECAR, codes=("a", "b"), labels=("one",)),
            (Signal(Kind.C2PA, Claim.AI_ASSISTED, Strength.SIGNED, "here", "says", clears=True),),
            (Ingredient(Relation.INPUT_TO, "title", None, removed=True),),
        )
    ),
)


def _requests(folder: Path) -> tuple[Request, ...]:
    names = sorted(os.fsencode(f.name) for f in folder.iterdir() if f.is_file())
    return tuple(
        Request(os.fsencode(folder), name, 0, tuple(n for n in sidecar_names(name) if n != name and n in names))
        for name in names
    )


def test_answers_arrive_as_they_were_sent() -> None:
    """Whatever is found in any of the fixtures, failures too, arrives from a worker as it was sent."""
    requests = (*_requests(FIXTURES), Request(os.fsencode(FIXTURES), b"nothing here"))
    requests = tuple(replace(request, thorough=True) for request in requests)  # else who did more before decodes more
    answers = examine_all(requests, Trust())
    assert {type(answer) for answer in answers} == {Looked, Failed}
    assert any(isinstance(answer, Looked) and answer.evidence.signals for answer in answers)
    sent = packed(answers)
    assert isinstance(sent, bytes)
    assert unpacked(sent) == answers
    with Pool(Trust(), workers=1) as pool:
        assert {request.path: answer for request, answer in pool.examine(requests)} == {
            request.path: answer for request, answer in zip(requests, answers, strict=True)
        }


@pytest.mark.parametrize(
    "odd",
    [
        _LOOKED,
        Failed(Failure.READ_FAILED, "a lone \udc80 surrogate"),
        replace(_LOOKED, key=replace(_KEY, mtime_ns=1 << 64)),
        replace(_LOOKED, key=replace(_KEY, ctime_ns=-(1 << 70))),
        replace(_LOOKED, evidence=replace(_LOOKED.evidence, media_type="\ud800")),
    ],
)
def test_nothing_is_too_odd_to_arrive(odd: Looked | Failed) -> None:
    """Text that is not UTF-8 and numbers of any size arrive unchanged, together with what is ordinary."""
    answers = (Failed(Failure.MISSING, "gone"), odd, _LOOKED)
    assert unpacked(packed(answers)) == answers


def test_a_path_longer_than_the_system_takes_at_once_is_examined(tmp_path: Path) -> None:
    """Folders within folders, further down than PATH_MAX: what lies there is looked at like anything else."""
    parts = [b"d" * 200] * 25
    at = os.open(tmp_path, os.O_RDONLY)
    for part in parts:
        os.mkdir(part, dir_fd=at)
        deeper = os.open(part, os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = deeper
    descriptor = os.open(b"note.txt", os.O_WRONLY | os.O_CREAT, dir_fd=at)
    os.write(descriptor, b"a note far down")
    os.close(descriptor)
    os.close(at)
    path = b"/".join([*parts, b"note.txt"])
    (answer,) = examine_all((Request(os.fsencode(tmp_path), path, 15),), Trust())
    assert isinstance(answer, Looked)
    assert answer.evidence.asset.size == 15
