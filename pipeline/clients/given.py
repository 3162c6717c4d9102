"""What a subscriber was given, and what it is still to be given.

A subscriber that has an article is told of its kill and its correction, whatever it asked for; so
what it was given is remembered for the window, and what is under embargo is kept until it ends.
Without a group both last as long as the subscription. For a group they are in a compacted topic:
they last as long as the group's place in the topics does, are there for every member on every
machine, and are gone where the broker's memory is.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic, time
from typing import Any

import orjson
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaTimeoutError

from pipeline.connection import connect
from pipeline.message import Headers, Message
from pipeline.settings import Settings
from pipeline.topics import MAX_RECORD_BYTES, deliveries

_SECONDS = 30.0

# The header that tells of a message under embargo where it was read, and what is held.
_HELD = "newswire_held"


@dataclass(frozen=True, slots=True)
class Held:
    """A message that is handed out when the embargo on its article ends."""

    message: Message
    article_id: str
    until: datetime


@dataclass(frozen=True, slots=True)
class _Entry:
    at: float  # seconds since 1970
    withheld: bool = False


class Given:
    """The articles that a subscriber was given, by id, and the messages that it is to get later."""

    def __init__(self, window: timedelta) -> None:
        self._window = window.total_seconds()
        self._given: dict[str, _Entry] = {}  # the oldest first
        self._held: dict[str, Held] = {}  # by `ce_id`

    @property
    def held(self) -> list[Held]:
        """What is under embargo, in the order of its coming."""
        return list(self._held.values())

    def has(self, article_ids: Iterable[str | None]) -> bool:
        """Say whether one of the articles was given."""
        return any(article_id in self._given for article_id in article_ids)

    def is_withheld(self, article_id: str) -> bool:
        """Say whether the article was given, and then a hold of it."""
        given = self._given.get(article_id)
        return given is not None and given.withheld

    def add(self, article_id: str, withheld: bool = False) -> None:
        """Remember that the article is given, or with `withheld` a hold of it."""
        self._note(article_id, _Entry(time(), withheld))

    def hold(self, held: Held) -> None:
        """Keep a message that is under embargo."""
        self._held[_event_id(held.message)] = held

    def drop(self, held: Held) -> None:
        """Keep a message no longer."""
        self._held.pop(_event_id(held.message), None)

    def flush(self) -> None:
        """Wait until what is to be remembered is safe."""

    def refresh(self) -> None:
        """Learn what other members of the group were given until now."""

    def close(self) -> None:
        """End the connections that there are."""

    def _note(self, article_id: str, given: _Entry) -> None:
        self._given.pop(article_id, None)  # so that it goes to the end
        self._given[article_id] = given
        oldest = given.at - self._window
        while (first := next(iter(self._given))) and self._given[first].at < oldest:
            del self._given[first]


class GivenToGroup(Given):
    """What all members of a consumer group were given; written before an article is handed out.

    Killed between the two, a subscriber may be told of the kill of what it never saw: the lesser
    harm. All of a group is in one partition of the topic, under the keys ["GROUP", "given",
    article id] and ["GROUP", "held", ce_id].
    """

    def __init__(self, settings: Settings, group: str) -> None:
        """Connect and read what is remembered; raise `UserError` where no broker answers."""
        super().__init__(timedelta(days=settings.window_days))
        self._group = group
        self._topic = deliveries(settings).name
        self._consumer = connect(KafkaConsumer, settings, group_id=None, enable_auto_commit=False)
        partitions = self._consumer.partitions_for_topic(self._topic) or {0}
        number = zlib.crc32(group.encode()) % len(partitions)
        self._partition = TopicPartition(self._topic, number)
        self._consumer.assign([self._partition])
        self._consumer.seek_to_beginning(self._partition)
        self._producer = connect(
            KafkaProducer,
            settings,
            acks="all",
            linger_ms=5,
            batch_size=settings.producer_batch_size,
            delivery_timeout_ms=int(_SECONDS * 1000),
            request_timeout_ms=int(_SECONDS * 1000 / 2),
            max_block_ms=int(_SECONDS * 1000),
            max_request_size=MAX_RECORD_BYTES + 64 * 1024,
        )
        self._waiting: list[Any] = []
        self.refresh()

    def add(self, article_id: str, withheld: bool = False) -> None:
        """Remember it, and tell the other members."""
        super().add(article_id, withheld)
        value = {"at": self._given[article_id].at, "withheld": withheld}
        self._send("given", article_id, orjson.dumps(value))

    def hold(self, held: Held) -> None:
        """Keep a message that is under embargo, bytes and headers."""
        super().hold(held)
        message = held.message
        kept = orjson.dumps(
            [message.topic, message.partition, message.offset, held.article_id, held.until]
        )
        headers = (*message.headers, (_HELD, kept))
        self._send("held", _event_id(message), message.value, headers)

    def drop(self, held: Held) -> None:
        """Keep a message no longer."""
        super().drop(held)
        self._send("held", _event_id(held.message), None)

    def flush(self) -> None:
        """Wait until the broker has it all; raise `KafkaError` where it does not take it."""
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            future.get(timeout=_SECONDS)

    def refresh(self) -> None:
        """Read on to the end of what there is now; raise `KafkaError` where nothing comes of it."""
        (end,) = self._consumer.end_offsets([self._partition]).values()
        last = monotonic()
        while (position := self._consumer.position(self._partition)) < end:
            if monotonic() - last > _SECONDS:
                raise KafkaTimeoutError(f"{self._topic} is not read on from {position}")
            for polled in self._consumer.poll(timeout_ms=500).values():
                last = monotonic()
                for consumed in polled:
                    self._read(Message.of_consumed(consumed), consumed.value is None)

    def close(self) -> None:
        """End the connections; what the broker has not taken is lost."""
        self._consumer.close()
        self._producer.close(timeout=2)

    def _send(self, what: str, name: str, value: bytes | None, headers: Headers = ()) -> None:
        self._waiting.append(
            self._producer.send(
                self._topic,
                partition=self._partition.partition,
                key=orjson.dumps([self._group, what, name]),
                value=value,
                headers=[(name, value) for name, value in headers if value is not None],
            )
        )

    def _read(self, entry: Message, removed: bool) -> None:
        group, what, name = orjson.loads(entry.key or b"[0,0,0]")
        if group != self._group:
            return
        if what == "given":
            self._note(name, _Entry(**orjson.loads(entry.value)))
        elif removed:
            self._held.pop(name, None)
        else:
            self._held[name] = _held(entry)


def _held(entry: Message) -> Held:
    """Return what was held, with its message as it was read from its own topic."""
    kept = orjson.loads(entry.header(_HELD) or b"")
    topic, partition, offset, article_id, until = kept
    headers = tuple(header for header in entry.headers if header[0] != _HELD)
    message = Message(entry.value, None, headers, topic, partition, offset)
    return Held(message, article_id, datetime.fromisoformat(until))


def _event_id(message: Message) -> str:
    return message.header("ce_id") or f"{message.topic}/{message.partition}/{message.offset}"
