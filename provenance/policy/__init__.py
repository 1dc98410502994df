"""What the house allows: a policy is data, and `judge` applies it to one file.

::

    facts      what a policy is asked about: one intended use, as facts
    condition  facts that must hold
    terms      principles, triggers, uses, consents: what a policy says of uses
    model      outcomes, rules, reasons, decisions, and a policy as a value
    document   one pack as it stands in its file
    building   from packs to a policy
    pack       a pack with all it extends; the only place here that reads the disk
    assess     what a policy answers to an intended use
    questions  what somebody who tells of a use is asked
    told       from what was told to what a policy is asked, and the answer
    asking     what people told of a file adds to judging it
    judge      what a policy makes of one file
    said       how people's words answer it, in sentences
"""

from provenance.policy.judge import judge
from provenance.policy.model import Attested, Case, Decision, Outcome, Policy, Reason, Rule
from provenance.policy.pack import load_policy, parse_policy, shipped_packs

__all__ = [
    "Attested",
    "Case",
    "Decision",
    "Outcome",
    "Policy",
    "Reason",
    "Rule",
    "judge",
    "load_policy",
    "parse_policy",
    "shipped_packs",
]
