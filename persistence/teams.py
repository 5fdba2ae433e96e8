"""Teams, within a transaction that changes them or gives them something; the directory has them for everybody else."""

from __future__ import annotations

from domain.agents import Team
from domain.teams import by_name
from persistence.driver import Document, Driver, Session
from persistence.names import BY_TEAM, CONVERSATIONS, OPEN_OF_TEAM, ORGANIZATIONS, TEAMS
from persistence.team_documents import from_team, to_team

_TEAMS_CHANGED: Document = {"$inc": {"teamsVersion": 1}}


class TeamWriter:
    """Reads and changes the teams of one organization as the transaction sees them."""

    def __init__(self, driver: Driver, session: Session, organization_id: str) -> None:
        self._teams = driver.collection(TEAMS)
        self._conversations = driver.collection(CONVERSATIONS)
        self._organizations = driver.collection(ORGANIZATIONS)
        self._session = session
        self._organization_id = organization_id

    async def by_name(self) -> list[Team]:
        query = {"org": self._organization_id}
        found = await self._teams.find(query, session=self._session).hint(BY_TEAM).to_list(None)
        return by_name(map(to_team, found))

    async def is_there(self, team_id: str) -> bool:
        query = {"org": self._organization_id, "team": team_id}
        fields = {"_id": 0, "org": 1, "team": 1}
        return await self._teams.find_one(query, fields, session=self._session, hint=BY_TEAM) is not None

    async def open_conversations(self, team_id: str) -> int:
        """Return how many were given to the team and are not resolved; who was only routed to it does not count."""
        query = {"team": team_id, "org": self._organization_id, "isOpen": True}
        return await self._conversations.count_documents(query, session=self._session, hint=OPEN_OF_TEAM)

    async def lock(self) -> None:
        """Let changes of teams happen one after the other; called before the first one of a transaction.

        Each writes to the organization, so that of two at once one runs again, and sees what the other did.
        """
        org = {"_id": self._organization_id}
        await self._organizations.update_one(org, _TEAMS_CHANGED, session=self._session)

    async def insert(self, team: Team) -> None:
        """Keep a new one."""
        await self._teams.insert_one({"_id": team.id, **from_team(team)}, session=self._session)

    async def put(self, team: Team) -> None:
        """Keep a team, found before in this transaction, as it is given."""
        query = {"org": self._organization_id, "team": team.id}
        await self._teams.replace_one(query, from_team(team), session=self._session, hint=BY_TEAM)

    async def remove(self, team_id: str) -> None:
        query = {"org": self._organization_id, "team": team_id}
        await self._teams.delete_one(query, session=self._session, hint=BY_TEAM)
