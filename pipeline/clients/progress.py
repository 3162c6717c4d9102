"""How far a feeder is: a bar on a terminal, one JSON object a line elsewhere."""

import logging
import sys
import time
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

logger = logging.getLogger(__name__)

_SHOWN_EVERY = 0.1
_LOGGED_EVERY = 10.0


class FeedProgress:
    """Counts what was delivered, and shows it with its rate and, of files, the time left.

    `total` is how many bytes there are to read, None where nobody knows.
    """

    def __init__(self, total: int | None) -> None:
        self.count = 0
        self._total = total
        self._done = 0  # bytes of the files that are read
        self._position = 0  # in the file that is being read
        self._began = self._shown = self._logged = time.monotonic()
        self._on_terminal = sys.stderr.isatty()
        left = [BarColumn(), TextColumn("{task.percentage:.0f}%")] if total else []
        self._bar = Progress(
            SpinnerColumn(),
            *left,
            TextColumn("{task.fields[count]:,} delivered, {task.fields[rate]:,.0f} a second"),
            TimeElapsedColumn(),
            *([TextColumn("left"), TimeRemainingColumn()] if total else []),
            console=Console(stderr=True),
            disable=not self._on_terminal,
            transient=True,
        )
        self._task = self._bar.add_task("feeding", total=total, count=0, rate=0.0)

    def delivered(self) -> None:
        """Count one more article that the broker has."""
        self.count += 1
        self.refresh()

    def at(self, position: int) -> None:
        """Note how far the file that is being read is read."""
        self._position = position

    def next_file(self) -> None:
        """Note that a file is read to its end."""
        self._done += self._position
        self._position = 0

    def refresh(self) -> None:
        """Show the state, if it was not shown just now."""
        now = time.monotonic()
        if self._on_terminal:
            if now - self._shown >= _SHOWN_EVERY:
                self._shown = now
                self._show(now)
        elif now - self._logged >= _LOGGED_EVERY:
            self._logged = now
            fields = {"delivered": self.count, "per_second": round(self._rate(now), 1)}
            if self._total:
                fields |= {"bytes_read": self._done + self._position, "bytes": self._total}
            logger.info("%d delivered", self.count, extra=fields)

    def _rate(self, now: float) -> float:
        return self.count / max(now - self._began, 1e-9)

    def _show(self, now: float) -> None:
        self._bar.update(
            self._task,
            completed=self._done + self._position,
            count=self.count,
            rate=self._rate(now),
        )

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._show(time.monotonic())
        self._bar.stop()
