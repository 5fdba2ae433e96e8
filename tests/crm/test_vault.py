"""Credentials are kept so that whoever has the database alone has none of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cryptography.fernet import Fernet

from crm.vault import NO_KEYS, Vault
from domain.crm_settings import Sealed

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))
TOKEN = "pat-na1-5f1d7a84 für uns"


def test_what_is_sealed_is_opened_again_and_not_to_be_read() -> None:
    vault = Vault([OLD])
    sealed = vault.seal(TOKEN)
    assert sealed is not None
    assert vault.open(sealed) == TOKEN
    assert TOKEN not in sealed
    assert sealed.isascii()


def test_the_same_text_is_sealed_otherwise_each_time() -> None:
    """Whoever sees two of them does not learn that they are the same credential."""
    vault = Vault([OLD])
    assert vault.seal(TOKEN) != vault.seal(TOKEN)


def test_one_key_is_replaced_by_another() -> None:
    sealed = Vault([OLD]).seal(TOKEN)
    assert sealed is not None
    both = Vault([NEW, OLD])
    assert both.open(sealed) == TOKEN
    anew = both.seal(TOKEN)
    assert anew is not None
    # The first one seals: the other one may go then.
    assert Vault([NEW]).open(anew) == TOKEN
    with pytest.raises(ValueError, match="None of the keys"):
        Vault([OLD]).open(anew)


@pytest.mark.parametrize("change", [lambda _text: "", lambda _text: "é", lambda text: text[:-8], str.swapcase])
def test_a_text_that_nobody_sealed_is_not_opened(change: Callable[[str], str]) -> None:
    vault = Vault([OLD])
    sealed = vault.seal(TOKEN)
    assert sealed is not None
    with pytest.raises(ValueError, match="None of the keys in CONTACT_GRAPH_CRM_KEYS opens the credentials: add"):
        vault.open(Sealed(change(sealed)))


def test_a_wrong_key_opens_nothing_and_the_error_tells_nothing() -> None:
    sealed = Vault([OLD]).seal(TOKEN)
    assert sealed is not None
    with pytest.raises(ValueError, match="add the one that they were sealed with") as caught:
        Vault([OTHER, NEW]).open(sealed)
    assert sealed not in str(caught.value)
    # No chain of causes that would be logged with it.
    assert caught.value.__suppress_context__


def test_without_a_key_nothing_is_sealed_or_opened() -> None:
    assert NO_KEYS.seal(TOKEN) is None
    with pytest.raises(ValueError, match="set CONTACT_GRAPH_CRM_KEYS"):
        NO_KEYS.open(Sealed("anything"))


@pytest.mark.parametrize("key", ["", "short", "é" * 44, OLD[:-4]], ids=["none", "short", "foreign", "cut off"])
def test_a_text_that_is_no_key_is_refused_at_once(key: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Vault([OLD, key])
