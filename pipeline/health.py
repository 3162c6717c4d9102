"""Whether a worker is alive and ready: judged by progress, from a thread of its own.

Consumers have died slowly with their process looking well. So a worker is alive as long as its
event loop turns and every stage that has messages waiting finishes some; how much waits is asked of
the broker, over a connection that is not the consumer's. A worker that is stuck for longer than
NEWSWIRE_STALL_TIMEOUT says so at `/health`, and a quarter of that time later it ends itself with
`STALLED_EXIT_CODE` and a line that says where it stood, so that whatever supervises it starts
another: nothing else would, since Docker restarts what ends and not what is unhealthy.

A broker that is away is no fault of the worker: then no time is counted.
"""

import asyncio
import logging
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import faust
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec
from kafka.errors import KafkaError

from pipeline.connection import connect
from pipeline.errors import UserError
from pipeline.metrics import Metrics
from pipeline.settings import Settings

logger = logging.getLogger(__name__)

STALLED_EXIT_CODE = 70

_TICK_SECONDS = 1.0
_TICKS_PER_LOOK_AT_THE_BROKER = 3
_BROKER_SECONDS = 5.0
# Of the stall timeout, from `/health` saying so to the end: health checks and operators see it.
_GRACE = 0.25
_EVENT_LOOP, _START = "event loop", "start"


@dataclass(frozen=True, slots=True)
class Health:
    """How a worker is; `stalled` has the seconds for which each part of it has not moved."""

    assigned: bool = False
    recovered: bool = False
    broker: bool = False
    stalled: Mapping[str, float] = field(default_factory=dict)
    timeout: float = 0.0

    @property
    def alive(self) -> bool:
        """Whether it makes progress, or has nothing to do."""
        return not any(seconds >= self.timeout for seconds in self.stalled.values())

    @property
    def ready(self) -> bool:
        """Whether it is alive, its partitions are assigned, its tables restored, a broker there."""
        return self.alive and self.assigned and self.recovered and self.broker


class Watch(faust.Sensor):
    """Watches a worker as long as it runs."""

    logger = logging.getLogger(faust.sensors.__name__)  # its start and stop are Faust's to tell

    def __init__(
        self, app: faust.App, settings: Settings, stages: Mapping[str, str], metrics: Metrics,
        index_sizes: Callable[[], Mapping[str, int]],
    ) -> None:  # fmt: skip
        """`stages` names the stage that reads each topic."""
        super().__init__()
        self._app = app
        self._settings = settings
        self._stages = stages
        self._metrics = metrics
        self._index_sizes = index_sizes
        self._watchman = _Watchman(settings, stages, metrics)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def health(self) -> Health:
        """How the worker is now."""
        return self._watchman.health

    @contextmanager
    def excused(self) -> Iterator[None]:
        """Let no time count that is spent within: the event loop is busy, and that is known."""
        self._watchman.excused = True
        try:
            yield
        finally:
            self._watchman.excused = False

    async def on_start(self) -> None:
        """Begin to watch."""
        loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._watch, args=[loop], name="health", daemon=True)
        self._thread.start()

    async def on_stop(self) -> None:
        """Watch no longer."""
        self._stopping.set()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, _BROKER_SECONDS)

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        last = time.monotonic()
        try:
            while not self._stopping.wait(_TICK_SECONDS):
                now = time.monotonic()
                try:
                    loop.call_soon_threadsafe(self._observe)
                except RuntimeError:  # the loop is closed: the worker has ended
                    return
                # A process that was suspended has not been stuck meanwhile.
                self._watchman.tick(min(now - last, 2 * _TICK_SECONDS))
                last = now
        finally:
            self._watchman.close()

    def _observe(self) -> None:
        """Look at what only the event loop may look at, which is also the sign that it turns."""
        consumer = self._app.consumer
        assignment = consumer.assignment() if consumer.started else set()
        self._watchman.observe(
            recovered=self._app.tables.actives_ready,
            assigned=bool(assignment) or self._app.tables.actives_ready,
            partitions=frozenset(
                (tp.topic, tp.partition) for tp in assignment if tp.topic in self._stages
            ),
            index_sizes=self._index_sizes(),
        )


class _Watchman:
    """What the thread knows and concludes."""

    def __init__(self, settings: Settings, stages: Mapping[str, str], metrics: Metrics) -> None:
        self.health = Health(timeout=settings.stall_timeout)
        self.excused = False
        self._settings = settings
        self._stages = stages
        self._metrics = metrics
        self._admin: Any = None
        self._ticks = 0
        self._turned = False
        self._recovered = self._assigned = False
        self._partitions: frozenset[tuple[str, int]] = frozenset()
        self._index_sizes: Mapping[str, int] = {}
        self._seen: dict[str, object] = {}
        self._stalled: dict[str, float] = {}
        self._lag: dict[tuple[str, int], int] = {}
        self._broker = True  # the worker would not have come so far without

    def observe(
        self, recovered: bool, assigned: bool, partitions: frozenset[tuple[str, int]],
        index_sizes: Mapping[str, int],
    ) -> None:  # fmt: skip
        """Take note of what the event loop sees."""
        self._recovered, self._assigned = recovered, assigned
        self._partitions, self._index_sizes = partitions, index_sizes
        self._turned = True

    def tick(self, elapsed: float) -> None:
        """Conclude how the worker is, `elapsed` seconds after the last time."""
        if self._ticks % _TICKS_PER_LOOK_AT_THE_BROKER == 0:
            self._look_at_the_broker()
        self._ticks += 1
        turned, self._turned = self._turned, False
        self._count(_EVENT_LOOP, not turned and self._ticks > 1, elapsed)
        self._count(_START, self._at_a_stand("restored", self._index_sizes)
                    and not self._recovered and self._broker, elapsed)  # fmt: skip
        waiting = {self._stages[topic] for (topic, _), lag in self._lag.items() if lag}
        for stage in self._stages.values():
            stands = self._at_a_stand(stage, self._metrics.finished[stage])
            works = self._recovered and self._broker and stage in waiting
            self._count(stage, stands and works, elapsed)
        before, self.health = self.health, Health(
            assigned=self._assigned, recovered=self._recovered, broker=self._broker,
            stalled={part: seconds for part, seconds in self._stalled.items() if seconds},
            timeout=self._settings.stall_timeout,
        )  # fmt: skip
        longest = max(self._stalled.values(), default=0.0)
        self._metrics.set_health(self.health.ready, longest)
        self._metrics.set_index(self._index_sizes.items())
        self._tell(before)
        if longest >= (1 + _GRACE) * self._settings.stall_timeout:
            os._exit(STALLED_EXIT_CODE)

    def _count(self, part: str, stands_still: bool, elapsed: float) -> None:
        stalled = self._stalled.get(part, 0.0) + elapsed
        self._stalled[part] = stalled if stands_still and not self.excused else 0.0

    def _at_a_stand(self, name: str, state: object) -> bool:
        before, self._seen[name] = self._seen.get(name), state
        return before == state

    def _look_at_the_broker(self) -> None:
        try:
            if self._admin is None:
                milliseconds = int(_BROKER_SECONDS * 1000)
                self._admin = connect(
                    KafkaAdminClient, self._settings, request_timeout_ms=milliseconds
                )
            self._lag = self._measured_lag()
            self._broker = True
        except (KafkaError, UserError, OSError):
            self._broker = False
            self._lag = {}
            self.close()
        self._metrics.set_lag(self._lag)

    def _measured_lag(self) -> dict[tuple[str, int], int]:
        """Return how many messages of each partition of ours are not committed yet."""
        partitions = [TopicPartition(*place) for place in self._partitions]
        group = self._settings.consumer_group
        if not partitions:
            self._admin.describe_cluster()  # whether anybody answers
            return {}
        ends = self._admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
        done = self._admin.list_group_offsets({group: partitions})[group]
        starts: Mapping[Any, Any] = {}
        if any(done[each].offset < 0 for each in partitions if each in done):
            starts = self._admin.list_partition_offsets(
                dict.fromkeys(partitions, OffsetSpec.EARLIEST)
            )
        lag = {}
        for each in partitions:
            offset = done[each].offset if each in done else -1
            begin = offset if offset >= 0 else starts[each].offset if each in starts else 0
            lag[each.topic, each.partition] = max(0, ends[each].offset - begin)
        return lag

    def _tell(self, before: Health) -> None:
        """Log what has changed."""
        now = self.health
        if now.broker != before.broker and self._ticks > 1:
            logger.log(
                logging.INFO if now.broker else logging.WARNING,
                "the broker answers again" if now.broker else "the broker does not answer",
            )
        if now.ready != before.ready:
            held = ", ".join(f"{topic}/{number}" for topic, number in sorted(self._partitions))
            logger.info("ready: %s", held or "on standby") if now.ready else logger.info(
                "not ready: %s", _missing(now)
            )
        if before.alive and not now.alive:
            parts = [part for part, seconds in now.stalled.items() if seconds >= now.timeout]
            # Where the event loop stands, so do the stages: it alone is to blame.
            if now.stalled.get(_EVENT_LOOP, 0.0) > 2 * _TICK_SECONDS:
                parts = [_EVENT_LOOP]
            logger.critical(
                "stuck: %s has not moved for %.0f s, the worker ends",
                " and ".join(parts), now.timeout, extra={"stack": _stacks()},
            )  # fmt: skip

    def close(self) -> None:
        """Give the connection back."""
        admin, self._admin = self._admin, None
        if admin is not None:
            admin.close()


def _missing(health: Health) -> str:
    missing = {
        "nothing moves": health.alive,
        "partitions are not assigned": health.assigned,
        "tables are not restored": health.recovered,
        "the broker does not answer": health.broker,
    }
    return ", ".join(reason for reason, is_well in missing.items() if not is_well)


def _stacks() -> str:
    """Return where every thread stands."""
    return "\n".join(
        f"thread {number}:\n" + "".join(traceback.format_stack(frame))
        for number, frame in sys._current_frames().items()
    )
