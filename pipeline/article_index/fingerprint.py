"""What is kept of a text to find it again and to compare it: a few keys and one row of numbers.

The keys find candidates: near-duplicates share some of them, whatever was cut. The row compares:
it holds samples of six sets, each the smallest hashes of its members. Of two such samples, what is
below the smaller of their largest hashes is a fair sample of both sets (bottom-k sketch: Cohen and
Kaplan, 2007), so that the share that they have in common can be told.
"""

import re
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Self

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest, xxh32_intdigest

from pipeline.article_index.words import KIND, KIND_BITS, NAME, NUMBER, PLAIN, Hashes, word_hashes

Row = NDArray[np.uint32]

# Keys: the smallest hashes of 4-word sequences, of the whole text, of its lead and of its first
# words; and its very first sequence. Most abridgements keep the lead, and the first words are all
# that a brief has left when it is cut to a quarter. All labelled Reuters pairs share some.
_KEY_WORDS = 4
_TEXT_KEYS = 12
_LEAD_KEYS = 4
_LEADS = (60, 20)  # words
MOST_KEYS = _TEXT_KEYS + len(_LEADS) * _LEAD_KEYS + 1
# A headline of fewer words is the title of a column, and no key.
_KEY_HEADLINE = 3

# The sections of a row: three-word sequences of the text; its numbers; its names; the words of the
# headline; those sequences that hold a number or a name; the headline's tickers. Half of all wire
# items fit whole.
TEXT, NUMBERS, NAMES, HEADLINE, FACTS, TICKERS = range(6)
SECTION_SIZES = (62, 16, 12, 12, 24, 2)
SECTIONS = len(SECTION_SIZES)
ROW_SIZE = sum(SECTION_SIZES)
SECTION_STARTS = np.cumsum((0, *SECTION_SIZES[:-1]))
_STARTS = SECTION_STARTS.tolist()
_SEQUENCE_WORDS = 3

# A section's number stands in the highest bits of its hashes, so that a whole row is in order.
_HASH_BITS = 29
_SECTION_TAGS = np.arange(SECTIONS, dtype=np.uint32) << np.uint32(_HASH_BITS)
# What fills a section with fewer members than it has room for: greater than all of them.
FILLINGS = _SECTION_TAGS | np.uint32((1 << _HASH_BITS) - 1)
EMPTY_ROW: Row = np.repeat(FILLINGS, SECTION_SIZES)

# Characters of a body that are looked at: 40 times a long article.
LONGEST_BODY = 200_000
# A body of fewer words says nothing without its headline, and is taken together with it.
_SHORT_BODY = _KEY_WORDS

# `Acme <ACME.N> sets dividend`, `Acme (NYSE: ACME)`.
_TICKER = re.compile(r"<([A-Z]{1,8})(?:\.[A-Z]+)?>|\((?:[A-Z]+: ?)?([A-Z]{2,6})\)")

# Odd constants without structure: the golden ratio, and one of MurmurHash3's finalizer.
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_FINALIZER = np.uint64(0xFF51AFD7ED558CCD)
_HALF = np.uint64(32)
_TO_HASH = np.uint32(32 - _HASH_BITS)
_TRUE = np.array([True])
_NOTHING: Hashes = np.empty(0, np.uint64)
_KIND, _KIND_BITS = np.uint64(KIND), np.uint64(KIND_BITS)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Half a kilobyte that stands for a text."""

    words: int
    exact: int
    keys: list[int]
    headline_key: int | None
    row: Row
    sizes: list[int]
    """How many hashes each section of the row has."""

    @classmethod
    def of(cls, headline: str, body: str) -> Self:
        """Take the fingerprint of an article; capitals, punctuation and spaces do not count."""
        hashes_of_headline = word_hashes(headline)
        hashes = word_hashes(body[:LONGEST_BODY])
        if len(hashes) < _SHORT_BODY:
            hashes = np.concatenate((hashes_of_headline, hashes))
        headline_words = hashes_of_headline >> _KIND_BITS
        words = hashes >> _KIND_BITS
        threes = _sequences(words, _SEQUENCE_WORDS)
        fours = _sequences(words, _KEY_WORDS, threes)
        # All at once, because a call costs more than the hundred numbers that it is for.
        parts = (fours, threes, words, headline_words, _tickers(headline))
        mixed = _mixed(np.concatenate(parts))
        bounds = pairwise(accumulate(map(len, parts), initial=0))
        keys, text, body_words, of_headline, tickers = (mixed[start:end] for start, end in bounds)
        kinds = hashes & _KIND
        plain = kinds == PLAIN
        row, sizes = _row(
            text,
            body_words[kinds == NUMBER],
            _never_plain(body_words[kinds == NAME], body_words[plain]),
            of_headline,
            text[_with_facts(~plain, len(text))],
            tickers,
        )
        return cls(
            words=len(words),
            exact=xxh3_64_intdigest(words.tobytes()),
            keys=_keys(keys),
            headline_key=(
                xxh32_intdigest(of_headline.tobytes())
                if len(of_headline) >= _KEY_HEADLINE
                else None
            ),
            row=row,
            sizes=sizes,
        )

    @property
    def postings(self) -> list[int]:
        """All keys under which a text is found."""
        return self.keys if self.headline_key is None else [*self.keys, self.headline_key]

    def packed(self) -> tuple[bytes, bytes]:
        """Return the sizes of the row's sections, and its hashes without what fills them up."""
        return bytes(self.sizes), self.row[self.row != EMPTY_ROW].tobytes()


def unpacked(sizes: NDArray[np.uint8], hashes: Row) -> NDArray[np.uint32]:
    """Return the rows whose sections have these sizes (a line each) and these hashes in all."""
    places = np.arange(ROW_SIZE) - np.repeat(SECTION_STARTS, SECTION_SIZES)
    rows = np.tile(EMPTY_ROW, (len(sizes), 1))
    rows[places < np.repeat(sizes, SECTION_SIZES, axis=1)] = hashes
    return rows


def _tickers(headline: str) -> Hashes:
    found = _TICKER.findall(headline)
    if not found:
        return _NOTHING
    return word_hashes(" ".join(first or second for first, second in found)) >> _KIND_BITS


def _sequences(words: Hashes, length: int, shorter: Hashes | None = None) -> Hashes:
    """Return a hash of every run of `length` words; of the whole, where there are fewer.

    `shorter` are those of one word less, if they are known.
    """
    count = len(words) - length + 1
    if count < 1:
        count, length = min(len(words), 1), len(words)
    if shorter is None:
        shorter = words if length < 3 else _sequences(words, length - 1)
    if length < 2 or len(shorter) == count:
        return shorter[:count]
    return shorter[:count] * _FACTOR + words[length - 1 :]


def _with_facts(telling: NDArray[np.bool_], count: int) -> NDArray[np.bool_]:
    """Return which of `count` sequences have a telling word."""
    facts = telling[:count].copy()
    for place in range(1, min(_SEQUENCE_WORDS, len(telling))):
        facts |= telling[place : place + count]
    return facts


def _mixed(hashes: Hashes) -> Row:
    """Return 32 bits of each hash that depend on all of them."""
    return (((hashes ^ (hashes >> _HALF)) * _FINALIZER) >> _HALF).astype(np.uint32)


def _never_plain(names: Row, plain: Row) -> Row:
    """Return the words with a capital that the text never has without: `The` is no name."""
    if not len(plain):
        return names
    plain = np.sort(plain)
    places = plain.searchsorted(names)
    places[places == len(plain)] = 0
    never: Row = names[plain[places] != names]
    return never


def _keys(sequences: Row) -> list[int]:
    chosen = _smallest(sequences, _TEXT_KEYS)
    chosen.update(sequences[:1].tolist())
    for words in _LEADS:
        lead = sequences[: words - _KEY_WORDS + 1]
        if len(lead) < len(sequences):
            chosen |= _smallest(lead, _LEAD_KEYS)
    return sorted(chosen)


def _smallest(keys: Row, count: int) -> set[int]:
    """Return the `count` smallest keys; a few less where the smallest recur."""
    return set(np.sort(keys)[:count].tolist())


def _row(*sections: Row) -> tuple[Row, list[int]]:
    """Return the smallest hashes of each section in its place, and how many there are."""
    tags = _SECTION_TAGS.repeat(list(map(len, sections)))
    hashes = (np.concatenate(sections) >> _TO_HASH) | tags
    hashes.sort()
    if len(hashes):
        hashes = hashes[np.concatenate((_TRUE, hashes[1:] != hashes[:-1]))]
    row = EMPTY_ROW.copy()
    sizes = []
    bounds = (*hashes.searchsorted(_SECTION_TAGS).tolist(), len(hashes))
    for place, room, (start, end) in zip(_STARTS, SECTION_SIZES, pairwise(bounds), strict=True):
        size = min(end - start, room)
        row[place : place + size] = hashes[start : start + size]
        sizes.append(size)
    return row, sizes
