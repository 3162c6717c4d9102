"""`newswire subscribe` as a process: its formats, its filters, the mistakes of its user."""

import os
import pty
import signal
import subprocess
import sys
import time

import orjson
import pytest
from test_cli import newswire
from test_subscribe import article, kill, put

from pipeline.filters import FIELDS
from pipeline.settings import Settings
from pipeline.topics import ensure_topics

HOSTILE = "<script>alert(1)</script> \x1b[31m\u202e\x9b2J"


@pytest.mark.parametrize(
    ("arguments", "lines"),
    [
        (
            ("--where", "contry:RU"),
            ["newswire: filter, character 1: no such field: contry; there are "
             + ", ".join(FIELDS), "  contry:RU", "  ^^^^^^"],
        ),
        (
            ("--where", "oil and (gas"),
            ["newswire: filter, character 9: this ( is not closed", "  oil and (gas",
             "          ^"],
        ),
        (("--from", "2999-01-01"), ["newswire: --from 2999-01-01: lies in the future, it is "]),
        (("--from", "soon"), ["newswire: --from soon: no time; give one like 2026-11-22T18:00, "]),
        (("--format", "xml"), ["newswire: --format xml: no such format; there are readable, json"]),
        (("--format", "rss", "--follow"), ["newswire: --format rss is a document that ends: "]),
        (("rejected", "--format", "ninjs"), ["newswire: --format ninjs holds news only, "]),
        (("--explain", "--format", "csv"), ["newswire: --explain goes with --format readable or "]),
        (("--group", "newswire"), ["newswire: --group newswire: is the group of the workers: "]),
        (("--group", " "), ["newswire: --group ' ': a group needs a name"]),
        (("--post", "ftp://x/"), ["newswire: --post signs what it sends: set NEWSWIRE_WEBHOOK_S"]),
        (("--post", "http://x/", "--format", "csv"), ["newswire: --post sends json, ninjs, "]),
        (("news",), ["newswire: news: no such output; there are enriched, duplicates, "]),
    ],
)  # fmt: skip
def test_a_mistake_is_said_before_anything_runs(
    arguments: tuple[str, ...], lines: list[str]
) -> None:
    ran = newswire("subscribe", *arguments, NEWSWIRE_BROKER="127.0.0.1:9")
    assert (ran.returncode, ran.stdout) == (2, "")
    printed = ran.stderr.splitlines()
    assert len(printed) == len(lines)
    for said, wanted in zip(printed, lines, strict=True):
        assert said.startswith(wanted)


def test_the_help_tells_of_every_field_of_a_filter() -> None:
    text = newswire("subscribe", "--help", COLUMNS="200").stdout
    for name, field in FIELDS.items():
        assert f"{name} " in text
        assert field.example in text


@pytest.fixture
def wire(embedded: Settings) -> Settings:
    """A broker with three articles, of which one is killed."""
    ensure_topics(embedded)
    put(embedded, article("a"), article("b", "Gas"), article("c", HOSTILE), kill("a"))
    return embedded


@pytest.mark.kafka
def test_a_pipe_gets_json_lines_with_their_ids_and_reasons(wire: Settings) -> None:
    ran = newswire("subscribe", "news.enriched", "--where", "OIL", "--explain", settings=wire)
    assert (ran.returncode, ran.stderr) == (0, "")
    lines = [orjson.loads(line) for line in ran.stdout.splitlines()]
    assert [line["because"] for line in lines] == [
        ['"OIL": headline: Oil'], ["it withdraws an article that was handed out"]
    ]  # fmt: skip
    assert all(len(line["ce_id"]) == 32 for line in lines)


@pytest.mark.kafka
@pytest.mark.parametrize(
    ("name", "begin", "count"), [("csv", "topic,ce_id,outcome", 5), ("ninjs", '{"uri":', 4)]
)
def test_a_format_is_printed(wire: Settings, name: str, begin: str, count: int) -> None:
    ran = newswire("subscribe", "--format", name, settings=wire)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith(begin)
    assert len(ran.stdout.splitlines()) == count


@pytest.mark.kafka
def test_a_feed_has_what_was_not_withdrawn_as_harmless_text(wire: Settings) -> None:
    ran = newswire("subscribe", "--format", "rss", settings=wire)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.count("<item>") == 3
    assert "Oil" not in ran.stdout
    assert "Withdrawn" in ran.stdout
    assert "<script" not in ran.stdout.replace("&lt;", "<").replace("&amp;lt;", "")
    assert not set(ran.stdout) & set("\x1b\u202e\x9b")


@pytest.mark.kafka
def test_a_terminal_gets_readable_text_and_no_sequence_of_an_article(wire: Settings) -> None:
    controller, terminal = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline", "subscribe", "enriched", "--explain", "--where",
         "script or gas"],
        env={**os.environ, **wire.environment(), "COLUMNS": "100", "TERM": "dumb"},
        stdout=terminal, stderr=subprocess.STDOUT,
    ):  # fmt: skip
        os.close(terminal)
        printed = b""
        while part := _read(controller):
            printed += part
    text = printed.decode()
    assert "<script>alert(1)</script>" in text
    assert "because" in text
    assert not set(text) & set("\u202e\x9b")
    assert "\x1b[31m" not in text.replace("\x1b[31m\x1b", "")


def _read(controller: int) -> bytes:
    try:
        return os.read(controller, 65536)
    except OSError:  # its other end is closed
        return b""


@pytest.mark.kafka
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_and_goes_on_where_it_was(wire: Settings, how: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline", "subscribe", "enriched", "--follow", "--group", "desk"],
        env={**os.environ, **wire.environment()},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        lines = [process.stdout.readline() for _ in range(4)]
        time.sleep(1)
        process.send_signal(how)
        assert process.wait(20) == 130
        # kafka-python 3.0 may log that it was closed while it read.
        said = process.stderr.read().splitlines()
        assert [line for line in said if b'"logger":"kafka.' not in line] == []
    assert all(lines)
    again = newswire("subscribe", "enriched", "--group", "desk", settings=wire)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


@pytest.mark.kafka
def test_a_topic_that_is_not_there_is_one_line(embedded: Settings) -> None:
    ran = newswire("subscribe", "enriched", "--group", "desk", settings=embedded)
    assert ran.returncode == 2
    assert ran.stderr == (
        "newswire: topic news.enriched is not there: run `newswire topics`, which creates it, "
        "first\n"
    )
