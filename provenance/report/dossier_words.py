"""The words of a report, in whatever form: everything that was recorded is made into harmless single lines here."""

from collections import Counter
from collections.abc import Iterable

from provenance.dossier.asked import Audience
from provenance.dossier.classes import WARNING as WARNING  # noqa: PLC0414 (the words every form begins with)
from provenance.dossier.rows import Dossier, Item, Mark, Spoken, Spot, Status, Tool, Use, deliverable_name
from provenance.files import display
from provenance.records import UNSIGNED

STATUS = {
    Status.OPEN: "escalated and open",
    Status.REFUSED: "refused",
    Status.FORBIDDEN: "forbidden",
    Status.APPROVED: "approved",
    Status.TOLD: "told",
    Status.TAKEN_BACK: "taken back",
}
"""Every status in words, what somebody has to look at first."""

AUDIENCE = {
    Audience.INSIDE: "FOR INSIDE: paths and people's words stand in it",
    Audience.OUTSIDE: "for outside: without prompts, performers, paths, and what people wrote in their own words",
}

_KINDS = {
    "c2pa": "its content credential",
    "xmp": "its XMP metadata",
    "png-text": "text in the PNG",
    "exif": "its EXIF data",
    "comment": "a comment in the file",
    "tag": "a tag in the file",
    "field": "a field in the file",
    "iptc": "its IPTC data",
    "pixels": "what its pixels hold",
    "name": "its name, or where it came from",
    "declaration": "a person's declaration",
    "lineage": "what it was made from",
    "credential": "the state of its content credential",
    "gap": "a part nobody could read",
}


def answer_line(dossier: Dossier) -> str:
    """Return the answer: the highest class of each channel, and how much there is of everything."""
    classes = ", ".join(f"{s.highest.value} on {deliverable_name(s.channel, s.title)}" for s in dossier.standings)
    counts = dossier.counts
    parts = [
        classes or "no channel is in it",
        many(counts.items, "generated file"),
        f"{many(len(dossier.uses), 'use')} told",
        *([f"{counts.untold:,} found and not told"] if counts.untold else []),
        f"{len(dossier.openings):,} open",
    ]
    return display(f"{dossier.name}: {'; '.join(parts)}")


def many(count: int, what: str) -> str:
    """Return a number of things."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def statuses(uses: Iterable[Use]) -> dict[str, int]:
    """Return how many uses there are of each status, each status included."""
    found = Counter(u.status for u in uses)
    return {s.value: found[s] for s in STATUS}


def item_name(item: Item) -> str:
    """Return what a file is called: its first path, or where there may be none its number and digest."""
    first = next((s for s in item.spots if s.path), None)
    if first is None:
        return f"asset {item.number} ({item.short})"
    return display(f"{first.zone}/") + display(first.path)


def spot_text(spot: Spot) -> str:
    """Return a place in words."""
    where = display(f"{spot.zone}/") + display(spot.path) if spot.path else f"a {spot.role} zone"
    channel = f" for {deliverable_name(spot.channel, spot.title)}" if spot.channel else ""
    state = {"present": "is there", "quarantined": f"in quarantine since {spot.since}"}
    return f"{where}{display(channel)}, {state.get(spot.state, f'gone, last seen {spot.since}')}"


def mark_text(mark: Mark | None) -> str:
    """Return the deciding ground in a sentence. Without what the file says, where that may not be shown."""
    if mark is None:
        return "nothing found in it: somebody told that it is generated"
    more = f", and {many(mark.more, 'further ground')}" if mark.more else ""
    what = _KINDS.get(mark.kind, mark.kind)
    says = f": {mark.says}" if mark.says else ""
    return display(f"{what} says {mark.claim} ({mark.strength}){says}{more}")


def spoken_text(word: Spoken) -> str:
    """Return a record in one line, with what stands behind it."""
    role = f" ({word.role})" if word.role else ""
    by = f" by {word.by}{role}" if word.by else role
    where = f" for {', '.join(word.channels)}" if word.channels else ""
    title = f" ({word.title})" if word.title else ""
    what = _what(word)
    until = f", until {word.expires}" if word.expires else ""
    gone = (
        f", TAKEN BACK by {word.revoked_by}" if word.revoked_by else "" if word.counts else ", DOES NOT COUNT any more"
    )
    reason = f": {word.reason}" if word.reason else ""
    return display(
        f"{word.kind} {word.id}{what}{where}{title}{by} at {word.made_at}{until}{gone}{reason} [{word.stands}]"
    )


def _what(word: Spoken) -> str:
    if word.kind == "consent":
        scope = f", {word.scope}" if word.scope else ""
        return f" of {performer_name(word.performer)} to {word.replica}{scope}"
    reach = f", reaches {word.scope}" if word.scope else ""
    covers = f", covers it {word.covers}" if word.covers else ""
    conditions = f", on condition: {'; '.join(word.conditions)}" if word.conditions else ""
    return f"{f', {word.origin}' if word.origin else ''}{reach}{covers}{conditions}"


def performer_name(performer: str) -> str:
    """Return what stands for a performer's name: the start of a commitment, or a number in this report."""
    if not performer:
        return "nobody who is named"
    return performer if " " in performer else f"per-{performer[:20]}"


def limits_text(dossier: Dossier) -> str:
    """Return what the report is limited to; empty for the whole production."""
    asked = dossier.asked
    parts = [f"{name} {value}" for name, value in asked.limits.items() if not (name == "zone" and _outside(dossier))]
    parts += ["one zone"] if "zone" in asked.limits and _outside(dossier) else []
    parts += [f"what happened since {asked.since}"] if asked.since else []
    return display(", ".join(parts))


def _outside(dossier: Dossier) -> bool:
    return dossier.asked.audience is Audience.OUTSIDE


def use_name(use: Use) -> str:
    """Return what a use is called: as its policy does, with how prominent and how final it was told to be."""
    final = {"no": "temporary", "yes": "final", "unsure": "unsure whether final"}.get(
        use.final, "not said whether final"
    )
    what = use.use or "a use"
    says = f": {use.says}" if use.says else ""
    return display(f"{what} ({use.prominence or 'prominence not said'}, {final}){says}")


def listed(values: tuple[str, ...] | None) -> str:
    """Return a list that was told: `none` for an empty one, and what it means that nobody said."""
    return "nobody said" if values is None else ", ".join(values) or "none"


def tool_text(tool: Tool) -> str:
    """Return one step of a workflow in words."""
    parts = (tool.tool or "no tool named", tool.version, tool.tier and f"tier {tool.tier}", tool.agreement)
    model = f", model {tool.model}" if tool.model else ""
    note = f", {tool.note}" if tool.note else ""
    told = f"enterprise: {tool.enterprise or 'nobody said'}; put in: {listed(tool.inputs)}"
    return display(f"{', '.join(p for p in parts if p)}{model}; {told}{note}")


def unsigned(dossier: Dossier) -> bool:
    """Whether nothing proves who wrote the records of this production."""
    return dossier.mode.value == "unsigned"


UNSIGNED_NOTE = f"{UNSIGNED}. approvals = unsigned: a record proves that it was written, not by whom."
