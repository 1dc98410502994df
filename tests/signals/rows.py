"""What the tables of marks are made of: a row, the words of writers, and the pictures that hold them."""

import html
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from provenance.evidence import Claim, Strength
from tests.containers.making import chunk, jpeg, png, segment
from tests.signals.making import ARTIST, DESCRIPTION, IPTC, exif, packet

AI, PART, REVIEW = Claim.AI_GENERATED, Claim.AI_ASSISTED, Claim.REVIEW
TRACE, DECLARED, HINT = Strength.TRACE, Strength.DECLARED, Strength.HINT

BY_HAND = "made as its writer makes it"
REAL = "a real one: "

UUID = "0c3e1b9a-5b7d-4d0e-9b1f-2f1f0a6b7c8d"
INFOTEXT = "a cat\nNegative prompt: dogs\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 8x8, Model: some"
GRAPH = json.dumps({"3": {"class_type": "KSampler", "inputs": {"seed": 1}}, "4": {"class_type": "SaveImage"}})
GRADED = json.dumps({"1": {"class_type": "LoadImage", "inputs": {}}, "2": {"class_type": "ImageScale"}})
WORKFLOW = json.dumps({"last_node_id": 3, "nodes": [{"id": 3, "type": "KSampler"}], "links": []})
NOTES = json.dumps({"prompt": "press any key", "steps": 3, "reel": "A001"})
SWARM = json.dumps({"sui_image_params": {"prompt": "a", "model": "m", "seed": 1, "steps": 20, "cfgscale": 7}})
FOOOCUS = json.dumps(
    {"version": "Fooocus v2.5.5", "prompt": "a", "base_model_hash": "1", "adm_guidance": "1", "steps": 3}
)
EASY = json.dumps({"prompt": "a", "seed": 1, "num_inference_steps": 25, "guidance_scale": 7.5, "negative_prompt": ""})
DRAW = json.dumps({"c": "a", "model": "m", "sampler": "DPM++ 2M", "scale": 7, "seed": 1, "seed_mode": "x", "uc": "b"})
NOVEL = json.dumps({"prompt": "a", "steps": 28, "sampler": "k_euler", "seed": 1, "scale": 5, "uc": "bad"})
LABEL = json.dumps({"Label": "1", "ContentProducer": "001191110102MA0171Y57U00001", "ProduceID": "4711"})
CHINESE = json.dumps({"Label": "1", "ContentProducer": "某某智能", "ProduceID": "1"}, ensure_ascii=False)
TENCENT = json.dumps({"Label": "1", "ServiceProvider": "x", "ServiceUser": "y", "Time": "1", "ContentId": "2"})
SUSPECTED = json.dumps({"Label": "3", "ContentPropagator": "x", "PropagateID": "1"})
TRAINING = json.dumps({"entries": {"cawg.ai_generative_training": {"use": "notAllowed"}}})
BYTEDANCE = json.dumps({"data": {"product": "dreamina", "exportType": "generation"}})
BY_EDITOR = json.dumps({"data": {"product": "dreamina", "exportType": "video"}})
WORDS = "Gemini at night; imagen by Muse, flux and wan. Steps, seed and model of the harbour"
TYPE = f"{IPTC}trainedAlgorithmicMedia"
CAPTURE = packet(attributes=f'Iptc4xmpExt:DigitalSourceType="{IPTC}digitalCapture"')
XMP = packet(attributes=f'Iptc4xmpExt:DigitalSourceType="{TYPE}"')
GROK = {DESCRIPTION: b"Signature: " + b"Qk1z" * 100, ARTIST: UUID.encode()}
EDITED = json.dumps({"originalPath": "/data/x.jpg", "isScaleAI": False, "genAIType": 2})
UNEDITED = json.dumps({"originalPath": "/data/x.jpg", "isScaleAI": False, "genAIType": 0})


@dataclass(frozen=True, slots=True)
class Row:
    """One mark in one place. `proof` must be read as `claim` at `strength`; `miss` must move no verdict.

    `sample`, of the public samples, is read in place of `proof`. `read` says what the bytes are: a whole file, or what
    is beside one: its name, where it was downloaded from, an `.xmp` file, a text.
    """

    mark: str
    where: str
    claim: Claim
    strength: Strength
    proof: bytes
    made: str
    miss: bytes
    missed: str
    sample: str = ""
    read: str = "file"


Says = tuple[bytes, Claim, Strength, bytes, str]
"""What proves a mark, what that claims and how strongly, and its near miss with a word on that."""


def row(mark: str, where: str, made: Callable[[bytes], bytes], says: Says, read: str = "file") -> Row:
    """Return a row whose proof and near miss are made alike from what they hold."""
    value, claim, strength, other, missed = says
    return Row(mark, where, claim, strength, made(value), BY_HAND, made(other), missed, read=read)


def real(one: Row, sample: str) -> Row:
    """Return a row that one of the public samples proves."""
    return Row(one.mark, one.where, one.claim, one.strength, b"", REAL + sample, one.miss, one.missed, sample)


def utf8(text: str) -> bytes:
    """Return text as bytes."""
    return text.encode()


def text(key: str) -> Callable[[bytes], bytes]:
    """Return what makes a PNG with a text under a keyword."""
    return lambda value: png(chunk(b"tEXt", key.encode("latin-1") + b"\0" + value))


def international(key: str) -> Callable[[bytes], bytes]:
    """Return what makes a PNG with an international text under a keyword."""
    return lambda value: png(chunk(b"iTXt", utf8(key) + b"\0\0\0\0\0" + value))


def packed(key: str) -> Callable[[bytes], bytes]:
    """Return what makes a PNG with a compressed text under a keyword."""
    return lambda value: png(chunk(b"iTXt", utf8(key) + b"\0\1\0\0\0" + zlib.compress(value)))


def profile(name: str, made: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    """Return what makes a PNG with a profile as hexadecimal digits, as ImageMagick writes it."""

    def written(value: bytes) -> bytes:
        data = made(value)
        digits = b"\n%s\n%8d\n%s\n" % (name.encode(), len(data), data.hex().encode())
        return text(f"Raw profile type {name}")(digits)

    return written


def app1(tags: bytes) -> bytes:
    """Return a JPEG with these EXIF tags."""
    return jpeg(segment(0xE1, b"Exif\0\0" + tags))


def tag(number: int) -> Callable[[bytes], bytes]:
    """Return what makes a JPEG with one EXIF tag."""
    return lambda value: app1(exif({number: value + b"\0"}))


def user_comment(value: bytes) -> bytes:
    """Return a JPEG with a UserComment, as most generators write it."""
    return app1(exif({}, comment=b"UNICODE\0" + value.decode().encode("utf-16-be")))


def xmp(data: bytes) -> bytes:
    """Return a JPEG with an XMP packet."""
    return jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + data))


def prop(name: str) -> Callable[[bytes], bytes]:
    """Return what makes a JPEG with one XMP property, as an attribute."""
    return lambda value: xmp(packet(attributes=f'{name}="{html.escape(value.decode())}"'))


def element(name: str) -> Callable[[bytes], bytes]:
    """Return what makes a JPEG with one XMP property, as an element."""
    return lambda value: xmp(packet(f"<{name}>{html.escape(value.decode())}</{name}>"))


SAYS_A1111: Says = (utf8(INFOTEXT), AI, TRACE, b"exposure 3, contrast 5", "other parameters")
SAYS_GRAPH: Says = (utf8(GRAPH), AI, TRACE, b"", "an empty field of that name")
SAYS_TEXT: Says = (utf8(GRAPH), AI, TRACE, utf8(WORDS), "names of generators as words")
SAYS_LABEL: Says = (utf8(LABEL), AI, DECLARED, b"", "an empty field of that name")
SAYS_JSON: Says = (
    utf8(json.dumps({"AIGC": json.loads(LABEL)})),
    AI,
    DECLARED,
    utf8(TRAINING),
    "a permission to train AI",
)
SAYS_XMP: Says = (XMP, AI, DECLARED, CAPTURE, "another source type")
SAYS_TYPE: Says = (utf8(TYPE), AI, DECLARED, utf8(f"{IPTC}digitalCapture"), "another source type")
SAYS_USED: Says = (b"Some Thing 7", PART, DECLARED, b"", "a field that a template left empty")

A1111, COMFY, AIGC = "AUTOMATIC1111 parameters", "ComfyUI graph", "AIGC label (TC260)"
SOURCE, USED = "IPTC digital source type", "IPTC 2025.1 AI property"
