"""Hints beside the bytes: the name of a file, and what the system noted of where it was downloaded from.

A name proves nothing, so only shapes count that generators give and nobody types, as a whole: `sora` and `firefly` are
words, `kling` and `leonardo` are names. A host is known by its whole domain.
"""

import os
import re
from functools import cache

from provenance.evidence import Claim, Gap, Kind, Signal, Strength
from provenance.signals.findings import shown

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_DAY = r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_SHAPES = (
    ("ComfyUI", r"ComfyUI_(?:temp_[a-z]{5}_)?\d{5}_"),
    # Its counter and the seed. A day in the seed's place is somebody's own numbering.
    ("AUTOMATIC1111", rf"\d{{5}}-(?!{_DAY}\Z)[1-9]\d{{7,9}}"),
    ("ChatGPT", r"ChatGPT Image (?:[A-Z][a-z]{2} \d{1,2}, \d{4}|\d{1,2}[. ].{1,12}\d{4}).{0,24}"),
    ("Gemini", r"Gemini_Generated_Image_[a-z0-9]{12,40}(?: ?\(\d{1,3}\)|-\d{1,3})?"),
    ("DALL-E", r"DALL[·-]E \d{4}-\d{2}-\d{2} \d{2}\.\d{2}\.\d{2}\b.{0,200}"),
    ("Midjourney", rf"(?:.{{0,200}}[^a-z0-9])?midjourney(?:_.{{0,200}})?_{_UUID}(?:_\d)?"),
    ("Runway", r"Gen-[34] (?:Alpha|Turbo|Alpha Turbo)\b.{0,200}"),
    ("Kling", r"kling_20\d{6}_.{1,200}"),
    ("Sora", rf"sora_(?:{_UUID}|gen_[0-9a-z]{{20,40}}|video_[0-9a-f]{{20,40}})"),
    ("ElevenLabs", r"ElevenLabs_(?:\d{4}-\d{2}-\d{2}T\d{2}_\d{2}_\d{2}|Text_to_Speech|[A-Z]\w{1,40})_.{1,200}"),
    ("Grok", rf"grok-(?:image|video)-{_UUID}(?: ?\(\d{{1,3}}\))?"),
    ("Leonardo", r"Leonardo_(?:Phoenix|Kino_XL|Lightning_XL|Diffusion_XL|Anime_XL|Vision_XL)_.{1,200}"),
)
_PICTURES = frozenset({"avif", "jpeg", "jpg", "png", "webp"})
"""What numbers alone may be the name of."""
_SHAPE_BY_GROUP = {f"g{n}": who for n, (who, _) in enumerate(_SHAPES)}
_FIRST = re.compile(
    r"ComfyUI_|\d{5}-|ChatGPT I|Gemini_|DALL|Gen-|kling_|sora_|ElevenLabs_|grok-|Leonardo_", re.IGNORECASE
)

_HOSTS = frozenset(
    {
        "aistudio.google.com", "chat.openai.com", "chatgpt.com", "civitai.com", "copilot.microsoft.com", "craiyon.com",
        "designer.microsoft.com", "doubao.com", "dreamina.capcut.com", "elevenlabs.io", "fal.media",
        "firefly.adobe.com", "gemini.google.com", "grok.com", "hailuoai.video", "hailuoai.com", "ideogram.ai",
        "jimeng.jianying.com", "klingai.com", "krea.ai", "labs.google", "labs.openai.com", "leonardo.ai",
        "lumalabs.ai", "midjourney.com", "nightcafe.studio", "novelai.net", "oaiusercontent.com",
        "oaidalleapiprodscus.blob.core.windows.net", "pika.art", "pixverse.ai", "playground.com", "recraft.ai",
        "replicate.delivery", "reve.com", "runwayml.com", "seaart.ai", "sora.chatgpt.com", "sora.com", "stability.ai",
        "suno.ai", "suno.com", "tensor.art", "udio.com", "viduai.com", "x.ai",
    }
)  # fmt: skip
_HOST = re.compile(rb"https?://([A-Za-z0-9.-]{1,253})")
_ATTRIBUTES = (
    "user.com.apple.metadata:kMDItemWhereFroms",
    "com.apple.metadata:kMDItemWhereFroms",
    "user.kMDItemWhereFroms",
    "user.xdg.origin.url",
    "user.xdg.referrer.url",
    "user.Zone.Identifier",
)
"""macOS's note (a list of addresses), as it is kept here and as file servers pass it on; that of Linux's browsers
(freedesktop.org, "Common Extended Attributes"); that of Windows, as file servers and NTFS drivers show it."""


def name_signals(name: bytes) -> tuple[Signal, ...]:
    """Return the hint in a file's name, if it has the shape of one that a generator gives."""
    text = name.decode("utf-8", "replace")
    stem, _, extension = text.rpartition(".")
    stem = stem or text
    if not _FIRST.match(stem) and "midjourney" not in stem.lower():
        return ()
    found = _any_shape().fullmatch(stem)
    if found is None or (stem[0].isdigit() and extension.lower() not in _PICTURES):
        return ()
    says = f"it is named as {_SHAPE_BY_GROUP[found.lastgroup or '']} names files"
    return (Signal(Kind.NAME, Claim.REVIEW, Strength.HINT, "file name", says),)


@cache
def _any_shape() -> re.Pattern[str]:
    """Return what matches any of the shapes: made when it is first needed, for it takes long to make."""
    return re.compile("|".join(rf"(?P<g{n}>{shape})" for n, (_, shape) in enumerate(_SHAPES)), re.IGNORECASE)


def attribute_signals(descriptor: int) -> tuple[Signal, ...]:
    """Return the hints in what the system noted of where an open file came from. No note, or none kept: nothing."""
    try:
        names = os.listxattr(descriptor) if hasattr(os, "listxattr") else []
    except OSError:  # a file system without them
        return ()
    found: list[Signal] = []
    for name in names:
        if name in _ATTRIBUTES:
            try:
                found += whence_signals(f"extended attribute {name}", os.getxattr(descriptor, name))
            except OSError:  # it went meanwhile, which changes the file's stat key
                continue
    return tuple(found)


def whence_signals(place: str, data: bytes) -> tuple[Signal, ...]:
    """Return a hint if one of the addresses in such a note is a generator's.

    The note of macOS is a binary property list, in which an address is plain letters.
    """
    hosts = {host.decode("ascii").lower().rstrip(".") for host in _HOST.findall(data.replace(b"\0", b""))}
    for host in sorted(hosts):
        if _known(host):
            says = f"it was downloaded from {shown(host)}"
            return (Signal(Kind.NAME, Claim.REVIEW, Strength.HINT, place, says),)
    return ()


def _known(host: str) -> bool:
    parts = host.split(".")
    return any(".".join(parts[n:]) in _HOSTS for n in range(len(parts) - 1))


_EXTENSION = re.compile(rb"SidecarForExtension\s{0,8}(?:=\s{0,8}[\"']|>)\s{0,8}([\w.]{1,32})")


def companion_findings(data: bytes, about: bytes) -> tuple[tuple[Signal, ...], tuple[Gap, ...]]:
    """Return the marks and gaps in an `.xmp` file that lies beside a file called `about`.

    One that says which extension it belongs to (`photoshop:SidecarForExtension`) speaks of no other.
    """
    from provenance.signals.packet import packet_utf8
    from provenance.signals.xmp import looks_like_packet, packet_findings

    plain = packet_utf8(data)
    if not looks_like_packet(plain):
        return (), (Gap("XMP", "it is no XMP packet, though it is named like one"),)
    belongs = _EXTENSION.search(plain)
    if belongs is not None and belongs[1].lower().lstrip(b".") != about.rpartition(b".")[2].lower():
        return (), ()
    found = packet_findings("XMP", plain)
    return found.signals, found.gaps


TEXT_LIMIT = 1 << 20
"""Bytes of the longest text that is read."""


_SOURCE_TYPE = re.compile(
    rb"\"digitalsource(?:file)?type\"\s{0,40}:\s{0,40}\[?\s{0,40}(\"[^\"]{1,200}\"|\{[^{}]{1,1000}\})", re.IGNORECASE
)
_QUOTED = re.compile(rb"\"([^\"]{1,200})\"")
"""A digital source type as JSON has it: of schema.org, of IPTC's ninjs, or by itself."""


def text_signals(data: bytes) -> tuple[Signal, ...]:
    """Return the hint in a text or JSON file beside a file: whether a generator's own parameters stand there.

    So is a digital source type that says so. Nothing binds it to the file but half a name, so it is for review at the
    most.
    """
    from provenance.signals.generator import generator_text
    from provenance.signals.text import text_of
    from provenance.sourcetype import statement_of

    text = data[:TEXT_LIMIT]
    marks = generator_text("parameters", text_of(text))
    says = next((m.says for m in marks if m.claim is Claim.AI_GENERATED), None)
    if says is None:
        values = (value for found in _SOURCE_TYPE.findall(text) for value in _QUOTED.findall(found))
        stated = (statement_of(value.decode("utf-8", "replace")) for value in values)
        says = next((one.says for one in stated if one.claim in _FLAGS), None)
    return () if says is None else (Signal(Kind.NAME, Claim.REVIEW, Strength.HINT, "text beside it", says),)


_FLAGS = frozenset({Claim.AI_GENERATED, Claim.AI_ASSISTED, Claim.REVIEW})
