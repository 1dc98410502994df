"""`NAME.HELD.txt`: what the people who work in a folder are told when a file was taken out of it.

A note is recognised by its digest alone, wherever it is moved or copied to. One that somebody wrote into is theirs.
"""

import os
import shlex
from collections.abc import Callable, Container, Iterator
from contextlib import suppress

from provenance.asset import Digest, Place, UtcTime
from provenance.catalogue import Move, Quarantined, Queries, Stay
from provenance.config import Zone
from provenance.examination import Request
from provenance.files import asset_of, display, stat_key
from provenance.moving import NotMoved, Snag, Spot, numbered, put, shortened
from provenance.policy import Outcome, Reason, Rule
from provenance.targets import Target
from watcher.opening import opened_file, opened_folder
from watcher.sweep import Folder

SUFFIX = b".HELD.txt"
"""What a note's name ends with. Where that name is taken there is a number in it: `NAME.HELD.2.txt`."""

_LARGEST = 64 << 10
"""Bytes. No note is as long, and of nothing longer is it asked whether it is one."""

_NAMES = 20
"""So many names are tried for a note."""

_SHOWN = 400
"""Characters of a reason that a note repeats."""

_MODE = 0o644


def note_text(zone: Zone, move: Move) -> bytes:
    """Return the note about a file that was taken away: the same text for the same move, whenever it is made.

    It names nothing that not everybody who sees the folder may know: no prompt, and not where the file is kept.
    """
    name = move.place.path.rpartition(b"/")[2]
    title = f", {display(zone.title)}" if zone.title else ""
    return "\n".join(
        (
            f"HELD: {display(name)}",
            "",
            f"This file was taken out of this folder on {_when(move.at)}:",
            "it may not be delivered as it is. It was not changed, and it is not lost.",
            "",
            "Why:",
            *(f"  - {_short(display(why.text))}" for why in move.why),
            "",
            "What to do: replace it by a file that may be delivered, and delete this note. Or have it",
            "looked at, and then put back from here, by somebody who may:",
            "",
            *(f"  {command}" for command in _commands(zone, move, name)),
            "",
            f"Delivery: {display(zone.channel)}{title}. SHA-256: {move.digest}",
            "This note is no part of the delivery. It goes when the file is put back.",
            "",
        )
    ).encode("utf-8", "backslashreplace")


def _when(at: UtcTime) -> str:
    """Return a time as people read it, to the minute."""
    return f"{at[:10]} at {at[11:16]} UTC"


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _commands(zone: Zone, move: Move, name: bytes) -> Iterator[str]:
    shown = display(name)
    path = "PATH" if shown != os.fsdecode(name) else shlex.quote(f"./{shown}" if shown.startswith("-") else shown)
    key, asked = (" --sign-with KEY", " --requested-by WHO-ASKED") if zone.signed else ("", "")
    outcomes = {why.outcome for why in move.why}
    if Outcome.REFUSE.value in outcomes:
        title = f" --title {shlex.quote(zone.title)}" if zone.title else ""
        to = f"--channel {shlex.quote(zone.channel)}{title}"
        yield f"provenance approve {path} {to} --by WHO --role ROLE{asked} --reason TEXT{key}"
    if Outcome.HOLD.value in outcomes:
        yield f"provenance clear {path} --by WHO --role ROLE --reason TEXT{key}"
    yield f"provenance release {path}"


def leave_note(zone: Zone, move: Move, mark: bytes) -> None:
    """Write the note about a file that was taken away, if one is to be left and it does not lie there already.

    Raises `NotMoved` if it cannot be written. Nothing is ever written over.
    """
    if move.note is None:
        return
    text = note_text(zone, move)
    for name in _names(move.place.path):
        spot = Spot(os.fsencode(zone.root), name)
        if put(spot, text, mark, _MODE) or _digest_of(spot) == move.note:
            return
    raise NotMoved(Snag.OCCUPIED, "every name for its note is taken")


def remove_note(zone: Zone, move: Move) -> None:
    """Remove the note about a file from where the file lay, if it lies there as it was written."""
    if move.note is None:
        return
    for name in _names(move.place.path):
        spot = Spot(os.fsencode(zone.root), name)
        if _digest_of(spot) == move.note:
            with suppress(FileNotFoundError, NotADirectoryError), opened_folder(spot.root, spot.folder) as folder:
                os.unlink(spot.name, dir_fd=folder)
            return


def _names(path: bytes) -> Iterator[bytes]:
    """Yield the names a note about a file may have, best first."""
    folder, slash, name = path.rpartition(b"/")
    first = shortened(name, SUFFIX)
    for note in (first, *(numbered(first, n) for n in range(2, _NAMES))):
        yield folder + slash + note


def _digest_of(spot: Spot) -> Digest | None:
    """Return the digest of what may be a note; None for what is none: no regular file, too long, or not readable."""
    try:
        with opened_file(spot.root, spot.path) as descriptor:
            before = os.fstat(descriptor)
            if before.st_size > _LARGEST:
                return None
            data = os.pread(descriptor, _LARGEST + 1, 0)
            return asset_of(data).digest if stat_key(os.fstat(descriptor)) == stat_key(before) else None
    except OSError:
        return None


def is_our_note(catalogue: Queries, place: Place, digest: Digest) -> bool:
    """Whether a file is a note of ours as it was written: by its digest, and its name must end like a note's."""
    return _named_so(place.path) and catalogue.noted(digest) is not None


def _named_so(path: bytes) -> bool:
    return path.endswith(b".txt") and b".HELD." in path.rpartition(b"/")[2]


def without_notes(catalogue: Queries) -> Callable[[Target, Folder], Iterator[Request]]:
    """Return what asks for every file of a folder, as `Target.requests` does, but for our own notes."""

    def wanted(target: Target, folder: Folder) -> Iterator[Request]:
        return requests_but(notes_among(catalogue, target.root, folder), target, folder)

    return wanted


def requests_but(names: Container[bytes], target: Target, folder: Folder) -> Iterator[Request]:
    """Yield a request for each file of a folder, but for those of these names."""
    return (r for r in target.requests(folder) if r.path.rpartition(b"/")[2] not in names)


def taken_out(about: Quarantined) -> Reason:
    """Return the reason for which nothing is delivered while a note lies among it: something is missing there."""
    name = display(about.move.place.path.rpartition(b"/")[2])
    args = {"name": name, "sha256": about.move.digest, "state": about.stay.value}
    if about.stay in {Stay.RELEASED, Stay.GONE}:
        text = f"a note of provenance about {name}, which is not in quarantine any more"
        return Reason(Rule.TAKEN_OUT, Outcome.HOLD, text, "Delete it: it is no part of a delivery.", args)
    why = "; ".join(_short(w.text) for w in about.move.why)
    text = f"{name} was taken out of here at {about.move.at} and is in quarantine: {why}"
    advice = "Replace it and delete this note, or have it approved or cleared, then put it back: provenance release"
    return Reason(Rule.TAKEN_OUT, Outcome.HOLD, text, advice, args)


def notes_among(catalogue: Queries, root: bytes, folder: Folder) -> dict[bytes, Quarantined]:
    """Return the notes of ours in a folder under `root`, by name, each with what was taken away."""
    found: dict[bytes, Quarantined] = {}
    for name, stat in folder.files:
        if _named_so(name) and stat.st_size <= _LARGEST:
            digest = _digest_of(Spot(root, folder.path + b"/" + name if folder.path else name))
            about = catalogue.noted(digest) if digest is not None else None
            if about is not None:
                found[name] = about
    return found
