"""Three subscribers over a replay of the Reuters wire on Apache Kafka, one of them killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import orjson
import pytest
from apache_kafka import ApacheKafka
from final_records import final_records
from publishing import publish
from reuters import DATA, reuters_articles

from pipeline.filters import Filter
from pipeline.message import Message
from pipeline.settings import Settings
from pipeline.topics import ensure_topics
from schemas import Duplicate, EnrichedArticle, FinalRecord, RawArticle, Withdrawal

pytestmark = [
    pytest.mark.apache_kafka,
    pytest.mark.timeout(900),
    pytest.mark.skipif(not (DATA / "wire").is_dir(), reason=f"{DATA}/wire is not there"),
]

_SOON, _LATER = 40, 3_000  # items between an article and its kill


def wire_with_kills_and_corrections() -> Iterator[RawArticle]:
    """Yield the wire; of some items a kill or a correction comes, soon or much later."""
    due: dict[int, list[RawArticle]] = {}
    for number, article in enumerate(reuters_articles()):
        yield article
        yield from due.pop(number, ())
        if number % 50 == 7:
            after = number + (_SOON if number % 100 == 7 else _LATER)
            due.setdefault(after, []).append(
                article.model_copy(
                    update={
                        "article_id": f"kill-{article.article_id}",
                        "source_id": None,
                        "version": "1",
                        "headline": "KILL KILL KILL",
                        "content": "Kill the story.",
                        "status": "canceled",
                        "target_id": article.article_id,
                    }
                )
            )
        elif number % 50 == 33:
            after = number + (_SOON if number % 100 == 33 else _LATER)
            due.setdefault(after, []).append(
                article.model_copy(
                    update={
                        "version": "corrected",
                        "headline": "CORRECTED - Nothing of it was right",
                        "content": f"The item of number {number} was wrong in each of its words.",
                    }
                )
            )


def due_records(
    records: list[tuple[Message, FinalRecord]], where: Filter, topics: set[type]
) -> tuple[set[str], set[str]]:
    """Return the `ce_id` of what matches, and of what else must reach who was given the matches."""
    matches, reaching = set(), set()
    given: set[str | None] = set()
    for source, record in records:
        event_id = Message.of_record(record, source).header("ce_id") or ""
        if type(record) in topics and where(record):
            matches.add(event_id)
        elif (isinstance(record, Withdrawal) and given.intersection(record.affected)) or (
            isinstance(record, EnrichedArticle)
            and record.relation == "correction"
            and given & {record.article_id, record.previous and record.previous.article_id}
        ):
            reaching.add(event_id)
        else:
            continue
        if isinstance(record, EnrichedArticle | Duplicate):
            given.add(record.article_id)
    return matches, reaching


@dataclass
class Subscriber:
    """`newswire subscribe --follow` as a process of its own, which may be killed and resumed."""

    settings: Settings
    group: str
    outputs: tuple[str, ...]
    where: str
    file: Path
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        with self.file.open("ab") as file:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "pipeline", "subscribe", *self.outputs, "--follow"),
                    *("--group", self.group, "--where", self.where),
                ],
                env={**os.environ, **self.settings.environment()},
                stdout=file,
            )

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def printed(self) -> list[str]:
        """Return the `ce_id` of each whole line so far."""
        lines = self.file.read_bytes().split(b"\n")[:-1]
        return [orjson.loads(line)["ce_id"] for line in lines]


def test_each_subscriber_gets_its_matches_and_every_withdrawal_also_when_it_was_killed(
    apache_kafka: ApacheKafka, tmp_path: Path
) -> None:
    settings = Settings(broker=apache_kafka.bootstrap_servers, partitions=1, session_timeout=6)
    ensure_topics(settings)
    records = list(final_records(wire_with_kills_and_corrections()))
    subscribers = [
        Subscriber(settings, "desk", ("enriched",), "country:JP or entity:OPEC",
                   tmp_path / "desk.jsonl"),
        Subscriber(settings, "archive", ("enriched", "duplicates", "withdrawals"),
                   'headline:(merger, stake, "trade surplus") and not type:PERSON',
                   tmp_path / "archive.jsonl"),
        Subscriber(settings, "quants", ("enriched", "withdrawals"),
                   "(text:profit or text:dividend) and relation:original and novelty>=0.5",
                   tmp_path / "quants.jsonl"),
    ]  # fmt: skip
    killed = subscribers[0]
    topics: dict[str, type] = {
        "enriched": EnrichedArticle, "duplicates": Duplicate, "withdrawals": Withdrawal
    }  # fmt: skip
    expected = [
        due_records(records, Filter(s.where), {topics[name] for name in s.outputs})
        for s in subscribers
    ]
    # The test is of nothing unless there is much of each.
    assert all(len(matches) > 100 and len(reaching) > 10 for matches, reaching in expected)

    with ExitStack() as stack:
        for subscriber in subscribers:
            subscriber.start()
            stack.callback(subscriber.stop)
        parts = [records[at : at + 2_000] for at in range(0, len(records), 2_000)]
        for part in parts[:3]:
            publish(settings, part)
        deadline = time.monotonic() + 240
        while len(killed.printed()) < 100 and time.monotonic() < deadline:
            time.sleep(0.05)
        killed.process.kill()
        killed.process.wait()
        printed_before = set(killed.printed())
        for part in parts[3:5]:
            publish(settings, part)
        killed.start()
        for part in parts[5:]:
            publish(settings, part)
        while time.monotonic() < deadline and any(
            not (matches | reaching) <= set(subscriber.printed())
            for subscriber, (matches, reaching) in zip(subscribers, expected, strict=True)
        ):
            time.sleep(0.2)
        time.sleep(1)  # what is too much would be seen
    for subscriber, (matches, reaching) in zip(subscribers, expected, strict=True):
        printed = subscriber.printed()
        assert set(printed) == matches | reaching, subscriber.group
        if subscriber is not killed:
            assert len(printed) == len(set(printed))
    # Some of what had to reach the killed one concerned what it was given before it was killed.
    assert expected[0][1] - printed_before
