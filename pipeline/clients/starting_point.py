"""Where a subscriber begins: `beginning`, `now`, a time, or so long ago."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from kafka import KafkaConsumer, TopicPartition

from pipeline.errors import UserError

_AGO = re.compile(r"(\d{1,6})\s*([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_FORMS = "beginning, now, so long ago (90m, 2h, 3d) or a time (2026-11-22T08:00Z)"


@dataclass(frozen=True, slots=True)
class StartingPoint:
    """The first message, the next one that comes, or the first of a time.

    The time is that of the message in its topic: when it was published there.
    """

    at: datetime | Literal["beginning", "now"]

    @classmethod
    def parse(cls, text: str, now: datetime | None = None) -> "StartingPoint":
        """Read what `--from` says; raise `UserError` for what is no time, or lies in the future."""
        now = now or datetime.now(UTC)
        folded = text.strip().lower()
        if folded in ("beginning", "now"):
            return cls("beginning" if folded == "beginning" else "now")
        if ago := _AGO.fullmatch(folded):
            try:
                return cls(now - timedelta(**{_UNITS[ago[2]]: int(ago[1])}))
            except OverflowError:
                return cls("beginning")
        try:
            time = datetime.fromisoformat(text.strip())
        except ValueError as error:
            raise UserError(f"--from {text}: is none of {_FORMS}") from error
        if time.tzinfo is None:
            time = time.replace(tzinfo=UTC)
        if time > now:
            raise UserError(
                f"--from {text}: lies in the future, it is {now:%Y-%m-%dT%H:%M:%SZ} now: "
                "give a time past, or now"
            )
        return cls(time)

    def offsets(
        self, consumer: KafkaConsumer, partitions: list[TopicPartition]
    ) -> dict[TopicPartition, int]:
        """Return the offset of the first message in each partition; its end where there is none."""
        if self.at == "beginning":
            begin: dict[TopicPartition, int] = consumer.beginning_offsets(partitions)
            return begin
        ends: dict[TopicPartition, int] = consumer.end_offsets(partitions)
        if self.at == "now":
            return ends
        milliseconds = max(0, int(self.at.timestamp() * 1000))
        found = consumer.offsets_for_times(dict.fromkeys(partitions, milliseconds))
        # Kafka has nothing to say of a partition without such a message, Tansu a time of -1.
        return {
            partition: first.offset
            if (first := found.get(partition)) is not None and first.timestamp >= 0
            else ends[partition]
            for partition in partitions
        }


BEGINNING = StartingPoint("beginning")
