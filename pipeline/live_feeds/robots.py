"""robots.txt (RFC 9309): whether a page may be fetched by a program."""

import asyncio
import time
from collections import OrderedDict
from weakref import WeakValueDictionary

from protego import Protego
from yarl import URL

from pipeline.live_feeds.fetching import Fetcher, FetchFailed

# RFC 9309: no rules are used for longer than a day, and at least 500 KiB of them are read.
_VALID_SECONDS = 24 * 3600.0
_MOST_CHARACTERS = 500 * 1024
_MOST_HOSTS = 1_000

_NOTHING_FORBIDDEN = Protego.parse("")
_ALL_FORBIDDEN = Protego.parse("User-agent: *\nDisallow: /")


class Robots:
    """The rules of the hosts that pages are fetched from, each fetched once a day."""

    def __init__(self, fetcher: Fetcher, name: str = "Newswire") -> None:
        self._fetcher = fetcher
        self._name = name
        self._rules: OrderedDict[URL, tuple[float, Protego]] = OrderedDict()
        self._locks: WeakValueDictionary[URL, asyncio.Lock] = WeakValueDictionary()

    async def require(self, url: URL) -> None:
        """Raise `FetchFailed` where the host does not want `url` to be fetched."""
        rules = await self._rules_of(url.origin())
        if not rules.can_fetch(str(url), self._name):
            raise FetchFailed("robots", f"the robots.txt of {url.host!a} forbids it")

    async def _rules_of(self, origin: URL) -> Protego:
        lock = self._locks.get(origin)
        if lock is None:
            lock = self._locks[origin] = asyncio.Lock()
        async with lock:
            known = self._rules.get(origin)
            if known is not None and time.monotonic() - known[0] < _VALID_SECONDS:
                return known[1]
            rules = await self._fetch(origin)
            self._rules[origin] = (time.monotonic(), rules)
            if len(self._rules) > _MOST_HOSTS:
                self._rules.popitem(last=False)
            return rules

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
