import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.evidence import Claim
from provenance.sourcetype import Term, claim_of, resembles_ai, statement_of, term_of

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"
AI_TERMS = [term for term in Term if claim_of(term) in {Claim.AI_GENERATED, Claim.AI_ASSISTED}]


@pytest.mark.parametrize("term", Term, ids=lambda t: t.value)
@pytest.mark.parametrize(
    "spelling",
    [
        "{0}",
        IPTC + "{0}",
        "https://cv.iptc.org/newscodes/digitalsourcetype/{0}",
        IPTC + "{0}/",
        "digsrctype:{0}",
        "  " + IPTC + "{0}\n",
        "http://c2pa.org/digitalsourcetype/{0}",
        "c2pa.{0}",
    ],
)
def test_every_spelling_of_a_term_is_the_term(term: Term, spelling: str) -> None:
    """A term is known as a URI, a QCode or a bare word, with or without a trailing slash, in any case."""
    text = spelling.format(term.value)
    assert [term_of(text), term_of(text.upper()), term_of(text.lower())] == [term] * 3


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("https://schema.org/TrainedAlgorithmicMediaDigitalSource", Term.TRAINED_ALGORITHMIC_MEDIA),
        (
            "CompositeWithTrainedAlgorithmicMediaDigitalSource",
            Term.COMPOSITE_WITH_TRAINED_ALGORITHMIC_MEDIA,
        ),
        ("MultiFrameComputationalCaptureDigitalSource", Term.COMPUTATIONAL_CAPTURE),
        ("Created using Generative AI", Term.TRAINED_ALGORITHMIC_MEDIA),
        ("Trained algorithmic media", Term.TRAINED_ALGORITHMIC_MEDIA),
        ("Edited using Generative AI", Term.COMPOSITE_WITH_TRAINED_ALGORITHMIC_MEDIA),
        ("compositedWithTrainedAlgorithmicMedia", Term.COMPOSITE_WITH_TRAINED_ALGORITHMIC_MEDIA),
        ("Digital capture sampled from real life", Term.DIGITAL_CAPTURE),
        ("trained%41lgorithmicMedia", Term.TRAINED_ALGORITHMIC_MEDIA),
    ],
)
def test_names_of_other_vocabularies_and_labels_are_understood(text: str, term: Term) -> None:
    """Names of schema.org, English labels and spellings met in the wild lead to the same term."""
    assert term_of(text) is term


@pytest.mark.parametrize(
    ("claim", "terms"),
    [
        (Claim.AI_GENERATED, {"trainedAlgorithmicMedia", "trainedAlgorithmicData"}),
        (Claim.AI_ASSISTED, {"compositeWithTrainedAlgorithmicMedia", "compositeSynthetic"}),
        (
            Claim.REVIEW,
            {
                "virtualRecording",
                "composite",
                "algorithmicMedia",
                "algorithmicallyEnhanced",
                "softwareImage",
                "screenCapture",
            },
        ),
        (Claim.CREATED, {"digitalArt", "digitalCreation", "dataDrivenMedia", "minorHumanEdits", "humanEdits"}),
        (
            Claim.CAPTURED,
            {"digitalCapture", "computationalCapture", "compositeCapture", "negativeFilm", "positiveFilm", "print"},
        ),
        (Claim.NOTED, {"empty"}),
    ],
)
def test_each_term_claims_what_the_vocabulary_defines(claim: Claim, terms: set[str]) -> None:
    """A term that may mean generated is for review; only terms that say so flag; a blank canvas says nothing."""
    assert {term.value for term in Term if claim_of(term) is claim} == terms


@pytest.mark.parametrize("term", AI_TERMS, ids=lambda t: t.value)
@pytest.mark.parametrize("before", ["", IPTC, "digsrctype:"], ids=["bare", "uri", "qcode"])
def test_one_changed_byte_never_makes_an_ai_term_harmless(term: Term, before: str) -> None:
    """An AI term with any one byte changed to anything still flags, or is for review."""
    whole = (before + term.value).encode()
    for at in range(len(whole)):
        for value in range(0, 256, 3):
            text = (whole[:at] + bytes([value]) + whole[at + 1 :]).decode("utf-8", "replace")
            assert statement_of(text).claim in {Claim.AI_GENERATED, Claim.AI_ASSISTED, Claim.REVIEW}, text


@pytest.mark.parametrize("text", ["AI", "genAI", "made by AI", IPTC + "generativeMedia", "syntheticMedia"])
def test_invented_terms_for_generated_media_are_for_review(text: str) -> None:
    """Text that is no term but speaks of AI or generation needs a person."""
    assert (term_of(text), resembles_ai(text), statement_of(text).claim) == (None, True, Claim.REVIEW)


@pytest.mark.parametrize(
    "text", ["", "unknown", "email from Maine", "rain", "digitalCaptur", IPTC, "photo", "scanned", "composition"]
)
def test_other_junk_is_only_noted(text: str) -> None:
    """Text that is no term and resembles no AI term moves no verdict."""
    assert not resembles_ai(text)
    assert statement_of(text).claim is Claim.NOTED


def test_a_known_term_is_not_mistaken_for_its_neighbour() -> None:
    """Procedural media is one word away from trained media, and keeps its own meaning."""
    assert not resembles_ai("algorithmicMedia")
    assert statement_of("algorithmicMedia").term is Term.ALGORITHMIC_MEDIA


def test_what_is_said_of_junk_is_one_harmless_short_line() -> None:
    """Foreign text is shown quoted, escaped and cut."""
    says = statement_of("\x1b[31m\u202e" + "x" * 10_000 + "\n").says
    assert says.isprintable()
    assert len(says) < 300


@given(st.text(max_size=400))
@settings(derandomize=True, deadline=None)
def test_any_text_can_be_asked(text: str) -> None:
    """No text raises, and what claims anything is a term or resembles one."""
    statement = statement_of(text)
    assert (statement.term is not None) or (statement.claim is Claim.REVIEW) == resembles_ai(text)


def test_enormous_text_is_answered_at_once() -> None:
    """Ten million characters are no term, and a word of one among them still counts."""
    assert statement_of("x y " * 2_500_000).claim is Claim.NOTED
    assert statement_of("x y " * 2_500_000 + "trainedAlgorithmicMedia " + "z" * 1000).claim is Claim.REVIEW
