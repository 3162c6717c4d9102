"""Feeding: articles from files into `news.raw`, on kafka-python."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from kafka import KafkaProducer
from kafka.errors import KafkaError

from pipeline.connection import connect
from pipeline.errors import UserError
from pipeline.message import Message
from pipeline.settings import Settings
from pipeline.sources import Reader
from pipeline.topics import MAX_INPUT_BYTES, TOPIC_OF, require_topics
from schemas import RawArticle

# So many messages wait for the broker at most; then the feeder waits for it.
_MOST_WAITING = 5_000
# How long a broker that is away is waited for.
_DELIVERY_SECONDS = 30.0

_NEWS_RAW = TOPIC_OF[RawArticle].name


class Refused(Exception):
    """An article that cannot be sent; the message says why."""


def input_message(item: RawArticle | bytes, received_at: datetime | None = None) -> Message:
    """Return what is fed in for an article, or for bytes that should have been one.

    The message's id is derived from the article, so that feeding it again is feeding the same.
    """
    if isinstance(item, bytes):
        return Message.of_unreadable_input(item)
    if item.received_at is None and received_at is not None:
        item = item.model_copy(update={"received_at": received_at})
    return Message.of_input(item)


class Feeder:
    """Sends articles to `news.raw` and knows when the broker has them."""

    def __init__(self, settings: Settings, on_delivered: Callable[[], None] = lambda: None) -> None:
        """Connect; `on_delivered` is told of each article that the broker has.

        Raises `UserError` where no broker answers or `news.raw` is not there.
        """
        require_topics(settings, [TOPIC_OF[RawArticle]])
        self._broker = settings.broker
        self._producer = connect(
            KafkaProducer,
            settings,
            acks="all",
            linger_ms=5,
            delivery_timeout_ms=int(_DELIVERY_SECONDS * 1000),
            request_timeout_ms=int(_DELIVERY_SECONDS * 1000 / 2),
            max_block_ms=int(_DELIVERY_SECONDS * 1000),
            # The client must refuse first: a record that the broker refuses for its size ends the
            # producer for good.
            max_request_size=MAX_INPUT_BYTES + 32 * 1024,
        )
        self._on_delivered = on_delivered
        self._waiting: deque[Any] = deque()

    def send(self, item: RawArticle | bytes) -> Message:
        """Send an article, and wait only where too many wait already.

        Raises `Refused` for what is larger than `MAX_INPUT_BYTES`, `UserError` where the broker
        went away.
        """
        message = input_message(item, datetime.now(UTC))
        if len(message.value) > MAX_INPUT_BYTES:
            raise Refused(f"{len(message.value)} bytes; {MAX_INPUT_BYTES} are allowed")
        try:
            future = self._producer.send(
                _NEWS_RAW, key=message.key, value=message.value, headers=list(message.headers)
            )
        except KafkaError as error:
            raise self._gone(error) from error
        self._waiting.append(future)
        if len(self._waiting) >= _MOST_WAITING:
            self._await_oldest()
        return replace(message, topic=_NEWS_RAW)

    def flush(self) -> None:
        """Wait until the broker has everything; raise `UserError` where it went away."""
        while self._waiting:
            self._await_oldest()

    def _await_oldest(self) -> None:
        try:
            self._waiting.popleft().get(timeout=_DELIVERY_SECONDS)
        except KafkaError as error:
            raise self._gone(error) from error
        self._on_delivered()

    def _gone(self, error: KafkaError) -> UserError:
        waiting = len(self._waiting) + 1
        return UserError(
            f"the broker at {self._broker} went away, {waiting} articles may be undelivered: "
            f"feed the same again when it is back ({type(error).__name__})"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self.flush()
        finally:
            self._producer.close(timeout=2 if kind else None)


def read_file(path: str, reader: Reader, source: str | None) -> Iterator[RawArticle | bytes]:
    """Yield what is in the file; raise `UserError` where it cannot be opened."""
    try:
        with open(path, "rb") as file:
            yield from reader(file, source)
    except OSError as error:
        raise UserError(f"{path}: {(error.strerror or str(error)).lower()}") from error


def messages(items: Iterable[RawArticle | bytes]) -> Iterator[Message]:
    """Yield what would be fed in for `items`; their times are left as they are."""
    return (input_message(item) for item in items)
