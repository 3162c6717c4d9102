"""Which addresses of the network may be connected to: public ones, and those that are allowed.

A feed's address, and wherever it redirects to, comes from outside; without this check it could make
us read what only this machine or its network may (server-side request forgery).
"""

import socket
from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
AddressInfo = tuple[int, int, int, str, tuple[object, ...]]

_GLOBAL_UNICAST = IPv6Network("2000::/3")
# RFC 6052: the IPv4 address is the last 32 bits.
_NAT64 = IPv6Network("64:ff9b::/96")


class AddressRefused(OSError):
    """The address may not be connected to; the message names it and the remedy."""


def is_public(address: Address) -> bool:
    """Tell whether an address belongs to a single host of the public internet.

    Addresses that carry another one (IPv4-mapped, 6to4, Teredo, NAT64) are public where that is.
    """
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and not address.is_reserved
    carried = _carried(address)
    if carried:
        return all(is_public(one) for one in carried)
    return address in _GLOBAL_UNICAST and address.is_global and not address.is_multicast


def _carried(address: IPv6Address) -> tuple[IPv4Address, ...]:
    if address.ipv4_mapped:
        return (address.ipv4_mapped,)
    if address.sixtofour:
        return (address.sixtofour,)
    if address.teredo:
        return address.teredo
    if address in _NAT64:
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    return ()


class AddressGuard:
    """Says no to every address that is neither public nor in one of the allowed networks."""

    def __init__(self, allowed: Iterable[Network] = ()) -> None:
        self._allowed = tuple(allowed)

    def is_allowed(self, text: str) -> bool:
        """Tell whether the numeric address may be connected to."""
        address = ip_address(text)
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped  # the same host
        return is_public(address) or any(address in network for network in self._allowed)

    def require(self, text: str) -> None:
        """Raise `AddressRefused` where the numeric address may not be connected to."""
        if not self.is_allowed(text):
            raise AddressRefused(
                f"{text} is not a public address; if it is meant, "
                "put its network into NEWSWIRE_ALLOWED_NETWORKS"
            )

    def create_socket(self, info: AddressInfo) -> socket.socket:
        """Return a socket for the very address that is connected to next.

        Here nothing lies between the check and the connection: whatever a name resolved to before,
        or would resolve to now, and however the address was written, this one is used.
        """
        family, kind, protocol, _, address = info
        self.require(str(address[0]))
        return socket.socket(family, kind, protocol)


class GuardedResolver(AbstractResolver):
    """The system's resolver, less the addresses that may not be connected to."""

    def __init__(self, guard: AddressGuard) -> None:
        self._guard = guard
        self._resolver = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the allowed addresses of `host`; raise `AddressRefused` where it has others only.

        Raises `OSError` where it has none.
        """
        found = await self._resolver.resolve(host, port, family)
        allowed = [result for result in found if self._guard.is_allowed(result["host"])]
        if found and not allowed:
            self._guard.require(found[0]["host"])
        return allowed

    async def close(self) -> None:
        """Release the resolver."""
        await self._resolver.close()


def parse_networks(text: str) -> tuple[Network, ...]:
    """Return the networks of a list such as `10.0.0.0/8, 127.0.0.1`; raise `ValueError`."""
    return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
