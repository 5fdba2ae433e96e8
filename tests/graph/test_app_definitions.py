"""Definitions in the whole application: one's own next request sees a change, and upkeep follows it by itself."""

from __future__ import annotations

from domain.values import TextValue
from tests.builders import a_contact, held
from tests.conftest import World
from tests.graph.apps import ask, bearer, eventually, served
from tests.graph.asking_graphql import definition_gid
from tests.graph.conftest import App

UPDATE = """mutation ($input: AttributeDefinitionUpdateInput!) { attributeDefinitionUpdate(input: $input) {
  __typename ... on AttributeDefinitionUpdateSuccess { definition { label version } } } }"""
LABELS = "{ attributeDefinitions { key label } }"


async def test_ones_own_next_request_sees_a_change_and_another_processes_soon(app: App) -> None:
    async with served(app.uri, app.database) as other:

        async def label() -> str:
            found = (await ask(other, LABELS))["attributeDefinitions"]
            return next(str(each["label"]) for each in found if each["key"] == "bio")

        assert await label() == "Bio"
        for number in range(5):
            given = {"definitionId": definition_gid("bio"), "label": f"Bio {number}"}
            done = (await ask(app.client, UPDATE, {"input": given}, bearer("ada")))["attributeDefinitionUpdate"]
            assert done["definition"] == {"label": f"Bio {number}", "version": number + 2}
            found = (await ask(app.client, LABELS))["attributeDefinitions"]
            assert f"Bio {number}" in [each["label"] for each in found]
            await eventually(label, f"Bio {number}")


async def test_upkeep_follows_a_change(app: App, world: World) -> None:
    await world.add_contacts(a_contact("c1", values=(held("bio", TextValue("Hi")),)))

    async def unique_keys() -> object:
        found = await world.driver.collection("contacts").find_one({"_id": "c1"})
        return None if found is None else found.get("unique")

    given = {"definitionId": definition_gid("bio"), "rules": {"isUnique": True}}
    await ask(app.client, UPDATE, {"input": given}, bearer("ada"))
    await eventually(unique_keys, ["d-bio:hi"])


async def test_what_was_left_pending_is_done_at_the_next_start(world: World, mongodb_uri: str) -> None:
    await world.add_contacts(a_contact("c1", values=(held("bio", TextValue("Hi")),)))
    definitions = world.driver.collection("attributeDefinitions")
    pending = {"rules": {"unique": True}, "isDeriving": True, "pending": {"version": 1, "behind": None}}
    await definitions.update_one({"_id": "d-bio"}, {"$set": pending})

    async def state() -> object:
        contact = await world.driver.collection("contacts").find_one({"_id": "c1"})
        left = await definitions.count_documents({"pending": {"$exists": True}})
        return (None if contact is None else contact.get("unique"), left)

    assert await state() == (None, 1)
    async with served(mongodb_uri, definitions.database.name):
        await eventually(state, (["d-bio:hi"], 0))
