"""Who looks: the versions and the trust list that decide what can be read."""

from functools import cache

from provenance import EXAMINER, __version__
from provenance.credentials.sdk import sdk_version
from provenance.credentials.trust import Trust
from provenance.evidence import Examiner


@cache
def examiner_for(trust: Trust) -> Examiner:
    """Return who is looking when this process looks under a trust list. Loads the SDK.

    Raises `ConfigInvalid` where the SDK does not go by the list (`prove_trust`): each process tries it once.
    """
    if trust.anchors:
        from provenance.credentials.prove import prove_trust

        prove_trust(trust)
    return Examiner(__version__, sdk_version(), trust.sha256, EXAMINER)
