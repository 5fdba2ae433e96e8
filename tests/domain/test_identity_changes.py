"""Changing identities: exactly one is primary whatever happens, and what happened tells how it came about."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.contacts import IdentityKey, Network, SocialIdentity
from domain.events import EventKind
from domain.identity_changes import (
    IdentityPatch,
    identity_events,
    one_primary,
    patched,
    with_identity,
    without_identity,
)
from domain.outcomes import ErrorCode, Invalid
from tests.builders import an_identity

ONE, TWO, THREE = (an_identity(each) for each in "123")
FIRST = replace(ONE, is_primary=True)


def test_the_first_identity_is_primary_and_stays_so() -> None:
    assert with_identity((), ONE) == (FIRST,)
    assert with_identity((FIRST,), TWO) == (FIRST, TWO)


def test_one_that_is_to_be_primary_takes_the_place_of_the_one_that_was() -> None:
    assert with_identity((FIRST,), replace(TWO, is_primary=True)) == (ONE, replace(TWO, is_primary=True))
    assert one_primary((FIRST, TWO, THREE), THREE.key) == (ONE, TWO, replace(THREE, is_primary=True))


def test_where_the_primary_goes_the_next_becomes_it() -> None:
    assert without_identity((FIRST, TWO, THREE), ONE.key) == (replace(TWO, is_primary=True), THREE)
    assert without_identity((FIRST, TWO), TWO.key) == (FIRST,)
    assert without_identity((FIRST,), ONE.key) == ()


def test_a_key_that_nobody_has_changes_nothing() -> None:
    assert one_primary((FIRST, TWO), THREE.key) == (FIRST, TWO)
    assert without_identity((FIRST, TWO), THREE.key) == (FIRST, TWO)


def test_of_several_primaries_the_first_stays_one() -> None:
    both = (FIRST, replace(TWO, is_primary=True))
    assert one_primary(both) == (FIRST, TWO)


def test_what_happened_is_told_once_for_each_identity() -> None:
    before = (FIRST, TWO)
    assert list(identity_events(before, before)) == []
    assert list(identity_events(before, with_identity(before, THREE))) == [(EventKind.IDENTITY_ADDED, None, THREE)]
    now_first = replace(TWO, is_primary=True)
    assert list(identity_events(before, without_identity(before, ONE.key))) == [
        (EventKind.IDENTITY_REMOVED, FIRST, None),
        (EventKind.IDENTITY_CHANGED, TWO, now_first),
    ]
    # That the other one is primary no more goes without saying.
    assert list(identity_events(before, one_primary(before, TWO.key))) == [(EventKind.IDENTITY_CHANGED, TWO, now_first)]


FULL = SocialIdentity(
    IdentityKey(Network.TWITTER, "7"), "jane", "@acme", "Jane R", "https://e.com/a.png", "https://e.com/j", True
)


def test_a_patch_changes_what_it_says_and_nothing_else() -> None:
    assert patched(FULL, IdentityPatch(), "US") == FULL
    emptied = IdentityPatch(secondary_identifier=None, picture_url=None, profile_url=None, channel=None)
    assert patched(FULL, emptied, "US") == SocialIdentity(FULL.key, "jane", is_primary=True)
    assert patched(FULL, IdentityPatch(handle=" @Jane2 "), "US") == replace(FULL, handle="Jane2")
    assert patched(FULL, IdentityPatch(channel="@acme_de"), "US") == replace(FULL, channel="@acme_de")


BY_HANDLE = replace(FULL, key=IdentityKey(Network.TWITTER, "@jane"), handle="Jane")
BY_NUMBER = SocialIdentity(IdentityKey(Network.SMS, "+12022243441"), "+12022243441")


@pytest.mark.parametrize(
    ("identity", "handle", "expected"),
    [
        pytest.param(BY_HANDLE, "JANE", "JANE", id="letter case"),
        pytest.param(BY_NUMBER, "(202) 224-3441", "+12022243441", id="another form of the number"),
    ],
)
def test_a_handle_that_stands_for_the_id_may_be_written_otherwise(
    identity: SocialIdentity, handle: str, expected: str
) -> None:
    assert patched(identity, IdentityPatch(handle=handle), "US") == replace(identity, handle=expected)


@pytest.mark.parametrize(
    ("identity", "patch", "code", "path"),
    [
        pytest.param(BY_HANDLE, IdentityPatch(handle="joan"), ErrorCode.ANOTHER_IDENTITY, ("handle",), id="somebody"),
        pytest.param(
            BY_NUMBER,
            IdentityPatch(handle="+12022243442"),
            *(ErrorCode.ANOTHER_IDENTITY, ("handle",)),
            id="another number",
        ),
        pytest.param(BY_NUMBER, IdentityPatch(handle="12"), ErrorCode.NOT_A_PHONE, ("handle",), id="no number"),
        pytest.param(FULL, IdentityPatch(handle=None), ErrorCode.BLANK, ("handle",), id="emptied"),
        pytest.param(FULL, IdentityPatch(handle=" "), ErrorCode.BLANK, ("handle",), id="blank"),
        pytest.param(FULL, IdentityPatch(channel="\0"), ErrorCode.FORBIDDEN_CHARACTER, ("channel",), id="a zero"),
        pytest.param(FULL, IdentityPatch(picture_url="ftp://e.com"), ErrorCode.NOT_A_URL, ("pictureUrl",), id="ftp"),
    ],
)
def test_a_patch_that_cannot_be_made_is_refused_where_it_is_wrong(
    identity: SocialIdentity, patch: IdentityPatch, code: ErrorCode, path: tuple[str, ...]
) -> None:
    refused = patched(identity, patch, "US")
    assert isinstance(refused, Invalid)
    assert (refused.code, refused.path) == (code, path)


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "add first", "remove", "make primary", "patch"]), st.integers(0, 4)), max_size=25
)


@settings(deadline=None)
@given(steps=STEPS)
def test_whatever_happens_exactly_one_is_primary_and_the_log_tells_how(steps: list[tuple[str, int]]) -> None:
    identities: tuple[SocialIdentity, ...] = ()
    told: dict[IdentityKey, SocialIdentity] = {}
    for step, number in steps:
        before, named = identities, an_identity(str(number))
        known = named.key in {each.key for each in before}
        if step in {"add", "add first"} and not known:
            identities = with_identity(before, replace(named, is_primary=step == "add first"))
        elif step == "remove":
            identities = without_identity(before, named.key)
        elif step == "make primary":
            identities = one_primary(before, named.key)
        elif step == "patch":
            changed = (replace(each, channel=step) if each.key == named.key else each for each in before)
            identities = tuple(changed)
        for kind, was, became in identity_events(before, identities):
            assert (was is None, became is None) == (
                kind is EventKind.IDENTITY_ADDED,
                kind is EventKind.IDENTITY_REMOVED,
            )
            if became is None:
                del told[was.key]  # type: ignore[union-attr]
            else:
                told[became.key] = became
        keys = [each.key for each in identities]
        assert len(set(keys)) == len(keys)
        assert sum(each.is_primary for each in identities) == min(1, len(identities))
        # But for who is primary no more, which the one that is says, the log is what there is.
        bare = {key: replace(each, is_primary=False) for key, each in told.items()}
        assert bare == {each.key: replace(each, is_primary=False) for each in identities}
