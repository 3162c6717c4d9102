import pytest
from apache_kafka import ApacheKafka
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource

from pipeline.errors import UserError
from pipeline.settings import Settings
from pipeline.topics import RECORD_OF, TOPIC_OF, all_topics, ensure_topics
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
        match=r"^topic news.raw has 1 partitions where 3 are needed: .*NEWSWIRE_PARTITIONS=1$",
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
