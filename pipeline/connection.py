"""Reaching the broker: every kafka-python client is made here, and fails with one clear line."""

import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from kafka.errors import KafkaError

from pipeline.errors import UserError
from pipeline.settings import Settings

Client = TypeVar("Client")

_DEFAULT_PORT = 9092
_CONNECT_SECONDS = 5.0
_BOOTSTRAP_SECONDS = 15.0


class _Secret(str):
    """A string that no log shows: Kafka's libraries log all of their configuration."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'**********'"


@dataclass(frozen=True, slots=True)
class BrokerSecurity:
    """How the brokers are talked to; the worker and the clients take it from here."""

    mechanism: str | None = None
    username: str | None = None
    password: str | None = None
    context: ssl.SSLContext | None = None

    @property
    def protocol(self) -> str:
        """What Kafka calls it."""
        transport = "SSL" if self.context else "PLAINTEXT"
        return f"SASL_{transport}" if self.mechanism else transport

    def client_options(self) -> dict[str, Any]:
        """Return the options of a kafka-python client."""
        options: dict[str, Any] = {"security_protocol": self.protocol, "ssl_context": self.context}
        if self.mechanism is not None:
            options |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        return options


def broker_security(settings: Settings) -> BrokerSecurity:
    """Return how the settings want the brokers talked to.

    Raises `UserError` where they contradict themselves, or a file is not what it should be.
    """
    context = _tls_context(settings)
    if settings.sasl_mechanism is None:
        for name in ("sasl_username", "sasl_password", "sasl_password_file"):
            if getattr(settings, name) is not None:
                raise UserError(
                    f"NEWSWIRE_{name.upper()} is set without NEWSWIRE_SASL_MECHANISM: "
                    "set that to PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"
                )
        return BrokerSecurity(context=context)
    if settings.sasl_username is None:
        raise UserError(
            f"NEWSWIRE_SASL_MECHANISM={settings.sasl_mechanism} needs NEWSWIRE_SASL_USERNAME"
        )
    return BrokerSecurity(
        settings.sasl_mechanism, settings.sasl_username, _Secret(_password(settings)), context
    )


def _password(settings: Settings) -> str:
    password = settings.secret("sasl_password")
    if password is None:
        raise UserError(
            f"NEWSWIRE_SASL_MECHANISM={settings.sasl_mechanism} needs NEWSWIRE_SASL_PASSWORD, or "
            "NEWSWIRE_SASL_PASSWORD_FILE with the file that holds it"
        )
    return password.get_secret_value()


def _tls_context(settings: Settings) -> ssl.SSLContext | None:
    files = ("tls_ca_file", "tls_certificate_file", "tls_key_file")
    if not settings.tls:
        for name in files:
            if getattr(settings, name) is not None:
                raise UserError(f"NEWSWIRE_{name.upper()} is set without NEWSWIRE_TLS=true")
        return None
    if (settings.tls_certificate_file is None) != (settings.tls_key_file is None):
        raise UserError(
            "NEWSWIRE_TLS_CERTIFICATE_FILE and NEWSWIRE_TLS_KEY_FILE go together: set both or none"
        )
    name, path = "tls_ca_file", settings.tls_ca_file or ""
    try:
        context = ssl.create_default_context(cafile=settings.tls_ca_file)
        name, path = "tls_certificate_file", settings.tls_certificate_file or ""
        if settings.tls_certificate_file is not None:
            # An empty passphrase: asked for one, the library would ask the terminal.
            context.load_cert_chain(path, settings.tls_key_file, password="")
    except ssl.SSLError as error:
        raise UserError(
            f"NEWSWIRE_{name.upper()}={path}: not as a PEM file should be ({error.reason})"
        ) from error
    except OSError as error:
        raise _unreadable(name, path, error) from error
    return context


def _unreadable(name: str, path: str, error: OSError) -> UserError:
    reason = (error.strerror or str(error)).lower()
    return UserError(f"NEWSWIRE_{name.upper()}={path}: {reason}")


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

    Raises `UserError` where no broker answers, or does not let us in. A first look at the ports
    spares the wait of a client, which leaves a thread behind when it gives up.
    """
    addresses = require_broker(settings)
    security = broker_security(settings)
    where = ",".join(addresses)
    if not is_reachable(settings):
        raise UserError(
            f"no Kafka broker answers at {where}: start it, or correct NEWSWIRE_BROKER"
        ) from ConnectionError("nothing listens there")
    try:
        with _quiet():
            return client(
                *names,
                bootstrap_servers=addresses,
                bootstrap_timeout_ms=int(_BOOTSTRAP_SECONDS * 1000),
                **security.client_options(),
                **options,
            )
    except (KafkaError, OSError, ValueError) as error:
        # A broker that refuses a password hangs up, and the library does not say why.
        credentials = " and the credentials" if security.mechanism else ""
        raise UserError(
            f"what listens at {where} does not answer as Kafka does over {security.protocol}: "
            f"correct NEWSWIRE_BROKER, NEWSWIRE_TLS, NEWSWIRE_SASL_MECHANISM{credentials}"
        ) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the library from telling of each attempt to connect."""
    library = logging.getLogger("kafka")
    level = library.level
    library.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        library.setLevel(level)


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
