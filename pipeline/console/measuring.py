"""Rates, lag and latency, from what anybody can ask of the broker: offsets, and times on messages.

Rates come from how the ends of the topics move, lag from what the workers' group has committed,
latency from `received_at` and the time of publication, and from the receipts that workers write.
"""

import logging
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec

from pipeline.connection import connect
from pipeline.console.bell import Bell
from pipeline.console.connected_thread import ConnectedThread
from pipeline.console.window import Window
from pipeline.settings import Settings
from pipeline.topics import TOPIC_OF
from schemas import CleanArticle, RawArticle, TaggedArticle

logger = logging.getLogger(__name__)

_EVERY = 2.0
_SAMPLES = 151  # five minutes
_RECENT = 5  # samples: a rate of the last ten seconds
_TIMEOUT_MS = 5_000
# What was on its way for longer was not on its way: an old wire is replayed.
_REPLAYED_SECONDS = 86_400.0

_READS = {"clean": TOPIC_OF[RawArticle].name, "tag": TOPIC_OF[CleanArticle].name,
          "relate": TOPIC_OF[TaggedArticle].name}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """The ends of the topics, summed over partitions, and how much of each is not done yet."""

    at: float
    ends: Mapping[str, int]
    lag: Mapping[str, int | None]


class Measuring:
    """Asks the broker every two seconds while its `thread` runs."""

    def __init__(self, settings: Settings, window: Window, bell: Bell) -> None:
        self._bell = bell
        self._settings = settings
        self._window = window
        self._samples: deque[Sample] = deque(maxlen=_SAMPLES)
        self.away_since: datetime | None = None
        self.thread = ConnectedThread(
            "measuring", self._connected, self._measure, self._failed, _EVERY
        )

    def _connected(self) -> Any:
        return connect(KafkaAdminClient, self._settings, request_timeout_ms=_TIMEOUT_MS)

    def _measure(self, admin: Any) -> None:
        self._samples.append(self._sample(admin))
        self._set_away(None)
        self.thread.stopping.wait(_EVERY)

    def _failed(self, error: Exception) -> bool:
        if self.away_since is None:
            logger.warning("the broker does not answer: %s", error)
            self._set_away(datetime.now(UTC))
        return False

    def _set_away(self, since: datetime | None) -> None:
        if since != self.away_since:
            self.away_since = since
            self._bell.ring()

    def _sample(self, admin: Any) -> Sample:
        places = [
            TopicPartition(topic.name, partition)
            for topic in TOPIC_OF.values()
            for partition in range(topic.partition_count(self._settings))
        ]
        ends = self._offsets(admin, places, OffsetSpec.LATEST)
        group = self._settings.consumer_group
        read = [place for place in places if place.topic in _READS.values()]
        done = admin.list_group_offsets({group: read})[group]
        begins = self._offsets(admin, read, OffsetSpec.EARLIEST)
        lag = dict.fromkeys(_READS.values(), 0)
        for place in read:
            committed = done[place].offset if place in done else -1
            start = max(committed, begins[place])
            lag[place.topic] += max(0, ends[place] - start)
        totals: dict[str, int] = {}
        for place in places:
            totals[place.topic] = totals.get(place.topic, 0) + ends[place]
        return Sample(time.monotonic(), totals, lag)

    def _offsets(self, admin: Any, places: Sequence[Any], spec: Any) -> dict[Any, int]:
        found = admin.list_partition_offsets(dict.fromkeys(places, spec))
        return {place: max(0, found[place].offset) for place in places}

    def report(self) -> dict[str, Any]:
        """Return what was measured, for the page; times in seconds, rates a second."""
        samples = list(self._samples)
        receipts = self._window.receipts()
        return {
            "broker": self._settings.broker,
            "away_since": self.away_since,
            "every": _EVERY,
            "topics": [
                {
                    "name": topic.name,
                    "total": samples[-1].ends[topic.name] if samples else None,
                    "rate": _rate(samples, topic.name),
                    "rates": _rates(samples, topic.name),
                }
                for topic in TOPIC_OF.values()
            ],
            "stages": [
                {
                    "name": stage,
                    "reads": topic,
                    "lag": samples[-1].lag[topic] if samples else None,
                    "lags": [sample.lag[topic] for sample in samples],
                    "latency": _latency(receipts, stage),
                }
                for stage, topic in _READS.items()
            ],
            "latency": _latency(receipts, "whole"),
            "window": self._window.counts(),
        }


def _rate(samples: Sequence[Sample], topic: str) -> float | None:
    if len(samples) < 2:
        return None
    first, last = samples[max(0, len(samples) - 1 - _RECENT)], samples[-1]
    return max(0, last.ends[topic] - first.ends[topic]) / (last.at - first.at)


def _rates(samples: Sequence[Sample], topic: str) -> list[float]:
    return [
        round(max(0, b.ends[topic] - a.ends[topic]) / (b.at - a.at), 2)
        for a, b in pairwise(samples)
    ]


def _latency(receipts: Sequence[Mapping[str, float]], name: str) -> dict[str, float | int] | None:
    """Return median and 95th percentile of the newest articles; None where none says."""
    times = sorted(
        receipt[name] for receipt in receipts if 0 <= receipt.get(name, -1) <= _REPLAYED_SECONDS
    )
    if not times:
        return None
    return {
        "of": len(times),
        "median": round(times[len(times) // 2], 4),
        "p95": round(times[min(len(times) - 1, int(len(times) * 0.95))], 4),
    }
