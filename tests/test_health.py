"""What a worker tells of itself, and what it does when it is stuck."""

import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from articles import raw
from free_ports import free_port
from prometheus_client.parser import text_string_to_metric_families
from running_pipeline import RunningPipeline

from pipeline.child_process import ChildProcess
from pipeline.clients.feed import Feeder
from pipeline.embedded_broker import EmbeddedBroker
from pipeline.health import STALLED_EXIT_CODE
from pipeline.services import running_broker, start_worker
from pipeline.settings import Settings
from pipeline.topics import ensure_topics

pytestmark = pytest.mark.kafka

DEADLINE_SECONDS = 30

# A worker that gets stuck on its first article: in a stage, which holds up the event loop, or in an
# agent, which does not.
STUCK = """
import asyncio, sys, time
from pipeline import app, delivery
from pipeline.settings import load_settings
from pipeline.worker import run_worker

async def never(self, source, record):
    await asyncio.sleep(10_000)

if sys.argv[1] == "stage":
    app.clean_message = lambda message: time.sleep(10_000)
else:
    app.Publisher.__call__ = never
run_worker(load_settings())
"""


def asked(port: int, page: str) -> tuple[int, bytes] | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/{page}", timeout=5) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
    except OSError:
        return None


def told(port: int, page: str) -> tuple[int, Any] | None:
    answer = asked(port, page)
    return answer and (answer[0], json.loads(answer[1]))


def metric(port: int, name: str, **labels: str) -> float:
    """Return the sum of a metric's samples that have these labels."""
    answer = asked(port, "metrics")
    assert answer is not None
    return sum(
        sample.value
        for family in text_string_to_metric_families(answer[1].decode())
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def await_(what: Callable[[], bool], seconds: float = DEADLINE_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not come in time"
        time.sleep(0.1)


def with_port(settings: Settings, **other: object) -> Settings:
    return settings.model_copy(update={"web_port": free_port(), **other})


def test_is_not_ready_until_the_worker_has_its_partitions() -> None:
    settings = with_port(Settings.model_construct())
    seen: list[tuple[int, bool]] = []
    with running_broker(settings) as running, start_worker(running):
        deadline = time.monotonic() + DEADLINE_SECONDS
        while (200, True) not in seen and time.monotonic() < deadline:
            answer = told(running.web_port, "ready")
            if answer is not None and (answer[0], answer[1]["ready"]) not in seen:
                seen.append((answer[0], answer[1]["ready"]))
            time.sleep(0.02)
        assert told(running.web_port, "health") == (200, {"alive": True, "stalled": {}})
    assert seen == [(503, False), (200, True)]


def test_counts_what_every_stage_takes_publishes_and_rejects(
    embedded: Settings, tmp_path: Path
) -> None:
    settings = with_port(embedded)
    with RunningPipeline(settings, tmp_path / "worker.log") as pipeline:
        pipeline.feed([raw("One\n\nText."), raw("Two\n\nOther."), b"broken"])
        assert pipeline.account().holds
        port = settings.web_port
        for stage, messages in (("clean", 3), ("tag", 2), ("relate", 2)):
            assert metric(port, "newswire_messages_in_total", stage=stage) == messages
            assert metric(port, "newswire_messages_out_total", stage=stage) == messages
            assert metric(port, "newswire_stage_seconds_count", stage=stage) == messages
        rejected = {"stage": "parse", "reason": "not_json"}
        assert metric(port, "newswire_messages_rejected_total", **rejected) == 1
        assert metric(port, "newswire_article_seconds_count", topic="news.enriched") == 2
        await_(lambda: metric(port, "newswire_index_entries", table="articles") == 2)
        await_(lambda: metric(port, "newswire_lag_messages") == 0)
        assert metric(port, "newswire_ready") == 1


def test_a_line_of_the_log_names_the_article_and_has_no_text_of_it(
    embedded: Settings, tmp_path: Path
) -> None:
    log = tmp_path / "worker.log"
    text = "Peregrine falcons nest on the tower."
    bad = json.dumps({"source": "Wire", "article_id": "a7", "content": text, "version": [text]})
    with RunningPipeline(embedded, log) as pipeline:
        pipeline.feed([bad.encode(), raw(text)])
        assert pipeline.account().holds
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    (rejected,) = (line for line in lines if line["message"] == "rejected")
    assert (rejected["article_id"], rejected["stage"]) == ("a7", "parse")
    assert rejected["reason"] == "not_an_article"
    assert "falcons" not in log.read_text()


def test_a_worker_without_its_broker_is_not_ready_but_alive(tmp_path: Path) -> None:
    with EmbeddedBroker() as broker:
        settings = with_port(Settings().on_embedded_broker(broker.address), stall_timeout=5.0)
        with RunningPipeline(settings, tmp_path / "worker.log"):
            await_(lambda: (told(settings.web_port, "ready") or (0,))[0] == 200)
            broker.stop()
            await_(lambda: (told(settings.web_port, "ready") or (0,))[0] == 503)
            time.sleep(2 * settings.stall_timeout)
            answer = told(settings.web_port, "health")
            assert answer is not None
            assert answer[0] == 200


@pytest.mark.parametrize("where", ["stage", "agent"])
def test_a_worker_that_is_stuck_says_so_and_ends_itself(
    where: str, embedded: Settings, tmp_path: Path
) -> None:
    settings = with_port(embedded, stall_timeout=5.0)
    ensure_topics(settings)
    log = tmp_path / "worker.log"
    with (
        log.open("wb") as output,
        ChildProcess(
            [sys.executable, "-c", STUCK, where], settings.environment(), output
        ) as worker,
    ):
        await_(lambda: (told(settings.web_port, "ready") or (0,))[0] == 200)
        with Feeder(settings) as feeder:
            feeder.send(raw())
        await_(lambda: (told(settings.web_port, "health") or (0,))[0] == 503)
        assert worker.exit_code is None
        assert worker.wait(60) == STALLED_EXIT_CODE
    *_, stuck = (  # more than one, where the broker took its time in between
        line
        for line in map(json.loads, log.read_text().splitlines())
        if line["message"].startswith("stuck")
    )
    assert ("event loop" if where == "stage" else "clean") in stuck["message"]
    assert "in clean_articles" in stuck["stack"] or where == "agent"
