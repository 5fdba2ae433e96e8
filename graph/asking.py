"""Who asks: from a request's headers to the context that its operation runs in."""

from collections.abc import Awaitable, Callable, Mapping

from domain.agents import Agent, Directory
from graph.authentication import Claims, TokenVerifier, Unauthenticated, bearer_token

LONGEST_LANGUAGES = 10
"""Tags of an Accept-Language that are looked at; browsers send a handful."""

UNKNOWN = Unauthenticated("The token names nobody here: ask an admin of the organization to add you as an agent.")
INACTIVE = Unauthenticated("Your account is not active: ask an admin of the organization.")


async def asking_agent(
    headers: Mapping[str, str],
    verifier: TokenVerifier,
    find_directory: Callable[[str], Awaitable[Directory | None]],
) -> tuple[Agent, Directory] | Unauthenticated:
    """Return the agent who asks and their organization's directory, or why nobody is known to ask."""
    claims = await claims_from(headers, verifier)
    return claims if isinstance(claims, Unauthenticated) else await agent_of(claims, find_directory)


async def claims_from(headers: Mapping[str, str], verifier: TokenVerifier) -> Claims | Unauthenticated:
    """Return what the token in the headers says; their names are in lower case."""
    token = bearer_token(headers)
    return token if isinstance(token, Unauthenticated) else await verifier.verify(token)


async def agent_of(
    claims: Claims, find_directory: Callable[[str], Awaitable[Directory | None]]
) -> tuple[Agent, Directory] | Unauthenticated:
    """Return whom the claims name, and their organization's directory, where they may ask now.

    What the agent may do comes from the directory, never from the token.
    """
    directory = await find_directory(claims.organization_id)
    agent = None if directory is None else directory.agents.get(claims.agent_id)
    if directory is None or agent is None:
        return UNKNOWN
    return (agent, directory) if agent.is_active else INACTIVE


def accepted_languages(header: str | None) -> tuple[str, ...]:
    """Return the tags of an Accept-Language header, the most wanted first; what cannot be read is passed over."""
    wanted: list[tuple[float, str]] = []
    for part in (header or "").split(",")[:LONGEST_LANGUAGES]:
        tag, _, parameter = part.partition(";")
        quality = _quality(parameter)
        if tag.strip() not in {"", "*"} and quality > 0:
            wanted.append((quality, tag.strip()))
    return tuple(tag for _, tag in sorted(wanted, key=lambda each: -each[0]))


def _quality(parameter: str) -> float:
    name, _, number = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(number)
    except ValueError:
        return 0.0
