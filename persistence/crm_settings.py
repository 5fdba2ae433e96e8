"""How an organization is connected to its CRM, how that has fared, and what it was told by the CRM."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.crm import FailureReason
from domain.crm_settings import CrmSettings
from domain.crm_tasks import NEVER_CALLED, CrmHealth
from persistence.contact_indexes import FIRST_MOMENT
from persistence.crm_documents import FIRST_SWEEP, from_crm_settings, to_crm_settings
from persistence.documents import without_none
from persistence.driver import Document, Driver, Session
from persistence.names import BY_OWN_ID, CRM_HEALTH, CRM_NOTIFICATIONS, CRM_TASKS, ORGANIZATIONS, WRITES_DUE

_OF_FAILURE = ("failure", "message", "retry")
_EVER: Document = {"$gte": FIRST_MOMENT, "$lte": datetime(9999, 12, 31, tzinfo=UTC)}


class CrmConnectionStore:
    """Keeps how the calls to one organization's CRM end, for its admins: read when they ask, by no panel."""

    def __init__(self, driver: Driver, organization_id: str) -> None:
        self._health = driver.collection(CRM_HEALTH)
        self._tasks = driver.collection(CRM_TASKS)
        self._organization_id = organization_id

    async def health(self) -> CrmHealth:
        query = {"_id": self._organization_id, "org": self._organization_id}
        document = await self._health.find_one(query, hint=BY_OWN_ID)
        return NEVER_CALLED if document is None else _to_health(document)

    async def keep_health(self, health: CrmHealth) -> None:
        """Keep how the last call ended. When the last one ended otherwise is left as it is where nothing is known."""
        org, document = self._organization_id, _from_health(health)
        change: Document = {"$set": document, "$unset": {each: True for each in _OF_FAILURE if each not in document}}
        await self._health.update_one({"_id": org, "org": org}, change, upsert=True, hint=BY_OWN_ID)

    async def count_writes(self) -> int:
        """Return how many contacts have values that the CRM is to hear of."""
        query = {"org": self._organization_id, "writeDue": _EVER}
        return await self._tasks.count_documents(query, hint=WRITES_DUE)


class CrmSettingsWriter:
    """Changes the settings, and takes notifications, within one transaction."""

    def __init__(self, driver: Driver, session: Session, organization_id: str) -> None:
        self._organizations = driver.collection(ORGANIZATIONS)
        self._notifications = driver.collection(CRM_NOTIFICATIONS)
        self._session = session
        self._organization_id = organization_id
        self._settings: CrmSettings | None = None

    async def find(self) -> CrmSettings:
        """Return the settings as they are when the transaction asks first, or as it has put them since."""
        if self._settings is None:
            query = {"_id": self._organization_id}
            document = await self._organizations.find_one(query, {"crm": 1}, session=self._session) or {}
            self._settings = to_crm_settings(document.get("crm"))
        return self._settings

    async def put(self, settings: CrmSettings) -> None:
        """Keep the settings, and have upkeep enter what follows from them for every contact."""
        await self._sweep({"crm": {"$literal": from_crm_settings(settings)}})
        self._settings = settings

    async def sweep(self) -> None:
        """Have upkeep enter what is to be done at the CRM for every contact: they are asked for by something else."""
        await self._sweep({})

    async def _sweep(self, fields: Document) -> None:
        stages = [{"$set": {**fields, **FIRST_SWEEP}}]
        await self._organizations.update_one({"_id": self._organization_id}, stages, session=self._session)

    async def take_notification(self, signature: str, at: datetime) -> bool:
        """Remember a notification; returns whether it came for the first time."""
        seen = {"_id": f"{self._organization_id}:{signature}"}
        if await self._notifications.find_one(seen, session=self._session) is not None:
            return False
        # Of two at once one ends the other's transaction, which then runs again and sees it.
        await self._notifications.insert_one({**seen, "at": at}, session=self._session)
        return True


def _from_health(health: CrmHealth) -> Document:
    return without_none(
        {
            "succeeded": health.succeeded_at,
            "failed": health.failed_at,
            "failure": None if health.failure is None else health.failure.value,
            "message": health.message,
            "retry": health.retry_at,
        }
    )


def _to_health(document: Document) -> CrmHealth:
    failure = document.get("failure")
    return CrmHealth(
        succeeded_at=document.get("succeeded"),
        failed_at=document.get("failed"),
        failure=None if failure is None else FailureReason(failure),
        message=document.get("message"),
        retry_at=document.get("retry"),
    )
