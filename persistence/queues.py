"""The queue: conversations in the order in which they are answered, read from an index that has it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pymongo import ReplaceOne, UpdateOne

from domain.capabilities import PLANS_WITH, Capability
from domain.contacts import Contact
from domain.conversations import Conversation, ConversationState, without_lost_team
from domain.paging import Page, PageRequest, cut
from domain.queue_settings import NOTHING_SET, QueueSettings
from domain.queues import QueuePosition, QueueRules, placed, placed_by
from persistence.contact_groups import GroupWriter
from persistence.conversation_documents import from_conversation, queue_place, to_conversation
from persistence.definitions import DefinitionWriter
from persistence.derived import WITHOUT_WORDS
from persistence.documents import to_contact
from persistence.driver import Document, Driver, Session
from persistence.names import (
    BY_ORGANIZATION,
    BY_OWN_ID,
    BY_RULES,
    CONTACTS,
    CONVERSATIONS,
    OPEN_OF_CONTACT,
    ORGANIZATIONS,
    QUEUE,
    QUEUE_OF_TEAM,
)
from persistence.queue_documents import RULES_CHANGED, from_settings, to_settings
from persistence.teams import TeamWriter


class QueueStore:
    """Reads the queue of one organization."""

    def __init__(self, driver: Driver, organization_id: str) -> None:
        self._conversations = driver.collection(CONVERSATIONS)
        self._organization_id = organization_id

    async def page(
        self, request: PageRequest[QueuePosition], state: ConversationState, team_id: str | None = None
    ) -> Page[Conversation]:
        """Return a page of the conversations in the state, of all teams or of one."""
        query, index = self._of(state, team_id)
        step, beyond, behind = (1, "$gt", "$lte") if request.is_backward else (-1, "$lt", "$gte")
        place = None if request.position is None else queue_place(request.position)
        wanted = query if place is None else {**query, "queue": {beyond: place}}
        rows = self._conversations.find(wanted).sort("queue", step).limit(request.size + 1).hint(index)
        found = [to_conversation(each) for each in await rows.to_list(None)]
        has_behind = False
        if place is not None:
            other = {**query, "queue": {behind: place}}
            has_behind = await self._conversations.find_one(other, {"_id": 0, "org": 1}, hint=index) is not None
        return cut(found, request, has_behind=has_behind)

    async def count(self, state: ConversationState, team_id: str | None = None) -> int:
        query, index = self._of(state, team_id)
        return await self._conversations.count_documents(query, hint=index)

    def _of(self, state: ConversationState, team_id: str | None) -> tuple[Document, str]:
        """Return what the conversations share, and the index that has them in order."""
        query: Document = {"org": self._organization_id, "state": state.value}
        return (query, QUEUE) if team_id is None else ({**query, "teams": team_id}, QUEUE_OF_TEAM)


class QueueWriter:
    """Keeps open conversations in the place that the rules give them, within one transaction.

    One that is done keeps the place that it had.

    Whoever changes what a place follows from writes to each open conversation that it may concern, whether its place
    changes or not: of two at once, such as a contact's value and a rule, one runs again and sees what the other did.
    A conversation that was placed by rules which changed in that moment says so by their version; upkeep sees to it.
    """

    def __init__(
        self,
        driver: Driver,
        session: Session,
        organization_id: str,
        definitions: DefinitionWriter,
        groups: GroupWriter,
        teams: TeamWriter,
    ) -> None:
        self._conversations = driver.collection(CONVERSATIONS)
        self._contacts = driver.collection(CONTACTS)
        self._organizations = driver.collection(ORGANIZATIONS)
        self._session = session
        self._organization_id = organization_id
        self._definitions = definitions
        self._groups = groups
        self._teams = teams
        self._rules: QueueRules | None = None

    async def rules(self) -> QueueRules:
        """Return the rules as they are when the transaction asks first."""
        if self._rules is None:
            fields = {"queue": 1, "rulesVersion": 1, "plan": 1}
            query = {"_id": self._organization_id}
            # Not there yet where it is being made: an organization is written last.
            document = await self._organizations.find_one(query, fields, session=self._session) or {}
            has_any = document.get("plan") in {each.value for each in PLANS_WITH[Capability.MANAGE_QUEUE]}
            self._rules = QueueRules(
                version=document.get("rulesVersion", 0),
                # What was set under another plan stays, for the day when that plan comes back.
                settings=to_settings(document.get("queue")) if has_any else NOTHING_SET,
                groups=await self._groups.in_order(),
                definitions=await self._definitions.in_order(),
            )
        return self._rules

    async def follow(self, contacts: Collection[Contact]) -> None:
        """Put the open conversations of the contacts, as they are from now on, in their places."""
        by_id = {each.id: each for each in contacts}
        query = {"org": self._organization_id, "contact": {"$in": list(by_id)}, "isOpen": True}
        found = await self._conversations.find(query, session=self._session).hint(OPEN_OF_CONTACT).to_list(None)
        if found:
            rules = await self.rules()
            await self._put((each, placed(each, by_id[each.contact_id], rules)) for each in map(to_conversation, found))

    async def open(self) -> list[Conversation]:
        """Return all conversations that wait or are being answered."""
        query = {"org": self._organization_id, "isOpen": True}
        found = await self._conversations.find(query, session=self._session).hint(BY_RULES).to_list(None)
        return [to_conversation(each) for each in found]

    async def set_rules(self, settings: QueueSettings) -> list[Conversation]:
        """Keep the settings, and put all open conversations in the places that they give them; returns those."""
        before = await self.rules()
        await self.keep(settings)
        version = before.version + 1
        moves = [
            (each, placed_by(each, settings, before=before.version, version=version)) for each in await self.open()
        ]
        await self._put(moves)
        return [after for _, after in moves]

    async def settings(self) -> QueueSettings:
        """Return what is set of the queue, whether the plan has it count or not."""
        document = await self._organizations.find_one(
            {"_id": self._organization_id}, {"queue": 1}, session=self._session
        )
        return to_settings((document or {}).get("queue"))

    async def keep(self, settings: QueueSettings) -> None:
        """Keep the settings; upkeep then sees to all open conversations that they have not been placed by."""
        update = {**RULES_CHANGED, "$set": {"queue": from_settings(settings)}}
        await self._organizations.update_one({"_id": self._organization_id}, update, session=self._session)

    async def catch_up(self, size: int) -> int:
        """Put some of those in their places that were placed by older rules; returns how many there were.

        One that was given to a team in the moment in which that was deleted is taken from it.
        """
        rules = await self.rules()
        query = {"org": self._organization_id, "isOpen": True, "rules": {"$lt": rules.version}}
        rows = self._conversations.find(query, session=self._session).hint(BY_RULES).limit(size)
        found = [to_conversation(each) for each in await rows.to_list(None)]
        contacts = await self._contacts_of(found)
        # What is left of a deleted contact is about to be removed.
        here = [each for each in found if each.contact_id in contacts]
        teams = {each.id for each in await self._teams.by_name()}
        await self._put(
            (each, placed(without_lost_team(each, teams), contacts[each.contact_id], rules)) for each in here
        )
        return len(here)

    async def _contacts_of(self, conversations: Iterable[Conversation]) -> dict[str, Contact]:
        ids = list({each.contact_id for each in conversations})
        query = {"org": self._organization_id, "_id": {"$in": ids}}
        rows = self._contacts.find(query, WITHOUT_WORDS, session=self._session).hint(BY_ORGANIZATION)
        return {each["_id"]: to_contact(each) for each in await rows.to_list(None)}

    async def _put(self, moves: Iterable[tuple[Conversation, Conversation]]) -> None:
        """Keep the conversations, given as they are and as they are to be."""
        writes = [self._write(before, after) for before, after in moves]
        if writes:
            await self._conversations.bulk_write(writes, session=self._session, ordered=False)

    def _write(self, before: Conversation, after: Conversation) -> ReplaceOne[Document] | UpdateOne:
        query = {"org": self._organization_id, "_id": after.id}
        if after != before:
            return ReplaceOne(query, from_conversation(after, self._organization_id), hint=BY_OWN_ID)
        # Nothing to be told of; but written to, for to write what is there already is, to MongoDB, no write.
        rules = {"rules": after.placement.rules_version}
        return UpdateOne(query, {"$set": rules, "$inc": {"looks": 1}}, hint=BY_OWN_ID)
