"""The subscriber, on real brokers: what reaches whom, and what it survives."""

import logging
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from typing import Any

import orjson
import pytest
from apache_kafka import ApacheKafka
from articles import EVIDENCE, tagged
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer
from kafka.admin import MemberToRemove
from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from publishing import publish

from pipeline.clients.starting_point import StartingPoint
from pipeline.clients.subscribe import Delivery, subscribe
from pipeline.errors import UserError
from pipeline.filters import Filter
from pipeline.message import Message
from pipeline.settings import Settings
from pipeline.topics import TOPIC_OF, Topic, ensure_topics
from schemas import (
    Copy,
    Duplicate,
    EnrichedArticle,
    FinalRecord,
    Record,
    VersionReference,
    Withdrawal,
)

pytestmark = pytest.mark.kafka

ENRICHED, DUPLICATES, WITHDRAWALS = (
    TOPIC_OF[record] for record in (EnrichedArticle, Duplicate, Withdrawal)
)
OIL = Filter("oil")
_numbers = count()


def on_kafka(kafka: ApacheKafka) -> Settings:
    """Return settings for an Apache Kafka that has the topics."""
    settings = Settings(broker=kafka.bootstrap_servers, partitions=1, session_timeout=6)
    ensure_topics(settings)
    return settings


@pytest.fixture(params=["embedded", pytest.param("apache_kafka", marks=pytest.mark.apache_kafka)])
def settings(request: pytest.FixtureRequest) -> Settings:
    """A broker of each kind that has the topics."""
    found = request.getfixturevalue(request.param)
    if isinstance(found, ApacheKafka):
        return on_kafka(found)
    ensure_topics(found)
    assert isinstance(found, Settings)
    return found


@pytest.fixture
def local(embedded: Settings) -> Settings:
    """An embedded broker that has the topics."""
    ensure_topics(embedded)
    return embedded


def article(article_id: str, headline: str = "Oil", **fields: Any) -> EnrichedArticle:
    known = {**dict(tagged()), "body": "Text.", "article_id": article_id, "headline": headline}
    return EnrichedArticle.model_validate(
        {**known, "story_id": "s", "relation": "original", **fields}
    )


def correction(article_id: str, of: str, headline: str = "Put right") -> EnrichedArticle:
    previous = VersionReference(article_id=of, version="1")
    return article(article_id, headline, relation="correction", previous=previous)


def copy_of(original: str, until: datetime | None = None) -> Duplicate:
    copy = Copy(duplicate_of=original, story_id="s", kind="near", similarity=1,
                embargo_until=until, evidence=EVIDENCE)  # fmt: skip
    return Duplicate(article_id="d", source="W", version="1", headline="Oil", **dict(copy))


def kill(*affected: str, status: str = "canceled") -> Withdrawal:
    return Withdrawal.model_validate(
        {"article_id": "kill", "source": "Wire", "version": "1", "headline": "KILL",
         "status": status, "reason": "wrong", "affected": affected}
    )  # fmt: skip


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what we warned of; kafka-python warns of a busy machine, too."""
    return [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("pipeline.") and record.levelno >= logging.WARNING
    ]


def put(settings: Settings, *records: FinalRecord) -> None:
    """Publish records, each of an input of its own."""
    inputs = (Message(b"", headers=(("ce_id", b"%d" % next(_numbers)),)) for _ in records)
    publish(settings, zip(inputs, records, strict=True))


def got(settings: Settings, *topics: Topic, **options: Any) -> list[str]:
    """Return what a subscriber is given until nothing more comes, in short."""
    wanted = topics or (ENRICHED,)
    return [short(d) for d in subscribe(settings, wanted, idle_seconds=1.0, **options)]


def short(delivery: Delivery) -> str:
    record: Any = delivery.record
    if isinstance(record, Withdrawal):
        return f"{delivery.reason} {record.status} {','.join(record.affected)}"
    return f"{delivery.reason} {record.article_id}"


def test_what_matches_is_handed_out_in_order(settings: Settings) -> None:
    put(settings, article("a"), article("b", "Gas"), article("c"))
    assert got(settings, where=OIL) == ["match a", "match c"]


def test_a_withdrawal_reaches_who_has_the_article_whatever_was_asked_for(
    settings: Settings,
) -> None:
    put(settings, article("a"), article("b", "Gas"), kill("a"), kill("b"))
    assert got(settings, where=OIL) == ["match a", "withdrawal canceled a"]


def test_a_withdrawal_comes_after_the_article_however_the_topics_are_read(
    local: Settings,
) -> None:
    put(local, *(article(f"a{number}") for number in range(1200)), kill("a1199"))
    given = got(local, WITHDRAWALS, ENRICHED)
    assert given[-1] == "match canceled a1199"
    assert len(given) == 1201


def test_a_correction_reaches_who_has_the_article(settings: Settings) -> None:
    put(settings, article("a"), article("b", "Gas"), correction("a", "a"), correction("b", "b"),
        correction("c", "a"), kill("c"))  # fmt: skip
    assert got(settings, where=OIL) == [
        "match a", "correction a", "correction c", "withdrawal canceled c"
    ]  # fmt: skip


def test_the_end_of_a_hold_reaches_who_was_told_of_it(local: Settings) -> None:
    put(local, article("a"), kill("a", status="withheld"), article("a", "Gas", version="2"))
    put(local, article("a", "Gas", version="3"))
    given = got(local, where=OIL)
    # The article comes before the hold, or after it: they are in different topics.
    assert given in (
        ["match a", "withdrawal withheld a"],
        ["match a", "withdrawal withheld a", "release a"],
    )


def test_a_group_is_told_of_the_end_of_a_hold(local: Settings) -> None:
    put(local, article("a"), kill("a", status="withheld"))
    assert got(local, where=OIL, group="desk") == ["match a", "withdrawal withheld a"]
    put(local, article("a", "Gas", version="2"))
    assert got(local, where=OIL, group="desk") == ["release a"]
    put(local, article("a", "Gas", version="3"))
    assert got(local, where=OIL, group="desk") == []


def test_the_withdrawal_of_a_copy_reaches_who_has_the_copy(local: Settings) -> None:
    put(local, copy_of("a"), kill("d"))
    assert got(local, DUPLICATES, where=OIL) == ["match d", "withdrawal canceled d"]


def test_the_correction_of_a_copy_reaches_who_has_the_copy_alone(local: Settings) -> None:
    put(local, copy_of("a"))
    assert got(local, DUPLICATES, where=OIL, group="desk") == ["match d"]
    put(local, article("b"), correction("d", "d"))
    assert got(local, DUPLICATES, where=OIL, group="desk") == ["correction d"]


def test_the_end_of_a_hold_of_a_copy_reaches_who_has_the_copy(local: Settings) -> None:
    put(local, copy_of("a"), kill("d", status="withheld"))
    assert got(local, DUPLICATES, group="desk") == ["match d", "withdrawal withheld d"]
    put(local, article("d", version="2"))
    assert got(local, DUPLICATES, group="desk") == ["release d"]


def test_a_group_goes_on_where_it_stopped_and_remembers_what_it_was_given(
    settings: Settings,
) -> None:
    put(settings, article("a"), article("b", "Gas"))
    assert got(settings, where=OIL, group="desk") == ["match a"]
    put(settings, article("c"), kill("b"), kill("a"), correction("x", "a"))
    assert got(settings, where=OIL, group="desk") == [
        "match c", "correction x", "withdrawal canceled a"
    ]  # fmt: skip
    assert got(settings, where=OIL, group="desk") == []


def test_groups_know_nothing_of_each_other(local: Settings) -> None:
    put(local, article("a"))
    assert got(local, where=OIL, group="desk") == ["match a"]
    assert got(local, where=Filter("gas"), group="other") == []
    put(local, kill("a"))
    assert got(local, where=Filter("gas"), group="other") == []
    assert got(local, where=OIL, group="desk") == ["withdrawal canceled a"]


def test_what_was_not_taken_to_its_end_is_delivered_again(local: Settings) -> None:
    put(local, article("a"), article("b"), article("c"))
    deliveries = subscribe(local, [ENRICHED], "desk", 1.0)
    assert [short(delivery) for delivery in islice(deliveries, 2)] == ["match a", "match b"]
    deliveries.close()
    assert got(local, group="desk") == ["match b", "match c"]


@pytest.mark.apache_kafka
def test_two_members_of_a_group_share_what_they_know(
    apache_kafka: ApacheKafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    # So that one has the articles and the other the withdrawals.
    assignors = (RoundRobinPartitionAssignor,)
    monkeypatch.setitem(KafkaConsumer.DEFAULT_CONFIG, "partition_assignment_strategy", assignors)
    settings = on_kafka(apache_kafka)
    given: list[list[str]] = [[], []]
    enough = threading.Event()

    def watch() -> None:
        if enough.is_set():
            raise KeyboardInterrupt

    def follow(number: int) -> None:
        try:
            for delivery in subscribe(settings, [ENRICHED], "desk", watch=watch, where=OIL):
                given[number].append(short(delivery))
        except KeyboardInterrupt:
            pass

    members = [threading.Thread(target=follow, args=(number,)) for number in (0, 1)]
    for member in members:
        member.start()
    time.sleep(8)  # until both have joined
    for number in range(20):
        put(settings, article(f"a{number}"), kill(f"a{number}"), article("x", "Gas"), kill("x"))
    deadline = time.monotonic() + 60
    while sum(map(len, given)) < 40 and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(1)
    enough.set()
    for member in members:
        member.join(30)
    wanted = {f"match a{number}" for number in range(20)}
    wanted |= {f"withdrawal canceled a{number}" for number in range(20)}
    assert set(given[0]) | set(given[1]) == wanted
    assert given[0]
    assert given[1]


@pytest.mark.apache_kafka
def test_a_member_of_a_group_joins_again_however_short_its_polls_are(
    apache_kafka: ApacheKafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.clients.subscribe._POLL_MS", 2)
    monkeypatch.setitem(KafkaConsumer.DEFAULT_CONFIG, "metadata_max_age_ms", 100)
    settings = on_kafka(apache_kafka)
    put(settings, article("a"))
    deadline = time.monotonic() + 30

    def watch() -> None:
        if time.monotonic() > deadline:
            raise TimeoutError

    deliveries = subscribe(settings, [ENRICHED], "desk", watch=watch)
    assert short(next(deliveries)) == "match a"
    admin = KafkaAdminClient(bootstrap_servers=settings.broker)
    admin.create_partitions({ENRICHED.name: 2})
    admin.close()
    more = {f"match a{number}" for number in range(20)}
    put(settings, *(article(f"a{number}") for number in range(20)))
    assert {short(delivery) for delivery in islice(deliveries, 20)} == more


@pytest.mark.apache_kafka
def test_a_member_that_was_put_out_of_its_group_leaves_the_rest_to_the_others(
    apache_kafka: ApacheKafka,
) -> None:
    settings = on_kafka(apache_kafka)
    put(settings, *(article(f"a{number}") for number in range(600)))
    first = subscribe(settings, [ENRICHED], "desk", 1.0)
    assert short(next(first)) == "match a0"
    admin = KafkaAdminClient(bootstrap_servers=settings.broker)
    (member,) = admin.describe_groups(["desk"])["desk"]["members"]
    admin.remove_group_members("desk", [MemberToRemove(member["member_id"])])
    admin.close()
    everything = [f"match a{number}" for number in range(600)]
    assert got(settings, group="desk") == everything
    assert [short(delivery) for delivery in first] == []
    assert got(settings, group="desk") == []


@pytest.mark.apache_kafka
def test_who_waits_for_a_group_to_form_may_leave_at_once(apache_kafka: ApacheKafka) -> None:
    settings = on_kafka(apache_kafka)
    put(settings, article("a"), article("b"))
    busy = subscribe(settings, [ENRICHED], "desk")
    assert short(next(busy)) == "match a"  # it reads on when it has handled that
    until = time.monotonic() + 5

    def watch() -> None:
        if time.monotonic() > until:
            raise KeyboardInterrupt

    def follow() -> None:
        with pytest.raises(KeyboardInterrupt):
            next(subscribe(settings, [ENRICHED], "desk", watch=watch))

    waiting = threading.Thread(target=follow)
    waiting.start()
    waiting.join(20)  # the library would wait for an answer for 30 s
    assert not waiting.is_alive()
    busy.close()


@pytest.mark.apache_kafka
def test_a_group_that_does_not_form_is_said_to_who_does_not_follow(
    apache_kafka: ApacheKafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.clients.subscribe._JOINING_SECONDS", 0.0)
    settings = on_kafka(apache_kafka)
    put(settings, article("a"), article("b"))
    busy = subscribe(settings, [ENRICHED], "desk")
    assert short(next(busy)) == "match a"
    with pytest.raises(UserError, match="the group desk has not formed for 12 s"):
        got(settings, group="desk")
    assert short(next(busy)) == "match b"
    busy.close()


def embargo(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


def sleep_until(when: datetime) -> None:
    time.sleep(max(0.0, (when - datetime.now(UTC)).total_seconds()))


def test_an_article_under_embargo_comes_when_it_ends(local: Settings) -> None:
    until = embargo(10)
    put(local, article("a", embargo_until=until), article("b"))
    times = {
        short(delivery): datetime.now(UTC)
        for delivery in subscribe(local, [ENRICHED], idle_seconds=12)
    }
    assert list(times) == ["match b", "match a"]
    assert times["match a"] >= until


def test_a_copy_of_an_article_under_embargo_waits_too(local: Settings) -> None:
    until = embargo(15)
    put(local, article("a", embargo_until=until), copy_of("a", until))
    assert got(local, DUPLICATES, embargoed=True) == ["match d"]
    assert got(local, DUPLICATES, group="desk") == []
    sleep_until(until)
    assert got(local, DUPLICATES, group="desk") == ["match d"]


def test_an_embargo_is_overlooked_where_that_is_asked_for(local: Settings) -> None:
    put(local, article("a", embargo_until=embargo(3600)))
    assert got(local, embargoed=True) == ["match a"]


def test_an_embargo_that_is_over_holds_nothing_back(local: Settings) -> None:
    put(local, article("a", embargo_until=embargo(-1)))
    assert got(local) == ["match a"]


def test_what_is_still_held_back_is_said(local: Settings, caplog: pytest.LogCaptureFixture) -> None:
    put(local, article("a", embargo_until=embargo(3600)))
    assert got(local) == []
    assert "1 articles are held back until their embargo ends" in caplog.text


def test_a_group_that_resumes_gets_what_was_under_embargo(settings: Settings) -> None:
    until = embargo(20)
    put(settings, article("a", embargo_until=until), article("b"))
    assert got(settings, where=OIL, group="desk") == ["match b"]
    sleep_until(until)
    put(settings, kill("a"))
    # Released before the kill was read, or killed before it was released.
    assert got(settings, where=OIL, group="desk") in ([], ["match a", "withdrawal canceled a"])


def test_an_embargo_outlasts_the_subscriber(local: Settings) -> None:
    until = embargo(15)
    put(local, article("a", embargo_until=until))
    assert got(local, group="desk") == []
    sleep_until(until)
    assert got(local, group="desk") == ["match a"]
    assert got(local, group="desk") == []


def test_what_is_withdrawn_under_embargo_never_comes(local: Settings) -> None:
    put(local, article("a", embargo_until=embargo(8)), kill("a"))
    assert [short(d) for d in subscribe(local, [ENRICHED], idle_seconds=10)] == []


def test_a_new_version_takes_the_place_of_one_under_embargo(local: Settings) -> None:
    put(local, article("a", embargo_until=embargo(8)), article("a", version="2"))
    versions = [
        getattr(delivery.record, "version", "")
        for delivery in subscribe(local, [ENRICHED], idle_seconds=10)
    ]
    assert versions == ["2"]


@pytest.mark.parametrize(
    ("start", "wanted"),
    [("beginning", ["match a", "match b"]), ("4s", ["match b"]), ("1h", ["match a", "match b"]),
     ("now", [])],
)  # fmt: skip
def test_a_subscriber_begins_where_it_is_told(
    settings: Settings, start: str, wanted: list[str]
) -> None:
    put(settings, article("a"))
    time.sleep(6)
    put(settings, article("b"))
    assert got(settings, start=StartingPoint.parse(start)) == wanted


def test_a_time_after_all_there_is_means_the_end(settings: Settings) -> None:
    put(settings, article("a"))
    time.sleep(1.2)
    assert got(settings, start=StartingPoint(datetime.now(UTC) - timedelta(seconds=0.5))) == []


def test_a_new_group_begins_where_it_is_told_and_then_goes_on(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    put(settings, article("a"))
    assert got(settings, group="desk", start=StartingPoint("now")) == []
    assert said(caplog) == []
    put(settings, article("b"))
    assert got(settings, group="desk", start=StartingPoint("beginning")) == ["match b"]
    assert "group desk goes on where it stopped, not from --from" in caplog.text


def send(settings: Settings, topic: Topic, value: bytes) -> None:
    producer = KafkaProducer(bootstrap_servers=settings.broker)
    producer.send(topic.name, value).get(10)
    producer.close()


def newer(record: Record, **fields: object) -> bytes:
    return orjson.dumps({**orjson.loads(record.to_json()), "schema_version": "2", **fields})


def test_a_record_of_a_newer_version_is_handed_on_as_far_as_it_is_understood(
    local: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(2):
        send(local, ENRICHED, newer(article(f"a{number}"), mood="glad"))
    send(local, WITHDRAWALS, newer(kill("a1"), entirely={"new": 1}))
    assert got(local) == ["match a0", "match a1", "withdrawal canceled a1"]
    assert said(caplog) == [
        f"{topic.name} has records of schema version 2, newer than 1: they are handed on with "
        "what is understood; update newswire"
        for topic in (ENRICHED, WITHDRAWALS)
    ]


def test_a_record_of_a_newer_version_that_is_not_understood_is_passed_over(
    local: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(2):
        send(local, ENRICHED, newer(article(f"a{number}"), relation="analysis"))
    put(local, article("b"))
    assert got(local) == ["match b"]
    (line,) = said(caplog)
    assert "passed over where not understood (relation: " in line


def test_what_is_no_record_is_passed_over_with_its_place(
    local: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    send(local, ENRICHED, b"no JSON")
    put(local, article("b"))
    assert got(local) == ["match b"]
    assert "news.enriched/0/0 is no EnrichedArticle and is passed over" in caplog.text


@pytest.mark.apache_kafka
def test_a_broker_that_goes_away_is_noticed_soon(apache_kafka: ApacheKafka) -> None:
    settings = on_kafka(apache_kafka)
    put(settings, article("a"))
    deliveries: Iterator[Delivery] = subscribe(settings, [ENRICHED])
    assert short(next(deliveries)) == "match a"
    apache_kafka.kill()
    killed = time.monotonic()
    with pytest.raises(UserError, match="went away"):
        next(deliveries)
    assert time.monotonic() - killed < 30  # not in minutes, nor never


def test_a_group_needs_the_topic_that_remembers(embedded: Settings) -> None:
    with pytest.raises(UserError, match="is not there: run `newswire topics`"):
        next(subscribe(embedded, [ENRICHED], group="desk", idle_seconds=1))
