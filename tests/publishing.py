"""Final records straight into the output topics, as the last stage publishes them."""

from collections.abc import Iterable

from kafka import KafkaProducer

from pipeline.message import Message
from pipeline.settings import Settings
from pipeline.topics import TOPIC_OF
from schemas import FinalRecord


def publish(settings: Settings, records: Iterable[tuple[Message, FinalRecord]]) -> list[Message]:
    """Publish records, each with the input that it comes from, in order; return the messages."""
    producer = KafkaProducer(
        bootstrap_servers=settings.broker,
        acks="all",
        linger_ms=2,
        batch_size=settings.producer_batch_size,
        max_request_size=32 * 1024 * 1024,
    )
    messages: list[Message] = []
    waiting = []
    topic = None
    try:
        for source, record in records:
            if topic not in (None, TOPIC_OF[type(record)].name):
                # The last stage waits for each: what comes later was published later.
                for future in waiting:
                    future.get(30)
                waiting.clear()
            message = Message.of_record(record, source)
            topic = TOPIC_OF[type(record)].name
            waiting.append(
                producer.send(
                    topic, key=message.key, value=message.value, headers=list(message.headers)
                )
            )
            messages.append(message)
        for future in waiting:
            future.get(30)
    finally:
        producer.close()
    return messages
