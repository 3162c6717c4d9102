from pathlib import Path

import pytest
from apache_kafka import ApacheKafka
from articles import raw
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource
from running_pipeline import RunningPipeline

from pipeline.errors import UserError
from pipeline.settings import Settings
from pipeline.topics import (
    RECORD_OF,
    TOPIC_OF,
    all_topics,
    ensure_topics,
    grow_topics,
    repair_topics,
)
from schemas import TOPIC_RECORDS


def test_every_record_that_crosses_a_topic_has_one_of_its_own() -> None:
    assert set(TOPIC_OF) == set(TOPIC_RECORDS)
    assert len(RECORD_OF) == len(TOPIC_OF)


def test_topics_are_created_once(embedded: Settings) -> None:
    assert ensure_topics(embedded) == [topic.name for topic in all_topics(embedded)]
    assert ensure_topics(embedded) == []


def test_another_number_of_partitions_is_one_clear_line(embedded: Settings) -> None:
    ensure_topics(embedded)
    other = embedded.model_copy(update={"partitions": 3})
    with pytest.raises(
        UserError,
        match=r"^topic news.raw: the number of its partitions is 1, not 3: "
        r"set NEWSWIRE_PARTITIONS=1, or run `newswire topics --grow 3`$",
    ):
        ensure_topics(other)


def test_a_broker_that_is_not_there_is_one_clear_line() -> None:
    with pytest.raises(UserError, match=r"^no Kafka broker answers at 127.0.0.1:1: "):
        ensure_topics(Settings(broker="127.0.0.1:1"))


def test_without_a_broker_the_remedy_is_named() -> None:
    with pytest.raises(UserError, match=r"newswire up.*NEWSWIRE_BROKER"):
        ensure_topics(Settings())


@pytest.mark.apache_kafka
def test_apache_kafka_keeps_each_topic_as_the_list_says(apache_kafka: ApacheKafka) -> None:
    settings = Settings(broker=apache_kafka.bootstrap_servers)
    ensure_topics(settings)
    admin = KafkaAdminClient(bootstrap_servers=settings.broker)
    topics = all_topics(settings)
    described = admin.describe_configs(
        [ConfigResource("topic", topic.name) for topic in topics], config_filter="all"
    )["topic"]
    admin.close()
    for topic in topics:
        kept = {name: described[topic.name][name]["value"] for name in topic.configuration()}
        assert kept == topic.configuration()


@pytest.mark.apache_kafka
def test_a_topic_that_is_kept_otherwise_is_one_clear_line_and_can_be_repaired(
    apache_kafka: ApacheKafka,
) -> None:
    settings = Settings(broker=apache_kafka.bootstrap_servers)
    ensure_topics(settings)
    admin = KafkaAdminClient(bootstrap_servers=settings.broker)
    changelog = "newswire-articles-changelog"
    for topic, name, value in (
        ("news.enriched", "retention.ms", "3600000"),  # the operator's affair
        (changelog, "cleanup.policy", "delete"),
        (changelog, "retention.ms", "3600000"),
        ("news.raw", "max.message.bytes", "1000000"),
    ):
        admin.alter_configs([ConfigResource("topic", topic, {name: value})])
    admin.close()
    with pytest.raises(UserError, match=r"^topic \S+ has \S+ where \S+ is needed: .*--repair`$"):
        ensure_topics(settings)
    assert repair_topics(settings) == [
        "news.raw: max.message.bytes 1000000 -> 8454144",
        f"{changelog}: cleanup.policy delete -> compact",
        f"{changelog}: retention.ms 3600000 -> -1",
    ]
    assert ensure_topics(settings) == []


@pytest.mark.apache_kafka
def test_partitions_grow_under_a_running_worker_and_nothing_is_lost(
    apache_kafka: ApacheKafka, tmp_path: Path
) -> None:
    settings = Settings(broker=apache_kafka.bootstrap_servers, partitions=2, session_timeout=6)
    grown = settings.model_copy(update={"partitions": 5})
    items = [raw(f"Item {number}\n\nOn day {number}.") for number in range(300)]
    with RunningPipeline(settings, tmp_path / "worker.log") as pipeline:
        pipeline.feed(items[:100])
        assert grow_topics(settings, 5) == ["news.clean", "news.raw"]
        with pytest.raises(UserError, match="the number of its partitions is 5, not 2"):
            ensure_topics(settings)
        pipeline.feed(items[100:200])
        pipeline.workers[0].stop()
        pipeline.settings = grown
        pipeline.start_worker()
        pipeline.feed(items[200:])
        assert pipeline.account().holds
    assert ensure_topics(grown) == []
    with pytest.raises(UserError, match="cannot become fewer"):
        grow_topics(grown, 3)


def test_a_broker_that_cannot_add_partitions_says_so(embedded: Settings) -> None:
    ensure_topics(embedded)
    with pytest.raises(UserError, match="cannot add partitions"):
        grow_topics(embedded, 3)
