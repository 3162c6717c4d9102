"""At least once: an event is acknowledged when what came of it is acknowledged, and not before.

Faust acknowledges an event also where its agent is cancelled or breaks, and then it is lost; so
events are acknowledged by hand here. What an agent cannot handle stops the worker (by the
supervisor set in `pipeline.app`), lest a later event be acknowledged over it: the next worker of
the group, or this one started again, takes it up.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import faust
from aiokafka.errors import (
    KafkaConnectionError,
    KafkaError,
    KafkaTimeoutError,
    MessageSizeTooLargeError,
    NodeNotReadyError,
)
from faust.exceptions import ProducerSendError
from faust.types import FutureMessage, StreamT, TopicT

from pipeline.faust_corrections import mark_processed
from pipeline.flow import rejection
from pipeline.message import RECEIVED_HEADER, Message, Taken, read_timestamp
from pipeline.metrics import Metrics
from pipeline.topics import FINAL_TOPICS, TOPIC_OF
from schemas import Record, Rejection

logger = logging.getLogger(__name__)

_RETRY_SECONDS = 1.0
# Faults of a broker that is away, beside those that call themselves retriable.
_PASSING = (KafkaConnectionError, KafkaTimeoutError, NodeNotReadyError)
# Room for a message's key and headers beside its value.
_ENVELOPE_BYTES = 4096

_FINAL_NAMES = frozenset(topic.name for topic in FINAL_TOPICS)


async def inputs(stream: StreamT[bytes], stage: str, metrics: Metrics) -> AsyncIterator[Message]:
    """Yield the messages that `stage` takes; acknowledge each when the next one is asked for.

    The times on a receipt are the only ones that the worker reads off a clock.
    """
    unacknowledged = cast(faust.Stream[bytes], stream).noack()
    async for event in unacknowledged.events():
        metrics.take(stage)
        yield replace(Message.of_consumed(event.message), taken=Taken(stage, datetime.now(UTC)))
        mark_processed(event.message)
        await unacknowledged.ack(event)


class Publisher:
    """The only exit: sends each record to the topic of its type, and waits until it is there."""

    def __init__(self, topics: Mapping[type[Record], TopicT], metrics: Metrics) -> None:
        self._topics = topics
        self._metrics = metrics

    async def __call__(self, source: Message, record: Record) -> Record:
        """Publish `record`, which was made from `source`; return what was published.

        A record that is too large for its topic is published as a rejection of its source. A broker
        that is away is waited for; any other refusal is raised, and stops the worker.
        """
        message = Message.of_record(record, source, datetime.now(UTC))
        limit = TOPIC_OF[type(record)].max_message_bytes - _ENVELOPE_BYTES
        if len(message.value) > limit and not isinstance(record, Rejection):
            return await self(source, _too_large(source, record, len(message.value), limit))
        while True:
            try:
                sent = await self._topics[type(record)].send(
                    key=message.key,
                    value=message.value,
                    headers=[(name, value) for name, value in message.headers if value is not None],
                )
                await sent
            except (KafkaError, ProducerSendError) as error:
                cause = error.__cause__ or error
                if isinstance(cause, MessageSizeTooLargeError) and not isinstance(
                    record, Rejection
                ):
                    return await self(source, _too_large(source, record, len(message.value), None))
                if not (isinstance(cause, _PASSING) or getattr(cause, "retriable", False)):
                    raise
                self._metrics.retry()
                logger.error(
                    "not published yet, trying again: %r", cause,
                    extra={"article_id": message.header("ce_subject"), "input": source.input_id},
                )  # fmt: skip
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                self._count(source, record, message)
                return record

    def _count(self, source: Message, record: Record, message: Message) -> None:
        now, topic = datetime.now(UTC), TOPIC_OF[type(record)].name
        if source.taken is not None:
            seconds = (now - source.taken.at).total_seconds()
            self._metrics.release(source.taken.stage, topic, seconds)
        if isinstance(record, Rejection):
            self._metrics.reject(record.stage, record.reason)
            logger.warning(
                "rejected",
                extra={
                    "article_id": record.article_id, "input": source.input_id,
                    "stage": record.stage, "reason": record.reason,
                },
            )  # fmt: skip
        received_at = read_timestamp(message.header(RECEIVED_HEADER))
        if topic in _FINAL_NAMES and received_at is not None:
            self._metrics.finish(topic, (now - received_at).total_seconds())


def _too_large(source: Message, record: Record, size: int, limit: int | None) -> Rejection:
    allowed = f"{limit} bytes are allowed" if limit else "the broker refused it"
    detail = f"The {type(record).__name__} made of it has {size} bytes; {allowed}."
    return rejection(source, "publish", "too_large", detail)


class AcknowledgedTable(faust.Table[str, bytes]):
    """A table that can tell when its changelog has all that was written to it."""

    logger = logging.getLogger(faust.tables.__name__)  # its start and stop are Faust's to tell

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._unacknowledged: list[FutureMessage] = []

    def send_changelog(self, *arguments: Any, **options: Any) -> FutureMessage:
        """Send a change to the changelog, and remember that it was sent."""
        future = super().send_changelog(*arguments, **options)
        self._unacknowledged.append(future)
        return future

    async def acknowledged(self) -> None:
        """Wait until the broker has every change made so far; raise where it did not take one."""
        sent, self._unacknowledged = self._unacknowledged, []
        for future in sent:
            await future
