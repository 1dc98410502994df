"""Everything that is looked at, one thing after another."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from provenance.accepting import ever_listed
from provenance.asset import UtcTime
from provenance.catalogue import Catalogue
from provenance.checkup.finding import Finding, Level
from provenance.checkup.people import check_accepted, check_people
from provenance.checkup.trusting import check_trust
from provenance.checkup.watching import check_notify, check_room, check_watching
from provenance.config import Config, Role
from provenance.configfile import load_config
from provenance.errors import KeyUnusable, ProvenanceError
from provenance.evidence import State
from provenance.examination import Looked, Request
from provenance.gate import check_rules
from provenance.policy import load_policy
from provenance.pool import Limits, Pool
from provenance.zones import is_protected
from watcher.mounts import is_silent


def check_up(path: Path, now: UtcTime) -> Iterator[Finding]:
    """Yield a finding for everything there is to check, whatever is broken among it."""
    yield Finding(Level.OK, "python", f"{sys.version.split()[0]} on {sys.platform}")
    try:
        config = load_config(path)
    except ProvenanceError as error:
        yield _problem("configuration", error)
        return
    yield Finding(Level.OK, "configuration", f"{config.path}, digest {config.sha256[:12]}")
    silent = [z for z in config.zones if is_silent(z.root) or is_silent(z.quarantine)]
    for zone in silent:
        says = f"its storage does not answer: {zone.root} or {zone.quarantine}"
        yield Finding(Level.PROBLEM, f"zone {zone.name}", says, "Mend the share or its server; its zone is paused.")
    config = replace(config, zones=tuple(z for z in config.zones if z not in silent))
    checks: tuple[tuple[str, Callable[[Config, UtcTime], Iterator[Finding]]], ...] = (
        ("policy", _policy),
        ("people", lambda c, n: check_people(c, load_policy(c.policy, c.folder), n)),
        ("zones", _zones),
        ("catalogue", _catalogue),
        ("evidence", _evidence),
        ("configuration", lambda c, _: check_accepted(c, load_policy(c.policy, c.folder))),
        ("trust", check_trust),
        ("examiner", _examiner),
        ("signing", _signing),
        ("workers", _workers),
        ("disk", lambda c, _: check_room(c)),
        ("watching", lambda c, _: check_watching(c)),
        ("notify", lambda c, _: check_notify(c)),
    )
    for name, check in checks:
        try:
            yield from check(config, now)
        except ProvenanceError as error:
            yield _problem(name, error)
        except OSError as error:
            advice = "Look at what is named, as the user that runs this."
            yield Finding(Level.PROBLEM, name, f"it could not be looked at: {error}", advice)


def _problem(check: str, error: ProvenanceError) -> Finding:
    return Finding(Level.PROBLEM, check, error.message, error.help)


def _policy(config: Config, _now: UtcTime) -> Iterator[Finding]:
    policy = load_policy(config.policy, config.folder)
    check_rules(config, policy)
    yield Finding(Level.OK, "policy", f"{policy.id} of {policy.dated}, digest {policy.sha256[:12]}")


def _zones(config: Config, _now: UtcTime) -> Iterator[Finding]:
    if not any(z.role is Role.FINAL for z in config.zones):
        yield Finding(Level.WARNING, "zones", "no final zone, so nothing is guarded", 'Add a zone with role = "final".')
    for zone in config.zones:
        name = f"zone {zone.name}"
        if not zone.root.is_dir():
            yield Finding(Level.PROBLEM, name, f"{zone.root} is not there", "Mount it, or mend its path.")
        elif not os.access(zone.root, os.R_OK | os.X_OK):
            yield Finding(Level.PROBLEM, name, f"{zone.root} cannot be read by this user", "Give it the right.")
        elif zone.role is Role.FINAL and not is_protected(zone):
            advice = f"Let only the service's user write there: chown and chmod go-w {zone.root}"
            yield Finding(Level.WARNING, name, "unprotected: others can put files into this final folder", advice)
        else:
            yield Finding(Level.OK, name, f"{zone.root} ({zone.role.value})")


def _catalogue(config: Config, now: UtcTime) -> Iterator[Finding]:
    with Catalogue.open(config.catalogue) as catalogue:
        counts = catalogue.counts()
        yield Finding(Level.OK, "catalogue", f"{config.catalogue}, {counts.assets:,} assets")
        catalogue.verify()
        catalogue.check_clock(now)
        yield Finding(
            Level.OK, "ledger", f"whole, {counts.ledger_entries:,} entries, head {catalogue.ledger.head().hash}"
        )
        found = catalogue.check_signatures(ever_listed(config, catalogue))
        if found.good or found.unknown:
            more = f"; {found.unknown:,} by keys that were never listed here, not checked" if found.unknown else ""
            says = f"{found.good:,} good{more}; {found.unsigned:,} records that nobody signed"
            yield Finding(Level.OK, "signatures", says)


def _evidence(config: Config, _now: UtcTime) -> Iterator[Finding]:
    """Say only that something is wrong: where nothing was kept yet there is no file."""
    from provenance.catalogue.keptfile import KeptFile

    store = KeptFile(config.catalogue)
    if os.path.lexists(store.path):
        store.check()
    yield from ()


def _examiner(config: Config, _now: UtcTime) -> Iterator[Finding]:
    from provenance.credentials.trust import load_trust
    from provenance.examiner import examiner_for

    with Catalogue.open(config.catalogue) as catalogue:
        drift = catalogue.drift(examiner_for(load_trust(config.anchors)))
        count, newer = drift.count(), drift.newer()
    if newer:
        says = f"{newer:,} {'file was' if newer == 1 else 'files were'} examined by newer readers than this machine has"
        yield Finding(
            Level.WARNING, "examiner", says, "Update provenance on this machine: it may overlook what they saw."
        )
    if count:
        says = f"{count:,} {'file was' if count == 1 else 'files were'} examined by an older examiner"
        advice = "Look again at them, and see which verdicts change: provenance rescan --outdated"
        yield Finding(Level.WARNING, "examiner", says, advice)
    elif not newer:
        yield Finding(Level.OK, "examiner", "everything that is there was read by today's readers")


def _signing(config: Config, _now: UtcTime) -> Iterator[Finding]:
    from provenance.credentials.keys import load_signer

    if config.signing is None:
        says = "no signing identity: `provenance mark` cannot write"
        yield Finding(Level.WARNING, "signing", says, KeyUnusable.default_help)
        return
    key = load_signer(config.signing.certificate, config.signing.key)
    kind = "development identity" if key.development else "identity"
    yield Finding(Level.OK, "signing", f"{kind} {key.subject}, valid until {key.not_after}")


def _workers(config: Config, _now: UtcTime) -> Iterator[Finding]:
    """Start a worker as a scan does, and have it look at a file that is known to be harmless."""
    from provenance.credentials.trust import load_trust

    with tempfile.TemporaryDirectory() as folder, Pool(load_trust(config.anchors), workers=1) as pool:
        (Path(folder) / "note.txt").write_text("a plain text\n")
        ((_, answer),) = pool.examine([Request(os.fsencode(folder), b"note.txt")])
    if not isinstance(answer, Looked) or answer.evidence.credential.state is not State.UNSUPPORTED:
        advice = "Examine a file with PROVENANCE_TRACEBACK=1, and see whether the c2pa library loads."
        yield Finding(Level.PROBLEM, "workers", f"a worker could not read a plain text: {answer}", advice)
        return
    examiner = answer.evidence.examiner
    yield Finding(Level.OK, "workers", f"examine with provenance {examiner.provenance}, c2pa {examiner.c2pa}")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    workers = len(os.sched_getaffinity(0))
    needed = workers * Limits().memory
    if memory < needed:
        says = f"{workers} workers may use up to {needed >> 30} GiB together; this machine has {memory >> 30}"
        yield Finding(Level.WARNING, "memory", says, "Run provenance on fewer cores, e.g. with `taskset`.")
