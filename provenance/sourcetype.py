"""The vocabulary of digital source types: reads a term in any spelling met so far and says what it claims.

Terms are those of IPTC NewsCodes `digitalsourcetype` (release of 2024-10-23, retired ones included) and the two of
C2PA 2.2. Unknown text is never an error here: validators let it through, so it has to be judged as well.
"""

import difflib
import re
import unicodedata
from dataclasses import dataclass
from enum import Enum
from typing import assert_never
from urllib.parse import unquote

from provenance.evidence import Claim

_LONGEST = 512
"""Characters looked at. The longest spelling known has under 100; whatever is longer is no term."""


class Term(Enum):
    """One digital source type; the value is the bare term as the vocabulary writes it."""

    TRAINED_ALGORITHMIC_MEDIA = "trainedAlgorithmicMedia"
    COMPOSITE_WITH_TRAINED_ALGORITHMIC_MEDIA = "compositeWithTrainedAlgorithmicMedia"
    COMPOSITE_SYNTHETIC = "compositeSynthetic"
    VIRTUAL_RECORDING = "virtualRecording"
    COMPOSITE = "composite"
    ALGORITHMIC_MEDIA = "algorithmicMedia"
    ALGORITHMICALLY_ENHANCED = "algorithmicallyEnhanced"
    SOFTWARE_IMAGE = "softwareImage"
    SCREEN_CAPTURE = "screenCapture"
    DIGITAL_ART = "digitalArt"
    DIGITAL_CREATION = "digitalCreation"
    DATA_DRIVEN_MEDIA = "dataDrivenMedia"
    MINOR_HUMAN_EDITS = "minorHumanEdits"
    HUMAN_EDITS = "humanEdits"
    DIGITAL_CAPTURE = "digitalCapture"
    COMPUTATIONAL_CAPTURE = "computationalCapture"
    COMPOSITE_CAPTURE = "compositeCapture"
    NEGATIVE_FILM = "negativeFilm"
    POSITIVE_FILM = "positiveFilm"
    PRINT = "print"
    EMPTY = "empty"
    TRAINED_ALGORITHMIC_DATA = "trainedAlgorithmicData"


_OTHER_SPELLINGS = {
    "created using generative ai": Term.TRAINED_ALGORITHMIC_MEDIA,
    "edited using generative ai": Term.COMPOSITE_WITH_TRAINED_ALGORITHMIC_MEDIA,
    "composited with trained algorithmic media": Term.COMPOSITE_WITH_TRAINED_ALGORITHMIC_MEDIA,
    "composite including generative ai elements": Term.COMPOSITE_SYNTHETIC,
    "composite including synthetic elements": Term.COMPOSITE_SYNTHETIC,
    "composite with synthetic elements": Term.COMPOSITE_SYNTHETIC,
    "composite of elements": Term.COMPOSITE,
    "virtual event recording": Term.VIRTUAL_RECORDING,
    "pure algorithmic media": Term.ALGORITHMIC_MEDIA,
    "media created purely by an algorithm": Term.ALGORITHMIC_MEDIA,
    "algorithmic enhancement": Term.ALGORITHMICALLY_ENHANCED,
    "algorithmically altered media": Term.ALGORITHMICALLY_ENHANCED,
    "created by software": Term.SOFTWARE_IMAGE,
    "data driven media": Term.DATA_DRIVEN_MEDIA,
    "original media with minor human edits": Term.MINOR_HUMAN_EDITS,
    "human edited media": Term.HUMAN_EDITS,
    "digital capture sampled from real life": Term.DIGITAL_CAPTURE,
    "original digital capture sampled from real life": Term.DIGITAL_CAPTURE,
    "original digital capture of a real life scene": Term.DIGITAL_CAPTURE,
    "multi frame computational capture": Term.COMPUTATIONAL_CAPTURE,
    "multi frame computational capture sampled from real life": Term.COMPUTATIONAL_CAPTURE,
    "composite of captured elements": Term.COMPOSITE_CAPTURE,
    "digitised from a negative on film": Term.NEGATIVE_FILM,
    "digitized from a negative on film": Term.NEGATIVE_FILM,
    "digitised from a transparent negative": Term.NEGATIVE_FILM,
    "digitised from a positive on film": Term.POSITIVE_FILM,
    "digitized from a positive on film": Term.POSITIVE_FILM,
    "digitised from a transparent positive": Term.POSITIVE_FILM,
    "digitised from a print on non transparent medium": Term.PRINT,
    "digitized from a print on non transparent medium": Term.PRINT,
    "digitised from a non transparent medium": Term.PRINT,
}

_SCHEMA_ORG = "digitalsource"
"""What schema.org's `IPTCDigitalSourceEnumeration` adds to each term."""

_TELLING = ("algorithmic", "synthetic", "generativ", "trained")
_AI_WORDS = frozenset({"ai", "aigc", "genai"})
_CLOSE = 0.8
"""Ratio of `difflib` from which two terms count as near. One changed byte in the shortest AI term leaves 0.94."""


@dataclass(frozen=True, slots=True)
class Statement:
    """What the text of a digital source type says: its term where it is one, its claim, and a sentence on it."""

    claim: Claim
    says: str
    term: Term | None


def term_of(text: str) -> Term | None:
    """Return the term that `text` spells, or None where it spells none.

    Understood: the full URI with http or https, with or without a trailing slash; the QCode (`digsrctype:`); the bare
    term in any case; schema.org's names; C2PA's own two with their deprecated spelling; the English labels. Only the
    last part of a URI counts, whoever's namespace it is in.
    """
    if len(text) > _LONGEST:
        return None
    for candidate in _candidates(text):
        term = _SPELLINGS.get(candidate)
        if term is not None:
            return term
    return None


def claim_of(term: Term) -> Claim:
    """Return what a term claims of the file it is said of, read strictly: what may be generated is for review."""
    match term:
        case Term.TRAINED_ALGORITHMIC_MEDIA | Term.TRAINED_ALGORITHMIC_DATA:
            return Claim.AI_GENERATED
        case Term.COMPOSITE_WITH_TRAINED_ALGORITHMIC_MEDIA | Term.COMPOSITE_SYNTHETIC:
            return Claim.AI_ASSISTED
        case Term.VIRTUAL_RECORDING | Term.COMPOSITE | Term.SCREEN_CAPTURE:
            return Claim.REVIEW
        case Term.ALGORITHMIC_MEDIA | Term.ALGORITHMICALLY_ENHANCED | Term.SOFTWARE_IMAGE:
            return Claim.REVIEW
        case (
            Term.DIGITAL_CREATION
            | Term.DIGITAL_ART
            | Term.DATA_DRIVEN_MEDIA
            | Term.HUMAN_EDITS
            | Term.MINOR_HUMAN_EDITS
        ):
            return Claim.CREATED
        case Term.DIGITAL_CAPTURE | Term.COMPUTATIONAL_CAPTURE | Term.COMPOSITE_CAPTURE | Term.PRINT:
            return Claim.CAPTURED
        case Term.NEGATIVE_FILM | Term.POSITIVE_FILM:
            return Claim.CAPTURED
        case Term.EMPTY:
            return Claim.NOTED
        case _:
            assert_never(term)


def resembles_ai(text: str) -> bool:
    """Whether `text` is an AI term, or is no term at all but reads like a damaged or invented one."""
    term = term_of(text)
    if term is not None:
        return claim_of(term) in {Claim.AI_GENERATED, Claim.AI_ASSISTED}
    lowered = text.lower()
    if any(part in lowered for part in _TELLING):
        return True
    ends = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} {text[-_LONGEST:]}"
    plain = _plain(ends)
    if any(part in plain for part in _TELLING) or _AI_WORDS & set(re.findall(r"[a-z]+", ends.lower())):
        return True
    return any(_nearest_is_ai(candidate) for candidate in _fragments(ends, plain))


def statement_of(text: str) -> Statement:
    """Return what the text of a digital source type says, be it a term or not."""
    term = term_of(text)
    if term is not None:
        return Statement(claim_of(term), f"digital source type {term.value}", term)
    shown = repr(text if len(text) <= 80 else text[:80] + "…")
    if resembles_ai(text):
        says = f"digital source type {shown} is not a term of the vocabulary, but resembles one for generated media"
        return Statement(Claim.REVIEW, says, None)
    return Statement(Claim.NOTED, f"digital source type {shown} is not a term of the vocabulary", None)


def _plain(text: str) -> str:
    """Return the letters and digits of `text`, compatible forms and case folded."""
    if text.isascii():
        return re.sub(r"[^a-z0-9]", "", text.lower())
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def _candidates(text: str) -> list[str]:
    """Return what may be a term in `text`: the whole of it, then its last part."""
    text = unquote(text) if "%" in text else text
    pieces = [plain for piece in re.split(r"[/:#.]", text) if (plain := _plain(piece))]
    return [_plain(text), *pieces[-1:]]


def _fragments(text: str, plain: str) -> list[str]:
    """Return the pieces to hold against known terms: a changed byte can join a term to its URI, or cut it in two."""
    tails = [plain[-length:] for length in sorted({len(term.value) for term in _AI_TERMS})]
    return [*_candidates(text), *tails]


def _nearest_is_ai(candidate: str) -> bool:
    if not 8 <= len(candidate) <= 64 or len(_trigrams(candidate) & _AI_TRIGRAMS) < 5:
        return False
    near = difflib.get_close_matches(candidate, _SPELLINGS, n=1, cutoff=_CLOSE)
    return bool(near) and _SPELLINGS[near[0]] in _AI_TERMS


def _trigrams(text: str) -> set[str]:
    return {text[n : n + 3] for n in range(len(text) - 2)}


_PLAIN_TERMS = {_plain(term.value): term for term in Term}
_AI_TERMS = frozenset(t for t in Term if claim_of(t) in {Claim.AI_GENERATED, Claim.AI_ASSISTED})
_SPELLINGS = {
    **_PLAIN_TERMS,
    **{_plain(label): term for label, term in _OTHER_SPELLINGS.items()},
}
_SPELLINGS |= {spelling + _SCHEMA_ORG: term for spelling, term in _SPELLINGS.items()}
_AI_TRIGRAMS = frozenset().union(*(_trigrams(s) for s, term in _SPELLINGS.items() if term in _AI_TERMS))
"""Comparing is slow, so only what shares some letters in a row with an AI term is compared."""
