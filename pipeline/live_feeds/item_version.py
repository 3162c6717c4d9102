"""Which version of an item this is: what tells a change that matters from noise."""

import html
import re

from schemas import RawArticle, stable_hash

# A comment is a tag too. More would take the square of a hostile item's length.
_TAG = re.compile(r"<[^<>]*>")
# What `RawArticle` makes itself where the provider gives no version.
_DERIVED = "text:"


def version_id(item: RawArticle) -> str:
    """Return an id that is the same for the same version of the same item, and only then.

    It depends on what is read and on what the provider says of it: headline, text, authors, status,
    embargo, notes, rights, slug, urgency, language, its own version. It does not depend on times,
    links and markup, which many feeds write anew at each poll.
    """
    return stable_hash(
        "item",
        item.article_id,
        _words(item.headline or ""),
        _words(_visible(item.content) if item.content_type == "text/html" else item.content),
        *item.byline,
        "",
        *(
            "" if value is None else str(value)
            for value in (
                item.status, item.target_id, item.embargo_until, item.editorial_note,
                item.usage_terms, item.slug, item.urgency, item.language,
            )
        ),
        "" if item.version.startswith(_DERIVED) else item.version,
    )  # fmt: skip


def _visible(markup: str) -> str:
    return html.unescape(_TAG.sub(" ", markup))


def _words(text: str) -> str:
    return " ".join(text.split())
