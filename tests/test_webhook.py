"""Sending to a web address: a real server that takes, refuses and goes away."""

import base64
import hashlib
import hmac
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import SecretStr
from test_cli import newswire
from test_subscribe import article, kill, put

from pipeline.clients.undelivered import Undelivered
from pipeline.clients.webhook import NotDelivered, Parcel, Webhook, webhook_secret
from pipeline.errors import UserError
from pipeline.settings import Settings, load_settings
from pipeline.topics import ensure_topics

SECRET = "a secret of some length"
PARCEL = Parcel("id-1", b'{"a": 1}', {"content-type": "application/json"})


class Receiver(HTTPServer):
    """Answers with the statuses in `answers`, then with 204; remembers what it was sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: list[int] = []
        self.requests: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?desk=1"

    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.requests]


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Receiver)
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.requests.append((headers, body))
        status = self.server.answers.pop(0) if self.server.answers else 204
        self.send_response(status)
        if status in (301, 307):
            self.send_header("location", self.server.url)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def webhook(url: str, secret: str = SECRET) -> Webhook:
    return Webhook(url, SecretStr(secret), pause=0.01)


def test_what_is_sent_is_signed_and_has_a_key_against_doing_it_twice(receiver: Receiver) -> None:
    with webhook(receiver.url) as hook:
        hook.send(PARCEL)
    ((headers, body),) = receiver.requests
    assert body == PARCEL.body
    assert headers["idempotency-key"] == '"id-1"'
    signed = f"id-1.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


def test_a_secret_of_standard_webhooks_is_read_as_base64(receiver: Receiver) -> None:
    key = b"0123456789abcdef0123456789abcdef"
    with webhook(receiver.url, f"whsec_{base64.b64encode(key).decode()}") as hook:
        hook.send(PARCEL)
    ((headers, body),) = receiver.requests
    signed = f"id-1.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_what_may_pass_is_tried_again_with_the_same_id(receiver: Receiver, status: int) -> None:
    receiver.answers = [status] * 5
    with webhook(receiver.url) as hook:
        hook.send(PARCEL)
    assert receiver.ids() == ["id-1"] * 6


@pytest.mark.parametrize("status", [301, 307, 400, 401, 404, 410, 501])
def test_what_will_not_pass_is_not_tried_again(receiver: Receiver, status: int) -> None:
    receiver.answers = [status]
    with webhook(receiver.url) as hook, pytest.raises(NotDelivered, match=f"answered {status}"):
        hook.send(PARCEL)
    assert len(receiver.requests) == 1


def test_who_is_away_is_tried_once_until_back(receiver: Receiver) -> None:
    receiver.answers = [503] * 7
    with webhook(receiver.url) as hook:
        for _ in range(2):
            with pytest.raises(NotDelivered, match="answered 503"):
                hook.send(PARCEL)
        assert len(receiver.requests) == 7
        hook.send(PARCEL)
        receiver.answers = [503]
        hook.send(PARCEL)  # patient again


def test_where_nobody_listens_nothing_is_delivered() -> None:
    with webhook("http://127.0.0.1:9/") as hook, pytest.raises(NotDelivered, match="no answer"):
        hook.send(PARCEL)


@pytest.mark.parametrize(
    "url",
    ["ftp://a/b", "file:///etc/passwd", "a", "http://", "http://a b/", "http://[x", "http://a\n"],
)
def test_what_is_no_web_address_is_the_users_mistake(url: str) -> None:
    with pytest.raises(UserError, match="is no http or https address"):
        webhook(url)


def test_the_secret_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text(f"{SECRET}\n")
    assert webhook_secret(Settings(webhook_secret_file=str(file))).get_secret_value() == SECRET


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (Settings(), "set NEWSWIRE_WEBHOOK_SECRET"),
        (Settings(webhook_secret_file="/nowhere"), "no such file"),
        (Settings(webhook_secret_file="/dev/null"), "less than 16 characters"),
        (Settings(webhook_secret_file="/x", webhook_secret=SecretStr(SECRET)), "is set too"),
    ],
)
def test_without_a_good_secret_nothing_is_sent(settings: Settings, reason: str) -> None:
    with pytest.raises(UserError, match=reason):
        webhook_secret(settings)


def test_a_secret_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert SECRET not in repr(Settings(webhook_secret=SecretStr(SECRET)))
    assert SECRET not in str(Settings(webhook_secret=SecretStr(SECRET)).environment())
    monkeypatch.setenv("NEWSWIRE_WEBHOOK_SECRET", "short")
    with pytest.raises(UserError) as raised:
        load_settings()
    assert "NEWSWIRE_WEBHOOK_SECRET" in str(raised.value)
    assert "short" not in str(raised.value).replace("shorter", "")


def kept(file: Path) -> Undelivered:
    undelivered = Undelivered(str(file))
    undelivered.keep(Parcel("1", b"one", {}), ["a"], "answered 503")
    undelivered.keep(Parcel("2", b"two", {}), ["b"], "answered 503")
    return undelivered


def test_what_was_kept_is_sent_again_in_order(tmp_path: Path) -> None:
    kept(tmp_path / "file")
    sent: list[Parcel] = []
    resent = Undelivered(str(tmp_path / "file")).resend(sent.append)
    assert [parcel.id for parcel in sent] == ["1", "2"]
    assert (resent.sent, resent.kept, resent.overtaken) == (2, 0, 0)
    assert Undelivered(str(tmp_path / "file")).resend(sent.append).sent == 0


def test_what_is_refused_again_stays(tmp_path: Path) -> None:
    kept(tmp_path / "file")

    def send(parcel: Parcel) -> None:
        if parcel.id == "1":
            raise NotDelivered("answered 400")

    for _ in range(2):
        assert Undelivered(str(tmp_path / "file")).resend(send).kept == 1
    assert b"answered 400" in (tmp_path / "file").read_bytes()


def test_what_was_overtaken_is_not_sent_again(tmp_path: Path) -> None:
    kept(tmp_path / "file").delivered(["a", "z"])
    later = Undelivered(str(tmp_path / "file"))
    later.keep(Parcel("3", b"three", {}), ["a"], "answered 503")
    sent: list[Parcel] = []
    resent = later.resend(sent.append)
    assert [parcel.id for parcel in sent] == ["2", "3"]
    assert resent.overtaken == 1


def test_what_a_later_record_of_its_article_overtakes_when_sent_again_is_dropped(
    tmp_path: Path,
) -> None:
    kept(tmp_path / "file").keep(Parcel("3", b"three", {}), ["a"], "answered 503")

    def send(parcel: Parcel) -> None:
        if parcel.id == "1":
            raise NotDelivered("answered 503")

    resent = Undelivered(str(tmp_path / "file")).resend(send)
    assert (resent.sent, resent.kept, resent.overtaken) == (2, 0, 1)
    assert (tmp_path / "file").read_bytes() == b""


def test_a_withdrawal_is_sent_again_as_long_as_somebody_is_to_be_told_of_one_of_its_articles(
    tmp_path: Path,
) -> None:
    file = Undelivered(str(tmp_path / "file"))
    file.keep(Parcel("kill", b"kill", {}), ["a", "b"], "answered 503")
    file.delivered(["a"])
    sent: list[Parcel] = []
    file.resend(sent.append)
    assert [parcel.id for parcel in sent] == ["kill"]


def test_resending_a_file_that_is_not_there_is_the_users_mistake(tmp_path: Path) -> None:
    missing = str(tmp_path / "none.jsonl")
    ran = newswire("resend", missing, "--post", "https://desk.example/hook")
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert ran.stderr.startswith(f"newswire: {missing}: there is no such file")
    assert not list(tmp_path.iterdir())


def test_a_file_of_something_else_is_the_users_mistake(tmp_path: Path) -> None:
    (tmp_path / "file").write_text('{"topic": "news.enriched"}\n')
    with pytest.raises(UserError, match=r"file, line 1: is nothing that was kept"):
        Undelivered(str(tmp_path / "file"))
    with pytest.raises(UserError, match="no such file or directory"):
        Undelivered(str(tmp_path / "none" / "file"))


@pytest.mark.kafka
def test_matches_are_posted_what_is_not_taken_is_kept_and_sent_again(
    embedded: Settings, receiver: Receiver, tmp_path: Path
) -> None:
    ensure_topics(embedded)
    put(embedded, article("a"), article("b"), article("c", "Gas"), article("d"), kill("b"))
    receiver.answers = [204, 400, 400]
    file = str(tmp_path / "undelivered.jsonl")
    ran = newswire(
        *("subscribe", "enriched", "--where", "oil", "--post", receiver.url),
        *("--undelivered", file), settings=embedded, NEWSWIRE_WEBHOOK_SECRET=SECRET,
    )  # fmt: skip
    assert ran.returncode == 1
    assert "2 records were not taken" in ran.stderr
    subjects = [headers["ce-subject"] for headers, _ in receiver.requests]
    assert subjects == ["a", "b", "d", "kill"]
    first, body = receiver.requests[0]
    assert orjson.loads(body)["article_id"] == "a"
    assert first["ce-type"] == "newswire.enrichedarticle.v1"
    assert first["webhook-id"] == first["ce-id"]

    receiver.requests.clear()
    again = newswire("resend", file, "--post", receiver.url, NEWSWIRE_WEBHOOK_SECRET=SECRET)
    assert (again.returncode, again.stderr) == (0, "1 sent, 1 overtaken and dropped, 0 kept\n")
    assert [headers["ce-subject"] for headers, _ in receiver.requests] == ["d"]


@pytest.mark.kafka
def test_an_id_of_any_characters_goes_into_a_header(
    embedded: Settings, receiver: Receiver, tmp_path: Path
) -> None:
    ensure_topics(embedded)
    put(embedded, article("artículo 1\n50%"), article("b"))
    ran = newswire(
        *("subscribe", "enriched", "--post", receiver.url),
        *("--undelivered", str(tmp_path / "file")), settings=embedded,
        NEWSWIRE_WEBHOOK_SECRET=SECRET,
    )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, "")
    subjects = [headers["ce-subject"] for headers, _ in receiver.requests]
    assert subjects == ["art%C3%ADculo%201%0A50%25", "b"]


@pytest.mark.kafka
def test_an_item_of_a_withdrawal_that_is_taken_does_not_overtake_the_one_that_is_not(
    embedded: Settings, receiver: Receiver, tmp_path: Path
) -> None:
    ensure_topics(embedded)
    put(embedded, article("a"), article("b"), kill("a", "b"))
    receiver.answers = [204, 204, 400]
    file = str(tmp_path / "undelivered.jsonl")
    ran = newswire(
        *("subscribe", "enriched", "--post", receiver.url, "--format", "ninjs"),
        *("--undelivered", file), settings=embedded, NEWSWIRE_WEBHOOK_SECRET=SECRET,
    )  # fmt: skip
    assert "1 records were not taken" in ran.stderr
    receiver.requests.clear()
    again = newswire("resend", file, "--post", receiver.url, NEWSWIRE_WEBHOOK_SECRET=SECRET)
    assert (again.returncode, again.stderr) == (0, "1 sent, 0 overtaken and dropped, 0 kept\n")
    assert orjson.loads(receiver.requests[0][1])["uri"] == "urn:newswire:a"
