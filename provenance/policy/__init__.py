"""What the house allows: a policy is data, and `judge` applies it to one file.

::

    model   outcomes, rules, reasons, decisions, and a policy as a value
    pack    from a TOML file to a policy; the only place here that reads the disk
    judge   what a policy makes of one file
"""

from provenance.policy.judge import judge
from provenance.policy.model import Case, Decision, Outcome, Policy, Reason, Rule
from provenance.policy.pack import load_policy, parse_policy

__all__ = ["Case", "Decision", "Outcome", "Policy", "Reason", "Rule", "judge", "load_policy", "parse_policy"]
