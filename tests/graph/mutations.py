"""The documents of the mutations' tests: each asks for every field of every ending."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.conftest import World
from tests.graph.asking_graphql import Answer, ask

FORBIDDEN = "... on Forbidden { barrier capability plans roles }"
LOCKED = "... on AttributeLocked { reason }"
VALUE = """value {
  __typename
  ... on TextValue { text } ... on NumberValue { number } ... on BooleanValue { boolean } ... on DateValue { date }
  ... on DateTimeValue { dateTime } ... on EmailValue { email } ... on PhoneValue { phone } ... on UrlValue { url }
  ... on SelectValue { option { id label isArchived } } ... on MultiSelectValue { options { id label isArchived } }
  ... on LanguageValue { language }
}"""
LINE = f"""... on Attribute {{
  id key version isEmpty canEdit lockedBecause {VALUE} provenance {{ source at agent {{ name }} }}
}}
... on CrmAttribute {{ syncState syncedAt }}"""
NOTE = "id version body author { name } createdAt isEdited editedAt editedBy { name } contact { id }"
CONTACT = """id version name updatedAt vip { since reason expiresAt setBy { name } }
  notes { totalCount nodes { body } }"""

CURRENT = f"""... on Conflict {{ current {{
  __typename id
  ... on ContactNote {{ {NOTE} }}
  ... on Contact {{ {CONTACT} }}
  ... on Attribute {{ {LINE} }}
}} }}"""

SUCCESSES = {
    "contactNoteAdd": f"noteEdge {{ cursor node {{ {NOTE} }} }} contact {{ {CONTACT} }}",
    "contactNoteEdit": f"note {{ {NOTE} }}",
    "contactNoteDelete": f"deletedNoteId contact {{ {CONTACT} }}",
    "contactVipSet": f"contact {{ {CONTACT} }}",
    "contactVipClear": f"contact {{ {CONTACT} }}",
    "contactAttributeSet": f"attribute {{ __typename {LINE} }} contact {{ {CONTACT} }}",
    "contactAttributeClear": f"attribute {{ __typename {LINE} }} contact {{ {CONTACT} }}",
}


def selection(name: str) -> str:
    # No conflict can come of adding.
    current = "" if name == "contactNoteAdd" else CURRENT
    own = LOCKED if name.startswith("contactAttribute") else FORBIDDEN
    errors = f"__typename ... on UserError {{ code message path }} {own} {current}"
    return f"{{ {errors} ... on {name[0].upper()}{name[1:]}Success {{ {SUCCESSES[name]} }} }}"


def document(name: str) -> str:
    return f"mutation ($input: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $input) {selection(name)} }}"


async def change(world: World, name: str, given: Mapping[str, Any], **asking: Any) -> Answer:
    """Run one mutation; returns its answer."""
    answer: Answer = (await ask(world, document(name), {"input": dict(given)}, **asking))[name]
    return answer


async def unchanged(world: World, name: str, given: Mapping[str, Any], **asking: Any) -> Answer:
    """Run one mutation that must write nothing; returns its answer."""
    before = await world.snapshot()
    answer = await change(world, name, given, **asking)
    assert await world.snapshot() == before
    return answer


def failure(answer: Answer) -> tuple[str, str, list[str]]:
    """Return what a program reacts to: the type, the code and the path. There is always a sentence for people."""
    assert answer["message"][0].isupper()
    assert answer["message"].endswith((".", "…")) or ":" in answer["message"]
    return answer["__typename"], answer["code"], answer["path"]
