"""Contacts."""

from __future__ import annotations

from domain.contacts import IdentityKey, Network
from domain.values import TextValue
from tests.builders import a_contact
from tests.persistence.explain_cases.case import Case, within
from tests.persistence.noise import UNIQUE, a_noisy_contact, contact_id
from tests.persistence.noise_merging import old_id

TWO = [contact_id(1), contact_id(2)]
CONTACT = a_noisy_contact(7)
KEYS = [IdentityKey(Network.TWITTER, each) for each in ("t-3", "u-3", "t-4", "t-none")]


PUT = [("find", 1), ("update", 1), ("find", 0), ("find", 1)]
"""The rules of values, the contact, its conversations, and the settings of the CRM."""

CASES: list[Case] = [
    ("ContactStore.by_ids", "", lambda s: s.contacts.by_ids(TWO), [("find", 2)]),
    (
        "ContactStore.by_ids",
        "merged away",
        lambda s: s.contacts.by_ids([*TWO, "nobody", "other-001", old_id(3), old_id(3, "other")]),
        [("find", 2), ("find", 1)],
    ),
    ("ContactStore.by_identities", "", lambda s: s.contacts.by_identities(KEYS), [("find", 2)]),
    ("ContactStore.behind", "first", lambda s: s.contacts.behind(None, 20), [("find", 20)]),
    ("ContactStore.behind", "next", lambda s: s.contacts.behind(contact_id(100), 20), [("find", 20)]),
    ("ContactWriter.find", "", within(lambda c: c.contacts.find(CONTACT.id)), [("find", 1)]),
    ("ContactWriter.find", "merged away", within(lambda c: c.contacts.find(old_id(3))), [("find", 0), ("find", 1)]),
    (
        "ContactWriter.holders_of_identities",
        "",
        within(lambda c: c.contacts.holders_of_identities(KEYS)),
        [("find", 2)],
    ),
    (
        "ContactWriter.count_notes",
        "merged away",
        within(lambda c: c.contacts.count_notes(old_id(3), more=1)),
        [("findAndModify", 0), ("findAndModify", 1)],
    ),
    (
        "ContactWriter.holders_of_values",
        "",
        within(lambda c: c.contacts.holders_of_values({"d-bio": TextValue("hi"), UNIQUE.id: TextValue("a-3")})),
        [("find", 1), ("find", 1)],
    ),
    (
        "ContactWriter.holders_of_values",
        "none unique",
        within(lambda c: c.contacts.holders_of_values({"d-bio": TextValue("hi")})),
        [("find", 1)],
    ),
    (
        "ContactWriter.count_notes",
        "",
        within(lambda c: c.contacts.count_notes(CONTACT.id, more=1)),
        [("findAndModify", 1)],
    ),
    ("ContactWriter.hold", "", within(lambda c: c.contacts.hold(CONTACT.id)), [("update", 1)]),
    ("ContactWriter.put", "", within(lambda c: c.contacts.put(CONTACT)), PUT),
    ("ContactWriter.insert", "", within(lambda c: c.contacts.insert(a_contact())), [("find", 1), ("find", 1)]),
]
