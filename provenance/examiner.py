"""Who looks: the versions and the trust list that decide what can be read."""

from functools import cache

from provenance import __version__
from provenance.credentials.sdk import sdk_version
from provenance.credentials.trust import Trust
from provenance.evidence import Examiner


@cache
def examiner_for(trust: Trust) -> Examiner:
    """Return who is looking when this process looks under a trust list. Loads the SDK."""
    return Examiner(__version__, sdk_version(), trust.sha256)
