"""Credentials of CRMs, encrypted while they are kept: with a key of the operator's, which the database never sees."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from domain.crm_settings import Sealed


class Vault:
    """Seals and opens credentials.

    Of several keys the first one seals, and each of them opens: that is how one is replaced by another.
    """

    def __init__(self, keys: Sequence[str] = ()) -> None:
        """Take the keys, each of 32 bytes in URL-safe base64; raises ValueError for any other text."""
        self._keys = MultiFernet([Fernet(each) for each in keys]) if keys else None

    def seal(self, text: str) -> Sealed | None:
        """Return the text, encrypted; None where there is no key."""
        return None if self._keys is None else Sealed(self._keys.encrypt(text.encode()).decode())

    def open(self, sealed: Sealed) -> str:
        """Return what was sealed; raises ValueError, with what to do, where none of the keys opens it."""
        if self._keys is None:
            raise ValueError("The server has no key to open the credentials with: set CONTACT_GRAPH_CRM_KEYS.")
        try:
            return self._keys.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise ValueError(
                "None of the keys in CONTACT_GRAPH_CRM_KEYS opens the credentials: add the one that they were sealed "
                "with, or give the credentials anew."
            ) from None


NO_KEYS = Vault()
