"""What the commands do to a MongoDB of the operator's: organizations, agents and their tokens."""

from __future__ import annotations

from typing import Any

import httpx
import jwt
import pytest

from graph.demo import TOKEN_LIFE
from tests.graph.apps import SECRET
from tests.graph.commanding import LEGISLATORS, Commander
from tests.graph.processes import ask, running

NO_ORGANIZATION = "There is no such organization: create one with contact-graph add-organization."

NO_ADDRESS = "The address: Give an e-mail address such as name@example.com: An email address must have an @-sign."


@pytest.fixture
def acme(commander: Commander) -> str:
    """The id of an organization that was just added."""
    return commander.printed("add-organization", "Acme")


def refusal(commander: Commander, *arguments: str, **changed: str) -> str:
    """Return what a command says that has to fail, having written nothing."""
    before = commander.everything()
    ended = commander.run(*arguments, **changed)
    assert (ended.status, ended.out) == (1, "")
    assert commander.everything() == before
    return ended.err.removeprefix("contact-graph: ").removesuffix("\n")


def payload(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, SECRET, algorithms=["HS256"], options={"verify_aud": False})
    return claims


def test_an_organization_is_added_with_the_common_attributes(commander: Commander) -> None:
    options = ("--plan", "business", "--language", "de", "--region", "ch")
    found = commander.printed("add-organization", "Zoë & Söhne", *options)
    assert commander.stored("organizations") == [
        {"_id": found, "name": "Zoë & Söhne", "plan": "BUSINESS", "language": "de", "region": "CH"}
    ]
    definitions = [(each["org"], each["key"], each["category"]) for each in commander.stored("attributeDefinitions")]
    assert definitions == [(found, key, "COMMON") for key in ("email", "phone", "website")]
    assert commander.stored("agents") == []


def test_organizations_of_one_name_are_two(commander: Commander, acme: str) -> None:
    assert commander.printed("add-organization", "Acme") != acme
    defaults = [
        (each["name"], each["plan"], each["language"], each["region"]) for each in commander.stored("organizations")
    ]
    assert defaults == [("Acme", "ENTERPRISE", "en", "US")] * 2


def test_an_organization_with_a_wrong_name_or_region_is_refused(commander: Commander) -> None:
    expected = "The name: Write something: the text is empty or only white space."
    assert refusal(commander, "add-organization", " ") == expected
    expected = "--region: expected the two letters of a country, such as US, found «Switzerland»."
    assert refusal(commander, "add-organization", "Acme", "--region", "Switzerland") == expected
    expected = "--language: Give a language tag (BCP 47) such as en, pt-BR or zh-Hant."
    assert refusal(commander, "add-organization", "Acme", "--language", "English!") == expected


def test_an_agent_is_added(commander: Commander, acme: str) -> None:
    ada = commander.printed("add-agent", acme, "Ada@EXAMPLE.com", "Ada Lovelace", "--admin")
    jo = commander.printed("add-agent", acme, "jo@example.com", "Jo", "--id", "auth0|jo")
    assert jo == "auth0|jo"
    common = {"org": acme, "isActive": True}
    assert {each["agent"]: {**each, "_id": None} for each in commander.stored("agents")} == {
        ada: {"_id": None, "agent": ada, "name": "Ada Lovelace", "email": "Ada@example.com", "role": "ADMIN", **common},
        jo: {"_id": None, "agent": jo, "name": "Jo", "email": "jo@example.com", "role": "AGENT", **common},
    }


def test_an_agent_who_cannot_be_is_refused(commander: Commander, acme: str) -> None:
    commander.printed("add-agent", acme, "jo@example.com", "Jo", "--id", "jo")
    wrong = [
        (("nowhere", "a@example.com", "A"), NO_ORGANIZATION),
        ((acme, "no address", "A"), NO_ADDRESS),
        ((acme, "a@example.com", "\t"), "The name: Write something: the text is empty or only white space."),
        ((acme, "jo@EXAMPLE.com", "Jo"), "Acme has an agent of that address already."),
        ((acme, "a@example.com", "A", "--id", "jo"), "Acme has an agent of that id already."),
    ]
    for arguments, message in wrong:
        assert refusal(commander, "add-agent", *arguments) == message


def test_one_person_is_an_agent_of_two_organizations(commander: Commander, acme: str) -> None:
    other = commander.printed("add-organization", "Other")
    for organization in (acme, other):
        assert commander.printed("add-agent", organization, "jo@example.com", "Jo", "--id", "jo") == "jo"
    assert sorted(each["org"] for each in commander.stored("agents")) == sorted([acme, other])


def test_a_token_names_the_agent_and_nothing_that_the_database_decides(commander: Commander, acme: str) -> None:
    commander.printed("add-agent", acme, "jo@example.com", "Jo", "--id", "jo")
    claims = payload(commander.printed("token", "jo@Example.com"))
    assert claims.pop("exp") - claims.pop("iat") == TOKEN_LIFE.total_seconds()
    assert claims == {"sub": "jo", "org": acme}
    expected = {"ISSUER": "https://me", "AUDIENCE": "care", "ORGANIZATION_CLAIM": "tenant"}
    changed = {f"CONTACT_GRAPH_{name}": value for name, value in expected.items()}
    claims = payload(commander.printed("token", "jo@example.com", **changed))
    assert (claims["iss"], claims["aud"], claims["tenant"], "org" in claims) == ("https://me", "care", acme, False)


def test_an_address_in_several_organizations_asks_for_one(commander: Commander, acme: str) -> None:
    other = commander.printed("add-organization", "Other")
    ids = {org: commander.printed("add-agent", org, "jo@example.com", "Jo") for org in (acme, other)}
    told = refusal(commander, "token", "jo@example.com")
    expected = "Several organizations have an agent of that address; say which with --organization: "
    assert told in {f"{expected}{acme}, {other}", f"{expected}{other}, {acme}"}
    for org, agent in ids.items():
        claims = payload(commander.printed("token", "jo@example.com", "--organization", org))
        assert (claims["sub"], claims["org"]) == (agent, org)


def test_a_token_for_nobody_is_refused(commander: Commander, acme: str) -> None:
    commander.printed("add-agent", acme, "jo@example.com", "Jo")
    unknown = "No agent has the address {}: add one with contact-graph add-agent."
    assert refusal(commander, "token") == "Name the agent: contact-graph token AGENT-EMAIL"
    assert refusal(commander, "token", "ada@example.com") == unknown.format("ada@example.com")
    assert refusal(commander, "token", "jo@example.com", "--organization", "x") == unknown.format("jo@example.com")
    assert refusal(commander, "token", "jo") == NO_ADDRESS
    provided = {"CONTACT_GRAPH_SECRET": "", "CONTACT_GRAPH_JWKS_URL": "https://login.example.com/keys"}
    expected = "Tokens are issued by the provider of CONTACT_GRAPH_JWKS_URL, not here."
    assert refusal(commander, "token", "jo@example.com", **provided) == expected


def test_the_demos_tokens_need_no_database(commander: Commander) -> None:
    demo = {"CONTACT_GRAPH_DEMO": "on", "MONGODB_URI": "", "CONTACT_GRAPH_DATABASE": ""}
    claims = payload(commander.printed("token", **demo))
    assert (claims["sub"], claims["org"]) == ("harbour-amara", "harbour")
    claims = payload(commander.printed("token", "theo@corner.example.com", **demo))
    assert (claims["sub"], claims["org"]) == ("corner-theo", "corner")


def test_an_added_agent_works_over_http_at_once(commander: Commander, acme: str) -> None:
    server_settings = {each: value for each, value in commander.settings.items() if each != "CONTACT_GRAPH_PORT"}
    with running(**server_settings) as server:
        assert httpx.get(f"{server.url}/health").json() == {"status": "up"}
        commander.printed("add-agent", acme, "ada@example.com", "Ada", "--admin")
        token = commander.printed("token", "ada@example.com")
        viewer = ask(server.url, token, "{ viewer { name role organization { name plan } } }")["viewer"]
        assert viewer == {"name": "Ada", "role": "ADMIN", "organization": {"name": "Acme", "plan": "ENTERPRISE"}}
        # An organization that comes while the server runs, and a contact in it.
        late = commander.printed("add-organization", "Late", "--plan", "TEAM")
        commander.printed("add-agent", late, "kai@example.com", "Kai")
        kai = commander.printed("token", "kai@example.com")
        count = "{ viewer { organization { name } } contacts { totalCount } }"
        found = ask(server.url, kai, count)
        assert found == {"viewer": {"organization": {"name": "Late"}}, "contacts": {"totalCount": 0}}
        assert httpx.get(f"{server.url}/graphql", headers={"accept": "text/html"}).status_code == 406


def test_an_import_without_an_organization_is_refused(commander: Commander) -> None:
    assert refusal(commander, "import", LEGISLATORS) == "Say whose contacts they become: --organization ID"
    assert refusal(commander, "import", LEGISLATORS, "--organization", "x") == NO_ORGANIZATION
