"""Several admins at once: every move holds, every version has one winner, every key is given once."""

from __future__ import annotations

import asyncio
from collections import Counter

from domain.attribute_changes import ValueTaken
from domain.definition_patches import DefinitionPatch, RulesPatch
from domain.definitions import DefinitionChanged, DefinitionsReordered, KeyTaken, StaleDefinition
from domain.values import TextValue
from resolvers import attributes
from tests.builders import EVERY_TYPE, a_contact, held
from tests.conftest import World
from tests.resolvers.changing import asker
from tests.resolvers.defining import admin, create, directory, kept, move, set_archived, update


async def test_two_different_moves_at_once_both_hold(world: World) -> None:
    context = await admin(world)
    for _ in range(5):
        results = await asyncio.gather(move(context, "bio", None), move(context, "fax", "website"))
        assert [type(each) for each in results] == [DefinitionsReordered] * 2
        in_order = await directory(world)
        keys = [each.key for each in in_order]
        assert (keys[0], keys[keys.index("website") + 1]) == ("bio", "fax")
        assert [each.position for each in in_order] == list(range(len(EVERY_TYPE)))
        assert sorted(keys) == sorted(each.key for each in EVERY_TYPE)
        back = await asyncio.gather(move(context, "bio", "segment"), move(context, "fax", "nickname"))
        assert [type(each) for each in back] == [DefinitionsReordered] * 2
    assert await directory(world) == EVERY_TYPE


async def test_moves_changes_and_new_ones_at_once_lose_nothing(world: World) -> None:
    context = await admin(world)
    results = await asyncio.gather(
        move(context, "bio", None),
        create(context, DefinitionPatch(label="One"), key="one"),
        update(context, DefinitionPatch(label="About")),
        create(context, DefinitionPatch(label="Two"), key="two"),
        set_archived(context, "d-email"),
        update(context, DefinitionPatch(crm_alias="Bio__c")),
    )
    assert Counter(type(each) for each in results) == {DefinitionsReordered: 1, DefinitionChanged: 5}
    in_order = await directory(world)
    assert [each.position for each in in_order] == list(range(len(EVERY_TYPE) + 2))
    assert {each.key for each in in_order[-2:]} == {"one", "two"}
    bio, email = in_order[:2]
    assert (bio.key, bio.label, bio.crm_alias, bio.version) == ("bio", "About", "Bio__c", 3)
    assert (email.key, email.is_archived) == ("email", True)


async def test_of_many_changes_of_one_version_one_wins_and_of_many_of_one_key_one_is_made(world: World) -> None:
    context = await admin(world)
    changes = [update(context, DefinitionPatch(label=f"Label {each}"), version=1) for each in range(10)]
    results = await asyncio.gather(*changes)
    assert Counter(type(each) for each in results) == {DefinitionChanged: 1, StaleDefinition: 9}
    [winner] = [each.definition for each in results if isinstance(each, DefinitionChanged)]
    assert await kept(world) == winner
    made = await asyncio.gather(*(create(context, DefinitionPatch(label=f"{each}"), key="new") for each in range(10)))
    assert Counter(type(each) for each in made) == {DefinitionChanged: 1, KeyTaken: 9}
    [new] = [each.definition for each in made if isinstance(each, DefinitionChanged)]
    assert all(each.definition == new for each in made if isinstance(each, KeyTaken))


async def test_what_is_set_after_an_attribute_became_unique_is_held_to_it(world: World) -> None:
    """Before upkeep has run: whoever writes a contact writes what indexes hold of it, by the definitions of now."""
    await world.add_contacts(a_contact("c1", values=(held("rank", TextValue("x")),)), a_contact("c2"))
    message = RulesPatch(is_unique=True, message="One bio each.")
    assert isinstance(await update(await admin(world), DefinitionPatch(rules=message)), DefinitionChanged)

    async def set_bio(contact_id: str, text: str) -> object:
        return await attributes.set_value(
            await asker(world),
            contact_id=contact_id,
            key="bio",
            given=TextValue(text),
            version=None,
            idempotency_key=None,
        )

    await set_bio("c1", "Same")
    before = await world.snapshot()
    found = await set_bio("c2", "same")
    assert found == ValueTaken("d-bio", (await world.stores().contacts.by_ids(["c1"]))["c1"], "One bio each.")
    assert await world.snapshot() == before
