"""Reaching the broker: every kafka-python client is made here, and fails with one clear line."""

import socket
from collections.abc import Callable
from typing import Any, TypeVar

from kafka.errors import KafkaError

from pipeline.errors import UserError
from pipeline.settings import Settings

Client = TypeVar("Client")

_DEFAULT_PORT = 9092
_CONNECT_SECONDS = 5.0
_BOOTSTRAP_SECONDS = 15.0


def require_broker(settings: Settings) -> list[str]:
    """Return the brokers' addresses; raise `UserError` where none is set."""
    addresses = [address.strip() for address in (settings.broker or "").split(",")]
    if not any(addresses):
        raise UserError(
            "no broker is set: run `newswire up`, or set NEWSWIRE_BROKER to the host:port of Kafka"
        )
    return [address for address in addresses if address]


def connect(
    client: Callable[..., Client], settings: Settings, *names: str, **options: Any
) -> Client:
    """Return `client(*names, **options)` connected to the broker.

    Raises `UserError` where no broker answers. A first look at the ports spares the wait of a
    client, which leaves a thread behind when it gives up.
    """
    addresses = require_broker(settings)
    failure: Exception | None = None
    if not is_reachable(settings):
        failure = ConnectionError("nothing listens there")
    else:
        try:
            return client(
                *names,
                bootstrap_servers=addresses,
                bootstrap_timeout_ms=int(_BOOTSTRAP_SECONDS * 1000),
                **options,
            )
        except (KafkaError, OSError, ValueError) as error:
            failure = error
    raise UserError(
        f"no Kafka broker answers at {','.join(addresses)}: start it, or correct NEWSWIRE_BROKER"
    ) from failure


def is_reachable(settings: Settings) -> bool:
    """Say whether any of the brokers' ports can be connected to."""
    return any(_listens(address) for address in require_broker(settings))


def _listens(address: str) -> bool:
    host, _, port = address.rpartition(":") if ":" in address else (address, "", "")
    try:
        where = (host.strip("[]"), int(port or _DEFAULT_PORT))
        socket.create_connection(where, timeout=_CONNECT_SECONDS).close()
    except (OSError, ValueError, OverflowError):
        return False
    return True
