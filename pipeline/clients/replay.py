"""Replay: an archive at the pace at which it happened, or a multiple of it."""

import time
from collections.abc import Callable
from datetime import datetime

from pipeline.errors import UserError
from schemas import RawArticle


def parse_speed(text: str) -> float | None:
    """Return how many times as fast as it happened; None is as fast as it goes (`max`).

    Raises `UserError` for what is neither `max` nor a number above 0.
    """
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise UserError(f"--speed {text}: give max or a number above 0, such as 1 or 60")
    return speed


def time_of(item: RawArticle | bytes) -> datetime | None:
    """Return when an article came: when it was received, else when this version was made."""
    if isinstance(item, bytes):
        return None
    return item.received_at or item.updated_at or item.published_at


class Pace:
    """Waits before each article as long as there was between it and those before it.

    An article without a time, or with one that is over already, is due at once: the order stays.
    """

    def __init__(
        self,
        speed: float | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._speed = speed
        self._clock = clock
        self._sleep = sleep
        self._began: tuple[float, datetime] | None = None

    def wait_for(self, item: RawArticle | bytes, while_waiting: Callable[[], None]) -> None:
        """Wait until `item` is due; `while_waiting` is called once where there is a wait."""
        at = time_of(item)
        if self._speed is None or at is None:
            return
        if self._began is None:
            self._began = (self._clock(), at)
        began, first = self._began
        due = began + (at - first).total_seconds() / self._speed
        if due > self._clock():
            while_waiting()
            self._sleep(max(0.0, due - self._clock()))
