"""Final records without a model that finds names: known words stand for it, so that thousands are
made in seconds."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta

from pipeline.article_index.index import ArticleIndex
from pipeline.flow import clean_message
from pipeline.message import Message
from pipeline.stages.relating import relate
from schemas import CleanArticle, Entity, FinalRecord, Link, Mention, RawArticle, TaggedArticle
from schemas.article import ArticleField, EntityType

_KNOWN: dict[str, tuple[str, EntityType, str | None]] = {
    "Japan": ("wikidata:Q17", "PLACE", "JP"),
    "Tokyo": ("geonames:1850147", "PLACE", "JP"),
    "Brazil": ("wikidata:Q155", "PLACE", "BR"),
    "Iran": ("wikidata:Q794", "PLACE", "IR"),
    "Gulf": ("place:gulf", "PLACE", None),
    "OPEC": ("wikidata:Q7795", "ORG", None),
    "Reagan": ("wikidata:Q9960", "PERSON", None),
    "Volcker": ("person:volcker", "PERSON", None),
}
_NAMES = re.compile(rf"\b(?:{'|'.join(_KNOWN)})\b")


def entities(headline: str, body: str) -> tuple[Entity, ...]:
    """Return the known words of an article as its entities."""
    mentions: dict[str, list[Mention]] = {}
    texts: tuple[tuple[ArticleField, str], ...] = (("headline", headline), ("body", body))
    for field, text in texts:
        for found in _NAMES.finditer(text):
            start, end = found.span()
            mention = Mention(start=start, end=end, text=found[0], field=field)
            mentions.setdefault(found[0], []).append(mention)
    return tuple(
        Entity(
            id=_KNOWN[name][0],
            name=name,
            type=_KNOWN[name][1],
            mentions=tuple(found),
            salience=1 / (number + 1),
            link=Link(country=country) if (country := _KNOWN[name][2]) else None,
        )
        for number, (name, found) in enumerate(mentions.items())
    )


def final_records(articles: Iterable[RawArticle]) -> Iterator[tuple[Message, FinalRecord]]:
    """Yield each article's input message and its final record, in order."""
    index = ArticleIndex({}, {}, timedelta(days=7))
    for raw in articles:
        message = Message.of_input(raw)
        article = clean_message(message)
        if isinstance(article, CleanArticle):
            found = entities(article.headline, article.body)
            yield message, relate(TaggedArticle(**dict(article), entities=found), index)
        else:
            yield message, article
