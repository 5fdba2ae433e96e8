"""Which addresses a CRM may have: none of private networks, of this machine, or of nobody."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

import httpcore

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Returns the addresses of a host, in the order in which they are to be tried; raises OSError where it has none."""

# Told one by one, from the registries of IANA: what Python calls global depends on its release.
_CLOSED_IPV4 = tuple(
    ip_network(each)
    for each in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        # Where machines at Azure reach what manages them.
        "168.63.129.16/32",
    )
)
_OPEN_IPV6 = IPv6Network("2000::/3")
_CLOSED_IPV6 = tuple(IPv6Network(each) for each in ("2001::/23", "2001:db8::/32", "3fff::/20"))
_NAT64 = IPv6Network("64:ff9b::/96")


class AddressRefusedError(Exception):
    """A host has an address that may not be asked."""


def is_public(address: str) -> bool:
    """Tell whether the address is one of the public internet; what carries an IPv4 address is judged by that."""
    parsed = ip_address(address)
    if isinstance(parsed, IPv6Address):
        carried = _carried(parsed)
        if carried is None:
            return parsed in _OPEN_IPV6 and not any(parsed in each for each in _CLOSED_IPV6)
        parsed = carried
    return not any(parsed in each for each in _CLOSED_IPV4)


def _carried(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address to which the network, or this machine, would turn this one."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.sixtofour


async def addresses_of(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of the host."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class CheckedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to the addresses that it has checked, so that a name cannot mean another one by then."""

    def __init__(self, *, allow_private: bool, resolve: Resolve = addresses_of) -> None:
        self._allow_private, self._resolve = allow_private, resolve
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address of the host that answers.

        Raises:
            AddressRefusedError: one of them may not be asked.
            httpcore.ConnectError: there is none, or none answers.
        """
        addresses = await self._addresses(host, port, timeout)
        if not self._allow_private and not all(is_public(each) for each in addresses):
            raise AddressRefusedError
        # One that does not answer leaves time for the others.
        patience = None if timeout is None else timeout / max(len(addresses), 1)
        failure: Exception = httpcore.ConnectError()
        for each in addresses:
            try:
                return await self._network.connect_tcp(each, port, patience, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as problem:
                failure = problem
        raise failure

    async def _addresses(self, host: str, port: int, seconds: float | None) -> Sequence[str]:
        try:
            async with asyncio.timeout(seconds):
                found = await self._resolve(host, port)
        except TimeoutError as problem:
            raise httpcore.ConnectTimeout from problem
        except (OSError, ValueError) as problem:
            # A name with an empty or overlong label is no OSError to Python.
            raise httpcore.ConnectError from problem
        return list(dict.fromkeys(found))
