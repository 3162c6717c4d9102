"""Fetching from a real server that means us no good."""

import asyncio
import gzip
import socket
import time
import zlib
from collections.abc import Iterator
from typing import Any

import pytest
from web_server import Request, WebServer

from pipeline.live_feeds.fetching import (
    LONGEST_RETRY_AFTER,
    MOST_REDIRECTS,
    Credentials,
    Fetcher,
    FetchFailed,
    Response,
    Validators,
    user_agent,
)
from pipeline.live_feeds.robots import Robots
from pipeline.settings import Settings

HERE = Settings(allowed_networks="127.0.0.1/32", fetch_timeout=1.5, fetch_max_bytes=100_000)


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


def fetch(url: str, settings: Settings = HERE, **options: Any) -> Response:
    async def run() -> Response:
        async with Fetcher(settings) as fetcher, fetcher.fetch(url, **options) as response:
            return response

    return asyncio.run(run())


def failure(url: str, settings: Settings = HERE, **options: Any) -> FetchFailed:
    with pytest.raises(FetchFailed) as error:
        fetch(url, settings, **options)
    return error.value


def test_a_page_comes_with_its_charset_and_validators(web: WebServer) -> None:
    url = web.serve("/", b"text", Content_Type="text/xml; charset=latin1", ETag='"1"')
    assert fetch(url) == Response(url, b"text", "text/xml", "latin1", Validators('"1"'))


def test_what_has_not_changed_has_no_body(web: WebServer) -> None:
    url = web.serve("/", b"", 304)
    assert fetch(url, validators=Validators('"1"', "Sunday")).body is None
    assert web.headers["/"]["If-None-Match"] == '"1"'
    assert web.headers["/"]["If-Modified-Since"] == "Sunday"


def test_we_say_who_we_are_and_whom_to_ask(web: WebServer) -> None:
    fetch(web.serve("/", b""), HERE.model_copy(update={"contact": "desk@example.org"}))
    assert web.headers["/"]["User-Agent"].startswith("Newswire/")
    assert web.headers["/"]["User-Agent"].endswith("(+desk@example.org)")
    assert "(" not in user_agent(HERE)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_a_compressed_page_is_unfolded(web: WebServer, coding: str) -> None:
    compress = gzip.compress if coding == "gzip" else zlib.compress
    assert fetch(web.serve("/", compress(b"text"), Content_Encoding=coding)).body == b"text"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::1]", "0.0.0.0"]
)
def test_an_address_that_is_not_public_is_refused(web: WebServer, host: str) -> None:
    web.serve("/", b"secret")
    refused = failure(f"http://{host}:{web.port}/", Settings())
    assert refused.kind == "address"
    assert not web.requests


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "0177.0.0.1"])
def test_no_way_of_writing_it_gets_past(web: WebServer, host: str) -> None:
    web.serve("/", b"secret")
    assert failure(f"http://{host}:{web.port}/", Settings()).kind in ("address", "name")
    assert not web.requests


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("http://127.0.0.2:1/", "address"),
        ("http://169.254.169.254/latest/meta-data/", "address"),
        ("http://[fe80::1]/", "address"),
        ("//10.0.0.1/", "address"),
        ("file:///etc/passwd", "redirects"),
        ("ftp://example.org/", "redirects"),
        ("http://", "redirects"),
        ("http://[", "redirects"),
        ("", "redirects"),
    ],
)
def test_a_redirect_is_looked_at_anew(web: WebServer, location: str, kind: str) -> None:
    assert failure(web.serve("/", b"", 302, Location=location)).kind == kind


def test_redirects_are_followed_to_the_end_and_not_for_ever(web: WebServer) -> None:
    web.serve("/end", b"text")
    web.serve("/2", b"", 308, Location="end")
    assert fetch(web.serve("/1", b"", 301, Location="/2")).body == b"text"
    assert failure(web.serve("/loop", b"", 302, Location="/loop")).kind == "redirects"
    assert web.requests["/loop"] == MOST_REDIRECTS + 1


def test_credentials_go_to_their_own_origin_only(web: WebServer) -> None:
    with WebServer() as other:
        other.serve("/there", b"text")
        web.serve("/there", b"", 302, Location=f"{other.address}/there")
        url = web.serve("/", b"", 302, Location=f"http://you:too@127.0.0.1:{web.port}/there")
        fetch(url, credentials=Credentials("me", "secret"))
        assert web.headers["/"]["Authorization"] == "Basic bWU6c2VjcmV0"
        assert web.headers["/there"]["Authorization"] == "Basic bWU6c2VjcmV0"
        assert "Authorization" not in other.headers["/there"]
    assert "secret" not in repr(Credentials("me", "secret"))


def test_headers_that_are_no_text_are_passed_over(web: WebServer) -> None:
    hostile = "\xff\udcfe".encode("latin-1", "replace").decode("latin-1")
    url = web.serve("/", b"", ETag=hostile, Content_Type=f"text/xml; charset={hostile}")
    response = fetch(url)
    assert (response.charset, response.validators) == (None, Validators())
    assert failure(web.serve("/to", b"", 302, Location=f"http://{hostile}/")).kind


def test_cookies_are_not_kept(web: WebServer) -> None:
    web.serve("/end", b"")
    fetch(web.serve("/", b"", 302, Location="/end", Set_Cookie="who=me"))
    assert "Cookie" not in web.headers["/end"]


def _endless(request: Request) -> None:
    request.begin()
    while True:
        request.wfile.write(bytes(10_000))


def _one_byte_at_a_time(request: Request) -> None:
    request.begin(Content_Length="1000")
    for _ in range(40):
        request.wfile.write(b" ")
        time.sleep(0.1)


def _silent(request: Request) -> None:
    time.sleep(3)
    request.answer(b"late")


def _longer_than_it_is(request: Request) -> None:
    request.begin(Content_Length="1000", Connection="close")
    request.wfile.write(b"<rss>")
    request.close_connection = True


def _nonsense(request: Request) -> None:
    request.wfile.write(b"nonsense\r\n\r\n")
    request.close_connection = True


def _many_headers(request: Request) -> None:
    request.begin(200, **{f"X-{number}": "x" * 1000 for number in range(500)})


@pytest.mark.parametrize(
    ("page", "kind"),
    [
        (_endless, "size"),
        (_one_byte_at_a_time, "timeout"),
        (_silent, "timeout"),
        (_longer_than_it_is, "broken off"),
        (_nonsense, "broken off"),
        (_many_headers, "broken off"),
    ],
)
def test_a_server_that_misbehaves_is_left(web: WebServer, page: Any, kind: str) -> None:
    web.pages["/"] = page
    assert failure(f"{web.address}/").kind == kind


@pytest.mark.parametrize(
    ("body", "headers", "kind"),
    [
        (gzip.compress(bytes(20_000_000), mtime=0), {"Content_Encoding": "gzip"}, "size"),
        (zlib.compress(bytes(20_000_000)), {"Content_Encoding": "deflate"}, "size"),
        (gzip.compress(b"", mtime=0), {"Content_Encoding": "gzip, gzip"}, "encoding"),
        (b"\xcb\x7f", {"Content_Encoding": "br"}, "encoding"),
        (b"<rss/>", {"Content_Encoding": "gzip"}, "encoding"),
        (bytes(200_000), {}, "size"),
    ],
)  # fmt: skip
def test_a_body_that_is_too_much_is_left(
    web: WebServer, body: bytes, headers: dict[str, str], kind: str
) -> None:
    assert failure(web.serve("/", body, 200, **headers)).kind == kind


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120), ("0", 0), ("-5", 0), ("999999999", LONGEST_RETRY_AFTER), ("soon", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST_RETRY_AFTER),
    ],
)  # fmt: skip
def test_a_server_says_when_to_come_again(
    web: WebServer, header: str, seconds: float | None
) -> None:
    failed = failure(web.serve("/", b"", 503, Retry_After=header))
    assert (failed.label, failed.retry_after) == ("status 503", seconds)


def test_what_cannot_be_reached_is_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert failure(f"http://127.0.0.1:{port}/").kind == "connection"
    assert failure("http://nowhere.invalid/").kind == "name"
    assert failure("gopher://example.org/").kind == "redirects"


def test_a_server_without_the_right_certificate_is_not_believed(web: WebServer) -> None:
    assert failure(f"https://127.0.0.1:{web.port}/").kind == "certificate"


def test_a_host_is_asked_so_much_at_once_and_no_more(web: WebServer) -> None:
    now, most = 0, 0

    def page(request: Request) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        time.sleep(0.1)
        now -= 1
        request.answer(b"text")

    async def run() -> None:
        async def one(fetcher: Fetcher) -> None:
            async with fetcher.fetch(f"{web.address}/"):
                pass

        async with Fetcher(HERE) as fetcher:
            await asyncio.gather(*(one(fetcher) for _ in range(8)))

    web.pages["/"] = page
    asyncio.run(run())
    assert (most, web.requests["/"]) == (HERE.fetches_per_host, 8)


def fetch_page(url: str) -> Response:
    async def run() -> Response:
        async with Fetcher(HERE) as fetcher:
            robots = Robots(fetcher)
            async with fetcher.fetch(url, permit=robots.require):
                pass
            async with fetcher.fetch(url, permit=robots.require) as response:
                return response

    return asyncio.run(run())


@pytest.mark.parametrize(
    "rules",
    [
        b"",
        b"User-agent: *\nDisallow: /private",
        b"User-agent: *\nDisallow: /\n\nUser-agent: Newswire\nAllow: /",
        b"<html>",
    ],
)
def test_a_page_is_fetched_where_robots_txt_lets_us(web: WebServer, rules: bytes) -> None:
    web.serve("/robots.txt", rules)
    assert fetch_page(web.serve("/a", b"text")).body == b"text"
    assert web.requests["/robots.txt"] == 1


def test_a_host_without_robots_txt_forbids_nothing(web: WebServer) -> None:
    assert fetch_page(web.serve("/a", b"text")).body == b"text"


@pytest.mark.parametrize(
    ("status", "rules"),
    [(200, b"User-agent: *\nDisallow: /*/b$"), (503, b"")],
)
def test_a_page_is_not_fetched_where_robots_txt_forbids_it_or_fails(
    web: WebServer, status: int, rules: bytes
) -> None:
    web.serve("/robots.txt", rules, status)
    with pytest.raises(FetchFailed) as error:
        fetch_page(web.serve("/a/b", b"text"))
    assert error.value.kind == "robots"
    assert not web.requests["/a/b"]


def test_a_page_that_redirects_to_a_forbidden_one_is_not_fetched(web: WebServer) -> None:
    web.serve("/robots.txt", b"User-agent: *\nDisallow: /b")
    web.serve("/b", b"text")
    with pytest.raises(FetchFailed, match=r"robots\.txt"):
        fetch_page(web.serve("/a", b"", 302, Location="/b"))
    assert not web.requests["/b"]


class Patience:
    """A clock that only sleeping moves; `slept` is what was waited for."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def fetch_pages(url: str, count: int) -> list[float]:
    """Fetch a page so many times; return what was waited for."""
    patience = Patience()

    async def run() -> None:
        async with Fetcher(HERE) as fetcher:
            robots = Robots(fetcher, clock=patience.clock, sleep=patience.sleep)
            for _ in range(count):
                async with fetcher.fetch(url, permit=robots.require):
                    pass

    asyncio.run(run())
    return patience.slept


@pytest.mark.parametrize(
    ("rules", "slept"),
    [
        (b"User-agent: *\nCrawl-delay: 10", [10, 10]),
        (b"User-agent: *\nCrawl-delay: 10\n\nUser-agent: Newswire\nCrawl-delay: 2.5", [2.5, 2.5]),
        (b"User-agent: *\nCrawl-delay: soon", []),
        (b"", []),
    ],
)
def test_between_pages_is_the_pause_that_robots_txt_wants(
    web: WebServer, rules: bytes, slept: list[float]
) -> None:
    web.serve("/robots.txt", rules)
    assert fetch_pages(web.serve("/a", b"text"), 3) == slept


def test_a_host_that_wants_pauses_of_hours_is_left_alone(web: WebServer) -> None:
    web.serve("/robots.txt", b"User-agent: *\nCrawl-delay: 3600")
    with pytest.raises(FetchFailed, match="wants 3600 seconds between pages"):
        fetch_pages(web.serve("/a", b"text"), 1)
    assert not web.requests["/a"]
