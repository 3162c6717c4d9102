"""What every record has in common: immutability, times in UTC, bytes in base64, hashed ids."""

import hashlib
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    WithJsonSchema,
)

SCHEMA_VERSION = "1"


def _to_utc(time: datetime) -> datetime:
    """Return `time` in UTC; a time without a zone is taken to be in UTC already."""
    if time.tzinfo is None:
        return time.replace(tzinfo=UTC)
    try:
        return time.astimezone(UTC)
    except OverflowError as error:  # pydantic reports a ValueError as a bad value, not this one
        raise ValueError("time is outside the years 1 to 9999 in UTC") from error


def _from_base64(value: Any) -> Any:
    return b64decode(value, validate=True) if isinstance(value, str) else value


UtcTime = Annotated[datetime, AfterValidator(_to_utc)]

# pydantic's own base64 mode uses the URL-safe alphabet, which most decoders refuse.
Base64 = Annotated[
    bytes,
    BeforeValidator(_from_base64),
    PlainSerializer(lambda value: b64encode(value).decode(), when_used="json"),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]


class Record(BaseModel):
    """A frozen value that may cross a topic; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def to_json(self) -> bytes:
        """Return the record as the UTF-8 JSON that is published."""
        return self.model_dump_json().encode()


def stable_hash(*parts: str) -> str:
    """Return 32 hexadecimal digits (128 bits of SHA-256) that depend on `parts` and nothing else.

    Parts are separated by a byte that UTF-8 never contains, so ("ab", "c") and ("a", "bc") differ.
    """
    joined = b"\xff".join(part.encode("utf-8", "surrogatepass") for part in parts)
    return hashlib.sha256(joined).hexdigest()[:32]
