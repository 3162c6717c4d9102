"""Where a subscriber begins: `beginning`, `now`, a time, or so long ago.

Times are read here for all commands.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from kafka import KafkaConsumer, TopicPartition

from pipeline.errors import UserError

_AGO = re.compile(r"(\d{1,6})\s*([smhdw])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)  # for Kafka there is nothing before


def point_in_time(text: str, option: str, now: datetime | None = None, more: str = "") -> datetime:
    """Return the time that `text` names: ISO 8601, in UTC unless it says otherwise, or `90m` ago.

    Raises `UserError`, naming `option` and what it takes besides (`more`), for anything else.
    """
    now = now or datetime.now(UTC)
    try:
        if ago := _AGO.fullmatch(text.strip().lower()):
            return now - min(timedelta(**{_UNITS[ago[2]]: int(ago[1])}), now - _FIRST)
        time = datetime.fromisoformat(text.strip())
        return time.replace(tzinfo=time.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError):
        raise UserError(
            f"{option} {text}: no time; "
            f"give one like 2026-11-22T18:00, or 90m, 24h, 7d for so long ago{more}"
        ) from None


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
        time = point_in_time(text, "--from", now, ", or beginning, or now")
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
