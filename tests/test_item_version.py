from datetime import timedelta

import pytest
from articles import NOON, raw

from pipeline.live_feeds.item_version import version_id

ITEM = raw("The text.", source_id="7", headline="News", url="https://example.org/7")
PAGE = raw('<p>The <b>text</b>.<img src="https://example.org/?r=1">', content_type="text/html",
           source_id="7")  # fmt: skip


@pytest.mark.parametrize(
    "noise",
    [
        {"published_at": NOON, "updated_at": NOON + timedelta(hours=1)},
        {"received_at": NOON + timedelta(days=1)},
        {"url": "https://example.org/7?utm_source=feed"},
        {"content": " The\ntext. "},
    ],
)
def test_what_feeds_write_anew_at_each_poll_makes_no_version(noise: dict[str, object]) -> None:
    fields = {"source_id": "7", "headline": "News", "url": "https://example.org/7"} | noise
    content = str(fields.pop("content", "The text."))
    assert version_id(raw(content, **fields)) == version_id(ITEM)


def test_markup_that_changes_makes_no_version() -> None:
    markup = '<p>The <b>text</b>.<!-- 7 --><img src="https://example.org/?r=2">'
    other = raw(markup, content_type="text/html", source_id="7")
    assert version_id(other) == version_id(PAGE)


@pytest.mark.parametrize(
    "change",
    [
        {"headline": "Other news"}, {"content": "Another text."}, {"byline": "A. Writer"},
        {"status": "canceled"}, {"embargo_until": NOON}, {"editorial_note": "Recasts"},
        {"usage_terms": "Not for resale"}, {"urgency": 1}, {"language": "de"}, {"version": "2"},
        {"source_id": "8"}, {"source": "Other"},
    ],
)  # fmt: skip
def test_what_is_read_or_said_of_it_makes_a_version(change: dict[str, object]) -> None:
    fields = {"source_id": "7", "headline": "News", "url": "https://example.org/7"} | change
    content = str(fields.pop("content", "The text."))
    assert version_id(raw(content, **fields)) != version_id(ITEM)
