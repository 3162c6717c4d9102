"""Every setting, once. Each is an environment variable, `NEWSWIRE_<NAME>`."""

import os
import re
import tempfile
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipeline.errors import UserError

PREFIX = "NEWSWIRE_"


def working_directory() -> Path:
    """Return the folder in which this user's workers keep what ends with them."""
    return Path(tempfile.gettempdir()) / f"newswire-{os.getuid()}"


def _networks(text: str) -> str:
    try:
        for part in text.split(","):
            ip_network(part.strip())
    except ValueError as error:
        raise ValueError(f"{error}; give networks such as 10.0.0.0/8, 127.0.0.1") from error
    return text


def _part_of_topic_names(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,200}", text):
        raise ValueError("give at most 200 letters, digits, dots, hyphens and underscores of ASCII")
    return text


class Settings(BaseSettings):
    """The settings of every process; times in seconds, sizes in bytes."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="forbid"
    )

    broker: str | None = Field(
        None, description="`host:port` of the Kafka brokers, separated by commas"
    )
    sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None = Field(
        None, description="how the brokers know us; none: they do not ask"
    )
    sasl_username: str | None = Field(None, description="our name there")
    sasl_password: SecretStr | None = Field(None, description="its password")
    sasl_password_file: str | None = Field(None, description="file that holds the password")
    tls: bool = Field(False, description="talk to the brokers over TLS")
    tls_ca_file: str | None = Field(
        None, description="PEM file of who signs their certificates, if not a public authority"
    )
    tls_certificate_file: str | None = Field(None, description="PEM file of our own certificate")
    tls_key_file: str | None = Field(None, description="PEM file of its key, without a passphrase")
    consumer_group: Annotated[str, AfterValidator(_part_of_topic_names)] = Field(
        "newswire", description="of the workers; prefix of their tables"
    )
    partitions: int = Field(4, ge=1, le=1000, description="of news.raw and news.clean")
    replication_factor: int = Field(1, ge=1, le=10, description="of every topic")
    tagger: str = Field(
        "newswire",
        description="models that find names, by commas: `newswire` (English), spaCy pipelines; "
        "a language's first counts",
    )
    window_days: float = Field(7.0, gt=0, le=3650, description="how long an article is remembered")
    session_timeout: float = Field(
        10.0,
        ge=1,
        le=1800,
        description="after this time without a heartbeat a worker is taken for dead",
    )
    producer_batch_size: int = Field(16384, ge=1, le=2**24, description="of a worker's producer")
    data_directory: Path = Field(
        default_factory=working_directory, description="where a worker keeps what ends with it"
    )
    web_host: str = Field("127.0.0.1", description="address of a worker's health page")
    web_port: int = Field(6066, ge=0, le=65535, description="its port; 0 means any free one")
    stall_timeout: float = Field(
        120.0,
        ge=5,
        le=3600,
        description="a worker that does not move so long, though work waits, is started anew",
    )
    contact: str | None = Field(
        None,
        max_length=200,
        pattern=r"^[\x21-\x27\x2a-\x7e]+$",
        description="address or page of who fetches, for the user agent",
    )
    allowed_networks: Annotated[str, AfterValidator(_networks)] | None = Field(
        None, description="networks that are not public and may be fetched from, with commas"
    )
    fetch_timeout: float = Field(30.0, ge=1, le=600, description="for one whole answer")
    fetch_max_bytes: int = Field(
        8 * 1024**2, ge=1024, le=2**28, description="of one answer, uncompressed"
    )
    fetches_per_host: int = Field(2, ge=1, le=100, description="at once")
    serve_host: str = Field("127.0.0.1", description="address of `newswire serve`")
    serve_port: int = Field(8000, ge=1, le=65535, description="its port")
    push_token: SecretStr | None = Field(
        None, min_length=16, description="who pushes articles must know it; at least 16 characters"
    )
    push_token_file: str | None = Field(None, description="file that holds the token")
    push_max_bytes: int = Field(16 * 1024**2, ge=1024, le=2**28, description="of one push")
    push_rate: float = Field(500.0, gt=0, le=1e6, description="articles a second that are taken")
    webhook_secret: SecretStr | None = Field(
        None,
        min_length=16,
        description="signs what `subscribe --post` sends; at least 16 characters",
    )
    webhook_secret_file: str | None = Field(None, description="file that holds the secret")
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], BeforeValidator(str.lower)
    ] = "info"

    def on_embedded_broker(self, address: str) -> "Settings":
        """Return these settings for the embedded broker at `address`.

        Tansu takes half a session to let a worker join, and names the end of a partition by its
        last batch, so that tables are restored whole only where each record is a batch of its own.
        One worker on one machine gains nothing by several partitions, and keeps the order with one.
        """
        return self.model_copy(
            update={
                "broker": address,
                "partitions": 1,
                "session_timeout": 3.0,
                "producer_batch_size": 1,
            }
        )

    def secret(self, name: str) -> SecretStr | None:
        """Return the secret of that name, from the file where one is named; None where none is set.

        What ends the file's line is no part of it. Raises `UserError` where both are set, and for a
        file that cannot be read or holds no good secret.
        """
        given: SecretStr | None = getattr(self, name)
        path: str | None = getattr(self, f"{name}_file")
        if path is None:
            return given
        variable = f"{PREFIX}{name.upper()}"
        place = f"{variable}_FILE={path}"
        if given is not None:
            raise UserError(f"{place}: {variable} is set too: unset one of them")
        try:
            secret = Path(path).read_text("utf-8").rstrip("\r\n")
        except OSError as error:
            raise UserError(f"{place}: {(error.strerror or str(error)).lower()}") from error
        except UnicodeDecodeError:
            raise UserError(f"{place}: not UTF-8 text") from None
        bounds = type(self).model_fields[name].metadata
        shortest = max((getattr(bound, "min_length", 1) for bound in bounds), default=1)
        if len(secret) < shortest:
            raise UserError(f"{place}: holds less than {shortest} characters")
        return SecretStr(secret)

    def environment(self) -> dict[str, str]:
        """Return the environment variables from which another process reads these settings.

        Secrets are not among them: a process that needs one inherits it.
        """
        return {
            f"{PREFIX}{name.upper()}": str(value)
            for name, value in self
            if value is not None and not isinstance(value, SecretStr)
        }


def load_settings() -> Settings:
    """Read the settings from the environment.

    Raises `UserError`, naming the variable, for a value that is not right or a name unknown.
    """
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    if unknown:
        near = get_close_matches(unknown[0], known, 3, cutoff=0.8) or sorted(known)
        raise UserError(f"{unknown[0]} is no setting; there are {', '.join(near)}")
    try:
        return Settings()
    except ValidationError as error:
        fault = error.errors()[0]
        field = str(fault["loc"][0])
        name = f"{PREFIX}{field.upper()}"
        is_secret = SecretStr in get_args(Settings.model_fields[field].annotation)
        shown = name if is_secret else f"{name}={fault['input']}"
        wanted = _wanted(field) or fault["msg"].removeprefix("Value error, ")
        raise UserError(f"{shown}: {wanted}") from (None if is_secret else error)


def _wanted(field: str) -> str | None:
    """Return what a setting takes, in a few words; None where its own validation says it."""
    schema = Settings.model_json_schema()["properties"][field]
    match schema.get("anyOf", [schema])[0]:
        case {"enum": values}:
            return f"give {', '.join(values[:-1])} or {values[-1]}"
        case {"type": "boolean"}:
            return "give true or false"
        case {"type": "integer", "minimum": least, "maximum": most}:
            return f"give a whole number from {least:,} to {most:,}"
        case {"minimum": least, "maximum": most}:
            return f"give a number from {least:,g} to {most:,g}"
        case {"exclusiveMinimum": least, "maximum": most}:
            return f"give a number above {least:,g}, {most:,.0f} at most"
        case {"pattern": _, "maxLength": longest}:
            return f"give at most {longest} visible ASCII characters, none of them a parenthesis"
        case {"minLength": shortest}:
            return f"give at least {shortest} characters"
    return None
