"""What the filter of contacts means: its inputs made conditions of the domain, checked against the definitions."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from domain import filters as model
from domain import values
from domain.contacts import LookUpOutcome
from domain.definitions import ValueType
from domain.filters import AllOf, AnyOf, Happened, Happening, NoneOf
from domain.outcomes import Invalid, NotFound
from graph.errors import BadUserInput
from graph.filter_inputs import (
    DEEPEST,
    MOST_CONDITIONS,
    AddressFilter,
    AttributeFilter,
    BooleanFilter,
    ContactFilter,
    DateFilter,
    DateTimeFilter,
    LanguageFilter,
    NumberFilter,
    OptionFilter,
    OptionsFilter,
    TextFilter,
    TimeRange,
)
from graph.paging import given
from resolvers import finding
from resolvers.context import Context

Tests = Iterator[model.Test]


def _texts(make: Callable[[str], values.Value]) -> Callable[[Any], Tests]:
    def tests(condition: TextFilter | AddressFilter | LanguageFilter) -> Tests:
        if (equals := given(getattr(condition, "equals", None))) is not None:
            yield model.IsOneOf((make(equals),))
        if (any_of := given(condition.any_of)) is not None:
            yield model.IsOneOf(tuple(make(each) for each in any_of))
        if (prefix := given(getattr(condition, "starts_with", None))) is not None:
            yield model.StartsWith(prefix)

    return tests


_BOUNDS: Mapping[str, tuple[type[model.Above] | type[model.Below], bool]] = {
    **dict.fromkeys(("greater_than", "after"), (model.Above, False)),
    **dict.fromkeys(("at_least", "on_or_after", "at_or_after"), (model.Above, True)),
    **dict.fromkeys(("less_than", "before"), (model.Below, False)),
    **dict.fromkeys(("at_most", "on_or_before", "at_or_before"), (model.Below, True)),
}


def _bounds(make: Callable[[Any], model.OrderedValue]) -> Callable[[Any], Tests]:
    def tests(condition: NumberFilter | DateFilter | DateTimeFilter) -> Tests:
        if (equals := given(getattr(condition, "equals", None))) is not None:
            yield model.IsOneOf((make(equals),))
        for name, (test, is_inclusive) in _BOUNDS.items():
            if (bound := given(getattr(condition, name, None))) is not None:
                yield test(make(bound), is_inclusive)

    return tests


def _boolean(condition: BooleanFilter) -> Tests:
    if (equals := given(condition.equals)) is not None:
        yield model.IsOneOf((values.BooleanValue(equals),))


def _options(condition: OptionFilter | OptionsFilter) -> Tests:
    for name, test in (("any_of", model.HasAny), ("all_of", model.HasAll), ("none_of", model.HasNone)):
        if (option_ids := given(getattr(condition, name, None))) is not None:
            yield test(tuple(option_ids))


_READERS: Mapping[str, tuple[ValueType, Callable[[Any], Tests]]] = {
    "text": (ValueType.TEXT, _texts(values.TextValue)),
    "number": (ValueType.NUMBER, _bounds(values.NumberValue)),
    "boolean": (ValueType.BOOLEAN, _boolean),
    "date": (ValueType.DATE, _bounds(values.DateValue)),
    "date_time": (ValueType.DATETIME, _bounds(values.DateTimeValue)),
    "email": (ValueType.EMAIL, _texts(values.EmailValue)),
    "phone": (ValueType.PHONE, _texts(values.PhoneValue)),
    "url": (ValueType.URL, _texts(values.UrlValue)),
    "select": (ValueType.SELECT, _options),
    "multi_select": (ValueType.MULTI_SELECT, _options),
    "language": (ValueType.LANGUAGE, _texts(values.LanguageValue)),
}


def filter_of(context: Context, wanted: ContactFilter) -> model.Filter:
    """Return what the filter means to the asker; raises BadUserInput where it means nothing."""
    return _Reading(context).all_of(wanted, 1)


class _Reading:
    """The reading of one filter, which counts what it comes across."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._count = 0

    def all_of(self, wanted: ContactFilter, depth: int) -> model.Filter:
        if depth > DEEPEST:
            raise BadUserInput(f"Nest filters less: at most {DEEPEST} deep.")
        found = [*self._conditions(wanted), *self._nested(wanted, depth + 1)]
        return found[0] if len(found) == 1 else AllOf(tuple(found))

    def _nested(self, wanted: ContactFilter, depth: int) -> Iterator[model.Filter]:
        parts = (("and", AllOf, wanted.and_), ("or", AnyOf, wanted.or_), ("not", NoneOf, wanted.not_))
        for name, made, filters in parts:
            if (nested := given(filters)) is not None:
                if not nested:
                    raise BadUserInput(f"Give a filter in `{name}`, or leave it out.")
                yield made(tuple(self.all_of(each, depth) for each in nested))

    def _conditions(self, wanted: ContactFilter) -> Iterator[model.Filter]:
        if (attribute := given(wanted.attribute)) is not None:
            yield from self._attribute(attribute)
        if (network := given(wanted.network)) is not None:
            yield self._counted(model.OnNetwork(network))
        if (outcome := given(wanted.look_up_outcome)) is not None:
            yield self._counted(model.LookedUp(outcome))
        for is_so, condition in (
            (wanted.is_vip, model.IsVip(self._context.clock())),
            (wanted.is_validated, model.LookedUp(LookUpOutcome.FOUND)),
            (wanted.has_notes, model.HasNotes()),
        ):
            if (holds := given(is_so)) is not None:
                yield self._counted(condition if holds else NoneOf((condition,)))
        for what, stretch in ((Happening.CREATED, wanted.created_at), (Happening.UPDATED, wanted.updated_at)):
            if (between := given(stretch)) is not None:
                yield self._counted(_happened(what, between))

    def _attribute(self, wanted: AttributeFilter) -> Iterator[model.Filter]:
        named = {name: condition for name in _READERS if (condition := given(getattr(wanted, name))) is not None}
        is_empty = given(wanted.is_empty)
        if len(named) + (is_empty is not None) != 1:
            raise BadUserInput("Give the key and exactly one condition: `isEmpty`, or that of the value type.")
        if is_empty is not None:
            holds = self._checked(wanted.key, None, model.Holds())
            yield NoneOf((holds,)) if is_empty else holds
            return
        [(name, condition)] = named.items()
        value_type, read = _READERS[name]
        tests = list(read(condition))
        if not tests:
            raise BadUserInput("Give a condition on the attribute: there is none in the one for its value type.")
        for test in tests:
            yield self._checked(wanted.key, value_type, test)

    def _checked(self, key: str, value_type: ValueType | None, test: model.Test) -> model.Filter:
        found = finding.attribute_condition(self._context, key, value_type, test)
        if isinstance(found, NotFound):
            raise BadUserInput("There is no attribute of that key: ask `attributeDefinitions` for those there are.")
        if isinstance(found, Invalid):
            raise BadUserInput(found.message)
        return self._counted(found)

    def _counted(self, condition: model.Filter) -> model.Filter:
        self._count += 1
        if self._count > MOST_CONDITIONS:
            raise BadUserInput(f"Give fewer conditions: at most {MOST_CONDITIONS}.")
        return condition


def _happened(what: Happening, between: TimeRange) -> Happened:
    since, before = given(between.at_or_after), given(between.before)
    if since is None and before is None:
        raise BadUserInput("Give `atOrAfter`, `before` or both.")
    return Happened(what, since, before)
