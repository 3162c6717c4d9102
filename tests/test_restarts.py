"""A disturbed day on a real wire: out of order, delivered twice, the index made anew in between."""

from collections.abc import Iterable
from datetime import timedelta
from random import Random

import pytest

from pipeline.article_index.entry import Verdict
from pipeline.article_index.index import ArticleIndex
from schemas import TaggedArticle

pytestmark = pytest.mark.xdist_group("reuters")

MINUTES = 5.0


def shuffled(articles: Iterable[TaggedArticle], chance: Random) -> list[TaggedArticle]:
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
