"""The whole pipeline on a stream: account, sameness, articles a second, latency.

    python benchmarks/stream.py --items 5000 --broker embedded --broker apache-kafka

Feeds items of the Reuters wire through one worker on each broker, with one partition, and compares
the final records with those of `newswire process`. Exit code 1 where an account does not hold or a
record differs. Latency is from the feeder's timestamp to that of the final record: at full load,
where it is the time spent in the queue, and at a steady rate that the worker keeps up with.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from kafka import KafkaConsumer
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from apache_kafka import ApacheKafka, unavailable_reason
from reuters import DATA, reuters_articles
from running_pipeline import RunningPipeline

from pipeline.account import account
from pipeline.article_index.index import ArticleIndex
from pipeline.clients.feed import messages
from pipeline.embedded_broker import EmbeddedBroker
from pipeline.entities.finder import EntityFinder
from pipeline.flow import process
from pipeline.settings import Settings
from pipeline.topics import FINAL_TOPICS, TOPIC_OF
from schemas import RawArticle

STEADY_RATE = 20.0  # articles a second
STEADY_ITEMS = 400


@contextmanager
def broker_settings(name: str) -> Iterator[Settings]:
    """Yield the settings for a broker that runs as long as the `with`."""
    if name == "embedded":
        with EmbeddedBroker() as broker:
            yield Settings().on_embedded_broker(broker.address)
    else:
        with ApacheKafka() as kafka:
            yield Settings(broker=kafka.bootstrap_servers, partitions=1)


def expected_records(articles: Sequence[RawArticle]) -> tuple[dict[str, bytes], float]:
    """Return the final record of each input as `process` makes it, and articles a second."""
    finder, index = EntityFinder.load(Settings().tagger), ArticleIndex({}, {}, timedelta(days=7))
    begin = time.perf_counter()
    records = {
        message.input_id: record.to_json()
        for message, record in process(messages(articles), finder, index)
    }
    return records, len(articles) / (time.perf_counter() - begin)


def latencies(settings: Settings) -> list[float]:
    """Return the seconds from each input's timestamp to that of its final record, ascending."""
    fed: dict[str, int] = {}
    taken: dict[str, float] = {}
    names = [TOPIC_OF[RawArticle].name, *(topic.name for topic in FINAL_TOPICS)]
    consumer = KafkaConsumer(
        *names, bootstrap_servers=settings.broker, auto_offset_reset="earliest", group_id=None
    )
    finals: dict[str, int] = {}
    idle_since = time.monotonic()
    while time.monotonic() - idle_since < 2:
        for records in consumer.poll(200).values():
            idle_since = time.monotonic()
            for record in records:
                headers = {name: value.decode() for name, value in record.headers}
                if record.topic == names[0]:
                    fed.setdefault(headers["ce_id"], record.timestamp)
                else:
                    finals.setdefault(headers["ce_input"], record.timestamp)
    consumer.close()
    for input_id, final in finals.items():
        taken[input_id] = (final - fed[input_id]) / 1000
    return sorted(taken.values())


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` of the ascending `values` lie."""
    return values[min(len(values) - 1, int(share * len(values)))] if values else float("nan")


def paced(articles: Sequence[RawArticle], rate: float) -> Iterator[RawArticle]:
    """Yield `articles` at `rate` a second."""
    begin = time.monotonic()
    for number, article in enumerate(articles):
        time.sleep(max(0.0, begin + number / rate - time.monotonic()))
        yield article


def run(
    name: str, articles: Sequence[RawArticle], expected: dict[str, bytes], table: Table
) -> bool:
    """Measure one broker, add its rows to the table, and return whether all is right."""
    with tempfile.TemporaryDirectory() as directory:
        log = Path(directory) / "worker.log"
        with (
            broker_settings(name) as settings,
            RunningPipeline(settings, log) as pipeline,
        ):
            pipeline.feed(articles[:1])
            pipeline.final_messages(60)  # the worker has joined
            begin = time.perf_counter()
            pipeline.feed(articles[1:])
            final = pipeline.final_messages(timeout=600)
            rate = len(articles) / (time.perf_counter() - begin)
            drawn_up = account(pipeline.fed, final)
            got = {message.input_id: message.value for message in final}
            differing = sum(got.get(key) != value for key, value in expected.items())
            loaded = latencies(settings)
        with (
            broker_settings(name) as settings,
            RunningPipeline(settings, log) as pipeline,
        ):
            pipeline.feed(articles[:1])
            pipeline.final_messages(60)
            pipeline.feed(paced(articles[1:STEADY_ITEMS], STEADY_RATE))
            pipeline.final_messages(60)
            steady = latencies(settings)[1:-1]
        errors = log.read_text()
    print(f"{name}: {drawn_up}")
    table.add_row(
        name,
        "holds" if drawn_up.holds else "DOES NOT HOLD",
        str(differing),
        f"{rate:.0f}",
        f"{percentile(loaded, 0.99):.1f} s",
        f"{percentile(steady, 0.5) * 1000:.0f} / {percentile(steady, 0.99) * 1000:.0f} ms",
    )
    if errors:
        print(errors, file=sys.stderr)
    return drawn_up.holds and not differing


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--items", type=int, default=5000)
    parser.add_argument("--broker", action="append", choices=["embedded", "apache-kafka"])
    parser.add_argument("--data", type=Path, default=DATA)
    arguments = parser.parse_args()
    brokers = arguments.broker or ["embedded", "apache-kafka"]
    if "apache-kafka" in brokers and (reason := unavailable_reason()):
        print(f"apache-kafka is left out: {reason}", file=sys.stderr)
        brokers.remove("apache-kafka")
    try:
        articles = list(reuters_articles(arguments.items, arguments.data))
    except FileNotFoundError as error:
        print(f"the data set is missing: {error.filename}", file=sys.stderr)
        return 2
    expected, rate = expected_records(articles)
    table = Table(title=f"{len(articles)} Reuters items, one worker, one partition")
    for column in ("broker", "account", "differing", "articles/s", "p99 at full load"):
        table.add_column(column)
    table.add_column(f"p50 / p99 at {STEADY_RATE:.0f}/s")
    table.add_row("none (process)", "", "", f"{rate:.0f}", "", "")
    right = [run(name, articles, expected, table) for name in brokers]
    Console().print(table)
    return 0 if all(right) else 1


if __name__ == "__main__":
    raise SystemExit(main())
