"""Following feeds: each polled at its own interval, each version of an item sent once.

An item is remembered as sent after the broker has acknowledged it, never before. A process that
dies between the two sends it again with the same `ce_id` (`item_version`), by which consumers and
the account drop it.
"""

import asyncio
import logging
import random
import signal
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from yarl import URL

from pipeline.cleaning.html_decoding import decode
from pipeline.clients.acknowledged import AcknowledgedFeeder, BrokerAway
from pipeline.clients.feed import Refused
from pipeline.errors import UserError
from pipeline.formats.harmless import printable
from pipeline.live_feeds.configuration import FeedEntry, load_feeds
from pipeline.live_feeds.fetching import Credentials, Fetcher, FetchFailed, Response, Validators
from pipeline.live_feeds.item_version import version_id
from pipeline.live_feeds.robots import Robots
from pipeline.live_feeds.scheduling import seconds_until_next
from pipeline.live_feeds.state import FeedState, State
from pipeline.message import Message
from pipeline.settings import Settings
from pipeline.sources.syndication import SyndicationFeed, read_syndication
from pipeline.sources.unreadable import Unreadable
from schemas import RawArticle

logger = logging.getLogger(__name__)

# How many feeds are asked at once, and how many of those have large bodies, or items to send.
_POLLS = 64
_LARGE_BODIES = 4
_SENDING = 8
# So many items are sent before it is written down that they were; with their pages, fewer.
_BATCH, _BATCH_WITH_PAGES = 200, 8
# Waits for a broker that is away: the first, and the longest.
_BROKER_WAIT, _LONGEST_BROKER_WAIT = 1.0, 30.0
# The state is written this long after something was sent or said, else this often; and so many
# bytes of it a second at most, because it is written as a whole (8 GB a day).
_WRITE_AFTER, _WRITE_EVERY, _WRITE_RATE = 0.1, 60.0, 100_000.0
# After a write that failed.
_WRITE_AGAIN = 10.0
# Names are resolved and feeds parsed in threads; a resolver that hangs must not stop the rest.
_THREADS = 32
_LAST_DELIVERIES = 10.0

_FEED_TYPES = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
_PAGES_ARE = {"text/html", "application/xhtml+xml"}
_PAGE_TYPES = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"

_FAULT = "fault"
# What may be said of a feed that can be read nevertheless.
_ITEMS, _REFUSED, _PAGES = "items", "refused", "pages"
_REMARKS = {_ITEMS, _REFUSED, _PAGES}

_Item = tuple[str, RawArticle]  # its version first


def follow_feeds(settings: Settings, path: str, state_path: str | None = None) -> None:
    """Follow the feeds that the file at `path` names, until SIGINT or SIGTERM.

    The state is kept at `state_path`, else beside the file: `feeds.state.json` for `feeds.toml`.
    Raises `UserError` for what is wrong with either file, and where no broker answers.
    """
    feeds = load_feeds(path)
    with State(state_path or str(Path(path).with_suffix(".state.json"))) as state:
        asyncio.run(_follow(settings, feeds, state))


async def _follow(settings: Settings, feeds: Sequence[FeedEntry], state: State) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(_THREADS))
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    with AcknowledgedFeeder(settings, patience=30.0) as feeder:
        async with Fetcher(settings) as fetcher:
            await Follower(feeds, state, feeder, fetcher).run(stop)


class Follower:
    """Polls feeds, sends what is new and keeps `state`."""

    def __init__(
        self,
        feeds: Sequence[FeedEntry],
        state: State,
        feeder: AcknowledgedFeeder,
        fetcher: Fetcher,
    ) -> None:
        self._feeds = feeds
        self._state = state
        self._feeder = feeder
        self._fetcher = fetcher
        self._robots = Robots(fetcher)
        self._polls = asyncio.Semaphore(_POLLS)
        self._large = asyncio.Semaphore(_LARGE_BODIES)
        self._parsing = asyncio.Semaphore(1)
        self._sending = asyncio.Semaphore(_SENDING)
        self._sending_pages = asyncio.Semaphore(_SENDING)  # hosts may want us to wait between pages
        # Two feeds of one wire may carry the same item.
        self._of_source: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._states_of_source: defaultdict[str, list[FeedState]] = defaultdict(list)
        self._deliveries: set[asyncio.Task[list[str]]] = set()
        self._broker_present = asyncio.Event()
        self._broker_present.set()
        self._changed = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Follow until `stop`; what is on its way then is waited for, and the state written."""
        self._state.keep({feed.url for feed in self._feeds})
        for feed in self._feeds:
            self._states_of_source[feed.source].append(self._state.of(feed.url))
        failing = [feed.source for feed in self._feeds if self._state.of(feed.url).failures]
        logger.info("following %d feeds", len(self._feeds))
        if failing:
            logger.warning(
                "failing when last asked, and said before: %s",
                ", ".join(printable(name, 40) for name in failing),
            )
        tasks = [asyncio.create_task(self._follow(feed)) for feed in self._feeds]
        writer = asyncio.create_task(self._write_when_changed())
        stopped = asyncio.create_task(stop.wait())
        try:
            # None of these ends but by a bug: then all do.
            done, _ = await asyncio.wait(
                [*tasks, writer, stopped], return_when=asyncio.FIRST_COMPLETED
            )
            for task in done - {stopped}:
                task.result()
        finally:
            await _cancel([*tasks, stopped])
            if self._deliveries:
                await asyncio.wait(self._deliveries, timeout=_LAST_DELIVERIES)
                await _cancel(list(self._deliveries))
            await _cancel([writer])
            await asyncio.to_thread(self._state.write, self._state.to_json())
        logger.info("stopped; the same command goes on from here")

    async def _follow(self, feed: FeedEntry) -> None:
        state = self._state.of(feed.url)
        # A time far ahead comes from a clock that was wrong, or a longer interval.
        longest = seconds_until_next(feed.interval, state.failures, None, state.failures > 0, 1.0)
        await asyncio.sleep(min(state.due - time.time(), longest))
        while True:
            async with self._polls:
                await self._broker_present.wait()
                wait = await self._poll(feed, state)
            state.due = time.time() + wait
            await asyncio.sleep(wait)

    async def _poll(self, feed: FeedEntry, state: FeedState) -> float:
        """Ask the feed once; return how long to wait before it is asked again."""
        retry_after = None
        gone = False
        try:
            await self._read(feed, state)
        except FetchFailed as error:
            retry_after, gone = error.retry_after, error.status == 410
            self._failed(feed, state, error.label, str(error))
        except Unreadable as error:
            self._failed(feed, state, "unreadable", str(error))
        except Exception as error:
            # A fault of ours that one feed brings about must not end all the others.
            if _FAULT not in state.said:
                logger.exception("a fault of Newswire, please report it")
            self._failed(feed, state, _FAULT, f"a fault of Newswire: {type(error).__name__}")
        else:
            state.failures = 0
            if state.said - _REMARKS:
                state.said &= _REMARKS
                logger.info("%s can be read again", _name(feed))
        chance = random.random()  # noqa: S311  spreads polls, guards nothing
        return seconds_until_next(feed.interval, state.failures, retry_after, gone, chance)

    async def _read(self, feed: FeedEntry, state: FeedState) -> None:
        credentials = None
        if feed.username is not None and feed.password is not None:
            credentials = Credentials(feed.username, feed.password.get_secret_value())
        async with self._fetcher.fetch(
            feed.url,
            accept=_FEED_TYPES,
            validators=Validators(state.etag, state.last_modified),
            credentials=credentials,
            places=self._large,
        ) as response:
            if response.body is None:
                if not state.etag and not state.last_modified:
                    raise FetchFailed("status", "HTTP status 304 unasked", status=304)
                return
            validators = response.validators
            parsed, items = await self._parse(feed, response)
        sending = self._sending_pages if feed.fetch_articles else self._sending
        async with self._of_source[feed.source], sending:
            await self._send_new(feed, state, items)
        if parsed.problems:
            self._say(feed, state, _ITEMS, "; ".join(parsed.problems))
        else:
            state.said.discard(_ITEMS)
        state.read_at = int(time.time())
        state.sent.update((version, state.read_at) for version, _ in items)
        state.forget_what_left()
        # Of a feed that was cut off, the rest is still to come.
        whole = validators if parsed.is_whole else Validators()
        state.etag, state.last_modified = whole.etag, whole.last_modified

    async def _parse(
        self, feed: FeedEntry, response: Response
    ) -> tuple[SyndicationFeed, list[_Item]]:
        """Return the feed, and its items with their versions; what is hostile takes seconds."""

        def parse() -> tuple[SyndicationFeed, list[_Item]]:
            feed_read = read_syndication(
                response.body or b"",
                source=feed.source,
                charset=response.charset,
                location=response.url,
            )
            return feed_read, [(version_id(item), item) for item in feed_read.items]

        async with self._parsing:
            return await asyncio.to_thread(parse)

    async def _send_new(self, feed: FeedEntry, state: FeedState, items: Sequence[_Item]) -> None:
        known = self._states_of_source[feed.source]
        new: dict[str, RawArticle] = {}
        for version, item in reversed(items):  # feeds have the newest first
            if not any(version in other.sent for other in known):
                new.setdefault(version, item)
        remarks: set[str] = set()
        for batch in _batches(list(new.items()), feed.fetch_articles):
            if feed.fetch_articles:
                batch = [(version, await self._with_page(feed, state, item, remarks))
                         for version, item in batch]  # fmt: skip
            # What has been handed to the broker is seen through, also when we are to stop.
            delivery = asyncio.create_task(self._deliver(state, batch))
            self._deliveries.add(delivery)
            delivery.add_done_callback(self._deliveries.discard)
            refused = await asyncio.shield(delivery)
            if refused:
                remarks.add(_REFUSED)
                self._say(feed, state, _REFUSED, f"an item was not sent: {refused[0]}")
        if new:
            logger.info("%s: %d items sent", _name(feed), len(new))
            state.said -= {_REFUSED, _PAGES} - remarks

    async def _deliver(self, state: FeedState, batch: Sequence[_Item]) -> list[str]:
        """Deliver the items, however long that takes; return why some were refused."""
        received_at = datetime.now(UTC)
        waiting = [
            (
                version,
                Message.of_input(item.model_copy(update={"received_at": received_at}), version),
            )
            for version, item in batch
        ]
        refused: list[str] = []
        wait = _BROKER_WAIT
        while True:
            outcomes = await self._feeder.deliver([message for _, message in waiting])
            away: BrokerAway | None = None
            again = []
            for (version, message), outcome in zip(waiting, outcomes, strict=True):
                if isinstance(outcome, BrokerAway):
                    away = outcome
                    again.append((version, message))
                    continue
                if isinstance(outcome, Refused):
                    refused.append(str(outcome))
                state.sent[version] = int(time.time())
            self._changed.set()
            waiting = again
            if away is None:
                if not self._broker_present.is_set():
                    self._broker_present.set()
                    logger.info("the broker is back")
                return refused
            if self._broker_present.is_set():
                self._broker_present.clear()
                logger.warning("%s; feeds wait for it", away)
            await asyncio.sleep(wait * random.uniform(0.8, 1.2))  # noqa: S311  spreads, no more
            wait = min(2 * wait, _LONGEST_BROKER_WAIT)

    async def _with_page(
        self, feed: FeedEntry, state: FeedState, item: RawArticle, remarks: set[str]
    ) -> RawArticle:
        """Return the item with the page that it links to; as it is where that cannot be had."""
        try:
            if not item.url:
                raise FetchFailed("redirects", "it has no link")
            async with self._fetcher.fetch(
                item.url, accept=_PAGE_TYPES, permit=self._robots.require
            ) as response:
                if response.content_type not in _PAGES_ARE:
                    raise FetchFailed("encoding", f"{response.content_type[:80]!a} is no page")
                page = await asyncio.to_thread(decode, response.body or b"", response.charset)
                return item.model_copy(update={"content": page, "content_type": "text/html"})
        except (FetchFailed, ValueError) as error:
            remarks.add(_PAGES)
            link = printable(item.url or "", 200)
            self._say(feed, state, _PAGES, f"items are sent as the feed has them: {link}: {error}")
            return item

    def _failed(self, feed: FeedEntry, state: FeedState, kind: str, detail: str) -> None:
        state.failures += 1
        self._say(feed, state, kind, detail)

    def _say(self, feed: FeedEntry, state: FeedState, kind: str, detail: str) -> None:
        """Say what is wrong with a feed, once of each kind until it is well again."""
        if kind not in state.said:
            state.said.add(kind)
            self._changed.set()
            logger.warning("%s: %s", _name(feed), printable(detail, 500))

    async def _write_when_changed(self) -> None:
        failed = False
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_WRITE_EVERY):
                    await self._changed.wait()
            await asyncio.sleep(_WRITE_AFTER)
            self._changed.clear()
            content = self._state.to_json()
            try:
                await asyncio.to_thread(self._state.write, content)
            except UserError as error:  # what it lacks is sent again after a crash, no worse
                self._changed.set()
                if not failed:
                    logger.error("%s; it is tried again, and nothing is lost meanwhile", error)
                failed = True
                await asyncio.sleep(_WRITE_AGAIN)
                continue
            if failed:
                logger.info("the state can be written again")
            failed = False
            await asyncio.sleep(len(content) / _WRITE_RATE)


def _batches(items: list[_Item], with_pages: bool) -> Iterator[list[_Item]]:
    size = _BATCH_WITH_PAGES if with_pages else _BATCH
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _name(feed: FeedEntry) -> str:
    """Return how a feed is called; what stands in a URL's query may be a key."""
    url = URL(feed.url)
    shown = f"{url.with_query(None)}{'?…' if url.query_string else ''}"
    return f"{printable(feed.source, 60)} ({printable(shown, 200)})"


async def _cancel(tasks: Sequence[asyncio.Task[object]]) -> None:
    for task in tasks:
        task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks, return_exceptions=True)
