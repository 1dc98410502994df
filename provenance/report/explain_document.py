"""An explanation as its document."""

from typing import TYPE_CHECKING

from provenance.explaining import Explanation
from provenance.report.explain_documents import ChainDocument, ExplainedDocument, ManifestDocument, WhyGroundDocument
from provenance.report.origin_document import ground_document

if TYPE_CHECKING:
    from provenance.credentials.chain import Chain, Link


def explained_document(explanation: Explanation) -> ExplainedDocument:
    """Return an explanation as its document."""
    return ExplainedDocument(
        answer=explanation.answer,
        credential=explanation.credential,
        grounds=[
            WhyGroundDocument(ground=ground_document(e.ground), effect=e.effect, plain=[*e.plain])
            for e in explanation.grounds
        ],
        unseen=[*explanation.unseen],
        changes=[*explanation.changes],
        chain=None if explanation.chain is None else chain_document(explanation.chain, explanation.read_from),
    )


def chain_document(chain: "Chain", read_from: str | None) -> ChainDocument:
    """Return a credential's chain as its document."""
    return ChainDocument(
        read_from=read_from,
        signature_holds=chain.signature,
        bound=chain.bound,
        why=chain.why,
        active=None if chain.active is None else _manifest(chain.active),
    )


def _manifest(link: "Link") -> ManifestDocument:
    return ManifestDocument(
        relation=link.relation,
        title=link.title,
        label=link.label,
        signer=link.signer,
        signed_at=link.signed_at,
        generator=link.generator,
        actions=[*link.actions],
        codes=[*link.codes],
        note=link.note,
        parts=[_manifest(p) for p in link.parts],
    )
