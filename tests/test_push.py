"""HTTP push, on `newswire serve` as a process of its own."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from apache_kafka import ApacheKafka
from free_ports import free_port
from running_pipeline import read_topics

from pipeline.embedded_broker import EmbeddedBroker
from pipeline.errors import UserError
from pipeline.message import Message
from pipeline.settings import Settings, load_settings
from pipeline.topics import TOPIC_OF, ensure_topics
from schemas import RawArticle

pytestmark = pytest.mark.kafka

TOKEN = "a token of some length"


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = orjson.loads(response.read())

    @property
    def statuses(self) -> list[int]:
        return [result["status"] for result in self.body["results"]]


class Server:
    def __init__(self, settings: Settings, process: subprocess.Popen[str]) -> None:
        self.settings = settings
        self.process = process

    def push(
        self,
        body: bytes | list[Any] | dict[str, Any],
        content_type: str = "application/json",
        token: str | None = TOKEN,
        **headers: str,
    ) -> Answer:
        sent = body if isinstance(body, bytes) else orjson.dumps(body)
        headers["Content-Type"] = content_type
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return self.request("POST", "/articles", sent, headers)

    def request(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.settings.serve_port, timeout=60)
        try:
            connection.request(method, path, body, headers or {})
            return Answer(connection.getresponse())
        finally:
            connection.close()

    def sent(self, source: str) -> list[Message]:
        """Return the messages of the broker that are of that wire."""
        messages = read_topics(self.settings, [TOPIC_OF[RawArticle]], idle=1.0)
        return [
            message
            for message in messages
            if RawArticle.model_validate_json(message.value).source == source
        ]


@contextmanager
def serving(
    settings: Settings, log: Path, token: str | None = TOKEN, **more: Any
) -> Iterator[Server]:
    ensure_topics(settings)
    settings = settings.model_copy(update={"serve_port": free_port(), **more})
    secret = {"NEWSWIRE_PUSH_TOKEN": token} if token else {}
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "pipeline", "serve"],
            env={**os.environ, **settings.environment(), **secret},
            stderr=output,
            text=True,
        )
    try:
        deadline = time.monotonic() + 30
        while "listening on" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield Server(settings, process)
    finally:
        process.kill()
        process.wait()


def article(source: str = "Wire", **fields: Any) -> dict[str, Any]:
    return {"source": source, "headline": "News", "content": "The text.", **fields}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that leave it as it was."""
    log = tmp_path_factory.mktemp("serve") / "log"
    with (
        EmbeddedBroker() as broker,
        serving(Settings().on_embedded_broker(broker.address), log) as running,
    ):
        yield running


def test_what_is_answered_202_is_with_the_broker_under_its_ids(server: Server) -> None:
    answer = server.push(article("First"))
    assert (answer.status, answer.body["accepted"], answer.body["refused"]) == (202, 1, 0)
    (result,) = answer.body["results"]
    (message,) = server.sent("First")
    assert result == {
        "index": 0, "status": 202, "article_id": RawArticle(**article("First")).article_id,
        "ce_id": message.header("ce_id"), "reason": None,
    }  # fmt: skip
    assert RawArticle.model_validate_json(message.value).received_at is not None


def test_the_same_article_again_is_the_same_input(server: Server) -> None:
    first, second = (server.push(article()).body["results"][0]["ce_id"] for _ in range(2))
    assert first == second


def test_a_batch_is_an_array_or_lines(server: Server) -> None:
    articles = [article("Batch", source_id=number) for number in range(3)]
    lines = b"\r\n\n".join(map(orjson.dumps, articles)) + b"\n"
    assert server.push(articles).statuses == [202, 202, 202]
    assert server.push(lines, "application/x-ndjson; charset=utf-8").statuses == [202, 202, 202]
    messages = server.sent("Batch")
    assert (len(messages), len({message.header("ce_id") for message in messages})) == (6, 3)


def test_of_a_batch_what_is_no_article_is_named_and_the_others_are_taken(server: Server) -> None:
    answer = server.push([article("Some"), {"content": "Whose?"}, 7, article("Some", urgency=12)])
    assert (answer.status, answer.statuses) == (207, [202, 422, 422, 422])
    assert [result["reason"] for result in answer.body["results"]] == [
        None,
        "Not an article: source: field required.",
        "Not an article: the message: input should be an object.",
        "Not an article: urgency: input should be less than or equal to 9.",
    ]
    assert (answer.body["accepted"], answer.body["refused"]) == (1, 3)
    assert len(server.sent("Some")) == 1


def test_an_article_that_is_too_large_is_told_so(server: Server) -> None:
    by_its_id = article(article_id="x" * 4 * 1024**2)
    answer = server.push([article(), article(content="x" * 9 * 1024**2), by_its_id])
    assert (answer.status, answer.statuses) == (207, [202, 413, 422])


@pytest.mark.parametrize(
    ("body", "content_type", "status", "detail"),
    [
        (b"{", "application/json", 400, "not JSON: EOF while parsing an object"),
        (b"", "application/json", 400, "not JSON: "),
        (b'"\\ud800"', "application/json", 400, "not JSON: "),
        (b"[]", "application/json", 400, "no article in it"),
        (b"\n\n", "application/x-ndjson", 400, "no article in it"),
        (b"[%s]" % b",".join([b"1"] * 5001), "application/json", 413, "5,001 articles; 5,000 are"),
        (b"x" * (16 * 1024**2 + 1), "application/json", 413, "more than 16,777,216 bytes"),
        (b"{}", "text/plain", 415, "send Content-Type application/json, or"),
    ],
)  # fmt: skip
def test_a_push_that_is_none_is_refused_as_a_whole(
    server: Server, body: bytes, content_type: str, status: int, detail: str
) -> None:
    answer = server.push(body, content_type)
    assert (answer.status, answer.body["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.body["detail"].startswith(detail)


def test_nothing_that_is_an_article_is_422(server: Server) -> None:
    answer = server.push([{}, 1])
    assert (answer.status, answer.statuses) == (422, [422, 422])


def test_a_compressed_push_is_refused(server: Server) -> None:
    assert server.push(b"{}", Content_Encoding="gzip").status == 422
    assert server.push(b"{}", **{"Content-Encoding": "gzip"}).status == 415


@pytest.mark.parametrize("token", [None, "", "another token of some length", "ä"])
def test_who_does_not_know_the_token_is_refused(server: Server, token: str | None) -> None:
    answer = server.push(article("Nobody"), token=token)
    assert (answer.status, answer.headers["www-authenticate"]) == (401, 'Bearer realm="newswire"')
    assert server.sent("Nobody") == []


def test_without_a_token_set_push_is_off(embedded: Settings, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with serving(embedded, log, token=None) as server:
        answer = server.push(article())
        assert (answer.status, answer.body["detail"]) == (
            403,
            "push is off: set NEWSWIRE_PUSH_TOKEN or NEWSWIRE_PUSH_TOKEN_FILE for the server",
        )
        assert "push is off: NEWSWIRE_PUSH_TOKEN is not set" in log.read_text()


def test_who_pushes_too_fast_is_told_when_to_come_again(embedded: Settings, tmp_path: Path) -> None:
    with serving(embedded, tmp_path / "log", push_rate=0.5) as server:
        assert server.push([article(source_id=n) for n in range(20)]).status == 202
        answer = server.push(article())
        assert answer.status == 429
        assert 25 <= int(answer.headers["retry-after"]) <= 30
        assert len(server.sent("Wire")) == 20


@pytest.mark.apache_kafka
def test_a_broker_that_is_away_is_503_until_it_is_back(
    apache_kafka: ApacheKafka, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    settings = Settings(broker=apache_kafka.bootstrap_servers, partitions=1)
    with serving(settings, log) as server:
        assert server.push(article()).status == 202
        apache_kafka.kill()
        for _ in range(2):
            answer = server.push([article(), {}])
            assert (answer.status, answer.statuses) == (503, [503, 422])
            assert "retry-after" in answer.headers
        apache_kafka.restart()
        assert server.push([article(), {}]).statuses == [202, 422]
        assert "traceback" not in log.read_text()


def test_every_answer_has_the_headers_that_protect_a_browser(server: Server) -> None:
    for answer in (
        server.push(article()),
        server.push(article(), token=None),
        server.request("GET", "/openapi.json"),
        server.request("GET", "/nothing"),
        server.request("GET", "/articles"),
    ):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers


def test_it_stops_in_good_order_and_says_no_secret(embedded: Settings, tmp_path: Path) -> None:
    with serving(embedded, tmp_path / "log") as server:
        server.push(article())
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 0
    assert TOKEN not in (tmp_path / "log").read_text()


def test_a_port_that_is_taken_is_one_line(server: Server) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pipeline", "serve"],
        env={**os.environ, **server.settings.environment()},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    port = server.settings.serve_port
    assert (ran.returncode, ran.stderr) == (
        2,
        f"newswire: cannot listen on 127.0.0.1:{port} (address already in use): "
        "set NEWSWIRE_SERVE_HOST or NEWSWIRE_SERVE_PORT to another\n",
    )


@pytest.mark.parametrize(
    ("phases", "examples"),
    [("fuzzing", 50), pytest.param("coverage,fuzzing", 300, marks=pytest.mark.slow)],
)
def test_the_description_is_what_it_does(
    embedded: Settings, tmp_path: Path, phases: str, examples: int
) -> None:
    """Schemathesis makes up pushes, good and bad, and holds the answers against the description.

    Not that what goes against the schema of an article is refused: articles are taken tolerantly.
    """
    with serving(embedded, tmp_path / "log", push_rate=1e6) as server:
        ran = subprocess.run(
            [
                str(Path(sys.executable).with_name("schemathesis")), "run",
                f"http://127.0.0.1:{server.settings.serve_port}/openapi.json",
                "--header", f"Authorization: Bearer {TOKEN}",
                "--exclude-checks", "negative_data_rejection",
                "--phases", phases, "--max-examples", str(examples), "--seed", "1", "--no-color",
            ],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert ran.returncode == 0, ran.stdout[-3000:]
    assert "No issues found" in ran.stdout


def test_a_token_may_be_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n")
    token = Settings(push_token_file=str(path)).secret("push_token")
    assert token is not None
    assert token.get_secret_value() == TOKEN
    assert TOKEN not in repr(token)
    assert Settings().secret("push_token") is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "no such file or directory"),
        (b"short", "holds less than 16 characters"),
        (b"\xff" * 20, "not UTF-8 text"),
    ],
)
def test_a_file_with_no_good_token_is_one_line(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UserError, match=f"^NEWSWIRE_PUSH_TOKEN_FILE={path}: {reason}$"):
        Settings(push_token_file=str(path)).secret("push_token")


def test_a_bad_token_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWIRE_PUSH_TOKEN", "secret")
    with pytest.raises(UserError) as error:
        load_settings()
    assert "secret" not in str(error.value)
    assert str(error.value).startswith("NEWSWIRE_PUSH_TOKEN: ")
    monkeypatch.setenv("NEWSWIRE_PUSH_TOKEN", TOKEN)
    assert TOKEN not in repr(load_settings())
    assert TOKEN not in str(load_settings().environment())
