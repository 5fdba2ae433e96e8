"""Which media type a request may be answered in, from its Accept header (RFC 9110, section 12.5.1)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final


class MediaType(Enum):
    """What the endpoint can answer in. The order is the preference when a client likes two equally."""

    GRAPHQL = "application/graphql-response+json"
    JSON = "application/json"

    @property
    def content_type(self) -> str:
        return f"{self.value}; charset=utf-8"


HTML: Final = "text/html"
EVENT_STREAM: Final = "text/event-stream"

# A comma or semicolon inside a quoted string separates nothing.
_ELEMENT: Final = re.compile(r'(?:[^,"]|"(?:[^"\\]|\\.)*"?)+')
_PARAMETER: Final = re.compile(r'(?:[^;"]|"(?:[^"\\]|\\.)*"?)+')
_WEIGHT: Final = re.compile(r"(?:0(?:\.[0-9]*)?|1(?:\.0*)?)", re.ASCII)


class EventStreamFit(Enum):
    NONE = "NONE"
    POSSIBLE = "POSSIBLE"
    """For what nothing else can carry: a client that lists every type it can read lists this one too."""
    PREFERRED = "PREFERRED"


@dataclass(frozen=True, slots=True)
class MediaRange:
    """One element of an Accept header: ``text/*;q=0.5``."""

    range: str
    weight: float


@dataclass(frozen=True, slots=True, order=True)
class Fit:
    """How much a client wants a media type: its weight, then how exactly it was named (3, 2, 1; 0 is not at all)."""

    weight: float = 0.0
    exactness: int = 0


def media_ranges(accept: str) -> tuple[MediaRange, ...]:
    """The elements of an Accept header in their order; an ill-formed weight counts as 0, that is, as a refusal."""
    return tuple(_media_range(element) for part in _ELEMENT.findall(accept) if (element := str(part).strip()))


def _media_range(element: str) -> MediaRange:
    name, parameters = media_type_and_parameters(element)
    weight = parameters.get("q", "1")
    return MediaRange(name, float(weight) if _WEIGHT.fullmatch(weight) else 0.0)


def media_type_and_parameters(value: str) -> tuple[str, dict[str, str]]:
    """``text/HTML; Charset="utf-8"`` is ``("text/html", {"charset": "utf-8"})``."""
    name, *parameters = (str(part).strip() for part in _PARAMETER.findall(value) or ("",))
    pairs = (parameter.partition("=") for parameter in parameters)
    return name.lower(), {key.strip().lower(): text.strip().strip('"') for key, _, text in pairs}


def fit(ranges: Sequence[MediaRange], media_type: str) -> Fit:
    """The most exact range decides, whatever its weight: ``*/*, text/html;q=0`` refuses HTML alone."""
    exactness = {media_type: 3, media_type.partition("/")[0] + "/*": 2, "*/*": 1}
    best = Fit()
    for candidate in ranges:
        found = exactness.get(candidate.range, 0)
        if found > best.exactness or (found == best.exactness > 0 and candidate.weight > best.weight):
            best = Fit(candidate.weight, found)
    return best if best.weight > 0 else Fit()


def negotiate(accept: str | None) -> MediaType | None:
    """The media type to answer in; None where the client accepts neither.

    Without an Accept header, or with a wildcard alone, the answer is ``application/json``: clients which do not
    say what they want are the old ones, and those read the status 200 as "this is a GraphQL answer".
    """
    if accept is None or not accept.strip():
        return MediaType.JSON
    ranges = media_ranges(accept)
    graphql, json = fit(ranges, MediaType.GRAPHQL.value), fit(ranges, MediaType.JSON.value)
    if not graphql.weight and not json.weight:
        return None
    named = graphql.exactness == 3
    return MediaType.GRAPHQL if (graphql > json or (graphql == json and named)) else MediaType.JSON


def prefers_html(accept: str | None) -> bool:
    """Whether a browser asks: HTML is named, and wanted no less than JSON (a wildcard is no wish for HTML)."""
    if accept is None:
        return False
    ranges = media_ranges(accept)
    html = fit(ranges, HTML)
    json = max(fit(ranges, media_type.value) for media_type in MediaType)
    return html.exactness == 3 and html > json


def event_stream_fit(accept: str | None) -> EventStreamFit:
    """How much a client wants server-sent events: only where it names them, as no wildcard means them."""
    ranges = () if accept is None else media_ranges(accept)
    events = fit(ranges, EVENT_STREAM)
    if events.exactness < 3:
        return EventStreamFit.NONE
    json = max(fit(ranges, media_type.value) for media_type in MediaType)
    return EventStreamFit.PREFERRED if events > json else EventStreamFit.POSSIBLE
