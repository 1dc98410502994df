"""What is open, with whom, and the command that closes it. What many files have in common is said once."""

import os
import shlex
from dataclasses import dataclass, replace

from provenance.accepting import require_accepted
from provenance.advice import Advice, with_path
from provenance.asset import Place, RelPath, ZoneName
from provenance.catalogue import Listed
from provenance.config import Role, Zone
from provenance.dossier.asked import Audience
from provenance.dossier.items import Sources
from provenance.dossier.rows import Hindrance, Item, Opening, Status, Use
from provenance.dossier.tallies import UseTally
from provenance.errors import ConfigNotAccepted
from provenance.files import display
from provenance.identity.people import ADMINISTRATOR
from provenance.policy import Outcome, Rule
from provenance.policy.assess import Concern
from provenance.records import Deliverable
from provenance.verdict import Origin

MAKER = "whoever made it"
TELLER = "whoever told of it"
APPROVER = "whoever may approve in this production"
PERFORMER = "the performer, or who speaks for them"
OPERATOR = "whoever runs provenance"
BOOKKEEPER = "whoever keeps the tool register"

_BY = "--by WHO --reason TEXT"
_ORDER = ("rules", "forbidden", "consent", "approval", "question", "register", "untold", "otherwise", "gate", "look")


@dataclass(frozen=True, slots=True)
class _Kept:
    opening: Opening
    first: Place | None


class Openings:
    """Takes down what is open, each thing once, with how many files it is about."""

    def __init__(self, sources: Sources, audience: Audience) -> None:
        self._from = sources
        self._inside = audience is Audience.INSIDE
        self._advice = Advice(sources.config, sources.policy)
        self._kept: dict[tuple[str, ...], _Kept] = {}

    def take_use(self, use: Use, tally: UseTally) -> None:
        """Take down what is open about a use that was told."""
        if use.status is Status.FORBIDDEN:
            for concern in use.concerns:
                if concern.answer.value == "forbid":
                    advice = f"make it without a generative tool, then: {self._revoke(use)}"
                    self._add(Opening("forbidden", (TELLER,), use.id, f"{concern.name}: {concern.says}", advice))
        elif use.status is Status.OPEN:
            for concern in use.concerns:
                self._take_concern(use, concern)
            if not tally.hindered:
                self._take_roles(use)

    def _take_concern(self, use: Use, concern: Concern) -> None:
        says = f"{concern.name}: {concern.why}"
        title = f" --title {shlex.quote(use.title)}" if use.title else ""
        match concern.kind:
            case "consent":
                replica = concern.key.removeprefix("consent").removeprefix("-") or "CLASS"
                what = f"--performer NAME --class {replica}{title} --scope TEXT --document FILE"
                advice = self._advice.says(f"provenance consent record {what} {_BY}")
                self._add(Opening("consent", (PERFORMER,), use.id, says, advice))
            case "register":
                advice = self._advice.says(
                    f"provenance tools add TOOL --tier TIER --terms FILE --valid-until DATE … {_BY}"
                )
                self._add(Opening("register", (BOOKKEEPER,), use.id, says, advice))
            case "question" | "unknown":
                advice = f"provenance disclose …, all answered; then: {self._revoke(use)}"
                self._add(Opening("question", (TELLER,), use.id, says, advice))
            case _:
                return  # somebody has to approve: that is said by role

    def _take_roles(self, use: Use) -> None:
        """Take down who has to approve and has not."""
        places = self._from.deliverables(use.title)
        channels = sorted({shlex.quote(d.channel) for d in places})
        channel = channels[0] if len(channels) == 1 else "CHANNEL"
        titles = {d.title for d in places}
        title = f" --title {shlex.quote(next(iter(titles)))}" if len(titles) == 1 and titles != {""} else ""
        bind = self._advice.says(f"provenance disclose --for {use.id} PATH --by WHO")
        first = "" if use.files else f"{bind}, once there is a file; then: "
        for required in use.required:
            if not required.given:
                role = required.role or "ROLE"
                what = f"{use.use or 'a use'} was escalated, and is not approved yet"
                (command,) = self._advice.approvals(f"PATH --channel {channel}{title}", [role])
                command = f"{first}{command}"
                self._add(Opening("approval", (required.role or APPROVER,), use.id, what, command))

    def _revoke(self, use: Use) -> str:
        return self._advice.says(f"provenance revoke {use.id} {_BY}")

    def take_item(self, item: Item) -> None:
        """Take down what is open about a generated file."""
        here = next((s for s in item.spots if s.state != "gone"), None)
        first = Place(ZoneName(here.zone), RelPath(here.path)) if here else None
        about = (here.channel or here.role) if here else "delivered"
        if not item.told:
            bind = self._advice.says("provenance disclose --for ID PATH --by WHO")
            advice = f"provenance disclose PATH …, or: {bind}"
            self._add(Opening("untold", (MAKER,), about, "generated, and no disclosure names it", advice), first)
        if item.otherwise:
            advice = "look which of the two is right: provenance origin PATH; then tell anew, or replace the file"
            self._add(
                Opening("otherwise", (TELLER,), about, "says something else of itself than was told", advice), first
            )
        for hindrance in item.hindrances:
            if not (hindrance.rule == Rule.UNTOLD.value and not item.told):  # that is said already
                self._take_hindrance(hindrance, first)

    def _take_hindrance(self, hindrance: Hindrance, first: Place | None) -> None:
        if hindrance.rule in {Rule.CONSENT_MISSING.value, Rule.DOES_NOT_COUNT.value}:
            return  # it is said already of the use; or it says of a word why that is not enough
        who = hindrance.roles or (_WITH.get(hindrance.rule, APPROVER),)
        says = _SAYS.get(hindrance.rule, f"would not pass the gate ({hindrance.rule})")
        self._add(Opening("gate", who, hindrance.channel, says, hindrance.help), first)

    def take_rules(self) -> None:
        """Take down that nobody accepted the rules, where somebody has to: then the gate lets nothing pass."""
        try:
            require_accepted(self._from.config, self._from.policy, self._from.catalogue)
        except ConfigNotAccepted as error:
            advice = "provenance config accept --by WHO --sign-with KEY --reason TEXT"
            says = error.message if self._inside else "no administrator accepted the configuration that is used"
            self._add(Opening("rules", (ADMINISTRATOR,), "configuration", says, advice))

    def take_unexamined(self, zone: Zone, files: int) -> None:
        """Take down that something in a zone was not examined: what nobody looked at may be anything."""
        if files:
            about = zone.channel if zone.role is Role.FINAL else zone.role.value
            says = "not examined, or not finished yet"
            self._add(Opening("look", (OPERATOR,), about, says, "provenance scan; provenance status names them", files))

    def take_rest(self, deliverable: Deliverable, zone: ZoneName) -> None:
        """Take down what else in a final zone the policy would not let pass, by its verdict."""
        policy = self._from.policy
        for origin, outcome in policy.origins.items():
            if outcome is Outcome.PASS or origin.flagged:
                continue
            for listed in self._from.catalogue.listing(zone, origin=origin):
                rule = self._hinders(listed, deliverable)
                if rule is not None:
                    advice = self._advice.says(_ADVICE[rule])
                    self._add(Opening("gate", (_WITH[rule],), deliverable.channel, _SAYS[rule], advice), listed.place)

    def _hinders(self, listed: Listed, deliverable: Deliverable) -> str | None:
        """Return the rule that something unflagged would not pass by; None where somebody's word answers it."""
        words = self._from.vouching.words(listed.digest, deliverable)
        if words.disclosures:
            return None  # it was told to be generated, and stands among the generated files
        if listed.origin in self._from.policy.attest:
            return None if words.attestations else Rule.NOT_ATTESTED.value
        if words.clearances:
            return None
        return str((Rule.ORIGIN_NEEDS_REVIEW if listed.origin is Origin.REVIEW else Rule.ORIGIN_UNKNOWN).value)

    def _add(self, opening: Opening, first: Place | None = None) -> None:
        key = (opening.kind, *opening.who, opening.about, opening.says, opening.help)
        kept = self._kept.get(key)
        if kept is None:
            self._kept[key] = _Kept(replace(opening, files=opening.files or int(first is not None)), first)
        elif first is not None:
            self._kept[key] = replace(kept, opening=replace(kept.opening, files=kept.opening.files + 1))

    def all(self) -> tuple[Opening, ...]:
        """Return everything that is open, what nothing makes up for first."""
        found = sorted(self._kept.values(), key=lambda k: _ORDER.index(k.opening.kind))
        return tuple(self._spelled(k) for k in found)

    def _spelled(self, kept: _Kept) -> Opening:
        """Return an opening with its one file in the command, for those who have the file."""
        opening = kept.opening
        if kept.first is None or opening.files != 1 or not self._inside:
            return opening
        path = self._typed(kept.first)
        return replace(opening, help=with_path(opening.help, path)) if path else opening

    def _typed(self, place: Place) -> str | None:
        """Return a path as it is typed beside the configuration; None where no shell would give back these bytes."""
        zone = self._from.zone(place.zone)
        if zone is None:
            return None
        absolute = os.path.join(os.fsencode(zone.root), place.path)
        path = os.path.relpath(absolute, os.fsencode(self._from.config.folder))
        shown = display(path)
        if shown != os.fsdecode(path):
            return None
        return shlex.quote(f"./{shown}" if shown.startswith("-") else shown)


_WITH = {
    Rule.NOT_ATTESTED.value: MAKER,
    Rule.ORIGIN_NEEDS_REVIEW.value: "whoever may clear in this production",
    Rule.ORIGIN_UNKNOWN.value: "whoever may clear in this production",
    Rule.USE_FORBIDDEN.value: MAKER,
    Rule.UNTOLD.value: TELLER,
    Rule.REFUSED.value: "whoever may decide otherwise in this production",
}
_SAYS = {
    Rule.TEMPORARY_NOT_FINAL.value: "generated, in a final zone, and nobody approved it",
    Rule.ROLE_MISSING.value: "generated, in a final zone, and not approved in every role",
    Rule.USE_FORBIDDEN.value: "a use that the policy forbids",
    Rule.UNTOLD.value: "told of by nobody who is listed",
    Rule.REFUSED.value: "in a final zone, and somebody refused it",
    Rule.NOT_ATTESTED.value: "no sign of a generator, and nobody attested that nothing was generated",
    Rule.ORIGIN_NEEDS_REVIEW.value: "a person must look",
    Rule.ORIGIN_UNKNOWN.value: "no signal found, and this policy does not let that pass by itself",
}
_ADVICE = {
    Rule.NOT_ATTESTED.value: "provenance attest PATH --by WHO --role ROLE --reason TEXT",
    Rule.ORIGIN_NEEDS_REVIEW.value: "provenance clear PATH --by WHO --role ROLE --reason TEXT",
    Rule.ORIGIN_UNKNOWN.value: "provenance clear PATH --by WHO --role ROLE --reason TEXT",
}
