"""Timelines for tests, in each format, as editing systems write them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

FORMATS = ("otio", "edl", "fcpxml", "xml")


def timeline(path: Path, sources: Sequence[str]) -> Path:
    """Write a timeline of some sources, in the format its ending says. A source is a path, a URL, or a bare name."""
    match path.suffix:
        case ".otio":
            text = json.dumps(otio([clip(Path(s).name, external(s)) for s in sources]))
        case ".edl":
            text = edl(sources)
        case ".fcpxml":
            text = fcpxml(sources)
        case _:
            text = xmeml(sources)
    path.write_text(text)
    return path


def url(source: str) -> str:
    """Return an absolute path as a URL; anything else as it is."""
    return f"file://{quote(source)}" if source.startswith("/") else source


def external(target: str) -> dict[str, Any]:
    """Return a reference as OpenTimelineIO writes it."""
    return {"OTIO_SCHEMA": "ExternalReference.1", "metadata": {}, "name": "", "target_url": url(target)}


def clip(name: str, *references: dict[str, Any] | None) -> dict[str, Any]:
    """Return a clip of one reference or of several."""
    keys = ("DEFAULT_MEDIA", *(f"other {n}" for n in range(1, len(references))))
    several = dict(zip(keys, references, strict=False))
    return {
        "OTIO_SCHEMA": "Clip.2",
        "name": name,
        "metadata": {},
        "effects": [],
        "media_references": several,
        "active_media_reference_key": "DEFAULT_MEDIA",
    }


def otio(children: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return a timeline of one track."""
    track = {"OTIO_SCHEMA": "Track.1", "kind": "Video", "name": "V1", "children": [*children]}
    return {"OTIO_SCHEMA": "Timeline.1", "name": "cut", "tracks": {"OTIO_SCHEMA": "Stack.1", "children": [track]}}


def edl(sources: Sequence[str]) -> str:
    """Return an edit list. It knows names, and a path only in a comment."""
    lines = ["TITLE: CUT", "FCM: NON-DROP FRAME", ""]
    for n, source in enumerate(sources):
        at, end = (f"01:00:{second:02}:00" for second in (n * 2, n * 2 + 2))
        lines += [f"{n + 1:03}  AX       V     C        00:00:00:00 00:00:02:00 {at} {end}"]
        lines += [f"* FROM CLIP NAME: {Path(source).name}"]
        lines += [f"* SOURCE FILE: {source}"] if "/" in source else []
    return "\n".join(lines) + "\n"


def fcpxml(sources: Sequence[str]) -> str:
    """Return a project of Final Cut Pro."""
    assets = "".join(
        f'<asset id="r{n}" name="{Path(s).stem}" hasVideo="1"><media-rep kind="original-media" src="{url(s)}"/></asset>'
        for n, s in enumerate(sources)
    )
    clips = "".join(f'<asset-clip ref="r{n}" offset="{n}s" duration="1s"/>' for n in range(len(sources)))
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n<fcpxml version="1.11">'
    spine = f"<spine>{clips}</spine>"
    project = f'<project name="cut"><sequence format="f1">{spine}</sequence></project>'
    return f"{head}<resources>{assets}</resources><library><event>{project}</event></library></fcpxml>"


def xmeml(sources: Sequence[str]) -> str:
    """Return a sequence of Final Cut Pro 7, as Premiere writes it."""
    clips = "".join(
        f'<clipitem id="c{n}"><name>{Path(s).name}</name><in>0</in><out>48</out><file id="f{n}">'
        f"<name>{Path(s).name}</name><pathurl>{url(s)}</pathurl></file></clipitem>"
        for n, s in enumerate(sources)
    )
    track = f"<media><video><track>{clips}</track></video></media>"
    return f'<?xml version="1.0"?>\n<!DOCTYPE xmeml>\n<xmeml version="5"><sequence id="s">{track}</sequence></xmeml>'
