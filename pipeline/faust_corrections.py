"""What Faust 0.15.3 gets wrong when partitions change hands, put right.

Found by killing workers under load (`tests/test_faults.py`) and by restarting one over a backlog
(`tests/test_end_to_end.py`). Uncorrected, events go missing or are processed twice:

- The offset that may be committed is allowed to lie one beyond an event that is not acknowledged,
  and anywhere where nothing was committed yet (faust/transport/consumer.py, `_new_offset`; its
  issue #312 was mended all but for one).
- When tables are restored, partitions flow before they are sought to their committed offsets; what
  was fetched before arrives after it, and what was sought is then dropped as read already, or taken
  for a gap in the log and committed unprocessed (faust/tables/recovery.py, `on_recovery_completed`;
  faust/transport/consumer.py, `_drain_messages`; as in its issues #216 and #221).
- What a stream takes from its queue while flow is suspended, or of a former generation, is skipped,
  and acknowledged as if it had been processed, where Faust's own iterator is not the compiled one
  (faust/streams.py, `_py_aiter`).
- When partitions are revoked, what was acknowledged of them is forgotten first, and then what is
  left of it is committed: nothing. So each worker that joins or leaves had all done again that was
  done since the last commit, up to 2.8 s of work, and by every stage what the one before it had
  done again (faust/transport/consumer.py, `on_partitions_revoked`; faust/app/base.py,
  `_on_partitions_revoked`).

So: each partition is delivered from its committed offset on, without a gap that the log does not
have; only what an agent has processed is acknowledged; and only what is acknowledged without a gap
from the committed offset on is committed, and before its partition changes hands.
"""

from collections.abc import AsyncIterator
from typing import Any

import faust
from faust.transport.drivers import aiokafka
from faust.types import TP, Message
from faust.types.tuples import ConsumerMessage

# Milliseconds that a broker may keep a fetch which finds nothing. Apache Kafka answers as soon as
# something comes; the embedded broker when the time is over, so that it is what each stage waits.
_FETCH_WAIT = 100


class Input(ConsumerMessage):
    """A message of a partition that is committed; its agent says when it is processed."""

    processed = False


class ConsumerThread(aiokafka.AIOKafkaConsumerThread):
    """The thread that fetches, and waits no longer for it than `_FETCH_WAIT`: Faust says 1.5 s."""

    def _create_worker_consumer(self, transport: aiokafka.Transport) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = _FETCH_WAIT  # taken when it starts
        return consumer


class Consumer(aiokafka.Consumer):
    """A consumer that forgets no event."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # By partition: the offset that is delivered next. One that was not sought yet has none.
        self._next: dict[TP, int] = {}
        # Where a partition was sought once more, because something else came than was expected.
        self._sought_again: dict[TP, int] = {}

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    def _to_message(self, tp: TP, record: Any) -> ConsumerMessage:
        message = super()._to_message(tp, record)
        if not self._is_changelog_tp(tp):
            message.__class__ = Input
        return message

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, Message]]:
        """Yield what was fetched: of each partition the next events, in order, none left out."""
        aside: set[TP] = set()  # of this batch, no more
        async for tp, message in super().getmany(timeout):
            if not self._is_changelog_tp(tp):
                if tp in aside or not await self._is_next(tp, message.offset):
                    aside.add(tp)
                    continue
                self._next[tp] = message.offset + 1
                # What is dropped or taken for a gap is decided here, not by the loop that reads us.
                self._read_offset[tp] = message.offset
            yield tp, message

    async def _is_next(self, tp: TP, offset: int) -> bool:
        wanted = self._next.get(tp)
        if wanted is None:  # it will be sought, and then comes again
            return False
        if offset == wanted:
            return True
        if self._sought_again.get(tp) != wanted:
            # Fetched before the seek, most likely. What is asked for again is surely from after it.
            self._sought_again[tp] = wanted
            await self._seek(tp, wanted)
            return False
        if offset > wanted:  # the log has nothing in between: expired, or a transaction's marker
            gaps = self._gap[tp]
            gaps.addi(wanted, offset)
            gaps.merge_overlaps()
            return True
        return False

    async def perform_seek(self) -> None:
        """Seek all partitions to where they are to be read on; deliver nothing meanwhile.

        What waits in the agents' queues is emptied: it comes again. Whoever restores the tables
        lets events flow afterwards.
        """
        self._next.clear()
        self.stop_flow()
        self.app.flow_control.suspend()
        self.app.flow_control.clear()
        await super().perform_seek()
        partitions = {tp for tp in self.assignment() if not self._is_changelog_tp(tp)}
        begin = await self.earliest_offsets(*partitions) if partitions else {}
        for tp in partitions:
            start = self._committed_offset[tp]
            if start is None or start < begin[tp]:
                start = begin[tp]
                await self._seek(tp, start)
            self._committed_offset[tp] = start
            self._next[tp] = start
        self._sought_again.clear()

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Deliver nothing more of partitions that change hands; finish what is begun, commit it."""
        for tp in revoked:
            self._next.pop(tp, None)
        if revoked:
            self.stop_flow()
            self.app.flow_control.suspend()
            self.app.flow_control.clear()
            await self.wait_empty()
            await self.commit()  # wait_empty makes none where another was under way
        await super().on_partitions_revoked(revoked)

    def ack(self, message: Message) -> bool:
        """Acknowledge a message, unless it was skipped and not processed."""
        if isinstance(message, Input) and not message.processed:
            return False
        return bool(super().ack(message))

    def _new_offset(self, tp: TP) -> int | None:
        """Return the offset that can be committed: all before it is acknowledged."""
        committed, acked = self._committed_offset[tp], self._acked[tp]
        if committed is None or not acked:
            return None
        first = min(min(acked), min((gap.begin for gap in self._gap[tp]), default=min(acked)))
        if first > committed:
            return None
        return super()._new_offset(tp)


class Transport(aiokafka.Transport):
    """Kafka by way of aiokafka, with the consumer above."""

    Consumer = Consumer


def correct(app: faust.App) -> faust.App:
    """Return `app` with the corrections in place."""
    app.transport = Transport(app.conf.broker_consumer, app)
    return app


def mark_processed(message: Message) -> None:
    """Say that a message is processed, and may be acknowledged."""
    if isinstance(message, Input):
        message.processed = True
