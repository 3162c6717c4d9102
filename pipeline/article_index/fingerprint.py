"""What is kept of a text to find it again and to compare it: a few keys and one row of numbers.

The keys find candidates: near-duplicates share some of them, whatever was cut. The row compares:
it holds samples of six sets, each the smallest hashes of its members. Of two such samples, what is
below the smaller of their largest hashes is a fair sample of both sets (bottom-k sketch: Cohen and
Kaplan, 2007), so that the share that they have in common can be told.
"""

import re
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from pipeline.article_index.words import KIND, KIND_BITS, NAME, NUMBER, PLAIN, Hashes, word_hashes

Row = NDArray[np.uint32]

# Keys: the smallest hashes of 4-word sequences, of the whole text, of its lead and of its first
# words. Most abridgements keep the lead, and the first words are all that a brief has left when it
# is cut to a quarter. All labelled Reuters pairs share some.
_KEY_WORDS = 4
_TEXT_KEYS = 12
_LEAD_KEYS = 4
_LEADS = (60, 20)  # words
MOST_KEYS = _TEXT_KEYS + len(_LEADS) * _LEAD_KEYS

# The sections of a row: three-word sequences of the text; its numbers; its names; the words of the
# headline; those sequences that hold a number or a name; the headline's tickers. Half of all wire
# items fit whole.
TEXT, NUMBERS, NAMES, HEADLINE, FACTS, TICKERS = range(6)
SECTION_SIZES = (62, 16, 12, 12, 24, 2)
SECTIONS = len(SECTION_SIZES)
ROW_SIZE = sum(SECTION_SIZES)
SECTION_STARTS = np.cumsum((0, *SECTION_SIZES[:-1]))
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
_TO_HASH = np.uint64(64 - _HASH_BITS)
_KIND, _KIND_BITS = np.uint64(KIND), np.uint64(KIND_BITS)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """Half a kilobyte that stands for a text."""

    words: int
    exact: int
    keys: list[int]
    row: Row

    @classmethod
    def of(cls, headline: str, body: str) -> Self:
        """Take the fingerprint of an article; capitals, punctuation and spaces do not count."""
        of_headline = word_hashes(headline)
        hashes = word_hashes(body[:LONGEST_BODY])
        if len(hashes) < _SHORT_BODY:
            hashes = np.concatenate((of_headline, hashes))
        kinds = hashes & _KIND
        words = hashes >> _KIND_BITS
        threes = _sequences(words, _SEQUENCE_WORDS)
        fours = _sequences(words, _KEY_WORDS)
        telling = kinds != PLAIN
        facts = telling[: len(threes)].copy()
        for place in range(1, min(_SEQUENCE_WORDS, len(words))):
            facts |= telling[place : place + len(threes)]
        return cls(
            words=len(words),
            exact=xxh3_64_intdigest(words.tobytes()),
            keys=_keys(_mixed(fours)),
            row=_row(
                threes,
                words[kinds == NUMBER],
                _never_plain(words[kinds == NAME], words[kinds == PLAIN]),
                of_headline >> _KIND_BITS,
                threes[facts],
                word_hashes(
                    " ".join(first or second for first, second in _TICKER.findall(headline))
                )
                >> _KIND_BITS,
            ),
        )


def packed(row: Row) -> tuple[list[int], bytes]:
    """Return how many hashes each section has, and the hashes without what fills them up."""
    members = row != EMPTY_ROW
    return np.add.reduceat(members, SECTION_STARTS, dtype=np.intp).tolist(), row[members].tobytes()


def unpacked(sizes: NDArray[np.uint8], hashes: Row) -> NDArray[np.uint32]:
    """Return the rows whose sections have these sizes (a line each) and these hashes in all."""
    places = np.arange(ROW_SIZE) - np.repeat(SECTION_STARTS, SECTION_SIZES)
    rows = np.tile(EMPTY_ROW, (len(sizes), 1))
    rows[places < np.repeat(sizes, SECTION_SIZES, axis=1)] = hashes
    return rows


def _sequences(words: Hashes, length: int) -> Hashes:
    """Return a hash of every run of `length` words; of the whole, where there are fewer."""
    count = len(words) - length + 1
    if count < 1:
        count, length = min(len(words), 1), len(words)
    hashes = words[:count]
    for place in range(1, length):
        hashes = hashes * _FACTOR + words[place : place + count]
    return hashes


def _mixed(hashes: Hashes) -> Hashes:
    """Return hashes whose highest bits depend on all of them."""
    hashes = (hashes ^ (hashes >> _HALF)) * _FINALIZER
    return hashes ^ (hashes >> _HALF)


def _never_plain(names: Hashes, plain: Hashes) -> Hashes:
    """Return the words with a capital that the text never has without: `The` is no name."""
    if not len(plain):
        return names
    plain = np.sort(plain)
    places = plain.searchsorted(names)
    places[places == len(plain)] = 0
    never: Hashes = names[plain[places] != names]
    return never


def _keys(sequences: Hashes) -> list[int]:
    keys = sequences >> _HALF
    chosen = _smallest(keys, _TEXT_KEYS)
    for words in _LEADS:
        lead = keys[: words - _KEY_WORDS + 1]
        if len(lead) < len(keys):
            chosen |= _smallest(lead, _LEAD_KEYS)
    return sorted(chosen)


def _smallest(keys: Hashes, count: int) -> set[int]:
    """Return the `count` smallest keys; a few less where the smallest recur."""
    return set(np.sort(keys)[:count].tolist())


def _row(*sets: Hashes) -> Row:
    tags = np.repeat(_SECTION_TAGS, [len(members) for members in sets])
    hashes = (_mixed(np.concatenate(sets)) >> _TO_HASH).astype(np.uint32) | tags
    hashes.sort()
    if len(hashes):
        hashes = hashes[np.concatenate(([True], hashes[1:] != hashes[:-1]))]
    row = EMPTY_ROW.copy()
    bounds = [*hashes.searchsorted(_SECTION_TAGS).tolist(), len(hashes)]
    for section, (start, size) in enumerate(
        zip(SECTION_STARTS.tolist(), SECTION_SIZES, strict=True)
    ):
        found = hashes[bounds[section] : min(bounds[section + 1], bounds[section] + size)]
        row[start : start + len(found)] = found
    return row
