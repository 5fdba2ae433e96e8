"""Contacts who have an e-mail address or a phone number, as an identity or as the value of an attribute."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from domain.contacts import Contact
from domain.definitions import AttributeDefinition
from domain.duplicates import SharedKey, identities_of, shared_keys
from persistence.derived import WITHOUT_WORDS
from persistence.documents import identity_key, to_contact
from persistence.driver import Document, Driver
from persistence.names import BY_IDENTITY, BY_VALUE, CONTACTS

MOST_HOLDERS = 100
"""Contacts that are read for each address or number: a switchboard's is no sign of a person anyway."""


class DuplicateStore:
    """Reads the contacts of one organization by what a person shares with nobody."""

    def __init__(self, driver: Driver, organization_id: str) -> None:
        self._contacts = driver.collection(CONTACTS)
        self._organization_id = organization_id

    async def sharing(
        self, keys: Sequence[SharedKey], definitions: Sequence[AttributeDefinition]
    ) -> Mapping[SharedKey, list[Contact]]:
        """Return who has each of the addresses and numbers, in two commands however many keys there are.

        Args:
            keys: whose holders are looked for.
            definitions: whose values count; those of others are not looked at.
        """
        # Values of the definitions are kept in the very form of the keys, where they are compared.
        held = {
            "$elemMatch": {"d": {"$in": [each.id for each in definitions]}, "k": {"$in": [each.value for each in keys]}}
        }
        identities = [identity_key(each) for key in keys for each in identities_of(key)]
        limit = len(keys) * MOST_HOLDERS
        found = await asyncio.gather(
            self._find({"identities.key": {"$in": identities}}, BY_IDENTITY, limit),
            # Spelled out, what the index is limited to: the server does not conclude it from `$elemMatch`.
            self._find({"values.d": {"$exists": True}, "values": held}, BY_VALUE, limit),
        )
        having = {each.id: (each, set(shared_keys(each, definitions))) for contacts in found for each in contacts}
        return {key: [contact for contact, theirs in having.values() if key in theirs] for key in keys}

    async def _find(self, condition: Document, index: str, limit: int) -> list[Contact]:
        found = self._contacts.find({"org": self._organization_id, **condition}, WITHOUT_WORDS).hint(index).limit(limit)
        return [to_contact(each) for each in await found.to_list(None)]
