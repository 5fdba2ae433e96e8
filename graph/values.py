"""What an attribute holds: one type for each value type, with fields named apart, and the input of the same shape."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, assert_never

import strawberry
from strawberry import Maybe

from domain import values as model
from domain.definitions import AttributeDefinition, Option
from graph.definitions import AttributeOption
from graph.scalars import URL, EmailAddress, LanguageTag, PhoneNumber


@strawberry.type(description="Holds a text.")
class TextValue:
    text: str = strawberry.field(description="NFC, with line ends as LF.")


@strawberry.type(description="Holds a number.")
class NumberValue:
    number: float = strawberry.field(description="Finite; whole numbers are exact up to 2^53.")


@strawberry.type(description="Holds yes or no.")
class BooleanValue:
    boolean: bool = strawberry.field(description="False is a value: the attribute is not empty.")


@strawberry.type(description="Holds a day of the calendar.")
class DateValue:
    date: dt.date = strawberry.field(description="In no time zone: show it as it is.")


@strawberry.type(description="Holds a moment.")
class DateTimeValue:
    date_time: dt.datetime = strawberry.field(description="In UTC: show it in the agent's time zone.")


@strawberry.type(description="Holds an e-mail address.")
class EmailValue:
    email: EmailAddress = strawberry.field(description="Checked and normalised.")


@strawberry.type(description="Holds a phone number.")
class PhoneValue:
    phone: PhoneNumber = strawberry.field(description="In E.164, whatever form it came in.")


@strawberry.type(description="Holds an address on the web.")
class UrlValue:
    url: URL = strawberry.field(description="Always http or https.")


@strawberry.type(description="Holds one of the definition's options.")
class SelectValue:
    option: AttributeOption = strawberry.field(description="The chosen one; it may have been archived since.")


@strawberry.type(description="Holds any number of the definition's options.")
class MultiSelectValue:
    options: list[AttributeOption] = strawberry.field(
        description="In the definition's order. Empty means that none was chosen, which is a value too."
    )


@strawberry.type(description="Holds a language.")
class LanguageValue:
    language: LanguageTag = strawberry.field(description="In its usual letter case.")


AttributeValue = Annotated[
    TextValue
    | NumberValue
    | BooleanValue
    | DateValue
    | DateTimeValue
    | EmailValue
    | PhoneValue
    | UrlValue
    | SelectValue
    | MultiSelectValue
    | LanguageValue,
    strawberry.union(
        "AttributeValue",
        description="What an attribute holds, by its value type. Types may be added: have a default branch. "
        "No two members share a field name, so that one selection can list them all.",
    ),
]


def attribute_value(value: model.Value, definition: AttributeDefinition, languages: Sequence[str]) -> AttributeValue:
    match value:
        case model.TextValue(text):
            return TextValue(text=text)
        case model.NumberValue(number):
            return NumberValue(number=number)
        case model.BooleanValue(boolean):
            return BooleanValue(boolean=boolean)
        case model.DateValue(day):
            return DateValue(date=day)
        case model.DateTimeValue(moment):
            return DateTimeValue(date_time=moment)
        case model.EmailValue(email):
            return EmailValue(email=EmailAddress(email))
        case model.PhoneValue(phone):
            return PhoneValue(phone=PhoneNumber(phone))
        case model.UrlValue(url):
            return UrlValue(url=URL(url))
        case model.SelectValue(option_id):
            return SelectValue(option=_option(definition, option_id, languages))
        case model.MultiSelectValue(option_ids):
            return MultiSelectValue(options=[_option(definition, each, languages) for each in option_ids])
        case model.LanguageValue(language):
            return LanguageValue(language=LanguageTag(language))
        case _:
            assert_never(value)


def _option(definition: AttributeDefinition, option_id: str, languages: Sequence[str]) -> AttributeOption:
    # Another process can have made an option that this one will hear of within the second.
    return AttributeOption.of(definition.option(option_id) or Option(option_id, option_id), languages)


@strawberry.input(
    one_of=True,
    description="The value to set: exactly one field, the one of the attribute's value type. E-mail addresses, phone "
    "numbers and the like are plain text here, so that what is wrong with them is said in `ValidationFailed`.",
)
class AttributeValueInput:
    text: Maybe[str] = strawberry.field(description="For TEXT: up to 5,000 characters, counted as for notes.")
    number: Maybe[float] = strawberry.field(description="For NUMBER.")
    boolean: Maybe[bool] = strawberry.field(description="For BOOLEAN.")
    date: Maybe[dt.date] = strawberry.field(description="For DATE.")
    date_time: Maybe[dt.datetime] = strawberry.field(description="For DATETIME, with any offset.")
    email: Maybe[str] = strawberry.field(description="For EMAIL.")
    phone: Maybe[str] = strawberry.field(
        description="For PHONE, in any usual form; without a country prefix it is read in the organization's country."
    )
    url: Maybe[str] = strawberry.field(description="For URL: http or https.")
    select: Maybe[strawberry.ID] = strawberry.field(description="For SELECT: the id of an option.")
    multi_select: Maybe[list[strawberry.ID]] = strawberry.field(
        description="For MULTI_SELECT: ids of options, each once, in any order; an empty list is a value."
    )
    language: Maybe[str] = strawberry.field(description="For LANGUAGE: a BCP 47 tag.")


_MODELS: Mapping[str, Callable[[Any], model.Value]] = {
    "text": model.TextValue,
    "number": model.NumberValue,
    "boolean": model.BooleanValue,
    "date": model.DateValue,
    "date_time": model.DateTimeValue,
    "email": model.EmailValue,
    "phone": model.PhoneValue,
    "url": model.UrlValue,
    "select": model.SelectValue,
    "multi_select": lambda option_ids: model.MultiSelectValue(tuple(option_ids)),
    "language": model.LanguageValue,
}


def given_value(given: AttributeValueInput) -> model.Value:
    """Return the value as it came in; GraphQL has seen to it that there is exactly one."""
    name, content = next((name, found) for name in _MODELS if (found := getattr(given, name)) is not None)
    return _MODELS[name](content.value)
