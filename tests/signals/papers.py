"""Marks in documents, headers and layers, and beside files: what proves each, and its near miss."""

from tests import packing
from tests.containers import drawing as make
from tests.containers.making import box, jpeg, png, segment
from tests.signals.making import DESCRIPTION, IPTC, MAKE, SOFTWARE, exif
from tests.signals.rows import (
    A1111,
    AI,
    AIGC,
    CHINESE,
    COMFY,
    DECLARED,
    EDITED,
    FOOOCUS,
    HINT,
    INFOTEXT,
    LABEL,
    NOTES,
    PART,
    REVIEW,
    SAYS_A1111,
    SAYS_GRAPH,
    SAYS_LABEL,
    SAYS_TEXT,
    SWARM,
    TRACE,
    UNEDITED,
    UUID,
    WORDS,
    WORKFLOW,
    row,
    tag,
    text,
    utf8,
)

OTHERS = (
    row(
        AIGC,
        "JPEG APP segment, bare",
        lambda v: jpeg(segment(0xEB, v)),
        (b"AIGC" + utf8(LABEL), AI, DECLARED, b"AIGC", "the name alone"),
    ),
    row(
        AIGC,
        "JPEG APP segment, bare, in UTF-8",
        lambda v: jpeg(segment(0xE9, v)),
        (b"AIGC" + utf8(CHINESE), AI, DECLARED, utf8("AIGC 某某"), "the name alone"),
    ),
    row(
        "Fooocus parameters",
        "JPEG COM",
        lambda v: jpeg(segment(0xFE, v)),
        (utf8(FOOOCUS), AI, TRACE, utf8(NOTES), "other JSON"),
    ),
    row(A1111, "GIF comment", lambda v: make.gif(make.gif_comment(v)), SAYS_A1111),
    row(A1111, "PSD resource 1058, EXIF", lambda v: make.psd(make.resource(1058, exif({DESCRIPTION: v}))), SAYS_A1111),
    row(
        "Galaxy AI",
        "JPEG, Samsung's trailer, `genAIType`",
        lambda v: jpeg(after=make.samsung((0xA01, b"Image_UTC_Data", b"1"), (0xBA1, b"PhotoEditor_Re_Edit_Data", v))),
        (utf8(EDITED), PART, TRACE, utf8(UNEDITED), "type 0"),
    ),
    row(
        "Galaxy AI",
        "PNG, Samsung's trailer, `genAIType`",
        lambda v: png(after=make.samsung((0xBA1, b"PhotoEditor_Re_Edit_Data", v))),
        (utf8(EDITED), PART, TRACE, utf8(UNEDITED), "type 0"),
    ),
    row(
        "Galaxy AI",
        "HEIC `sefd`, `genAIType`",
        lambda v: (
            make.heif(b"heic", exif=exif({SOFTWARE: b"x\0"}))
            + box(b"sefd", make.samsung((0xBA1, b"PhotoEditor_Re_Edit_Data", v)))
        ),
        (utf8(EDITED), PART, TRACE, utf8(UNEDITED), "type 0"),
    ),
    row(COMFY, "EXR string attribute `prompt`", lambda v: make.exr([make.attribute("prompt", v)]), SAYS_GRAPH),
    row(
        COMFY,
        "EXR attribute `workflow` of the second part",
        lambda v: make.exr([make.attribute("name", b"beauty")], [make.attribute("workflow", v)]),
        (utf8(WORKFLOW), AI, TRACE, b"scan, clean, deliver", "prose"),
    ),
    row(
        "name of a generator",
        "EXR attribute `software`",
        lambda v: make.exr([make.attribute("software", v)]),
        (b"ComfyUI", AI, HINT, b"Nuke 16.0v3", "a compositor"),
    ),
    row(
        "name of a generator",
        "DPX creator",
        lambda v: make.dpx({160: v}),
        (b"ComfyUI", AI, HINT, b"Flame 2026", "a compositor"),
    ),
    row(COMFY, "DPX user data", lambda v: make.dpx({160: b"x"}, bytes(32) + v), SAYS_TEXT),
    row(COMFY, "TIFF 270 ImageDescription", lambda v: make.pages([(0x10E, 2, v + b"\0")]), SAYS_TEXT),
    row(
        COMFY,
        "TIFF 270 ImageDescription, third page",
        lambda v: make.pages(*[[(0x131, 2, b"x\0")]] * 2, [(0x10E, 2, v + b"\0")]),
        SAYS_TEXT,
    ),
    row(
        "name of a generator",
        "TIFF 305 Software",
        lambda v: make.pages([(0x131, 2, v + b"\0")]),
        (b"InvokeAI 6.1", AI, HINT, b"Nuke 16.0v3", "a compositor"),
    ),
    row(
        A1111,
        "SVG `desc`",
        lambda v: make.svg(b"<desc>" + v + b"</desc>"),
        (utf8(INFOTEXT), AI, TRACE, utf8(WORDS), "names as words"),
    ),
    row(
        A1111,
        "SVG, a picture in a `data:` URI",
        lambda v: make.svg(make.data_uri(text("parameters")(v))),
        (utf8(INFOTEXT), PART, TRACE, b"exposure 3", "other parameters"),
    ),
    row(AIGC, "PDF Info `AIGC`", lambda v: make.pdf({"AIGC": v.decode()}), SAYS_LABEL),
    row(
        "name of a generator",
        "PDF Info `Creator`",
        lambda v: make.pdf({"Creator": v.decode()}),
        (b"Midjourney", AI, HINT, b"Adobe InDesign 21.0", "an editor"),
    ),
    row(
        "Ideogram",
        "PDF, a JPEG on a page",
        lambda v: make.pdf(picture=tag(MAKE)(v)),
        (b"Ideogram AI", PART, TRACE, b"Canon", "a camera"),
    ),
    row(
        A1111,
        "PDF, an attached PNG",
        lambda v: make.pdf(attached=text("parameters")(v)),
        (utf8(INFOTEXT), PART, TRACE, b"exposure 3", "other parameters"),
    ),
)

_PICTURE = (utf8(INFOTEXT), PART, TRACE, b"exposure 3", "other parameters")


def _essence(v: bytes) -> bytes:
    return packing.storage({f"{packing.ESSENCE}/Data-2702": text("parameters")(v), "properties": b"L "})


WITHIN = tuple(
    row(A1111, f"{name}, a PNG in it", made, _PICTURE)
    for name, made in (
        ("ZIP", lambda v: packing.zipped(("a/plate.png", text("parameters")(v)))),
        (
            "OTIOZ",
            lambda v: packing.zipped(("content.otio", b"{}"), ("media/p.png", text("parameters")(v)), method=0),
        ),
        (
            "Office document",
            lambda v: packing.zipped((packing.TYPES, b"<Types/>"), ("ppt/media/image1.png", text("parameters")(v))),
        ),
        ("EPUB", lambda v: packing.zipped(("mimetype", b"application/epub+zip"), ("p.png", text("parameters")(v)))),
        ("ZIP in ZIP", lambda v: packing.zipped(("a.zip", packing.zipped(("p.png", text("parameters")(v)))))),
        ("TAR", lambda v: packing.tarred(("p.png", text("parameters")(v)))),
        ("TAR, gzip", lambda v: packing.tarred(("p.png", text("parameters")(v)), mode="w:gz")),
        ("TAR, xz", lambda v: packing.tarred(("p.png", text("parameters")(v)), mode="w:xz")),
        ("PSD, placed", lambda v: packing.layered(packing.item("p.png", text("parameters")(v)))),
        ("PSB, placed", lambda v: packing.layered(packing.item("p.png", text("parameters")(v)), big=True)),
        ("AAF, embedded essence", _essence),
    )
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

_STATED = (utf8(f"{IPTC}trainedAlgorithmicMedia"), REVIEW, HINT, utf8(f"{IPTC}digitalCapture"), "of a camera")

BESIDE = (
    *(
        row("name of the file", f"`{name}`", lambda v: v, (utf8(name), REVIEW, HINT, utf8(other), f"`{other}`"), "name")
        for name, other in _NAMED
    ),
    *(
        row(
            "where it came from",
            "extended attribute `kMDItemWhereFroms`",
            lambda v: make.where_from(v.decode()),
            (utf8(url), REVIEW, HINT, utf8(other), f"`{other}`"),
            "whence",
        )
        for url, other in _FROM
    ),
    row(
        "where it came from",
        "AppleDouble, `kMDItemWhereFroms`",
        lambda v: make.apple_double({b"com.apple.metadata:kMDItemWhereFroms": make.where_from(v.decode())}),
        (b"https://cdn.midjourney.com/x.png", REVIEW, HINT, b"https://example.com/x.png", "another host"),
    ),
    row(
        "text beside it",
        "`STEM.txt`",
        lambda v: v,
        (utf8(INFOTEXT), REVIEW, HINT, utf8(WORDS), "names as words"),
        "text",
    ),
    row("text beside it", "`STEM.json`", lambda v: v, (utf8(SWARM), REVIEW, HINT, utf8(NOTES), "other JSON"), "text"),
    row("text beside it", "`STEM.json`, of schema.org", lambda v: b'{"digitalSourceType": "%b"}' % v, _STATED, "text"),
    row("text beside it", "`STEM.json`, ninjs", lambda v: b'{"digitalsourcetype": {"uri": "%b"}}' % v, _STATED, "text"),
)

ROWS = (*OTHERS, *WITHIN, *BESIDE)
