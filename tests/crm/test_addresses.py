from __future__ import annotations

import socket
from collections.abc import Sequence

import httpcore
import pytest

from crm.addresses import AddressRefusedError, CheckedNetwork, is_public
from tests.crm.serving import running_raw


@pytest.mark.parametrize(
    "address",
    [
        *("8.8.8.8", "1.1.1.1", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255"),
        *("11.0.0.0", "126.255.255.255", "128.0.0.0", "169.253.255.255", "198.17.255.255", "223.255.255.255"),
        *("2606:4700::1", "2a00:1450::1", "2001:200::1", "64:ff9b::808:808", "::ffff:8.8.8.8", "2002:808:808::1"),
    ],
)
def test_an_address_of_the_internet_may_be_asked(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254"),
        *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1"),
        *("192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1"),
        *("240.0.0.1", "255.255.255.255", "168.63.129.16"),
        *("::", "::1", "::7f00:1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1"),
        *("2001::1", "2001:20::1", "2001:db8::1", "3fff::1", "100::1", "64:ff9b:1::1", "5f00::1", "4000::1"),
        # IPv4 within IPv6: mapped, NAT64, 6to4.
        *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"),
        *("2002:7f00:1::", "2002:c0a8:1::1", "2002:a9fe:a9fe::"),
    ],
)
def test_no_other_may(address: str) -> None:
    assert not is_public(address)


class Names:
    """Answers with the addresses, and counts how often it was asked."""

    def __init__(self, *addresses: str) -> None:
        self.addresses, self.asked = addresses, list[tuple[str, int]]()

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append((host, port))
        return self.addresses


async def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    names = Names("8.8.8.8", "127.0.0.1")
    async with running_raw(b"") as raw:
        with pytest.raises(AddressRefusedError):
            await CheckedNetwork(allow_private=False, resolve=names).connect_tcp("crm.test", raw.port, timeout=2.0)
    assert raw.requests == []


async def test_what_is_connected_to_is_what_was_checked() -> None:
    # Nobody else knows the name, so that there is no other way to its address.
    names = Names("127.0.0.1")
    async with running_raw(b"") as raw:
        stream = await CheckedNetwork(allow_private=True, resolve=names).connect_tcp("crm.test", raw.port, timeout=2.0)
        assert stream.get_extra_info("server_addr") == ("127.0.0.1", raw.port)
        await stream.aclose()
        assert names.asked == [("crm.test", raw.port)]


async def test_the_next_address_is_tried_where_one_does_not_answer() -> None:
    names = Names("127.0.0.2", "127.0.0.2", "127.0.0.1")
    async with running_raw(b"") as raw:
        stream = await CheckedNetwork(allow_private=True, resolve=names).connect_tcp("crm.test", raw.port)
        assert stream.get_extra_info("server_addr") == ("127.0.0.1", raw.port)
        await stream.aclose()


async def test_the_last_failure_is_told_where_none_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    names = Names("127.0.0.2", "127.0.0.1")
    with pytest.raises(httpcore.ConnectError):
        await CheckedNetwork(allow_private=True, resolve=names).connect_tcp("crm.test", port, timeout=2.0)


async def test_a_name_without_addresses_is_unknown() -> None:
    with pytest.raises(httpcore.ConnectError):
        await CheckedNetwork(allow_private=True, resolve=Names()).connect_tcp("crm.test", 1, timeout=2.0)
