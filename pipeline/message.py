"""A message of a topic, and how a record becomes one: key, bytes and CloudEvents headers.

Headers follow CloudEvents 1.0 in Kafka's binary mode. `ce_id` is the same when the same input is
processed again by the same rules, so that a consumer can drop what it has seen; the extension
`ce_input` names the input, one message of `news.raw`, from which every later message comes, and
`ce_replayof` the input of which that one is a replay.

Beside them stands the receipt of the article's way so far, times in UTC:

    newswire_origin    news.raw/3/1234             where the input stands
    newswire_received  2026-11-22T18:00:00.1Z      its `received_at`
    newswire_clean     2026-11-22T18:00:00.2Z/...  when the stage took it, and released the record

and so on for `newswire_tag` and `newswire_relate`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, Self

from schemas import SCHEMA_VERSION, RawArticle, Record, stable_hash

STAGES = ("clean", "tag", "relate")
ORIGIN_HEADER = "newswire_origin"
RECEIVED_HEADER = "newswire_received"
REPLAY_HEADER = "ce_replayof"
_PASSED_ON = {REPLAY_HEADER, ORIGIN_HEADER, RECEIVED_HEADER, *(f"newswire_{s}" for s in STAGES)}

Headers = tuple[tuple[str, bytes | None], ...]

# Change it with every change of the stages that gives an input another outcome: reprocessed
# records then have new ids, and consumers take them for what they are.
RULES_VERSION = "1"

EVENT_SOURCE = "/newswire"


class Consumed(Protocol):
    """A message as Faust and kafka-python hand it over; its headers are pairs or a mapping."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Any


@dataclass(frozen=True, slots=True)
class Taken:
    """Which stage has a message in hand, and since when."""

    stage: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """The bytes of one message, its headers, and where it stands."""

    value: bytes
    key: bytes | None = None
    headers: Headers = ()
    topic: str | None = None
    partition: int | None = None
    offset: int | None = None
    taken: Taken | None = field(default=None, compare=False)

    @classmethod
    def of_consumed(cls, consumed: Consumed) -> Self:
        """Return the message that a client library has read from a topic."""
        headers = consumed.headers or ()
        pairs = headers.items() if isinstance(headers, Mapping) else headers
        return cls(
            value=consumed.value or b"",
            key=consumed.key,
            headers=tuple((name, value) for name, value in pairs),
            topic=consumed.topic,
            partition=consumed.partition,
            offset=consumed.offset,
        )

    @classmethod
    def of_record(cls, record: Record, source: Self, released_at: datetime | None = None) -> Self:
        """Return the message that publishes `record`, which was made from the message `source`.

        With `released_at`, its receipt says when the stage that had `source` in hand was done.
        """
        input_id = source.input_id
        attributes = _headers(
            record, stable_hash(input_id, type(record).__name__, RULES_VERSION), input_id
        )
        return cls(
            value=record.to_json(),
            key=_key(record) or source.key,
            headers=attributes + _receipt(record, source, released_at),
        )

    @classmethod
    def of_input(cls, article: RawArticle, event_id: str | None = None) -> Self:
        """Return the message that feeds `article` in.

        Fed twice, it has the same id, whenever it was received. A client that knows better what
        makes two articles the same input, as of a feed whose times change at each poll, gives the
        id itself.
        """
        if event_id is None:
            identity = article
            if article.received_at is not None:
                identity = article.model_copy(update={"received_at": None})
            event_id = stable_hash("input", identity.model_dump_json())
        return cls(
            value=article.to_json(),
            key=article.article_id.encode(),
            headers=_headers(article, event_id),
        )

    @classmethod
    def of_unreadable_input(cls, value: bytes) -> Self:
        """Return the message that feeds in bytes that should have been an article."""
        attributes = _attributes(RawArticle, stable_hash("input", value.hex()))
        attributes["content-type"] = "application/octet-stream"
        return cls(value=value, headers=_encoded(attributes))

    def header(self, name: str) -> str | None:
        """Return the last header of that name as text, None where there is none."""
        values = [value for key, value in self.headers if key == name and value is not None]
        return values[-1].decode("utf-8", "replace") if values else None

    @property
    def input_id(self) -> str:
        """The id of the input from which this message comes, or which it is."""
        return (
            self.header("ce_input")
            or self.header("ce_id")
            or f"{self.topic}/{self.partition}/{self.offset}"
        )


def timestamp(time: datetime) -> str:
    """Return a time as receipts have it: ISO 8601, to the microsecond, in UTC."""
    return time.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def read_timestamp(text: str | None) -> datetime | None:
    """Return the time that a receipt says; None where it says none, or is no receipt of ours."""
    try:
        time = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return time if time is None or time.tzinfo else time.replace(tzinfo=UTC)


def _receipt(record: Record, source: Message, released_at: datetime | None) -> Headers:
    # A receipt begins with the first stage: one that an input brings along is not of this way.
    is_input = source.taken is not None and source.taken.stage == STAGES[0]
    passed_on = {REPLAY_HEADER} if is_input else _PASSED_ON
    receipt = {name: value for name, value in source.headers if name in passed_on}
    if source.taken is not None:
        if ORIGIN_HEADER not in receipt:
            receipt[ORIGIN_HEADER] = f"{source.topic}/{source.partition}/{source.offset}".encode()
        received_at: datetime | None = getattr(record, "received_at", None)
        if received_at is not None and RECEIVED_HEADER not in receipt:
            receipt[RECEIVED_HEADER] = timestamp(received_at).encode()
        if released_at is not None:
            span = f"{timestamp(source.taken.at)}/{timestamp(released_at)}"
            receipt[f"newswire_{source.taken.stage}"] = span.encode()
    return tuple(receipt.items())


def _key(record: Record) -> bytes | None:
    article_id: str | None = getattr(record, "article_id", None)
    return article_id.encode() if article_id else None


def event_type(record: type[Record]) -> str:
    """Return the `ce_type` of a record's messages."""
    return f"newswire.{record.__name__.lower()}.v{SCHEMA_VERSION}"


def _headers(record: Record, event_id: str, input_id: str | None = None) -> Headers:
    subject: str | None = getattr(record, "article_id", None)
    return _encoded(
        _attributes(type(record), event_id) | {"ce_subject": subject, "ce_input": input_id}
    )


def _attributes(record: type[Record], event_id: str) -> dict[str, str | None]:
    return {
        "ce_specversion": "1.0",
        "ce_id": event_id,
        "ce_source": EVENT_SOURCE,
        "ce_type": event_type(record),
        "content-type": "application/json",
    }


def _encoded(attributes: dict[str, str | None]) -> Headers:
    return tuple((name, value.encode()) for name, value in attributes.items() if value)
