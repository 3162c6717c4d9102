"""A final record as it came out of its topic, small enough to keep thousands of them."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from pipeline.message import Message
from pipeline.topics import FINAL_TOPICS, RECORD_OF
from schemas import FinalRecord, Rejection

# Of an input that was rejected, so many bytes are kept to be looked at.
KEPT_BYTES = 16 * 1024
# Of the records that were unpacked last, for the many that ask for the newest.
_UNPACKED = 256
_STAGES = ("clean", "tag", "relate")

TOPICS = tuple(topic.name for topic in FINAL_TOPICS)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A final record, packed; `at` is when it was published, UTC."""

    topic: str
    offset: int
    at: datetime
    event_id: str
    packed: bytes
    article_id: str | None
    source: str | None
    whole_size: int
    receipt: Mapping[str, float]

    @classmethod
    def of(cls, message: Message, record: FinalRecord, at: datetime) -> "Arrival":
        """Return the arrival of `record`, which came in `message`."""
        size = len(message.value)
        if isinstance(record, Rejection):
            size = len(record.value)
            record = record.model_copy(update={"value": record.value[:KEPT_BYTES]})
        return cls(
            topic=message.topic or "",
            offset=message.offset or 0,
            at=at,
            event_id=message.header("ce_id") or f"{message.topic}/{message.offset}",
            # Not the message's bytes: those of a newer schema hold what is not understood.
            packed=zlib.compress(record.to_json(), 1),
            article_id=record.article_id,
            source=record.source,
            whole_size=size,
            receipt=_receipt(message, record, at),
        )

    @property
    def record(self) -> FinalRecord:
        """The record itself."""
        return _unpacked(self.topic, self.packed)


@lru_cache(maxsize=_UNPACKED)
def _unpacked(topic: str, packed: bytes) -> FinalRecord:
    record = RECORD_OF[topic].model_validate_json(zlib.decompress(packed))
    assert isinstance(record, FinalRecord)
    return record


def _receipt(message: Message, record: FinalRecord, at: datetime) -> dict[str, float]:
    """Return the seconds that the article was on its way, and in each stage, as far as is known.

    Workers write on each message when a stage took and released the article.
    """
    seconds: dict[str, float] = {}
    received_at = getattr(record, "received_at", None) or _time(message.header("newswire_received"))
    if received_at is not None:
        seconds["whole"] = (at - received_at).total_seconds()
    for stage in _STAGES:
        taken, _, released = (message.header(f"newswire_{stage}") or "").partition("/")
        start, end = _time(taken), _time(released)
        if start is not None and end is not None:
            seconds[stage] = (end - start).total_seconds()
    return seconds


def _time(text: str | None) -> datetime | None:
    try:
        time = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return time if time is None or time.tzinfo else time.replace(tzinfo=UTC)
