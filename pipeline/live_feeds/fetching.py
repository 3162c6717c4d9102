"""Fetching over HTTP from hosts that nobody vouches for: every limit of it is here.

Only http and https, only to addresses that the guard lets through (`addresses`), each redirect
looked at anew; bounded in time, in redirects, and in bytes, which are counted as the compression
unfolds. Credentials go to the origin that they are for and to no other.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib import metadata
from types import TracebackType
from typing import Literal, Self
from weakref import WeakValueDictionary

import aiohttp
from yarl import URL

from pipeline.live_feeds.addresses import (
    AddressGuard,
    AddressRefused,
    GuardedResolver,
    parse_networks,
)
from pipeline.live_feeds.content_coding import ACCEPTED, ContentDecoder, Undecodable
from pipeline.settings import Settings

MOST_REDIRECTS = 5
# A server that wants to be left alone for longer is asked again after this many seconds.
LONGEST_RETRY_AFTER = 24 * 3600.0

# A body of more bytes takes one of the places for large ones.
SMALL_BODY = 256 * 1024
_REDIRECTS = {301, 302, 303, 307, 308}

FailureKind = Literal[
    "address", "name", "connection", "certificate", "timeout", "redirects", "status", "size",
    "encoding", "broken off", "robots",
]  # fmt: skip


class FetchFailed(Exception):
    """Nothing came that can be used; the message says why, in a line for the feed's owner."""

    def __init__(
        self,
        kind: FailureKind,
        detail: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.kind = kind
        self.status = status
        self.retry_after = retry_after

    @property
    def label(self) -> str:
        """What tells one kind of failure from another: for HTTP's, the status too."""
        return f"{self.kind} {self.status}" if self.status else self.kind


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to ask with whether anything has changed since."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """What came: `body` is decoded, and None where nothing has changed."""

    url: str
    body: bytes | None
    content_type: str
    charset: str | None
    validators: Validators


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """A name and password for one origin."""

    username: str
    password: str


Permit = Callable[[URL], Awaitable[None]]


class Fetcher:
    """Fetches for many at once, and no more from one host than the settings say."""

    def __init__(self, settings: Settings) -> None:
        self._timeout = settings.fetch_timeout
        self._most_bytes = settings.fetch_max_bytes
        self._per_host = settings.fetches_per_host
        self._guard = AddressGuard(parse_networks(settings.allowed_networks or ""))
        self._hosts: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        connector = aiohttp.TCPConnector(
            resolver=GuardedResolver(self._guard),
            socket_factory=self._guard.create_socket,
            limit=0,  # the hosts' slots and the follower bound it
            ttl_dns_cache=60,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,  # a proxy would connect where no guard of ours stands
            headers={"User-Agent": user_agent(settings), "Accept-Encoding": ACCEPTED},
            timeout=aiohttp.ClientTimeout(
                total=self._timeout, sock_connect=self._timeout / 3, sock_read=self._timeout / 3
            ),
            max_line_size=8190,
            max_field_size=8190,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._session.close()

    @asynccontextmanager
    async def fetch(
        self,
        address: str,
        *,
        accept: str = "*/*",
        validators: Validators = Validators(),
        credentials: Credentials | None = None,
        permit: Permit | None = None,
        places: asyncio.Semaphore | None = None,
    ) -> AsyncIterator[Response]:
        """Yield what `address` answers; raise `FetchFailed`.

        `permit` is asked before each request and may raise. A body of more than `SMALL_BODY` takes
        one of `places` until the `with` is left, so that few of them are in memory at once.
        """
        async with AsyncExitStack() as stack:
            place = _Place(stack, places)
            url = require_web(URL(address))
            yield await self._follow(url, accept, validators, credentials, permit, place)

    async def _follow(
        self,
        url: URL,
        accept: str,
        validators: Validators,
        credentials: Credentials | None,
        permit: Permit | None,
        place: "_Place",
    ) -> Response:
        origin = url.origin()
        for _ in range(MOST_REDIRECTS + 1):
            headers = {"Accept": accept, **_conditions(validators)}
            if credentials is not None and url.origin() == origin:
                headers["Authorization"] = aiohttp.encode_basic_auth(
                    credentials.username, credentials.password
                )
            if permit is not None:
                await permit(url)
            slots = self._slots(url)
            async with slots:
                answer = await self._request(url, headers, place)
            if isinstance(answer, Response):
                return answer
            url = answer
        raise FetchFailed("redirects", f"more than {MOST_REDIRECTS} redirects")

    def _slots(self, url: URL) -> asyncio.Semaphore:
        host = url.host or ""
        slots = self._hosts.get(host)
        if slots is None:
            slots = self._hosts[host] = asyncio.Semaphore(self._per_host)
        return slots

    async def _request(
        self, url: URL, headers: Mapping[str, str], place: "_Place"
    ) -> Response | URL:
        """Return the response, or where it redirects to."""
        try:
            async with self._session.get(url, headers=headers, allow_redirects=False) as response:
                if response.status in _REDIRECTS:
                    return _redirection(response)
                if response.status not in (200, 304):
                    raise FetchFailed(
                        "status",
                        f"HTTP status {response.status}",
                        status=response.status,
                        retry_after=_retry_after(response.headers.get("Retry-After")),
                    )
                body = None
                if response.status == 200:
                    body = await self._body(response, place)
                return Response(
                    url=str(response.url),
                    body=body,
                    content_type=response.content_type,
                    charset=_plain(response.charset),
                    validators=Validators(
                        _plain(response.headers.get("ETag")),
                        _plain(response.headers.get("Last-Modified")),
                    ),
                )
        except Undecodable as error:
            raise FetchFailed("encoding", str(error)) from error
        except TimeoutError as error:
            raise FetchFailed(
                "timeout",
                f"no whole answer within {self._timeout:g} s, or a third of it in silence",
            ) from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise _failure(error) from error

    async def _body(self, response: aiohttp.ClientResponse, place: "_Place") -> bytes:
        decoder = ContentDecoder(",".join(response.headers.getall("Content-Encoding", [])))
        too_large = FetchFailed("size", f"more than {self._most_bytes:,} bytes, uncompressed")
        if (response.content_length or 0) > self._most_bytes:
            raise too_large
        body = bytearray()
        async for chunk in response.content.iter_any():
            for piece in decoder.decode(chunk):
                body += piece
                if len(body) > self._most_bytes:
                    raise too_large
            if response.content.total_bytes > self._most_bytes:  # and next to nothing in it
                raise too_large
            if len(body) > SMALL_BODY:
                await place.take()
        decoder.finish()
        return bytes(body)


class _Place:
    """One of the places for large bodies, taken once and given back with the stack."""

    def __init__(self, stack: AsyncExitStack, places: asyncio.Semaphore | None) -> None:
        self._stack = stack
        self._places = places

    async def take(self) -> None:
        if self._places is not None:
            places, self._places = self._places, None
            await self._stack.enter_async_context(places)


def user_agent(settings: Settings) -> str:
    """Return how we call ourselves, with whom to ask if there is one."""
    name = f"Newswire/{metadata.version('newswire')}"
    return f"{name} (+{settings.contact})" if settings.contact else name


def require_web(url: URL) -> URL:
    """Return the URL; raise `FetchFailed` where it is neither http nor https, or has no host."""
    if url.scheme not in ("http", "https") or not url.host:
        raise FetchFailed("redirects", f"{_shown(url)!a} is no http or https URL")
    return url


def _redirection(response: aiohttp.ClientResponse) -> URL:
    location = response.headers.get("Location")
    if not location:
        raise FetchFailed("redirects", f"HTTP status {response.status} without a Location")
    try:
        target = response.url.join(URL(location))
    except ValueError as error:
        raise FetchFailed(
            "redirects", f"redirects to {location[:80]!a}, which is no URL"
        ) from error
    # Whoever redirects has no say in whom we are.
    return require_web(target).with_user(None).with_fragment(None)


def _conditions(validators: Validators) -> dict[str, str]:
    headers = {
        "If-None-Match": validators.etag,
        "If-Modified-Since": validators.last_modified,
    }
    return {name: value for name, value in headers.items() if value}


def _plain(header: str | None) -> str | None:
    """Return a header's value; None where it has bytes that can be no part of it."""
    return header if header is not None and header.isascii() and header.isprintable() else None


def _retry_after(text: str | None) -> float | None:
    """Return the seconds that the header asks us to wait; None where it says nothing sensible."""
    if not text:
        return None
    try:
        seconds = float(int(text))
    except ValueError:
        try:
            time = parsedate_to_datetime(text)
        except ValueError:
            return None
        seconds = (time.replace(tzinfo=time.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER)


def _failure(error: Exception) -> FetchFailed:
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(
        error.os_error, AddressRefused
    ):
        return FetchFailed("address", str(error.os_error))
    if isinstance(error, aiohttp.InvalidURL):
        return FetchFailed("address", _reason(error))
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return FetchFailed("name", f"no address for {error.host!a}: {_reason(error.os_error)}")
    if isinstance(error, aiohttp.ClientSSLError):
        return FetchFailed("certificate", _reason(error))
    if isinstance(error, aiohttp.ClientConnectorError):
        return FetchFailed("connection", f"no connection: {_reason(error.os_error)}")
    return FetchFailed("broken off", f"no whole answer: {_reason(error)}")


def _reason(error: BaseException) -> str:
    if isinstance(error, aiohttp.ClientResponseError):  # the next lines show what came
        return error.message.partition("\n")[0].lower()
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(str(reason).split())[:200].lower()


def _shown(url: URL) -> str:
    return str(url.with_user(None) if url.host else url)[:80]
