"""What a wire says in words about an article being a version: CORRECTED, UPDATE 2, WRITETHRU.

The markers are those of AP, Reuters, dpa and the slugs of 1987. They stand at the beginning of a
headline or anywhere in a slug or note, in capitals or with their own punctuation, so that
"corrected" in a sentence is none.
"""

import re
from typing import Literal

from schemas import TaggedArticle

Marker = Literal["update", "correction"]

_CORRECTION_HEADLINE = re.compile(
    r"\s*(?:\(?(?:CORRECTED|CORRECTION|CORRECTIVE|REFILE|CORRECTS|Corrects|Correction|Corrected)\)?"
    r"(?:\s*[-–—:]|\s*\(|\s+\d|\)))"
)
_CORRECTION_SLUG = re.compile(r"\b(?:CORRECTED|CORRECTION|CORRECTIVE|REFILE)\b")
_UPDATE_HEADLINE = re.compile(
    r"\s*(?:UPDATE|Update)\s*\d+\s*[-–—:]|\s*(?:WRITETHRU|WRITETHROUGH|RECASTS?|ADDS?)\s*[-–—:]"
)
_UPDATE_SLUG = re.compile(r"\b(?:\d+(?:ST|ND|RD|TH)[ -]?(?:LD|LEAD)|WRITETHRU|WRITETHROUGH)\b")


def marker(article: TaggedArticle) -> Marker | None:
    """Return what the article says that it is, None where it says nothing."""
    aside = f"{article.slug or ''} {article.editorial_note or ''}"
    if _CORRECTION_HEADLINE.match(article.headline) or _CORRECTION_SLUG.search(aside):
        return "correction"
    if _UPDATE_HEADLINE.match(article.headline) or _UPDATE_SLUG.search(aside):
        return "update"
    return None
