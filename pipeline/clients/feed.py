"""Feeding: articles from files into `news.raw`, on kafka-python."""

import gzip
import sys
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, BinaryIO, Self

from kafka import KafkaProducer
from kafka.errors import (
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
)

from pipeline.connection import connect
from pipeline.errors import UserError
from pipeline.message import Message
from pipeline.settings import Settings
from pipeline.sources import Reader
from pipeline.sources.unreadable import NoArticle, Problem, Unreadable
from pipeline.topics import MAX_INPUT_BYTES, TOPIC_OF, require_topics
from schemas import RawArticle

# So much waits for the broker at most; then the feeder waits for it.
_MOST_WAITING = 10_000
_MOST_BYTES_WAITING = 64 * 1024**2
# How long a broker that is away is waited for.
_PATIENCE_SECONDS = 30.0
# A request without an answer is sent anew after so long; a broker that is back is found so soon.
_REQUEST_SECONDS = 15.0
_RECONNECT_SECONDS = 2.0
# After so long the one who waits is told so, and then more seldom.
_NOTICE_SECONDS = 5.0
_BATCH_BYTES = 256 * 1024
_READ_BYTES = 1024**2
# How often it is asked where in a file we are: to ask costs as much as to read an article.
_TELL_SECONDS = 0.1

_NEWS_RAW = TOPIC_OF[RawArticle].name

STANDARD_INPUT = "-"


class Refused(Exception):
    """An article that cannot be sent; the message says why."""


class NotOpened(UserError):
    """A file that cannot be opened; the message says which and why."""


def input_message(item: RawArticle | bytes, received_at: datetime | None = None) -> Message:
    """Return what is fed in for an article, or for bytes that should have been one.

    The message's id is derived from the article, so that feeding it again is feeding the same.
    """
    if isinstance(item, bytes):
        return Message.of_unreadable_input(item)
    if item.received_at is None and received_at is not None:
        item = item.model_copy(update={"received_at": received_at})
    return Message.of_input(item)


def connect_producer(settings: Settings, patience: float) -> Any:
    """Return a producer for `news.raw` that gives an article up after `patience` seconds.

    Raises `UserError` where no broker answers.
    """
    return connect(
        KafkaProducer,
        settings,
        acks="all",
        linger_ms=5,
        batch_size=_BATCH_BYTES,
        # One request at a time keeps the order where the broker knows no idempotent producer.
        max_in_flight_requests_per_connection=1,
        delivery_timeout_ms=int(patience * 1000),
        request_timeout_ms=int(min(_REQUEST_SECONDS, patience / 2) * 1000),
        max_block_ms=int(patience * 1000),
        reconnect_backoff_max_ms=int(_RECONNECT_SECONDS * 1000),
        # The client must refuse first: a record that the broker refuses for its size ends the
        # producer for good.
        max_request_size=MAX_INPUT_BYTES + 32 * 1024,
    )


class Feeder:
    """Sends articles to `news.raw` and knows when the broker has them.

    The order of the articles of one key is the order in which they were sent, also when the broker
    was away in between. A broker that knows idempotent producers gets each article once; another
    may get one twice, with the same `ce_id`.
    """

    def __init__(
        self,
        settings: Settings,
        on_delivered: Callable[[], None] = lambda: None,
        *,
        patience: float = _PATIENCE_SECONDS,
        on_waiting: Callable[[float], None] = lambda _: None,
    ) -> None:
        """Connect; `on_delivered` is told of each article that the broker has.

        A broker that goes away is waited for as many seconds as `patience` has, and `on_waiting`
        is told every few seconds for how long already. Raises `UserError` where no broker answers
        or `news.raw` is not there.
        """
        require_topics(settings, [TOPIC_OF[RawArticle]])
        self.delivered = 0
        self._broker = settings.broker
        self._patience = patience
        self._on_delivered = on_delivered
        self._on_waiting = on_waiting
        self._waiting: deque[tuple[Any, int]] = deque()
        self._bytes_waiting = 0
        self._producer = connect_producer(settings, patience)

    def send(self, item: RawArticle | bytes) -> Message:
        """Send an article, and wait only where too much waits already.

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
        except MessageSizeTooLargeError as error:  # by its id, which is key and header too
            raise Refused(str(error)) from error
        except KafkaError as error:
            raise self._gone(error) from error
        self._waiting.append((future, len(message.value)))
        self._bytes_waiting += len(message.value)
        while self._waiting and self._waiting[0][0].is_done:
            self._await_oldest()
        while len(self._waiting) > _MOST_WAITING or self._bytes_waiting > _MOST_BYTES_WAITING:
            self._await_oldest()
        return message

    def flush(self) -> None:
        """Wait until the broker has everything; raise `UserError` where it went away."""
        while self._waiting:
            self._await_oldest()

    def _await_oldest(self) -> None:
        future, size = self._waiting[0]
        began = time.monotonic()
        notice = _NOTICE_SECONDS
        while True:
            try:
                future.get(timeout=notice)
                break
            except KafkaTimeoutError as error:
                waited = time.monotonic() - began
                # The client itself gives up in time; this is for when it does not.
                if future.is_done or waited > self._patience + _REQUEST_SECONDS:
                    raise self._gone(error) from error
                self._on_waiting(waited)
                notice = min(2 * notice, _REQUEST_SECONDS)
            except KafkaError as error:
                raise self._gone(error) from error
        self._waiting.popleft()
        self._bytes_waiting -= size
        self.delivered += 1
        self._on_delivered()

    def _gone(self, error: KafkaError) -> UserError:
        away = isinstance(error, (KafkaTimeoutError, KafkaConnectionError))
        what = "went away" if away else "refuses an article"
        return UserError(
            f"the broker at {self._broker} {what}, {len(self._waiting) + 1} articles may be "
            f"undelivered: feed the same again when that is mended ({type(error).__name__})"
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


def read_file(
    path: str,
    reader: Reader,
    source: str | None,
    on_problem: Callable[[str], None] = lambda _: None,
    on_position: Callable[[int], None] = lambda _: None,
    on_fault: Callable[[str], None] = lambda _: None,
) -> Iterator[RawArticle | bytes]:
    """Yield what is in the file, unpacked where its name ends in `.gz`; `-` is standard input.

    `on_problem` is told of what was mended or passed over, `on_fault` what is wrong with the bytes
    that come next and should have been an article, `on_position` how far the file was read, in
    bytes of it as it lies there. Raises `UserError` where it cannot be opened, `Unreadable` for
    what cannot be read.
    """
    try:
        raw = _opened(path)
    except OSError as error:
        raise NotOpened(f"{path}: {(error.strerror or str(error)).lower()}") from error
    with raw:
        try:
            unpacked = gzip.GzipFile(fileobj=raw) if path.endswith(".gz") else raw
            has_position = raw.seekable()
            tell_at = 0.0
            for item in reader(unpacked, source):  # type: ignore[arg-type]  # has all that is used
                if isinstance(item, Problem):
                    on_problem(item.text)
                elif isinstance(item, NoArticle):
                    on_fault(item.text)
                    yield item.content
                else:
                    yield item
                if has_position and time.monotonic() >= tell_at:
                    tell_at = time.monotonic() + _TELL_SECONDS
                    on_position(raw.tell())
            if has_position:
                on_position(raw.tell())
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise Unreadable(f"cannot be unpacked: {str(error).lower()}") from error
        except OSError as error:
            raise Unreadable((error.strerror or str(error)).lower()) from error


def _opened(path: str) -> BinaryIO:
    if path != STANDARD_INPUT:
        return open(path, "rb", _READ_BYTES)
    # Closing it leaves standard input open.
    return open(sys.stdin.fileno(), "rb", closefd=False)


def messages(items: Iterable[RawArticle | bytes]) -> Iterator[Message]:
    """Yield what would be fed in for `items`; their times are left as they are."""
    return (input_message(item) for item in items)
