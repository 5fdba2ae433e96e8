"""The scalars: text whose format a client may rely on."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NewType

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition

from domain import clock

EmailAddress = NewType("EmailAddress", str)
PhoneNumber = NewType("PhoneNumber", str)
URL = NewType("URL", str)
LanguageTag = NewType("LanguageTag", str)


def _write_date_time(moment: datetime) -> str:
    # Three digits always: text of one length also sorts as time.
    return f"{moment.replace(tzinfo=None).isoformat(timespec='milliseconds')}Z"


def _read_date_time(given: object) -> datetime:
    try:
        moment = datetime.fromisoformat(str(given))
        if moment.tzinfo is not None and isinstance(given, str):
            return clock.to_millisecond(moment)
    except (ValueError, OverflowError):
        pass
    raise GraphQLError("Give a DateTime as ISO 8601 text with its offset, such as 2026-11-23T09:30:00Z.")


def _read_date(given: object) -> date:
    try:
        # Python reads week dates and days without hyphens too, which a browser's calendar does not.
        if isinstance(given, str) and (day := date.fromisoformat(given)).isoformat() == given:
            return day
    except ValueError:
        pass
    raise GraphQLError("Give a Date as ISO 8601 text, such as 2026-11-23.")


SCALARS: Mapping[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment as ISO 8601 text in UTC with milliseconds, such as `2026-11-23T09:30:00.000Z`. "
        "As an input, any offset is accepted; what is below a millisecond is cut off.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=_write_date_time,
        parse_value=_read_date_time,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A day of the calendar, in no time zone, as ISO 8601 text such as `2026-11-23`.",
        specified_by_url="https://scalars.graphql.org/andimarek/local-date",
        serialize=date.isoformat,
        parse_value=_read_date,
    ),
    EmailAddress: strawberry.scalar(
        name="EmailAddress",
        description="An e-mail address, checked and normalised, such as `name@example.com`: safe behind `mailto:`.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc5321#section-4.1.2",
    ),
    PhoneNumber: strawberry.scalar(
        name="PhoneNumber",
        description="A phone number in E.164, such as `+12022243441`: safe behind `tel:`.",
        specified_by_url="https://www.itu.int/rec/T-REC-E.164",
    ),
    URL: strawberry.scalar(
        name="URL",
        description="An absolute address on the web; always `http` or `https`, so that it is safe in a link.",
        specified_by_url="https://url.spec.whatwg.org/",
    ),
    LanguageTag: strawberry.scalar(
        name="LanguageTag",
        description="A language as a BCP 47 tag in its usual letter case, such as `en` or `pt-BR`.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc5646",
    ),
}
