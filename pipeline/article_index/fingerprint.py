"""What is kept of a text to find it again: a few hashes, its numbers, its headline's words.

Near-duplicates share their candidate keys with high probability whatever was cut, and are then told
from mere look-alikes by the share of the shorter text that the longer one contains, by their
numbers and by their headlines: text alone cannot tell two companies' identical dividend briefs
apart (see the measurements in DECISIONS.md).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from xxhash import xxh3_64_intdigest, xxh32_intdigest

# Keys: the smallest hashes of 4-word shingles, of the lead and of the whole text. With 8 of each
# and a lead of 60 words, .999 of the labelled Reuters pairs share a key.
_KEY_WORDS = 4
_KEYS = 8
_LEAD_WORDS = 60
# Sketch: the smallest hashes of 3-word shingles, 32 bits each; 64 of them tell the containment
# of two texts of any length to some .06.
_SKETCH_WORDS = 3
_SKETCH = 64
# Characters of a body that are looked at: 40 times a long article.
_LONGEST_BODY = 200_000
# A shorter body is fingerprinted together with its headline.
_SHORT_BODY = 12

_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+(?:[.,/]\d+)*")
_MOST_NUMBERS = 40


def words(text: str) -> list[str]:
    """Return the words of `text`, case folded."""
    return _WORD.findall(text.casefold())


def shingles(of: Sequence[str], length: int) -> set[str]:
    """Return every run of `length` words; the whole, where there are fewer."""
    if len(of) <= length:
        return {" ".join(of)} if of else set()
    return {" ".join(of[i : i + length]) for i in range(len(of) - length + 1)}


def _smallest(of: Sequence[str], length: int, count: int) -> list[int]:
    return sorted(xxh3_64_intdigest(s.encode()) for s in shingles(of, length))[:count]


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Half a kilobyte or so that stands for a text."""

    words: int
    exact: int
    keys: tuple[int, ...]
    sketch: tuple[int, ...]
    complete: bool  # whether the sketch holds every shingle
    numbers: frozenset[str]
    headline: frozenset[int]

    @classmethod
    def of(cls, headline: str, body: str) -> Self:
        """Take the fingerprint of an article; capitals, punctuation and spaces do not count."""
        body = body[:_LONGEST_BODY]
        headline_words, body_words = words(headline), words(body)
        text = body_words if len(body_words) >= _SHORT_BODY else headline_words + body_words
        lead = text[:_LEAD_WORDS]
        keys = {*_smallest(lead, _KEY_WORDS, _KEYS), *_smallest(text, _KEY_WORDS, _KEYS)}
        sketch = sorted({xxh32_intdigest(s.encode()) for s in shingles(text, _SKETCH_WORDS)})
        return cls(
            words=len(text),
            exact=xxh3_64_intdigest(" ".join(text).encode()),
            keys=tuple(sorted(keys)),
            sketch=tuple(sketch[:_SKETCH]),
            complete=len(sketch) <= _SKETCH,
            numbers=frozenset(sorted(set(_NUMBER.findall(body)))[:_MOST_NUMBERS]),
            headline=frozenset(xxh32_intdigest(word.encode()) for word in headline_words),
        )


def containment(a: Fingerprint, b: Fingerprint) -> float:
    """Estimate the share of the shorter text's 3-word shingles that the longer one has.

    Below the smaller of the two sketches' largest hashes both are whole, so there they can be
    compared (bottom-k sketch: Cohen and Kaplan, 2007).
    """
    bounds = [sketch.sketch[-1] for sketch in (a, b) if not sketch.complete]
    bound = min(bounds, default=2**32)
    in_a = {value for value in a.sketch if value <= bound}
    in_b = {value for value in b.sketch if value <= bound}
    smaller = min(len(in_a), len(in_b))
    return len(in_a & in_b) / smaller if smaller else 0.0


def headline_similarity(a: Fingerprint, b: Fingerprint) -> float | None:
    """Return the share of words that two headlines have in common; None where one is missing."""
    if not a.headline or not b.headline:
        return None
    return len(a.headline & b.headline) / len(a.headline | b.headline)


def number_agreement(a: Fingerprint, b: Fingerprint) -> float:
    """Return the share of the numbers of the text with fewer of them that the other one has."""
    fewer = min(len(a.numbers), len(b.numbers))
    return len(a.numbers & b.numbers) / fewer if fewer else 1.0
