"""Feeding Apache Kafka as fast as it goes: articles a second, and whether all arrived in order.

    python benchmarks/feeding.py --items 14000 --runs 3

Writes items of the Reuters wire to a file of JSON lines, and feeds that with `newswire feed` in a
process of its own. Exit code 1 where an article is missing or those of a key are out of order.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from apache_kafka import ApacheKafka, unavailable_reason
from reuters import reuters_articles
from running_pipeline import read_topics

from pipeline.clients.feed import Feeder, read_file
from pipeline.settings import Settings
from pipeline.sources import reader_for
from pipeline.topics import TOPIC_OF, ensure_topics
from schemas import RawArticle


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=14_000)
    parser.add_argument("--runs", type=int, default=3)
    arguments = parser.parse_args()
    console = Console()
    if reason := unavailable_reason():
        console.print(reason)
        return 2
    table = Table(
        "run",
        "feeding, articles a second",
        "CPU an article",
        "whole process",
        "arrived",
        "in order",
    )
    rates = []
    good = True
    with tempfile.TemporaryDirectory() as directory:
        archive = Path(directory, "reuters.jsonl")
        articles = list(reuters_articles(arguments.items))
        archive.write_bytes(b"".join(article.to_json() + b"\n" for article in articles))
        for run in range(1, arguments.runs + 1):
            with ApacheKafka() as kafka:
                settings = Settings(broker=kafka.bootstrap_servers)
                ensure_topics(settings)
                begin = time.perf_counter()
                subprocess.run(
                    [sys.executable, "-m", "pipeline", "feed", "--speed", "max", str(archive)],
                    env={**settings.environment()},
                    check=True,
                    stderr=subprocess.DEVNULL,
                )
                whole = len(articles) / (time.perf_counter() - begin)
                arrived, in_order = check(settings, articles)
                good &= arrived == len(articles) and in_order
                rate, used = rate_in_process(settings, archive)
            rates.append(rate)
            table.add_row(
                str(run),
                f"{rate:,.0f}",
                f"{used * 1e6:.0f} µs",
                f"{whole:,.0f}",
                f"{arrived:,}",
                "yes" if in_order else "NO",
            )
    console.print(table)
    console.print(f"median {statistics.median(rates):,.0f} articles a second")
    return 0 if good else 1


def rate_in_process(settings: Settings, archive: Path) -> tuple[float, float]:
    """Return articles a second from opening the file to the last acknowledgement, and CPU seconds.

    The CPU time of an article is this process's alone: a machine that is busy shows there less.
    """
    count = 0
    begin, used = time.perf_counter(), time.process_time()
    with Feeder(settings) as feeder:
        for item in read_file(str(archive), reader_for(str(archive)), None):
            feeder.send(item)
            count += 1
    return count / (time.perf_counter() - begin), (time.process_time() - used) / count


def check(settings: Settings, articles: list[RawArticle]) -> tuple[int, bool]:
    """Return how many distinct inputs arrived, and whether those of each key are in order."""
    messages = read_topics(settings, [TOPIC_OF[RawArticle]], idle=3.0)
    sent: dict[str, list[str]] = defaultdict(list)
    for article in articles:
        sent[article.article_id].append(article.version)
    got: dict[str, list[str]] = defaultdict(list)
    for message in messages:
        article = RawArticle.model_validate_json(message.value)
        got[article.article_id].append(article.version)
    return len({message.input_id for message in messages}), got == sent


if __name__ == "__main__":
    sys.exit(main())
