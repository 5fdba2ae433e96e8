"""The lines of the panel: which there are, in which order, and what each says of itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.attributes import CrmSync, Provenance, Source, SyncState
from domain.values import BooleanValue, MultiSelectValue, SelectValue, TextValue
from tests.builders import EVERY_TYPE, MORNING, a_contact, held
from tests.conftest import World
from tests.graph.asking_graphql import (
    MORNING_TEXT,
    Answer,
    ask,
    attribute_gid,
    contact_gid,
    definition_gid,
    refused,
    type_of,
)

KEYS = """query ($id: ID!, $categories: [AttributeCategory!], $empty: Boolean! = true) {
  contact(id: $id) { attributes(categories: $categories, includeEmpty: $empty) { ... on Attribute { key } } }
}"""
LINE = """
  __typename
  ... on Attribute {
    id key label position version isEmpty canEdit lockedBecause value { __typename }
    definition { id key label }
    provenance { __typename source at agent { name } }
  }
"""
CRM = "... on CrmAttribute { syncState syncedAt }"
ONE = f"query ($id: ID!, $key: String!) {{ contact(id: $id) {{ attribute(key: $key) {{ {LINE} {CRM} }} }} }}"
ALL = f"query ($id: ID!) {{ contact(id: $id) {{ attributes {{ {LINE} }} }} }}"

SHOWN = [each.key for each in EVERY_TYPE if each.key not in {"fax", "pager"}]
"""An archived or switched-off attribute is not offered."""


async def keys(world: World, **variables: object) -> list[str]:
    data = await ask(world, KEYS, {"id": contact_gid("c1"), **variables})
    return [each["key"] for each in data["contact"]["attributes"]]


async def line(world: World, key: str) -> Answer | None:
    data = await ask(world, ONE, {"id": contact_gid("c1"), "key": key})
    found: Answer | None = data["contact"]["attribute"]
    return found


async def test_empty_attributes_are_there_so_that_add_can_be_drawn(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    data = await ask(world, ALL, {"id": contact_gid("c1")})
    assert data["contact"]["attributes"] == [
        {
            "__typename": type_of(each),
            "id": attribute_gid("c1", each.key),
            "key": each.key,
            "label": each.label,
            "position": each.position,
            "version": 0,
            "isEmpty": True,
            "canEdit": each.is_editable,
            "lockedBecause": {"account": "CRM_READ_ONLY", "rank": "ROLE"}.get(each.key),
            "value": None,
            "definition": {"id": definition_gid(each.key), "key": each.key, "label": each.label},
            "provenance": None,
        }
        for each in EVERY_TYPE
        if each.key in SHOWN
    ]


async def test_the_lines_are_in_the_admins_order_whatever_the_order_of_the_values(world: World) -> None:
    values = (held("nickname", TextValue("J")), held("bio", TextValue("x")), held("account", TextValue("A-1")))
    await world.add_contacts(a_contact("c1", values=values))
    assert await keys(world) == SHOWN
    assert await keys(world, empty=False) == ["account", "bio", "nickname"]


async def test_only_the_wanted_categories_are_listed(world: World) -> None:
    await world.add_contacts(a_contact("c1", values=(held("bio", TextValue("x")), held("phone", None))))
    assert await keys(world, categories=["COMMON"]) == ["email", "phone", "website"]
    assert await keys(world, categories=["CRM", "COMMON", "CRM"]) == SHOWN[:5]
    assert await keys(world, categories=["CUSTOM"], empty=False) == ["bio"]
    assert await keys(world, categories=["COMMON"], empty=False) == []
    assert await keys(world, categories=[]) == []
    assert await keys(world, categories=None) == SHOWN


async def test_what_is_archived_or_switched_off_is_shown_only_as_long_as_it_may_be(world: World) -> None:
    await world.add_contacts(a_contact("c1", values=(held("fax", TextValue("+1 5")), held("pager", TextValue("7")))))
    assert await keys(world, empty=False) == ["fax"]
    fax = await line(world, "fax")
    assert fax is not None
    assert (fax["canEdit"], fax["lockedBecause"], fax["isEmpty"]) == (False, "ARCHIVED", False)
    assert await line(world, "pager") is None


@pytest.mark.parametrize("key", ["fax", "pager", "unknown", "", "BIO", "Bio", "d-bio", "values.0"])
async def test_where_the_panel_has_no_line_there_is_null(world: World, key: str) -> None:
    await world.add_contacts(a_contact("c1"))
    assert await line(world, key) is None


async def test_a_line_says_who_set_the_value_when_and_how_often_it_changed(world: World) -> None:
    bio = held("bio", TextValue("x"), source=Source.AGENT, agent_id="ada", version=7)
    await world.add_contacts(a_contact("c1", values=(bio,)))
    assert await line(world, "bio") == {
        "__typename": "CustomAttribute",
        "id": attribute_gid("c1", "bio"),
        "key": "bio",
        "label": "Bio",
        "position": 5,
        "version": 7,
        "isEmpty": False,
        "canEdit": True,
        "lockedBecause": None,
        "value": {"__typename": "TextValue"},
        "definition": {"id": definition_gid("bio"), "key": "bio", "label": "Bio"},
        "provenance": {
            "__typename": "Provenance",
            "source": "AGENT",
            "at": MORNING_TEXT,
            "agent": {"name": "Ada"},
        },
    }


@pytest.mark.parametrize("source", list(Source))
async def test_each_source_is_told_and_only_an_agent_has_a_name(world: World, source: Source) -> None:
    agent_id = "jo" if source is Source.AGENT else None
    await world.add_contacts(a_contact("c1", values=(held("bio", TextValue("x"), source=source, agent_id=agent_id),)))
    found = await line(world, "bio")
    assert found is not None
    agent = {"name": "Jo"} if source is Source.AGENT else None
    expected = {"__typename": "Provenance", "source": source.value, "at": MORNING_TEXT, "agent": agent}
    assert found["provenance"] == expected


async def test_a_cleared_attribute_is_empty_and_says_who_cleared_it(world: World) -> None:
    cleared = held("bio", None, source=Source.AGENT, agent_id="jo", version=4)
    await world.add_contacts(a_contact("c1", values=(cleared,)))
    found = await line(world, "bio")
    assert found is not None
    assert (found["isEmpty"], found["value"], found["version"]) == (True, None, 4)
    assert found["provenance"]["agent"] == {"name": "Jo"}
    assert await keys(world, empty=False) == []


async def test_no_and_none_of_the_options_are_values(world: World) -> None:
    values = (held("newsletter", BooleanValue(False)), held("sizes", MultiSelectValue(())))
    await world.add_contacts(a_contact("c1", values=values))
    assert await keys(world, empty=False) == ["newsletter", "sizes"]


@pytest.mark.parametrize("state", [None, *SyncState])
async def test_a_crm_attribute_says_where_it_stands_with_the_crm(world: World, state: SyncState | None) -> None:
    synced = replace(held("segment", SelectValue("size-s")), sync=None if state is None else CrmSync(state, MORNING))
    await world.add_contacts(a_contact("c1", values=(synced,)))
    found = await line(world, "segment")
    assert found is not None
    at = None if state is None else MORNING_TEXT
    assert (found["syncState"], found["syncedAt"]) == (None if state is None else state.value, at)


async def test_a_crm_attribute_that_the_crm_never_confirmed_has_no_time(world: World) -> None:
    pending = replace(held("segment", None), sync=CrmSync(SyncState.PENDING, None))
    await world.add_contacts(a_contact("c1", values=(pending,)))
    found = await line(world, "segment")
    assert found is not None
    assert (found["syncState"], found["syncedAt"]) == ("PENDING", None)


async def test_labels_of_lines_definitions_and_chosen_options_are_in_the_askers_language(world: World) -> None:
    values = (held("bio", TextValue("x")), held("sizes", MultiSelectValue(("size-s", "size-m"))))
    await world.add_contacts(a_contact("c1", values=values))
    query = """query ($id: ID!) { contact(id: $id) { attributes(includeEmpty: false) { ... on Attribute {
      label definition { label } value { ... on MultiSelectValue { options { label } } }
    } } } }"""
    data = await ask(world, query, {"id": contact_gid("c1")}, languages=("fr", "de-CH"))
    assert data["contact"]["attributes"] == [
        {"label": "Über", "definition": {"label": "Über"}, "value": {}},
        {
            "label": "Sizes",
            "definition": {"label": "Sizes"},
            "value": {"options": [{"label": "Klein"}, {"label": "Medium"}]},
        },
    ]


async def test_a_value_of_a_definition_that_there_is_not_is_not_shown(world: World) -> None:
    stray = replace(held("bio", TextValue("x")), definition_id="d-gone", provenance=Provenance(Source.API, MORNING))
    await world.add_contacts(a_contact("c1", values=(stray,)))
    assert await keys(world) == SHOWN
    assert await keys(world, empty=False) == []


async def test_a_category_that_there_is_not_is_refused(world: World) -> None:
    await world.add_contacts(a_contact("c1"))
    mistake = await refused(world, KEYS, {"id": contact_gid("c1"), "categories": ["SECRET"]})
    assert (mistake.code, mistake.path) == ("BAD_USER_INPUT", ())
