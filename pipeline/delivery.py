"""At least once: an event is acknowledged when what came of it is acknowledged, and not before.

Faust acknowledges an event also where its agent is cancelled or breaks, and then it is lost; so
events are acknowledged by hand here. What an agent cannot handle stops the worker (by the
supervisor set in `pipeline.app`), lest a later event be acknowledged over it: the next worker of
the group, or this one started again, takes it up.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
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

from pipeline.flow import rejection
from pipeline.message import Message
from pipeline.topics import TOPIC_OF
from schemas import Record, Rejection

logger = logging.getLogger(__name__)

_RETRY_SECONDS = 1.0
# Faults of a broker that is away, beside those that call themselves retriable.
_PASSING = (KafkaConnectionError, KafkaTimeoutError, NodeNotReadyError)
# Room for a message's key and headers beside its value.
_ENVELOPE_BYTES = 4096


async def inputs(stream: StreamT[bytes]) -> AsyncIterator[Message]:
    """Yield the messages of a stream; acknowledge each when the next one is asked for."""
    unacknowledged = cast(faust.Stream[bytes], stream).noack()
    async for event in unacknowledged.events():
        yield Message.of_consumed(event.message)
        await unacknowledged.ack(event)


class Publisher:
    """The only exit: sends each record to the topic of its type, and waits until it is there."""

    def __init__(self, topics: Mapping[type[Record], TopicT]) -> None:
        self._topics = topics

    async def __call__(self, source: Message, record: Record) -> Record:
        """Publish `record`, which was made from `source`; return what was published.

        A record that is too large for its topic is published as a rejection of its source. A broker
        that is away is waited for; any other refusal is raised, and stops the worker.
        """
        message = Message.of_record(record, source)
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
                logger.error(
                    "%s is not published yet, trying again: %r", message.header("ce_id"), cause
                )
                await asyncio.sleep(_RETRY_SECONDS)
            else:
                return record


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
