"""Names of generators, as programs write them into fields for the name of a program.

A name proves little: it is matched as a whole, never as part of a word, and weighs no more than a hint. Names that
are words of their own (flux, sora, muse, gemini, imagen, wan) or of makers who sell other things are not in it.
"""

import re
from functools import cache

_NAMES = (
    "Adobe Firefly",
    "Aphrodite AI",
    "Artbreeder",
    "AUTOMATIC1111",
    "Bing Image Creator",
    "Black Forest Labs",
    "ChatGPT",
    "ComfyUI",
    "Craiyon",
    "DALL-E",
    "DALL·E",
    "Draw Things",
    "Dreamina",
    "DreamStudio",
    "Easy Diffusion",
    "Fooocus",
    "Google Gemini",
    "Google Imagen",
    "GPT-4o",
    "gpt-image-1",
    "Hailuo AI",
    "Ideogram AI",
    "ideogram.ai",
    "InvokeAI",
    "Invoke AI",
    "Jimeng",
    "Kling AI",
    "Krea AI",
    "krea.ai",
    "Leonardo AI",
    "leonardo.ai",
    "Luma AI",
    "Magnific AI",
    "Meta AI",
    "Midjourney",
    "Nano Banana",
    "NightCafe",
    "NijiJourney",
    "NovelAI",
    "OpenAI",
    "Pika Labs",
    "PixAI",
    "PixVerse",
    "Playground AI",
    "Recraft",
    "reve.com",
    "Runway Gen-2",
    "Runway Gen-3",
    "Runway Gen-4",
    "RunwayML",
    "SD.Next",
    "SeaArt",
    "Seedream",
    "Stability AI",
    "Stable Diffusion",
    "StableDiffusion",
    "Starryai",
    "SwarmUI",
    "Tensor.Art",
    "Wombo Dream",
)

_WORD = re.compile(r"[^\W_]+")
_RAREST = frozenset(max(_WORD.findall(name.lower()), key=len) for name in _NAMES)
"""One word of each name: a text without any of these names none of them. Nearly all end here."""
_LONGEST = 500


def generator_named(text: str) -> str | None:
    """Return the generator that `text` (the name of a program) names as a whole word or phrase, or None."""
    start = text[:_LONGEST]
    if _RAREST.isdisjoint(_WORD.findall(start.lower())):
        return None
    found = _whole().search(start)
    return None if found is None else _NAMES[(found.lastindex or 1) - 1]


@cache
def _whole() -> re.Pattern[str]:
    """Return what finds any of the names whole. Hardly a process comes to need it, and it takes long to make."""
    return re.compile("|".join(rf"(?<![^\W_])({re.escape(name)})(?![^\W_])" for name in _NAMES), re.IGNORECASE)
