"""Contact groups, within a transaction that changes them; the directory has them for everybody else."""

from __future__ import annotations

from collections.abc import Collection

from pymongo import UpdateOne

from domain.group_rules import ContactGroup
from persistence.driver import Driver, Session
from persistence.group_documents import from_group, to_group
from persistence.names import BY_GROUP_NAME, BY_OWN_ID, GROUPS, ORGANIZATIONS
from persistence.queue_documents import RULES_CHANGED


class GroupWriter:
    """Reads and changes the groups of one organization as the transaction sees them."""

    def __init__(self, driver: Driver, session: Session, organization_id: str) -> None:
        self._groups = driver.collection(GROUPS)
        self._organizations = driver.collection(ORGANIZATIONS)
        self._session = session
        self._organization_id = organization_id

    async def in_order(self) -> list[ContactGroup]:
        query = {"org": self._organization_id}
        found = await self._groups.find(query, session=self._session).hint(BY_GROUP_NAME).to_list(None)
        return sorted(map(to_group, found), key=lambda each: (each.position, each.id))

    async def lock(self) -> None:
        """Let changes of groups happen one after the other; called before the first one of a transaction.

        Each writes to the organization, so that of two at once one runs again, and sees what the other did.
        """
        org = {"_id": self._organization_id}
        await self._organizations.update_one(org, RULES_CHANGED, session=self._session)

    async def insert(self, group: ContactGroup) -> None:
        await self._groups.insert_one(from_group(group, self._organization_id), session=self._session)

    async def put(self, group: ContactGroup) -> None:
        """Keep a group, found before in this transaction, as it is given."""
        query = {"_id": group.id, "org": self._organization_id}
        document = from_group(group, self._organization_id)
        await self._groups.replace_one(query, document, session=self._session, hint=BY_OWN_ID)

    async def place(self, groups: Collection[ContactGroup]) -> None:
        """Keep the positions of the groups, found before in this transaction."""
        org = self._organization_id
        writes = [
            UpdateOne({"_id": each.id, "org": org}, {"$set": {"position": each.position}}, hint=BY_OWN_ID)
            for each in groups
        ]
        await self._groups.bulk_write(writes, session=self._session)

    async def remove(self, group_id: str) -> None:
        query = {"_id": group_id, "org": self._organization_id}
        await self._groups.delete_one(query, session=self._session, hint=BY_OWN_ID)
