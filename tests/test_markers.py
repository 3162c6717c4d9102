import pytest
from articles import tagged

from pipeline.article_index.markers import marker


@pytest.mark.parametrize(
    ("headline", "says"),
    [
        ("CORRECTED-Acme profit up", "correction"),
        ("CORRECTED: Acme profit up", "correction"),
        ("CORRECTION - Acme profit up", "correction"),
        ("(CORRECTED) ACME PROFIT UP", "correction"),
        ("Corrects: Acme profit up", "correction"),
        ("REFILE-Acme profit up", "correction"),
        ("UPDATE 2-Acme profit up", "update"),
        ("UPDATE 1 - Acme profit up", "update"),
        ("Acme corrected its accounts", None),
        ("Correction of the market continues", None),
        ("Update on the storm", None),
        ("Acme to update 3 factories", None),
    ],
)
def test_a_marker_stands_at_the_beginning_of_a_headline(headline: str, says: str | None) -> None:
    assert marker(tagged("Text of it.", headline=headline)).kind == says


@pytest.mark.parametrize(
    ("slug", "says"),
    [
        ("AM-Storm, 1stLd-Writethru", "update"),
        ("BC-STORM 1STLD", "update"),
        ("AM-STORM-2ND LD", "update"),
        ("STORM-WRITETHRU", "update"),
        ("BC-ACME-CORRECTED", "correction"),
        ("WEEDKILLER-BAN", None),
    ],
)
def test_a_marker_stands_anywhere_in_a_slug(slug: str, says: str | None) -> None:
    assert marker(tagged("Text of it.", headline="Storm", slug=slug)).kind == says
