"""From packs to a policy: the one extended first, each later one key by key over it. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, TypeVar

from provenance.errors import PolicyInvalid
from provenance.evidence import State
from provenance.policy.condition import VOCABULARY, Condition
from provenance.policy.document import ACTS, AreaItem, Document, Item, PrincipleItem, Tables, TriggerItem, UseItem
from provenance.policy.facts import Exemption, Replica
from provenance.policy.model import Outcome
from provenance.policy.terms import Area, Consents, Principle, Reply, Trigger, Use
from provenance.strict import nearest
from provenance.verdict import Origin

K = TypeVar("K", bound=Enum)
MODES: Final = ("unsigned", "signed")
UNTOLD: Final = {"report": Outcome.PASS, "hold": Outcome.HOLD}
ATTEST: Final = "attest"
_ATTESTABLE: Final = {Origin.UNKNOWN, Origin.CAPTURED, Origin.CREATED}
_OUTCOMES: Final = {o.value: o for o in Outcome}
_REPLIES: Final = {r.value: r for r in Reply}


@dataclass(slots=True)
class Merged:
    """What several packs come to, by name; `changes` says what one of them made of another's."""

    origins: dict[str, str] = field(default_factory=dict)
    credentials: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    needed: dict[str, list[str]] = field(default_factory=dict)
    items: dict[str, dict[str, Item]] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)

    def put(self, document: Document) -> None:
        """Lay one pack over what is there."""
        by = document.id
        self._over("[origins] ", self.origins, document.origins, by)
        self._over("[credentials] ", self.credentials, document.credentials, by)
        said = {
            "[approvals] mode": document.approvals.mode,
            "[approvals] roles": document.approvals.roles,
            "[approvals] transcribed": document.approvals.transcribed,
            "[disclosure] untold": document.disclosure.untold,
        }
        said |= {f"[approvals] {act}": roles for act, roles in document.approvals.acts().items()}
        self._over("", self.settings, {k: v for k, v in said.items() if v is not None}, by)
        self._over("[consent.needed] ", self.needed, document.consent.needed, by)
        sections: dict[str, Iterable[Item]] = {
            "principle": document.principle,
            "area": document.area,
            "trigger": document.trigger,
            "use": document.use,
        }
        for section, items in sections.items():
            there = self.items.setdefault(section, {})
            for item in items:
                if there.get(item.key, item) != item:
                    self.changes.append(f"{by}: [[{section}]] {item.key} is replaced")
                there[item.key] = item

    def _over(self, where: str, there: dict[str, Any], given: Mapping[str, Any], by: str) -> None:
        for key, value in given.items():
            if there.get(key, value) != value:
                self.changes.append(f"{by}: {where}{key} = {_shown(value)}, was {_shown(there[key])}")
            there[key] = value


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) or "nobody" if isinstance(value, list) else str(value)


class Builder:
    """Turns names into values; whatever is not known is refused with the nearest that is."""

    def __init__(self, merged: Merged, name: str) -> None:
        self._merged = merged
        self._name = name

    def trouble(self, says: str) -> PolicyInvalid:
        """Return the error that something in this policy is not right."""
        return PolicyInvalid(f"policy {self._name!r}: {says}")

    def table(self, table: str, given: Mapping[str, str], keys: type[K], words: Collection[str]) -> dict[K, str]:
        """Return a total map from one table of words, or raise `PolicyInvalid`."""
        known = {k.value: k for k in keys}
        for key, word in given.items():
            self.among(key, known, f"[{table}] has no")
            if word not in words:
                raise self.trouble(f"[{table}] {key} = {word!r}; say {_listed(words)}")
        missing = [k for k in known if k not in given]
        if missing:
            raise self.trouble(f"[{table}] says nothing about {', '.join(missing)}")
        return {known[k]: v for k, v in given.items()}

    def among(self, value: str, known: Collection[str], says: str) -> str:
        """Return a value that is known, or raise `PolicyInvalid` with the nearest one."""
        if value not in known:
            raise self.trouble(f"{says} {value!r}{nearest(value, [str(k) for k in known])}")
        return value

    def origins(self) -> tuple[dict[Origin, Outcome], frozenset[Origin]]:
        """Return what each origin means, and which of them are held until somebody attests. Never below the floor."""
        words = self.table("origins", self._merged.origins, Origin, (*_OUTCOMES, ATTEST))
        attest = frozenset(o for o, word in words.items() if word == ATTEST)
        for origin in sorted(attest - _ATTESTABLE, key=lambda o: o.value):
            raise self.trouble(f"{origin.value} cannot be attested away: say hold or refuse")
        origins = {o: Outcome.HOLD if o in attest else _OUTCOMES[word] for o, word in words.items()}
        for origin, outcome in origins.items():
            if origin.flagged and outcome is not Outcome.REFUSE:
                raise self.trouble(f"does not refuse {origin.value}: only an approval may let it pass")
        if origins[Origin.REVIEW] is Outcome.PASS:
            raise self.trouble("lets review pass: only a clearance may")
        return origins, attest

    def credentials(self) -> dict[State, Outcome]:
        """Return what each state of a credential means. Never below the floor."""
        words = self.table("credentials", self._merged.credentials, State, _OUTCOMES)
        states = {s: _OUTCOMES[word] for s, word in words.items()}
        for state in (State.UNREADABLE, State.BROKEN, State.REMOTE):
            if states[state] is Outcome.PASS:
                raise self.trouble(f"lets {state.value} credentials pass: only a clearance may")
        return states

    def setting(self, key: str, known: Collection[str], default: str) -> str:
        """Return one word of several."""
        return self.among(self._merged.settings.get(key, default), known, f"{key} cannot be")

    def roles(self, key: str) -> frozenset[str]:
        """Return a list of roles."""
        return frozenset(self._merged.settings.get(key, ()))

    def acts(self) -> dict[str, frozenset[str]]:
        """Return the roles each act is left to. One that no pack speaks of is anybody's who is listed."""
        return {act: self.roles(f"[approvals] {act}") for act in ACTS if f"[approvals] {act}" in self._merged.settings}

    def consent(self) -> Consents:
        """Return which replicas need a consent."""
        needed = {}
        for replica, exempt in self._merged.needed.items():
            self.among(replica, [*Replica], "[consent.needed] has no")
            for exemption in exempt:
                self.among(exemption, [*Exemption], f"[consent.needed] {replica} has no exemption")
            needed[replica] = frozenset(exempt)
        return Consents(needed)

    def principles(self) -> tuple[Principle, ...]:
        """Return the principles."""
        return tuple(
            Principle(
                key=p.key,
                number=p.number,
                says=p.says,
                soft=p.soft,
                clearance_evidence=p.clearance_evidence,
                register=p.register,
                denied_by=self.conditions(p.denied_by, f"[[principle]] {p.key}: denied_by"),
                roles=frozenset(p.roles),
            )
            for p in self._merged.items["principle"].values()
            if isinstance(p, PrincipleItem)
        )

    def areas(self) -> tuple[Area, ...]:
        """Return the areas."""
        items = self._merged.items["area"].values()
        return tuple(Area(key=a.key, number=a.number, says=a.says) for a in items if isinstance(a, AreaItem))

    def triggers(self) -> tuple[Trigger, ...]:
        """Return the triggers; each names an area that is there."""
        return tuple(self._trigger(t) for t in self._merged.items["trigger"].values() if isinstance(t, TriggerItem))

    def _trigger(self, t: TriggerItem) -> Trigger:
        where = f"[[trigger]] {t.key}:"
        self.among(t.area, self._merged.items["area"], f"{where} there is no area")
        answer = self.among(t.answer, (Reply.ESCALATE.value, Reply.FORBID.value), f"{where} answer cannot be")
        return Trigger(
            key=t.key,
            number=t.number,
            area=t.area,
            says=t.says,
            when=self.conditions(t.when, f"{where} when"),
            unless=self.conditions(t.unless, f"{where} unless"),
            roles=frozenset(t.roles),
            consent=t.consent,
            answer=_REPLIES[answer],
        )

    def uses(self) -> tuple[Use, ...]:
        """Return the rows of the table of uses."""
        return tuple(self._use(u) for u in self._merged.items["use"].values() if isinstance(u, UseItem))

    def _use(self, u: UseItem) -> Use:
        where = f"[[use]] {u.key}:"
        answer = _REPLIES[self.among(u.answer, _REPLIES, f"{where} answer cannot be")]
        if answer is Reply.TELL and (u.when or u.unless):
            raise self.trouble(f"{where} conditions mean nothing where the answer is tell")
        when, unless = self.conditions(u.when, f"{where} when"), self.conditions(u.unless, f"{where} unless")
        return Use(
            key=u.key,
            number=u.number,
            says=u.says,
            answer=answer,
            when=when,
            unless=unless,
            roles=frozenset(u.roles),
        )

    def conditions(self, tables: Tables | None, where: str) -> tuple[Condition, ...]:
        """Return conditions; one that is empty would always hold and is refused, and so is one that never could."""
        if tables is None:
            return ()
        each = [tables] if isinstance(tables, dict) else tables
        if not each or not all(each):
            raise self.trouble(f"{where} is empty")
        return tuple(
            Condition(tuple((fact, self._values(fact, wanted, where)) for fact, wanted in table.items()))
            for table in each
        )

    def _values(self, fact: str, wanted: object, where: str) -> frozenset[str]:
        self.among(fact, VOCABULARY, f"{where} has no fact")
        known = VOCABULARY[fact]
        if fact == "use":
            known = frozenset(self._merged.items["use"])
        values = wanted if isinstance(wanted, list) else [wanted]
        if not values:
            raise self.trouble(f"{where}: {fact} is an empty list, which never holds")
        words = set()
        for value in values:
            match value:
                case bool():
                    word = "true" if value else "false"
                case str() if value not in {"true", "false"}:
                    word = value
                case _:
                    raise self.trouble(f"{where}: {fact} cannot be {value!r}; write true or false, or a word in quotes")
            words.add(word if known is None else self.among(word, sorted(known), f"{where}: {fact} cannot be"))
        return frozenset(words)


def _listed(words: Collection[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}"
