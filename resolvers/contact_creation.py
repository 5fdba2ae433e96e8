"""Contacts: made by an agent, with the identities and values that they begin with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.attribute_changes import MOST_VALUES, GivenValue, ValueProblem, ValuesRefused, with_changes
from domain.capabilities import Capability, Forbidden
from domain.contacts import NEVER_ASKED, Contact, ContactCreated, SocialIdentity
from domain.events import ContactEvent, EventKind, ValueChange, creation_values
from domain.identities import GivenIdentity, contact_name, https_url, identity_of
from domain.identity_changes import MOST_GIVEN, IdentityTaken, with_identity
from domain.ids import new_id
from domain.outcomes import ErrorCode, Invalid, KeyReused
from persistence.stores import Changes
from resolvers.attribute_changes import taken
from resolvers.attribute_sets import judged
from resolvers.context import Context
from resolvers.idempotency import once


@dataclass(frozen=True, slots=True)
class GivenContact:
    """A contact as it came in."""

    name: str
    avatar_url: str | None = None
    identities: tuple[GivenIdentity, ...] = ()
    values: tuple[GivenValue, ...] = ()


async def create(
    context: Context, given: GivenContact, *, idempotency_key: str | None
) -> ContactCreated | Forbidden | IdentityTaken | Invalid | ValuesRefused | KeyReused:
    async def work(changes: Changes) -> ContactCreated | Forbidden | IdentityTaken | Invalid | ValuesRefused:
        if refused := context.refuses(Capability.EDIT_CONTACTS):
            return refused
        identities = _identities(context, given)
        if isinstance(identities, Invalid):
            return identities
        bare = _bare(context, given, identities)
        if isinstance(bare, Invalid):
            return bare
        contact = await _with_values(context, changes, bare, given.values)
        if isinstance(contact, ValuesRefused):
            return contact
        if held := await _taken(changes, identities):
            return held
        await changes.contacts.insert(contact)
        began_with = creation_values(contact.values)
        kind, agent_id = EventKind.CONTACT_CREATED, context.agent.id
        await changes.events.add(
            ContactEvent(new_id(), contact.id, contact.created_at, kind, agent_id, None, contact.name, began_with)
        )
        return ContactCreated(contact)

    result = await once(context, idempotency_key, ("contactCreate", given), work)
    if isinstance(result, ContactCreated):
        context.loaders.know_contact(result.contact)
    return result


def _identities(context: Context, given: GivenContact) -> list[SocialIdentity] | Invalid:
    """Return the identities in the order they came in, or the first thing that is wrong."""
    if len(given.identities) > MOST_GIVEN:
        return Invalid(ErrorCode.TOO_MANY, f"Give at most {MOST_GIVEN} identities.", ("input", "identities"))
    if len(given.values) > MOST_VALUES:
        return Invalid(ErrorCode.TOO_MANY, f"Give at most {MOST_VALUES} values at once.", ("input", "values"))
    found: list[SocialIdentity] = []
    for index, each in enumerate(given.identities):
        here = ("input", "identities", str(index))
        identity = identity_of(each, context.directory.organization.region)
        if isinstance(identity, Invalid):
            return identity.at(*here, *identity.path)
        if identity.key in {other.key for other in found}:
            return Invalid(ErrorCode.REPEATED_KEY, "Give each identity once.", here)
        found.append(identity)
    return found


def _bare(context: Context, given: GivenContact, identities: Sequence[SocialIdentity]) -> Contact | Invalid:
    name = contact_name(given.name)
    if isinstance(name, Invalid):
        return name
    avatar_url = None if given.avatar_url is None else https_url(given.avatar_url)
    if isinstance(avatar_url, Invalid):
        return avatar_url.at("input", "avatarUrl")
    now = context.clock()
    one_after_the_other: tuple[SocialIdentity, ...] = ()
    for each in identities:
        one_after_the_other = with_identity(one_after_the_other, each)
    return Contact(
        id=new_id(),
        version=1,
        name=name,
        avatar_url=avatar_url,
        identities=one_after_the_other,
        values=(),
        vip=None,
        validation=NEVER_ASKED,
        note_count=0,
        created_at=now,
        updated_at=now,
    )


async def _with_values(
    context: Context, changes: Changes, bare: Contact, values: Sequence[GivenValue]
) -> Contact | ValuesRefused:
    made, problems = judged(context, bare, values)
    index_by_definition = {each.after.definition_id: index for index, each in made.items()}
    accepted: list[ValueChange] = list(made.values())
    for each in await taken(changes, bare, accepted):
        problems.append(ValueProblem(index_by_definition[each.definition_id], each))
    if problems:
        return ValuesRefused(tuple(sorted(problems, key=lambda each: each.index)))
    return replace(with_changes(bare, accepted), updated_at=bare.created_at)


async def _taken(changes: Changes, identities: Sequence[SocialIdentity]) -> IdentityTaken | None:
    holders = await changes.contacts.holders_of_identities([each.key for each in identities])
    for index, each in enumerate(identities):
        if (holder := holders.get(each.key)) is not None:
            return IdentityTaken(holder, index=index)
    return None
