"""Contacts."""

from __future__ import annotations

from domain.contacts import ContactPosition, IdentityKey, Network
from domain.paging import PageRequest
from domain.values import TextValue
from tests.builders import a_contact
from tests.persistence.explain_cases.case import Act, Case, within
from tests.persistence.noise import UNIQUE, a_noisy_contact, contact_id

NAME = ContactPosition("jane", contact_id(100))
"""In the middle of fifty contacts of one name: every fourth of the first two hundred."""
TWO = [contact_id(1), contact_id(2)]
CONTACT = a_noisy_contact(7)
KEYS = [IdentityKey(Network.TWITTER, each) for each in ("t-3", "u-3", "t-4", "t-none")]


def names(position: ContactPosition | None = None, *, backward: bool = False) -> Act:
    return lambda stores: stores.contacts.page(PageRequest(20, position, is_backward=backward))


CASES: list[Case] = [
    ("ContactStore.by_ids", "", lambda s: s.contacts.by_ids([*TWO, "nobody", "other-001"]), [("find", 2)]),
    ("ContactStore.by_identities", "", lambda s: s.contacts.by_identities(KEYS), [("find", 2)]),
    ("ContactStore.page", "first", names(), [("find", 21)]),
    ("ContactStore.page", "last", names(backward=True), [("find", 21)]),
    ("ContactStore.page", "after", names(NAME), [("find", 21), ("find", 0)]),
    ("ContactStore.page", "before", names(NAME, backward=True), [("find", 21), ("find", 0)]),
    ("ContactStore.behind", "first", lambda s: s.contacts.behind(None, 20), [("find", 20)]),
    ("ContactStore.behind", "next", lambda s: s.contacts.behind(contact_id(100), 20), [("find", 20)]),
    ("ContactStore.count", "", lambda s: s.contacts.count(), [("aggregate", 0)]),
    ("ContactWriter.find", "", within(lambda c: c.contacts.find(CONTACT.id)), [("find", 1)]),
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
    ("ContactWriter.put", "", within(lambda c: c.contacts.put(CONTACT)), [("find", 1), ("update", 1)]),
    ("ContactWriter.insert", "", within(lambda c: c.contacts.insert(a_contact())), [("find", 1)]),
]
