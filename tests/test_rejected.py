"""What was rejected can be looked at and fed again, once; an article's way can be followed."""

import json
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from articles import raw
from running_pipeline import RunningPipeline, read_topics
from test_cli import newswire

from pipeline.clients.feed import Feeder
from pipeline.clients.rejected import REJECTION_HEADER, Wanted, rejections, replay
from pipeline.clients.stored import Stored, stored
from pipeline.clients.trace import Stop
from pipeline.message import REPLAY_HEADER, Message, timestamp
from pipeline.settings import Settings
from pipeline.topics import FINAL_TOPICS, TOPIC_OF, ensure_topics
from schemas import CleanArticle, RawArticle, Rejection

pytestmark = pytest.mark.kafka

BROKEN = b'{"source": "Wire", "content": 5, "article_id": "a7"}'


def printed(*arguments: str, settings: Settings) -> list[dict[str, object]]:
    ran = newswire(*arguments, settings=settings)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_rejections_are_listed_by_stage_reason_and_time_and_shown(
    broker: Settings, tmp_path: Path
) -> None:
    with RunningPipeline(broker, tmp_path / "worker.log") as pipeline:
        pipeline.feed([BROKEN, b"no JSON", raw("", headline=" ")])
        assert pipeline.account().holds
    found = {each.record.reason: each for each in rejections(broker, Wanted())}
    assert set(found) == {"not_an_article", "not_json", "no_text"}
    assert [r["id"] for r in printed("rejected", "list", "--stage", "clean", settings=broker)] == [
        found["no_text"].id
    ]
    listed = printed("rejected", "list", "--reason", "not_json", settings=broker)
    assert [each["id"] for each in listed] == [found["not_json"].id]
    middle = sorted(found.values(), key=lambda each: each.time)[1]
    since = timestamp(middle.time)
    ids = [r["id"] for r in printed("rejected", "list", "--since", since, settings=broker)]
    assert ids == [each.id for each in found.values() if each.time >= middle.time]
    assert printed("rejected", "list", "--until", "2026-01-01", settings=broker) == []
    (shown,) = printed("rejected", "show", found["not_an_article"].id[:8], settings=broker)
    assert shown["input"] == found["not_an_article"].input
    assert Rejection.model_validate(shown["record"]).value == BROKEN


def test_a_replay_feeds_the_original_bytes_once_and_names_the_input_it_repeats(
    broker: Settings, tmp_path: Path
) -> None:
    with RunningPipeline(broker, tmp_path / "worker.log") as pipeline:
        pipeline.feed([BROKEN, raw()])
        assert pipeline.account().holds
        arguments = ("rejected", "replay", "--stage", "parse")
        (first,) = printed(*arguments, settings=broker)
        assert first["outcome"] == "fed"
        await_rejections(broker, 2)  # of the replay too, which is as broken
        (second,) = printed(*arguments, settings=broker)
        assert second["outcome"] == "already"
        again = printed("rejected", "replay", str(first["id"]), "--again", settings=broker)
        assert again[0]["outcome"] == "fed"
        assert again[0]["input"] != first["input"]
        inputs = read_topics(broker, [TOPIC_OF[RawArticle]], idle=2)
        replays = [each for each in inputs if each.header(REJECTION_HEADER) == first["id"]]
        assert [each.value for each in replays] == [BROKEN, BROKEN]
        assert {each.header(REPLAY_HEADER) for each in replays} == {pipeline.fed[0].input_id}
        pipeline.fed += replays
        assert pipeline.account().holds
        final = read_topics(broker, FINAL_TOPICS, idle=2)
    outcomes = [each for each in final if each.input_id == first["input"]]
    assert [each.header(REPLAY_HEADER) for each in outcomes] == [pipeline.fed[0].input_id]


def test_what_a_later_stage_rejected_is_replayed_from_the_input_and_not_from_the_middle(
    embedded: Settings, tmp_path: Path
) -> None:
    settings = embedded
    with RunningPipeline(settings, tmp_path / "worker.log") as pipeline:
        pipeline.feed([raw()])
        assert pipeline.account().holds
        (clean,) = read_topics(settings, [TOPIC_OF[CleanArticle]], idle=2)
        # As if the tagger had broken on it.
        rejection = Rejection(
            stage="tag", reason="stage_failed", detail="Broken.", topic="news.clean", partition=0,
            offset=clean.offset, key=clean.key, value=clean.value,
        )  # fmt: skip
        put(settings, Message.of_record(rejection, clean))
        (found,) = rejections(settings, Wanted(stage="tag"))
        (replayed,) = replay(settings, [found])
        assert replayed.outcome == "fed"
        first, second = read_topics(settings, [TOPIC_OF[RawArticle]], idle=2)
        assert second.value == first.value
        assert second.header(REPLAY_HEADER) == first.input_id


def await_rejections(settings: Settings, count: int) -> None:
    seen = set()

    def enough(message: Message) -> bool:
        seen.add(message.input_id)
        return len(seen) >= count

    read_topics(settings, [TOPIC_OF[Rejection]], enough)


def put(settings: Settings, message: Message) -> None:
    from kafka import KafkaProducer

    producer = KafkaProducer(bootstrap_servers=settings.broker)
    producer.send(
        "news.rejected", key=message.key, value=message.value, headers=list(message.headers)
    ).get(10)
    producer.close()


def test_the_way_of_an_article_is_shown_with_what_each_stage_took(
    broker: Settings, tmp_path: Path
) -> None:
    article = raw()
    with RunningPipeline(broker, tmp_path / "worker.log") as pipeline:
        pipeline.feed([article, raw("Another\n\nText.")])
        assert pipeline.account().holds
    stops = printed("trace", article.article_id, settings=broker)
    assert [stop["topic"] for stop in stops] == [
        "news.raw", "news.clean", "news.tagged", "news.enriched",
    ]  # fmt: skip
    assert [list(orjson.loads(orjson.dumps(stop["stages"]))) for stop in stops] == [
        [], ["clean"], ["clean", "tag"], ["clean", "tag", "relate"],
    ]  # fmt: skip
    times = [time for span in dict(stops[-1])["stages"].values() for time in span.values()]  # type: ignore[attr-defined]
    assert times == sorted(times)
    assert {stop["input"] for stop in stops} == {pipeline.fed[0].input_id}
    assert stops[-1]["received_at"] == "2026-01-01T12:00:00.000000Z"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("rejected", "list", "--stage", "x"),
         "--stage x: unknown; there are parse, clean, tag, relate, publish"),
        (("rejected", "list", "--since", "soon"),
         "--since soon: no time; give one like 2026-11-22T18:00, or 90m, 24h, 7d for so long ago"),
        (("rejected", "replay"),
         "what is to be replayed? name ids, or --stage, --reason, --since, --until"),
        (("rejected", "replay", ""), "an id is empty: name it, or leave it out"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line(arguments: tuple[str, ...], line: str) -> None:
    ran = newswire(*arguments, NEWSWIRE_BROKER="127.0.0.1:9")
    assert (ran.returncode, ran.stderr) == (2, f"newswire: {line}\n")


def test_a_strange_receipt_does_not_hinder_the_trace() -> None:
    strange = Message(
        b"{}", headers=(("newswire_received", b"x"), ("newswire_clean", b"y/z")),
        topic="news.raw", partition=0, offset=1,
    )  # fmt: skip
    stop = Stop.of(Stored(strange, datetime(2026, 11, 22, tzinfo=UTC)))
    assert (stop.received_at, stop.stages) == (None, {})


@pytest.mark.parametrize(
    ("since", "found"),
    [(datetime(1960, 1, 1, tzinfo=UTC), 1), (datetime(9999, 1, 1, tzinfo=UTC), 0)],
)
def test_what_is_stored_is_read_from_any_time_on(
    embedded: Settings, since: datetime, found: int
) -> None:
    ensure_topics(embedded)
    with Feeder(embedded) as feeder:
        feeder.send(raw())
    assert len(list(stored(embedded, [TOPIC_OF[RawArticle]], since))) == found
