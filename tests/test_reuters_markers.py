"""Items of a real wire that say of themselves what they are: none is taken for a copy."""

import re

import pytest

from pipeline.article_index.entry import Verdict
from pipeline.article_index.index import ArticleIndex
from pipeline.article_index.markers import marker
from schemas import Copy, Placement, TaggedArticle

# As the wire carries them, told without the pipeline's own rules. `(WRITET HROUGH)` is a slug that
# was broken after 24 characters.
MARKED = re.compile(
    r"CORRECTED|CORRECTE D|\d(?:ST|ND|RD|TH) ?LD|WRITETHROUGH|WRITET HROUGH|WRITETH OUGH"
)


# What takes long is made once, in one process.
pytestmark = pytest.mark.xdist_group("reuters")


@pytest.fixture(scope="module")
def judged(cleaned_wire: list[TaggedArticle]) -> list[tuple[TaggedArticle, Verdict]]:
    index = ArticleIndex({}, {})
    return [(article, index.judge(article)) for article in cleaned_wire]


def marked(judged: list[tuple[TaggedArticle, Verdict]]) -> list[tuple[TaggedArticle, Verdict]]:
    return [
        (article, verdict)
        for article, verdict in judged
        if MARKED.search(f"{article.slug or ''} {article.headline}")
    ]


def test_every_marker_is_understood(judged: list[tuple[TaggedArticle, Verdict]]) -> None:
    items = marked(judged)
    assert len(items) >= 60
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
