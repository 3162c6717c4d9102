"""The consumer delivers and commits every event, whatever was fetched before it was sought."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from typing import cast

import pytest
from faust import Stream, Topic
from faust.events import Event
from faust.types import TP, Message
from faust.types.tuples import ConsumerMessage
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.app import create_app
from pipeline.entities.finder import EntityFinder
from pipeline.faust_corrections import Consumer, Input, mark_processed
from pipeline.settings import Settings

RAW = TP("news.raw", 0)


@pytest.fixture(scope="module")
def consumer(finder: EntityFinder) -> Iterator[Consumer]:
    """The consumer of an app that is not started."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    app = create_app(Settings(broker="127.0.0.1:1"), finder)
    found = app.consumer
    assert isinstance(found, Consumer)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app.topics, "acks_enabled_for", lambda _topic: True)
        yield found
    found._thread.thread_loop.close()
    loop.close()


def message(offset: int, kind: type[ConsumerMessage] = Input) -> Message:
    return kind(
        RAW.topic, RAW.partition, offset, 0.0, 0, [], b"", b"", None, tp=RAW, generation_id=0
    )


def begin_at(consumer: Consumer, committed: int | None) -> None:
    consumer._committed_offset[RAW] = committed
    for state in (consumer._acked, consumer._acked_index, consumer._gap, consumer._next):
        state.pop(RAW, None)
    consumer._sought_again.clear()


def test_what_an_agent_has_not_processed_is_not_acknowledged(consumer: Consumer) -> None:
    begin_at(consumer, 31)
    skipped, processed = message(31), message(31)
    mark_processed(processed)
    assert not consumer.ack(skipped)
    assert consumer._new_offset(RAW) is None
    assert consumer.ack(processed)
    assert consumer._new_offset(RAW) == 32


@pytest.mark.parametrize("compiled", [True, False])
def test_what_a_stream_skips_is_not_acknowledged(
    consumer: Consumer, compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not compiled:
        monkeypatch.setattr("faust.streams._CStreamIterator", None)
    begin_at(consumer, 31)
    stale = message(31)
    stale.incref()
    stale.generation_id = -1

    async def read() -> None:
        stream = cast(Stream[bytes], consumer.app.topic(RAW.topic).stream()).noack()
        cast(Topic, stream.channel).queue.put_nowait(Event(consumer.app, b"", b"", {}, stale))
        async for event in stream.events():
            pytest.fail(f"{event} is of a former generation")

    async def read_for_a_moment() -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(read(), 0.1)

    asyncio.run(read_for_a_moment())
    assert consumer._new_offset(RAW) is None


@example({32}, 31)  # 31 is to be committed next, and is not acknowledged
@example({32}, None)
@given(st.sets(st.integers(31, 60)), st.one_of(st.none(), st.integers(0, 40)))
def test_no_offset_is_committed_beyond_one_that_is_not_acknowledged(
    consumer: Consumer, acked: set[int], committed: int | None
) -> None:
    begin_at(consumer, committed)
    for offset in sorted(acked):
        done = message(offset)
        mark_processed(done)
        consumer.ack(done)
    end = consumer._new_offset(RAW)
    if end is not None:
        assert committed is not None
        assert set(range(committed, end)) <= acked


@given(st.data())
def test_after_a_seek_every_event_is_delivered_in_order_whatever_was_fetched_before(
    consumer: Consumer, data: st.DataObject
) -> None:
    """Batches come from before the seek, some of them late; then from where it was sought."""
    begin_at(consumer, 31)
    start, end = 31, 60
    log = sorted(
        data.draw(st.sets(st.integers(start, end), min_size=1)) | {end}
    )  # what is not there has expired
    stale = data.draw(st.lists(st.tuples(st.integers(0, 70), st.integers(1, 9)), max_size=4))
    position = start

    async def seek(_tp: TP, offset: int) -> None:
        nonlocal position
        position = offset
        stale.clear()  # aiokafka returns nothing that was fetched for another position

    async def fetched(_self: object, _timeout: float) -> AsyncIterator[tuple[TP, Message]]:
        nonlocal position
        if stale:
            first, count = stale.pop()
            for offset in range(first, first + count):
                yield RAW, message(offset)
            return
        batch = [each for each in log if each >= position][:5]
        position = batch[-1] + 1 if batch else position
        for offset in batch:
            yield RAW, message(offset)

    delivered: list[int] = []

    async def drain() -> None:
        for _ in range(100):
            async for _tp, each in consumer.getmany(1.0):
                delivered.append(each.offset)

    consumer._next[RAW] = start
    base = type(consumer).__mro__[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(base, "getmany", fetched)
        patch.setattr(consumer, "_seek", seek)
        asyncio.run(drain())
    assert delivered == sorted(set(delivered))
    assert set(log) <= set(delivered)
