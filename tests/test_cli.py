"""The commands, as processes of their own."""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest
from articles import STORM
from fifty_feeds import Item, rss
from free_ports import free_port
from running_pipeline import RunningPipeline
from web_server import WebServer

from pipeline.demo.wire import seed_article
from pipeline.settings import Settings
from pipeline.sources import FORMATS

SEED = Path(__file__).resolve().parents[1] / "pipeline" / "demo" / "bno-news-asildarov.txt"


def newswire(
    *arguments: str, settings: Settings | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    broker = settings.environment() if settings else {}
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments],
        env={**os.environ, **broker, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_process_prints_one_json_object_a_record() -> None:
    ran = newswire("process", str(SEED))
    assert (ran.returncode, ran.stderr) == (0, "")
    (line,) = ran.stdout.splitlines()
    printed = orjson.loads(line)
    assert printed["topic"] == "news.enriched"
    record = printed["record"]
    assert record["headline"] == seed_article().splitlines()[0]
    assert record["byline"] == ["BNO NEWS"]
    assert record["copyright"]["holder"] == "BNO News B.V."
    assert record["received_at"] is None


def test_process_keeps_the_order_of_its_input_and_rejects_what_is_no_article(
    tmp_path: Path,
) -> None:
    lines = [
        b'{"source": "Wire", "headline": "One", "content": "First."}',
        b"broken",
        b'{"source": "Wire", "headline": "Two", "content": "Second."}',
    ]
    path = tmp_path / "wire.jsonl"
    path.write_bytes(b"\n".join(lines))
    ran = newswire("process", str(path))
    assert ran.returncode == 0
    topics = [orjson.loads(line)["topic"] for line in ran.stdout.splitlines()]
    assert topics == ["news.enriched", "news.rejected", "news.enriched"]


@pytest.mark.kafka
def test_up_that_is_stopped_while_it_feeds_ends_without_complaint() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline", "up", "--format", "jsonl", "-"],
        env=os.environ | {"NEWSWIRE_LOG_LEVEL": "error"},  # what has started says that it ends
        stdin=subprocess.PIPE,  # feeding goes on as long as it is open
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        said += process.stderr.read()
        assert process.wait(30) == 0
    assert "Traceback" not in said
    assert said.endswith("Stopping.\n")


@pytest.mark.kafka
def test_up_that_is_told_to_stop_several_times_stops_once_and_quietly() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline", "up", "--no-console", str(SEED)],
        env=os.environ | {"NEWSWIRE_LOG_LEVEL": "error"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()  # it is fed and what came of it is printed
        for how in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
            process.send_signal(how)
        said = process.communicate(timeout=60)[1]
    assert (process.returncode, "Traceback" in said) == (0, False)
    assert said.endswith("Stopping.\n")


def test_a_file_that_cannot_be_read_is_named_and_the_others_go_on(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_bytes(b"caf\xe9")
    ran = newswire("process", str(tmp_path / "bad.txt"), str(SEED))
    assert ran.returncode == 1
    assert ran.stderr == (f"newswire: {tmp_path}/bad.txt: not UTF-8: byte 0xe9 at offset 3\n")
    assert len(ran.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("process", "none.txt"), "newswire: none.txt: no such file or directory"),
        (("process", "none"), "newswire: none: no such file or directory"),
        (("feed", "none"), "newswire: none: no such file or directory"),
        (
            ("feed", "--format", "pdf", "a.txt"),
            f"newswire: --format pdf: unknown; the formats are {FORMATS}",
        ),
        (
            ("subscribe", "everything"),
            "newswire: everything: no such output; "
            "there are enriched, duplicates, withdrawals, rejected",
        ),
        (
            ("up", "--prot", "9092"),
            "newswire: no such option: --prot (Possible options: --port). See `newswire up --help`",
        ),
        (
            ("up", "--port", "99999"),
            "newswire: invalid value for '--port': Input should be less than or equal to 65535. "
            "See `newswire up --help`",
        ),
        (("feed",), "newswire: missing argument 'SOURCE...'. See `newswire feed --help`"),
        (
            ("feed", "--format"),
            "newswire: option '--format' requires an argument. See `newswire feed --help`",
        ),
        (
            ("rejected", "lst"),
            "newswire: no such command 'lst'. Did you mean 'list'? See `newswire rejected --help`",
        ),
        (
            ("worker",),
            "newswire: no broker is set: run `newswire up`, "
            "or set NEWSWIRE_BROKER to the host:port of Kafka",
        ),
    ],
)
def test_a_users_mistake_is_one_line_and_exit_code_2(arguments: tuple[str, ...], line: str) -> None:
    ran = newswire(*arguments)
    assert (ran.returncode, ran.stderr, ran.stdout) == (2, line + "\n", "")


@pytest.mark.parametrize("command", [(), ("rejected",)])
def test_who_names_no_command_is_told_which_there_are(command: tuple[str, ...]) -> None:
    ran = newswire(*command)
    assert (ran.returncode, ran.stderr) == (2, "")
    assert ran.stdout.strip() == newswire(*command, "--help").stdout.strip()


@pytest.mark.parametrize("command", [("worker",), ("feed", str(SEED)), ("subscribe",), ("topics",)])
def test_a_broker_that_is_not_there_is_one_line_with_its_address(command: tuple[str, ...]) -> None:
    ran = newswire(*command, NEWSWIRE_BROKER="127.0.0.1:9")
    assert (ran.returncode, ran.stderr) == (
        2,
        "newswire: no Kafka broker answers at 127.0.0.1:9: start it, or correct NEWSWIRE_BROKER\n",
    )


def test_a_wrong_setting_is_one_line_that_names_it() -> None:
    ran = newswire("topics", NEWSWIRE_PARTITIONS="none")
    assert ran.returncode == 2
    assert ran.stderr.startswith("newswire: NEWSWIRE_PARTITIONS=none: ")
    assert len(ran.stderr.splitlines()) == 1


@pytest.mark.kafka
def test_a_data_directory_that_cannot_be_written_is_one_line(
    embedded: Settings, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    ran = newswire(
        "worker", settings=embedded, NEWSWIRE_DATA_DIRECTORY=str(tmp_path / "file" / "x")
    )
    assert (ran.returncode, ran.stderr) == (
        2,
        f"newswire: NEWSWIRE_DATA_DIRECTORY={tmp_path}/file/x: not a directory; "
        "name a folder that can be written to\n",
    )


def test_output_into_a_pipe_that_closes_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "wire.jsonl"
    path.write_bytes(b'{"source": "Wire", "headline": "One", "content": "x"}\n' * 5000)
    command = f"{sys.executable} -m pipeline process {path} | head -n 1"
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (ran.stderr, len(ran.stdout.splitlines())) == ("", 1)


@pytest.mark.parametrize(
    ("redirection", "line"),
    [
        (">/dev/full", "newswire: standard output: no space left on device\n"),
        (">&-", "newswire: standard output is closed; give it a place, if only /dev/null\n"),
    ],
)
def test_output_that_goes_nowhere_is_one_line(redirection: str, line: str) -> None:
    command = f"{sys.executable} -m pipeline process {SEED} {redirection}"
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (2, line)


def test_a_topic_that_is_not_there_is_one_line_with_the_remedy(embedded: Settings) -> None:
    for command in (("feed", str(SEED)), ("subscribe",)):
        ran = newswire(*command, settings=embedded)
        assert ran.returncode == 2
        assert ran.stderr.endswith(
            " is not there: run `newswire topics`, which creates it, first\n"
        )
        assert len(ran.stderr.splitlines()) == 1


def test_the_demonstration_says_why_its_worker_does_not_start() -> None:
    ran = newswire("demo", NEWSWIRE_TAGGER="nonsense")
    assert ran.returncode == 2
    assert ran.stderr == (
        "newswire: NEWSWIRE_TAGGER=nonsense: no such spaCy pipeline is installed\n"
    )


def test_large_numbers_are_ids_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "wire.jsonl"
    path.write_text(
        "".join(
            f'{{"source": "Wire", "source_id": {10**20 + n}, "content": "Text {n} of it."}}\n'
            for n in (1, 2)
        )
    )
    records = [
        orjson.loads(line)["record"] for line in newswire("process", str(path)).stdout.splitlines()
    ]
    assert len({record["article_id"] for record in records}) == 2


@pytest.mark.kafka
def test_the_demonstration_accounts_for_every_article() -> None:
    ran = newswire("demo")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "6 fed = 3 enriched + 1 duplicates + 1 withdrawals + 1 rejected" in ran.stdout
    for outcome in ("original", "duplicate, abridged", "update", "correction", "withdrawal"):
        assert f" {outcome}" in ran.stdout


@pytest.mark.kafka
def test_what_is_fed_can_be_subscribed_to_and_a_group_goes_on_where_it_stopped(
    embedded: Settings, tmp_path: Path
) -> None:
    with RunningPipeline(embedded, tmp_path / "worker.log"):
        fed = newswire("feed", "--source", "BNO News", str(SEED), settings=embedded)
        assert (fed.returncode, fed.stderr) == (0, "1 articles delivered, 0 not\n")
        first = ""
        for _ in range(5):  # the worker may still be joining its group
            first = newswire("subscribe", "enriched", "--group", "desk", settings=embedded).stdout
            if first:
                break
        assert orjson.loads(first)["record"]["source"] == "BNO News"
        again = newswire("subscribe", "enriched", "--group", "desk", settings=embedded)
        assert (again.returncode, again.stdout) == (0, "")


@pytest.mark.kafka
def test_up_ends_when_its_worker_does() -> None:
    ran = newswire("up", "--no-console", NEWSWIRE_WEB_HOST="nonsense")
    assert ran.returncode == 2
    assert "newswire: no port of nonsense is free" in ran.stderr
    assert "newswire: the worker ended with exit code 2" in ran.stderr


@contextmanager
def running_up(*arguments: str, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    """`newswire up`; when the `with` is left it is told to stop, and nothing of it listens."""
    port = free_port()
    with subprocess.Popen(
        [sys.executable, "-m", "pipeline", "up", f"--port={port}", *arguments],
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            ended = process.wait(30)
    assert ended == 0
    assert "no Kafka broker answers" in newswire(
        "topics", NEWSWIRE_BROKER=f"127.0.0.1:{port}"
    ).stderr  # fmt: skip


@pytest.mark.kafka
def test_up_prints_what_comes_of_a_file_and_leaves_nothing_behind() -> None:
    with running_up("--no-console", str(SEED)) as process:
        assert process.stdout is not None
        assert orjson.loads(process.stdout.readline())["topic"] == "news.enriched"


@pytest.mark.kafka
def test_up_follows_feeds_shows_what_comes_in_the_console_and_ends_both(tmp_path: Path) -> None:
    port = free_port()
    feeds = tmp_path / "feeds.toml"
    with WebServer() as web:
        web.pages["/feed"] = lambda request: request.answer(rss([Item("1", STORM)]).encode())
        feeds.write_text(f'[[feeds]]\nsource = "Feed"\nurl = "{web.address}/feed"\n')
        with running_up(
            str(feeds),
            NEWSWIRE_SERVE_PORT=str(port),
            NEWSWIRE_ALLOWED_NETWORKS="127.0.0.1/32",
        ) as process:
            assert process.stdout is not None
            record = orjson.loads(process.stdout.readline())["record"]
            assert (record["source"], record["headline"]) == ("Feed", "Title of 1")
            stream = f"http://127.0.0.1:{port}/"
            with urllib.request.urlopen(stream, timeout=10) as page:
                assert b"Newswire" in page.read()
    assert [path.name for path in tmp_path.iterdir()] == ["feeds.toml"]
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(stream, timeout=10)


@pytest.mark.kafka
def test_up_says_where_the_console_cannot_listen_and_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = newswire("up", NEWSWIRE_SERVE_PORT=str(port))
    assert ran.returncode == 2
    assert f"newswire: cannot listen on 127.0.0.1:{port} (address already in use)" in ran.stderr
    assert "newswire: the console ended with exit code 2" in ran.stderr
