"""The way of one article through the topics, by the receipts in its messages' headers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.clients.stored import Stored, stored
from pipeline.formats.harmless import printable
from pipeline.message import (
    RECEIVED_HEADER,
    REPLAY_HEADER,
    STAGES,
    Message,
    read_timestamp,
    timestamp,
)
from pipeline.settings import Settings
from pipeline.topics import TOPIC_OF


@dataclass(frozen=True, slots=True)
class Stop:
    """One message on an article's way; times as in the headers, in UTC."""

    input: str
    replay_of: str | None
    topic: str
    partition: int
    offset: int
    bytes: int
    time: datetime
    received_at: datetime | None
    stages: dict[str, tuple[datetime, datetime]]  # when it took the article, and released it

    @classmethod
    def of(cls, found: Stored) -> "Stop":
        """Return the stop that a stored message is."""
        message = found.message
        assert message.topic is not None
        assert message.partition is not None
        assert message.offset is not None
        return cls(
            input=message.input_id,
            replay_of=message.header(REPLAY_HEADER),
            topic=message.topic,
            partition=message.partition,
            offset=message.offset,
            bytes=len(message.value),
            time=found.time,
            received_at=read_timestamp(message.header(RECEIVED_HEADER)),
            stages=dict(_spans(message)),
        )

    def printed(self) -> dict[str, Any]:
        """Return it as the JSON object that `newswire trace` prints."""
        return {
            "input": self.input,
            "replay_of": self.replay_of,
            "topic": self.topic,
            "partition": self.partition,
            "offset": self.offset,
            "bytes": self.bytes,
            "time": timestamp(self.time),
            "received_at": timestamp(self.received_at) if self.received_at else None,
            "stages": {
                stage: {"taken": timestamp(taken), "released": timestamp(released)}
                for stage, (taken, released) in self.stages.items()
            },
        }


def trace(settings: Settings, article_id: str, since: datetime | None = None) -> list[Stop]:
    """Return every message about the article, in order of time, from `since` on.

    All topics are read, since a partition tells nothing of an article's whereabouts once there are
    more of them than there were; `since` spares time.
    """
    wanted = article_id.encode()
    found = (
        each
        for each in stored(settings, list(TOPIC_OF.values()), since)
        if each.message.key == wanted or each.message.header("ce_subject") == article_id
    )
    order = {topic.name: number for number, topic in enumerate(TOPIC_OF.values())}
    return sorted((Stop.of(each) for each in found), key=lambda s: (s.time, order[s.topic]))


def readable_trace(stops: Iterable[Stop]) -> RenderableType:
    """Return what a person reads: a table for each input."""
    inputs: dict[str, list[Stop]] = {}
    for stop in stops:
        inputs.setdefault(stop.input, []).append(stop)
    return Group(*(_table(way) for way in inputs.values()))


def _table(way: list[Stop]) -> Table:
    first = way[0]
    title = f"input {printable(first.input)}"
    if first.replay_of:
        title += f", a replay of {printable(first.replay_of)}"
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    for column in ("topic", "partition/offset", "time", "bytes", "stage", "waited", "took"):
        table.add_column(
            column, justify="right" if column in ("bytes", "waited", "took") else "left"
        )
    given = first.time
    for stop in way:
        place = f"{stop.partition}/{stop.offset}"
        row = [stop.topic, place, timestamp(stop.time), str(stop.bytes)]
        last = next((stage for stage in reversed(STAGES) if stage in stop.stages), None)
        if last is None:
            table.add_row(*row, "", "", "")
            given = stop.time
            continue
        taken, released = stop.stages[last]
        earlier = [times[1] for stage, times in stop.stages.items() if stage != last]
        waited = taken - max(earlier, default=given)
        table.add_row(*row, last, _milliseconds(waited.total_seconds()),
                      _milliseconds((released - taken).total_seconds()))  # fmt: skip
    return table


def _milliseconds(seconds: float) -> Text:
    return Text(f"{seconds * 1000:,.1f} ms")


def _spans(message: Message) -> Iterator[tuple[str, tuple[datetime, datetime]]]:
    for stage in STAGES:
        span = message.header(f"newswire_{stage}") or ""
        taken, released = map(read_timestamp, span.partition("/")[::2])
        if taken is not None and released is not None:
            yield stage, (taken, released)
