"""Attribute definitions, within a transaction that changes them or what is kept by them."""

from __future__ import annotations

from collections.abc import Sequence

from domain.definitions import AttributeDefinition
from persistence.definition_documents import to_definition
from persistence.driver import Driver, Session
from persistence.indexes import DEFINITIONS, DERIVING


class DefinitionWriter:
    """Reads definitions as the transaction sees them, whatever the process has cached."""

    def __init__(self, driver: Driver, session: Session, organization_id: str) -> None:
        self._definitions = driver.collection(DEFINITIONS)
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
