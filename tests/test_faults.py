"""The pipeline under faults, at full load on Apache Kafka: `make test-faults`.

    FAULTS_ITEMS=1500 make test-faults      # fewer items; 14,000 is the whole wire

After each: every input accounted for by its id, each exactly once after redeliveries are dropped by
`ce_id`; every verdict the one that an undisturbed pass over the recorded `news.tagged` gives; no
message left waiting, and every worker ready again within 30 s of the last fault. Faults strike at
random points of the progress, so that all of them strike under load, however fast it is. Articles
a second and the 99th percentile of latency (from the input's to the final record's timestamp)
before, during and after the faults are printed.
"""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import pytest
from apache_kafka import ApacheKafka
from free_ports import free_port
from kafka import KafkaConsumer, TopicPartition
from reuters import reuters_articles
from rich.console import Console
from rich.table import Table
from running_pipeline import RunningPipeline, read_topics
from test_end_to_end import assert_undisturbed
from test_health import metric, told

from pipeline.account import account
from pipeline.child_process import ChildProcess
from pipeline.settings import Settings
from pipeline.topics import FINAL_TOPICS, TOPIC_OF
from schemas import RawArticle

ITEMS = int(os.environ.get("FAULTS_ITEMS", "14000"))
SESSION_SECONDS = 6.0  # the shortest that Apache Kafka allows
READY_SECONDS = 30.0
# Enough for 14,000 items at 20 a second, and for what faults cost.
LONGEST_SECONDS = 1800.0

pytestmark = [
    pytest.mark.apache_kafka,
    pytest.mark.faults,
    pytest.mark.timeout(3 * LONGEST_SECONDS),
]

Item = RawArticle | bytes


@dataclass
class Fault:
    """A pipeline in which a fault is going on."""

    kafka: ApacheKafka
    pipeline: RunningPipeline
    ports: list[int] = field(default_factory=list)
    chance: random.Random = field(default_factory=lambda: random.Random(8))

    def start_worker(self) -> ChildProcess:
        port = free_port()
        self.ports.append(port)
        self.pipeline.settings = self.pipeline.settings.model_copy(update={"web_port": port})
        return self.pipeline.start_worker()

    def end_worker(self, worker: ChildProcess, how: Callable[[ChildProcess], None]) -> None:
        place = self.pipeline.workers.index(worker)
        how(worker)
        del self.pipeline.workers[place], self.ports[place]

    def await_ready(self) -> float:
        """Return the seconds until every worker is ready."""
        begin = time.monotonic()
        while not all((told(port, "ready") or (0,))[0] == 200 for port in self.ports):
            assert time.monotonic() - begin < 2 * READY_SECONDS, "a worker is not ready again"
            time.sleep(0.1)
        return time.monotonic() - begin

    def moments(self, count: int) -> Iterator[None]:
        """Yield `count` times, each when a random share of the articles has left the pipeline."""
        for share in sorted(self.chance.uniform(0.1, 0.9) for _ in range(count)):
            while final_count(self.pipeline.settings) < share * ITEMS:
                time.sleep(0.1)
            yield


def final_count(settings: Settings) -> int:
    consumer = KafkaConsumer(bootstrap_servers=settings.broker, group_id=None)
    places = [TopicPartition(topic.name, 0) for topic in FINAL_TOPICS]
    count = sum(consumer.end_offsets(places).values())
    consumer.close()
    return int(count)


def kill_workers_twenty_times(fault: Fault) -> None:
    for _ in fault.moments(20):
        fault.end_worker(fault.chance.choice(fault.pipeline.workers), ChildProcess.kill)
        fault.start_worker()


def kill_the_broker_three_times(fault: Fault) -> None:
    for _ in fault.moments(3):
        fault.kafka.kill()
        time.sleep(fault.chance.uniform(0.0, 5.0))
        fault.kafka.start()
        fault.await_ready()


def suspend_a_worker_beyond_its_session(fault: Fault) -> None:
    next(fault.moments(1))
    worker = fault.chance.choice(fault.pipeline.workers)
    os.kill(worker.pid, signal.SIGSTOP)
    time.sleep(3 * SESSION_SECONDS)
    os.kill(worker.pid, signal.SIGCONT)


def restart_workers_one_after_the_other(fault: Fault) -> None:
    next(fault.moments(1))
    for worker in list(fault.pipeline.workers):
        fault.end_worker(worker, lambda each: each.stop(30.0))
        fault.start_worker()
        fault.await_ready()


def nothing(fault: Fault) -> None:
    """The fault is in what is fed."""


def poisoned(items: Sequence[Item], share: float = 0.01) -> list[Item]:
    """Return the items with a share of them turned into what no stage should have to see."""
    chance = random.Random(1)
    poison: list[Callable[[bytes], bytes]] = [
        lambda _: b"",
        lambda value: value[: len(value) // 2],
        lambda value: value.replace(b'"content"', b'"contents"', 1),
        lambda value: value.replace(b'"Reuters"', b"[]", 1),
        lambda _: bytes(chance.randrange(256) for _ in range(500)),
        lambda _: b"[" * 5_000,
        lambda value: value.replace(b'"headline":"', b'"headline":"\\ud800', 1),
        lambda _: orjson.dumps({"source": "Poison", "content": "\x00" * 1_000}),
    ]
    result: list[Item] = list(items)
    for number in chance.sample(range(len(items)), max(8, int(share * len(items)))):
        item = items[number]
        assert isinstance(item, RawArticle)
        # Some of it may repeat itself; what is fed twice is one input.
        result[number] = poison[number % len(poison)](item.to_json())
    return result


SCENARIOS: dict[str, tuple[int, Callable[[Fault], None]]] = {
    "a worker killed twenty times": (2, kill_workers_twenty_times),
    "the broker killed three times": (2, kill_the_broker_three_times),
    "a worker suspended": (2, suspend_a_worker_beyond_its_session),
    "rolling restart of three": (3, restart_workers_one_after_the_other),
    "1% poison": (2, nothing),
}


@pytest.fixture(scope="module")
def articles() -> list[RawArticle]:
    try:
        return list(reuters_articles(ITEMS))
    except FileNotFoundError as error:
        pytest.skip(f"the data set is missing: {error.filename}")


@pytest.mark.parametrize("name", SCENARIOS)
def test_nothing_is_lost_doubled_or_judged_otherwise_by(
    name: str,
    apache_kafka: ApacheKafka,
    articles: list[RawArticle],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    workers, strike = SCENARIOS[name]
    settings = Settings(broker=apache_kafka.bootstrap_servers, session_timeout=SESSION_SECONDS)
    items: list[Item] = poisoned(articles) if strike is nothing else list(articles)
    with RunningPipeline(settings, tmp_path / "worker.log", workers=0) as pipeline:
        fault = Fault(apache_kafka, pipeline)
        for _ in range(workers):
            fault.start_worker()
        fault.await_ready()
        begin = time.time()
        pipeline.feed(items)
        while final_count(settings) < ITEMS // 10:  # before
            time.sleep(0.1)
        struck = time.time()
        strike(fault)
        recovering = fault.await_ready()
        over = time.time()
        final = pipeline.final_messages(LONGEST_SECONDS)
        drawn_up = account(pipeline.fed, final)
        with capsys.disabled():
            report(f"{name}: {drawn_up}; ready {recovering:.1f} s after",
                   settings, (begin, struck, over))  # fmt: skip
        assert drawn_up.holds, places(settings, (*drawn_up.missing, *drawn_up.several))
        assert_undisturbed(pipeline.tagged(), final)
        assert recovering < READY_SECONDS
        await_no_lag(fault)


def places(settings: Settings, inputs: Sequence[str]) -> dict[str, list[str]]:
    """Return the places of every message of some inputs."""
    found: dict[str, list[str]] = {each: [] for each in inputs}
    for message in read_topics(settings, list(TOPIC_OF.values()), idle=5):
        if message.input_id in found:
            place = f"{message.topic}/{message.partition}/{message.offset}"
            found[message.input_id].append(place)
    return found


def await_no_lag(fault: Fault) -> None:
    """Wait until no worker has messages that are not committed."""
    deadline = time.monotonic() + READY_SECONDS
    while any(metric(port, "newswire_lag_messages") for port in fault.ports):
        assert time.monotonic() < deadline, "messages are done but not committed"
        time.sleep(0.5)


def report(title: str, settings: Settings, times: tuple[float, float, float]) -> None:
    """Print articles a second and the 99th percentile of latency in each part of the run.

    `times` are when it began, when the faults began, and when they were over.
    """
    begin, struck, over = times
    fed, finals = timestamps(settings)
    end = max(finals.values())
    table = Table()
    for column in ("", "seconds", "articles/s", "p99 latency"):
        table.add_column(column, justify="right")
    parts = {
        "before": (begin, struck), "during": (struck, over), "after": (over, max(end, over)),
    }  # fmt: skip
    for part, (first, last) in parts.items():
        within = [each for each, at in finals.items() if first <= at < last or at == last == end]
        latencies = sorted(finals[each] - fed[each] for each in within)
        rate = f"{len(within) / (last - first):.0f}" if last > first else ""
        p99 = f"{latencies[int(0.99 * (len(latencies) - 1))]:.1f} s" if latencies else ""
        table.add_row(part, f"{last - first:.0f}", rate, p99)
    console = Console(width=120)
    console.print(f"\n{title}", table)


def timestamps(settings: Settings) -> tuple[dict[str, float], dict[str, float]]:
    """Return when each input was fed and when its first final record was published."""
    raw = TOPIC_OF[RawArticle].name
    consumer = KafkaConsumer(
        raw, *(topic.name for topic in FINAL_TOPICS), bootstrap_servers=settings.broker,
        auto_offset_reset="earliest", group_id=None,
    )  # fmt: skip
    fed: dict[str, float] = {}
    finals: dict[str, float] = {}
    last = time.monotonic()
    while time.monotonic() - last < 2:
        for records in consumer.poll(200).values():
            last = time.monotonic()
            for record in records:
                headers = {name: value.decode() for name, value in record.headers}
                of_input = record.topic == raw
                times, key = (fed, "ce_id") if of_input else (finals, "ce_input")
                known = times.get(headers[key], float("inf"))
                times[headers[key]] = min(known, record.timestamp / 1000)
    consumer.close()
    return fed, finals
