"""The schema extensions every operation passes through, in their order."""

from collections.abc import Callable

from strawberry.extensions import SchemaExtension

from graph.document_cache import DocumentCache, PreparedDocuments
from graph.limits import Limits
from graph.masking import ErrorCodes, ErrorCounts


def schema_extensions(
    limits: Limits | None = None,
    *,
    cache: DocumentCache | None = None,
    counts: ErrorCounts | None = None,
) -> list[Callable[[], SchemaExtension]]:
    """For ``strawberry.Schema(extensions=...)``: makes an extension of each kind for each operation.

    ``ErrorCodes`` is first, so that it sees what the others add. The cache and the counts live as long as the list.
    """
    bounds = Limits() if limits is None else limits
    counted = ErrorCounts() if counts is None else counts
    # An empty cache is false.
    documents = DocumentCache() if cache is None else cache
    return [lambda: ErrorCodes(counted), lambda: PreparedDocuments(documents, bounds)]
