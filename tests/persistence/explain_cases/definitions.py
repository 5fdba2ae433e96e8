"""Attribute definitions: changed by admins, and pending afterwards."""

from __future__ import annotations

from persistence.organizations import PendingDefinition
from persistence.stores import Stores
from tests.builders import EVERY_TYPE, a_definition
from tests.persistence.explain_cases.case import Case, organizations, within
from tests.persistence.noise import UNIQUE

BIO = EVERY_TYPE[5]
PENDING = PendingDefinition("acme", UNIQUE.id, UNIQUE.key, UNIQUE.version, None)


async def values(stores: Stores) -> None:
    assert [each async for each in stores.contacts.values_of(BIO.id)] != []


CASES: list[Case] = [
    ("DefinitionWriter.deriving", "", within(lambda c: c.definitions.deriving()), [("find", 1)]),
    ("DefinitionWriter.in_order", "", within(lambda c: c.definitions.in_order()), [("find", 17)]),
    ("DefinitionWriter.find", "", within(lambda c: c.definitions.find(BIO.id)), [("find", 1)]),
    ("DefinitionWriter.lock", "", within(lambda c: c.definitions.lock()), [("update", 1)]),
    ("DefinitionWriter.insert", "", within(lambda c: c.definitions.insert(a_definition("new"))), []),
    ("DefinitionWriter.put", "", within(lambda c: c.definitions.put(BIO)), [("update", 1)]),
    ("DefinitionWriter.place", "", within(lambda c: c.definitions.place(EVERY_TYPE[:3])), [("update", 1)] * 3),
    ("OrganizationStore.pending", "", organizations(lambda o: o.pending()), [("find", 1)]),
    ("OrganizationStore.keep_pending", "", organizations(lambda o: o.keep_pending(PENDING)), [("update", 1)]),
    ("OrganizationStore.end_pending", "", organizations(lambda o: o.end_pending(PENDING)), [("update", 1)]),
    ("ContactStore.values_of", "", values, [("find", 300)]),
    ("ContactStore.duplicates", "", lambda s: s.contacts.duplicates(BIO.id), [("aggregate", 300)]),
    (
        "ImportWriter.derive_again",
        "",
        within(lambda c: c.imports.derive_again(["acme-007", "acme-008", "other-001"])),
        [("find", 2), ("find", 1), ("update", 1), ("update", 1), ("find", 0), ("find", 1)],
    ),
]
