"""What the topics hold: their messages from some time on, up to the latest, on kafka-python."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from pipeline.clients.starting_point import StartingPoint
from pipeline.connection import connect
from pipeline.errors import UserError
from pipeline.message import Message
from pipeline.settings import Settings
from pipeline.topics import Topic, require_topics

# Reading goes on for so long after the end that the broker named: the embedded one names an end
# that lies before the true one.
_BEYOND_THE_END_SECONDS = 1.0
_PATIENCE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Stored:
    """A message, and when the broker was given it."""

    message: Message
    time: datetime


def stored(
    settings: Settings, topics: Sequence[Topic], since: datetime | None = None
) -> Iterator[Stored]:
    """Yield the messages of `topics` that were given to the broker at or after `since`.

    In order within a partition. Ends at what is the latest message when it is called, or a little
    later. Raises `UserError` where no broker answers, a topic is missing, or the broker goes away.
    """
    require_topics(settings, topics)
    consumer = connect(
        KafkaConsumer, settings, group_id=None, auto_offset_reset="earliest",
        enable_auto_commit=False,
    )  # fmt: skip
    try:
        partitions = [
            TopicPartition(topic.name, number)
            for topic in topics
            for number in sorted(consumer.partitions_for_topic(topic.name) or ())
        ]
        consumer.assign(partitions)
        consumer.seek_to_beginning(*partitions)
        ends = consumer.end_offsets(partitions)
        if since is not None:
            for partition, offset in StartingPoint(since).offsets(consumer, partitions).items():
                consumer.seek(partition, offset)
        yield from _until(consumer, ends)
    except KafkaError as error:
        raise UserError(f"the broker at {settings.broker} went away: {error}") from error
    finally:
        consumer.close()


def _until(consumer: KafkaConsumer, ends: dict[TopicPartition, int]) -> Iterator[Stored]:
    last = time.monotonic()
    finish = float("inf")
    while time.monotonic() < finish:
        for records in consumer.poll(timeout_ms=200).values():
            last = time.monotonic()
            for record in records:
                given = datetime.fromtimestamp(record.timestamp / 1000, UTC)
                yield Stored(Message.of_consumed(record), given)
        if all(consumer.position(partition) >= end for partition, end in ends.items()):
            finish = min(finish, time.monotonic() + _BEYOND_THE_END_SECONDS)
        elif time.monotonic() - last > _PATIENCE_SECONDS:
            raise UserError("the broker did not deliver all that it has: try again")
