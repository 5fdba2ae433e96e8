"""Who may change what: the pencil that is drawn and what the mutations do, for every plan, role and attribute."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from domain.agents import Plan, Role
from domain.definitions import AttributeCategory, AttributeDefinition, ValueType
from domain.events import ContactEvent, EventKind, creation_values
from domain.values import TextValue
from tests.builders import EVERY_TYPE, MORNING, a_contact, a_definition, an_agent, held
from tests.conftest import World
from tests.graph.asking_graphql import Answer, ask, contact_gid, make_organization
from tests.graph.mutations import change, failure

LINES = """query ($id: ID!) { contact(id: $id) { attributes {
  ... on Attribute { key canEdit lockedBecause definition { isEditable } }
} } }"""

VALUES: dict[ValueType, Answer] = {
    ValueType.TEXT: {"text": "x"},
    ValueType.NUMBER: {"number": 1},
    ValueType.BOOLEAN: {"boolean": True},
    ValueType.DATE: {"date": "2000-01-01"},
    ValueType.DATETIME: {"dateTime": "2000-01-01T00:00:00Z"},
    ValueType.EMAIL: {"email": "a@example.com"},
    ValueType.PHONE: {"phone": "+12022243441"},
    ValueType.URL: {"url": "https://example.com"},
    ValueType.SELECT: {"select": "size-s"},
    ValueType.MULTI_SELECT: {"multiSelect": ["size-s"]},
    ValueType.LANGUAGE: {"language": "de"},
}

STATE = ("enabled", "archived", "editable", "hidden")
WITH_FILLING = {Plan.BUSINESS, Plan.ADVANCED, Plan.ENTERPRISE}


def expected_lock(definition: AttributeDefinition, plan: Plan, role: Role) -> str | None:
    """Say it in the design's words: filling in is BUSINESS and up, the CRM ENTERPRISE, what is closed an admin's."""
    if definition.key in {"fax", "pager"}:
        return "ARCHIVED"
    if definition.key == "account":
        return "CRM_READ_ONLY"
    if plan not in WITH_FILLING or (definition.key == "segment" and plan is not Plan.ENTERPRISE):
        return "PLAN"
    return "ROLE" if definition.key == "rank" and role is Role.AGENT else None


LOCK_MESSAGES = {
    "ROLE": "The admins closed this attribute to agents: ask one of them.",
    "PLAN": "Your plan does not include filling in this attribute.",
    "CRM_READ_ONLY": "The CRM manages this attribute: change it there.",
    "ARCHIVED": "This attribute is out of use: its value can be read but not changed.",
}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("plan", list(Plan))
async def test_the_pencil_is_drawn_exactly_where_the_mutations_do_what_they_are_told(
    world: World, plan: Plan, role: Role
) -> None:
    await make_organization(world, "nord", an_agent("al", role=role), plan=plan)
    # The archived one holds a value, without which it has no line.
    kept = held("fax", TextValue("+1 5"))
    contact = a_contact("c1", values=(kept.__class__("nord-d-fax", kept.value, kept.provenance, 1),))
    await world.add_contacts(contact, organization_id="nord")
    asking = {"agent": "al", "organization": "nord"}

    data = await ask(world, LINES, {"id": contact_gid("c1")}, agent="al", organization="nord")
    drawn = {each["key"]: (each["canEdit"], each["lockedBecause"]) for each in data["contact"]["attributes"]}
    locks = {each.key: expected_lock(each, plan, role) for each in EVERY_TYPE}
    assert drawn == {key: (lock is None, lock) for key, lock in locks.items() if key != "pager"}

    for definition in EVERY_TYPE:
        lock = locks[definition.key]
        given: Answer = {"contactId": contact_gid("c1"), "key": definition.key}
        for name, more in (
            ("contactAttributeSet", {"value": VALUES[definition.value_type]}),
            ("contactAttributeClear", {}),
        ):
            before = await world.snapshot()
            answer = await change(world, name, {**given, **more}, **asking)
            if lock is not None:
                assert failure(answer) == ("AttributeLocked", "ATTRIBUTE_LOCKED", ["input", "key"])
                assert (answer["reason"], answer["message"]) == (lock, LOCK_MESSAGES[lock])
                assert await world.snapshot() == before
            elif definition.key == "nickname" and name == "contactAttributeClear":
                # It may be changed, but not emptied: its rules say so, in `isRequired`.
                assert failure(answer) == ("ValidationFailed", "REQUIRED", ["input", "key"])
                assert await world.snapshot() == before
            else:
                assert answer["__typename"] == f"{name[0].upper()}{name[1:]}Success"
                assert (answer["attribute"]["canEdit"], answer["attribute"]["isEmpty"]) == (True, not more)


TABLE: dict[str, tuple[bool, ...]] = {
    "_".join((category.value.lower(), *(f"{word}{int(one)}" for word, one in zip(STATE, state, strict=True)))): state
    for category in AttributeCategory
    for state in product((True, False), repeat=4)
}
"""The key of an attribute of each category and state says both."""


def of_the_table(position: int, key: str) -> AttributeDefinition:
    category = AttributeCategory[key.partition("_")[0].upper()]
    is_enabled, is_archived, is_editable, is_admin_only = TABLE[key]
    return a_definition(
        key,
        category=category,
        position=position,
        is_enabled=is_enabled,
        is_archived=is_archived,
        is_editable=is_editable,
        is_admin_only=is_admin_only,
    )


def ending(key: str, plan: Plan, role: Role) -> str | None:
    """Say what hides or locks the attribute, or None where nothing does."""
    is_enabled, is_archived, is_editable, is_admin_only = TABLE[key]
    if is_admin_only and role is Role.AGENT:
        return "HIDDEN"
    if is_archived or not is_enabled:
        return "ARCHIVED"
    if key.startswith("crm") and not is_editable:
        return "CRM_READ_ONLY"
    if plan not in WITH_FILLING or (key.startswith("crm") and plan is not Plan.ENTERPRISE):
        return "PLAN"
    return None if is_editable or role is Role.ADMIN else "ROLE"


ENDED = "{ __typename ... on UserError { path } ... on AttributeLocked { reason } }"
INPUTS = {
    "contactAttributeSet": 'value: {text: "set"}',
    "contactAttributeRestore": "restoreVersion: 1",
    "contactAttributeClear": "version: 3",
}
TOGETHER = f"""mutation ($input: ContactAttributesSetInput!) {{ contactAttributesSet(input: $input) {{
  __typename ... on ValuesRefused {{ errors {ENDED} }}
}} }}"""


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("plan", list(Plan))
async def test_every_mutation_does_what_the_pencil_says_for_every_category_and_state(
    world: World, plan: Plan, role: Role
) -> None:
    definitions = [of_the_table(position, key) for position, key in enumerate(TABLE)]
    await make_organization(world, "nord", an_agent("al", role=role), plan=plan, definitions=definitions)
    old = [replace(held(key, TextValue("old")), definition_id=f"nord-d-{key}") for key in TABLE]
    await world.add_contacts(a_contact("c1", values=tuple(old)), organization_id="nord")
    began = ContactEvent("e1", "c1", MORNING, EventKind.CONTACT_CREATED, None, values=creation_values(tuple(old)))
    await world.stores("nord").transact(lambda changes: changes.events.add(began))
    endings = {key: ending(key, plan, role) for key in TABLE}
    refused = {index: lock for index, lock in enumerate(endings.values()) if lock is not None}

    data = await ask(world, LINES, {"id": contact_gid("c1")}, agent="al", organization="nord")
    drawn = {each["key"]: (each["canEdit"], each["lockedBecause"]) for each in data["contact"]["attributes"]}
    shown = {key: lock for key, lock in endings.items() if lock != "HIDDEN" and TABLE[key][0]}
    assert drawn == {key: (lock is None, lock) for key, lock in shown.items()}

    values = [{"key": key, "value": {"text": "together"}} for key in TABLE]
    given = {"input": {"contactId": contact_gid("c1"), "values": values}}
    [answer] = (await ask(world, TOGETHER, given, agent="al", organization="nord")).values()
    places = [as_answered(lock, "input", "values", str(index), "key") for index, lock in refused.items()]
    assert answer == {"__typename": "ValuesRefused", "errors": places}

    for name, more in INPUTS.items():
        for some in (list(TABLE)[:24], list(TABLE)[24:]):
            asked = (f'{key}: {name}(input: {{contactId: $id, key: "{key}", {more}}}) {ENDED}' for key in some)
            document = f"mutation ($id: ID!) {{ {' '.join(asked)} }}"
            answers = await ask(world, document, {"id": contact_gid("c1")}, agent="al", organization="nord")
            success = {"__typename": f"{name[0].upper()}{name[1:]}Success"}
            assert answers == {
                key: success if endings[key] is None else as_answered(endings[key], "input", "key") for key in some
            }
    contact = (await world.stores("nord").contacts.by_ids(["c1"]))["c1"]
    kept = {each.definition_id.removeprefix("nord-d-"): (each.version, each.value) for each in contact.values}
    assert kept == {key: (4, None) if lock is None else (1, TextValue("old")) for key, lock in endings.items()}


def as_answered(lock: str | None, *path: str) -> Answer:
    if lock == "HIDDEN":
        return {"__typename": "NotFound", "path": list(path)}
    return {"__typename": "AttributeLocked", "path": list(path), "reason": lock}


CAN_WRITE = [(plan, role, plan in WITH_FILLING) for plan in Plan for role in Role]


@pytest.mark.parametrize(("plan", "role", "may"), CAN_WRITE)
async def test_notes_are_written_from_business_on_and_vip_is_set_on_every_plan(
    world: World, plan: Plan, role: Role, may: bool
) -> None:
    await make_organization(world, "nord", an_agent("al", role=role), plan=plan)
    await world.add_contacts(a_contact("c1"), organization_id="nord")
    asking = {"agent": "al", "organization": "nord"}
    before = await world.snapshot()
    note = await change(world, "contactNoteAdd", {"contactId": contact_gid("c1"), "body": "x"}, **asking)
    if not may:
        assert note == {
            "__typename": "Forbidden",
            "code": "FORBIDDEN_BY_PLAN",
            "message": "Your plan does not include this. Ask for a plan that includes it.",
            "path": [],
            "barrier": "PLAN",
            "capability": "WRITE_NOTES",
            "plans": ["BUSINESS", "ADVANCED", "ENTERPRISE"],
            "roles": ["AGENT", "ADMIN"],
        }
        assert await world.snapshot() == before
    else:
        assert note["__typename"] == "ContactNoteAddSuccess"
    vip = await change(world, "contactVipSet", {"contactId": contact_gid("c1")}, **asking)
    assert vip["__typename"] == "ContactVipSetSuccess"
