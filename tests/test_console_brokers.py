"""The console on either broker, and behind a real worker; tests/browser has its pages."""

import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from articles import raw
from running_console import RunningConsole, running_console
from running_pipeline import RunningPipeline
from town_wire import article

from pipeline.demo.wire import demo_wire
from pipeline.settings import Settings
from pipeline.topics import FINAL_TOPICS

pytestmark = pytest.mark.kafka


def await_(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not what():
        assert time.monotonic() < deadline, "it did not come in time"
        time.sleep(0.1)


@pytest.fixture
def console(broker: Settings, tmp_path: Path) -> Iterator[RunningConsole]:
    with running_console(broker, tmp_path / "serve.log") as running:
        yield running


def streamed(console: RunningConsole, count: int, last_id: str = "") -> tuple[list[Any], str]:
    """Return so many rows of the stream, those after `last_id`, and the id of the last."""
    request = urllib.request.Request(f"{console.url}/api/stream")
    request.add_header("Last-Event-ID", last_id)
    rows = []
    with urllib.request.urlopen(request, timeout=60) as lines:
        for line in lines:
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "data" and value.startswith('{"kind"'):
                rows.append(orjson.loads(value))
            elif name == "id":
                last_id = value
            elif not line.strip() and len(rows) >= count:
                break
    return rows, last_id


def heads(rows: list[Any]) -> list[str]:
    return ["".join(piece[0] for piece in row["headline"]) for row in rows]


def test_who_was_away_goes_on_where_the_stream_stopped(console: RunningConsole) -> None:
    console.publish(article("One"), article("Two"))
    rows, last_id = streamed(console, 2)
    assert heads(rows) == ["One", "Two"]
    console.stop()
    console.publish(article("Three"))
    console.start()
    console.publish(article("Four"))
    rows, _ = streamed(console, 2, last_id)
    assert heads(rows) == ["Three", "Four"]


def test_rates_lag_and_latency_are_those_of_a_real_run(broker: Settings, tmp_path: Path) -> None:
    with (
        RunningPipeline(broker, tmp_path / "worker.log") as pipeline,
        running_console(broker, tmp_path / "serve.log") as console,
    ):

        def report() -> Any:
            return console.ask("/api/pipeline")

        def published() -> int:
            totals = {topic["name"]: topic["total"] for topic in report()["topics"]}
            return sum(totals[topic.name] or 0 for topic in FINAL_TOPICS)

        await_(lambda: report()["stages"][0]["lag"] == 0)  # it measures
        pipeline.feed([*demo_wire(), b"no JSON", raw("One\n\nText.", received_at=None)])
        assert pipeline.account().holds
        fed = len(pipeline.fed)
        await_(lambda: published() == fed)
        await_(lambda: [stage["lag"] for stage in report()["stages"]] == [0, 0, 0])
        told = report()
        assert told["away_since"] is None
        totals = {topic["name"]: topic["total"] for topic in told["topics"]}
        rates = {topic["name"]: topic["rates"] for topic in told["topics"]}
        assert all(max(rates[name]) > 0 for name, total in totals.items() if total)
        # By the headers that the worker writes: an input that is no article ends in the first.
        clean, tag, relate = (stage["latency"] for stage in told["stages"])
        assert clean["of"] == fed
        assert tag["of"] == relate["of"] == totals["news.tagged"]
        assert all(0 < stage["median"] <= stage["p95"] for stage in (clean, tag, relate))
        assert told["latency"]["of"] == 1  # the others say that they were received months ago
