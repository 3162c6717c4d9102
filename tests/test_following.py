"""`newswire feed --follow`, as a process of its own, on a server with fifty feeds."""

import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest
from apache_kafka import ApacheKafka
from fifty_feeds import FiftyFeeds, Item, rss
from running_pipeline import read_topics
from web_server import Request, WebServer

from pipeline.message import Message
from pipeline.settings import Settings
from pipeline.topics import TOPIC_OF, ensure_topics
from schemas import RawArticle

pytestmark = pytest.mark.kafka

MOST_MEMORY = 200 * 10**6


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer() as server:
        yield server


class Following:
    """`newswire feed --follow` on a folder's feeds.toml; `log` keeps what all runs have said."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        ensure_topics(settings)
        self.settings = settings
        self.feeds = folder / "feeds.toml"
        self.log = folder / "log"
        self.memory = 0
        # How often something had been said at each kill, and of which feeds that was written down.
        self.kills: list[tuple[int, set[str]]] = []
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {
            **os.environ,
            **self.settings.environment(),
            "NEWSWIRE_ALLOWED_NETWORKS": "127.0.0.1/32",
            "NEWSWIRE_FETCH_TIMEOUT": "3",
            "NEWSWIRE_FETCHES_PER_HOST": "60",
        }
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "pipeline", "feed", "--follow", str(self.feeds)],
                env=environment,
                stderr=log,
            )

    def end(self, number: signal.Signals = signal.SIGKILL) -> int:
        """End it with that signal; return its exit code."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        peak = re.search(r"VmHWM:\s*(\d+) kB", status)
        assert peak is not None, "it ended by itself"
        self.memory = max(self.memory, int(peak[1]) * 1024)
        self._process.send_signal(number)
        code = self._process.wait(30)
        if number == signal.SIGKILL:
            self.kills.append((len(self.complaints()), self.written_down()))
        return code

    def close(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def complaints(self) -> list[str]:
        """Return the addresses of the feeds of which something was said, each time it was."""
        named = (re.search(r" \((http.*?)\)", line) for line in self.said())
        return [match[1] for match in named if match]

    def written_down(self) -> set[str]:
        """Return the addresses of the feeds of which a restart knows that something was said."""
        state = self.feeds.with_suffix(".state.json")
        feeds = orjson.loads(state.read_bytes())["feeds"] if state.exists() else {}
        return {address for address, feed in feeds.items() if feed["said"]}

    def said(self, level: str = "warning") -> list[str]:
        lines = [orjson.loads(line) for line in self.log.read_bytes().splitlines()]
        return [line["message"] for line in lines if line["level"] == level]

    def sent(self, idle: float = 2.0) -> list[Message]:
        """Return what is in `news.raw`."""
        return read_topics(self.settings, [TOPIC_OF[RawArticle]], idle=idle)

    def wait_for(self, count: int) -> list[Message]:
        """Return what is in `news.raw` as soon as it is so many messages."""
        found: list[Message] = []

        def enough(message: Message) -> bool:
            found.append(message)
            return len(found) >= count

        return read_topics(self.settings, [TOPIC_OF[RawArticle]], enough, timeout=60)


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until it is so, a minute at most: what is asserted next tells."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not condition():
        time.sleep(0.2)


@pytest.fixture
def following(embedded: Settings, tmp_path: Path) -> Iterator[Following]:
    running = Following(embedded, tmp_path)
    yield running
    running.close()


def read(message: Message) -> tuple[str, str, str]:
    article = RawArticle.model_validate_json(message.value)
    assert article.source_id is not None
    return article.source, article.source_id, article.content.partition("<img")[0]


@pytest.mark.parametrize(
    ("seconds", "kills"),
    [
        pytest.param(15, (3.5, 9), id="short"),
        pytest.param(60, (2, 4.5, 20, 41), id="a-minute", marks=pytest.mark.slow),
    ],
)
def test_each_item_of_fifty_feeds_comes_once_however_often_it_is_killed(
    web: WebServer, following: Following, seconds: float, kills: tuple[float, ...]
) -> None:
    feeds = FiftyFeeds(web, seconds - 4)
    feeds.write(following.feeds)
    following.start()
    for kill in kills:
        time.sleep(max(0.0, feeds.begin + kill - time.monotonic()))
        following.end(signal.SIGKILL)
        following.start()
    time.sleep(max(0.0, feeds.begin + seconds - time.monotonic()))
    # A machine that is busy needs longer.
    wrong, ill = feeds.addresses(feeds.wrong), feeds.addresses(feeds.wrong - feeds.healed)
    wait_until(lambda: following.written_down() >= ill)
    wait_until(lambda: set(map(read, following.sent())) >= feeds.expected)
    assert following.end(signal.SIGTERM) == 0

    messages = {message.header("ce_id"): message for message in following.sent()}
    arrived = Counter(map(read, messages.values()))
    assert set(arrived) == feeds.expected
    assert [version for version, times in arrived.items() if times > 1] == []
    print(f"{len(arrived)} versions, {following.memory / 1e6:.0f} MB")
    assert following.memory < MOST_MEMORY

    complaints = following.complaints()
    assert set(complaints) == wrong
    assert following.written_down() == ill
    # Each once in a run, and never again once a restart knows of it.
    begin, written = 0, set[str]()
    for end, written_then in [*following.kills, (len(complaints), set())]:
        said = complaints[begin:end]
        assert len(set(said)) == len(said)
        assert not written.intersection(said)
        begin, written = end, written_then
    well = [
        line.partition(" (")[0] for line in following.said("info") if "can be read again" in line
    ]
    assert set(well) == feeds.healed


def test_what_is_wrong_is_said_once_and_that_it_is_well_again(
    web: WebServer, following: Following
) -> None:
    feeds = FiftyFeeds(web, 5)
    feeds.write(following.feeds)
    following.start()
    wait_until(lambda: set(following.complaints()) >= feeds.addresses(feeds.wrong))
    wait_until(lambda: "can be read again" in following.log.read_text())
    time.sleep(3)
    following.end(signal.SIGTERM)
    said = Counter(line.partition(" (")[0] for line in following.said())
    assert said == Counter(feeds.wrong)
    assert [line for line in following.said("info") if "can be read again" in line] == [
        f"recovering ({web.address}/recovering) can be read again"
    ]


def one_feed(web: WebServer, following: Following, count: int = 3, **more: str) -> list[Item]:
    """Let the follower have one feed of so many items."""
    items = [Item(str(number), f"Text {number}.") for number in range(count)]
    web.pages["/feed"] = lambda request: request.answer(rss(items).encode())
    keys = "".join(f"{name} = {value}\n" for name, value in more.items())
    following.feeds.write_text(
        f'[[feeds]]\nsource = "Wire"\nurl = "{web.address}/feed"\ninterval = 1\n{keys}'
    )
    return items


def test_killed_before_it_wrote_down_what_it_sent_it_sends_the_same_ids(
    web: WebServer, following: Following
) -> None:
    one_feed(web, following)
    following.start()
    first = following.wait_for(3)
    following.end()
    (following.feeds.parent / "feeds.state.json").unlink()  # as if it had been killed earlier
    following.start()
    messages = following.wait_for(6)
    assert len(messages) == 6
    assert {message.header("ce_id") for message in messages} == {
        message.header("ce_id") for message in first
    }


def test_a_change_is_a_version_and_an_item_that_returns_is_none(
    web: WebServer, following: Following
) -> None:
    items = one_feed(web, following, 1)
    following.start()
    following.wait_for(1)
    items[0].text = "Another text."
    following.wait_for(2)
    items[0].text = "Text 0."
    time.sleep(3)
    following.end(signal.SIGTERM)
    articles = [RawArticle.model_validate_json(message.value) for message in following.sent()]
    assert [article.content for article in articles] == ["Text 0.", "Another text."]
    assert len({article.article_id for article in articles}) == 1
    assert len({article.version for article in articles}) == 2


def test_the_pages_behind_links_are_sent_where_they_are_asked_for(
    web: WebServer, following: Following
) -> None:
    links = ("open", "closed", "picture")
    web.serve("/open", b"<p>The whole story.", Content_Type="text/html; charset=utf-8")
    web.serve("/closed", b"<p>Not for programs.", Content_Type="text/html")
    web.serve("/picture", b"GIF89a", Content_Type="image/gif")
    web.serve("/robots.txt", b"User-agent: *\nDisallow: /closed")
    one_feed(web, following, fetch_articles="true")
    items = "".join(
        f"<item><guid>{name}</guid><link>{web.address}/{name}</link><title>{name}</title>"
        "<description>In short.</description></item>"
        for name in links
    )
    web.serve("/feed", f"<rss version='2.0'><channel>{items}</channel></rss>".encode())
    following.start()
    messages = following.wait_for(3)
    following.end(signal.SIGTERM)
    articles = [RawArticle.model_validate_json(message.value) for message in messages]
    assert {(article.source_id, article.content, article.content_type) for article in articles} == {
        ("open", "<p>The whole story.", "text/html"),
        ("closed", "In short.", "text/plain"),
        ("picture", "In short.", "text/plain"),
    }
    (line,) = following.said()
    assert line.endswith("/picture: 'image/gif' is no page")  # the first of the two
    assert not web.requests["/closed"]


@pytest.mark.apache_kafka
def test_a_broker_that_goes_and_comes_back_loses_nothing(
    web: WebServer, apache_kafka: ApacheKafka, tmp_path: Path
) -> None:
    following = Following(Settings(broker=apache_kafka.bootstrap_servers, partitions=1), tmp_path)
    items = one_feed(web, following, 1)
    following.start()
    try:
        following.wait_for(1)
        apache_kafka.kill()
        items.append(Item("later", "A text of later."))
        time.sleep(3)
        apache_kafka.restart()
        assert [read(message)[1] for message in following.wait_for(2)] == ["0", "later"]
        following.end(signal.SIGTERM)
    finally:
        following.close()


def test_a_feed_that_never_says_what_it_has_is_not_taken_for_well(
    web: WebServer, following: Following
) -> None:
    one_feed(web, following)
    web.serve("/feed", b"", 304)
    following.start()
    wait_until(lambda: web.requests["/feed"] > 2)
    following.end(signal.SIGTERM)
    assert following.said() == [f"Wire ({web.address}/feed): HTTP status 304 unasked"]


def test_a_password_is_given_and_never_said(web: WebServer, following: Following) -> None:
    def page(request: Request) -> None:
        request.answer(b"no", 401)

    one_feed(web, following, username='"desk"', password='"open sesame"')
    web.pages["/feed"] = page
    following.start()
    wait_until(lambda: web.requests["/feed"] > 1)
    following.end(signal.SIGTERM)
    assert web.headers["/feed"]["Authorization"] == "Basic ZGVzazpvcGVuIHNlc2FtZQ=="
    assert following.said() == [f"Wire ({web.address}/feed): HTTP status 401"]
    assert "sesame" not in following.log.read_text()
    assert "sesame" not in (following.feeds.parent / "feeds.state.json").read_text()


def test_a_state_that_cannot_be_written_stops_nothing(web: WebServer, following: Following) -> None:
    items = one_feed(web, following, 1)
    following.start()
    following.wait_for(1)
    time.sleep(1)
    state = following.feeds.parent / "feeds.state.json"
    (state.parent / f"{state.name}.new").mkdir()  # its place is taken
    items.append(Item("later", "A text of later."))
    assert [read(message)[1] for message in following.wait_for(2)] == ["0", "later"]
    (line,) = following.said("error")
    assert line == (
        f"{state}: cannot be written: is a directory; "
        "it is tried again, and nothing is lost meanwhile"
    )


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("none.toml",), "none.toml: no such file or directory"),
        (
            ("a.toml", "b.toml"),
            "--follow takes one feeds.toml, and folders in a command of their own",
        ),
        (
            ("a.toml", "--source", "Wire"),
            "--format, --source, --speed and --resume are for files: feeds.toml says it all",
        ),
    ],
)
def test_a_wrong_call_is_one_line(arguments: tuple[str, ...], line: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pipeline", "feed", "--follow", *arguments],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (2, f"newswire: {line}\n")
