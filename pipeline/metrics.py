"""What a worker counts and times, for Prometheus.

One `Metrics` is one worker's; nothing is global. Stages are named as in `Receipt`s: clean, tag,
relate. Times in seconds.
"""

from collections import Counter as Tally
from collections.abc import Iterable, Mapping
from typing import get_args

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from schemas.verdicts import RejectedReason, RejectedStage

CONTENT_TYPE = CONTENT_TYPE_LATEST
_STAGE_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
# A feed is polled every minute or so, and a backlog may be a day old.
_ARTICLE_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86400)


class Metrics:
    """The counters, histograms and gauges of one worker."""

    def __init__(self, stages: Iterable[str] = (), final_topics: Iterable[str] = ()) -> None:
        """Begin at 0 for the `stages` and `final_topics`, so that the first one is an increase."""
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._taken = Counter(
            "newswire_messages_in", "Messages that a stage took",
            ["stage"], registry=self._registry,
        )  # fmt: skip
        self._released = Counter(
            "newswire_messages_out", "Messages that a stage published, the broker having them",
            ["stage", "topic"], registry=self._registry,
        )  # fmt: skip
        self._rejected = Counter(
            "newswire_messages_rejected", "Messages that a stage could not use",
            ["stage", "reason"], registry=self._registry,
        )  # fmt: skip
        self._retries = Counter(
            "newswire_publish_retries", "Attempts to publish that the broker did not answer",
            registry=self._registry,
        )  # fmt: skip
        self._stage_seconds = Histogram(
            "newswire_stage_seconds", "From taking a message to having published what came of it",
            ["stage"], buckets=_STAGE_BUCKETS, registry=self._registry,
        )  # fmt: skip
        self._article_seconds = Histogram(
            "newswire_article_seconds", "From received_at to the final record",
            ["topic"], buckets=_ARTICLE_BUCKETS, registry=self._registry,
        )  # fmt: skip
        self._lag = Gauge(
            "newswire_lag_messages", "Messages of a partition of this worker that are not done",
            ["topic", "partition"], registry=self._registry,
        )  # fmt: skip
        self._lag_of: set[tuple[str, int]] = set()
        self._index_entries = Gauge(
            "newswire_index_entries", "Entries in a table of the index",
            ["table"], registry=self._registry,
        )  # fmt: skip
        self._ready = Gauge(
            "newswire_ready", "1 where partitions are assigned, tables restored, a broker there",
            registry=self._registry,
        )  # fmt: skip
        self._stalled = Gauge(
            "newswire_stalled_seconds", "For how long nothing moves though work waits; 0 is well",
            registry=self._registry,
        )  # fmt: skip
        for stage in stages:
            self._taken.labels(stage)
            self._stage_seconds.labels(stage)
        for topic in final_topics:
            self._article_seconds.labels(topic)
        for stage in get_args(RejectedStage):
            for reason in get_args(RejectedReason):
                self._rejected.labels(stage, reason)
        # By stage: how many messages it has finished. What health looks at.
        self.finished: Tally[str] = Tally()

    def take(self, stage: str) -> None:
        """Count a message that a stage has taken."""
        self._taken.labels(stage).inc()

    def release(self, stage: str, topic: str, seconds: float) -> None:
        """Count what a stage has published in `topic`, so many seconds after it took the input."""
        self._released.labels(stage, topic).inc()
        self._stage_seconds.labels(stage).observe(seconds)
        self.finished[stage] += 1

    def reject(self, stage: str, reason: str) -> None:
        """Count an input that became a rejection."""
        self._rejected.labels(stage, reason).inc()

    def retry(self) -> None:
        """Count an attempt to publish that failed and is made again."""
        self._retries.inc()

    def finish(self, topic: str, seconds: float) -> None:
        """Count an article whose final record is out, so long after it was received."""
        self._article_seconds.labels(topic).observe(max(0.0, seconds))

    def set_lag(self, lag: Mapping[tuple[str, int], int]) -> None:
        """Set the messages waiting in each partition of this worker, and forget the others."""
        for (topic, partition), messages in lag.items():
            self._lag.labels(topic, str(partition)).set(messages)
        for topic, partition in self._lag_of - lag.keys():
            self._lag.remove(topic, str(partition))
        self._lag_of = set(lag)

    def set_index(self, sizes: Iterable[tuple[str, int]]) -> None:
        """Set how many entries each table has."""
        for table, entries in sizes:
            self._index_entries.labels(table).set(entries)

    def set_health(self, ready: bool, stalled: float) -> None:
        """Set whether the worker can work, and for how long nothing moved."""
        self._ready.set(ready)
        self._stalled.set(stalled)

    def exposition(self) -> bytes:
        """Return all of it in Prometheus' text format."""
        return generate_latest(self._registry)
