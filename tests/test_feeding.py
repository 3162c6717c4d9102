"""`newswire feed`: what it takes, what it says, and how it goes on where it stopped."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from running_pipeline import read_topics

from pipeline.embedded_broker import EmbeddedBroker
from pipeline.message import Message
from pipeline.settings import Settings
from pipeline.sources import READERS
from pipeline.topics import MAX_INPUT_BYTES, TOPIC_OF, ensure_topics
from schemas import RawArticle

pytestmark = pytest.mark.kafka

FORMATS = Path(__file__).parent / "formats"


@pytest.fixture
def broker() -> Iterator[Settings]:
    """A broker with its topics and nothing in them."""
    with EmbeddedBroker() as embedded:
        settings = Settings().on_embedded_broker(embedded.address)
        ensure_topics(settings)
        yield settings


def start(settings: Settings, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "pipeline", "feed", *arguments],
        env={**os.environ, **settings.environment()},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def feed(settings: Settings, *arguments: str, given: str = "") -> tuple[int, list[str]]:
    """Return the exit code and what was said."""
    with start(settings, *arguments) as process:
        said = process.communicate(given, timeout=60)[1]
        return process.returncode, said.splitlines()


def raw(settings: Settings) -> list[Message]:
    return read_topics(settings, [TOPIC_OF[RawArticle]], idle=1.0)


def headlines(settings: Settings) -> list[str | None]:
    return [RawArticle.model_validate_json(message.value).headline for message in raw(settings)]


def lines(count: int, spaced: float = 0.0) -> str:
    return "".join(
        orjson.dumps(
            {"source": "Wire", "source_id": str(number), "headline": str(number), "content": "x",
             "published_at": 1_767_600_000 + number * spaced}
        ).decode() + "\n"
        for number in range(count)
    )  # fmt: skip


def test_a_folder_of_every_format_is_fed_and_what_is_broken_is_named(
    broker: Settings, tmp_path: Path
) -> None:
    shutil.copytree(FORMATS, tmp_path, dirs_exist_ok=True)
    (tmp_path / "broken.xml").write_bytes(b"<rss><channel><item><title>Cut")
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n")
    (tmp_path / "bomb.nitf").write_bytes(b'<!DOCTYPE x [<!ENTITY a "b">]><nitf>&a;</nitf>')
    code, said = feed(broker, str(tmp_path))
    assert code == 1
    assert said[-1] == "20 articles delivered, 3 not"
    faults = sorted(line for line in said if re.search(r"/(?:bomb|broken|picture)\.", line))
    assert faults == [
        f"newswire: {tmp_path}/bomb.nitf: line 1: a DOCTYPE with declarations of its own is not "
        "accepted",
        f"newswire: {tmp_path}/broken.xml: line 1: the feed is cut off; item 1 is left out",
        f"newswire: {tmp_path}/picture.png: its format is not recognised; "
        f"give --format ({', '.join(READERS)})",
    ]
    assert len(raw(broker)) == 20


def test_a_bad_line_is_named_and_rejected_and_the_others_go_on(
    broker: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f'{lines(1)}no JSON\n{lines(1)}{{"content": "x"}}\n')
    code, said = feed(broker, str(path))
    assert code == 1
    assert re.fullmatch(f"newswire: {path}: line 2: no JSON: .*; it goes to news.rejected", said[0])
    assert said[1:] == [
        f"newswire: {path}: line 4: no article: source: field required; it goes to news.rejected",
        "2 articles delivered, 2 not",
    ]
    assert b"no JSON" in [message.value for message in raw(broker)]
    assert feed(broker, "--resume", "3", str(path))[1] == [said[1], "0 articles delivered, 1 not"]


def test_of_very_many_bad_lines_the_first_are_named(broker: Settings, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("no JSON\n" * 50)
    code, said = feed(broker, str(path))
    assert (code, len(said), said[-2]) == (1, 22, f"newswire: {path}: and 30 more like these")
    assert len(raw(broker)) == 50


def test_fed_twice_an_article_keeps_its_id(broker: Settings) -> None:
    for _ in range(2):
        assert feed(broker, str(FORMATS / "rss-2.0.xml"))[0] == 0
    first, second, third, fourth = (message.header("ce_id") for message in raw(broker))
    assert (first, second) == (third, fourth)
    assert first != second


def test_standard_input_is_fed(broker: Settings) -> None:
    code, said = feed(broker, "-", given=lines(3))
    assert (code, said) == (0, ["3 articles delivered, 0 not"])
    assert headlines(broker) == ["0", "1", "2"]


def test_the_first_articles_can_be_passed_over(broker: Settings, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines(5))
    assert feed(broker, "--resume", "3", str(tmp_path / "a.jsonl"))[1][-1].startswith("2 articles")
    assert headlines(broker) == ["3", "4"]


def test_a_beginning_beyond_the_end_is_one_line_and_nothing_is_fed(
    broker: Settings, tmp_path: Path
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(lines(5))
    assert feed(broker, "--resume", "6", str(path)) == (
        2,
        [
            "newswire: --resume 6: the input ends after article 5, so nothing was fed; "
            "give 5 at most"
        ],
    )
    assert feed(broker, "--resume", "5", str(path)) == (0, ["0 articles delivered, 0 not"])


def test_what_is_too_large_is_refused_and_the_others_go_on(
    broker: Settings, tmp_path: Path
) -> None:
    large = orjson.dumps({"source": "Wire", "content": "x" * MAX_INPUT_BYTES}).decode()
    (tmp_path / "a.jsonl").write_text(f"{lines(1)}{large}\n{lines(2)}")
    code, said = feed(broker, str(tmp_path / "a.jsonl"))
    assert code == 1
    assert said[0].startswith(f"newswire: {tmp_path}/a.jsonl: article 2: ")
    assert said[0].endswith(f"{MAX_INPUT_BYTES} are allowed")
    assert said[1] == "3 articles delivered, 1 not"


def test_what_is_too_large_by_its_id_is_refused_and_the_others_go_on(
    broker: Settings, tmp_path: Path
) -> None:
    # The id is the message's key and subject as well.
    large = orjson.dumps({"source": "Wire", "article_id": "x" * (MAX_INPUT_BYTES // 2)}).decode()
    (tmp_path / "a.jsonl").write_text(f"{lines(1)}{large}\n{lines(2)}")
    code, said = feed(broker, str(tmp_path / "a.jsonl"))
    assert code == 1
    assert said[0].startswith(f"newswire: {tmp_path}/a.jsonl: article 2: ")
    assert said[1] == "3 articles delivered, 1 not"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_one_that_is_interrupted_delivers_what_was_sent_and_says_how_to_go_on(
    broker: Settings, tmp_path: Path, how: signal.Signals
) -> None:
    """Ten articles at the pace at which they came, a minute apart after the third."""
    early, late = lines(3), lines(10, spaced=60.0).splitlines(keepends=True)[3:]
    (tmp_path / "a.jsonl").write_text(early + "".join(late))
    with start(broker, "--speed", "1", str(tmp_path / "a.jsonl")) as process:
        while len(raw(broker)) < 3:
            time.sleep(0.2)
        process.send_signal(how)
        said = process.communicate(timeout=30)[1].splitlines()
    assert process.returncode == 130
    assert said[-1] == (
        "newswire: stopped after 3 articles; to go on, give the same command with --resume 3"
    )
    assert feed(broker, "--resume", "3", str(tmp_path / "a.jsonl"))[0] == 0
    assert headlines(broker) == [str(number) for number in range(10)]


def test_a_followed_folder_is_fed_as_files_come_whole(broker: Settings, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(lines(1))
    with start(broker, "--follow", str(tmp_path)) as process:
        while len(raw(broker)) < 1:
            time.sleep(0.2)
        whole = (FORMATS / "rss-2.0.xml").read_text("utf-8")
        with (tmp_path / "b.xml").open("w") as slow:
            for start_of_piece in range(0, len(whole), 600):
                slow.write(whole[start_of_piece : start_of_piece + 600])
                slow.flush()
                time.sleep(0.7)
        while len(raw(broker)) < 3:
            time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=30)[1]
    assert process.returncode == 130
    assert "cut off" not in said
    assert headlines(broker)[1:] == [
        "Ferry & tug collide off the mole",
        "Tide tables for the spring",
    ]


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--speed", "fast", "a.txt"), "--speed fast: give max or a number above 0, such as 1"),
        (("none.xml",), "none.xml: no such file or directory"),
        (("--follow", "-"), "--follow: name a folder to watch"),
    ],
)
def test_a_wrong_call_is_one_line_before_anything_is_fed(
    broker: Settings, arguments: tuple[str, ...], line: str
) -> None:
    code, said = feed(broker, str(FORMATS / "story.txt"), *arguments)
    assert code == 2
    assert len(said) == 1
    assert said[0].startswith(f"newswire: {line}")
