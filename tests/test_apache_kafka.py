"""The broker that other tests rely on: it keeps records, and it leaves nothing behind."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from apache_kafka import ApacheKafka, ApacheKafkaError, unavailable_reason
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaTimeoutError

pytestmark = [
    pytest.mark.apache_kafka,
    pytest.mark.skipif(bool(reason := unavailable_reason()), reason=reason or ""),
]

DEADLINE_SECONDS = 30


@pytest.fixture(scope="module")
def kafka() -> Iterator[ApacheKafka]:
    """One broker for the tests that neither care what else it holds nor close it."""
    with ApacheKafka() as broker:
        yield broker


def create_topic(kafka: ApacheKafka, name: str, **settings: str) -> None:
    """Create a topic of two partitions, and return when they can be written to."""
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    try:
        admin.create_topics(
            {name: {"num_partitions": 2, "replication_factor": 1, "configs": settings}},
            wait_for_metadata=True,
        )
    finally:
        admin.close()


def produce(kafka: ApacheKafka, topic: str, *values: bytes) -> None:
    """Write the values, each acknowledged."""
    producer = KafkaProducer(
        bootstrap_servers=kafka.bootstrap_servers, max_request_size=32 * 1024 * 1024
    )
    try:
        for value in values:
            producer.send(topic, value).get(DEADLINE_SECONDS)
    finally:
        producer.close()


def consume(kafka: ApacheKafka, topic: str, count: int, group: str | None = None) -> list[bytes]:
    """Read that many values from the beginning, or fewer if they do not come in time."""
    consumer = KafkaConsumer(
        topic,
        bootstrap_servers=kafka.bootstrap_servers,
        group_id=group,
        auto_offset_reset="earliest",
    )
    deadline = time.monotonic() + DEADLINE_SECONDS
    values: list[bytes] = []
    try:
        while len(values) < count and time.monotonic() < deadline:
            for records in consumer.poll(timeout_ms=500).values():
                values += [record.value for record in records]
    finally:
        consumer.close()
    return values


def listens(address: str) -> bool:
    """Whether anything accepts a connection there."""
    host, _, port = address.partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
    except OSError:
        return False
    return True


def test_keeps_a_topic_as_it_was_created(kafka: ApacheKafka) -> None:
    """A topic has the partitions and the settings it was created with."""
    create_topic(kafka, "created", **{"cleanup.policy": "compact"})
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    try:
        (topic,) = admin.describe_topics(["created"])
        settings = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, "created")])
    finally:
        admin.close()
    assert len(topic["partitions"]) == 2
    assert settings["topic"]["created"]["cleanup.policy"]["value"] == "compact"


def test_creates_no_topic_by_itself(kafka: ApacheKafka) -> None:
    """Asking for a topic that is not there does not make it."""
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers, max_block_ms=1_000)
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    try:
        with pytest.raises(KafkaTimeoutError):
            producer.send("absent", b"value")
        assert "absent" not in admin.list_topics()
    finally:
        admin.close()
        producer.close()


def test_carries_records_to_a_group(kafka: ApacheKafka) -> None:
    """What was produced is what a consumer group reads."""
    create_topic(kafka, "carried")
    produce(kafka, "carried", b"one", b"two")
    assert sorted(consume(kafka, "carried", 2, group="readers")) == [b"one", b"two"]


def test_carries_a_large_record(kafka: ApacheKafka) -> None:
    """A record of 20 MiB fits."""
    create_topic(kafka, "large")
    large = bytes(20 * 1024 * 1024)
    produce(kafka, "large", large)
    assert consume(kafka, "large", 1) == [large]


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_keeps_records_over_a_restart(kafka: ApacheKafka, end: str) -> None:
    """Records survive an orderly stop and a crash, at the same address."""
    create_topic(kafka, f"kept-{end}")
    produce(kafka, f"kept-{end}", b"before")
    address = kafka.bootstrap_servers
    if end == "kill":
        kafka.kill()
        assert not listens(address)
    kafka.restart()
    assert kafka.bootstrap_servers == address
    produce(kafka, f"kept-{end}", b"after")
    assert sorted(consume(kafka, f"kept-{end}", 2)) == [b"after", b"before"]


def test_shows_the_log_of_a_broker_that_does_not_start() -> None:
    """The error of a start that failed says why."""
    kafka = ApacheKafka()
    host, _, port = kafka.bootstrap_servers.partition(":")
    with socket.create_server((host, int(port))), pytest.raises(ApacheKafkaError, match="in use"):
        kafka.__enter__()


def test_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its context the broker is gone, and so are its data."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with ApacheKafka() as kafka:
        assert listens(kafka.bootstrap_servers)
        assert list(tmp_path.iterdir())
    assert not listens(kafka.bootstrap_servers)
    assert not list(tmp_path.iterdir())


def test_leaves_nothing_behind_when_its_process_is_killed(tmp_path: Path) -> None:
    """A test run that dies without a chance to clean up takes its broker and the data with it."""
    script = (
        "from apache_kafka import ApacheKafka\n"
        "with ApacheKafka() as kafka:\n"
        "    print(kafka.bootstrap_servers, flush=True)\n"
        "    input()\n"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parent,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert listens(address)
        process.kill()
    deadline = time.monotonic() + DEADLINE_SECONDS
    while (listens(address) or list(tmp_path.iterdir())) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not listens(address)
    assert not list(tmp_path.iterdir())
