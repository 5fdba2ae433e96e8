"""The fields of a CRM's record as values, and back: the CRM spells them, the definition says what they mean."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.attributes import HeldValue, SyncState
from domain.crm import Field
from domain.definitions import AttributeCategory, AttributeDefinition, SyncRule, ValueType
from domain.outcomes import ErrorCode, Invalid
from domain.value_rules import checked
from domain.value_texts import text_of_value, value_of_text
from domain.values import BooleanValue, DateTimeValue, MultiSelectValue, NumberValue, SelectValue, Value

SEPARATOR = ";"
"""Between the options of a MULTI_SELECT that a CRM spells as one text."""
_EARLIEST, _LATEST = 10_000_000_000, 253_402_300_800_000
"""In milliseconds: 1970-04-26 and the end of the year 9999. Smaller numbers may be seconds, or anything."""


def alias(definition: AttributeDefinition) -> str:
    """Return what the CRM calls the attribute: its alias, or else its key."""
    return definition.crm_alias or definition.key


def is_exchanged(definition: AttributeDefinition) -> bool:
    """Tell whether its values come from the CRM, and go there."""
    is_live = definition.is_enabled and not definition.is_archived
    return definition.category is AttributeCategory.CRM and is_live and definition.sync_rule is not SyncRule.NEVER


def known_field(definition: AttributeDefinition, held: HeldValue | None) -> Field | None:
    """Return what the CRM held when it was heard of last."""
    if held is None or held.sync is None:
        return None
    if held.sync.field is None and held.sync.state is SyncState.IN_SYNC:
        # It came from a list, in another spelling perhaps.
        return field_of_value(definition, held.value)
    return held.sync.field


def value_of_field(definition: AttributeDefinition, field: Field | None, *, region: str) -> Value | Invalid | None:
    """Return the value that the field means, None where it is blank, or why it means none.

    Wrong spellings that CRMs are known for are understood: numbers and booleans as text, options by their label,
    moments in milliseconds since 1970, a moment where a date is wanted.
    """
    if field is None or (isinstance(field, str) and not field.strip()):
        return None
    given = _given(definition, field)
    return given if isinstance(given, Invalid) else checked(definition, given, region=region)


def _given(definition: AttributeDefinition, field: Field) -> Value | Invalid:
    if isinstance(field, bool):
        # Before numbers: to Python it is one.
        return _boolean(definition, field)
    if isinstance(field, float | int):
        return _number(definition, float(field))
    if isinstance(field, tuple):
        return _several(definition, field)
    if definition.value_type is ValueType.DATE:
        field = field.strip()[:10] if _is_moment(field) else field
    return value_of_text(definition, field, separator=SEPARATOR)


def _boolean(definition: AttributeDefinition, field: bool) -> Value | Invalid:
    if definition.value_type is ValueType.BOOLEAN:
        return BooleanValue(field)
    return value_of_text(definition, "true" if field else "false", separator=SEPARATOR)


def _number(definition: AttributeDefinition, field: float) -> Value | Invalid:
    match definition.value_type:
        case ValueType.NUMBER:
            return NumberValue(field)
        case ValueType.DATETIME | ValueType.DATE if _EARLIEST <= field < _LATEST:
            moment = datetime.fromtimestamp(field / 1000, UTC)
            text = moment.date().isoformat() if definition.value_type is ValueType.DATE else moment.isoformat()
            return value_of_text(definition, text, separator=SEPARATOR)
        case _:
            return value_of_text(definition, f"{field:.15g}", separator=SEPARATOR)


def _several(definition: AttributeDefinition, field: tuple[str, ...]) -> Value | Invalid:
    if definition.value_type is ValueType.MULTI_SELECT:
        one_by_one = [value_of_text(definition, each, separator="\n") for each in field]
        return MultiSelectValue(tuple(_option for each in one_by_one for _option in _options(each)))
    if len(field) == 1:
        return value_of_text(definition, field[0], separator=SEPARATOR)
    return Invalid(ErrorCode.WRONG_TYPE, f"«{definition.key}» holds one value, and the CRM gave {len(field)}.")


def _options(value: Value | Invalid) -> tuple[str, ...]:
    return value.option_ids if isinstance(value, MultiSelectValue) else ()


def _is_moment(text: str) -> bool:
    """Tell whether the text is a date with a time behind it."""
    return len(text.strip()) > 10 and text.strip()[10] in "T "


def field_of_value(definition: AttributeDefinition, value: Value | None) -> Field | None:
    """Return what says the value to a CRM: numbers and booleans as such, options by their labels, others as text."""
    match value:
        case None:
            return None
        case NumberValue(number):
            return number
        case BooleanValue(boolean):
            return boolean
        case MultiSelectValue(option_ids):
            return tuple(_label(definition, each) for each in option_ids)
        case SelectValue(option_id):
            return _label(definition, option_id)
        case DateTimeValue(moment):
            return moment.isoformat().replace("+00:00", "Z")
        case _:
            return text_of_value(definition, value, separator=SEPARATOR)


def _label(definition: AttributeDefinition, option_id: str) -> str:
    option = definition.option(option_id)
    return option_id if option is None else option.label
