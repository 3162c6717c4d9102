import socket
from ipaddress import ip_address

import aiohttp
import pytest
from aiohttp.resolver import ThreadedResolver
from hypothesis import given
from hypothesis.strategies import ip_addresses
from web_server import WebServer

from pipeline.live_feeds.addresses import AddressGuard, AddressRefused, is_public, parse_networks


@pytest.mark.parametrize(
    "address",
    ["93.184.215.14", "8.8.8.8", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::808:808"],
)
def test_a_host_of_the_internet_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1",
        "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1",
        "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd12::1",
        "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::",
        "2002:a00:1::1", "64:ff9b::7f00:1", "64:ff9b:1::1", "2001:0:7f00:1::",
    ],
)  # fmt: skip
def test_no_other_address_is(address: str) -> None:
    assert not is_public(ip_address(address))


@given(ip_addresses(v=4))
def test_an_address_in_disguise_is_judged_as_what_it_is(address: object) -> None:
    assert is_public(ip_address(f"::ffff:{address}")) == is_public(ip_address(str(address)))


def test_a_network_that_is_allowed_is_allowed_and_its_neighbour_is_not() -> None:
    guard = AddressGuard(parse_networks("127.0.0.1, 10.1.0.0/16"))
    assert [guard.is_allowed(text) for text in ("127.0.0.1", "::ffff:127.0.0.1", "10.1.9.9")] == [
        True, True, True,
    ]  # fmt: skip
    assert [guard.is_allowed(text) for text in ("127.0.0.2", "10.2.0.1", "::1")] == [
        False, False, False,
    ]  # fmt: skip


def test_the_refusal_names_the_address_and_the_remedy() -> None:
    with pytest.raises(AddressRefused, match=r"^10\.0\.0\.1 is not a public address; .*NETWORKS$"):
        AddressGuard().require("10.0.0.1")


async def _connect(url: str) -> None:
    connector = aiohttp.TCPConnector(
        resolver=ThreadedResolver(), socket_factory=AddressGuard().create_socket
    )
    async with aiohttp.ClientSession(connector=connector) as session, session.get(url):
        pass


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_resolver_that_lies_gets_no_connection_either(host: str) -> None:
    """As with DNS rebinding: what counts is the address that is connected to."""
    import asyncio

    with WebServer() as web:
        web.serve("/", b"secret")
        with pytest.raises(aiohttp.ClientConnectorError) as error:
            asyncio.run(_connect(f"http://{host}:{web.port}/"))
        assert "is not a public address" in str(error.value.os_error)
        assert not web.requests


def test_the_socket_is_of_the_kind_that_was_asked_for() -> None:
    guard = AddressGuard(parse_networks("127.0.0.1"))
    with guard.create_socket(
        (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", 80))
    ) as made:
        assert (made.family, made.type) == (socket.AF_INET, socket.SOCK_STREAM)
