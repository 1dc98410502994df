"""Every mark in films and sound: the file that proves it, and the near miss that must not trip it.

A table like the one for stills: a test runs it, and docs/coverage.md is made from it.
"""

import html
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from provenance.evidence import Claim, Strength
from tests.containers import filming as make
from tests.containers.making import box, png, riff
from tests.containers.making import chunk as png_chunk
from tests.signals.making import IPTC, packet
from tests.signals.test_aigc import LABEL as WHOLE_LABEL

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "films"
FFMPEG = "written by FFmpeg 8"
BY_HAND = "made by hand, as the specification says"

GRAPH = json.dumps({"3": {"class_type": "KSampler", "inputs": {"seed": 1}}, "4": {"class_type": "UNETLoader"}})
COMMENT = json.dumps({"prompt": GRAPH, "workflow": {"last_node_id": 3, "nodes": [{"id": 3, "type": "KSampler"}]}})
LABEL = json.dumps(WHOLE_LABEL)
TYPE = f"{IPTC}trainedAlgorithmicMedia"
XMP = packet(attributes=f'Iptc4xmpExt:DigitalSourceType="{TYPE}"')
CAPTURE = packet(attributes=f'Iptc4xmpExt:DigitalSourceType="{IPTC}digitalCapture"')
PLAIN_XMP = packet("<dc:title>Flux, Wan and Luma</dc:title>", attributes='xmp:CreatorTool="Lavf62"')
WORDS = "Gemini at night; imagen by Suno, graded in Kling. Steps, seed and model of the harbour"
NOTES = json.dumps({"prompt": "press any key", "steps": 3, "reel": "A001"})
SUNO = "made with suno; created=2026-01-01T00:00:00Z; id=0c3e1b9a-5b7d-4d0e-9b1f-2f1f0a6b7c8d"
PICTURE = png(png_chunk(b"tEXt", b"parameters\0a cat\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1"))
PLAIN_PICTURE = png(png_chunk(b"tEXt", b"Title\0Flux"))

AI, PART, REVIEW = Claim.AI_GENERATED, Claim.AI_ASSISTED, Claim.REVIEW
TRACE, DECLARED, HINT = Strength.TRACE, Strength.DECLARED, Strength.HINT


@dataclass(frozen=True, slots=True)
class Row:
    """One mark in one place. `proof` must be read as `claim` at `strength`; `miss` must say nothing at all."""

    mark: str
    where: str
    claim: Claim
    strength: Strength
    proof: bytes
    made: str
    miss: bytes
    missed: str


def kept(name: str) -> bytes:
    """Return a file that FFmpeg wrote."""
    return (FIXTURES / name).read_bytes()


def _by_ffmpeg(mark: str, where: str, name: str, strength: Strength = TRACE) -> Row:
    plain = f"plain.{name.rpartition('.')[2]}"
    return Row(mark, where, AI, strength, kept(name), f"{FFMPEG}: {name}", kept(plain), "titles and comments in words")


def _row(mark: str, where: str, made: Callable[[bytes], bytes], how: tuple[bytes, Claim, Strength, bytes, str]) -> Row:
    value, claim, strength, other, missed = how
    return Row(mark, where, claim, strength, made(value), BY_HAND, made(other), missed)


_GRAPH = (COMMENT.encode(), AI, TRACE, NOTES.encode(), "JSON of another program")
_TEXT = (GRAPH.encode(), AI, TRACE, WORDS.encode(), "names of generators as words")
_LABEL = (LABEL.encode(), AI, DECLARED, b"", "an empty field of that name")
_XMP = (XMP, AI, DECLARED, CAPTURE, "another source type")
_PLAIN = (XMP, AI, DECLARED, PLAIN_XMP, "XMP without a source type")
_TYPE = (TYPE.encode(), AI, DECLARED, f"{IPTC}digitalCapture".encode(), "another source type")
_PART = (PICTURE, PART, TRACE, PLAIN_PICTURE, "cover art with a title")
_NAME = (b"Draw Things 1.2", AI, HINT, b"Lavf62.12.102", "the name of an ordinary encoder")

COMFY, VHS, AIGC, SOURCE = "ComfyUI graph", "VideoHelperSuite JSON", "AIGC label (TC260)", "IPTC digital source type"

QUICKTIME = (
    _by_ffmpeg(COMFY, "MP4 `moov/udta/meta` keys `prompt`, `workflow`", "graph.mp4"),
    _by_ffmpeg(COMFY, "MP4 in fragments, the same", "graph-fragments.mp4"),
    _by_ffmpeg(COMFY, "MOV `meta` keys", "graph.mov"),
    _by_ffmpeg(COMFY, "M4A `meta` keys", "graph.m4a"),
    _by_ffmpeg(VHS, "MP4 `ilst` `©cmt`", "comment-itunes.mp4"),
    _by_ffmpeg(VHS, "MP4 key `comment`", "comment.mp4"),
    _by_ffmpeg(VHS, "MOV `udta` `©cmt`, `©des`", "comment-udta.mov"),
    _by_ffmpeg(AIGC, "MP4 key `AIGC`", "label.mp4", DECLARED),
    _by_ffmpeg(AIGC, "MOV key `AIGC`", "label.mov", DECLARED),
    _by_ffmpeg(AIGC, "M4A key `AIGC`", "label.m4a", DECLARED),
    _row(
        AIGC,
        "MP4 `ilst` free form `----`",
        lambda v: make.film(make.user_data(make.listed(make.free_form(b"AIGC", v)))),
        _LABEL,
    ),
    _row(AIGC, "MP4 `udta` atom `AIGC`", lambda v: make.film(make.user_data(box(b"AIGC", v))), _LABEL),
    _row(AIGC, "MP4 `meta` of the top level", lambda v: make.film(after=make.keyed({"com.x.AIGC": v})), _LABEL),
    _row(AIGC, "MP4 key, in a track", lambda v: make.film(box(b"trak", box(b"udta", make.keyed({"AIGC": v})))), _LABEL),
    _row(
        AIGC,
        "MP4 key, in UTF-16",
        lambda v: make.film(make.user_data(make.keyed({"AIGC": v.decode().encode("utf-16-be")}, 2))),
        _LABEL,
    ),
    _row(
        VHS,
        "MP4 `ilst` `desc`",
        lambda v: make.film(make.user_data(make.listed(box(b"desc", make.data_box(v))))),
        _GRAPH,
    ),
    _row(
        VHS,
        "3GPP `udta` `dscp`",
        lambda v: make.film(make.user_data(box(b"dscp", bytes(4) + b"\x15\xc7" + v + b"\0"))),
        _GRAPH,
    ),
    _row(
        VHS,
        "MOV `udta` `©cmt` of more than 64 KiB",
        lambda v: make.film(make.user_data(make.text_atom(b"\xa9cmt", v.ljust(70_000)))),
        _GRAPH,
    ),
    _row(
        COMFY,
        "MP4 `ID32`",
        lambda v: make.film(
            box(
                b"meta",
                bytes(4)
                + box(b"hdlr", bytes(8) + b"ID32" + bytes(12))
                + box(b"ID32", bytes(6) + make.tag(make.frame(b"TXXX", b"\3workflow\0" + v))),
            )
        ),
        _TEXT,
    ),
    _row(
        SOURCE,
        "MP4 key of that name",
        lambda v: make.film(make.user_data(make.keyed({"com.x.DigitalSourceType": v}))),
        _TYPE,
    ),
    _row(
        SOURCE, "XMP in a `uuid` box behind the media", lambda v: make.film(after=box(b"uuid", make.XMP_UUID + v)), _XMP
    ),
    _row(SOURCE, "XMP in `moov/udta/XMP_`", lambda v: make.film(make.user_data(box(b"XMP_", v))), _XMP),
    _row(SOURCE, "XMP in `moov/uuid`", lambda v: make.film(box(b"uuid", make.XMP_UUID + v)), _PLAIN),
    _row(SOURCE, "XMP in `trak/udta/XMP_`", lambda v: make.film(box(b"trak", make.user_data(box(b"XMP_", v)))), _XMP),
    _row(
        SOURCE,
        "XMP in a `uuid` box of a fragment",
        lambda v: make.film(after=box(b"moof", box(b"traf", box(b"uuid", make.XMP_UUID + v))) + make.MEDIA),
        _PLAIN,
    ),
    _row(
        AIGC,
        "MOV with an index that is compressed (`cmov`)",
        lambda v: make.OLD_TYPE + make.MEDIA + make.compressed(make.HEADER + make.keyed({"AIGC": v})),
        _LABEL,
    ),
    _row(
        "picture of a generator",
        "M4A cover art `covr`",
        lambda v: make.film(make.user_data(make.listed(box(b"covr", make.data_box(v, 14))))),
        _PART,
    ),
    _row(
        "generator's name",
        "MP4 `©too`",
        lambda v: make.film(make.user_data(make.listed(box(b"\xa9too", make.data_box(v))))),
        _NAME,
    ),
)

MATROSKA = (
    _by_ffmpeg(COMFY, "Matroska tags `PROMPT`, `WORKFLOW`", "graph.mkv"),
    _by_ffmpeg(COMFY, "WebM tags `PROMPT`, `WORKFLOW`", "graph.webm"),
    _by_ffmpeg(VHS, "Matroska tag `COMMENT`", "comment.mkv"),
    _by_ffmpeg(VHS, "WebM tag `COMMENT`", "comment.webm"),
    _by_ffmpeg(AIGC, "Matroska tag `AIGC`", "label.mkv", DECLARED),
    _by_ffmpeg(AIGC, "WebM tag `AIGC`", "label.webm", DECLARED),
    _row(
        AIGC,
        "Matroska tag within a tag",
        lambda v: make.matroska(make.tagged(make.simple_tag("ORIGINAL", b"x", make.simple_tag("AIGC", v)))),
        _LABEL,
    ),
    _row(
        COMFY,
        "Matroska of unknown length, tags behind the media",
        lambda v: make.matroska(make.tagged(make.simple_tag("WORKFLOW", v)), unknown=True),
        _TEXT,
    ),
    _row(
        "picture of a generator",
        "Matroska attachment",
        lambda v: make.matroska(make.attachment("cover.png", "image/png", v)),
        _PART,
    ),
)

RIFF = (
    _by_ffmpeg(VHS, "AVI `LIST INFO` `ICMT`", "comment.avi"),
    _by_ffmpeg(VHS, "WAV `LIST INFO` `ICMT`", "comment.wav"),
    _row(AIGC, "AVI `LIST INFO` `AIGC`", lambda v: riff(b"AVI ", make.info((b"AIGC", v)), (b"LIST", b"movi")), _LABEL),
    _row(AIGC, "WAV `LIST INFO` `AIGC`", lambda v: riff(b"WAVE", *make.SOUND, make.info((b"AIGC", v))), _LABEL),
    _row(SOURCE, "AVI XMP `_PMX`", lambda v: riff(b"AVI ", (b"LIST", b"movi"), (b"_PMX", v)), _XMP),
    _row(SOURCE, "WAV XMP `_PMX`", lambda v: riff(b"WAVE", *make.SOUND, (b"_PMX", v)), _XMP),
    _row(
        COMFY,
        "WAV `bext` Description",
        lambda v: riff(b"WAVE", make.broadcast(description=v), *make.SOUND),
        _TEXT,
    ),
    _row(
        "generator's name",
        "WAV `bext` Originator",
        lambda v: riff(b"WAVE", make.broadcast(originator=v), *make.SOUND),
        (b"Stable Diffusion", AI, HINT, b"Sound Devices 833", "a recorder"),
    ),
    _row(
        AIGC,
        "WAV `bext` CodingHistory",
        lambda v: riff(b"WAVE", make.broadcast(history=v), *make.SOUND),
        (LABEL.encode(), AI, DECLARED, b"A=PCM,F=48000,W=24,M=mono,T=AIGC-3\r\n", "a device's name"),
    ),
    _row(
        AIGC,
        "WAV `iXML`",
        lambda v: riff(
            b"WAVE",
            *make.SOUND,
            (b"iXML", b"<BWFXML><USER><AIGC>" + html.escape(v.decode()).encode() + b"</AIGC></USER></BWFXML>"),
        ),
        _LABEL,
    ),
    _row(
        VHS,
        "WAV `iXML` NOTE",
        lambda v: riff(
            b"WAVE", *make.SOUND, (b"iXML", b"<BWFXML><NOTE>" + html.escape(v.decode()).encode() + b"</NOTE></BWFXML>")
        ),
        _GRAPH,
    ),
    _row(
        COMFY,
        "WAV `id3 ` chunk",
        lambda v: riff(b"WAVE", *make.SOUND, (b"id3 ", make.tag(make.frame(b"TXXX", b"\3workflow\0" + v)))),
        _TEXT,
    ),
    _row(
        SOURCE,
        "RF64 and BW64 XMP `_PMX`",
        lambda v: b"BW64" + riff(b"WAVE", (b"ds64", bytes(28)), *make.SOUND, (b"_PMX", v))[4:],
        _XMP,
    ),
    Row(
        VHS,
        "AIFF `ANNO` and `ID3 `",
        AI,
        TRACE,
        kept("comment.aiff"),
        f"{FFMPEG}: comment.aiff",
        kept("plain.aiff"),
        "titles and comments in words",
    ),
    _row(SOURCE, "AIFF XMP in `APPL`", lambda v: make.form((b"COMM", bytes(18)), (b"APPL", b"XMP " + v)), _XMP),
    _row(
        VHS, "AIFF `COMT`", lambda v: make.form((b"COMT", b"\0\1" + bytes(6) + len(v).to_bytes(2, "big") + v)), _GRAPH
    ),
    _row(COMFY, "AIFF-C `NAME`", lambda v: make.form((b"NAME", v), kind=b"AIFC"), _TEXT),
)

SOUND = (
    _by_ffmpeg(COMFY, "MP3 ID3 `TXXX` `prompt`, `workflow`", "graph.mp3"),
    _by_ffmpeg(VHS, "MP3 ID3 `TXXX` `comment`", "comment.mp3"),
    _by_ffmpeg(AIGC, "MP3 ID3 `TXXX` `AIGC`", "label.mp3", DECLARED),
    _by_ffmpeg(COMFY, "FLAC Vorbis comments", "graph.flac"),
    _by_ffmpeg(AIGC, "FLAC Vorbis comment `AIGC`", "label.flac", DECLARED),
    _by_ffmpeg(COMFY, "Opus comments", "graph.opus"),
    _by_ffmpeg(AIGC, "Opus comment `AIGC`", "label.opus", DECLARED),
    _by_ffmpeg(COMFY, "Ogg (FLAC) comments", "graph.ogg"),
    _row(VHS, "MP3 ID3 `COMM`", lambda v: make.tag(make.frame(b"COMM", b"\0eng\0" + v)) + make.FRAMES, _GRAPH),
    _row(
        AIGC,
        "MP3 ID3v2.2 `TXX`",
        lambda v: make.tag(make.short_frame(b"TXX", b"\0AIGC\0" + v), version=2) + make.FRAMES,
        _LABEL,
    ),
    _row(
        AIGC,
        "MP3 ID3v2.4 `TXXX`, UTF-16, unsynchronised",
        lambda v: make.tag(make.wide_text("AIGC", v.decode(), flags=2), version=4) + make.FRAMES,
        _LABEL,
    ),
    _row(
        AIGC,
        "MP3 ID3v2.4 `TXXX`, UTF-16, a tag that is unsynchronised",
        lambda v: make.tag(make.wide_text("AIGC", v.decode()), version=4, flags=0x80) + make.FRAMES,
        _LABEL,
    ),
    _row(SOURCE, "MP3 XMP in `PRIV`", lambda v: make.tag(make.frame(b"PRIV", b"XMP\0" + v)) + make.FRAMES, _XMP),
    _row(
        "picture of a generator",
        "MP3 `APIC`",
        lambda v: make.tag(make.frame(b"APIC", b"\0image/png\0\3\0" + v)) + make.FRAMES,
        _PART,
    ),
    _row(
        "picture of a generator",
        "MP3 `GEOB`",
        lambda v: make.tag(make.frame(b"GEOB", b"\0image/png\0a.png\0\0" + v)) + make.FRAMES,
        _PART,
    ),
    _row(
        COMFY,
        "MP3 ID3 chapter `CHAP`, `TXXX` within",
        lambda v: (
            make.tag(make.frame(b"CHAP", b"one\0" + bytes(16) + make.frame(b"TXXX", b"\3workflow\0" + v))) + make.FRAMES
        ),
        _TEXT,
    ),
    _row(
        AIGC,
        "MP3 ID3v2.4 contents `CTOC`, `TXXX` in UTF-16 within",
        lambda v: (
            make.tag(
                make.frame4(b"CTOC", b"all\0\3\2one\0two\0" + make.wide_text("AIGC", v.decode(), flags=2)), version=4
            )
            + make.FRAMES
        ),
        _LABEL,
    ),
    _row(
        VHS,
        "MP3 Lyrics3 tag",
        lambda v: make.FRAMES + make.lyrics(("IND", b"00"), ("INF", v), ("ETT", b"Flux")) + make.old_tag(b"Flux"),
        _GRAPH,
    ),
    _row(VHS, "AAC, APE tag", lambda v: make.packets() + make.ape(("Comment", v)), _GRAPH),
    _row(VHS, "MP3 APE tag", lambda v: make.FRAMES + make.ape(("Comment", v)) + make.old_tag(b"Flux"), _GRAPH),
    _row("picture of a generator", "FLAC `PICTURE`", lambda v: make.flac((6, make.picture_block(v))), _PART),
    _row(SOURCE, "FLAC XMP in `APPLICATION`", lambda v: make.flac((2, b"XMP " + v)), _XMP),
    _row(
        "Suno",
        "MP3 `COMM`, `TXXX comment`",
        lambda v: make.tag(make.frame(b"TXXX", b"\3comment\0" + v)) + make.FRAMES,
        (SUNO.encode(), AI, HINT, b"made with suno and her band; id badge", "a person of that name"),
    ),
    _row(
        "Suno, Udio",
        "MP3 `WOAS`",
        lambda v: make.tag(make.frame(b"WOAS", v)) + make.FRAMES,
        (b"https://www.udio.com/songs/abc", REVIEW, HINT, b"https://music.example/suno/udio.com", "another address"),
    ),
    _row(
        "ElevenLabs, Suno, Udio",
        "MP3 `TENC`, `TSSE`",
        lambda v: make.tag(make.frame(b"TENC", b"\0" + v)) + make.FRAMES,
        (b"ElevenLabs", AI, HINT, b"Suno Saarinen", "a person's name"),
    ),
)

OTHERS = (
    _row(VHS, "WMV, WMA description", lambda v: make.asf(make.asf_described(v)), _GRAPH),
    _row(AIGC, "WMV, WMA extended description `AIGC`", lambda v: make.asf(make.asf_extended("AIGC", v)), _LABEL),
    _row(COMFY, "WMV, WMA metadata library `workflow`", lambda v: make.asf(make.asf_library("workflow", v)), _TEXT),
    _row(
        SOURCE,
        "WMV, WMA XMP behind the media",
        lambda v: make.asf(after=make.asf_object("cbcf7abea997e8429c71999491e3afac", v)),
        _XMP,
    ),
    _by_ffmpeg(COMFY, "FLV `onMetaData` `prompt`", "graph.flv"),
    _by_ffmpeg(AIGC, "FLV `onMetaData` `AIGC`", "label.flv", DECLARED),
    _by_ffmpeg(VHS, "FLV `onMetaData` `comment`", "comment.flv"),
    _row(AIGC, "MXF tagged value (user comment)", lambda v: make.mxf(make.tagged_value("AIGC", v.decode())), _LABEL),
    _row(VHS, "MXF tagged value", lambda v: make.mxf(make.tagged_value("Comments", v.decode())), _GRAPH),
    _row(SOURCE, "MXF XMP in a stream of text (ST 410)", lambda v: make.mxf(stream=v), _XMP),
    _row(
        COMFY,
        "GLB `asset.extras`",
        lambda v: make.glb(
            b'{"asset":{"version":"2.0","extras":'
            + v
            + b'},"animations":[{"samplers":[],"channels":[{"sampler":0}]}],"textures":[{"sampler":0}]}'
        ),
        (
            json.dumps({"prompt": GRAPH}).encode(),
            AI,
            TRACE,
            b'{"prompt":"model","scale":1,"strength":0.5}',
            "extras of an editor",
        ),
    ),
)

ROWS = (*QUICKTIME, *MATROSKA, *RIFF, *SOUND, *OTHERS)
