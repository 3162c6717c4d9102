"""docs/operations.md: every `newswire` command of it is run here, in the order of the page."""

import re
import shlex
from pathlib import Path

import orjson
import pytest
from apache_kafka import ApacheKafka
from articles import raw
from running_pipeline import RunningPipeline, read_topics
from test_cli import newswire
from test_rejected import put

from pipeline.message import Message
from pipeline.settings import Settings
from pipeline.topics import TOPIC_OF, ensure_topics
from schemas import CleanArticle, Rejection

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "operations.md").read_text("utf-8")


def commands(language: str) -> list[str]:
    blocks = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


@pytest.mark.apache_kafka
def test_every_command_of_the_page_does_what_it_says(
    apache_kafka: ApacheKafka, tmp_path: Path
) -> None:
    settings = Settings(broker=apache_kafka.bootstrap_servers)
    article = raw()
    ensure_topics(settings)
    with RunningPipeline(settings, tmp_path / "worker.log", workers=2) as pipeline:
        pipeline.feed([article])
        assert pipeline.account().holds
        (clean,) = read_topics(settings, [TOPIC_OF[CleanArticle]], idle=2)
        rejection = Rejection(
            stage="tag", reason="stage_failed", detail="Broken.", topic="news.clean",
            partition=clean.partition, offset=clean.offset, key=clean.key, value=clean.value,
        )  # fmt: skip
        put(settings, broken := Message.of_record(rejection, clean))
        names = {"ARTICLE_ID": article.article_id, "ID": str(broken.header("ce_id"))}
        said = {}
        for command in commands("newswire"):
            if command == "newswire worker":
                continue  # two of them are running
            program, *arguments = [names.get(word, word) for word in shlex.split(command)]
            assert program == "newswire"
            ran = newswire(*arguments, settings=settings)
            assert ran.returncode == 0, f"{command}: {ran.stderr}"
            said[command] = ran.stdout
            if "--grow" in arguments:
                settings = settings.model_copy(update={"partitions": int(arguments[-1])})
        topics = [orjson.loads(line)["topic"] for line in said[trace_command()].splitlines()]
        assert topics == [
            "news.raw", "news.clean", "news.tagged", "news.enriched", "news.rejected"
        ]  # fmt: skip
        (replayed,) = said[next(each for each in said if " replay " in each)].splitlines()
        assert orjson.loads(replayed)["outcome"] == "fed"
        assert "every topic is there" in said["newswire topics --repair"]


def trace_command() -> str:
    return next(each for each in commands("newswire") if " trace " in each)


def test_the_commands_of_compose_are_run_by_the_check_from_the_page_itself() -> None:
    assert commands("compose")
    assert "docs/operations.md" in (ROOT / "tests" / "compose" / "check").read_text("utf-8")
