"""The last stage: a tagged article in, what it is to those before it out."""

from pipeline.article_index.index import ArticleIndex
from schemas import Copy, Duplicate, EnrichedArticle, Placement, TaggedArticle, Withdrawal

_IDENTITY = ("article_id", "source", "source_id", "version", "headline")


def relate(article: TaggedArticle, index: ArticleIndex) -> EnrichedArticle | Duplicate | Withdrawal:
    """Return the final record of the article, and let `index` remember it.

    Asked again for the same version of the same article, the answer is the same.
    """
    verdict = index.judge(article)
    if isinstance(verdict, Placement):
        embargo_until = verdict.embargo_until or article.embargo_until
        return EnrichedArticle(**dict(article) | dict(verdict) | {"embargo_until": embargo_until})
    identity = {name: getattr(article, name) for name in _IDENTITY}
    if isinstance(verdict, Copy):
        return Duplicate(**identity, **dict(verdict))
    return Withdrawal(**identity, **dict(verdict))
