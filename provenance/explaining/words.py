"""What each kind of ground is, what it is worth, and what it does, in plain words. Pure."""

from provenance.evidence import Claim, Kind, State, Strength
from provenance.verdict import CREDENTIAL, LINEAGE, Ground, Origin

KINDS = {
    Kind.C2PA.value: "a content credential (C2PA): statements that were signed together with the file",
    Kind.XMP.value: "XMP metadata: fields that programs write into a file, or into a file beside it",
    Kind.PNG_TEXT.value: "a text that a program left in the PNG",
    Kind.EXIF.value: "EXIF fields, which cameras and programs fill in",
    Kind.COMMENT.value: "a comment in the file",
    Kind.TAG.value: "a tag of a film or a sound",
    Kind.FIELD.value: "a field in the file's header or properties",
    Kind.IPTC.value: "IPTC fields, as picture desks use them",
    Kind.PIXELS.value: "a message hidden in the pixels themselves",
    Kind.NAME.value: "the file's name, or the system's note of where it came from",
    Kind.LIKENESS.value: "what is seen or heard in it: the same as in a file that is known here",
    "gap": "a place that could not be looked at",
    CREDENTIAL: "the state of the content credential itself",
    "declaration": "a person's word that is recorded here",
    LINEAGE: "what the file was made from",
}
"""Every kind a ground can have."""

STRENGTHS = {
    Strength.SIGNED: "signed, by somebody on this production's trust list",
    Strength.SIGNED_UNTRUSTED: "signed, by somebody who is on no trust list here; enough to flag, not to clear",
    Strength.BROKEN: "from a credential that does not verify; enough to flag, not to clear",
    Strength.DECLARED: "stated plainly, without a signature",
    Strength.TRACE: "left behind by the tool that made it",
    Strength.HINT: "a hint: not enough to flag, enough to have a person look",
}

CLAIMS = {
    Claim.AI_GENERATED: "It says that the file was generated.",
    Claim.AI_ASSISTED: "It says that part of the file was generated, or that a generator changed it.",
    Claim.REVIEW: "It leaves open how the file was made, so a person has to look.",
    Claim.CAPTURED: "It says that the file was recorded by a camera or a microphone.",
    Claim.CREATED: "It says that people made the file, with tools that generate nothing.",
    Claim.NOTED: "It is noted, and decides nothing.",
}

ANSWERS = {
    Origin.AI_GENERATED: "It is treated as made by AI. It needs an approval before it may be delivered.",
    Origin.AI_ASSISTED: "It is treated as partly made by AI. It needs an approval before it may be delivered.",
    Origin.REVIEW: "A person has to look at it before it may be delivered: what is known does not settle it.",
    Origin.CAPTURED: "It is taken to be recorded by a camera or a microphone, and nothing speaks against that.",
    Origin.CREATED: "It is taken to be made by people, and nothing speaks against that.",
    Origin.UNKNOWN: "No signal was found. That is not a proof that no AI was used: marks can be removed.",
}

STATES = {
    State.ABSENT: "The file has no content credential.",
    State.REMOTE: "The file says that its credential is elsewhere. Nothing is fetched, so it was not seen.",
    State.UNSUPPORTED: "This type of file has no place for a content credential.",
    State.UNREADABLE: "Something is, or may be, there that could not be read.",
    State.BROKEN: "Its content credential does not verify: the file or the credential was changed afterwards.",
    State.UNTRUSTED: "Its content credential is intact. Who signed it is on no trust list here.",
    State.TRUSTED: "Its content credential is intact, and was signed by somebody on the trust list.",
}

WORD_FOR_EFFECT = {
    "decides": "This decides.",
    "flags": "This alone would flag the file.",
    "review": "This alone would have a person look.",
    "clears": "This speaks for the file, and may clear it.",
    "speaks": "This speaks for the file, and clears nothing by itself.",
    "noted": "This decides nothing.",
}

_FLAGS = {Claim.AI_GENERATED, Claim.AI_ASSISTED}
_WANTED = {
    Origin.AI_GENERATED: _FLAGS,
    Origin.AI_ASSISTED: _FLAGS,
    Origin.REVIEW: {Claim.REVIEW, *_FLAGS},
    Origin.CAPTURED: {Claim.CAPTURED},
    Origin.CREATED: {Claim.CREATED},
    Origin.UNKNOWN: set[Claim](),
}


def effect_of(ground: Ground, origin: Origin) -> str:
    """Return what a ground does, as one of `WORD_FOR_EFFECT`: what decides is what the verdict could not do without."""
    flags = ground.claim in _FLAGS and ground.strength is not Strength.HINT
    speaks = ground.clears or ground.kind == "declaration"
    if ground.claim in _WANTED[origin]:
        if origin.flagged:
            return "decides" if flags else "review"
        if origin is Origin.REVIEW or speaks:
            return "decides"
    if flags:
        return "flags"
    if ground.claim in {Claim.REVIEW, *_FLAGS}:
        return "review"
    if ground.claim is Claim.NOTED:
        return "noted"
    return "clears" if speaks else "speaks"


def what_would_change(origin: Origin, state: State) -> tuple[str, ...]:
    """Return what a person can do about a verdict, and what does nothing."""
    if origin.flagged:
        return (
            "An approval for exactly these bytes lets it be delivered and leaves the flag: provenance approve.",
            "Other bytes, made without a generator, are judged anew: provenance supersede says what they replace.",
            "Removing the marks changes nothing: these bytes, and what is made from them, stay known here.",
        )
    if origin is Origin.REVIEW:
        ways = ["A person who looked can take it on them, for exactly these bytes: provenance clear."]
        if state is State.REMOTE:
            ways.append("The credential can be laid beside the file by hand, as NAME.EXT.c2pa, and is read then.")
        if state in {State.UNREADABLE, State.BROKEN}:
            ways.append("A whole copy from whoever made the file may read better: its bytes are judged by themselves.")
        return tuple(ways)
    if origin is Origin.UNKNOWN:
        return (
            "A mark that turns up in the file, in one beside it, or in what it was made from flags it.",
            "A person's word can say what it is: provenance declare.",
        )
    return ("A mark of AI origin, in the file or in what it was made from, would flag it whoever says otherwise.",)
