from datetime import UTC, datetime, timedelta, timezone

import pytest
from articles import raw, tagged
from pydantic import ValidationError

from schemas import (
    Duplicate,
    Edit,
    Evidence,
    RawArticle,
    Rejection,
    VersionReference,
    canonical_url,
    stable_hash,
)
from schemas.__main__ import json_schemas


def test_the_exported_json_schemas_are_those_of_the_records() -> None:
    for path, content in json_schemas().items():
        assert path.read_bytes() == content, f"run `python -m schemas`: {path.name} is not current"


def test_an_article_id_is_derived_from_the_providers_id_whatever_the_text() -> None:
    assert raw("one", source_id="7").article_id == raw("two", source_id="7").article_id


def test_the_same_provider_id_of_two_wires_makes_two_articles() -> None:
    assert raw(source="A", source_id="7").article_id != raw(source="B", source_id="7").article_id


def test_without_a_providers_id_the_page_is_the_article() -> None:
    first = raw("one", url="https://Example.org/a?utm_source=feed#top")
    assert first.article_id == raw("two", url="https://example.org/a").article_id


def test_without_id_and_url_the_text_is_the_article() -> None:
    assert raw("one").article_id == raw("one").article_id != raw("two").article_id


def test_an_article_id_that_is_given_is_kept() -> None:
    assert raw(article_id="mine").article_id == "mine"


def test_a_version_that_is_not_given_changes_with_the_text() -> None:
    assert raw("one", source_id="7").version != raw("two", source_id="7").version


def test_numbers_are_accepted_as_ids_and_versions() -> None:
    article = raw(source_id=7, version=3)
    assert (article.source_id, article.version) == ("7", "3")


def test_null_means_absent() -> None:
    assert raw(article_id=None, version=None, status=None, byline=None) == raw()


def test_unknown_fields_of_an_input_are_ignored() -> None:
    assert raw(unheard_of=1) == raw()


def test_unknown_fields_of_a_published_record_are_refused() -> None:
    with pytest.raises(ValidationError, match="unheard_of"):
        Edit.model_validate(
            {"kind": "byline", "text": "x", "start": 0, "end": 1, "at": 0, "unheard_of": 1}
        )


def test_records_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        setattr(raw(), "headline", "other")  # noqa: B010  a type checker refuses the assignment


@pytest.mark.parametrize("status", ["Canceled", "cancelled", "CANCELED"])
def test_the_status_is_read_in_every_spelling(status: str) -> None:
    assert raw(status=status).status == "canceled"


def test_one_name_is_a_byline() -> None:
    assert raw(byline="A Name").byline == ("A Name",)


def test_times_are_kept_in_utc() -> None:
    berlin = datetime(2026, 1, 1, 13, tzinfo=timezone(timedelta(hours=1)))
    assert raw(received_at=berlin).received_at == datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_a_time_without_zone_is_utc() -> None:
    assert raw(published_at="2026-01-01T12:00:00").published_at == datetime(
        2026, 1, 1, 12, tzinfo=UTC
    )


def test_a_time_before_the_calendar_begins_is_a_fault_and_no_crash() -> None:
    with pytest.raises(ValidationError, match="outside the years"):
        raw(published_at="0001-01-01T00:00:00+05:00")


def test_the_bytes_of_a_rejection_survive_json() -> None:
    value = bytes(range(256))
    rejection = Rejection(
        stage="parse", reason="not_json", detail="", topic="news.raw", value=value, key=b"\xfb\xff"
    )
    assert Rejection.model_validate_json(rejection.to_json()) == rejection


def test_a_tagged_article_survives_json() -> None:
    article = tagged(source_id="7", urgency=3)
    assert type(article).model_validate_json(article.to_json()) == article


def test_a_raw_article_survives_json() -> None:
    article = raw(source_id="7", byline=["A", "B"], version=2)
    assert RawArticle.model_validate_json(article.to_json()) == article


def test_a_similarity_is_a_share() -> None:
    with pytest.raises(ValidationError, match="similarity"):
        Duplicate(
            article_id="a",
            source="A",
            version="1",
            headline="",
            duplicate_of="b",
            story_id="s",
            kind="near",
            similarity=1.5,
            evidence=Evidence(
                compared_with=VersionReference(article_id="b", version="1"), containment=1
            ),
        )


def test_a_hash_tells_where_its_parts_end() -> None:
    assert stable_hash("ab", "c") != stable_hash("a", "bc")


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://Example.ORG/Path", "https://example.org/Path"),
        ("https://example.org/a?id=1&utm_medium=x#part", "https://example.org/a?id=1"),
        ("https://example.org/a?empty=", "https://example.org/a?empty="),
        ("http://[broken", "http://[broken"),
    ],
)
def test_a_url_is_reduced_to_what_identifies_the_page(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical
