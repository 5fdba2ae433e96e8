"""Parsing and validation, once for each document: the same few hundred documents make up nearly all requests."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
    validate,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule
from strawberry.types import ExecutionContext

from graph.limits import Limits, Meter, excesses, size_of_values
from graph.masking import RESOLUTION_FAILURE

Rules = tuple[type[ASTValidationRule], ...]

# A client with a broken document needs to see what is wrong, not two thousand times the same.
MAX_VALIDATION_ERRORS = 5

# What Strawberry's own validation adds to the rules of the specification.
_STRAWBERRY_RULES: Rules = (MaybeNullValidationRule, OneOfInputValidationRule)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document found valid for one schema and one set of rules.

    ``depends_on_values``: with pages of the largest size it would be too costly, so that each request's variables
    decide.
    """

    document: DocumentNode
    schema: GraphQLSchema
    rules: Rules
    depends_on_values: bool

    def fits(self, schema: GraphQLSchema, rules: Rules) -> bool:
        return self.schema is schema and self.rules == rules


class DocumentCache:
    """The prepared documents of a process; the least recently used leave first. Only valid ones are kept.

    A parsed document takes 75 times the memory of its text, or 280 times if it is made to: ``max_characters`` bounds
    the sum of the texts, and one longer than ``max_document_characters`` is prepared anew each time.
    """

    def __init__(
        self,
        *,
        max_entries: int = 512,
        max_characters: int = 250_000,
        max_document_characters: int = 20_000,
    ) -> None:
        self._max_entries, self._max_characters = max_entries, max_characters
        self._max_document_characters = max_document_characters
        self._entries: OrderedDict[str, Prepared] = OrderedDict()
        self._characters = 0

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def characters(self) -> int:
        """The sum of the lengths of the cached texts."""
        return self._characters

    def get(self, query: str, schema: GraphQLSchema, rules: Rules) -> Prepared | None:
        prepared = self._entries.get(query)
        if prepared is None or not prepared.fits(schema, rules):
            return None
        self._entries.move_to_end(query)
        return prepared

    def put(self, query: str, prepared: Prepared) -> None:
        if len(query) > self._max_document_characters:
            return
        if self._entries.pop(query, None) is None:
            self._characters += len(query)
        self._entries[query] = prepared
        while len(self._entries) > self._max_entries or self._characters > self._max_characters:
            self._characters -= len(self._entries.popitem(last=False)[0])


class PreparedDocuments(SchemaExtension):
    """Parses and validates through the cache, within the limits, and finds the operation that is meant."""

    def __init__(self, cache: DocumentCache, limits: Limits) -> None:
        super().__init__()
        self._cache, self._limits = cache, limits
        self._prepared: Prepared | None = None
        # The text this operation's document was parsed from; None where another extension brought the document.
        self._text: str | None = None

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        context.parse_options["max_tokens"] = self._limits.tokens
        if context.query and context.graphql_document is None:
            self._prepared = self._cache.get(context.query, *_validity(context))
            if self._prepared is not None:
                context.graphql_document = self._prepared.document
            else:
                context.graphql_document = _parsed_unless_broken(context.query, context)
                self._text = context.query
        yield

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        if context.pre_execution_errors is None and context.graphql_document is not None:
            context.pre_execution_errors = self._errors(context, context.graphql_document)
        yield

    def _errors(self, context: ExecutionContext, document: DocumentNode) -> list[GraphQLError]:
        operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
        name = context._provided_operation_name
        if name is None and len(operations) > 1:
            return [_ambiguous(operations)]
        prepared, errors = self._prepared, list[GraphQLError]()
        if prepared is None or not prepared.fits(*_validity(context)):
            prepared, errors = _prepare(context, document, operations, self._limits)
            if prepared is not None and self._text is not None:
                self._cache.put(self._text, prepared)
        if prepared is None or not prepared.depends_on_values:
            return errors
        meant = next(o for o in operations if name is None or (o.name is not None and o.name.value == name))
        return _excesses_with_values(context, document, meant, self._limits)


def _validity(context: ExecutionContext) -> tuple[GraphQLSchema, Rules]:
    return context.schema._schema, context.validation_rules


def _parsed_unless_broken(query: str, context: ExecutionContext) -> DocumentNode | None:
    """Leaves a syntax error to Strawberry, which alone reports it rightly over every transport."""
    try:
        return parse(query, **context.parse_options)
    except GraphQLError:
        return None


def _ambiguous(operations: list[OperationDefinitionNode]) -> GraphQLError:
    names = ", ".join(o.name.value for o in operations[:10] if o.name is not None)
    message = f"The document has {len(operations)} operations: say with `operationName` which to run ({names})."
    return GraphQLError(message, operations[:10], extensions={"code": RESOLUTION_FAILURE})


def _prepare(
    context: ExecutionContext,
    document: DocumentNode,
    operations: list[OperationDefinitionNode],
    limits: Limits,
) -> tuple[Prepared | None, list[GraphQLError]]:
    """The limits come first: some rules of validation are slow on documents which exceed them."""
    schema, rules = _validity(context)
    at_least = Meter(schema, document, limits, lambda _: 0)
    errors = [error for o in operations for error in excesses(o, at_least.measure(o), limits)]
    if not errors:
        errors = validate(schema, document, (*rules, *_STRAWBERRY_RULES), max_errors=MAX_VALIDATION_ERRORS)
    if errors:
        return None, errors[: MAX_VALIDATION_ERRORS + 1]
    at_most = Meter(schema, document, limits, lambda _: limits.largest_page)
    depends_on_values = any(excesses(o, at_most.measure(o), limits) for o in operations)
    return Prepared(document, schema, rules, depends_on_values), []


def _excesses_with_values(
    context: ExecutionContext, document: DocumentNode, operation: OperationDefinitionNode, limits: Limits
) -> list[GraphQLError]:
    sizes = size_of_values(operation, context.variables or {}, limits.largest_page)
    meter = Meter(context.schema._schema, document, limits, sizes)
    return excesses(operation, meter.measure(operation), limits)
