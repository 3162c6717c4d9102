"""A disturbed day on a real wire: out of order, delivered twice, restarted in between.

RESTARTS_ITEMS=14000 pytest tests/test_restarts.py      # the whole wire through a real worker
"""

import os
import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest
from reuters import reuters_articles
from running_pipeline import RunningPipeline
from test_end_to_end import assert_undisturbed
from test_faults import final_count

from pipeline.account import account
from pipeline.article_index.entry import Verdict
from pipeline.article_index.index import ArticleIndex
from pipeline.settings import Settings
from schemas import RawArticle, TaggedArticle

pytestmark = pytest.mark.xdist_group("reuters")

MINUTES = 5.0
ITEMS = int(os.environ.get("RESTARTS_ITEMS", "600"))

Article = TypeVar("Article", RawArticle, TaggedArticle)


def shuffled(articles: Iterable[Article], chance: Random) -> list[Article]:
    """Return articles in an order in which each is up to five minutes late, 3% of them twice."""
    deliveries = []
    for article in articles:
        assert article.received_at is not None
        for _ in range(2 if chance.random() < 0.03 else 1):
            late = timedelta(minutes=chance.random() * MINUTES)
            deliveries.append((article.received_at + late, article))
    return [article for _, article in sorted(deliveries, key=lambda delivery: delivery[0])]


@pytest.fixture(scope="module")
def deliveries(cleaned_wire: list[TaggedArticle]) -> list[TaggedArticle]:
    return shuffled(cleaned_wire, Random(3))


def test_three_restarts_and_redeliveries_change_no_verdict(deliveries: list[TaggedArticle]) -> None:
    undisturbed = ArticleIndex({}, {})
    expected: dict[str, Verdict] = {}
    for article in deliveries:
        expected.setdefault(article.article_id, undisturbed.judge(article))
    entries: dict[str, bytes] = {}
    texts: dict[str, bytes] = {}
    index = ArticleIndex(entries, texts)
    restarts = {len(deliveries) // 4 * quarter for quarter in (1, 2, 3)}
    for number, article in enumerate(deliveries):
        if number in restarts:
            index = ArticleIndex(entries, texts)
            for again in deliveries[number - 20 : number]:  # what was not acknowledged yet
                assert index.judge(again) == expected[again.article_id]
        assert index.judge(article) == expected[article.article_id]
    assert len(entries) == len(texts) == len(undisturbed)


@pytest.mark.kafka
@pytest.mark.timeout(300 + ITEMS)
def test_a_worker_restarted_three_times_changes_no_verdict(
    embedded: Settings, tmp_path: Path
) -> None:
    try:
        items = shuffled(reuters_articles(ITEMS), Random(4))
    except FileNotFoundError as error:
        pytest.skip(f"the data set is missing: {error.filename}")
    with RunningPipeline(embedded, tmp_path / "worker.log") as pipeline:
        pipeline.feed(items)
        for quarter in (1, 2, 3):
            await_final(embedded, len(items) * quarter // 4)
            worker = pipeline.workers[-1]
            if quarter == 2:
                worker.kill()  # what it had in hand is delivered again
            else:
                worker.stop()
            pipeline.start_worker()
        final = pipeline.final_messages(timeout=300 + ITEMS)
        recorded = pipeline.tagged()
    assert account(pipeline.fed, final).holds
    assert_undisturbed(recorded, final)


def await_final(settings: Settings, count: int) -> None:
    """Wait until so many final messages are there."""
    deadline = time.monotonic() + 300 + ITEMS
    while final_count(settings) < count:
        assert time.monotonic() < deadline, "the worker makes no progress"
        time.sleep(0.1)
