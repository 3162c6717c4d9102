"""Following: the records of the output topics as they come, on kafka-python."""

import logging
import math
import time
from collections import deque
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.subscription_state import ConsumerRebalanceListener
from kafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    KafkaError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)
from kafka.structs import MemberState, OffsetAndMetadata

from pipeline.clients.given import Given, GivenToGroup, Held
from pipeline.clients.reading import RecordReader
from pipeline.clients.starting_point import BEGINNING, StartingPoint
from pipeline.connection import connect, is_reachable
from pipeline.errors import UserError
from pipeline.filters import Filter
from pipeline.message import Message
from pipeline.settings import Settings
from pipeline.topics import TOPIC_OF, Topic, deliveries, require_topics
from schemas import Duplicate, EnrichedArticle, Record, Withdrawal

logger = logging.getLogger(__name__)

_POLL_MS = 200
_JOINING_SECONDS = 20.0
_SLOWEST_CONSUMER_MS = 30 * 60 * 1000
# A broker takes leave of who is still joining only when all others have joined.
_LEAVING_MS = 2000
# As long as kafka-python waits for an answer itself where it does not wait for ever.
_ANSWER_MS = 30_000
# How often a broker that sends nothing is looked after, and how often in vain.
_LOOK_SECONDS = 1.0
_LOOKS = 3

_WITHDRAWALS = TOPIC_OF[Withdrawal].name
# What can be withdrawn, and so must have been read before a withdrawal is.
_ARTICLES = {TOPIC_OF[EnrichedArticle].name, TOPIC_OF[Duplicate].name}
# Somebody else has our partitions by now, and will read again what we could not commit.
_NO_LONGER_OURS = (
    CommitFailedError, IllegalGenerationError, RebalanceInProgressError, UnknownMemberIdError,
)  # fmt: skip

# Why a record is handed out: it was asked for, or it concerns what was handed out before.
Reason = Literal["match", "withdrawal", "correction", "release"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A record, the message in which it came, and why it is handed out."""

    record: Record
    message: Message
    reason: Reason = "match"


def subscribe(
    settings: Settings,
    topics: Sequence[Topic],
    group: str | None = None,
    idle_seconds: float | None = None,
    watch: Callable[[], None] = lambda: None,
    *,
    start: StartingPoint | None = None,
    where: Filter | None = None,
    embargoed: bool = False,
) -> Generator[Delivery, None, None]:
    """Yield the records of `topics` that match `where`, in order within each partition.

    With a `group`, the next subscriber of the group goes on where this one stopped; `start` (the
    beginning otherwise) is where a new group begins. A record counts as delivered when the next one
    is asked for. With `idle_seconds`, it ends when nothing came for so long and nothing is left.
    `watch` is called several times a second, and may raise. A message that is no record of its
    topic is logged and passed over. The members of a group are to ask for the same.

    Whoever was given an article is given its withdrawal, its correction and the end of its hold
    too, whatever `where` says and whatever `topics` lack. A withdrawal comes after every article
    that was published before it. An article under embargo, and so a copy of one, is kept until its
    time has come, unless `embargoed`; what is withdrawn or has a new version by then never comes.

    Raises `UserError` where no broker answers, a topic is missing, or the broker goes away.
    """
    names = [topic.name for topic in topics]
    remembered = [deliveries(settings)] if group is not None else []
    # Corrections and the ends of holds are among the articles, of copies too.
    concerning = [TOPIC_OF[EnrichedArticle], TOPIC_OF[Withdrawal]] if _ARTICLES & set(names) else []
    followed = list({topic.name: topic for topic in (*topics, *concerning)}.values())
    require_topics(settings, [*followed, *remembered])
    try:
        given = (
            Given(timedelta(days=settings.window_days))
            if group is None
            else GivenToGroup(settings, group)
        )
        try:
            choice = _Choice(names, where, embargoed, given)
            source = _Source(settings, [topic.name for topic in followed], group, start)
            try:
                yield from _deliveries(settings, source, choice, given, idle_seconds, watch)
            finally:
                source.close()
        finally:
            given.close()
    except KafkaError as error:
        raise UserError(f"the broker at {settings.broker} went away: {error}") from error


def _deliveries(
    settings: Settings,
    source: "_Source",
    choice: "_Choice",
    given: Given,
    idle_seconds: float | None,
    watch: Callable[[], None],
) -> Iterator[Delivery]:
    last = looked = time.monotonic()
    looks_in_vain = 0
    reader = RecordReader()
    waiting: deque[_Waiting] = deque()
    while (
        idle_seconds is None
        or time.monotonic() - last < idle_seconds
        or (is_reachable(settings) and not source.is_at_end())
    ):
        watch()
        polled = source.poll()
        if polled or waiting or source.is_joining():
            last = time.monotonic()
        if source.changed():
            last = time.monotonic()
            given.refresh()
            waiting = deque(w for w in waiting if source.owns(w.message))
        if (overdue := source.overdue()) is not None:
            if idle_seconds is not None:
                raise UserError(overdue)
            logger.warning("%s", overdue)
        arrived = [message for message in polled if message.topic != _WITHDRAWALS]
        withdrawn = [message for message in polled if message.topic == _WITHDRAWALS]
        if withdrawn:
            before = source.ends(_ARTICLES)
            waiting.extend(_Waiting(message, before) for message in withdrawn)

        steps = [(message, choice.of(message, reader)) for message in arrived]
        given.flush()
        for number, (message, delivery) in enumerate(steps):
            if not source.is_member():
                source.go_back(arrived[number:])
                break
            if delivery is not None:
                yield delivery
            source.done(message)
        if waiting and source.is_member() and source.has_read(waiting[0].before):
            given.refresh()
            while waiting and source.is_member() and source.has_read(waiting[0].before):
                message = waiting.popleft().message
                delivery = choice.of(message, reader)
                given.flush()
                if delivery is not None:
                    yield delivery
                source.done(message)
        for held in choice.out_of_embargo(source):
            delivery = choice.released(held, reader)
            given.flush()
            if delivery is not None:
                yield delivery
            given.drop(held)
        given.flush()
        source.commit()

        if polled:
            looks_in_vain = 0
        elif time.monotonic() - looked > _LOOK_SECONDS:
            looks_in_vain = 0 if is_reachable(settings) else looks_in_vain + 1
            looked = time.monotonic()
            if looks_in_vain >= _LOOKS:
                break
    if looks_in_vain or not is_reachable(settings):
        raise UserError(f"the broker at {settings.broker} went away before all was read")
    if still_held := sum(source.owns(held.message) for held in given.held):
        logger.warning("%s articles are held back until their embargo ends", still_held)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A withdrawal, and where the topics of articles ended when it had come."""

    message: Message
    before: dict[TopicPartition, int]


class _Choice:
    """Decides which records are handed out, and remembers what was."""

    def __init__(
        self, topics: Collection[str], where: Filter | None, embargoed: bool, given: Given
    ) -> None:
        self._topics = topics
        self._where = where
        self._embargoed = embargoed
        self._given = given

    def of(self, message: Message, reader: RecordReader) -> Delivery | None:
        """Return what is to be handed out of a message; None where nothing is."""
        record = reader.read(message)
        if record is None:
            return None
        match record:
            case EnrichedArticle() | Duplicate():
                self._drop_held([record.article_id])
                until = record.embargo_until
                if until is not None and not self._embargoed and until > datetime.now(UTC):
                    if self._reason(record):
                        self._given.hold(Held(message, record.article_id, until))
                    return None
            case Withdrawal():
                self._drop_held(record.affected)
        return self._delivery(record, message)

    def released(self, held: Held, reader: RecordReader) -> Delivery | None:
        """Return what is to be handed out of a message whose embargo is over."""
        record = reader.read(held.message)
        return None if record is None else self._delivery(record, held.message)

    def out_of_embargo(self, source: "_Source") -> list[Held]:
        """Return what is held of our partitions and may be handed out now."""
        now = datetime.now(UTC)
        return [
            held
            for held in self._given.held
            if held.until <= now and source.owns(held.message) and source.is_member()
        ]

    def _delivery(self, record: Record, message: Message) -> Delivery | None:
        reason = self._reason(record)
        if reason is None:
            return None
        match record:
            case EnrichedArticle() | Duplicate():
                self._given.add(record.article_id)
            case Withdrawal():
                for article_id in record.affected:
                    if self._given.has([article_id]):
                        self._given.add(article_id, withheld=record.status == "withheld")
        return Delivery(record, message, reason)

    def _reason(self, record: Record) -> Reason | None:
        asked_for = TOPIC_OF[type(record)].name in self._topics
        if asked_for and (self._where is None or self._where(record)):
            return "match"
        match record:
            case Withdrawal() if self._given.has(record.affected):
                return "withdrawal"
            case EnrichedArticle(relation="correction") if self._given.has(
                [record.article_id, record.previous.article_id if record.previous else None]
            ):
                return "correction"
            case EnrichedArticle() if self._given.is_withheld(record.article_id):
                return "release"
        return None

    def _drop_held(self, article_ids: Iterable[str]) -> None:
        """Forget what is under embargo and was withdrawn or has a newer version."""
        for held in self._given.held:
            if held.article_id in article_ids:
                self._given.drop(held)


class _Source:
    """The messages of some topics, from where they are to be read, and how far they were read."""

    def __init__(
        self,
        settings: Settings,
        topics: Sequence[str],
        group: str | None,
        start: StartingPoint | None,
    ) -> None:
        self._settings = settings
        self._topics = topics
        self._group = group
        self._start = start or BEGINNING
        self._start_is_ours = start is not None and group is not None
        self._consumer = connect(
            KafkaConsumer,
            settings,
            group_id=group,
            auto_offset_reset="earliest",  # where what was committed is there no more
            enable_auto_commit=False,
            session_timeout_ms=int(settings.session_timeout * 1000),
            heartbeat_interval_ms=int(settings.session_timeout * 1000 / 3),
            # Who takes our records may take its time; heartbeats say that we are alive.
            max_poll_interval_ms=_SLOWEST_CONSUMER_MS,
        )
        self._joining_seconds = 2 * settings.session_timeout + _JOINING_SECONDS
        self._assigned_by = self._formed_by = time.monotonic() + self._joining_seconds
        self._done: dict[TopicPartition, int] = {}  # the first offset that is not done
        self._committed: dict[TopicPartition, int] = {}
        self._changed = False
        self._begun: set[TopicPartition] = set()
        self._listener = _Pausing(self._consumer)
        if group is None:
            partitions = [
                TopicPartition(topic, number)
                for topic in topics
                for number in self._consumer.partitions_for_topic(topic) or ()
            ]
            self._consumer.assign(partitions)
            self._begin(partitions)
        else:
            self._consumer.subscribe(topics, listener=self._listener)
            for topic in topics:  # what joins without knowing them has to join again
                self._consumer.partitions_for_topic(topic)

    def poll(self) -> list[Message]:
        """Return what has come, waiting for `_POLL_MS` at most."""
        polled = self._consumer.poll(timeout_ms=_POLL_MS)
        if self._group is not None:
            self._take_over()
        return [
            Message.of_consumed(consumed) for messages in polled.values() for consumed in messages
        ]

    def changed(self) -> bool:
        """Say whether our partitions are others than when last asked."""
        changed, self._changed = self._changed, False
        return changed

    def is_joining(self) -> bool:
        """Say whether the group forms, or we have no partitions yet, but may still get some."""
        return not self._is_in_group() or (
            not self._consumer.assignment() and time.monotonic() < self._assigned_by
        )

    def overdue(self) -> str | None:
        """Return what to say of a group that takes too long to form, once each time it does."""
        if self._is_in_group():
            self._formed_by = time.monotonic() + self._joining_seconds
        elif time.monotonic() > self._formed_by:
            self._formed_by = math.inf
            return (
                f"the group {self._group} has not formed for {self._joining_seconds:.0f} s: one of "
                "its members does not go on, or the broker has lost its way: end the other "
                "members, or take another --group"
            )
        return None

    def is_member(self) -> bool:
        """Say whether the group still reckons with us, as it does not after too long a silence.

        Others then read what we were about to hand out, and maybe its withdrawal.
        """
        return self._group is None or (
            self._is_in_group()
            and not self._consumer._coordinator.heartbeat.session_timeout_expired()
        )

    def _is_in_group(self) -> bool:
        return self._group is None or self._consumer._coordinator.state is MemberState.STABLE

    def go_back(self, messages: Iterable[Message]) -> None:
        """Read the messages again, where their partitions stay ours."""
        for message in reversed(list(messages)):
            self._consumer.seek(_partition(message), message.offset)

    def owns(self, message: Message) -> bool:
        """Say whether the message's partition is ours."""
        return _partition(message) in self._begun

    def ends(self, topics: Collection[str]) -> dict[TopicPartition, int]:
        """Return where the partitions of those of `topics` end that we follow."""
        partitions = [
            TopicPartition(topic, number)
            for topic in self._topics
            if topic in topics
            for number in self._consumer.partitions_for_topic(topic) or ()
        ]
        ends: dict[TopicPartition, int] = (
            self._consumer.end_offsets(partitions) if partitions else {}
        )
        return ends

    def is_at_end(self) -> bool:
        """Say whether our partitions have nothing more: a busy broker may only be slow."""
        ends = self._consumer.end_offsets(list(self._begun)) if self._begun else {}
        return self.has_read(ends)

    def has_read(self, ends: dict[TopicPartition, int]) -> bool:
        """Say whether all before `ends` is done, by us or by another member of the group."""
        return all(self._place(partition) >= end for partition, end in ends.items())

    def _place(self, partition: TopicPartition) -> int:
        if partition in self._begun:
            place: int | None = self._consumer.position(partition, timeout_ms=_ANSWER_MS)
        else:
            place = self._committed_place(partition)
        return place or 0

    def _committed_place(self, partition: TopicPartition) -> int | None:
        place: int | None = self._consumer.committed(partition, timeout_ms=_ANSWER_MS)
        return place

    def done(self, message: Message) -> None:
        """Note that the message was handed out, or need not be."""
        assert message.offset is not None
        self._done[_partition(message)] = message.offset + 1

    def commit(self) -> None:
        """Let the group go on behind what is done, whoever of it does."""
        if self._group is None:
            return
        moved = {
            partition: offset
            for partition, offset in self._done.items()
            if partition in self._begun and self._committed.get(partition) != offset
        }
        if not moved:
            return
        try:
            self._consumer.commit(
                {
                    partition: OffsetAndMetadata(offset, "", -1)
                    for partition, offset in moved.items()
                }
            )
        except _NO_LONGER_OURS as error:
            logger.info("not committed: %r", error)
        else:
            self._committed |= moved

    def close(self) -> None:
        """Commit what is done, and leave the group."""
        try:
            if is_reachable(self._settings):
                self.commit()
        finally:
            self._consumer.close(timeout_ms=_LEAVING_MS)

    def _take_over(self) -> None:
        """Begin to read partitions that were assigned to us, which wait until then."""
        if not self._listener.has_news:
            return
        # What was lost may be ours again already, but others had it meanwhile: it is let go first.
        lost, self._listener.has_lost = self._listener.has_lost, False
        self._listener.has_news = lost
        assigned = set() if lost else self._consumer.assignment()
        self._changed = True
        self._begun &= assigned
        self._done = {p: offset for p, offset in self._done.items() if p in self._begun}
        self._committed = {p: offset for p, offset in self._committed.items() if p in self._begun}
        places = {partition: self._committed_place(partition) for partition in assigned}
        without_place = [p for p, place in places.items() if place is None]
        self._begin([p for p in without_place if p not in self._done])
        for partition, place in places.items():
            if place is None:
                self._consumer.seek(partition, self._done[partition])
            elif partition not in self._begun:
                # Where a poll ends with the join, kafka-python begins at the beginning instead.
                self._consumer.seek(partition, place)
        self._begun |= assigned
        if assigned:
            if self._start_is_ours and len(without_place) < len(assigned):
                logger.warning("group %s goes on where it stopped, not from --from", self._group)
            self._start_is_ours = False
            self._consumer.resume(*assigned)

    def _begin(self, partitions: list[TopicPartition]) -> None:
        """Set the place in partitions in which there is none yet."""
        if partitions:
            for partition, offset in self._start.offsets(self._consumer, partitions).items():
                self._consumer.seek(partition, offset)
                self._done[partition] = offset
            self._begun.update(partitions)


class _Pausing(ConsumerRebalanceListener):  # type: ignore[misc]  # kafka-python is not typed
    """Holds partitions that were assigned until their place is known.

    It runs between the client's own requests, where nothing can be asked of the broker.
    """

    def __init__(self, consumer: KafkaConsumer) -> None:
        self._consumer = consumer
        self.has_news = False
        self.has_lost = False

    def on_partitions_revoked(self, _revoked: Collection[TopicPartition]) -> None:
        """Note it; what was not committed is read again.

        kafka-python 3.0.12 forgets that it is joining where new partitions of a topic were the
        cause and a poll ends before the join does (kafka/coordinator/base.py, `join_group_async`):
        it then has no partitions, sends no heartbeats, and never joins again.
        """
        self.has_news = True
        self._consumer._coordinator.request_rejoin()  # taken back when it has joined

    def on_partitions_lost(self, lost: Collection[TopicPartition]) -> None:
        """Note that others may have read on in them."""
        self.has_lost = True
        self.on_partitions_revoked(lost)

    def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        """Pause them."""
        self.has_news = True
        self._consumer.pause(*assigned)


def _partition(message: Message) -> TopicPartition:
    return TopicPartition(message.topic, message.partition)
