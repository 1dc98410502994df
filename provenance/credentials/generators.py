"""Names of tools that generate, and sentences that say so: what can stand in for a missing source type.

A name alone is a hint and no more, and the name of a signer is not even that: the same companies sign what people made.
"""

import re
import unicodedata
from functools import lru_cache

_NAMES = (
    "adobe firefly",
    "aigc",
    "amazon bedrock",
    "amazon nova",
    "bing image creator",
    "black forest labs",
    "bria ai",
    "canva magic media",
    "chatgpt",
    "comfyui",
    "dall e",
    "doubao",
    "dream machine",
    "dreamina",
    "eleven labs",
    "elevenlabs",
    "fal ai",
    "flux 1",
    "gemini",
    "google generative ai",
    "google imagen",
    "gpt 4o",
    "gpt image",
    "grok imagine",
    "hailuo",
    "higgsfield ai",
    "ideogram",
    "imagen 2",
    "imagen 3",
    "imagen 4",
    "invokeai",
    "jimeng",
    "kling",
    "leonardo ai",
    "luma ai",
    "magic media",
    "midjourney",
    "nano banana",
    "nova canvas",
    "nova reel",
    "novelai",
    "openai",
    "pika labs",
    "recraft",
    "runway gen",
    "runwayml",
    "seedance",
    "seedream",
    "sora",
    "stability ai",
    "stable diffusion",
    "suno",
    "titan image generator",
    "topaz labs image api",
    "udio",
    "veo",
)
"""Lower-case words. Left out on purpose: names that mean other things as well (Photoshop, Designer, flux, luma)."""

_KNOWN = frozenset(tuple(name.split()) for name in _NAMES)
_ALONE = frozenset({("imagen",), ("firefly",), ("runway",), ("pika",), ("bria",)})
"""Words too common to look for inside a name; they count where they are all of it, a version apart."""

_SAYS = re.compile(
    r"""(?<![\w-]) (?:
        (?: ai | a\.i\. | artificially | machine ) [\s_-]* (?: generated | created | made | synthesi[sz]ed )
      | (?: generated | created | made | produced | edited | synthesi[sz]ed ) \s+ (?: by | with | using ) \s+
        (?: an? \s+ | google \s+ | adobe \s+ | the \s+ )?
        (?: ai | gen(?:erative)? [\s-]* ai | artificial \s+ intelligence )
      | generative [\s-]* ai
      | text [\s_-]* to [\s_-]* (?: image | video | audio | speech | music )
      | aigc
    ) (?![\w-])""",
    re.IGNORECASE | re.VERBOSE,
)
_DENIES = re.compile(r"(?:\b(?:no|not|never|without|non|nor|isn.t|wasn.t)\b[\s\w-]{0,24})$", re.IGNORECASE)
_LONGEST = 4096
_NAME = 200


@lru_cache(maxsize=1024)
def generator_in(name: str) -> str | None:
    """Return the known generator that a tool's name holds as whole words, else None."""
    words = _words(name[:_NAME])
    for at in range(len(words)):
        for length in range(1, 5):
            if tuple(words[at : at + length]) in _KNOWN:
                return " ".join(words[at : at + length])
    bare = tuple(word for word in words if not any(c.isdigit() for c in word) and word != "v")
    return " ".join(bare) if bare in _ALONE else None


def tells_of_generation(text: str) -> bool:
    """Whether a sentence says that something was generated; one that denies it does not."""
    kept = text[:_LONGEST]
    return any(not _DENIES.search(kept[: found.start()]) for found in _SAYS.finditer(kept))


def _words(name: str) -> list[str]:
    """Split a name into lower-case words: `DALL·E 3`, `Adobe_Firefly` and `gpt-4o` alike."""
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", name).casefold())
