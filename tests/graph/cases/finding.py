"""Finding contacts."""

from __future__ import annotations

from graph.paging import encode_cursor
from tests.graph.cases.tenancy import Case

LIST = "{ totalCount nodes { id } pageInfo { hasNextPage hasPreviousPage } }"


def of_contacts(argument: str) -> Case:
    # The place before all names, so that what lies beyond it is the whole list, whosever the cursor was.
    query = f"query ($at: String) {{ contacts({argument}: $at) {LIST} }}"
    return lambda me, them: (query, {"at": encode_cursor("contact", "", them.contact())})


TENANCY: dict[str, Case] = {
    "Query.contacts(after)": of_contacts("after"),
    "Query.contacts(before)": of_contacts("before"),
    "Query.contacts(search)": lambda _, them: (
        f"query ($text: String) {{ contacts(search: $text) {LIST} }}",
        {"text": them.organization},
    ),
    "Query.contacts(filter).attribute.text.equals": lambda _, them: (
        f"""query ($text: String) {{
          contacts(filter: {{attribute: {{key: "bio", text: {{equals: $text}}}}}}) {LIST}
        }}""",
        {"text": f"Of {them.organization}"},
    ),
}

# What names an attribute or an option of another is refused as what names none: see test_finding_filters.
NAMES_NOTHING = {
    f"Query.contacts(filter).attribute.{each}"
    for each in (
        *("key", "text.anyOf", "text.startsWith", "select.anyOf", "language.anyOf"),
        *(f"multiSelect.{each}" for each in ("anyOf", "allOf", "noneOf")),
        *(f"{address}.{each}" for address in ("email", "phone", "url") for each in ("equals", "anyOf")),
    )
}
