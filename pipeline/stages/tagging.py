"""The third stage: a clean article in, the same with its entities out."""

from typing import Protocol

from pipeline.entities.resolution import resolve
from pipeline.entities.span import Span
from schemas import CleanArticle, TaggedArticle
from schemas.article import ArticleField

# Characters of a body that are looked at: 20 times a long article, some two seconds of spaCy.
TAGGED_CHARACTERS = 100_000


class NameModel(Protocol):
    """Finds names in a text, whatever was asked before."""

    def spans(self, text: str) -> list[Span]:
        """Return the names in `text`, in order, none overlapping another."""
        ...


def tag(article: CleanArticle, model: NameModel) -> TaggedArticle:
    """Return the article with the entities of its headline and body.

    A body longer than `TAGGED_CHARACTERS` is tagged up to there, and `tagged_until` says so. A
    headline in capitals is not shown to the model, which sees names everywhere in it; the names of
    the body are looked for in it instead.
    """
    body = article.body[:TAGGED_CHARACTERS]
    headline = article.headline[:TAGGED_CHARACTERS]
    found: dict[ArticleField, list[Span]] = {"body": model.spans(body)}
    if not headline.isupper():
        found["headline"] = model.spans(headline)
    return TaggedArticle(
        **dict(article),
        entities=resolve(headline, body, found),
        tagged_until=len(body) if len(body) < len(article.body) else None,
    )
