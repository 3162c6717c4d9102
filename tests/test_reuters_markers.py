"""Items of a real wire that say of themselves what they are: none is taken for a copy."""

import re

import pytest
from reuters import reuters_articles

from pipeline.article_index.entry import Verdict
from pipeline.article_index.index import ArticleIndex
from pipeline.article_index.markers import marker
from pipeline.stages.cleaning import clean
from pipeline.stages.unusable import Unusable
from schemas import Copy, Placement, TaggedArticle

# As the wire carries them, told without the pipeline's own rules. `(WRITET HROUGH)` is a slug that
# was broken after 24 characters.
MARKED = re.compile(
    r"CORRECTED|CORRECTE D|\d(?:ST|ND|RD|TH) ?LD|WRITETHROUGH|WRITET HROUGH|WRITETH OUGH"
)


@pytest.fixture(scope="module")
def judged() -> list[tuple[TaggedArticle, Verdict]]:
    try:
        raw = list(reuters_articles())
    except FileNotFoundError as error:
        pytest.skip(f"the data set is missing: {error.filename}")
    index = ArticleIndex({}, {})
    result = []
    for item in raw:
        try:
            article = TaggedArticle(**dict(clean(item)))
        except Unusable:  # item 12793 is empty
            continue
        result.append((article, index.judge(article)))
    return result


def marked(judged: list[tuple[TaggedArticle, Verdict]]) -> list[tuple[TaggedArticle, Verdict]]:
    return [
        (article, verdict)
        for article, verdict in judged
        if MARKED.search(f"{article.slug or ''} {article.headline}")
    ]


def test_every_marker_is_understood(judged: list[tuple[TaggedArticle, Verdict]]) -> None:
    items = marked(judged)
    assert len(items) > 80
    assert [article.headline for article, _ in items if marker(article).kind is None] == []


def test_no_marked_item_is_taken_for_a_copy(
    judged: list[tuple[TaggedArticle, Verdict]],
) -> None:
    assert [
        (article.source_id, article.headline)
        for article, verdict in marked(judged)
        if isinstance(verdict, Copy)
    ] == []


def test_most_corrections_find_what_they_correct(
    judged: list[tuple[TaggedArticle, Verdict]],
) -> None:
    corrected = [verdict for article, verdict in marked(judged) if "CORRECTED" in article.headline]
    found = [
        verdict
        for verdict in corrected
        if isinstance(verdict, Placement) and verdict.relation == "correction"
    ]
    assert len(found) / len(corrected) > 0.6  # the others' bases are not in the collection
