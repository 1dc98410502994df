"""What was told, as it is shown: the answer first, then every reason, who can resolve it, and with which command."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from provenance.advice import Advice
from provenance.asset import Channel, Title
from provenance.config import ApprovalsMode, Config, Role
from provenance.files import display
from provenance.policy.assess import Concern
from provenance.policy.model import Policy
from provenance.policy.terms import Reply
from provenance.policy.told import Telling
from provenance.records import Subject
from provenance.records.disclosure import Disclosure
from provenance.report.record_document import record_document
from provenance.report.records import standing_words
from provenance.report.subjects import subject_lines
from provenance.report.told_documents import ConcernDocument, DisclosureDocument, NeededDocument

if TYPE_CHECKING:
    from provenance.identity.authority import Authority


@dataclass(frozen=True, slots=True)
class Told:
    """A disclosure with the answer to it, and what was told about which files."""

    disclosure: Disclosure
    telling: Telling
    subjects: tuple[Subject, ...] = ()
    declared: str | None = None
    binding: str | None = None
    """The record that bound these files to it, where they were bound later."""
    authority: "Authority | None" = None
    """What stands behind the disclosure; None where nobody had to look."""
    bound: "Authority | None" = None
    """What stands behind the binding."""
    signing: tuple[str, ...] = ()
    """How it is still to be signed, in lines, where it was only written down."""


_ANSWERED = {Reply.TELL: "TOLD", Reply.ESCALATE: "ESCALATE", Reply.FORBID: "FORBIDDEN"}


def told_text(told: Told, config: Config, policy: Policy) -> Iterator[str]:
    """Yield a disclosure as lines: the answer first, every reason with who can resolve it, then each command once."""
    disclosure, telling = told.disclosure, told.telling
    yield f"{_ANSWERED[telling.answer]}  {disclosure.id}: {_answer(telling)}"
    for concern in telling.reasons:
        yield f"  {concern.name}: {display(concern.says)}"
        yield f"    because: {display(concern.why)}"
        roles = sorted(concern.roles | policy.roles or telling.roles)
        if concern.kind == "consent":
            roles = ["the performer, or who speaks for them"]
        if concern.kind not in _BY_TELLING and concern.answer is not Reply.FORBID:
            yield f"    who: {', '.join(roles) or 'whoever may approve in this production'}"
    for one in telling.consents:
        if one.consent is not None:
            yield f"  consent to {one.replica}: {one.consent}"
    commands = dict.fromkeys(c for r in telling.reasons for c in remedies(r, told, config, policy))
    yield from (f"  -> {command}" for command in commands)
    if told.binding:
        yield f"  bound by {told.binding}:"
    yield from (f"  {line}" for line in subject_lines(told.subjects))
    if told.declared:
        yield f"  declared ai-generated, for what does not say so itself: {told.declared}"
    if told.signing:
        yield f"  policy {policy.id}"
        yield from (f"  {display(line)}" for line in told.signing)
        return
    yield f"  policy {policy.id}; {display(standing_words(config.approvals, told.authority))}"
    if told.bound is not None:
        yield f"  the binding: {display(standing_words(config.approvals, told.bound))}"


def _answer(telling: Telling) -> str:
    count = len(telling.reasons)
    reasons = f"{count} {'reason' if count == 1 else 'reasons'}"
    match telling.answer:
        case Reply.TELL:
            return "telling is enough"
        case Reply.ESCALATE:
            return f"written approval before going on, for {reasons}"
        case Reply.FORBID:
            return f"nobody can approve this, for {reasons}"
        case _:
            assert_never(telling.answer)


_BY_TELLING = {"question", "register", "unknown"}
"""What nobody has to approve, once it is told as it should be."""


def remedies(concern: Concern, told: Told, config: Config, policy: Policy) -> Iterator[str]:
    """Yield the commands that could resolve one reason. Words in capitals are to be filled in."""
    disclosure, telling, advice = told.disclosure, told.telling, Advice(config, policy)
    revoke = advice.says(f"provenance revoke {disclosure.id} {_BY}")
    title = f" --title {shlex.quote(disclosure.title)}" if disclosure.title else ""
    if concern.answer is Reply.FORBID:
        yield f"make it without a generative tool, then: {revoke}"
        return
    match concern.kind:
        case "consent":
            replica = concern.key.removeprefix("consent").removeprefix("-") or "CLASS"
            what = f"--performer NAME --class {replica}{title} --scope TEXT --document FILE"
            yield advice.says(f"provenance consent record {what} {_BY}")
        case "register":
            yield advice.says(f"provenance tools add TOOL --tier TIER --terms FILE --valid-until DATE … {_BY}")
        case "question" | "unknown":
            yield f"{_AGAIN}{revoke}"
        case _:
            if concern.kind == "principle" and concern.why == "nobody answered it":
                yield f"{_AGAIN}{revoke}"
            where = f"PATH --channel {_channel(config, disclosure.title)}{title}"
            yield from advice.approvals(where, concern.roles | policy.roles or telling.roles)


_BY = "--by WHO --reason TEXT"
_AGAIN = "provenance disclose …, all answered; then: "


def _channel(config: Config, title: Title) -> Channel | str:
    """Return the channel a title is delivered to, where there is only one."""
    channels = {z.channel for z in config.zones if z.role is Role.FINAL and title in {"", z.title}}
    return shlex.quote(channels.pop()) if len(channels) == 1 else "CHANNEL"


def told_document(told: Told, config: Config, policy: Policy) -> DisclosureDocument:
    """Return a disclosure as its document."""
    disclosure, telling = told.disclosure, told.telling
    mode: ApprovalsMode = config.approvals
    return DisclosureDocument(
        record=record_document(disclosure, disclosure.made_at, mode, authority=told.authority),
        answer=telling.answer.value,
        reasons=[_concern(c, told, config, policy) for c in telling.reasons],
        roles=sorted(telling.roles),
        consents=[
            NeededDocument(performer=n.performer, replica=n.replica, consent=n.consent) for n in telling.consents
        ],
        told=disclosure.content(),
        subjects=[s.digest for s in told.subjects],
        declared=told.declared,
        policy=policy.id,
    )


def _concern(concern: Concern, told: Told, config: Config, policy: Policy) -> ConcernDocument:
    return ConcernDocument(
        kind=concern.kind,
        key=concern.key,
        number=concern.number,
        says=concern.says,
        why=concern.why,
        answer=concern.answer.value,
        roles=sorted(concern.roles | policy.roles or told.telling.roles),
        help=[*remedies(concern, told, config, policy)],
    )
