"""What the house allows: a policy is data, and `judge` applies it to one file.

::

    facts      what a policy is asked about: one intended use, as facts
    condition  facts that must hold
    terms      principles, triggers, uses, consents: what a policy says of uses
    model      outcomes, rules, reasons, decisions, and a policy as a value
    pack       from a TOML file to a policy; the only place here that reads the disk
    assess     what a policy answers to an intended use
    judge      what a policy makes of one file
"""

from provenance.policy.judge import judge
from provenance.policy.model import Case, Decision, Outcome, Policy, Reason, Rule
from provenance.policy.pack import load_policy, parse_policy

__all__ = ["Case", "Decision", "Outcome", "Policy", "Reason", "Rule", "judge", "load_policy", "parse_policy"]
