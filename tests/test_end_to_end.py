"""The whole pipeline, worker processes and all, on each broker."""

import itertools
import os
import signal
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from apache_kafka import ApacheKafka
from articles import STORM, raw
from free_ports import free_port
from reuters import reuters_articles
from running_pipeline import RunningPipeline, read_topics
from test_health import told

from pipeline.account import account
from pipeline.article_index.index import ArticleIndex
from pipeline.clients.feed import messages
from pipeline.demo.wire import demo_wire
from pipeline.entities.finder import EntityFinder
from pipeline.flow import process, relate_message
from pipeline.message import Message
from pipeline.settings import Settings
from pipeline.topics import RECORD_OF, TOPIC_OF
from schemas import RawArticle, Rejection

pytestmark = pytest.mark.kafka

BAD: list[RawArticle | bytes] = [
    b"no JSON",
    b"\xff\xfe\x00",
    b'["no article"]',
    b'{"source": "Wire", "content": 5}',
    b'{"source": "Wire", "content": "\\ud800"}',
    orjson.dumps({"source": "Wire", "content": " \n ", "headline": ""}),
]


def process_records(items: Sequence[RawArticle | bytes], finder: EntityFinder) -> dict[str, bytes]:
    """Return the final record of each input, by its id, as they come of one process."""
    index = ArticleIndex({}, {}, timedelta(days=7))
    return {
        message.input_id: record.to_json()
        for message, record in process(messages(items), finder, index)
    }


def without_place(value: bytes) -> dict[str, object]:
    """Return a record without where its input stood, which `process` does not know."""
    record: dict[str, object] = orjson.loads(value)
    for name in ("topic", "partition", "offset"):
        record.pop(name, None)
    return record


def test_the_records_are_those_of_process(
    broker: Settings, finder: EntityFinder, tmp_path: Path
) -> None:
    items = [*demo_wire(), *BAD, raw(STORM, source="Other")]
    with RunningPipeline(broker, tmp_path / "worker.log") as pipeline:
        pipeline.feed(items)
        final = pipeline.final_messages()
    assert account(pipeline.fed, final).holds
    got = {message.input_id: without_place(message.value) for message in final}
    expected = process_records([item_as_fed(item) for item in items], finder)
    assert got == {name: without_place(value) for name, value in expected.items()}
    for message in final:
        assert TOPIC_OF[RECORD_OF[message.topic or ""]].name == message.topic


def item_as_fed(item: RawArticle | bytes) -> RawArticle | bytes:
    assert isinstance(item, bytes) or item.received_at is not None
    return item


def test_bad_input_is_rejected_with_its_bytes_and_the_worker_goes_on(
    broker: Settings, tmp_path: Path
) -> None:
    with RunningPipeline(broker, tmp_path / "worker.log") as pipeline:
        pipeline.feed([*BAD, raw()])
        final = pipeline.final_messages()
        assert [worker.exit_code for worker in pipeline.workers] == [None]
    assert account(pipeline.fed, final).holds
    rejections = [
        Rejection.model_validate_json(message.value)
        for message in final
        if message.topic == "news.rejected"
    ]
    assert sorted(rejection.value for rejection in rejections) == sorted(
        item for item in BAD if isinstance(item, bytes)
    )
    for rejection in rejections:
        assert rejection.topic == "news.raw"
        assert rejection.offset is not None
        assert rejection.detail.endswith(".")


def test_a_body_of_five_megabytes_is_rejected_with_its_bytes_and_the_worker_goes_on(
    broker: Settings, tmp_path: Path
) -> None:
    body = "The harbour stayed closed for another day. " * (5 * 1024**2 // 43)
    with RunningPipeline(broker, tmp_path / "worker.log") as pipeline:
        pipeline.feed([raw(body, headline="Long"), raw()])
        final = pipeline.final_messages()
    assert account(pipeline.fed, final).holds
    (rejected,) = (message for message in final if message.topic == "news.rejected")
    rejection = Rejection.model_validate_json(rejected.value)
    assert rejection.reason == "too_large"
    assert RawArticle.model_validate_json(rejection.value).content == body


def test_a_body_of_nearly_a_million_characters_goes_through(
    broker: Settings, tmp_path: Path
) -> None:
    body = "The harbour stayed closed for another day. " * (999_000 // 43)
    with RunningPipeline(broker, tmp_path / "worker.log") as pipeline:
        pipeline.feed([raw(body, headline="Long"), raw()])
        final = pipeline.final_messages()
    assert account(pipeline.fed, final).holds
    assert {message.topic for message in final} == {"news.enriched"}


def test_a_worker_that_is_told_to_stop_loses_nothing(broker: Settings, tmp_path: Path) -> None:
    items = [raw(f"Item {number}\n\nWhat happened on day {number}.") for number in range(200)]
    with RunningPipeline(broker, tmp_path / "worker.log") as pipeline:
        pipeline.feed(items[:1])
        pipeline.final_messages()
        pipeline.feed(items[1:])
        pipeline.workers[0].stop()
        pipeline.start_worker()
        assert pipeline.account().holds


def test_a_worker_that_is_interrupted_prints_nothing_but_what_it_logs(
    embedded: Settings, tmp_path: Path
) -> None:
    log = tmp_path / "worker.log"
    with RunningPipeline(embedded, log) as pipeline:
        pipeline.feed([raw()])
        pipeline.final_messages()
        os.kill(pipeline.workers[0].pid, signal.SIGINT)
        assert pipeline.workers[0].wait(60) == 0
    lines = log.read_text("utf-8").splitlines()
    assert lines
    assert all(isinstance(orjson.loads(line), dict) for line in lines)


def test_workers_that_start_together_share_the_machine_and_the_work(
    broker: Settings, tmp_path: Path
) -> None:
    with RunningPipeline(broker, tmp_path / "worker.log", workers=2) as pipeline:
        pipeline.feed([raw(f"Item {number}\n\nOn day {number}.") for number in range(20)])
        assert pipeline.account().holds
        assert [worker.exit_code for worker in pipeline.workers] == [None, None]


def test_workers_that_join_and_leave_in_good_order_have_nothing_done_twice(
    broker: Settings, tmp_path: Path
) -> None:
    # Longer than a busy machine holds up heartbeats: who is taken for dead leaves in no order.
    broker = broker.model_copy(update={"session_timeout": 8.0})
    articles = (raw(f"Item {number}\n\nOn day {number}.") for number in itertools.count())
    with RunningPipeline(broker, tmp_path / "worker.log", workers=0) as pipeline:
        for _ in range(2):
            port = free_port()
            pipeline.settings = broker.model_copy(update={"web_port": port})
            pipeline.start_worker()
            while (told(port, "ready") or (0,))[0] != 200:
                pipeline.feed([next(articles)])
        pipeline.workers[0].stop()
        pipeline.feed([next(articles)])
        assert pipeline.account().holds
    published = read_topics(broker, list(TOPIC_OF.values()), idle=2)
    times = Counter((message.topic, message.header("ce_id")) for message in published)
    assert [place for place, count in times.items() if count > 1] == []


@pytest.mark.apache_kafka
def test_one_of_two_workers_killed_and_started_again_changes_no_verdict(
    apache_kafka: ApacheKafka, tmp_path: Path
) -> None:
    settings = Settings(broker=apache_kafka.bootstrap_servers, session_timeout=6)
    try:
        articles = list(reuters_articles(1500))
    except FileNotFoundError as error:
        pytest.skip(f"the data set is missing: {error.filename}")
    with RunningPipeline(settings, tmp_path / "worker.log", workers=2) as pipeline:
        pipeline.feed(articles[:100])
        pipeline.final_messages()
        pipeline.feed(articles[100:])
        victim = pipeline.workers[0]
        victim.kill()
        assert victim.exit_code == -signal.SIGKILL
        pipeline.start_worker()
        final = pipeline.final_messages(timeout=300)
        recorded = pipeline.tagged()
    assert account(pipeline.fed, final).holds
    assert_undisturbed(recorded, final)


def assert_undisturbed(recorded: list[Message], final: list[Message]) -> None:
    """Check that every verdict is the one that a pass over the recorded `news.tagged` gives."""
    index = ArticleIndex({}, {}, timedelta(days=7))
    expected: dict[str, bytes] = {}
    for message in recorded:
        expected.setdefault(message.input_id, relate_message(message, index).to_json())
    verdicts = [message for message in final if message.topic != "news.rejected"]
    assert len({message.input_id for message in verdicts}) == len(expected)
    for message in verdicts:
        assert message.value == expected[message.input_id]
