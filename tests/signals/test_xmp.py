import html
import json

import pytest

from provenance.evidence import Claim, Kind, Strength
from tests.signals.making import IPTC, comment, packet, read, said, text, xmp

GENERATED = {(Claim.AI_GENERATED, Strength.DECLARED)}
ASSISTED = {(Claim.AI_ASSISTED, Strength.DECLARED)}

FORMS = {
    "element": packet("<Iptc4xmpExt:{0}>{1}</Iptc4xmpExt:{0}>").decode(),
    "attribute": packet(attributes='Iptc4xmpExt:{0}="{1}"').decode(),
    "resource": packet('<Iptc4xmpExt:{0} rdf:resource="{1}"/>').decode(),
    "list": packet("<Iptc4xmpExt:{0}><rdf:Bag><rdf:li>{1}</rdf:li></rdf:Bag></Iptc4xmpExt:{0}>").decode(),
    "value": packet("<Iptc4xmpExt:{0} rdf:parseType='Resource'><rdf:value>{1}</rdf:value></Iptc4xmpExt:{0}>").decode(),
    "cdata": packet("<Iptc4xmpExt:{0}><![CDATA[{1}]]></Iptc4xmpExt:{0}>").decode(),
}


def written(form: str, name: str, value: str) -> bytes:
    """Return a packet in which a property has a value, in one of the forms of RDF."""
    return FORMS[form].replace("{0}", name).replace("{1}", value).encode()


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["DigitalSourceType", "DigitalSourcefileType"])
@pytest.mark.parametrize("value", [IPTC + "trainedAlgorithmicMedia", "digsrctype:trainedAlgorithmicMedia"])
def test_a_digital_source_type_is_read_in_every_form_of_rdf(form: str, name: str, value: str) -> None:
    """The property flags as an element, an attribute, a resource, a list item, under its old name as well."""
    (signal,) = read(xmp(written(form, name, value))).signals
    assert (signal.kind, signal.claim, signal.strength) == (Kind.XMP, Claim.AI_GENERATED, Strength.DECLARED)
    assert signal.place == f"XMP / Iptc4xmpExt:{name}"
    assert signal.says == "digital source type trainedAlgorithmicMedia"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
def test_a_packet_is_read_in_each_encoding_xmp_allows(encoding: str) -> None:
    """UTF-8, UTF-16 and UTF-32 packets say the same, with a byte-order mark or without, padded or not."""
    data = packet(attributes=f'Iptc4xmpExt:DigitalSourceType="{IPTC}compositeSynthetic"', encoding=encoding)
    space = " ".encode(encoding)[-{"utf-8": 1, "utf-16": 2, "utf-32": 4}[encoding[:6].rstrip("-")] :]
    assert said(xmp(data)) == said(xmp(data + space * 500)) == ASSISTED


def test_what_stands_around_a_packet_does_not_matter() -> None:
    """An XML declaration before it and zeros behind it are no damage."""
    data = packet(attributes='Iptc4xmpExt:DigitalSourceType="trainedAlgorithmicMedia"')
    assert said(xmp(b'<?xml version="1.0" encoding="UTF-8"?>\n' + data + b"\n" + bytes(100))) == GENERATED


@pytest.mark.parametrize(
    ("value", "claim"),
    [
        ("digitalCapture", Claim.CAPTURED),
        ("humanEdits", Claim.CREATED),
        ("algorithmicMedia", Claim.REVIEW),
        ("something else", Claim.NOTED),
        ("trainedAlgorithmicMedja", Claim.REVIEW),
    ],
)
def test_other_source_types_claim_what_they_say(value: str, claim: Claim) -> None:
    """A term claims what the vocabulary defines; a damaged AI term is for review; none of them clears anything."""
    (signal,) = read(xmp(written("attribute", "DigitalSourceType", value))).signals
    assert (signal.claim, signal.strength, signal.clears) == (claim, Strength.DECLARED, False)


@pytest.mark.parametrize("structure", ["xmpMM:Pantry", "xmpMM:Ingredients", "xmpMM:DerivedFrom"])
def test_the_source_type_of_an_ingredient_speaks_of_a_part(structure: str) -> None:
    """A generated ingredient makes the file AI-assisted; a captured one says nothing of the file."""
    nested = (
        "<{0}><rdf:Bag><rdf:li><rdf:Description><Iptc4xmpExt:DigitalSourceType>{1}</Iptc4xmpExt:DigitalSourceType>"
        "</rdf:Description></rdf:li></rdf:Bag></{0}>"
    )
    assert said(xmp(packet(nested.format(structure, "trainedAlgorithmicMedia")))) == ASSISTED
    assert said(xmp(packet(nested.format(structure, "digitalCapture")))) == {(Claim.NOTED, Strength.DECLARED)}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["AISystemUsed", "AISystemVersionUsed", "AIPromptInformation", "AIPromptWriterName"])
def test_each_ai_property_alone_says_that_ai_was_used(form: str, name: str) -> None:
    """The properties of IPTC 2025.1 flag by being there, in every form of RDF."""
    assert said(xmp(written(form, name, "Generator 7"))) == ASSISTED


@pytest.mark.parametrize("name", ["AIPromptInformation", "AIPromptWriterName"])
def test_prompts_and_their_writers_are_never_repeated(name: str) -> None:
    """A prompt may hold a secret script, a writer is a person: neither leaves the file."""
    found = read(xmp(written("element", name, "Secret Ending")))
    assert "Secret" not in repr(found)


@pytest.mark.parametrize("name", ["AISystemUsed", "AIPromptInformation", "DigitalSourceType", "AISystemVersionUsed"])
def test_a_field_that_a_template_left_empty_says_nothing(name: str) -> None:
    """An empty property is no declaration."""
    assert said(xmp(written("attribute", name, "")), xmp(written("element", name, "  "))) == set()


def test_an_ai_property_that_denies_is_for_review() -> None:
    """A system named `None` is a statement nobody should have made in this field: a person looks."""
    assert said(xmp(written("attribute", "AISystemUsed", "None"))) == {(Claim.REVIEW, Strength.DECLARED)}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Made with Google AI", GENERATED),
        ("made with Google AI.", GENERATED),
        ("AI-Generated with Google Gemini", GENERATED),
        ("Edited with Google AI", ASSISTED),
        ("Apple Photos Clean Up", ASSISTED),
    ],
)
def test_credit_lines_of_makers_are_exact_phrases(line: str, expected: set[tuple[Claim, Strength]]) -> None:
    """The lines that Google's and Apple's programs write flag."""
    assert said(xmp(packet(attributes=f'photoshop:Credit="{line}"'))) == expected


@pytest.mark.parametrize(
    "line",
    [
        "Google AI",
        "Photo by the Google AI team",
        "Made with Google Earth",
        "Made with AI by Google",
        "Clean Up",
        "Apple Photos",
        "Getty Images",
    ],
)
def test_other_credit_lines_are_silent(line: str) -> None:
    """A maker's name in a credit line says nothing."""
    assert said(xmp(packet(attributes=f'photoshop:Credit="{line}"'))) == set()


def test_a_credit_line_elsewhere_is_for_review() -> None:
    """The same phrase as a description was perhaps moved there."""
    assert said(xmp(packet("<dc:rights>Made with Google AI</dc:rights>"))) == {(Claim.REVIEW, Strength.HINT)}


@pytest.mark.parametrize("tool", ["Adobe Firefly", "reve.com", "Aphrodite AI", "NightCafe Studio", "Midjourney 7"])
def test_a_generator_named_as_the_tool_is_a_hint(tool: str) -> None:
    """A name is matched as a whole, and is too little to flag by itself."""
    assert said(xmp(packet(attributes=f'xmp:CreatorTool="{tool}"'))) == {(Claim.AI_GENERATED, Strength.HINT)}
    assert said(xmp(packet(f"<tiff:Software>{tool}</tiff:Software>"))) == {(Claim.AI_GENERATED, Strength.HINT)}


@pytest.mark.parametrize(
    "tool",
    [
        "Adobe Photoshop 27.0 (Macintosh)",
        "Adobe Photoshop Lightroom Classic 14.1",
        "f.lux 4",
        "FluxBB",
        "Firefly Software Suite",
        "Imagen AI",
        "reve.community",
        "OpenAIR",
        "GIMP 2.10",
        "Wondershare Sora",
        "Gemini Photos",
    ],
)
def test_other_tools_are_silent(tool: str) -> None:
    """Editors, and programs whose names only look like a generator's, say nothing."""
    assert said(xmp(packet(attributes=f'xmp:CreatorTool="{tool}"'))) == set()


def test_apple_clean_up_as_the_tool_is_a_partial_edit() -> None:
    """Clean Up replaces a part of a photograph."""
    assert said(xmp(packet(attributes='xmp:CreatorTool="Apple Photos Clean Up"'))) == ASSISTED


LABEL = {"Label": "1", "ContentProducer": "001191110102MA01", "ProduceID": "abc", "ReservedCode1": ""}


@pytest.mark.parametrize(("label", "claim"), [("1", Claim.AI_GENERATED), ("2", Claim.REVIEW), ("3", Claim.REVIEW)])
def test_the_label_of_tc260_is_read_as_element_and_attribute(label: str, claim: Claim) -> None:
    """China's label flags at 1, and asks for a person at 2 and 3, in both forms of RDF."""
    value = html.escape(json.dumps(LABEL | {"Label": label}))
    expected = {(claim, Strength.DECLARED)}
    assert said(xmp(packet(attributes=f'TC260:AIGC="{value}"'))) == expected
    assert said(xmp(packet(f"<TC260:AIGC>{value}</TC260:AIGC>"))) == expected
    assert said(xmp(packet(f"<TC260:AIGC>{html.escape(value)}</TC260:AIGC>"))) == expected


def test_a_label_as_a_structure_is_read() -> None:
    """The fields of the label may be properties of their own."""
    structure = "<TC260:AIGC rdf:parseType='Resource'><TC260:Label>1</TC260:Label><TC260:ProduceID>9</TC260:ProduceID>"
    structure += "</TC260:AIGC>"
    assert said(xmp(packet(structure))) == GENERATED


def test_draw_things_parameters_in_the_user_comment_are_a_trace() -> None:
    """Draw Things keeps its parameters as JSON in exif:UserComment."""
    parameters = {
        "c": "a prompt",
        "uc": "",
        "model": "sd_v1.5_f16.ckpt",
        "sampler": "DPM++ 2M Karras",
        "scale": 7,
        "seed": 1,
        "seed_mode": "Scale Alike",
        "size": "512x512",
        "steps": 20,
        "strength": 1,
    }
    value = html.escape(json.dumps(parameters))
    comment = f'<exif:UserComment><rdf:Alt><rdf:li xml:lang="x-default">{value}</rdf:li></rdf:Alt></exif:UserComment>'
    assert said(xmp(packet(comment))) == {(Claim.AI_GENERATED, Strength.TRACE)}


def test_an_ai_term_in_a_property_for_something_else_is_for_review() -> None:
    """A term that was put where no reader looks is still seen."""
    found = said(xmp(packet(f"<dc:type>{IPTC}trainedAlgorithmicMedia</dc:type>")))
    assert found == {(Claim.REVIEW, Strength.HINT)}


@pytest.mark.parametrize(
    "description",
    [
        "An algorithmic portrait",
        "Synthetic fabric, composite bow",
        "On trained algorithms and generative grammar",
        "Prompt delivery of the digital source",
        "Steps to the Sora building, Gemini over the sea, a flux of muses",
        "AIGC conference in Wan Chai",
    ],
)
def test_descriptions_that_use_the_same_words_are_silent(description: str) -> None:
    """Words of the vocabulary in a caption are words."""
    assert said(xmp(packet(f"<dc:description>{description}</dc:description>"))) == set()


def test_a_packet_that_is_not_well_formed_is_read_and_leaves_a_gap() -> None:
    """What can be reached of a damaged packet counts, and what cannot is said."""
    data = packet('<Iptc4xmpExt:DigitalSourceType rdf:resource="trainedAlgorithmicMedia"/><dc:title>x</dc:titel>')
    found = read(xmp(data))
    assert {(s.claim, s.strength) for s in found.signals} == GENERATED
    assert [(gap.place, "not well-formed" in gap.says) for gap in found.gaps] == [("XMP", True)]


def test_words_of_a_mark_in_what_is_no_xml_at_all_are_for_review() -> None:
    """Where nothing parses, a term of the vocabulary still speaks, and the place is a gap."""
    found = read(xmp(b"\x01\x02 http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"))
    assert {(s.claim, s.strength) for s in found.signals} == {(Claim.REVIEW, Strength.HINT)}
    assert len(found.gaps) == 1


def test_a_packet_without_any_word_of_a_mark_is_not_parsed() -> None:
    """Damage in a packet that holds nothing of interest is nobody's business."""
    data = packet("<dc:title>x</dc:titel>").replace(b"tc260", b"x").replace(b"AIGC", b"x")
    assert said(xmp(data)) == set()


def test_a_packet_with_prefixes_of_its_own_kept_as_text_is_read() -> None:
    """XMP is known by its namespaces, wherever it was put."""
    data = (
        '<q:RDF xmlns:q="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><q:Description '
        'xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" e:DigitalSourceType="trainedAlgorithmicMedia"/></q:RDF>'
    )
    assert said(text("XML:com.adobe.xmq", data)) == said(comment(data)) == GENERATED
