"""The second stage: a raw article in, one with nothing but its story out, and all else named."""

import re
from typing import get_args

from pipeline.cleaning.edited_text import EditedText
from pipeline.cleaning.furniture import Found, remove_furniture
from pipeline.cleaning.html_extraction import ExtractedPage, ExtractionError, extract
from pipeline.cleaning.language import identify
from pipeline.cleaning.paragraphs import close_gaps
from pipeline.cleaning.repair import repair
from pipeline.cleaning.rules import LANGUAGES
from pipeline.stages.unusable import Unusable
from schemas import CleanArticle, RawArticle
from schemas.article import ProviderMetadata, RepairKind

# Characters and lines of text. The longest of 14,000 Reuters items has 13,000 characters, a novel
# 600,000; a worker must not be held up for seconds by what no newsroom would call an article.
LONGEST_TEXT = 1_000_000
MOST_LINES = 50_000
# What an article in no known language is read with: the rules of most wires.
DEFAULT_RULES = "en"

_SPACES = re.compile(r"\s+")
_REPAIRS = frozenset(get_args(RepairKind))


def clean(raw: RawArticle) -> CleanArticle:
    """Return the article with bylines, credits and the like moved from its text to their fields.

    HTML is first reduced to the text of its article; what the page says of it stands in where the
    provider says nothing. Raises `Unusable` for an article that has neither headline nor body,
    unless it withdraws another, for a page without an article, and for what is too large.
    """
    page = _extracted(raw)
    incoming = raw.content if page is None else page.text
    for text in (incoming, raw.headline or ""):
        if len(text) > LONGEST_TEXT:
            raise _too_large(f"{len(text):,} characters", LONGEST_TEXT)
    body = EditedText(incoming)
    headline = EditedText(raw.headline or (page.headline if page else None) or "")
    repair(headline)
    headline.substitute(_SPACES, " ", "whitespace")
    close_gaps(headline)
    repair(body)
    if (lines := body.text.count("\n") + 1) > MOST_LINES:
        raise _too_large(f"{lines:,} lines", MOST_LINES)
    declared_language = raw.language or (page.language if page else None)
    language = identify(headline.text, body.text, declared_language)
    rules_language = language.primary if language.primary in LANGUAGES else None
    if language.primary is None:
        rules_language = DEFAULT_RULES
    found = remove_furniture(body, headline.text, rules_language)
    if page and page.notices and not found.copyright:
        notices = EditedText("\n\n".join(page.notices))
        found.copyright = remove_furniture(notices, headline.text, rules_language).copyright
    title = headline.text or found.headline or ""
    if not title and not body.text and raw.status == "usable":
        raise Unusable("no_text", "The article has neither a headline nor a body.")
    edits = [*(headline.edits("headline") if headline.text else ()), *body.edits("body")]
    provided = {name: getattr(raw, name) for name in ProviderMetadata.model_fields}
    return CleanArticle(
        **provided | _supplied(raw, page, found),
        article_id=raw.article_id,
        source=raw.source,
        source_id=raw.source_id,
        version=raw.version,
        headline=title,
        body=body.text,
        byline=raw.byline or (page.authors if page else ()) or tuple(found.byline),
        dateline=found.dateline,
        credits=tuple(found.credits),
        copyright=found.copyright,
        publisher=page.publisher if page else None,
        language=language.tag,
        language_score=language.score,
        rules_language=rules_language,
        removed=tuple(edit for edit in edits if edit.kind not in _REPAIRS),
        edits=tuple(edit for edit in edits if edit.kind in _REPAIRS),
    )


def _extracted(raw: RawArticle) -> ExtractedPage | None:
    """Return the article in an HTML page; None where the content is plain text, or nothing."""
    if raw.content_type == "text/plain" or not raw.content.strip():
        return None
    try:
        return extract(raw.content, raw.url)
    except ExtractionError as error:
        raise Unusable("not_an_article", f"No article in the page: {error.reason}.") from error


def _too_large(size: str, most: int) -> Unusable:
    return Unusable("too_large", f"The article's text has {size}; {most:,} is the most.")


def _supplied(raw: RawArticle, page: ExtractedPage | None, found: Found) -> dict[str, object]:
    """Return the provider's fields that the text adds to: notes always, others where empty."""
    notes = [note for note in (raw.editorial_note, *found.editorial_notes) if note]
    supplied: dict[str, object] = {
        "editorial_note": "\n".join(dict.fromkeys(notes)) or None,
        "slug": raw.slug or found.slug,
        "urgency": raw.urgency or found.urgency,
    }
    if page is not None:
        supplied["url"] = raw.url or page.canonical_url
        supplied["published_at"] = raw.published_at or page.published_at
        supplied["updated_at"] = raw.updated_at or page.updated_at
    return supplied
