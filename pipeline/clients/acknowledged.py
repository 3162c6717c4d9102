"""Feeding from a program that lives on: each article's fate is known, brokers go and come back.

For the follower of live feeds and for HTTP push. Files are fed by `pipeline.clients.feed`, which
knows only when all of it has arrived.
"""

import asyncio
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Self

from kafka.errors import KafkaError, MessageSizeTooLargeError

from pipeline.clients.feed import Refused, connect_producer
from pipeline.errors import UserError
from pipeline.message import Message
from pipeline.settings import Settings
from pipeline.topics import MAX_INPUT_BYTES, TOPIC_OF, require_topics
from schemas import RawArticle

# So many deliveries go on at once; the others wait for their turn.
_THREADS = 8

_NEWS_RAW = TOPIC_OF[RawArticle].name


class BrokerAway(Exception):
    """The broker has not acknowledged the article: it may have it or not. Send it again."""


# What became of an article: None is acknowledged.
Outcome = None | Refused | BrokerAway


class AcknowledgedFeeder:
    """Sends messages to `news.raw` and tells of each what the broker said."""

    def __init__(self, settings: Settings, patience: float) -> None:
        """Connect; a broker that says nothing for `patience` seconds is away.

        Raises `UserError` where no broker answers or `news.raw` is not there.
        """
        require_topics(settings, [TOPIC_OF[RawArticle]])
        # The library tells of every attempt to reach a broker that is away; we say it once.
        logging.getLogger("kafka").setLevel(logging.CRITICAL)
        self._settings = settings
        self._patience = patience
        self._lock = threading.Lock()
        self._producer: Any = self._connected()  # None while there is none
        self._threads = ThreadPoolExecutor(_THREADS, "feeding")

    async def deliver(self, messages: Sequence[Message]) -> list[Outcome]:
        """Return what became of each message, once that is known of all of them."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._deliver, messages)

    def _deliver(self, messages: Sequence[Message]) -> list[Outcome]:
        outcomes: list[Outcome] = []
        try:
            producer = self._present()
        except UserError as error:
            return [BrokerAway(str(error)) for _ in messages]
        futures = [self._send(producer, message) for message in messages]
        for future in futures:
            if isinstance(future, Refused | BrokerAway):
                outcomes.append(future)
                continue
            try:
                future.get(timeout=self._patience)
                outcomes.append(None)
            except MessageSizeTooLargeError as error:
                outcomes.append(Refused(str(error)))
            except KafkaError as error:
                outcomes.append(self._away(error))
        if any(isinstance(outcome, BrokerAway) for outcome in outcomes):
            self._drop(producer)
        return outcomes

    def _send(self, producer: Any, message: Message) -> Any:
        """Return the future of a message that is on its way, else what became of it."""
        if len(message.value) > MAX_INPUT_BYTES:
            return Refused(f"{len(message.value):,} bytes; {MAX_INPUT_BYTES:,} are allowed")
        try:
            return producer.send(
                _NEWS_RAW, key=message.key, value=message.value, headers=list(message.headers)
            )
        except MessageSizeTooLargeError as error:  # by its id, which is key and header too
            return Refused(str(error))
        except KafkaError as error:
            return self._away(error)

    def _away(self, error: KafkaError) -> BrokerAway:
        return BrokerAway(
            f"the broker at {self._settings.broker} does not answer ({type(error).__name__})"
        )

    def _present(self) -> Any:
        with self._lock:
            if self._producer is None:
                self._producer = self._connected()
            return self._producer

    def _connected(self) -> Any:
        return connect_producer(self._settings, self._patience)

    def _drop(self, producer: Any) -> None:
        """Let the next delivery begin with a new producer; this one may be past its mending."""
        with self._lock:
            if self._producer is not producer:
                return  # somebody else has
            self._producer = None
        with suppress(KafkaError):  # it complains of what it could not send
            producer.close(timeout=0)

    def close(self) -> None:
        """End the connection; deliveries that go on are not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            producer, self._producer = self._producer, None
        if producer is not None:
            with suppress(KafkaError):
                producer.close(timeout=2)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
