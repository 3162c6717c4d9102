"""Feeding Apache Kafka, also while it is away: all there, and in order for each article."""

import os
import subprocess
import sys
import threading
import time
from collections import defaultdict

import pytest
from apache_kafka import ApacheKafka
from running_pipeline import read_topics

from pipeline.settings import Settings
from pipeline.topics import TOPIC_OF, ensure_topics
from schemas import RawArticle

pytestmark = pytest.mark.apache_kafka

ITEMS = 28_000
ARTICLES = 700


def versions(first: int, last: int) -> bytes:
    """Return lines of JSON: the versions, from `first` to `last`, of the articles in turn."""
    lines = [
        RawArticle(
            source="Wire",
            source_id=str(number % ARTICLES),
            version=str(number),
            headline=f"Version {number}",
            content="What is known so far. " * 20,
        ).to_json()
        for number in range(first, last)
    ]
    return b"\n".join(lines) + b"\n"


@pytest.mark.parametrize(("end", "seconds"), [("stop", 20), ("kill", 3)])
def test_a_broker_that_is_away_half_way_gets_everything_in_order(
    apache_kafka: ApacheKafka, end: str, seconds: float
) -> None:
    settings = Settings(broker=apache_kafka.bootstrap_servers)
    ensure_topics(settings)
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline", "feed", "--format", "jsonl", "-"],
        env={**os.environ, **settings.environment()},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as feeder:
        assert feeder.stdin is not None
        assert feeder.stderr is not None
        feeder.stdin.write(versions(0, ITEMS // 3))
        feeder.stdin.flush()
        time.sleep(3)
        apache_kafka.stop() if end == "stop" else apache_kafka.kill()
        back = threading.Timer(seconds, apache_kafka.start)
        back.start()
        # More than may wait for the broker: the feeder stops reading, and so does the pipe.
        feeder.stdin.write(versions(ITEMS // 3, ITEMS))
        feeder.stdin.close()
        said = feeder.stderr.read().decode()
        assert feeder.wait(120) == 0, said
        back.join()
    assert said.endswith(f"{ITEMS} articles delivered, 0 not\n")
    if seconds > 10:
        assert "has not answered for 5 seconds; nothing is lost" in said
    assert "kafka." not in said  # its client's own complaints
    got: dict[str, list[int]] = defaultdict(list)
    for message in read_topics(settings, [TOPIC_OF[RawArticle]], idle=3.0):
        article = RawArticle.model_validate_json(message.value)
        got[article.source_id or ""].append(int(article.version))
    assert got == {str(number): list(range(number, ITEMS, ARTICLES)) for number in range(ARTICLES)}
