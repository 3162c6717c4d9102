"""Following: the records of the output topics as they come, on kafka-python."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from kafka import KafkaConsumer
from kafka.errors import KafkaError
from pydantic import ValidationError

from pipeline.connection import connect, is_reachable
from pipeline.errors import UserError
from pipeline.message import Message
from pipeline.settings import Settings
from pipeline.topics import RECORD_OF, Topic, require_topics
from schemas import Record

logger = logging.getLogger(__name__)

_JOINING_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """A record, and the message in which it came."""

    record: Record
    message: Message


def subscribe(
    settings: Settings,
    topics: Sequence[Topic],
    group: str | None = None,
    idle_seconds: float | None = None,
    watch: Callable[[], None] = lambda: None,
) -> Iterator[Delivery]:
    """Yield the records of `topics` from the beginning, in order within each partition.

    With a `group`, the next subscriber of the group goes on where this one stopped; what is polled
    at once (some hundred records) is remembered when all of it was yielded. With `idle_seconds`, it
    ends when nothing came for so long. `watch` is called several times a second, and may raise. A
    message that is no record of its topic is logged and passed over.

    Raises `UserError` where no broker answers, a topic is missing, or the broker goes away.
    """
    require_topics(settings, topics)
    consumer = connect(
        KafkaConsumer,
        settings,
        *(topic.name for topic in topics),
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        session_timeout_ms=int(settings.session_timeout * 1000),
        heartbeat_interval_ms=int(settings.session_timeout * 1000 / 3),
    )
    last = time.monotonic()
    joined_by = last + 2 * settings.session_timeout + _JOINING_SECONDS
    try:
        while idle_seconds is None or time.monotonic() - last < idle_seconds:
            watch()
            if not consumer.assignment() and time.monotonic() < joined_by:
                last = time.monotonic()  # joining a group is not idling
            for polled in consumer.poll(timeout_ms=200).values():
                for record in polled:
                    last = time.monotonic()
                    delivery = _delivery(Message.of_consumed(record))
                    if delivery is not None:
                        yield delivery
            if group is not None:
                consumer.commit()
        if not is_reachable(settings):
            raise UserError(f"the broker at {settings.broker} went away before all was read")
    except KafkaError as error:
        raise UserError(f"the broker at {settings.broker} went away: {error}") from error
    finally:
        consumer.close()


def _delivery(message: Message) -> Delivery | None:
    record_type = RECORD_OF[message.topic or ""]
    try:
        return Delivery(record_type.model_validate_json(message.value), message)
    except ValidationError as error:
        logger.warning(
            "%s/%s/%s is no %s and is passed over: %s",
            message.topic, message.partition, message.offset, record_type.__name__,
            error.errors()[0]["msg"],
        )  # fmt: skip
        return None
