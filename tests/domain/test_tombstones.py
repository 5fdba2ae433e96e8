"""What an import knows an erased person by, and which rows it refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.contacts import Contact, IdentityKey, Network, SocialIdentity
from domain.imports import Rejected, Row, RowIdentity
from domain.tombstones import Tombstones, Traces, keyed_hash, traces_of_contact, traces_of_row
from domain.values import EmailValue, PhoneValue, TextValue, Value
from tests.builders import MORNING, a_contact, an_identity, held

JANE = a_contact(
    "c1",
    identities=(
        an_identity("@jane"),
        an_identity("jane@x.com", network=Network.EMAIL),
        an_identity("+12022243441", network=Network.SMS),
        an_identity("+12022243442", network=Network.WHATSAPP),
    ),
    values=(
        held("email", EmailValue("Jane.Roe@Y.com")),
        held("phone", PhoneValue("+12022243443")),
        held("bio", TextValue("hi")),
        held("fax", None),
    ),
    import_key="k1",
)
OWN = frozenset(
    {
        "identity:TWITTER:@jane",
        "identity:EMAIL:jane@x.com",
        "identity:SMS:+12022243441",
        "identity:WHATSAPP:+12022243442",
        "import:k1",
    }
)
SHARED = frozenset(
    {
        "email:jane@x.com",
        "email:jane.roe@y.com",
        *(f"phone:+1202224344{each}" for each in (1, 2, 3)),
    }
)


def a_row(*keys: tuple[Network, str], import_key: str | None = None, values: dict[str, Value] | None = None) -> Row:
    identities = [SocialIdentity(IdentityKey(*each), "x") for each in keys]
    found = tuple(RowIdentity(each, may_be_left_out=False, has_handle=True) for each in identities)
    return Row("Jane", import_key, found, values or {}, None)


def test_a_contact_is_known_by_its_own_and_by_what_people_share() -> None:
    assert traces_of_contact(JANE) == Traces(OWN, SHARED)
    assert traces_of_contact(JANE).all() == OWN | SHARED
    assert traces_of_contact(a_contact()) == Traces(frozenset(), frozenset())


def test_a_row_about_the_contact_has_the_same_traces() -> None:
    keys = [(each.key.network, each.key.external_id) for each in JANE.identities]
    values = {each.definition_id: each.value for each in JANE.values if each.value is not None}
    assert traces_of_row(a_row(*keys, import_key="k1", values=values)) == traces_of_contact(JANE)


def test_a_hash_is_keyed_and_differs_by_secret_and_trace() -> None:
    # HMAC-SHA256, RFC 4231, test case 2.
    expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert keyed_hash(b"Jefe", "what do ya want for nothing?") == expected
    assert len({keyed_hash(secret, trace) for secret in (b"a", b"b") for trace in ("x", "y")}) == 4


BY_OWN = [
    a_row((Network.TWITTER, "@jane")),
    a_row((Network.TWITTER, "@other"), (Network.EMAIL, "jane@x.com")),
    a_row(import_key="k1"),
]
BY_SHARED = [
    a_row(values={"d-email": EmailValue("JANE@x.com")}),
    a_row((Network.EMAIL, "jane.roe@y.com")),
    a_row((Network.WHATSAPP, "+12022243441")),
    a_row(values={"d-phone": PhoneValue("+12022243442")}),
]
NOT_HERS = a_row((Network.TWITTER, "jane"), import_key="k2", values={"d-bio": TextValue("jane@x.com")})
COLLEAGUE = a_contact("c2")
ERASED = Tombstones(dict.fromkeys(traces_of_contact(JANE).all(), MORNING))
REASON = Rejected(
    ("This person was erased at their request on 2026-11-23. To import them all the same, add --allow-erased.",)
)


@pytest.mark.parametrize("row", [*BY_OWN, *BY_SHARED])
def test_a_row_that_would_bring_the_person_back_is_refused(row: Row) -> None:
    assert ERASED.refuse(row, None) == REASON


@pytest.mark.parametrize(("rows", "answer"), [(BY_OWN, REASON), (BY_SHARED, None)], ids=["own", "shared"])
def test_a_row_about_somebody_who_is_there_is_refused_for_what_is_the_persons_own_alone(
    rows: list[Row], answer: Rejected | None
) -> None:
    before: Contact = COLLEAGUE
    assert [ERASED.refuse(each, before) for each in rows] == [answer] * len(rows)


def test_anybody_else_is_not_refused() -> None:
    assert ERASED.refuse(NOT_HERS, None) is None
    assert Tombstones().refuse(BY_OWN[0], None) is None


def test_the_latest_erasure_is_told() -> None:
    later = MORNING + timedelta(days=3)
    twice = Tombstones({"identity:TWITTER:@jane": MORNING, "email:jane@x.com": later})
    row = a_row((Network.TWITTER, "@jane"), (Network.EMAIL, "jane@x.com"))
    refused = twice.refuse(row, None)
    assert refused is not None
    assert "on 2026-11-26." in refused.reasons[0]
