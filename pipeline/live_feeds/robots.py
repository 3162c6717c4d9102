"""robots.txt (RFC 9309): whether a program may fetch a page; Crawl-delay: how often."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from weakref import WeakValueDictionary

from protego import Protego
from yarl import URL

from pipeline.live_feeds.fetching import Fetcher, FetchFailed

# RFC 9309: no rules are used for longer than a day, and at least 500 KiB of them are read.
_VALID_SECONDS = 24 * 3600.0
_MOST_CHARACTERS = 500 * 1024
_MOST_HOSTS = 1_000
# Seconds that a page is waited for at most; a host that wants longer pauses is left alone.
_LONGEST_WAIT = 60.0

_NOTHING_FORBIDDEN = Protego.parse("")
_ALL_FORBIDDEN = Protego.parse("User-agent: *\nDisallow: /")


@dataclass(slots=True)
class _Host:
    rules: Protego
    read_at: float
    free_at: float = 0.0
    """When the next page may be fetched, by the clock."""


class Robots:
    """The rules of the hosts that pages are fetched from, each fetched once a day."""

    def __init__(
        self,
        fetcher: Fetcher,
        name: str = "Newswire",
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._fetcher = fetcher
        self._name = name
        self._clock = clock
        self._sleep = sleep
        self._hosts: OrderedDict[URL, _Host] = OrderedDict()
        self._locks: WeakValueDictionary[URL, asyncio.Lock] = WeakValueDictionary()

    async def require(self, url: URL) -> None:
        """Wait until `url` may be fetched; raise `FetchFailed` where the host does not want it."""
        host = await self._host(url.origin())
        if not host.rules.can_fetch(str(url), self._name):
            raise FetchFailed("robots", f"the robots.txt of {url.host!a} forbids it")
        delay = host.rules.crawl_delay(self._name) or 0.0
        now = self._clock()
        wait = max(0.0, host.free_at - now)
        if not 0 <= delay <= _LONGEST_WAIT or wait > _LONGEST_WAIT:
            raise FetchFailed(
                "robots", f"the robots.txt of {url.host!a} wants {delay:g} seconds between pages"
            )
        host.free_at = now + wait + delay
        if wait:
            await self._sleep(wait)

    async def _host(self, origin: URL) -> _Host:
        lock = self._locks.get(origin)
        if lock is None:
            lock = self._locks[origin] = asyncio.Lock()
        async with lock:
            host = self._hosts.get(origin)
            if host is None:
                host = self._hosts[origin] = _Host(await self._fetch(origin), self._clock())
                if len(self._hosts) > _MOST_HOSTS:
                    self._hosts.popitem(last=False)
            elif self._clock() - host.read_at >= _VALID_SECONDS:
                host.rules, host.read_at = await self._fetch(origin), self._clock()
            return host

    async def _fetch(self, origin: URL) -> Protego:
        """Return the host's rules; where it has none all is allowed, where it fails nothing is."""
        try:
            async with self._fetcher.fetch(str(origin / "robots.txt")) as response:
                text = (response.body or b"").decode("utf-8", "replace")
                return Protego.parse(text[:_MOST_CHARACTERS])
        except FetchFailed as error:
            if error.status is not None and 400 <= error.status < 500 and error.status != 429:
                return _NOTHING_FORBIDDEN
            return _ALL_FORBIDDEN
