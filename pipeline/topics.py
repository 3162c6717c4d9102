"""The topics: which record goes where, and how each topic is kept.

`TOPIC_OF` is the one list. Topics are created from it, tables' changelogs included, and checked
against it; nothing else creates a topic, because a table whose changelog has another number of
partitions than its source stops the worker for good.
"""

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, NewTopic
from kafka.errors import IncompatibleBrokerVersion, TopicAlreadyExistsError

from pipeline.connection import connect
from pipeline.errors import UserError
from pipeline.settings import Settings
from schemas import (
    CleanArticle,
    Duplicate,
    EnrichedArticle,
    RawArticle,
    Record,
    Rejection,
    TaggedArticle,
    Withdrawal,
)

# The largest input. A record made of it may be larger, because of its entities and edits; and one
# that is rejected at a later stage is kept in base64, which adds a third.
MAX_INPUT_BYTES = 8 * 1024**2
MAX_RECORD_BYTES = 16 * 1024**2
MAX_REJECTION_BYTES = 24 * 1024**2

_GROWING_SECONDS = 10.0

ARTICLES_TABLE = "articles"
TEXTS_TABLE = "texts"


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic's name and how it is kept; `partitions` None means as many as the settings say."""

    name: str
    partitions: int | None = None
    retention: timedelta | None = timedelta(days=7)
    compacted: bool = False
    max_message_bytes: int = MAX_RECORD_BYTES

    def partition_count(self, settings: Settings) -> int:
        """Return how many partitions the topic has."""
        return self.partitions or settings.partitions

    def configuration(self) -> dict[str, str]:
        """Return the topic's configuration in Kafka's words."""
        retention = -1 if self.retention is None else int(self.retention.total_seconds() * 1000)
        policies = ["compact"] if self.compacted else []
        if self.retention is not None or not policies:
            policies.append("delete")
        return {
            "cleanup.policy": ",".join(policies),
            "retention.ms": str(retention),
            "max.message.bytes": str(self.max_message_bytes),
        }


TOPIC_OF: dict[type[Record], Topic] = {
    RawArticle: Topic("news.raw", max_message_bytes=MAX_INPUT_BYTES + 64 * 1024),
    CleanArticle: Topic("news.clean"),
    # One partition: the total order that makes verdicts deterministic.
    TaggedArticle: Topic("news.tagged", partitions=1),
    EnrichedArticle: Topic("news.enriched", partitions=1),
    Duplicate: Topic("news.duplicates", partitions=1),
    Withdrawal: Topic("news.withdrawals", partitions=1),
    Rejection: Topic(
        "news.rejected",
        partitions=1,
        retention=timedelta(days=30),
        max_message_bytes=MAX_REJECTION_BYTES,
    ),
}
FINAL_TOPICS = tuple(
    TOPIC_OF[record] for record in (EnrichedArticle, Duplicate, Withdrawal, Rejection)
)
RECORD_OF: dict[str, type[Record]] = {topic.name: record for record, topic in TOPIC_OF.items()}


def changelog(table: str, settings: Settings) -> Topic:
    """Return the topic from which a table is restored: kept whole, whatever its age."""
    name = f"{settings.consumer_group}-{table}-changelog"
    return Topic(name, partitions=1, retention=None, compacted=True)


# A group's deliveries are in one partition, by the hash of its name: their number never changes.
_DELIVERIES_PARTITIONS = 4


def deliveries(settings: Settings) -> Topic:
    """Return the topic in which is remembered what groups of subscribers were given."""
    retention = timedelta(days=settings.window_days)
    return Topic(
        f"{settings.consumer_group}-deliveries",
        partitions=_DELIVERIES_PARTITIONS,
        retention=retention,
        compacted=True,
    )


def all_topics(settings: Settings) -> list[Topic]:
    """Return every topic that the pipeline uses."""
    tables = (ARTICLES_TABLE, TEXTS_TABLE)
    changelogs = (changelog(table, settings) for table in tables)
    return [*TOPIC_OF.values(), *changelogs, deliveries(settings)]


def ensure_topics(settings: Settings) -> list[str]:
    """Create the topics that are missing, check the others, and return the names of the new ones.

    Raises `UserError` where no broker answers, and where a topic that is there has another number
    of partitions or is kept in another way. Longer or shorter retention is the operator's affair,
    except of a changelog, which would forget.
    """
    wanted = all_topics(settings)
    admin = connect(KafkaAdminClient, settings)
    try:
        existing = set(admin.list_topics())
        created = [topic.name for topic in wanted if topic.name not in existing]
        for topic in wanted:
            if topic.name not in existing:
                _create(admin, topic, settings)
        if created:
            admin.wait_for_topics(created)
        _check_partitions(admin, wanted, settings)
        kept = _kept(admin, wanted)
        for topic in wanted:
            for name, (found, expected) in _faults(topic, kept[topic.name]).items():
                raise UserError(
                    f"topic {topic.name} has {name}={found} where {expected} is needed: "
                    "run `newswire topics --repair`"
                )
    finally:
        admin.close()
    return created


def repair_topics(settings: Settings) -> list[str]:
    """Let the topics that are there be kept as they should be; return each change, in words."""
    admin = connect(KafkaAdminClient, settings)
    try:
        existing = set(admin.list_topics())
        wanted = [topic for topic in all_topics(settings) if topic.name in existing]
        kept = _kept(admin, wanted)
        changed = []
        for topic in wanted:
            for name, (found, expected) in _faults(topic, kept[topic.name]).items():
                admin.alter_configs([ConfigResource("topic", topic.name, {name: expected})])
                changed.append(f"{topic.name}: {name} {found} -> {expected}")
    finally:
        admin.close()
    return changed


def grow_topics(settings: Settings, partitions: int) -> list[str]:
    """Give the topics that are shared out among workers so many partitions; return their names.

    Raises `UserError` where one has more already, since no partition can be taken away, and where
    the broker cannot do it.
    """
    admin = connect(KafkaAdminClient, settings)
    try:
        shared = [topic for topic in TOPIC_OF.values() if topic.partitions is None]
        have = _partition_counts(admin, shared)
        for name, count in have.items():
            if count > partitions:
                raise UserError(f"topic {name} has {count} partitions, which cannot become fewer")
        growing = {name: partitions for name, count in have.items() if count < partitions}
        if growing:
            admin.create_partitions(growing)
        # The broker says so before its metadata does.
        deadline = time.monotonic() + _GROWING_SECONDS
        while (
            any(count < partitions for count in _partition_counts(admin, shared).values())
            and time.monotonic() < deadline
        ):
            time.sleep(0.1)
    except IncompatibleBrokerVersion as error:
        raise UserError(f"the broker at {settings.broker} cannot add partitions") from error
    finally:
        admin.close()
    return sorted(growing)


def _check_partitions(admin: KafkaAdminClient, wanted: Iterable[Topic], settings: Settings) -> None:
    topics = list(wanted)
    partitions = _partition_counts(admin, topics)
    for topic in topics:
        expected, found = topic.partition_count(settings), partitions[topic.name]
        if found == expected:
            continue
        if topic.partitions is not None:
            remedy = "delete the topic, so that it is created anew"
        else:
            remedy = f"set NEWSWIRE_PARTITIONS={found}"
            if found < expected:
                remedy += f", or run `newswire topics --grow {expected}`"
        raise UserError(
            f"topic {topic.name}: the number of its partitions is {found}, not {expected}: {remedy}"
        )


def _partition_counts(admin: KafkaAdminClient, topics: Iterable[Topic]) -> dict[str, int]:
    described = admin.describe_topics([topic.name for topic in topics])
    return {topic["name"]: len(topic["partitions"]) for topic in described}


def _kept(admin: KafkaAdminClient, topics: Iterable[Topic]) -> dict[str, dict[str, str]]:
    """Return the configuration of each topic, by its name."""
    resources = [ConfigResource("topic", topic.name) for topic in topics]
    described = admin.describe_configs(resources, config_filter="all")["topic"]
    return {
        name: {key: value["value"] for key, value in configuration.items()}
        for name, configuration in described.items()
    }


def _faults(topic: Topic, kept: dict[str, str]) -> dict[str, tuple[str, str]]:
    """Return what is found and what is needed, by the name of each configuration that is wrong."""
    faults = {}
    for name, expected in topic.configuration().items():
        found = kept.get(name)
        if found is None or found == expected:
            continue
        if name == "max.message.bytes" and int(found) >= int(expected):
            continue
        if name == "retention.ms" and topic.retention is not None:
            continue
        faults[name] = (found, expected)
    return faults


def require_topics(settings: Settings, topics: Iterable[Topic]) -> None:
    """Raise `UserError` where no broker answers or one of `topics` is not there."""
    admin = connect(KafkaAdminClient, settings)
    try:
        existing = set(admin.list_topics())
    finally:
        admin.close()
    missing = [topic.name for topic in topics if topic.name not in existing]
    if missing:
        raise UserError(
            f"topic {missing[0]} is not there: run `newswire topics`, which creates it, first"
        )


def _create(admin: KafkaAdminClient, topic: Topic, settings: Settings) -> None:
    new = NewTopic(
        topic.name,
        num_partitions=topic.partition_count(settings),
        replication_factor=settings.replication_factor,
        topic_configs=topic.configuration(),
    )
    with suppress(TopicAlreadyExistsError):  # another worker was faster
        admin.create_topics([new])
