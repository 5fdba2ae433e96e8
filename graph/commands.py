"""What the commands do, once their arguments are understood."""

import argparse

from phonenumbers import SUPPORTED_REGIONS

from domain.agents import Agent, Organization, Plan
from domain.ids import new_id
from domain.outcomes import Invalid
from domain.text import clean
from domain.value_rules import email_value, language_value
from graph.app import database_of
from graph.command_error import CommandError
from graph.demo import token_for
from graph.settings import Demo, Settings
from resolvers.demo_organizations import ENTERPRISE, common_definitions, demo_agent


async def token(settings: Settings, email: str | None, organization_id: str | None) -> str:
    """Return a token for the agent of that address; raises CommandError."""
    if settings.jwks_url is not None:
        raise CommandError("Tokens are issued by the provider of CONTACT_GRAPH_JWKS_URL, not here.")
    if settings.demo is not Demo.OFF:
        wanted = email or ENTERPRISE.agents[0].email
        if (known := demo_agent(wanted)) is not None:
            # Without the database, which belongs to the server while that runs.
            return token_for(known, settings)
    if email is None:
        raise CommandError("Name the agent: contact-graph token AGENT-EMAIL")
    address = _address(email)
    async with database_of(settings, may_share=True) as database:
        found = await database.organizations.agents_by_email(address)
    agents = [each for each in found if organization_id in {None, each.organization_id}]
    if not agents:
        raise CommandError(f"No agent has the address {address}: add one with contact-graph add-agent.")
    if len(agents) > 1:
        ids = ", ".join(each.organization_id for each in agents)
        raise CommandError(f"Several organizations have an agent of that address; say which with --organization: {ids}")
    return token_for(agents[0], settings)


async def add_organization(settings: Settings, name: str, plan: Plan, language: str, region: str) -> str:
    """Create an organization with the common attributes; returns its id. Raises CommandError."""
    if region.upper() not in SUPPORTED_REGIONS:
        raise CommandError(f"--region: expected the two letters of a country, such as US, found «{region}».")
    tag = language_value(language)
    if isinstance(tag, Invalid):
        raise CommandError(f"--language: {tag.message}")
    organization = Organization(new_id(), _name(name), plan, tag.language, region.upper())
    async with database_of(settings, may_share=True) as database:
        await database.organizations.put(organization, (), common_definitions(organization.id))
    return organization.id


async def add_agent(settings: Settings, given: argparse.Namespace) -> str:
    """Add an agent to an organization; returns their id. Raises CommandError."""
    address, name = _address(given.email), _name(given.name)
    async with database_of(settings, may_share=True) as database:
        directory = await database.directory(given.organization)
        if directory is None:
            raise CommandError("There is no such organization: create one with contact-graph add-organization.")
        if any(each.email == address for each in directory.agents.values()):
            raise CommandError(f"{directory.organization.name} has an agent of that address already.")
        agent_id = given.id or new_id()
        if agent_id in directory.agents:
            raise CommandError(f"{directory.organization.name} has an agent of that id already.")
        agent = Agent(agent_id, given.organization, name, address, given.role, True, None, None)
        await database.organizations.put(directory.organization, (agent,), ())
    return agent_id


def _name(given: str) -> str:
    name = clean(given, longest=200)
    if isinstance(name, Invalid):
        raise CommandError(f"The name: {name.message}")
    return name


def _address(given: str) -> str:
    address = email_value(given)
    if isinstance(address, Invalid):
        raise CommandError(f"The address: {address.message}")
    return address.email
