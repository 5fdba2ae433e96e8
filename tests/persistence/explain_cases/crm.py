"""What is to be done at the CRM, and how an organization is connected to it."""

from __future__ import annotations

from datetime import timedelta

from domain.attributes import SyncState
from domain.contacts import ContactValidation, LookUpOutcome
from domain.crm_settings import CrmSettings, DirectoryConnection
from domain.crm_tasks import NEVER_CALLED, CrmSweep, CrmTask
from domain.values import SelectValue
from persistence.stores import Changes
from tests.builders import MORNING, a_contact, held
from tests.persistence.explain_cases.case import Case, crm_tasks, within

HOUR = MORNING + timedelta(hours=1)
SWEEP = CrmSweep("acme", MORNING, None, is_last=False)
TASK = CrmTask("acme", "acme-009", None, True, False, 0, "t")
LINKED = a_contact(
    "acme-003",
    values=(held("segment", SelectValue("size-s"), sync=SyncState.PENDING),),
    validation=ContactValidation(LookUpOutcome.FOUND, MORNING, "r-1"),
)


async def follow(changes: Changes) -> None:
    """Of an organization that looks contacts up by itself."""
    await changes.crm_settings.put(CrmSettings(1, DirectoryConnection(), is_automatic=True))
    await changes.crm.follow([LINKED])


CASES: list[Case] = [
    ("CrmTaskStore.take", "", crm_tasks(lambda t: t.take(HOUR, 5)), [("find", 5), ("update", 5), ("find", 5)]),
    ("CrmTaskStore.take", "nothing", crm_tasks(lambda t: t.take(MORNING - timedelta(1), 5)), [("find", 0)]),
    ("CrmTaskStore.give_back", "", crm_tasks(lambda t: t.give_back([TASK])), [("update", 1)]),
    ("CrmTaskStore.postpone", "", crm_tasks(lambda t: t.postpone([TASK], HOUR)), [("update", 1)]),
    ("CrmTaskStore.drop", "", crm_tasks(lambda t: t.drop([TASK])), [("delete", 1)]),
    ("CrmTaskStore.sweeps", "", crm_tasks(lambda t: t.sweeps(MORNING)), [("find", 3)]),
    ("CrmTaskStore.keep_sweep", "", crm_tasks(lambda t: t.keep_sweep(SWEEP, "acme-001")), [("update", 1)]),
    ("CrmTaskStore.end_sweep", "", crm_tasks(lambda t: t.end_sweep(SWEEP)), [("update", 0)]),
    (
        "CrmTaskWriter.follow",
        "",
        within(follow),
        [("update", 1), ("find", 17), ("update", 1)],
    ),
    (
        "CrmTaskWriter.ask_again",
        "",
        within(lambda c: c.crm.ask_again(["acme-003", "new"])),
        [("update", 0), ("update", 1)],
    ),
    ("CrmTaskWriter.ids_by_records", "", within(lambda c: c.crm.ids_by_records(["r-1", "r-none"])), [("find", 5)]),
    ("CrmTaskWriter.look_up_at", "", within(lambda c: c.crm.look_up_at("acme-003", HOUR, 0)), [("update", 1)]),
    ("CrmTaskWriter.is_unchanged", "", within(lambda c: c.crm.is_unchanged(TASK)), [("find", 1)]),
    ("CrmTaskWriter.write_at", "", within(lambda c: c.crm.write_at("acme-003", HOUR, 1)), [("update", 1)]),
    ("CrmTaskWriter.forget", "", within(lambda c: c.crm.forget("acme-003")), [("delete", 1)]),
    ("CrmConnectionStore.health", "", lambda s: s.crm.health(), [("find", 1)]),
    ("CrmConnectionStore.keep_health", "", lambda s: s.crm.keep_health(NEVER_CALLED), [("update", 1)]),
    ("CrmConnectionStore.count_writes", "", lambda s: s.crm.count_writes(), [("aggregate", 0)]),
    ("CrmSettingsWriter.find", "", within(lambda c: c.crm_settings.find()), [("find", 1)]),
    (
        "CrmSettingsWriter.put",
        "",
        within(lambda c: c.crm_settings.put(CrmSettings(1))),
        [("update", 1)],
    ),
    ("CrmSettingsWriter.sweep", "", within(lambda c: c.crm_settings.sweep()), [("update", 1)]),
    (
        "CrmSettingsWriter.take_notification",
        "",
        within(lambda c: c.crm_settings.take_notification("s", MORNING)),
        # What it has just remembered.
        [("find", 1)],
    ),
]
