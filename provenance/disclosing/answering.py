"""What somebody who told of a use is answered, with all that the catalogue knows."""

from provenance.asset import ProjectId
from provenance.catalogue import Catalogue
from provenance.errors import RecordUnknown
from provenance.policy.model import Policy
from provenance.policy.told import Telling, telling_of
from provenance.records.disclosure import Disclosure
from provenance.voices import Voices


def answer(voices: Voices, policy: Policy, disclosure: Disclosure) -> Telling:
    """Return what the policy answers to a disclosure now, by the tool register and the consents that count."""
    consents = voices.consents(disclosure.project, disclosure.title)
    return telling_of(disclosure, policy, voices.register(), consents)


def disclosure_in_force(catalogue: Catalogue, record: str, project: ProjectId) -> Disclosure:
    """Return a project's disclosure by its id; raises `RecordUnknown` where there is none, or it was taken back."""
    filed = catalogue.find_record(record)
    if not isinstance(filed.record, Disclosure) or filed.record.project != project:
        raise RecordUnknown(f"{record} is no disclosure of {project}")
    if filed.revoked_by is not None:
        raise RecordUnknown(f"{record} was taken back by {filed.revoked_by}", help="Tell of the use anew.")
    return filed.record
