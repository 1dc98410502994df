"""What generators leave in text, wherever that text is kept: PNG keywords, EXIF comments, JPEG and GIF comments, XMP.

Text is known by what it holds, and its keyword only helps: a keyword that was changed or lost hides nothing. What is
generic by itself (a keyword `prompt`, one field that has the right name) is for review at the most. Prompts are never
repeated.
"""

import re
from collections.abc import Callable

from provenance.evidence import Claim, Strength
from provenance.signals.aigc import bytedance_mark, label_mark
from provenance.signals.comfyui import graph_mark
from provenance.signals.credit import credit_mark
from provenance.signals.findings import Mark, near
from provenance.signals.galaxy import galaxy_mark
from provenance.signals.names import generator_named

_TRACE = Strength.TRACE
_HINT = Strength.HINT


def generator_text(key: str, text: str) -> tuple[Mark, ...]:
    """Return the marks in one piece of text. `key` is the name it was kept under, or empty.

    Where one of them flags, it alone is returned: a text needs one reason. Never raises; time grows with the length
    of `text` alone.
    """
    if not text or text.isspace():
        return ()
    marks: dict[Mark, None] = {}
    for rule in _KEY_RULES if _PLAIN.fullmatch(text) else _ALL_RULES:
        mark = rule(key, text)
        if mark is not None:
            if mark.claim is Claim.AI_GENERATED and mark.strength is not _HINT:
                return (mark,)
            marks[mark] = None
    return tuple(marks)


_PLAIN = re.compile(r"[\w .,()/+]{0,64}")
"""Text too short and plain to be anything that is known by its content: most values are."""

_INFOTEXT = re.compile(
    r"(?:^|[\n,|.;]) ?(Steps|Sampler|Schedule type|CFG scale|Distilled CFG Scale|Seed|Model hash|Negative prompt"
    r"|Denoising strength|Clip skip|Hires upscale|Hires steps|Hires upscaler|Variation seed|ADetailer model"
    r"|Lora hashes|TI hashes|VAE hash|Mask blur|Size): (?=\S)"
)
_COMMON_FIELDS = frozenset({"Steps", "Sampler", "Seed", "Schedule type", "Size"})
"""Fields of an infotext that other texts may have as well: a knitting pattern has steps, a packet of seeds a seed."""
_INFOTEXT_KEYS = frozenset({"parameters", "usercomment", "comment"})
_COUNTED = re.compile(r"\bSteps: \d")
_SEEDED = re.compile(r"\bSeed: -?\d")
"""Of fields that other texts may have as well only numbers count: a recipe has steps and a seed in words."""


def _infotext(key: str, text: str) -> Mark | None:
    """Read AUTOMATIC1111's `parameters`, which Forge, SD.Next, Fooocus and Civitai write as well."""
    if ": " not in text:
        return None
    fields = set(_INFOTEXT.findall(text))
    telling = fields - _COMMON_FIELDS
    pair = "Steps" in fields and bool(_COUNTED.search(text)) and ("Sampler" in fields or bool(_SEEDED.search(text)))
    at_home = key.lower().replace(" ", "") in _INFOTEXT_KEYS
    if (pair and (at_home or telling)) or (len(fields) >= 4 and telling):
        found = ", ".join(sorted(fields))
        return Mark(Claim.AI_GENERATED, _TRACE, f"generation parameters as AUTOMATIC1111 writes them: {found}")
    if (at_home and len(fields - {"Size"}) >= 2) or (len(fields) >= 2 and telling):
        return Mark(Claim.REVIEW, _HINT, "looks like the remains of AUTOMATIC1111 generation parameters")
    return None


_JSON_KEY = re.compile(r'"([A-Za-z][\w ]{0,39})\\*"\s*:')
_GENERATION = frozenset(
    {
        "steps",
        "seed",
        "prompt",
        "model",
        "scheduler",
        "strength",
        "scale",
        "size",
        "width",
        "height",
        "noise",
        "sharpness",
        "performance",
    }
)
_TELLING = frozenset(
    {
        "sampler",
        "samplername",
        "cfg",
        "cfgscale",
        "cfgrescale",
        "guidancescale",
        "numinferencesteps",
        "negativeprompt",
        "positiveprompt",
        "uc",
        "fullnegativeprompt",
        "fullprompt",
        "basemodelhash",
        "modelhash",
        "modelweights",
        "clipskip",
        "denoisingstrength",
        "noiseschedule",
        "admguidance",
        "refinerswitch",
        "seedmode",
        "loras",
        "initmodel",
        "usestablediffusionmodel",
        "generationmode",
        "comfyuisampler",
        "comfyuischeduler",
        "suiimageparams",
        "suiextradata",
        "suimodels",
    }
)
"""Names that only generation parameters use, without underscores and in lower case."""


def _json_parameters(_key: str, text: str) -> Mark | None:
    """Read parameters as JSON, whole or damaged: SwarmUI, Fooocus, NovelAI, InvokeAI, Easy Diffusion, Draw Things."""
    if '"' not in text or ":" not in text:
        return None
    names = {name.replace("_", "").replace(" ", "").lower() for name in _JSON_KEY.findall(text)}
    if "suiimageparams" in names:
        return Mark(Claim.AI_GENERATED, _TRACE, "generation parameters of SwarmUI")
    if any(near(name, "suiimageparams") for name in names):
        return Mark(Claim.REVIEW, _HINT, "looks like generation parameters of SwarmUI")
    telling, other = names & _TELLING, names & _GENERATION
    if len(telling) >= 2 and len(telling) + len(other) >= 4:
        found = ", ".join(sorted(telling)[:4])
        return Mark(Claim.AI_GENERATED, _TRACE, f"generation parameters as JSON: {found}")
    if len(telling) >= 2 or (telling and len(telling) + len(other) >= 6):
        return Mark(Claim.REVIEW, _HINT, "looks like part of a generator's parameters as JSON")
    return None


_KEYWORDS = {
    "sd-metadata": "InvokeAI",
    "fooocus_scheme": "Fooocus",
    "negative_prompt": "Easy Diffusion",
    "negative prompt": "Easy Diffusion",
    "use_stable_diffusion_model": "Easy Diffusion",
    "stable diffusion model": "Easy Diffusion",
    "num_inference_steps": "Easy Diffusion",
    "sui_image_params": "SwarmUI",
}


def _keyword(key: str, _text: str) -> Mark | None:
    """Read keywords that are marks by themselves, whatever text they hold."""
    name = key.lower()
    writer = "InvokeAI" if name.startswith("invokeai_") else _KEYWORDS.get(name)
    if writer is not None:
        return Mark(Claim.AI_GENERATED, _TRACE, f"a keyword of {writer}")
    if name == "hf-job-id":
        return Mark(Claim.REVIEW, _HINT, "came from a Hugging Face job, which may or may not generate")
    if name == "prompt":
        return Mark(Claim.REVIEW, _HINT, "a keyword `prompt` is kept")
    if any(near(name, one) for one in _KEYWORDS_BY_LENGTH.get(len(name), ())):
        return Mark(Claim.REVIEW, _HINT, "a keyword that differs from a generator's by one character")
    return None


_INVOKEAI = ("invokeai_metadata", "invokeai_graph", "invokeai_workflow")
_KEYWORDS_BY_LENGTH = {
    length: tuple(word for word in (*_KEYWORDS, *_INVOKEAI) if len(word) == length) for length in range(8, 40)
}
_SWITCH = re.compile(r" -([sSWHCAnfGU]) ?[\w.]+")


def _dream(key: str, text: str) -> Mark | None:
    """Read InvokeAI's first form: the command line of its `dream` script."""
    if " -" not in text:
        return None
    switches = set(_SWITCH.findall(text))
    if key.lower() == "dream" and len(switches) >= 2:
        return Mark(Claim.AI_GENERATED, _TRACE, "a command line of InvokeAI's dream script")
    if len(switches) >= 4 and {"s", "S"} <= switches:
        return Mark(Claim.REVIEW, _HINT, "looks like a command line of InvokeAI's dream script")
    return None


_POSTPROCESSING = re.compile(
    r"Postprocess (?:upscale|upscaler|crop)|(?:Upscaler|Upscale|GFPGAN visibility|CodeFormer visibility"
    r"|CodeFormer weight|Face restoration)\b[^\n:]{0,20}: ?\S"
)


def _postprocessing(key: str, text: str) -> Mark | None:
    """Read what AUTOMATIC1111's extras tab writes: it may have enlarged a photograph."""
    at_home = key.lower() in {"postprocessing", "extras"}
    if (at_home and _POSTPROCESSING.search(text)) or "Postprocess upscale" in text:
        return Mark(
            Claim.REVIEW, _TRACE, "enlarged or restored in AUTOMATIC1111; the picture itself may be a photograph"
        )
    return None


_EXACT = {
    "software": ("NovelAI", _TRACE),
    "make": ("Ideogram AI", _TRACE),
    "title": ("AI generated image", _HINT),
}
_SOURCES = ("Stable Diffusion", "NovelAI Diffusion", "Luma AI")
_LUMA = re.compile(r"\bGenerated by Luma AI's\b")


def _exact(key: str, text: str) -> Mark | None:
    """Read fields that a generator fills with one fixed phrase."""
    name, value = key.lower(), text[:200].strip()
    exact = _EXACT.get(name)
    if exact is not None:
        phrase, strength = exact
        if value == phrase:
            return Mark(Claim.AI_GENERATED, strength, f"{key} is {phrase}")
        if near(value, phrase):
            return Mark(Claim.REVIEW, _HINT, f"{key} differs from {phrase!r} by one character")
    if name == "source":
        for start in _SOURCES:
            if re.match(rf"{start}\b", value):
                return Mark(Claim.AI_GENERATED, _TRACE, f"{key} begins with {start}")
            if near(value[: len(start)], start):
                return Mark(Claim.REVIEW, _HINT, f"{key} differs from {start!r} by one character")
    if "Luma AI" in text and _LUMA.search(text):
        return Mark(Claim.AI_GENERATED, _TRACE, "says it was generated by Luma AI")
    return None


_PROGRAM_KEYS = frozenset({"software", "creatortool", "creator tool", "softwareagent", "producer", "generator"})


def _program(key: str, text: str) -> Mark | None:
    """Read a generator's name where programs write their own."""
    if key.lower() not in _PROGRAM_KEYS or _exact(key, text) is not None:
        return None
    name = generator_named(text)
    return None if name is None else Mark(Claim.AI_GENERATED, _HINT, f"{key} names {name}")


_UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_JOB = re.compile(rf"\bJob ID: ?{_UUID}\b")
_JOB_REMAINS = re.compile(rf"\bJob ID: ?\S{{30,40}}|\b.{{3}} ?ID: ?{_UUID}|\bJob .{{2}}. ?{_UUID}")
_SETTINGS = re.compile(
    rf" --(?:v|ar|s|niji|style|stylize|chaos|sref|cref|raw|weird|tile|profile)\b.{{0,400}}{_UUID}", re.DOTALL
)


def _midjourney(_key: str, text: str) -> Mark | None:
    """Read Midjourney's description: prompt, settings, and the job's UUID at the end."""
    if "Job" not in text and " --" not in text and "ID: " not in text:
        return None
    tail = text[-4096:]
    if _JOB.search(tail):
        return Mark(Claim.AI_GENERATED, _TRACE, "ends in a Midjourney job's id")
    if _JOB_REMAINS.search(tail) or _SETTINGS.search(tail):
        return Mark(Claim.REVIEW, _HINT, "looks like a Midjourney description")
    return None


def _label(key: str, text: str) -> Mark | None:
    return label_mark(text, named=key.upper() == "AIGC")


def _bytedance(_key: str, text: str) -> Mark | None:
    return bytedance_mark(text)


_KEY_RULES: tuple[Callable[[str, str], Mark | None], ...] = (_keyword, _exact, credit_mark, _program, _label)
_ALL_RULES = (
    *_KEY_RULES,
    galaxy_mark,
    graph_mark,
    _json_parameters,
    _infotext,
    _dream,
    _postprocessing,
    _midjourney,
    _bytedance,
)
