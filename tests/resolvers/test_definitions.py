"""Definitions made, changed, archived and moved: each outcome, what is written, and what it means for values."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.agents import Role
from domain.capabilities import Barrier, Capability, Forbidden
from domain.definition_patches import DefinitionPatch, GivenOption, RulesPatch
from domain.definition_rules import MOST_DEFINITIONS
from domain.definitions import (
    DefinitionChanged,
    DefinitionImpact,
    DefinitionsReordered,
    DuplicateValues,
    KeyTaken,
    StaleDefinition,
    ValueRules,
    ValueType,
)
from domain.outcomes import ErrorCode, Invalid, Kind, NotFound
from domain.search import MOST_SOURCES
from domain.values import BooleanValue, MultiSelectValue, NumberValue, PhoneValue, SelectValue, TextValue, Value
from persistence.organizations import OrganizationStore, PendingDefinition
from tests.builders import EVERY_TYPE, a_contact, a_definition, an_agent, an_organization, held
from tests.conftest import World
from tests.resolvers.changing import asker
from tests.resolvers.defining import admin, create, directory, kept, move, set_archived, told_of_changes, update

BY_KEY = {each.key: each for each in EVERY_TYPE}
BIO = BY_KEY["bio"]
NOTHING = DefinitionPatch()
REFUSED = Forbidden(Capability.MANAGE_DEFINITIONS, Barrier.ROLE)
UNIQUE = DefinitionPatch(rules=RulesPatch(is_unique=True))


async def hold(world: World, key: str, *values: Value | None) -> None:
    await world.add_contacts(*(a_contact(f"c{n}", values=(held(key, each),)) for n, each in enumerate(values)))


async def test_a_new_definition_is_at_the_end_and_the_next_request_sees_it(world: World) -> None:
    context, told = told_of_changes(await admin(world))
    patch = DefinitionPatch(label="Shoe size", rules=RulesPatch(min_number=15.0), is_editable=False)
    made = await create(context, patch, key="shoe_size", value_type=ValueType.NUMBER)
    assert isinstance(made, DefinitionChanged)
    new = a_definition("shoe_size", ValueType.NUMBER, label="Shoe size", position=16, is_editable=False)
    assert made.definition == replace(new, id=made.definition.id, rules=ValueRules(min_number=15.0))
    assert (len(made.definition.id), made.impact, told) == (32, DefinitionImpact(), ["changed"])
    assert await directory(world) == (*EVERY_TYPE, made.definition)
    assert await OrganizationStore(world.driver).pending() == []


async def test_the_first_definition_has_the_first_place(world: World) -> None:
    await world.add_organization(an_organization("nord"), [an_agent("al", organization_id="nord", role=Role.ADMIN)], [])
    made = await create(await asker(world, "al", "nord"), DefinitionPatch(label="First"))
    assert isinstance(made, DefinitionChanged)
    assert made.definition.position == 0


@pytest.mark.parametrize("key", ["bio", "fax"])
async def test_a_key_is_given_once_for_good(world: World, key: str) -> None:
    context, told = told_of_changes(await admin(world))
    before = await world.snapshot()
    assert await create(context, DefinitionPatch(label="Again"), key=key) == KeyTaken(BY_KEY[key])
    assert (await world.snapshot(), told) == (before, [])


async def test_a_definition_that_cannot_be_is_refused_before_anything_is_looked_for(world: World) -> None:
    context, before = await admin(world), await world.snapshot()
    for key, patch, code, place in (
        ("Bio", DefinitionPatch(label="x"), ErrorCode.NOT_A_KEY, "key"),
        ("bio", DefinitionPatch(label=" "), ErrorCode.BLANK, "label"),
        (
            "bio",
            DefinitionPatch(label="x", is_searchable=True, is_admin_only=True),
            "CONTRADICTORY_RULES",
            "isAdminOnly",
        ),
    ):
        found = await create(context, patch, key=key)
        assert isinstance(found, Invalid)
        assert (found.code, found.path) == (ErrorCode(code), ("input", place))
    assert await world.snapshot() == before


async def test_an_organization_has_so_many_definitions_and_so_many_that_are_searched(world: World) -> None:
    # Of those that there are, none is searched.
    some = [a_definition(f"s{n}", position=20 + n, is_searchable=True) for n in range(MOST_SOURCES)]
    await world.add_organization(an_organization(), [], some)
    context, before = await admin(world), await world.snapshot()
    searched = DefinitionPatch(label="x", is_searchable=True)
    for found in (await create(context, searched), await update(context, searched), await update(context, searched)):
        assert isinstance(found, Invalid)
        assert (found.code, found.path) == (ErrorCode.TOO_MANY, ("input", "isSearchable"))
    assert await world.snapshot() == before
    many = [a_definition(f"m{n}", position=99) for n in range(MOST_DEFINITIONS - MOST_SOURCES - len(EVERY_TYPE))]
    await world.add_organization(an_organization(), [], many)
    found = await create(context, DefinitionPatch(label="x"))
    assert isinstance(found, Invalid)
    assert (found.code, found.path) == (ErrorCode.TOO_MANY, ("input", "key"))


async def test_an_agent_manages_nothing_and_nothing_is_looked_for(world: World) -> None:
    context, told = told_of_changes(await asker(world))
    before = await world.snapshot()
    for definition_id in ("d-bio", "nothing"):
        assert await update(context, DefinitionPatch(label=" "), definition_id) == REFUSED
        assert await update(context, NOTHING, definition_id, dry_run=True) == REFUSED
        assert await set_archived(context, definition_id) == REFUSED
    assert await create(context, DefinitionPatch(label=" "), key="bio") == REFUSED
    assert await move(context, "nothing", None) == REFUSED
    assert (await world.snapshot(), told) == (before, [])


async def test_a_change_keeps_all_else_and_the_place_that_it_has_by_now(world: World) -> None:
    context, told = told_of_changes(await admin(world))
    await move(context, "bio", None)
    patch = DefinitionPatch(label="About", crm_alias="Bio__c")
    expected = replace(BIO, label="About", crm_alias="Bio__c", version=2, position=0)
    # The request began before the move, of which it knows nothing.
    assert await update(context, patch) == DefinitionChanged(expected, DefinitionImpact())
    assert (await kept(world), told) == (expected, ["changed", "changed"])


async def test_a_change_of_what_is_known_no_more_is_foreseen_again(world: World) -> None:
    """Another process's change has not come through the change stream yet."""
    await hold(world, "bio", TextValue("A" * 9), TextValue("A"))
    late = await admin(world)
    await update(await admin(world), DefinitionPatch(rules=RulesPatch(max_length=5)))
    found = await update(late, DefinitionPatch(label="About"))
    expected = replace(BIO, label="About", rules=ValueRules(max_length=5), version=3)
    assert found == DefinitionChanged(expected, DefinitionImpact(values_held=2, values_broken=1))
    assert await kept(world) == expected
    # And one that it has not heard of at all, by its version.
    new = await create(await admin(world), DefinitionPatch(label="New"))
    assert isinstance(new, DefinitionChanged)
    found = await update(late, DefinitionPatch(label="Newer"), new.definition.id, version=1)
    assert found == DefinitionChanged(replace(new.definition, label="Newer", version=2), DefinitionImpact())
    # A version that it cannot know yet is not stale.
    found = await update(late, DefinitionPatch(label="About"), version=3)
    assert found == DefinitionChanged(expected, DefinitionImpact(values_held=2, values_broken=1))


async def test_a_stale_version_changes_nothing_and_tells_of_the_current_one(world: World) -> None:
    context = await admin(world)
    before = await world.snapshot()
    for dry_run in (False, True):
        assert await update(context, DefinitionPatch(label=" "), version=7, dry_run=dry_run) == StaleDefinition(BIO)
    assert await move(context, "bio", None, version=7) == StaleDefinition(BIO)
    assert await world.snapshot() == before
    assert await update(context, NOTHING, "nothing") == NotFound(Kind.DEFINITION)
    assert await update(context, NOTHING, "other-d-bio") == NotFound(Kind.DEFINITION)
    assert await move(context, "nothing", None) == NotFound(Kind.DEFINITION)
    assert await world.snapshot() == before


async def test_what_changes_nothing_writes_nothing(world: World) -> None:
    context, before = await admin(world), await world.snapshot()
    same = DefinitionPatch(label=" Bio ", rules=RulesPatch(required=False, pattern=None))
    assert await update(context, same) == DefinitionChanged(BIO, DefinitionImpact())
    assert await set_archived(context, "d-fax") == DefinitionChanged(BY_KEY["fax"], DefinitionImpact())
    assert await move(context, "email", None) == DefinitionsReordered(EVERY_TYPE)
    assert await world.snapshot() == before


async def test_archiving_and_bringing_back_touch_no_value(world: World) -> None:
    await hold(world, "bio", TextValue("Hi"), TextValue("hi"), TextValue("ho"), None)
    context, contacts = await admin(world), (await world.snapshot())["contacts"]
    impact = DefinitionImpact(values_held=3, duplicates=1)
    before = await world.snapshot()
    dry = await set_archived(context, dry_run=True)
    assert dry == DefinitionChanged(replace(BIO, is_archived=True), impact)
    assert await world.snapshot() == before
    archived = await set_archived(context)
    assert archived == DefinitionChanged(replace(BIO, is_archived=True, version=2), impact)
    assert await kept(world) == replace(BIO, is_archived=True, version=2)
    restored = await set_archived(await admin(world), archived=False)
    assert restored == DefinitionChanged(replace(BIO, version=3), impact)
    assert (await world.snapshot())["contacts"] == contacts


@pytest.mark.parametrize(
    ("key", "values", "patch", "impact"),
    [
        ("bio", [], NOTHING, DefinitionImpact()),
        (
            "bio",
            [TextValue("AB"), TextValue("abc"), TextValue("x"), TextValue("X"), None],
            DefinitionPatch(rules=RulesPatch(pattern="[A-Za-z]{1,2}")),
            DefinitionImpact(values_held=4, values_broken=1, duplicates=1),
        ),
        (
            "followers",
            [NumberValue(1), NumberValue(5), NumberValue(9)],
            DefinitionPatch(rules=RulesPatch(min_number=2.0, max_number=5.0)),
            DefinitionImpact(values_held=3, values_broken=2),
        ),
        # As they were kept, whatever country a number without a prefix would be read in.
        ("phone", [PhoneValue("+12022243441")], NOTHING, DefinitionImpact(values_held=1)),
        (
            "segment",
            [SelectValue("size-s"), SelectValue("size-m"), SelectValue("size-x")],
            DefinitionPatch(options=(GivenOption("size-s", "Tiny"), GivenOption(None, "Medium"))),
            DefinitionImpact(values_held=3, values_broken=2, values_with_archived_options=2),
        ),
        (
            "sizes",
            [MultiSelectValue(("size-s", "size-m")), MultiSelectValue(()), MultiSelectValue(("size-x",))],
            DefinitionPatch(options=(GivenOption("size-x"), GivenOption("size-s"))),
            DefinitionImpact(values_held=3, values_broken=1, values_with_archived_options=1),
        ),
        ("newsletter", [BooleanValue(True), BooleanValue(True)], NOTHING, DefinitionImpact(values_held=2)),
    ],
)
async def test_the_impact_counts_what_does_not_fit_what_would_be(
    world: World, key: str, values: list[Value | None], patch: DefinitionPatch, impact: DefinitionImpact
) -> None:
    if values:
        await hold(world, key, *values)
    await world.add_contacts(a_contact("x", values=(held(key, TextValue("theirs")),)), organization_id="other")
    context, before = await admin(world), await world.snapshot()
    dry = await update(context, patch, f"d-{key}", dry_run=True, idempotency_key="k")
    assert isinstance(dry, DefinitionChanged)
    assert (dry.impact, dry.definition.version) == (impact, 1)
    assert await world.snapshot() == before
    done = await update(context, patch, f"d-{key}")
    assert isinstance(done, DefinitionChanged)
    assert done.impact == impact
    assert [each.is_archived for each in done.definition.options] == [
        each.is_archived for each in dry.definition.options
    ]
    assert (await world.snapshot())["contacts"] == before["contacts"]


async def test_an_attribute_becomes_unique_where_all_differ_and_is_pending_then(world: World) -> None:
    await hold(world, "bio", TextValue("A"), TextValue("B"), None, None)
    context, pending = await admin(world), OrganizationStore(world.driver).pending
    done = await update(context, UNIQUE)
    expected = replace(BIO, rules=ValueRules(is_unique=True), version=2)
    assert done == DefinitionChanged(expected, DefinitionImpact(values_held=2))
    assert await kept(world) == expected
    assert await pending() == [PendingDefinition("acme", "d-bio", "bio", 2, None)]
    # What indexes hold does not depend on the label; and they are to hold less when it is unique no more.
    await update(await admin(world), DefinitionPatch(label="x"))
    assert await pending() == [PendingDefinition("acme", "d-bio", "bio", 2, None)]
    await update(await admin(world), DefinitionPatch(rules=RulesPatch(is_unique=False)))
    assert await pending() == [PendingDefinition("acme", "d-bio", "bio", 4, None)]
    await update(await admin(world), DefinitionPatch(is_searchable=True))
    assert await pending() == [PendingDefinition("acme", "d-bio", "bio", 5, None)]


async def test_an_attribute_does_not_become_unique_where_contacts_hold_the_same(world: World) -> None:
    await hold(world, "bio", TextValue("A"), TextValue("B"), TextValue("á"), TextValue("b"), TextValue("C"))
    context, before = await admin(world), await world.snapshot()
    for dry_run in (True, False):
        assert await update(context, UNIQUE, dry_run=dry_run) == DuplicateValues(2, ("c0", "c2"))
    assert await world.snapshot() == before
    # One that is unique already may be changed, whatever race left behind.
    await world.add_organization(an_organization(), [], [replace(BIO, rules=ValueRules(is_unique=True))])
    done = await update(await admin(world), DefinitionPatch(label="About", rules=RulesPatch(is_unique=True)))
    assert isinstance(done, DefinitionChanged)
    assert done.impact.duplicates == 2


async def test_a_move_says_where_to(world: World) -> None:
    context, told = told_of_changes(await admin(world))
    found = await move(context, "phone", "bio", version=1)
    in_order = await directory(world)
    assert found == DefinitionsReordered(in_order)
    keys = [each.key for each in in_order]
    assert keys[:6] == ["email", "website", "account", "segment", "bio", "phone"]
    assert sorted(in_order, key=lambda each: each.key) == sorted(
        (replace(each, position=keys.index(each.key)) for each in EVERY_TYPE), key=lambda each: each.key
    )
    assert told == ["changed"]
    before = await world.snapshot()
    for after in ("bio", "nothing"):
        refused = await move(context, "bio", after)
        assert isinstance(refused, Invalid)
        assert (refused.code, refused.path) == (ErrorCode.NOT_AN_ID, ("input", "afterId"))
    assert await world.snapshot() == before


async def test_a_first_answer_does_not_tell_of_what_is_hidden_from_who_is_an_admin_no_more(world: World) -> None:
    hidden, shown = DefinitionPatch(is_admin_only=True), DefinitionPatch(label="About")
    context = await admin(world)
    await update(context, shown, "d-email", idempotency_key="k0")
    await update(context, hidden, idempotency_key="k1")
    await move(context, "phone", None, idempotency_key="k2")
    await world.add_organization(an_organization(), [an_agent("ada", role=Role.AGENT)], [])
    demoted, before = await admin(world), await world.snapshot()
    assert isinstance(await update(demoted, shown, "d-email", idempotency_key="k0"), DefinitionChanged)
    assert await update(demoted, hidden, idempotency_key="k1") == REFUSED
    assert await move(demoted, "phone", None, idempotency_key="k2") == REFUSED
    assert await world.snapshot() == before
