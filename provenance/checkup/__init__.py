"""Looking for what is wrong with this machine's set-up, before a delivery finds it out.

::

    checks      everything that is looked at, in order
    people      whether those who are to approve can
    trusting    whether those who are trusted could be
    watching    what this machine must allow so that folders can be watched
    finding     what is answered
"""

from provenance.checkup.checks import check_up
from provenance.checkup.finding import Finding, Level
from provenance.checkup.trusting import check_trust

__all__ = ["Finding", "Level", "check_trust", "check_up"]
