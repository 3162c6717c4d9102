"""The third stage: a clean article in, the same with its entities out."""

from pipeline.entities.finder import EntityFinder
from schemas import CleanArticle, TaggedArticle

# Characters of a body that are looked at: 20 times a long article.
TAGGED_CHARACTERS = 100_000


def tag(article: CleanArticle, finder: EntityFinder) -> TaggedArticle:
    """Return the article with the entities of its headline and body.

    A body longer than `TAGGED_CHARACTERS` is tagged up to there, and `tagged_until` says so.
    """
    body = article.body[:TAGGED_CHARACTERS]
    found = finder.find(
        article.headline[:TAGGED_CHARACTERS],
        body,
        language=article.language,
        filed_from=article.dateline.place if article.dateline else None,
    )
    return TaggedArticle(
        **dict(article),
        entities=found.entities,
        tagger=found.tagger,
        untagged_reason=found.untagged_reason,
        tagged_until=len(body) if len(body) < len(article.body) else None,
    )
