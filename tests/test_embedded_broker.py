import socket

import pytest
from kafka import KafkaConsumer, KafkaProducer
from test_child_process import _ends_within

from pipeline.embedded_broker import EmbeddedBroker
from pipeline.errors import UserError
from pipeline.settings import Settings
from pipeline.topics import ensure_topics


def test_it_keeps_what_is_produced_and_is_gone_afterwards() -> None:
    with EmbeddedBroker() as broker:
        ensure_topics(Settings().on_embedded_broker(broker.address))
        producer = KafkaProducer(bootstrap_servers=broker.address)
        producer.send("news.raw", b"kept").get(10)
        producer.close()
        consumer = KafkaConsumer(
            "news.raw",
            bootstrap_servers=broker.address,
            auto_offset_reset="earliest",
            consumer_timeout_ms=10_000,
        )
        assert next(consumer).value == b"kept"
        consumer.close()
    assert _ends_within(broker.pid, 5)


def test_it_listens_on_this_machine_only() -> None:
    with EmbeddedBroker() as broker:
        assert broker.address.startswith("127.0.0.1:")
        port = int(broker.address.rpartition(":")[2])
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port), timeout=1)


def test_a_port_that_is_taken_is_one_clear_line() -> None:
    with EmbeddedBroker() as broker:
        port = int(broker.address.rpartition(":")[2])
        with pytest.raises(UserError, match=f"^port {port} of 127.0.0.1 is taken"):
            EmbeddedBroker(port)
