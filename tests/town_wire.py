"""Final records for the console: a story of every kind, the demonstration's and some of a town."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from pipeline.topics import RECORD_OF
from schemas import EnrichedArticle, Entity, FinalRecord, Mention, Rejection, stable_hash
from schemas.article import ArticleField, EntityType

_GOLDEN = Path(__file__).parent / "golden" / "story" / "expected.jsonl"

NAMES: Mapping[str, EntityType] = {
    "Port Authority": "ORG",
    "Harbour Pilots’ Union": "ORG",
    "Lake Orrin": "PLACE",
    "Port Hale": "PLACE",
    "Hale Bay": "PLACE",
    "Haleans": "NORP",
    "Tall Ships’ Week": "OTHER",
}


def article(headline: str, body: str = "", **fields: Any) -> EnrichedArticle:
    """Return an original of its own story, unless `fields` say otherwise; `NAMES` are tagged."""
    article_id = stable_hash(headline, body)
    values: dict[str, Any] = {
        "article_id": article_id,
        "source": "Hale Wire",
        "version": "1",
        "headline": headline,
        "body": body,
        "language": "en",
        "story_id": stable_hash("story", article_id),
        "relation": "original",
        "received_at": datetime.now(UTC),
        **fields,
    }
    values.setdefault("sources", (values["source"],))
    return EnrichedArticle(**values, entities=_entities(headline, body))


def _entities(headline: str, body: str) -> tuple[Entity, ...]:
    found: list[Entity] = []
    texts: tuple[tuple[ArticleField, str], ...] = (("headline", headline), ("body", body))
    for name, kind in NAMES.items():
        mentions = tuple(
            Mention(start=start, end=start + len(name), text=name, field=field)
            for field, text in texts
            for start in range(len(text))
            if text.startswith(name, start)
        )
        if mentions:
            entity_id = f"{kind.lower()}:{name.lower().replace(' ', '-')}"
            found.append(
                Entity(id=entity_id, name=name, type=kind, mentions=mentions, salience=0.5)
            )
    return tuple(found)


@cache
def demonstration() -> tuple[FinalRecord, ...]:
    """Return the demonstration's records: original, copy, update, correction, kill, rejection."""
    lines = map(orjson.loads, _GOLDEN.read_bytes().splitlines())
    found = tuple(
        RECORD_OF[line["topic"]].model_validate_json(orjson.dumps(line["record"])) for line in lines
    )
    assert all(isinstance(record, FinalRecord) for record in found)
    return found  # type: ignore[return-value]


def rejection(value: bytes, **fields: Any) -> Rejection:
    """Return the rejection of an input of these bytes."""
    return Rejection(
        **{
            "stage": "parse",
            "reason": "not_json",
            "detail": "Not JSON: expected value at line 1 column 1.",
            "topic": "news.raw",
            "partition": 0,
            "offset": 7,
            "value": value,
            **fields,
        }
    )


def town() -> Iterator[FinalRecord]:
    """Yield what the pictures show beside the demonstration."""
    yield article(
        "Lake Orrin reservoir at its lowest since records began",
        "Water in Lake Orrin stood at 31 per cent on Sunday, the lowest since measurements began. "
        "Households in Port Hale are asked to save a fifth of what they use.",
        source="Orrin News",
    )
    yield article(
        "العاصفة تغلق المرفأ لليوم الثاني",
        "بقي المرفأ مغلقاً يوم الثلاثاء بعد عاصفة بلغت سرعة رياحها 120 كيلومتراً في الساعة، "
        "ولا تعود العبّارات إلى الجزر قبل الخميس.",
        source="Mina Agency",
        language="ar",
    )
    yield article(
        "Ferries to resume as Port Authority reopens the outer harbour",
        "The Port Authority said ferries from Port Hale would run again from Thursday morning, "
        "after divers found no damage to the outer wall. The Harbour Pilots’ Union had asked for "
        "another day of soundings in Hale Bay before Tall Ships’ Week brings 40 vessels.",
        sources=("Hale Wire", "Coast Radio"),
    )


def many(count: int, start: int = 0) -> Iterator[EnrichedArticle]:
    """Yield articles as long as those of a wire, each of a story of its own."""
    sentence = "The Port Authority said ferries from Port Hale would run in Hale Bay. "
    for number in range(start, start + count):
        yield article(
            f"Bulletin {number} of Port Hale",
            "\n\n".join(f"Paragraph {part} of {number}. {sentence * 3}" for part in range(8)),
            source=f"Wire {number % 7}",
        )
