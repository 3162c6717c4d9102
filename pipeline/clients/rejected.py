"""What was rejected: looked at, and fed again once the pipeline is mended.

A rejection is known by the `ce_id` of its message. A replay is a new input of `news.raw` that has
the bytes of the old one and names it (`ce_replayof`), and the rejection (`ce_rejection`): by that
it is known to have been replayed already. Its own id is made of the rejection's, so that two
operators who replay the same at once feed one input.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

import orjson
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import KafkaError
from pydantic import ValidationError
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.clients.stored import Stored, stored
from pipeline.connection import connect
from pipeline.errors import UserError
from pipeline.formats.harmless import printable
from pipeline.message import ORIGIN_HEADER, REPLAY_HEADER, Message, timestamp
from pipeline.settings import Settings
from pipeline.topics import MAX_INPUT_BYTES, TOPIC_OF
from schemas import RawArticle, Rejection, stable_hash

REJECTION_HEADER = "ce_rejection"

_REJECTED, _RAW = TOPIC_OF[Rejection], TOPIC_OF[RawArticle]
_DELIVERY_SECONDS = 30.0
# By how much the clock of a worker may be ahead of a feeder's.
_CLOCKS_DIFFER = timedelta(hours=1)
# Of the bytes, as many as a screen holds.
_SHOWN_CHARACTERS = 4_000


@dataclass(frozen=True, slots=True)
class Rejected:
    """A rejection, and the message in which it came."""

    id: str
    time: datetime
    record: Rejection
    message: Message

    @property
    def input(self) -> str:
        """The id of the input that was rejected."""
        return self.message.input_id

    @property
    def is_of_replay(self) -> bool:
        """Whether what was rejected is itself a replay."""
        return self.message.header(REPLAY_HEADER) is not None

    @classmethod
    def of(cls, found: Stored) -> Self | None:
        """Return the rejection that a stored message is, None where it is none."""
        try:
            record = Rejection.model_validate_json(found.message.value)
        except ValidationError:
            return None
        message = found.message
        return cls(message.header("ce_id") or message.input_id, found.time, record, message)

    def printed(self) -> dict[str, Any]:
        """Return it as the JSON object that `newswire rejected` prints."""
        record = orjson.loads(self.record.to_json())
        return {"id": self.id, "time": timestamp(self.time), "input": self.input, "record": record}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rejections are meant; what is None or empty does not matter."""

    ids: Sequence[str] = ()  # or the beginnings of ids
    stage: str | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def includes(self, rejected: Rejected) -> bool:
        """Say whether this rejection is meant."""
        record = rejected.record
        return (
            (not self.ids or any(rejected.id.startswith(id_) for id_ in self.ids))
            and self.stage in (None, record.stage)
            and self.reason in (None, record.reason)
            and (self.until is None or rejected.time < self.until)
        )


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of one replay: fed, `already` before, or the reason why it could not be."""

    id: str
    outcome: str
    input: str | None = None  # of the replay


def rejections(settings: Settings, wanted: Wanted) -> Iterator[Rejected]:
    """Yield the rejections that are meant, redeliveries left out, in order."""
    seen: set[str] = set()
    for found in stored(settings, [_REJECTED], wanted.since):
        rejected = Rejected.of(found)
        if rejected is not None and rejected.id not in seen and wanted.includes(rejected):
            seen.add(rejected.id)
            yield rejected


def one_rejection(settings: Settings, id_: str) -> Rejected:
    """Return the rejection whose id begins so.

    Raises `UserError` where there is none, or several.
    """
    found = list(rejections(settings, Wanted(ids=[id_])))
    if len(found) != 1:
        what = "no rejection has this id" if not found else f"{len(found)} rejections begin so"
        raise UserError(f"{id_}: {what}; `newswire rejected list` shows them")
    return found[0]


def replay(
    settings: Settings, chosen: Sequence[Rejected], again: bool = False
) -> Iterator[Replayed]:
    """Feed the inputs that were rejected once more; yield what became of each.

    What was replayed already is left out, unless `again`.
    """
    if not chosen:
        return
    done = _replays(settings, min(rejected.time for rejected in chosen))
    with _Originals(settings) as originals, _Sender(settings) as send:
        for rejected in chosen:
            times = done[rejected.id]
            if times and not again:
                yield Replayed(rejected.id, "already")
                continue
            original = originals.of(rejected)
            if original is None:
                yield Replayed(rejected.id, "its input is no longer in news.raw")
                continue
            message = replay_of(rejected, original, times)
            send(message)
            yield Replayed(rejected.id, "fed", message.header("ce_id"))


def replay_of(rejected: Rejected, original: Message, times: int = 0) -> Message:
    """Return the input that feeds `original` again, replayed so many times before."""
    numbered = (str(times),) if times else ()
    headers = {
        "ce_specversion": b"1.0",
        "ce_id": stable_hash("replay", rejected.id, *numbered).encode(),
        **{
            name: value
            for name, value in original.headers
            if name in ("ce_source", "ce_type", "ce_subject", "content-type")
        },
        REPLAY_HEADER: rejected.input.encode(),
        REJECTION_HEADER: rejected.id.encode(),
    }
    return Message(
        original.value, original.key, tuple((name, value) for name, value in headers.items()),
        topic=_RAW.name,
    )  # fmt: skip


def _replays(settings: Settings, since: datetime) -> Counter[str]:
    """Return how many times each rejection was replayed, the first of them being `since` there."""
    inputs: dict[str, set[str]] = {}
    for found in stored(settings, [_RAW], since - _CLOCKS_DIFFER):
        rejection = found.message.header(REJECTION_HEADER)
        if rejection is not None:
            inputs.setdefault(rejection, set()).add(found.message.input_id)
    return Counter({rejection: len(ids) for rejection, ids in inputs.items()})


class _Originals:
    """Finds the input that was rejected: in the rejection, or in `news.raw`."""

    def __init__(self, settings: Settings) -> None:
        self._consumer: Any = connect(
            KafkaConsumer, settings, group_id=None, enable_auto_commit=False,
            auto_offset_reset="none",
        )  # fmt: skip

    def of(self, rejected: Rejected) -> Message | None:
        """Return the input, None where it is not kept any more."""
        record = rejected.record
        if record.topic == _RAW.name:
            headers = tuple((header.name, header.value) for header in record.headers)
            return Message(record.value, record.key, headers)
        # A later stage keeps the bytes that it could not use; where they come from, their receipt
        # says, which the rejection has too.
        topic, _, place = (rejected.message.header(ORIGIN_HEADER) or "").partition("/")
        partition, _, offset = place.partition("/")
        if topic != _RAW.name or not (partition.isdigit() and offset.isdigit()):
            return None
        found = self._at(TopicPartition(topic, int(partition)), int(offset))
        return found if found is not None and found.input_id == rejected.input else None

    def _at(self, partition: TopicPartition, offset: int) -> Message | None:
        consumer = self._consumer
        try:
            if not consumer.beginning_offsets([partition])[partition] <= offset:
                return None
            consumer.assign([partition])
            consumer.seek(partition, offset)
            for records in consumer.poll(
                timeout_ms=int(_DELIVERY_SECONDS * 1000), max_records=1
            ).values():
                for record in records:
                    return Message.of_consumed(record) if record.offset == offset else None
        except KafkaError as error:
            raise UserError(f"the broker went away: {error}") from error
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()


class _Sender:
    """Feeds messages, and returns when the broker has each: a replay is no bulk load."""

    def __init__(self, settings: Settings) -> None:
        self._producer: Any = connect(
            KafkaProducer, settings, acks="all", max_request_size=MAX_INPUT_BYTES + 64 * 1024,
            delivery_timeout_ms=int(_DELIVERY_SECONDS * 1000),
            request_timeout_ms=int(_DELIVERY_SECONDS * 1000 / 2),
        )  # fmt: skip

    def __call__(self, message: Message) -> None:
        try:
            self._producer.send(
                _RAW.name, key=message.key, value=message.value, headers=list(message.headers)
            ).get(timeout=_DELIVERY_SECONDS)
        except KafkaError as error:
            raise UserError(
                f"the broker went away: replay the same again when it is back ({error})"
            ) from error

    def __enter__(self) -> Callable[[Message], None]:
        return self

    def __exit__(self, *_: object) -> None:
        self._producer.close(timeout=2)


def readable_list(found: Sequence[Rejected]) -> RenderableType:
    """Return rejections as a person reads them, one a line."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for column in ("id", "time", "stage", "reason", "source", "what was wrong"):
        table.add_column(column, overflow="fold" if column == "id" else "ellipsis", no_wrap=True)
    for rejected in found:
        record = rejected.record
        source, detail = printable(record.source or "", 24), printable(record.detail)
        table.add_row(
            rejected.id[:12], timestamp(rejected.time)[:19], record.stage, record.reason,
            Text(source), Text(detail),
        )  # fmt: skip
    return table


def readable_rejection(rejected: Rejected) -> RenderableType:
    """Return all of a rejection as a person reads it."""
    record = rejected.record
    grid = Table.grid(padding=(0, 2))
    text = record.value.decode("utf-8", "replace")
    shown = "\n".join(printable(line, 400) for line in text[:_SHOWN_CHARACTERS].splitlines())
    if len(text) > _SHOWN_CHARACTERS:
        shown += f"\n… {len(record.value):,} bytes in all; in a pipe, all of them"
    rows = {
        "id": rejected.id,
        "input": rejected.input,
        "time": timestamp(rejected.time),
        "stage": record.stage,
        "reason": record.reason,
        "detail": record.detail,
        "source": record.source or "",
        "article": record.article_id or "",
        "from": f"{record.topic}/{record.partition}/{record.offset}",
        **{h.name: (h.value or b"").decode("utf-8", "replace") for h in record.headers},
    }
    for name, value in rows.items():
        grid.add_row(Text(printable(name), style="dim"), Text(printable(value, 400)))
    grid.add_row(Text("bytes", style="dim"), Text(shown))
    return grid
