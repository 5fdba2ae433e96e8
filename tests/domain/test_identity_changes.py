"""The list of a contact's identities: one of them is primary whatever is done, and what was done is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.contacts import IdentityKey, Network, SocialIdentity
from domain.events import EventKind
from domain.identities import GivenIdentity, identity_of
from domain.identity_changes import (
    IdentityEvent,
    IdentityPatch,
    identity_events,
    one_primary,
    patched,
    with_identity,
    without_identity,
)
from domain.outcomes import ErrorCode, Invalid

T, W, S, E = Network.TWITTER, Network.WHATSAPP, Network.SMS, Network.EMAIL
ADDED, REMOVED, CHANGED = EventKind.IDENTITY_ADDED, EventKind.IDENTITY_REMOVED, EventKind.IDENTITY_CHANGED


def identity(name: str, *, is_primary: bool = False) -> SocialIdentity:
    return SocialIdentity(IdentityKey(T, name), name, is_primary=is_primary)


A, B, C = (identity(each) for each in "abc")
FIRST, SECOND, THIRD = (identity(each, is_primary=True) for each in "abc")


@pytest.mark.parametrize(
    ("before", "key", "after"),
    [
        ((), None, ()),
        ((), A.key, ()),
        ((A, B), None, (FIRST, B)),
        ((A, SECOND), None, (A, SECOND)),
        # Of two that were kept, the first.
        ((A, SECOND, THIRD), None, (A, SECOND, C)),
        ((A, SECOND), A.key, (FIRST, B)),
        ((A, SECOND), B.key, (A, SECOND)),
        ((A, SECOND), C.key, (A, SECOND)),
        ((A, B), C.key, (FIRST, B)),
    ],
)
def test_one_is_primary(
    before: tuple[SocialIdentity, ...], key: IdentityKey | None, after: tuple[SocialIdentity, ...]
) -> None:
    assert one_primary(before, key) == after


@pytest.mark.parametrize(
    ("before", "added", "after"),
    [
        ((), A, (FIRST,)),
        ((), FIRST, (FIRST,)),
        ((FIRST,), B, (FIRST, B)),
        ((FIRST,), SECOND, (A, SECOND)),
        ((A,), B, (FIRST, B)),
    ],
)
def test_what_is_added_is_the_last_and_primary_if_it_is_the_first_or_says_so(
    before: tuple[SocialIdentity, ...], added: SocialIdentity, after: tuple[SocialIdentity, ...]
) -> None:
    assert with_identity(before, added) == after


@pytest.mark.parametrize(
    ("before", "key", "after"),
    [
        ((FIRST,), A.key, ()),
        ((FIRST, B, C), A.key, (SECOND, C)),
        ((FIRST, B, C), B.key, (FIRST, C)),
        ((A, SECOND, C), B.key, (FIRST, C)),
    ],
)
def test_where_the_primary_goes_the_next_becomes_it(
    before: tuple[SocialIdentity, ...], key: IdentityKey, after: tuple[SocialIdentity, ...]
) -> None:
    assert without_identity(before, key) == after


PICTURE, PROFILE = "https://e.com/p.png", "https://e.com/jane"
WHOLE = SocialIdentity(IdentityKey(T, "42"), "jane", "Support", "Jane R.", PICTURE, PROFILE, is_primary=True)


@pytest.mark.parametrize(
    ("patch", "after"),
    [
        (IdentityPatch(), WHOLE),
        (IdentityPatch(handle=" @Jane "), replace(WHOLE, handle="Jane")),
        (IdentityPatch(channel=" Sales "), replace(WHOLE, channel="Sales")),
        (IdentityPatch(channel=None), replace(WHOLE, channel=None)),
        (IdentityPatch(secondary_identifier="Zoe\u0308"), replace(WHOLE, secondary_identifier="Zo\u00eb")),
        (IdentityPatch(secondary_identifier=None), replace(WHOLE, secondary_identifier=None)),
        (IdentityPatch(picture_url="https://e.com/q.png"), replace(WHOLE, picture_url="https://e.com/q.png")),
        (IdentityPatch(picture_url=None), replace(WHOLE, picture_url=None)),
        (IdentityPatch(profile_url="https://e.com/j"), replace(WHOLE, profile_url="https://e.com/j")),
        (IdentityPatch(profile_url=None), replace(WHOLE, profile_url=None)),
        (
            IdentityPatch("jr", None, None, None, None),
            SocialIdentity(WHOLE.key, "jr", is_primary=True),
        ),
    ],
)
def test_a_patch_touches_what_it_names_and_none_empties(patch: IdentityPatch, after: SocialIdentity) -> None:
    assert patched(WHOLE, patch, "US") == after


BLANK = Invalid(ErrorCode.BLANK, "Write something: the text is empty or only white space.")
NOT_HTTPS = Invalid(ErrorCode.NOT_A_URL, "Give a web address that begins with https://.")


@pytest.mark.parametrize(
    ("patch", "problem"),
    [
        (
            IdentityPatch(handle=None),
            Invalid(ErrorCode.BLANK, "Give a handle, or leave the field out: every identity has one.", ("handle",)),
        ),
        (IdentityPatch(handle="@"), BLANK.at("handle")),
        (IdentityPatch(channel=""), BLANK.at("channel")),
        (IdentityPatch(secondary_identifier=" "), BLANK.at("secondaryIdentifier")),
        (IdentityPatch(picture_url="http://e.com/p.png"), NOT_HTTPS.at("pictureUrl")),
        (IdentityPatch(profile_url="http://e.com"), NOT_HTTPS.at("profileUrl")),
    ],
)
def test_what_cannot_be_kept_of_a_patch_is_refused(patch: IdentityPatch, problem: Invalid) -> None:
    assert patched(WHOLE, patch, "US") == problem


ANOTHER = Invalid(
    ErrorCode.ANOTHER_IDENTITY,
    "This network knows a person by it: add the new one as another identity, and remove this one.",
    ("handle",),
)


# What is kept, id and handle, the handle of the patch, and the handle after it.
@pytest.mark.parametrize(
    ("network", "external_id", "handle", "given_handle", "after"),
    [
        (T, "@jane", "jane", "@JANE", "JANE"),
        (T, "@jane", "jane", "john", ANOTHER),
        (T, "42", "jane", "john", "john"),
        (S, "+12022243441", "+12022243441", "(202) 224-3441", "+12022243441"),
        (S, "+12022243441", "+12022243441", "202 224 3442", ANOTHER),
        (W, "12022243441", "12022243441", "+1 202 224 3441", "+12022243441"),
        (W, "12022243441", "12022243441", "+1 202 224 3442", ANOTHER),
        (W, "w-1", "+12022243441", "+1 202 224 3442", "+12022243442"),
        (E, "jane@example.com", "jane@example.com", "JANE@EXAMPLE.com", "JANE@example.com"),
        (E, "jane@example.com", "jane@example.com", "john@example.com", ANOTHER),
        # The network writes the number in a way of its own: that is kept, but nobody chooses another.
        (W, "+551187654321", "+5511987654321", "+55 11 98765-4321", "+5511987654321"),
        (W, "+551187654321", "+5511987654321", "+55 11 98765-4322", ANOTHER),
    ],
)
def test_another_handle_is_another_identity_where_the_handle_stands_for_the_id(
    network: Network, external_id: str, handle: str, given_handle: str, after: str | Invalid
) -> None:
    kept = SocialIdentity(IdentityKey(network, external_id), handle)
    wanted = after if isinstance(after, Invalid) else replace(kept, handle=after)
    assert patched(kept, IdentityPatch(handle=given_handle), "US") == wanted


@pytest.mark.parametrize(
    ("before", "after", "events"),
    [
        ((), (), []),
        ((FIRST, B), (FIRST, B), []),
        ((FIRST, B), (B, FIRST), []),
        ((), (FIRST,), [(ADDED, None, FIRST)]),
        ((FIRST,), (A, SECOND), [(ADDED, None, SECOND)]),
        ((FIRST, B), (A, SECOND), [(CHANGED, B, SECOND)]),
        ((A, B), (FIRST, B), [(CHANGED, A, FIRST)]),
        ((FIRST, B), (SECOND,), [(REMOVED, FIRST, None), (CHANGED, B, SECOND)]),
        ((FIRST, B), (FIRST,), [(REMOVED, B, None)]),
        ((FIRST,), (replace(FIRST, handle="x"),), [(CHANGED, FIRST, replace(FIRST, handle="x"))]),
        # No longer primary, and changed as well: the change is told.
        (
            (FIRST, B),
            (replace(A, channel="x"), SECOND),
            [(CHANGED, FIRST, replace(A, channel="x")), (CHANGED, B, SECOND)],
        ),
        ((FIRST,), (THIRD, B), [(REMOVED, FIRST, None), (ADDED, None, THIRD), (ADDED, None, B)]),
    ],
)
def test_what_happened_to_each_is_told_but_that_one_is_primary_no_more(
    before: tuple[SocialIdentity, ...], after: tuple[SocialIdentity, ...], events: list[IdentityEvent]
) -> None:
    assert list(identity_events(before, after)) == events


def replayed(
    identities: Iterable[SocialIdentity], events: Iterable[IdentityEvent]
) -> dict[IdentityKey, SocialIdentity]:
    """Return what the log alone makes of the identities."""
    found = {each.key: each for each in identities}
    for kind, before, after in events:
        if before is not None:
            assert found.pop(before.key) == before
        if after is not None:
            assert after.key not in found
            if after.is_primary:
                found = {key: replace(each, is_primary=False) for key, each in found.items()}
            found[after.key] = after
        assert (before is None, after is None) == (kind is ADDED, kind is REMOVED)
    return found


NAMES = st.sampled_from(["@a", "@b", "c", "d"])
FIELDS = st.sampled_from([None, "x", "y"])
STEPS = st.one_of(
    st.tuples(st.just("add"), NAMES, st.booleans()),
    st.tuples(st.just("remove"), NAMES),
    st.tuples(st.just("make primary"), NAMES),
    st.tuples(st.just("patch"), NAMES, st.builds(IdentityPatch, handle=st.sampled_from(["A", "b"]), channel=FIELDS)),
)


def stepped(identities: tuple[SocialIdentity, ...], step: tuple[object, ...]) -> tuple[SocialIdentity, ...]:
    """Do to the identities what a mutation does; what it would refuse leaves them."""
    held = {each.key.external_id: each for each in identities}
    match step:
        case ("add", str(name), bool(is_primary)):
            added = identity_of(GivenIdentity(T, name, is_primary=is_primary), "US")
            assert isinstance(added, SocialIdentity)
            return identities if name in held else with_identity(identities, added)
        case ("remove", str(name)):
            return without_identity(identities, IdentityKey(T, name))
        case ("make primary", str(name)):
            return one_primary(identities, IdentityKey(T, name))
        case ("patch", str(name), IdentityPatch() as patch):
            made = {key: patched(each, patch, "US") if key == name else each for key, each in held.items()}
            return tuple(held[key] if isinstance(each, Invalid) else each for key, each in made.items())
        case _:
            raise AssertionError(step)


@settings(max_examples=200)
@given(st.lists(STEPS, max_size=12))
def test_whatever_is_done_one_is_primary_no_key_is_twice_and_the_log_tells_it_all(
    steps: list[tuple[object, ...]],
) -> None:
    identities: tuple[SocialIdentity, ...] = ()
    for step in steps:
        before, identities = identities, stepped(identities, step)
        keys = [each.key for each in identities]
        assert len(set(keys)) == len(keys)
        assert sum(each.is_primary for each in identities) == min(1, len(identities))
        kept = [each.key for each in before if each.key in keys]
        assert keys[: len(kept)] == kept
        events = list(identity_events(before, identities))
        assert replayed(before, events) == {each.key: each for each in identities}
        assert len(events) <= 2
        assert bool(events) == (before != identities)
