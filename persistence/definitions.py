"""Attribute definitions, within a transaction that changes them or what is kept by them."""

from __future__ import annotations

from collections.abc import Sequence

from pymongo import UpdateOne

from domain.definitions import AttributeDefinition
from persistence.definition_documents import from_definition, to_definition
from persistence.driver import Document, Driver, Session
from persistence.names import BY_KEY, BY_OWN_ID, DEFINITIONS, DERIVING, ORGANIZATIONS
from persistence.queue_documents import RULES_CHANGED


class DefinitionWriter:
    """Reads and changes definitions as the transaction sees them, whatever the process has cached."""

    def __init__(self, driver: Driver, session: Session, organization_id: str) -> None:
        self._definitions = driver.collection(DEFINITIONS)
        self._organizations = driver.collection(ORGANIZATIONS)
        self._session = session
        self._organization_id = organization_id
        self._deriving: Sequence[AttributeDefinition] | None = None

    async def deriving(self) -> Sequence[AttributeDefinition]:
        """Return the definitions whose values indexes hold a part of; read once in a transaction."""
        if self._deriving is None:
            query = {"org": self._organization_id, "isDeriving": True}
            found = await self._definitions.find(query, session=self._session).hint(DERIVING).to_list(None)
            self._deriving = [to_definition(each) for each in found]
        return self._deriving

    async def in_order(self) -> list[AttributeDefinition]:
        query = {"org": self._organization_id}
        found = await self._definitions.find(query, session=self._session).hint(BY_KEY).to_list(None)
        return sorted(map(to_definition, found), key=lambda each: (each.position, each.key))

    async def find(self, definition_id: str) -> AttributeDefinition | None:
        query = {"_id": definition_id, "org": self._organization_id}
        document = await self._definitions.find_one(query, session=self._session, hint=BY_OWN_ID)
        return None if document is None else to_definition(document)

    async def lock(self) -> None:
        """Let changes of definitions happen one after the other; called before the first one of a transaction.

        Each writes to the organization, so that of two at once one runs again, and sees what the other did.
        """
        org = {"_id": self._organization_id}
        await self._organizations.update_one(org, RULES_CHANGED, session=self._session)

    async def insert(self, definition: AttributeDefinition) -> None:
        await self._definitions.insert_one(from_definition(definition, self._organization_id), session=self._session)

    async def put(self, definition: AttributeDefinition, *, is_pending: bool = False) -> None:
        """Keep a definition, found before in this transaction, as it is given.

        Args:
            definition: as it is to be.
            is_pending: whether contacts that hold a value for it have to be brought up to date afterwards; once said,
                it stays so until that is done.
        """
        document = from_definition(definition, self._organization_id)
        change: Document = {"$set": document, "$unset": {each: True for each in _OPTIONAL if each not in document}}
        if is_pending:
            change["$set"]["pending"] = {"version": definition.version, "behind": None}
        query = {"org": self._organization_id, "key": definition.key}
        await self._definitions.update_one(query, change, session=self._session, hint=BY_KEY)

    async def place(self, definitions: Sequence[AttributeDefinition]) -> None:
        """Keep the positions, and nothing else, of definitions found before in this transaction."""
        org = self._organization_id
        moves = [
            UpdateOne({"org": org, "key": each.key}, {"$set": {"position": each.position}}, hint=BY_KEY)
            for each in definitions
        ]
        await self._definitions.bulk_write(moves, session=self._session)


_OPTIONAL = ("description", "crmAlias", "syncRule", "isDeriving")
"""Fields that a definition may do without."""
