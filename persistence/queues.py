"""The queue: conversations in the order in which they are answered, read from an index that has it."""

from __future__ import annotations

from domain.conversations import Conversation, ConversationState
from domain.paging import Page, PageRequest, cut
from domain.queues import QueuePosition
from persistence.conversation_documents import queue_place, to_conversation
from persistence.driver import Document, Driver
from persistence.names import CONVERSATIONS, QUEUE, QUEUE_OF_TEAM


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
