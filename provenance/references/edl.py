"""Edit decision lists (CMX 3600 and what grew out of it): reels by event, and names and paths in the comments below.

The format knows reels of eight characters. Names stand in comments that each system writes its own way; those of Avid,
Final Cut, Premiere, Resolve, Nucoda and OpenTimelineIO are known.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from provenance.references.model import Frames, Gathering, Reference, Unreadable

_TIME = r"\d{1,3}[:;]\d\d[:;]\d\d[:;.]\d{2,3}"
_EVENT = re.compile(
    rf"(?P<number>\d{{1,6}})[A-Z]?\s+(?P<reel>\S+(?: \S+)*?)\s+(?P<track>[A-Z][A-Z0-9/]{{0,8}})\s+"
    rf"(?P<edit>C|D|W\d{{1,3}}|K|KB|KO|K B|K O)\s+(?:\d{{1,4}}\s+)?(?:F\s+)?"
    rf"(?P<start>{_TIME})\s+(?P<end>{_TIME})\s+{_TIME}\s+{_TIME}(?:\s.*)?",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\d{2,6}[A-Z]?\s")
_NAMED = re.compile(
    r"[*>\s]*(?:(?P<side>FROM|TO|KEY)\s+(?P<what>CLIP NAME|CLIP|FILE)|(?P<source>SOURCE FILE(?: PATH)?|"
    r"OTIO REFERENCE (?:FROM|TO)))\s*:\s*(?P<said>.*\S)\s*",
    re.IGNORECASE,
)
_FULL_REEL = re.compile(r"[*>\s]*OTIO TRUNCATED REEL NAME FROM\s*:\s*(.*\S)\s*", re.IGNORECASE)
_LONGEST = 10_000
_BLACK = frozenset({"bl", "blk", "black"})
_NO_REEL = frozenset({"ax", "aux", "xxx", "none", "unknown"})
_RANGE = re.compile(r"(?P<head>.*?)\[(?P<first>\d{1,9})-(?P<last>\d{1,9})\](?P<tail>.*)")


@dataclass(slots=True)
class _Event:
    """One event: its lines, and what the comments below them say."""

    reels: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    track: str = ""
    span: str = ""


def read(text: str, gathering: Gathering) -> None:
    """Take down everything an edit list points at; raises `Unreadable`, also for a line that should be an event."""
    events = list(_events(text))
    if not events:
        raise Unreadable("it has no event of an edit list, and is no other timeline that is known")
    for event in events:
        for reference in _references(event):
            gathering.add(reference)
        if not (event.names or event.paths) and any(r.casefold() in _BLACK for r in event.reels):
            gathering.add_made("black")


def _events(text: str) -> Iterator[_Event]:
    number, event = "", _Event()
    for at, line in enumerate(text.splitlines(), 1):
        if len(line) > _LONGEST:
            raise Unreadable(f"line {at} is longer than any line of an edit list")
        stripped = line.strip()
        found = _EVENT.fullmatch(stripped)
        if found is None and _NUMBERED.match(stripped):
            raise Unreadable(f"line {at} should be an event, and cannot be read as one")
        if found is not None:
            # A dissolve is two lines of one number: from what, and to what.
            if event.reels and (found["number"] != number or event.names or event.paths):
                yield event
                event = _Event()
            number = found["number"]
            event.reels.append(found["reel"])
            event.track = event.track or ("audio" if found["track"].upper().startswith("A") else "video")
            event.span = event.span or f"{found['start']}-{found['end']}"
        elif event.reels:
            _comment(event, stripped)
    if event.reels:
        yield event


def _comment(event: _Event, line: str) -> None:
    full = _FULL_REEL.fullmatch(line)
    if full is not None:
        event.reels.append(full[1])
        return
    found = _NAMED.fullmatch(line)
    if found is None:
        return
    if found["what"] and found["what"].upper() == "CLIP NAME":
        event.names.append(found["said"])
    else:
        event.paths.append(found["said"])


def _references(event: _Event) -> Iterator[Reference]:
    """Yield what an event points at. A path belongs to the name in its place; what has no name and no path has a reel.

    Where there are fewer paths than names, nobody can say whose they are: then each stands for itself.
    """
    reels = [r for r in event.reels if r.casefold() not in _BLACK | _NO_REEL]
    reel = reels[-1] if reels else ""
    if len(event.paths) == len(event.names):
        pairs = list(zip(event.names, event.paths, strict=True))
    else:
        pairs = [(name, "") for name in event.names] + [(_last(path), path) for path in event.paths]
    for name, path in pairs:
        bare = _RANGE.fullmatch(_last(path) or name)
        if bare is not None and int(bare["first"]) <= int(bare["last"]):
            yield _sequence(bare, name, path, event)
        else:
            yield Reference(name, path, reel, event.track, event.span)
    if not pairs:
        yield from (Reference(r, "", r, event.track, event.span) for r in reels)
        if not reels and not any(r.casefold() in _BLACK for r in event.reels):
            yield Reference(event.reels[0], "", "", event.track, event.span)


def _sequence(found: re.Match[str], name: str, path: str, event: _Event) -> Reference:
    """Return `shot.[1001-1240].exr`, as Resolve writes it, as the frames it means."""
    first, last = int(found["first"]), int(found["last"])
    frames = Frames(found["head"], found["tail"], first, last - first + 1, padding=len(found["first"]))
    folder = path[: len(path) - len(_last(path))]
    return Reference(name, folder, "", event.track, event.span, frames)


def _last(path: str) -> str:
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]
