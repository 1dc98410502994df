"""How long it takes to verify a long ledger: records with bodies as they are when somebody signed them."""

import base64
import hashlib
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import corpus
from bench.measures import Line, Plan
from provenance.asset import Channel, Digest, ProjectId, Title, UtcTime
from provenance.catalogue import Catalogue, Stamp
from provenance.catalogue.filing import file
from provenance.records import Approval, Subject

AT = UtcTime("2026-11-22T10:00:00.000000Z")
STAMP = Stamp(AT, "ada", "suite-1", "0.1.0", Digest("c" * 64), Digest("f" * 64))


def verifying(plan: Plan) -> Iterator[Line]:
    """Verify a ledger of approvals, one in a hundred of them about ten files; the best of a few rounds."""
    count = plan.tiny // 2
    with tempfile.TemporaryDirectory(prefix="provenance-bench-", dir=corpus.CACHE) as made:
        with Catalogue.create(Path(made) / "catalogue.db", AT) as catalogue:
            _fill(catalogue, count)
        times = []
        for _ in range(plan.rounds):
            with Catalogue.open(Path(made) / "catalogue.db") as catalogue:
                began = time.process_time()
                catalogue.verify()
                times.append(time.process_time() - began)
    best, most = min(times), 5.0 * count / 100_000
    yield Line(
        f"ledger verify, {count:,} approvals in envelopes",
        f"{best:.2f} s of one core",
        f"{count / best:,.0f} entries/s",
        f"({min(times):.2f} to {max(times):.2f} s)",
        f"less than {most:.1f} s",
        best < most,
    )


def _fill(catalogue: Catalogue, count: int) -> None:
    """Write approvals in one transaction: a durable one each would take minutes, and be no other ledger."""
    with catalogue._db.writing():  # noqa: SLF001 (a benchmark knows what it measures)
        for number in range(count):
            record = _approval(number, 1 if number % 100 else 10)
            head = catalogue.ledger.append(record.kind, {**record.content(), "envelope": _envelope(record)}, STAMP)
            file(catalogue._db, record, head.seq)  # noqa: SLF001


def _approval(number: int, files: int) -> Approval:
    digests = (hashlib.sha256(b"%d/%d" % (number, n)).hexdigest() for n in range(files))
    return Approval(
        by="Production legal",
        reason=f"agreed in writing, number {number}",
        made_at=AT,
        subjects=tuple(Subject(Digest(digest), f"reel/shot_{number}.exr") for digest in digests),
        role="production-legal",
        project=ProjectId("long-night"),
        title=Title("S01E03"),
        channel=Channel("netflix"),
    )


def _envelope(record: Approval) -> dict[str, object]:
    """Return an envelope of the size and shape of a real one; nobody looks at its signature here."""
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": s.name, "digest": {"sha256": s.digest}} for s in record.subjects],
        "predicateType": "urn:provenance:record:1",
        "predicate": {"record": record.content(), "id": record.id, "store": "0" * 32},
    }
    signature = {"keyid": f"SHA256:{'a' * 43}", "scheme": "ed25519", "sig": base64.b64encode(bytes(64)).decode()}
    payload = base64.b64encode(json.dumps(statement).encode()).decode()
    return {"payloadType": "application/vnd.in-toto+json", "payload": payload, "signatures": [signature]}
