"""Changing a contact's identities: what the list of them comes to, and how a change can end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from domain.contacts import Contact, IdentityKey, SocialIdentity
from domain.events import EventKind
from domain.identities import details_of, id_by_handle, own_id, usual_handle
from domain.outcomes import ErrorCode, Invalid

MOST_GIVEN = 20
"""Identities that a contact can begin with."""
MOST_KEPT = 100
"""Identities of one contact to which another can be added."""


class AsItIs(Enum):
    """Stands for a field that a patch leaves alone: None empties it."""

    LEFT = "LEFT"


LEFT = AsItIs.LEFT
Field = str | AsItIs | None


@dataclass(frozen=True, slots=True)
class IdentityPatch:
    handle: Field = LEFT
    secondary_identifier: Field = LEFT
    picture_url: Field = LEFT
    profile_url: Field = LEFT
    channel: Field = LEFT


@dataclass(frozen=True, slots=True)
class IdentityChanged:
    """The contact has the identity, as it was asked for."""

    contact: Contact
    key: IdentityKey


@dataclass(frozen=True, slots=True)
class IdentityRemoved:
    """The contact has the identity no more."""

    contact: Contact
    key: IdentityKey


@dataclass(frozen=True, slots=True)
class IdentityTaken:
    """A contact has the identity: it may be the very one that was to get it. Nothing was changed."""

    holder: Contact
    is_own: bool = False
    index: int | None = None
    """Which of the given ones, counted from 0, where there are several."""


def one_primary(identities: Sequence[SocialIdentity], key: IdentityKey | None = None) -> tuple[SocialIdentity, ...]:
    """Return them with exactly one primary: that of the key, else the one that is, else the first.

    Without identities there is none.
    """
    named = [each.key for each in identities if each.key == key]
    chosen = [*named, *(each.key for each in identities if each.is_primary), *(each.key for each in identities)][:1]
    is_primary = [each.key in chosen for each in identities]
    return tuple(
        each if each.is_primary == primary else replace(each, is_primary=primary)
        for each, primary in zip(identities, is_primary, strict=True)
    )


def with_identity(identities: Sequence[SocialIdentity], added: SocialIdentity) -> tuple[SocialIdentity, ...]:
    return one_primary((*identities, added), added.key if added.is_primary else None)


def without_identity(identities: Sequence[SocialIdentity], key: IdentityKey) -> tuple[SocialIdentity, ...]:
    """Return the others; where the primary goes, the next becomes it."""
    return one_primary([each for each in identities if each.key != key])


def patched(identity: SocialIdentity, patch: IdentityPatch, region: str) -> SocialIdentity | Invalid:
    """Return the identity with what the patch says, or what is wrong with it; `path` is the API's name of the field."""
    handle = _handle(identity, patch.handle, region)
    if isinstance(handle, Invalid):
        return handle
    details = details_of(
        _given(patch.channel, identity.channel),
        _given(patch.secondary_identifier, identity.secondary_identifier),
        _given(patch.picture_url, identity.picture_url),
        _given(patch.profile_url, identity.profile_url),
    )
    if isinstance(details, Invalid):
        return details
    return SocialIdentity(identity.key, handle, *details, is_primary=identity.is_primary)


def _given(field: Field, before: str | None) -> str | None:
    return before if field is LEFT else field


def _handle(identity: SocialIdentity, given: Field, region: str) -> str | Invalid:
    if given is LEFT:
        return identity.handle
    if given is None:
        return Invalid(ErrorCode.BLANK, "Give a handle, or leave the field out: every identity has one.", ("handle",))
    network, external_id = identity.key.network, identity.key.external_id
    usual = usual_handle(network, given, region)
    if isinstance(usual, Invalid):
        return usual.at("handle")
    # Where the handle stands for the id, another handle is somebody else, whoever that may be.
    by_handle = id_by_handle(network, external_id, region)
    if usual != identity.handle and by_handle not in (None, own_id(network, usual)):
        advice = "This network knows a person by it: add the new one as another identity, and remove this one."
        return Invalid(ErrorCode.ANOTHER_IDENTITY, advice, ("handle",))
    return usual


IdentityEvent = tuple[EventKind, SocialIdentity | None, SocialIdentity | None]
"""What happened to one identity, before and after."""


def identity_events(before: Sequence[SocialIdentity], after: Sequence[SocialIdentity]) -> Iterator[IdentityEvent]:
    """Tell what happened to each. That one is primary no more goes without saying: another one says it is."""
    was, now = {each.key: each for each in before}, {each.key: each for each in after}
    for key, each in was.items():
        if key not in now:
            yield EventKind.IDENTITY_REMOVED, each, None
    for key, each in now.items():
        old = was.get(key)
        if old is None:
            yield EventKind.IDENTITY_ADDED, None, each
        elif old not in (each, replace(each, is_primary=True)):
            yield EventKind.IDENTITY_CHANGED, old, each
