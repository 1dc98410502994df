"""Every mark in stills and documents, and beside them: what proves it, and the near miss that must not trip it.

A table like the one for films: a test runs it, and docs/coverage.md is made from it.
"""

import html
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from provenance.evidence import Claim, Strength
from tests.containers import drawing as make
from tests.containers.making import box, chunk, jpeg, png, segment
from tests.signals.hiding import hidden
from tests.signals.making import ARTIST, DESCRIPTION, IPTC, MAKE, MODEL, SOFTWARE, exif, packet

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


def _row(mark: str, where: str, made: Callable[[bytes], bytes], says: Says, read: str = "file") -> Row:
    value, claim, strength, other, missed = says
    return Row(mark, where, claim, strength, made(value), BY_HAND, made(other), missed, read=read)


def _real(row: Row, sample: str) -> Row:
    return Row(row.mark, row.where, row.claim, row.strength, b"", REAL + sample, row.miss, row.missed, sample)


def _b(text: str) -> bytes:
    return text.encode()


def _text(key: str) -> Callable[[bytes], bytes]:
    """Return what makes a PNG with a text under a keyword."""
    return lambda value: png(chunk(b"tEXt", key.encode("latin-1") + b"\0" + value))


def _international(key: str) -> Callable[[bytes], bytes]:
    return lambda value: png(chunk(b"iTXt", _b(key) + b"\0\0\0\0\0" + value))


def _packed(key: str) -> Callable[[bytes], bytes]:
    return lambda value: png(chunk(b"iTXt", _b(key) + b"\0\1\0\0\0" + zlib.compress(value)))


def _app1(tags: bytes) -> bytes:
    return jpeg(segment(0xE1, b"Exif\0\0" + tags))


def _tag(number: int) -> Callable[[bytes], bytes]:
    """Return what makes a JPEG with one EXIF tag."""
    return lambda value: _app1(exif({number: value + b"\0"}))


def _user_comment(value: bytes) -> bytes:
    return _app1(exif({}, comment=b"UNICODE\0" + value.decode().encode("utf-16-be")))


def _xmp(data: bytes) -> bytes:
    return jpeg(segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + data))


def _property(name: str) -> Callable[[bytes], bytes]:
    """Return what makes a JPEG with one XMP property, as an attribute."""
    return lambda value: _xmp(packet(attributes=f'{name}="{html.escape(value.decode())}"'))


def _element(name: str) -> Callable[[bytes], bytes]:
    return lambda value: _xmp(packet(f"<{name}>{html.escape(value.decode())}</{name}>"))


_SAYS_A1111: Says = (_b(INFOTEXT), AI, TRACE, b"exposure 3, contrast 5", "other parameters")
_SAYS_GRAPH: Says = (_b(GRAPH), AI, TRACE, b"", "an empty field of that name")
_SAYS_TEXT: Says = (_b(GRAPH), AI, TRACE, _b(WORDS), "names of generators as words")
_SAYS_LABEL: Says = (_b(LABEL), AI, DECLARED, b"", "an empty field of that name")
_SAYS_JSON: Says = (_b(json.dumps({"AIGC": json.loads(LABEL)})), AI, DECLARED, _b(TRAINING), "a permission to train AI")
_SAYS_XMP: Says = (XMP, AI, DECLARED, CAPTURE, "another source type")
_SAYS_TYPE: Says = (_b(TYPE), AI, DECLARED, _b(f"{IPTC}digitalCapture"), "another source type")
_SAYS_USED: Says = (b"Some Thing 7", PART, DECLARED, b"", "a field that a template left empty")

A1111, COMFY, AIGC = "AUTOMATIC1111 parameters", "ComfyUI graph", "AIGC label (TC260)"
SOURCE, USED = "IPTC digital source type", "IPTC 2025.1 AI property"

PNG_TEXT = (
    _real(_row(A1111, "PNG `parameters`", _text("parameters"), _SAYS_A1111), "sd-parsers/automatic1111_cropped.png"),
    _row(A1111, "PNG iTXt, compressed", _packed("parameters"), _SAYS_A1111),
    _row(
        "SwarmUI parameters", "PNG `parameters`", _text("parameters"), (_b(SWARM), AI, TRACE, _b(NOTES), "other JSON")
    ),
    _real(
        _row("Fooocus parameters", "PNG `parameters`", _text("parameters"), (b"", AI, TRACE, _b(NOTES), "other JSON")),
        "sd-parsers/fooocus1_cropped.png",
    ),
    _row(
        "Fooocus scheme", "PNG `fooocus_scheme`", _text("fooocus_scheme"), (b"fooocus", AI, TRACE, b"", "an empty text")
    ),
    _row(
        "AUTOMATIC1111 extras",
        "PNG `postprocessing`",
        _text("postprocessing"),
        (b"Postprocess upscale by: 4, Postprocess upscaler: R-ESRGAN 4x+", REVIEW, TRACE, b"white balance", "prose"),
    ),
    _row(
        "AUTOMATIC1111 extras",
        "PNG `extras`",
        _text("extras"),
        (b"Upscale: 2, visibility: 1.0, model:4x-UltraSharp", REVIEW, TRACE, b"director's cut", "prose"),
    ),
    _real(_row(COMFY, "PNG `prompt`, `workflow`", _text("prompt"), _SAYS_GRAPH), "sd-parsers/unclip_2pass_cropped.png"),
    _row(COMFY, "PNG `workflow`", _text("workflow"), (_b(WORKFLOW), AI, TRACE, b"scan, clean, deliver", "prose")),
    _row(
        "ComfyUI graph without a node that generates",
        "PNG `prompt`",
        _text("prompt"),
        (_b(GRADED), REVIEW, TRACE, b"", "an empty text"),
    ),
    _real(
        _row(
            "InvokeAI", "PNG `invokeai_metadata`", _text("invokeai_metadata"), (b"x", AI, TRACE, b"", "an empty text")
        ),
        "sd-parsers/invokeai_imeta1.png",
    ),
    _row("InvokeAI", "PNG `invokeai_graph`", _text("invokeai_graph"), (b"{}", AI, TRACE, b"", "an empty text")),
    _real(
        _row("InvokeAI 2", "PNG `sd-metadata`", _text("sd-metadata"), (b"x", AI, TRACE, b"", "an empty text")),
        "sd-parsers/invokeai_sdmeta1.png",
    ),
    _real(
        _row("InvokeAI 1", "PNG `Dream`", _text("Dream"), (b"", AI, TRACE, b"of a night - Act 2", "prose")),
        "sd-parsers/invokeai_dream1.png",
    ),
    _real(
        _row("NovelAI", "PNG `Software`, `Source`, `Comment`", _text("Software"), (b"", AI, TRACE, b"Novel", "a word")),
        "sd-parsers/novelai1_cropped.png",
    ),
    _row(
        "NovelAI",
        "PNG `Comment`",
        _text("Comment"),
        (_b(NOVEL), AI, TRACE, b'{"steps": 100, "sampler": "nuts", "seed": 3}', "JSON of a simulation"),
    ),
    _row(
        "Easy Diffusion",
        "PNG `Negative Prompt`",
        _text("Negative Prompt"),
        (b"people", AI, TRACE, b"", "an empty text"),
    ),
    _row(
        "Draw Things",
        "PNG, XMP `exif:UserComment`",
        lambda v: _international("XML:com.adobe.xmp")(
            packet(f"<exif:UserComment>{html.escape(v.decode())}</exif:UserComment>")
        ),
        (_b(DRAW), AI, TRACE, _b(NOTES), "other JSON"),
    ),
    _row(
        "Midjourney",
        "PNG `Description` with `Job ID:`",
        _text("Description"),
        (_b(f"a cat --v 7 Job ID: {UUID}"), AI, TRACE, b"Job ID: 4711, printed on Monday", "another job's id"),
    ),
    _row(
        "Midjourney",
        "PNG, XMP source type",
        _international("XML:com.adobe.xmp"),
        (XMP, AI, DECLARED, packet(f"<Iptc4xmpExt:DigImageGUID>{UUID}</Iptc4xmpExt:DigImageGUID>"), "an id alone"),
    ),
    _row(AIGC, "PNG `AIGC`", _text("AIGC"), _SAYS_LABEL),
    _row(AIGC, "PNG iTXt `AIGC`, in UTF-8", _international("AIGC"), (_b(CHINESE), AI, DECLARED, b"", "an empty text")),
    _row("Hugging Face job", "PNG `hf-job-id`", _text("hf-job-id"), (_b(UUID), REVIEW, HINT, b"", "an empty text")),
    _row("Luma", "PNG `Source`", _text("Source"), (b"Luma AI", AI, TRACE, b"Luma", "the word alone")),
    _row(
        "Luma",
        "PNG `Comment`",
        _text("Comment"),
        (b"Generated by Luma AI's Uni-1 model", AI, TRACE, b"Luma at night", "the word alone"),
    ),
    _row("Stable Diffusion", "PNG `Source`", _text("Source"), (b"Stable Diffusion XL", AI, TRACE, b"Stable", "a word")),
    _row(
        "stealth pnginfo",
        "PNG, lowest bits of alpha, `stealth_pngcomp`",
        lambda v: hidden(v.decode(), b"stealth_pngcomp"),
        (_b(INFOTEXT), AI, TRACE, b"", "a picture with alpha and nothing hidden"),
    ),
    _row(
        "stealth pnginfo",
        "PNG, lowest bits of alpha, `stealth_pnginfo`",
        lambda v: hidden(v.decode(), b"stealth_pnginfo"),
        (_b(NOVEL), AI, TRACE, b"", "a picture with alpha and nothing hidden"),
    ),
    _row(
        "stealth pnginfo",
        "PNG, lowest bits of red, green and blue",
        lambda v: hidden(v.decode(), b"stealth_rgbcomp"),
        (_b(INFOTEXT), AI, TRACE, b"", "noise without alpha"),
    ),
)

EXIF = (
    _row(A1111, "EXIF UserComment, JPEG", _user_comment, (_b(INFOTEXT), AI, TRACE, _b(WORDS), "names as words")),
    _real(
        _row(A1111, "EXIF UserComment, JPEG", _user_comment, (b"a", AI, TRACE, _b(WORDS), "names as words")),
        "sd-parsers/automatic1111_cropped.jpg",
    ),
    _row(
        A1111,
        "EXIF UserComment, WebP",
        lambda v: make.webp(b"EXIF", exif({}, comment=b"UNICODE\0" + v.decode().encode("utf-16-be"))),
        _SAYS_A1111,
    ),
    *(
        _row(
            A1111,
            f"EXIF item, {brand.decode().upper()}",
            lambda v, b=brand: make.heif(b, exif=exif({}, comment=b"ASCII\0\0\0" + v)),  # type: ignore[misc]
            _SAYS_A1111,
        )
        for brand in (b"avif", b"heic")
    ),
    _row(A1111, "EXIF box, JPEG XL", lambda v: make.jxl(box(b"Exif", bytes(4) + exif({DESCRIPTION: v}))), _SAYS_A1111),
    _row(
        A1111,
        "EXIF box, JPEG XL, compressed with Brotli",
        lambda v: make.jxl(make.compressed(b"Exif", bytes(4) + exif({DESCRIPTION: v}))),
        _SAYS_A1111,
    ),
    _row("Easy Diffusion", "EXIF UserComment", _user_comment, (_b(EASY), AI, TRACE, _b(NOTES), "other JSON")),
    _row(
        COMFY,
        "EXIF Make `workflow:`",
        _tag(MAKE),
        (_b(f"workflow:{WORKFLOW}"), AI, TRACE, b"workflow: scan", "prose"),
    ),
    _row(COMFY, "EXIF Model `prompt:`", _tag(MODEL), (_b(f"prompt:{GRAPH}"), AI, TRACE, b"Pixel 9 Pro", "a telephone")),
    _row(
        COMFY,
        "EXIF ImageDescription, WebP",
        lambda v: make.webp(b"EXIF", exif({DESCRIPTION: v + b"\0"})),
        (_b(f"Workflow:{WORKFLOW}"), AI, TRACE, _b(WORDS), "names as words"),
    ),
    _row("SwarmUI parameters", "EXIF Model", _tag(MODEL), (_b(SWARM), AI, TRACE, b"Swarm 1", "a camera")),
    _row("Ideogram", "EXIF Make", _tag(MAKE), (b"Ideogram AI", AI, TRACE, b"Google", "a maker of cameras")),
    Row(
        "xAI Grok",
        "EXIF ImageDescription `Signature:` and Artist, a UUID",
        AI,
        TRACE,
        _app1(exif(GROK)),
        BY_HAND,
        _app1(exif({ARTIST: UUID.encode()})),
        "one of the pair",
    ),
    _row(
        "ByteDance", "EXIF UserComment", _user_comment, (b'{"aigc_type":"1"}', AI, DECLARED, b'{"aigc_type":"0"}', "0")
    ),
    _row(
        "ByteDance",
        "EXIF ImageDescription",
        _tag(DESCRIPTION),
        (b'{"aigc_label_type":2}', AI, DECLARED, b'{"aigc_label_type":0}', "a zero"),
    ),
    _row(
        "ByteDance",
        "EXIF UserComment, `product` and `exportType`",
        _user_comment,
        (_b(BYTEDANCE), AI, TRACE, _b(BY_EDITOR), "an export of something edited"),
    ),
    _row(
        "name of a generator",
        "EXIF Software",
        _tag(SOFTWARE),
        (b"Adobe Firefly", AI, HINT, b"Adobe Photoshop", "an editor"),
    ),
    _row("name of a generator", "EXIF Software", _tag(SOFTWARE), (b"reve.com", AI, HINT, b"flux 1.0", "a word")),
    _row(
        "Apple Clean Up",
        "EXIF Software",
        _tag(SOFTWARE),
        (b"Apple Photos Clean Up", PART, DECLARED, b"Apple Photos", "the program alone"),
    ),
    _row(AIGC, "EXIF UserComment", _user_comment, _SAYS_JSON),
    _row(AIGC, "EXIF ImageDescription", _tag(DESCRIPTION), _SAYS_JSON),
    _row(
        AIGC,
        "EXIF UserComment, Tencent's fields",
        _user_comment,
        (_b(f'{{"AIGC":{TENCENT}}}'), AI, DECLARED, b"AIGC", "the name alone"),
    ),
    _row(
        AIGC,
        "EXIF UserComment, label 3",
        _user_comment,
        (_b(f'{{"AIGC":{SUSPECTED}}}'), REVIEW, DECLARED, _b(TRAINING), "a permission to train AI"),
    ),
)

_FIELDS = ("AISystemUsed", "AISystemVersionUsed", "AIPromptInformation", "AIPromptWriterName")

PACKETS = (
    _row(SOURCE, "XMP, JPEG, attribute", _property("Iptc4xmpExt:DigitalSourceType"), _SAYS_TYPE),
    _row(SOURCE, "XMP, JPEG, element", _element("Iptc4xmpExt:DigitalSourceType"), _SAYS_TYPE),
    _row(SOURCE, "XMP, old name `DigitalSourcefileType`", _property("Iptc4xmpExt:DigitalSourcefileType"), _SAYS_TYPE),
    _row(SOURCE, "XMP, WebP", lambda v: make.webp(b"XMP ", v), _SAYS_XMP),
    _row(SOURCE, "XMP, GIF", lambda v: make.gif(make.gif_xmp(v)), _SAYS_XMP),
    *(
        _row(
            SOURCE,
            f"XMP item, {brand.decode().upper()}",
            lambda v, b=brand: make.heif(b, exif=exif({SOFTWARE: b"x\0"}), xmp=v),  # type: ignore[misc]
            _SAYS_XMP,
        )
        for brand in (b"heic", b"avif")
    ),
    _row(SOURCE, "XMP, JPEG XL", lambda v: make.jxl(box(b"xml ", v)), _SAYS_XMP),
    _row(SOURCE, "XMP, JPEG XL, compressed with Brotli", lambda v: make.jxl(make.compressed(b"xml ", v)), _SAYS_XMP),
    _row(
        SOURCE, "XMP, TIFF tag 700, second page", lambda v: make.pages([(0x131, 2, b"x\0")], [(0x2BC, 1, v)]), _SAYS_XMP
    ),
    _row(SOURCE, "XMP, PSD resource 1060", lambda v: make.psd(make.resource(1060, v)), _SAYS_XMP),
    _row(SOURCE, "XMP, PSB resource 1060", lambda v: make.psd(make.resource(1060, v), big=True), _SAYS_XMP),
    _row(SOURCE, "XMP, SVG", lambda v: make.svg(b"<metadata>" + v + b"</metadata>"), _SAYS_XMP),
    _row(SOURCE, "XMP, PDF, compressed", lambda v: make.pdf(packet=v), _SAYS_XMP),
    _row(SOURCE, "XMP, EXR attribute", lambda v: make.exr([make.attribute("xmp", v)]), _SAYS_XMP),
    _row(SOURCE, "`.xmp` beside the file", lambda v: v, _SAYS_XMP, "xmp"),
    *(_row(USED, f"XMP `{name}`", _property(f"Iptc4xmpExt:{name}"), _SAYS_USED) for name in _FIELDS),
    *(
        _row(
            "credit line",
            "XMP `photoshop:Credit`",
            _property("photoshop:Credit"),
            (_b(line), claim, DECLARED, _b(other), "a maker's name"),
        )
        for line, claim, other in (
            ("Made with Google AI", AI, "Made with Google Earth"),
            ("Edited with Google AI", PART, "Google Photos"),
            ("AI-Generated with Google Gemini", AI, "Gemini"),
            ("Apple Photos Clean Up", PART, "Clean Up"),
        )
    ),
    _row(
        "credit line",
        "IPTC-IIM 2:110, JPEG",
        lambda v: jpeg(make.photoshop_segment(make.resource(1028, make.dataset(110, v)))),
        (b"Made with Google AI", AI, DECLARED, b"Google AI", "a maker's name"),
    ),
    _row(
        "Apple Clean Up",
        "XMP `xmp:CreatorTool`",
        _property("xmp:CreatorTool"),
        (b"Apple Photos Clean Up", PART, DECLARED, b"Photos", "a word"),
    ),
    _row(
        "name of a generator",
        "XMP `xmp:CreatorTool`",
        _property("xmp:CreatorTool"),
        (b"Midjourney 7", AI, HINT, b"Adobe Photoshop 27.0", "an editor"),
    ),
    _row(AIGC, "XMP `TC260:AIGC`, attribute", _property("TC260:AIGC"), _SAYS_LABEL),
    _row(AIGC, "XMP `TC260:AIGC`, element", _element("TC260:AIGC"), _SAYS_LABEL),
)

OTHERS = (
    _row(
        AIGC,
        "JPEG APP segment, bare",
        lambda v: jpeg(segment(0xEB, v)),
        (b"AIGC" + _b(LABEL), AI, DECLARED, b"AIGC", "the name alone"),
    ),
    _row(
        AIGC,
        "JPEG APP segment, bare, in UTF-8",
        lambda v: jpeg(segment(0xE9, v)),
        (b"AIGC" + _b(CHINESE), AI, DECLARED, _b("AIGC 某某"), "the name alone"),
    ),
    _row(
        "Fooocus parameters",
        "JPEG COM",
        lambda v: jpeg(segment(0xFE, v)),
        (_b(FOOOCUS), AI, TRACE, _b(NOTES), "other JSON"),
    ),
    _row(A1111, "GIF comment", lambda v: make.gif(make.gif_comment(v)), _SAYS_A1111),
    _row(
        A1111, "PSD resource 1058, EXIF", lambda v: make.psd(make.resource(1058, exif({DESCRIPTION: v}))), _SAYS_A1111
    ),
    _row(
        "Galaxy AI",
        "JPEG, Samsung's trailer, `genAIType`",
        lambda v: jpeg(after=make.samsung((0xA01, b"Image_UTC_Data", b"1"), (0xBA1, b"PhotoEditor_Re_Edit_Data", v))),
        (_b(EDITED), PART, TRACE, _b(UNEDITED), "type 0"),
    ),
    _row(
        "Galaxy AI",
        "PNG, Samsung's trailer, `genAIType`",
        lambda v: png(after=make.samsung((0xBA1, b"PhotoEditor_Re_Edit_Data", v))),
        (_b(EDITED), PART, TRACE, _b(UNEDITED), "type 0"),
    ),
    _row(COMFY, "EXR string attribute `prompt`", lambda v: make.exr([make.attribute("prompt", v)]), _SAYS_GRAPH),
    _row(
        COMFY,
        "EXR attribute `workflow` of the second part",
        lambda v: make.exr([make.attribute("name", b"beauty")], [make.attribute("workflow", v)]),
        (_b(WORKFLOW), AI, TRACE, b"scan, clean, deliver", "prose"),
    ),
    _row(
        "name of a generator",
        "EXR attribute `software`",
        lambda v: make.exr([make.attribute("software", v)]),
        (b"ComfyUI", AI, HINT, b"Nuke 16.0v3", "a compositor"),
    ),
    _row(
        "name of a generator",
        "DPX creator",
        lambda v: make.dpx({160: v}),
        (b"ComfyUI", AI, HINT, b"Flame 2026", "a compositor"),
    ),
    _row(COMFY, "DPX user data", lambda v: make.dpx({160: b"x"}, bytes(32) + v), _SAYS_TEXT),
    _row(COMFY, "TIFF 270 ImageDescription", lambda v: make.pages([(0x10E, 2, v + b"\0")]), _SAYS_TEXT),
    _row(
        COMFY,
        "TIFF 270 ImageDescription, third page",
        lambda v: make.pages(*[[(0x131, 2, b"x\0")]] * 2, [(0x10E, 2, v + b"\0")]),
        _SAYS_TEXT,
    ),
    _row(
        "name of a generator",
        "TIFF 305 Software",
        lambda v: make.pages([(0x131, 2, v + b"\0")]),
        (b"InvokeAI 6.1", AI, HINT, b"Nuke 16.0v3", "a compositor"),
    ),
    _row(
        A1111,
        "SVG `desc`",
        lambda v: make.svg(b"<desc>" + v + b"</desc>"),
        (_b(INFOTEXT), AI, TRACE, _b(WORDS), "names as words"),
    ),
    _row(
        A1111,
        "SVG, a picture in a `data:` URI",
        lambda v: make.svg(make.data_uri(_text("parameters")(v))),
        (_b(INFOTEXT), PART, TRACE, b"exposure 3", "other parameters"),
    ),
    _row(AIGC, "PDF Info `AIGC`", lambda v: make.pdf({"AIGC": v.decode()}), _SAYS_LABEL),
    _row(
        "name of a generator",
        "PDF Info `Creator`",
        lambda v: make.pdf({"Creator": v.decode()}),
        (b"Midjourney", AI, HINT, b"Adobe InDesign 21.0", "an editor"),
    ),
    _row(
        "Ideogram",
        "PDF, a JPEG on a page",
        lambda v: make.pdf(picture=_tag(MAKE)(v)),
        (b"Ideogram AI", PART, TRACE, b"Canon", "a camera"),
    ),
    _row(
        A1111,
        "PDF, an attached PNG",
        lambda v: make.pdf(attached=_text("parameters")(v)),
        (_b(INFOTEXT), PART, TRACE, b"exposure 3", "other parameters"),
    ),
)

_NAMED = (
    ("ComfyUI_00001_.png", "ComfyUI_guide.png"),
    ("00012-123456789.png", "00012-20260114.png"),
    ("ChatGPT Image Mar 29, 2025, 01_23_45 PM.png", "ChatGPT Images for review.png"),
    ("Gemini_Generated_Image_8f3kq98f3kq98f3k.png", "Gemini_launch.png"),
    ("DALL·E 2024-01-02 12.34.56 - a cat.webp", "DALL-E notes.txt"),
    (f"someone_midjourney_cat_{UUID}.png", f"cat_{UUID}.png"),
    ("Gen-3 Alpha 1234, a cat.mp4", "Gen-3 of the props.mov"),
    ("kling_20250101_Image_to_Video_a_cat.mp4", "kling_interview.mov"),
    (f"sora_{UUID}.mp4", "sora_close_up_0010.mov"),
    ("ElevenLabs_2025-05-01T12_34_56_Rachel.mp3", "eleven labs.wav"),
)
_FROM = (
    ("https://cdn.midjourney.com/x/0_0.png", "https://example.com/midjourney.com"),
    ("https://sora.chatgpt.com/g/gen_1", "https://sora.example.com/"),
    ("https://ideogram.ai/api/images/x", "https://notideogram.ai/"),
)

BESIDE = (
    *(
        _row("name of the file", f"`{name}`", lambda v: v, (_b(name), REVIEW, HINT, _b(other), f"`{other}`"), "name")
        for name, other in _NAMED
    ),
    *(
        _row(
            "where it came from",
            "extended attribute `kMDItemWhereFroms`",
            lambda v: make.where_from(v.decode()),
            (_b(url), REVIEW, HINT, _b(other), f"`{other}`"),
            "whence",
        )
        for url, other in _FROM
    ),
    _row(
        "where it came from",
        "AppleDouble, `kMDItemWhereFroms`",
        lambda v: make.apple_double({b"com.apple.metadata:kMDItemWhereFroms": make.where_from(v.decode())}),
        (b"https://cdn.midjourney.com/x.png", REVIEW, HINT, b"https://example.com/x.png", "another host"),
    ),
    _row(
        "text beside it", "`STEM.txt`", lambda v: v, (_b(INFOTEXT), REVIEW, HINT, _b(WORDS), "names as words"), "text"
    ),
    _row("text beside it", "`STEM.json`", lambda v: v, (_b(SWARM), REVIEW, HINT, _b(NOTES), "other JSON"), "text"),
)

ROWS = (*PNG_TEXT, *EXIF, *PACKETS, *OTHERS, *BESIDE)
