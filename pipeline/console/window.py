"""The window: the newest of what came out, in the order in which it may be shown.

Bounded by count and by bytes. What is embargoed waits outside of it until its time; what was killed
or held leaves a tombstone. Which of two came first, a version of an article or its withdrawal, is
told by when they were published, since they come from different topics in any order.
"""

import heapq
import math
import threading
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count
from typing import Self

import orjson

from pipeline.console.arrival import TOPICS, Arrival
from pipeline.console.rows import Kind, Withdrawn, kind_of, row, tombstone
from pipeline.topics import TOPIC_OF
from schemas import Duplicate, EnrichedArticle, FinalRecord, Rejection, Withdrawal

_WITHDRAWALS = TOPIC_OF[Withdrawal].name

_MOST_NEWS = 5_000
_MOST_REJECTED = 500
_MOST_BYTES = 64 * 1024**2
_MOST_WITHDRAWN = 20_000
_MOST_HELD = 5_000
_MOST_RECEIPTS = 1_000


@dataclass(frozen=True, slots=True)
class Position:
    """How far somebody has read: the next offset of each final topic, and when that was so.

    The time, in ms since 1970, tells which embargoes have ended since. It means the same to a
    server that was started later.
    """

    offsets: tuple[int, ...]
    at: int

    def __str__(self) -> str:
        return ".".join(map(str, (*self.offsets, self.at)))

    @classmethod
    def of(cls, text: str) -> Self | None:
        """Return the position that was written so; None where it is none."""
        numbers = text.split(".")
        if len(text) > 200 or len(numbers) != len(TOPICS) + 1:
            return None
        if not all(number.isascii() and number.isdecimal() for number in numbers):
            return None
        *offsets, at = map(int, numbers)
        return cls(tuple(offsets), at)


@dataclass(slots=True)
class Entry:
    """A record in the window; `row` is what the stream shows of it."""

    sequence: int
    position: Position
    arrival: Arrival
    kind: Kind
    story_id: str | None
    embargo_until: datetime | None
    row: bytes
    withdrawn: Withdrawn | None = None

    @property
    def record(self) -> FinalRecord | None:
        """The record; None where it was withdrawn."""
        arrival = self.arrival  # before looking: it is stripped once it was withdrawn
        return None if self.withdrawn else arrival.record

    @property
    def size(self) -> int:
        """Roughly the bytes that it takes."""
        return len(self.row) + len(self.arrival.packed) + 500


class Log:
    """Entries in order, of which the oldest go where there are too many."""

    def __init__(self, topics: Sequence[str], most: int, most_bytes: int) -> None:
        self.topics = frozenset(topics)
        self.entries: deque[Entry] = deque()
        self._most = most
        self._most_bytes = most_bytes
        self._bytes = 0

    def append(self, entry: Entry) -> Iterator[Entry]:
        """Add an entry and yield those that go for it."""
        self.entries.append(entry)
        self._bytes += entry.size
        while len(self.entries) > self._most or (
            self._bytes > self._most_bytes and len(self.entries) > 1
        ):
            gone = self.entries.popleft()
            self._bytes -= gone.size
            yield gone

    def strip(self, entry: Entry, stripped: Arrival, shown: bytes) -> None:
        """Leave less of an entry."""
        self._bytes -= entry.size
        entry.arrival, entry.row = stripped, shown
        self._bytes += entry.size


class Window:
    """What the console knows. Safe to use from several threads."""

    def __init__(self, most_news: int = _MOST_NEWS, most_bytes: int = _MOST_BYTES) -> None:
        self._lock = threading.Lock()
        self._sequence = count(1)
        *news, rejected = TOPICS
        self.news = Log(news, most_news, most_bytes)
        self.rejected = Log([rejected], _MOST_REJECTED, most_bytes // 4)
        self._next = dict.fromkeys(TOPICS, 0)
        self._first_kept = dict.fromkeys(TOPICS, 0)
        self._ids: set[str] = set()
        self._of_article: defaultdict[str, list[Entry]] = defaultdict(list)
        self._of_story: defaultdict[str, list[Entry]] = defaultdict(list)
        self._withdrawn: OrderedDict[str, Withdrawn] = OrderedDict()
        self._held: list[tuple[datetime, int, Arrival]] = []
        self._released_at = datetime.now(UTC)
        self._receipts: deque[dict[str, float]] = deque(maxlen=_MOST_RECEIPTS)

    # --- what comes in -----------------------------------------------------------------------

    def begin(self, topic: str, offset: int) -> None:
        """Note that a topic is read from `offset`."""
        with self._lock:
            self._next[topic] = self._first_kept[topic] = offset

    def add(self, arrivals: Iterable[Arrival], now: datetime) -> None:
        """Add what came, in the order in which it was published."""
        with self._lock:
            for arrival in sorted(arrivals, key=lambda arrival: arrival.at):
                self._next[arrival.topic] = arrival.offset + 1
                if arrival.event_id in self._ids:
                    continue  # redelivered
                self._ids.add(arrival.event_id)
                self._receipts.append(dict(arrival.receipt))
                self._take(arrival, now)

    def release(self, now: datetime) -> bool:
        """Let in what was embargoed until `now`; say whether there was anything."""
        with self._lock:
            self._released_at = now
            due = []
            while self._held and self._held[0][0] <= now:
                due.append(heapq.heappop(self._held))
            for until, _, arrival in due:
                if self._withdrawal_of(arrival) is None:
                    self._show(arrival, arrival.record, until, now)
                else:
                    self._ids.discard(arrival.event_id)
            return bool(due)

    def _take(self, arrival: Arrival, now: datetime) -> None:
        record = arrival.record
        if isinstance(record, Withdrawal):
            self._withdraw(record, arrival.at)
        until = _embargo(record)
        if until is not None and until > now:
            heapq.heappush(self._held, (until, next(self._sequence), arrival))
            if len(self._held) > _MOST_HELD:  # those that would wait longest go
                last = max(self._held)
                self._held.remove(last)
                heapq.heapify(self._held)
                self._ids.discard(last[2].event_id)
            return
        self._show(arrival, record, until, now)

    def _show(
        self, arrival: Arrival, record: FinalRecord, until: datetime | None, now: datetime
    ) -> None:
        kind = kind_of(record)
        entry = Entry(
            sequence=next(self._sequence),
            position=self._position(until if until is not None and until <= now else None),
            arrival=arrival,
            kind=kind,
            story_id=getattr(record, "story_id", None),
            embargo_until=until,
            row=row(arrival, record),
        )
        log = self.rejected if kind == "rejection" else self.news
        if entry.story_id:
            self._of_story[entry.story_id].append(entry)
        if entry.arrival.article_id:
            self._of_article[entry.arrival.article_id].append(entry)
        for gone in log.append(entry):
            self._forget(gone)
        withdrawn = self._withdrawal_of(arrival)
        if withdrawn is not None:
            self._bury(entry, withdrawn)

    def _withdrawal_of(self, arrival: Arrival) -> Withdrawn | None:
        """Return why an arrival may not be shown; a version that came later may."""
        if arrival.topic == _WITHDRAWALS:
            return None
        found = self._withdrawn.get(arrival.article_id or "")
        return found if found is not None and arrival.at <= found.at else None

    def _withdraw(self, withdrawal: Withdrawal, at: datetime) -> None:
        withdrawn = Withdrawn(at, withdrawal.status, withdrawal.reason)
        for article_id in dict.fromkeys((withdrawal.article_id, *withdrawal.affected)):
            known = self._withdrawn.get(article_id)
            if known is not None and known.at > at:
                continue
            self._withdrawn[article_id] = withdrawn
            self._withdrawn.move_to_end(article_id)
            for entry in self._of_article.get(article_id, ()):
                if entry.withdrawn is None and self._withdrawal_of(entry.arrival) is not None:
                    self._bury(entry, withdrawn)
        while len(self._withdrawn) > _MOST_WITHDRAWN:
            self._withdrawn.popitem(last=False)

    def _bury(self, entry: Entry, withdrawn: Withdrawn) -> None:
        log = self.rejected if entry.kind == "rejection" else self.news
        shown = tombstone(entry.arrival, entry.kind, entry.story_id, withdrawn)
        entry.withdrawn = withdrawn
        log.strip(entry, replace(entry.arrival, packed=b""), shown)

    def _forget(self, entry: Entry) -> None:
        self._ids.discard(entry.arrival.event_id)
        self._first_kept[entry.arrival.topic] = entry.arrival.offset + 1
        for index, name in (
            (self._of_story, entry.story_id),
            (self._of_article, entry.arrival.article_id),
        ):
            if name is not None and name in index:
                index[name] = [other for other in index[name] if other is not entry]
                if not index[name]:
                    del index[name]

    def _position(self, released: datetime | None = None) -> Position:
        # What embargo has ended but is not released yet is still to come.
        at = released or self._released_at
        return Position(tuple(self._next.values()), math.ceil(at.timestamp() * 1000))

    # --- what is asked of it -----------------------------------------------------------------

    def position(self, log: Log, sequence: int) -> Position | None:
        """Return the position of who has all of a log; None where there is more than `sequence`."""
        with self._lock:
            if log.entries and log.entries[-1].sequence > sequence:
                return None
            return self._position()

    def since(self, log: Log, sequence: int) -> list[Entry]:
        """Return the entries of a log after the one with that number, the oldest first."""
        found = []
        with self._lock:
            for entry in reversed(log.entries):
                if entry.sequence <= sequence:
                    break
                found.append(entry)
        return found[::-1]

    def split(self, log: Log, position: Position) -> tuple[list[Entry], list[Entry]] | None:
        """Return the entries that a reader at `position` has had, and those that it has not.

        None where that is not known: some of them have gone, or the topics were made anew.
        """
        places = dict(zip(TOPICS, position.offsets, strict=True))
        with self._lock:
            for topic in log.topics:
                if not self._first_kept[topic] <= places[topic] <= self._next[topic]:
                    return None
            had: list[Entry] = []
            new: list[Entry] = []
            for entry in log.entries:
                since = entry.embargo_until
                is_new = entry.arrival.offset >= places[entry.arrival.topic] or (
                    since is not None and since.timestamp() * 1000 > position.at
                )
                (new if is_new else had).append(entry)
            return had, new

    def story(self, identifier: str) -> list[Entry]:
        """Return the entries of a story, or of the story that an article is of; oldest first."""
        with self._lock:
            if identifier not in self._of_story:
                of_article = self._of_article.get(identifier, ())
                stories = [entry.story_id for entry in of_article if entry.story_id]
                identifier = stories[-1] if stories else identifier
            return list(self._of_story.get(identifier, ()))

    def receipts(self) -> list[dict[str, float]]:
        """Return the seconds that the newest articles were on their way."""
        with self._lock:
            return list(self._receipts)

    def counts(self) -> dict[str, int]:
        """Return how much there is, and how much is held back."""
        with self._lock:
            return {
                "news": len(self.news.entries),
                "rejected": len(self.rejected.entries),
                "embargoed": len(self._held),
            }


def _embargo(record: FinalRecord) -> datetime | None:
    """Return until when a record is held back."""
    match record:
        case EnrichedArticle() | Duplicate():
            return record.embargo_until
        case Rejection():
            return _embargo_of_input(record.value)
        case Withdrawal():
            return None


def _embargo_of_input(value: bytes) -> datetime | None:
    """Return until when a rejected input is under embargo, if it can be read that far."""
    try:
        data = orjson.loads(value)
        until = data.get("embargo_until") if isinstance(data, dict) else None
        time = datetime.fromisoformat(until) if isinstance(until, str) else None
    except ValueError:
        return None
    return time if time is None or time.tzinfo else time.replace(tzinfo=UTC)
