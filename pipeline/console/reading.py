"""Reading the final topics into the window, in a thread, for as long as the console runs."""

import logging
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from pipeline.clients.reading import RecordReader
from pipeline.connection import connect
from pipeline.console.arrival import TOPICS, Arrival
from pipeline.console.bell import Bell
from pipeline.console.connected_thread import ConnectedThread
from pipeline.console.window import Window
from pipeline.message import Message
from pipeline.settings import Settings
from pipeline.topics import FINAL_TOPICS, TOPIC_OF, require_topics
from schemas import FinalRecord, Rejection

logger = logging.getLogger(__name__)

# So many of the newest messages of a topic are read at the start.
_NEWEST = 5_000
_NEWEST_REJECTED = 500
# The embedded broker answers a fetch when this time is over, and not when something comes.
_FETCH_WAIT_MS = 100
_IDLE_POLLS = 10
_POLL_MS = 200
_RETRY_SECONDS = 1.0


class Reader:
    """Reads while its `thread` runs; `caught_up` is set when it has what there was at the start."""

    def __init__(self, settings: Settings, window: Window, bell: Bell) -> None:
        """Raise `UserError` where no broker answers or a topic is not there."""
        require_topics(settings, FINAL_TOPICS)
        self._settings = settings
        self._window = window
        self._bell = bell
        self.thread = ConnectedThread(
            "reading", self._connected, self._read, self._failed, _RETRY_SECONDS
        )
        self.caught_up = threading.Event()
        self.unreadable = 0
        self._records = RecordReader()

    def _read(self, consumer: Any) -> None:
        if not self.caught_up.is_set():
            self._catch_up(consumer)
        self._take(self._polled(consumer))

    def _failed(self, error: Exception) -> bool:
        logger.warning("the topics cannot be read, trying again: %s", error)
        return self.caught_up.is_set()  # the consumer knows where it is, and connects by itself

    def _connected(self) -> Any:
        consumer = connect(
            KafkaConsumer,
            self._settings,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=_FETCH_WAIT_MS,
        )
        consumer.assign([TopicPartition(topic, 0) for topic in TOPICS])
        return consumer

    def _catch_up(self, consumer: Any) -> None:
        """Read what is there, the newest of it; all topics first, so that it is put in order."""
        places = [TopicPartition(topic, 0) for topic in TOPICS]
        begins, ends = consumer.beginning_offsets(places), consumer.end_offsets(places)
        for place in places:
            is_rejected = place.topic == TOPIC_OF[Rejection].name
            newest = _NEWEST_REJECTED if is_rejected else _NEWEST
            start = max(begins[place], ends[place] - newest)
            self._window.begin(place.topic, start)
            consumer.seek(place, start)
        arrivals: list[Arrival] = []
        idle = 0
        while not self.thread.stopping.is_set() and idle < _IDLE_POLLS:
            polled = self._polled(consumer)
            arrivals += polled
            idle = 0 if polled else idle + 1
            if all(consumer.position(place) >= ends[place] for place in places):
                break
        self._take(arrivals)
        self.caught_up.set()
        self._bell.ring()

    def _polled(self, consumer: Any) -> list[Arrival]:
        found = consumer.poll(timeout_ms=_POLL_MS)
        return [
            arrival
            for messages in found.values()
            for message in messages
            if (arrival := self._arrival(message)) is not None
        ]

    def _take(self, arrivals: Iterable[Arrival]) -> None:
        now = datetime.now(UTC)
        arrivals = list(arrivals)
        if arrivals:
            self._window.add(arrivals, now)
        if self._window.release(now) or arrivals:
            self._bell.ring()

    def _arrival(self, consumed: Any) -> Arrival | None:
        message = Message.of_consumed(consumed)
        record = self._records.read(message)
        if record is None:
            self.unreadable += 1
            return None
        assert isinstance(record, FinalRecord)
        published = consumed.timestamp
        at = datetime.fromtimestamp(published / 1000, UTC) if published else datetime.now(UTC)
        return Arrival.of(message, record, at)
