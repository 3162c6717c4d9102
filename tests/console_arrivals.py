"""Records as the console reads them from their topics, without a broker."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from articles import NOON

from pipeline.console.arrival import Arrival
from pipeline.message import Message
from pipeline.topics import TOPIC_OF
from schemas import FinalRecord


class Arrivals:
    """Makes arrivals, each a second after the one before it, with offsets that rise by topic."""

    def __init__(self) -> None:
        self._number = count()
        self._offsets: dict[str, Iterator[int]] = {}

    def of(self, record: FinalRecord, seconds: float | None = None) -> Arrival:
        """Return the arrival of a record, so many seconds after noon if that is said."""
        number = next(self._number)
        topic = TOPIC_OF[type(record)].name
        made_of = Message(value=b"", headers=(("ce_id", str(number).encode()),))
        message = replace(
            Message.of_record(record, made_of),
            topic=topic,
            offset=next(self._offsets.setdefault(topic, count())),
        )
        return Arrival.of(message, record, after(number if seconds is None else seconds))

    def all(self, *records: FinalRecord) -> list[Arrival]:
        """Return the arrivals of records, one after the other."""
        return [self.of(record) for record in records]


def after(seconds: float) -> datetime:
    """Return the time so many seconds after noon."""
    return NOON + timedelta(seconds=seconds)
