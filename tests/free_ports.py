"""Ports of 127.0.0.1 for servers that tests start."""

import random
import socket

# Below the ports that Linux and macOS give to outgoing connections. A client that keeps trying a
# stopped broker on one of those can be given that very port, connect to itself, and keep the broker
# from it.
_PORTS = range(20_000, 30_000)


def free_port() -> int:
    """Return a port that nothing listens on."""
    (port,) = free_ports(1)
    return port


def free_ports(count: int) -> list[int]:
    """Return ports that nothing listens on, each another."""
    free: list[int] = []
    for port in random.sample(_PORTS, len(_PORTS)):
        with socket.socket() as candidate:
            try:
                candidate.bind(("127.0.0.1", port))
            except OSError:
                continue
        free.append(port)
        if len(free) == count:
            return free
    raise OSError(f"no {count} ports are free")
