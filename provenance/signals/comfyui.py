"""ComfyUI's graphs of nodes, as its save nodes write them beside the pixels.

A graph is searched, not parsed: it may hold NaN, be cut short or have a changed byte, and its nodes still say what
ran. ComfyUI also does plain colour and resizing, so the nodes decide.
"""

import re
from functools import lru_cache

from provenance.evidence import Claim, Strength
from provenance.signals.findings import Mark, shown

_CLASS = re.compile(r'class_type\\*"\s*:\s*\\*"([^"\\]{1,100})')
_TYPE = re.compile(r'"type\\*"\s*:\s*\\*"([^"\\]{1,100})')
_LITEGRAPH = re.compile(r'"last_(?:node|link)_id')
_QUOTED = re.compile(r'"([A-Z]\w{5,60})\\*"')

_GENERATES = re.compile(
    r"""
    (?<![Rr]e)(?<!Down)(?<!Up)Sampler | Checkpoint | UNET | Unet | DiffusionModel | DiffusersLoader | TextEncode
    | EmptyLatent | EmptySD3Latent | LatentImage | LatentUpscale | LatentFrom | VAEDecode | VAEEncode | L[oO]RALoader
    | LoraLoader | ControlNet | IPAdapter | Inpaint | Outpaint | Guider
    | (?i:txt2img|img2img|txt2vid|img2vid|text_?to_?(?:image|video|3d|model)|image_?to_?(?:image|video|3d|model))
    | StableDiffusion | Stability(?=[A-Z]) | SDXL | SD3 | Flux(?=[A-Z0-9.]|$) | BFL | Ideogram | Recraft | Kling
    | Dall_?[eE](?=[^a-z]|$) | OpenAI | Gemini(?=[A-Z]) | NanoBanana | GoogleImagen | Imagen(?=[0-9])
    | Veo[0-9]?(?=[A-Z]) | Luma(?=Image|Video|Reference|Concepts|Modify) | Runway | Moonvalley | ByteDance | Seedream
    | Seedance | Minimax | MiniMax | Hailuo | Hunyuan | Wan(?=[A-Z0-9]) | LTXV | CogVideo | Mochi
    | Pika(?=[A-Z0-9]|$) | Pixverse | PixVerse | Vidu(?=[A-Z0-9]|$) | Rodin3D | Tripo(?=[A-Z0-9]) | Sora2?(?=[A-Z]|$)
    | Grok(?=[A-Z]) | QwenImage | HiDream | Midjourney
    | (?<![A-Z])TTS(?=[A-Z0-9_]|$) | TextToSpeech | SpeechToSpeech | Voice(?:Clone|Design) | MusicGen | StableAudio
    | A[Cc][Ee]Step | Suno(?=[A-Z])
    """,
    re.VERBOSE,
)
"""What the class of a node that takes part in generating is called: samplers, model loaders, latents, paid services."""


_SURELY = re.compile(
    r'"(?:KSampler(?:Advanced)?|CheckpointLoaderSimple|UNETLoader|CLIPTextEncode|EmptyLatentImage|VAEDecode)\\*"'
)
"""Nodes that no other program has: their names are enough, if the rest of the graph is damaged, to look at it."""


def graph_mark(key: str, text: str) -> Mark | None:
    """Return what a ComfyUI graph in `text` says, or None where there is none.

    `key` is the name `text` was kept under. Nodes that generate are a trace of generation; a graph without any that
    is known to is for review, since most nodes are written by third parties.
    """
    classes = set(_CLASS.findall(text))
    if not classes and '"nodes' in text and (_kept_as_graph(key, text) or _LITEGRAPH.search(text)):
        classes = {name for name in _TYPE.findall(text) if not name.isupper()}
    if not classes and _may_be_damaged(key, text):
        classes = {name for name in _QUOTED.findall(text) if _generates(name)}
    if not classes and _SURELY.search(text):
        return Mark(Claim.REVIEW, Strength.HINT, "looks like part of a ComfyUI graph")
    if not classes:
        return None
    telling = sorted(name for name in classes if _generates(name))
    if telling:
        return Mark(Claim.AI_GENERATED, Strength.TRACE, f"ComfyUI graph that generates: {_named(telling)}")
    return Mark(Claim.REVIEW, Strength.TRACE, f"ComfyUI graph, no node known to generate: {_named(sorted(classes))}")


@lru_cache(4096)
def _generates(name: str) -> bool:
    return _GENERATES.search(name) is not None


def _may_be_damaged(key: str, text: str) -> bool:
    """Whether `text` is kept, or begins, like a graph, though it names no node where a graph does."""
    return (
        _kept_as_graph(key, text)
        or ('"inputs"' in text and '"class' in text)
        or '"widgets_values"' in text
        or _LITEGRAPH.search(text) is not None
    )


def _kept_as_graph(key: str, text: str) -> bool:
    return key.lower() in {"prompt", "workflow"} or text[:10].lower().startswith(("prompt:{", "workflow:{"))


def _named(classes: list[str]) -> str:
    more = f" and {len(classes) - 3} more" if len(classes) > 3 else ""
    return ", ".join(shown(name, 40) for name in classes[:3]) + more
