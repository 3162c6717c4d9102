"""ninjs: valid against the schema of the IPTC, and nothing of ours is lost."""

from collections.abc import Callable
from typing import Any

import jsonschema_rs
import orjson
import pytest
from articles import NOON, tagged
from final_records import entities, final_records
from reuters import DATA, reuters_articles

from pipeline.formats.ninjs import EXTENSION_REL, MAPPING, items
from schemas import (
    Copy,
    Copyright,
    Dateline,
    Duplicate,
    EnrichedArticle,
    Evidence,
    FinalRecord,
    VersionReference,
    Withdrawal,
)

SCHEMA = DATA / "ninjs" / "ninjs-schema_3.1.json"
Faults = Callable[[object], list[str]]


@pytest.fixture(scope="session")
def faults() -> Faults:
    """Return what says what is wrong with a ninjs item."""
    if not SCHEMA.exists():
        pytest.skip(f"{SCHEMA} is not there")
    # It refers to the schema of GeoJSON on the web, which we do not use.
    validator = jsonschema_rs.Draft202012Validator(
        orjson.loads(SCHEMA.read_bytes()), validate_formats=True, retriever=lambda _: {}
    )
    return lambda item: [error.message for error in validator.iter_errors(item)]


def full_article() -> EnrichedArticle:
    """Return an article that has every field."""
    headline, body = "Oil rises in Japan", "OPEC met in Tokyo. Reagan did not."
    known = {
        **dict(tagged(source_id="7", version="2", url="https://example.org/a b")),
        "headline": headline, "body": body, "entities": entities(headline, body),
        "published_at": NOON, "updated_at": NOON, "received_at": NOON, "embargo_until": NOON,
        "editorial_note": "note", "usage_terms": "terms", "slug": "slug", "urgency": 3,
        "target_id": "6", "byline": ("A", "B"), "credits": ("Photo: C",), "publisher": "Paper",
        "dateline": Dateline(place="TOKYO", date="March 1", agency="AP"),
        "copyright": Copyright(notice="© 2026 AP", holder="AP", year=2026),
        "language": "en", "language_score": 0.9, "rules_language": "en", "tagged_until": 9,
    }  # fmt: skip
    return EnrichedArticle.model_validate(
        {**known, "story_id": "s", "relation": "correction", "novelty": 0.5, "sources": ("Wire",),
         "previous": VersionReference(article_id="earlier id", version="1")}
    )  # fmt: skip


def duplicate() -> Duplicate:
    copy = Copy(
        duplicate_of="b",
        story_id="s",
        kind="near",
        similarity=1,
        evidence=Evidence(
            compared_with=VersionReference(article_id="b", version="1"), containment=1
        ),
    )
    return Duplicate(article_id="a", source="Wire", version="1", headline="Oil", **dict(copy))


def withdrawal(*affected: str) -> Withdrawal:
    return Withdrawal(article_id="kill", source="Wire", version="1", headline="KILL",
                      status="canceled", reason="wrong", affected=affected)  # fmt: skip


RECORDS: list[FinalRecord] = [
    full_article(), duplicate(), withdrawal("a", "b"), withdrawal(),
    EnrichedArticle(**dict(tagged()), story_id="s", relation="original"),
    full_article().model_copy(update={"article_id": "mine / ü%", "headline": "", "body": ""}),
]  # fmt: skip


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("number", range(len(RECORDS)))
def test_an_item_is_valid(faults: Faults, number: int, strict: bool) -> None:
    for item in items(RECORDS[number], strict):
        assert faults(item) == []


def test_the_schema_that_is_tested_against_refuses_what_is_no_ninjs(faults: Faults) -> None:
    (item,) = items(full_article())
    assert faults({**item, "newswire": {}})
    assert faults({**item, "uri": "no uri"})
    assert faults({**item, "firstCreated": "yesterday"})


@pytest.mark.parametrize("strict", [False, True])
def test_every_item_of_the_reuters_wire_is_valid(faults: Faults, strict: bool) -> None:
    if not (DATA / "wire").is_dir():
        pytest.skip(f"{DATA}/wire is not there")
    # The benchmark looks at all 14,000.
    for _, record in final_records(reuters_articles(300)):
        for item in items(record, strict):
            assert faults(item) == []


def test_a_strict_item_has_the_standard_only() -> None:
    (item,) = items(full_article(), strict=True)
    assert EXTENSION_REL not in orjson.dumps(item).decode().replace("urn:newswire", "")


def extension(item: Any) -> dict[str, Any]:
    (association,) = [a for a in item["associations"] if a["rel"] == EXTENSION_REL]
    (body,) = association["bodies"]
    found: dict[str, Any] = orjson.loads(body["value"])
    return found


def test_the_extension_has_what_the_standard_has_not() -> None:
    article = full_article()
    (item,) = items(article)
    found = extension(item)
    written = orjson.loads(article.model_dump_json(exclude_none=True))
    assert found.items() <= written.items()
    for name in ("story_id", "relation", "novelty", "sources", "entities", "removed", "edits"):
        assert found[name] == written[name]
    assert "body" not in found


def test_every_field_of_an_article_is_in_the_mapping() -> None:
    mapped = {name for row in MAPPING for name in row.fields}
    assert set(EnrichedArticle.model_fields) <= mapped


def test_a_full_article_fills_every_property_of_the_mapping() -> None:
    (item,) = items(full_article(), strict=True)
    assert set(item) == {row.property for row in MAPPING if row.property} - {"subjects"}


def test_what_an_article_follows_is_an_association() -> None:
    (item,) = items(full_article(), strict=True)
    assert item["associations"] == [
        {"name": "what this correction follows", "rel": "correctionOf",
         "uri": "urn:newswire:earlier%20id", "version": "1"}
    ]  # fmt: skip


def test_a_withdrawal_is_an_item_for_each_article_that_it_reaches() -> None:
    found = items(withdrawal("a", "b"))
    assert [(item["uri"], item["pubStatus"]) for item in found] == [
        ("urn:newswire:a", "canceled"), ("urn:newswire:b", "canceled")
    ]  # fmt: skip
