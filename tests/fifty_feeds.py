"""Fifty feeds on one server: good ones, changing ones, and all that goes wrong with feeds."""

import gzip
import socket
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import orjson
from web_server import Request, WebServer

# (source, id of the item, its text): what is to arrive, each of it once.
Version = tuple[str, str, str]

_TEXT = "Text of item {} in version {}: zürich, \N{EURO SIGN}5, Ελλάδα."


@dataclass
class Item:
    id: str
    text: str


def rss(items: list[Item], date: str = "") -> str:
    listed = "".join(
        f"<item><guid isPermaLink='false'>{item.id}</guid><title>Title of {item.id}</title>"
        f"<description>{escape(item.text)}</description>{date}</item>"
        for item in items
    )
    return f"<rss version='2.0'><channel><title>A feed</title>{listed}</channel></rss>"


def atom(items: list[Item]) -> str:
    listed = "".join(
        f"<entry><id>{item.id}</id><title>Title of {item.id}</title>"
        f"<content>{escape(item.text)}</content></entry>"
        for item in items
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>A feed</title>{listed}</feed>"


def json_feed(items: list[Item]) -> str:
    listed = [
        {"id": item.id, "title": f"Title of {item.id}", "content_text": item.text} for item in items
    ]
    version = "https://jsonfeed.org/version/1.1"
    return orjson.dumps({"version": version, "title": "A feed", "items": listed}).decode()


@dataclass
class FiftyFeeds:
    """Sets up the feeds on `web`, of which some change for so many seconds.

    `expected` is what is to be delivered, `wrong` the sources of which something is to be said,
    `healed` those of them that are to be well again in the end.
    """

    web: WebServer
    seconds: float
    expected: set[Version] = field(default_factory=set)
    wrong: set[str] = field(default_factory=set)
    healed: set[str] = field(default_factory=set)
    feeds: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for write in (self._good, self._changing, self._charsets, self._redirects, self._failing,
                      self._slow, self._lying, self._compressed, self._hostile):  # fmt: skip
            write()
        assert len(self.feeds) == 50
        self.begin = time.monotonic()

    def write(self, path: Path) -> None:
        """Write the feeds.toml that names them."""
        path.write_text(
            "".join(
                f'[[feeds]]\nsource = "{source}"\nurl = "{url}"\ninterval = "1s"\n'
                for source, url in self.feeds
            )
        )

    def addresses(self, sources: set[str]) -> set[str]:
        """Return the addresses of the feeds of these sources."""
        return {address for source, address in self.feeds if source in sources}

    def _items(self, source: str, count: int = 5, version: int = 1) -> list[Item]:
        return [Item(f"{source}-{n}", _TEXT.format(n, version)) for n in range(count)]

    def _expect(self, source: str, items: list[Item]) -> list[Item]:
        self.expected |= {(source, item.id, item.text) for item in items}
        return items

    def _add(self, source: str, page: Callable[[Request], None]) -> None:
        self.feeds.append((source, f"{self.web.address}/{source}"))
        self.web.pages[f"/{source}"] = page

    def _add_bytes(
        self, source: str, body: bytes, status: int = 200, *, wrong: bool = True, **headers: str
    ) -> None:
        self.feeds.append((source, self.web.serve(f"/{source}", body, status, **headers)))
        if wrong:
            self.wrong.add(source)

    def _good(self) -> None:
        for number, write in enumerate([rss, atom, json_feed] * 3):
            source = f"good-{number}"
            body = write(self._expect(source, self._items(source))).encode()
            # The first two know nothing of conditional requests.
            self._add(source, _unconditional(body) if number < 2 else _conditional(body))
        # Whose times and pictures are new at each poll.
        for source in ("restless-0", "restless-1"):
            items = self._expect(source, self._items(source))
            self._add(source, _restless(items))
        # Two feeds of one wire with the same items.
        items = self._expect("shared", self._items("shared"))
        self._add("shared", _unconditional(rss(items).encode()))
        self.feeds.append(("shared", self.web.serve("/shared-too", atom(items).encode())))

    def _changing(self) -> None:
        """Now and then an item changes, and another one is new; the eldest leaves."""
        for number, write in enumerate([rss, atom, json_feed, rss, atom]):
            self._add(f"changing-{number}", self._stepping(f"changing-{number}", write))

    def _at(self, source: str, step: int) -> list[Item]:
        new = [Item(f"{source}-new-{n}", _TEXT.format(n, 1)) for n in range(step, step - 4, -1)]
        return [*new, Item(f"{source}-changing", _TEXT.format("changing", step))]

    def _stepping(
        self, source: str, write: Callable[[list[Item]], str]
    ) -> Callable[[Request], None]:
        """Return a page that changes after 2.5 seconds, and not before the client has it."""
        step, since, has_it = 0, time.monotonic(), False

        def page(request: Request) -> None:
            nonlocal step, since, has_it
            now = time.monotonic()
            if has_it and now - since > 2.5 and now - self.begin < self.seconds:
                step, since, has_it = step + 1, now, False
            body = write(self._expect(source, self._at(source, step))).encode()
            has_it = has_it or request.headers.get("If-None-Match") == _tag(body)
            _conditional(body)(request)

        return page

    def _charsets(self) -> None:
        for source, charset, declared in [
            ("utf16", "utf-16", "application/xml"),
            ("unknown-charset", "utf-8", "application/xml; charset=utf-9000"),
            ("wrong-charset", "utf-8", "application/xml; charset=iso-8859-1"),
            ("greek", "iso-8859-7", "application/xml; charset=iso-8859-7"),
        ]:
            items = self._items(source)
            if charset == "iso-8859-7":
                for item in items:
                    item.text = item.text.replace("ü", "u").replace("\N{EURO SIGN}", "")
            body = rss(self._expect(source, items)).encode(charset)
            self._add_bytes(source, body, Content_Type=declared, wrong=False)

    def _redirects(self) -> None:
        for source in ("moved", "moved-twice"):
            body = rss(self._expect(source, self._items(source))).encode()
            target = self.web.serve(f"/{source}-target", body)
            if source == "moved-twice":
                target = self.web.serve(f"/{source}-half-way", b"", 302, Location=target)
            self._add_bytes(source, b"", 301, Location=target, wrong=False)
        for source, location in {
            "to-loopback": f"http://127.0.0.2:{self.web.port}/good-0",
            "to-metadata": "http://169.254.169.254/latest/meta-data/",
            "to-private": "http://10.0.0.1/",
            "to-file": "file:///etc/passwd",
            "in-circles": "/in-circles",
        }.items():
            self._add_bytes(source, b"", 302, Location=location)

    def _failing(self) -> None:
        for status in (404, 410, 500):
            self._add_bytes(f"status-{status}", b"no", status)
        self._add_bytes("status-503", b"no", 503, Retry_After="2")
        self.feeds.append(("no-name", "http://nowhere.invalid/feed"))
        with socket.create_server(("127.0.0.1", 0)) as server:
            self.feeds.append(("no-server", f"http://127.0.0.1:{server.getsockname()[1]}/"))
        self.wrong |= {"no-name", "no-server", "recovering"}
        self.healed.add("recovering")
        body = rss(self._expect("recovering", self._items("recovering"))).encode()

        def recovering(request: Request) -> None:
            well = self.web.requests["/recovering"] > 2
            request.answer(body if well else b"no", 200 if well else 502)

        self._add("recovering", recovering)

    def _slow(self) -> None:
        def silent(request: Request) -> None:
            time.sleep(5)
            request.answer(b"too late")

        def dripping(request: Request) -> None:
            request.begin(Content_Length="100000")
            for _ in range(50):
                request.wfile.write(b" ")
                time.sleep(0.2)

        self._add("silent", silent)
        self._add("dripping", dripping)
        self.wrong |= {"silent", "dripping"}

    def _lying(self) -> None:
        items = self._items("too-short")
        body = rss(items).encode()

        def longer(request: Request) -> None:
            request.begin(Content_Length=str(len(body) + 1000), Connection="close")
            request.wfile.write(body)
            request.close_connection = True

        def shorter(request: Request) -> None:
            cut = body.index(b"<item>", body.index(b"too-short-2")) + 20  # in the fourth item
            request.begin(Content_Length=str(cut), Connection="close")
            request.wfile.write(body[:cut])
            time.sleep(0.2)
            request.wfile.write(body[cut:])
            request.close_connection = True

        def endless(request: Request) -> None:
            request.begin(Connection="close")
            while True:
                request.wfile.write(b" " * 65_536)

        self._add("longer-than-it-is", longer)
        self._add("too-short", shorter)
        self._add("endless", endless)
        self._expect("too-short", items[:3])
        self.wrong |= {"longer-than-it-is", "too-short", "endless"}

    def _compressed(self) -> None:
        body = rss(self._expect("gzipped", self._items("gzipped"))).encode()
        self._add_bytes("gzipped", gzip.compress(body), Content_Encoding="gzip", wrong=False)
        bomb = b"<rss>" + bytes(200_000_000)
        self._add_bytes("gzip-bomb", gzip.compress(bomb), Content_Encoding="gzip")
        self._add_bytes("deflate-bomb", zlib.compress(bomb), Content_Encoding="deflate")
        self._add_bytes("brotli", b"\x8b\x00\x80", Content_Encoding="br")
        self._add_bytes("not-gzip", body, Content_Encoding="gzip")

    def _hostile(self) -> None:
        entities = "".join(
            f"<!ENTITY e{n} '{f'&e{n - 1};' * 10 if n else 'bomb'}'>" for n in range(10)
        )
        bomb = f"<!DOCTYPE rss [{entities}]>{rss([Item('bomb', '@')])}".replace("@", "&e9;")
        self._add_bytes("entity-bomb", bomb.encode())
        reading = "<!DOCTYPE rss [<!ENTITY file SYSTEM 'file:///etc/passwd'>]>"
        self._add_bytes(
            "file-entity", f"{reading}{rss([Item('file', '@')])}".replace("@", "&file;").encode()
        )
        self._add_bytes("a-page", b"<html><body>We have moved</body></html>")
        self._add_bytes("empty", b"")


def _unconditional(body: bytes) -> Callable[[Request], None]:
    return lambda request: request.answer(body)


def _tag(body: bytes) -> str:
    return f'"{zlib.crc32(body)}"'


def _conditional(body: bytes) -> Callable[[Request], None]:
    tag = _tag(body)

    def page(request: Request) -> None:
        if request.headers.get("If-None-Match") == tag:
            request.answer(b"", 304, ETag=tag)
        else:
            request.answer(body, ETag=tag)

    return page


def _restless(items: list[Item]) -> Callable[[Request], None]:
    def page(request: Request) -> None:
        now = f"{time.time():.6f}"
        marked = [
            Item(item.id, f'{item.text}<img src="https://example.org/{now}">') for item in items
        ]
        date = time.strftime("<pubDate>%a, %d %b %Y %H:%M:%S GMT</pubDate>", time.gmtime())
        request.answer(rss(marked, date).encode())

    return page
