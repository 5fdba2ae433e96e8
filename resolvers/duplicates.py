"""Who may be the same person as a contact."""

from __future__ import annotations

from domain.contacts import Contact
from domain.duplicates import PossibleDuplicate, possible_duplicates, shared_keys, telling
from resolvers.context import Context


async def possible(context: Context, contact: Contact, size: int) -> list[PossibleDuplicate]:
    """Return up to `size` of them, the likeliest first; nobody is suggested for what the asker cannot see."""
    shown = telling(context.directory.definitions)
    found = await context.loaders.contacts_by_shared_key.load_many(shared_keys(contact, shown))
    return possible_duplicates(contact, [each for contacts in found for each in contacts], shown)[:size]
