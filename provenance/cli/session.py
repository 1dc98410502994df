"""What a command works with: the configuration, the policy, the catalogue and the workers, each made when needed."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provenance import __version__
from provenance.asset import Commitment, UtcTime
from provenance.cli.options import Terminated, now

if TYPE_CHECKING:
    # Workers are started before any of these is loaded, and a question about a known file needs few of them.
    from types import FrameType

    from provenance.account import Ask
    from provenance.catalogue import Catalogue, Stamp
    from provenance.catalogue.telling import Heard
    from provenance.cli.signing import Signing
    from provenance.config import Config
    from provenance.disclosing.draft import Commit
    from provenance.examination import Answer, Request
    from provenance.looking import Intake, Progress
    from provenance.personal import PersonalStore
    from provenance.policy import Policy
    from provenance.voices import Voices


class Session:
    """One run of one command."""

    def __init__(self, config: "Config", policy: "Policy | None" = None) -> None:
        self.config = config
        self._policy = policy

    @classmethod
    def of(cls, context: click.Context) -> "Session":
        """Return the session for the configuration a command line chose."""
        from provenance.configfile import find_config, load_config

        return cls(load_config(find_config(context.obj, dict(os.environ), Path.cwd())))

    @classmethod
    def with_workers(cls, context: click.Context) -> "Session":
        """Return the session of a verb that looks at files: its workers load while the rest is still getting ready."""
        from provenance.workers import warm_up

        warm_up()
        return cls.of(context)

    @property
    def policy(self) -> "Policy":
        """The policy the configuration names, parsed once."""
        if self._policy is None:
            from provenance.policy import load_policy

            self._policy = load_policy(self.config.policy, self.config.folder)
        return self._policy

    @property
    def signed(self) -> bool:
        """Whether words have to be signed here."""
        from provenance.config import ApprovalsMode

        return self.config.approvals is ApprovalsMode.SIGNED

    @cached_property
    def signing(self) -> "Signing":
        """How words are recorded by this command, and what came of it."""
        from provenance.cli.signing import Signing

        return Signing.chosen(self)

    def voices(self, catalogue: "Catalogue") -> "Voices":
        """Return whose word counts now."""
        from provenance.voices import Voices

        return Voices(self.config, self.policy, catalogue, now())

    def heard(self, catalogue: "Catalogue") -> "Heard":
        """Return what says which of all that was told of some bytes counts: all of it where no signature is needed.

        The policy is read only where something has to be asked.
        """
        voices = cache(lambda: self.voices(catalogue))
        return lambda digest, told: voices().heard(digest, told) if self.signed and told else told

    def check(self) -> None:
        """Read every rule the configuration names; raises `ProvenanceError` for the first that cannot be used."""
        from provenance.credentials.trust import load_trust
        from provenance.gate import check_rules

        check_rules(self.config, self.policy)
        load_trust(self.config.anchors)
        if self.config.notify is not None:
            from provenance.daemon.tellers import tellers_of

            tellers_of(self.config.notify)

    @property
    def commit(self) -> "Commit":
        """What puts the names of performers away, where they can be erased."""
        from provenance.personal import ValueKind

        def commit(name: str) -> Commitment:
            with self.personal(making=True) as (_, store):
                return store.keep(ValueKind.PERFORMER, name.encode(), now())

        return commit

    @contextmanager
    def personal(self, *, making: bool = False) -> "Iterator[tuple[Catalogue, PersonalStore]]":
        """Yield the catalogue and its personal store, having finished whatever erasure was cut off.

        Raises `PersonalUnknown` where there is no store, unless `making`.
        """
        from provenance.personal import PersonalStore, finish_erasures, personal_path

        path = personal_path(self.config.catalogue)
        with self.catalogue() as catalogue, (PersonalStore.making if making else PersonalStore.open)(path) as store:
            finish_erasures(catalogue, store)
            yield catalogue, store

    def performers(self) -> tuple[str, ...]:
        """Return the names of performers that are stored here, to take them out of what leaves the house."""
        from provenance.errors import PersonalUnknown
        from provenance.personal import ValueKind

        try:
            with self.personal() as (_, store):
                kept = [store.opened(s.commitment) for s in store.stored() if s.kind is ValueKind.PERFORMER]
        except PersonalUnknown:
            return ()  # nothing was ever stored
        return tuple(k.value.decode(errors="replace") for k in kept)

    def stamp(self, claimed_at: UtcTime | None = None) -> "Stamp":
        """Return who, where, when and under which rules, for an entry that is written now."""
        from provenance.catalogue import Stamp

        return Stamp(
            at=now(),
            os_user=_user(),
            host=os.uname().nodename,
            version=__version__,
            config=self.config.sha256,
            policy=self.policy.sha256,
            claimed_at=claimed_at,
        )

    @contextmanager
    def catalogue(self) -> "Iterator[Catalogue]":
        """Yield the catalogue, open; it is never made anew here."""
        from provenance.catalogue import Catalogue

        with Catalogue.open(self.config.catalogue) as catalogue:
            yield catalogue

    @contextmanager
    def intake(self, progress: "Progress | None" = None) -> "Iterator[Intake]":
        """Yield everything it takes to record files. From here on SIGTERM unwinds, as Ctrl-C does."""
        from provenance.pool import Pool

        _unwind_on_sigterm()
        from provenance.credentials.trust import load_trust
        from provenance.examiner import examiner_for
        from provenance.looking import Intake, Silent
        from provenance.targets import all_zones

        trust, keep = load_trust(self.config.anchors), self.signing.keep  # a passphrase is asked for before any work
        with self.catalogue() as catalogue, Pool(trust, brief=True) as pool:
            told, zones = progress or Silent(), lambda: all_zones(self.config)
            intake = Intake(catalogue, pool, lambda: examiner_for(trust), self.stamp, told, keep, zones)
            yield intake

    def outdated(self, catalogue: "Catalogue") -> int | None:
        """Return how many files could read otherwise today than they were read. Loads the SDK.

        None where it is not known, because nobody could look today: the trust list cannot be used.
        """
        from provenance.credentials.trust import load_trust
        from provenance.errors import ConfigTrouble
        from provenance.examiner import examiner_for

        try:
            today = examiner_for(load_trust(self.config.anchors))
        except ConfigTrouble:
            return None
        return catalogue.drift(today).count()

    def ask(self, request: "Request") -> "Answer":
        """Examine one file in a worker of its own."""
        from provenance.credentials.trust import load_trust
        from provenance.pool import Pool

        with Pool(load_trust(self.config.anchors), workers=1, brief=True) as pool:
            ((_, answer),) = pool.examine([request])
        return answer

    @contextmanager
    def asking(self) -> "Iterator[Ask]":
        """Yield what examines one file after another in the same workers, which are started when there is one."""
        from provenance.credentials.trust import load_trust
        from provenance.pool import Pool

        with ExitStack() as stack:
            pools: list[Pool] = []

            def ask(request: "Request") -> "Answer":
                if not pools:
                    pools.append(stack.enter_context(Pool(load_trust(self.config.anchors), workers=1, brief=True)))
                ((_, answer),) = pools[0].examine([request])
                return answer

            yield ask


def _unwind_on_sigterm() -> None:
    import signal

    def unwind(_number: int, _frame: "FrameType | None") -> None:
        raise Terminated

    signal.signal(signal.SIGTERM, unwind)


def _user() -> str:
    """Return the operating system's name for who runs this; the number where there is no name (in a container)."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


def on_terminal() -> bool:
    """Whether a person watches: progress is for them alone."""
    return sys.stderr.isatty()
