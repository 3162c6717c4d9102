"""What the tagger looks at: the one definition, for training and for tagging.

Everything is a number below `BUCKETS`, by hashing. Features of one word alone depend on nothing but
the word and on where it stands from the token (2 before to 2 after), so their scores can be summed
once a word. The others combine words of that window with each other and with what the document
tells: how the word is written elsewhere in it, and between which words it was first named.

Ratinov and Roth (2009) have most of these features: shapes, affixes, word clusters, and the context
of other mentions in the document.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from pipeline.entities.tokens import Mark

Codes = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.int64]

BUCKETS = 1 << 20
REACH = 2  # tokens before and after that count
_DIGIT = re.compile(r"\d")


class Code(IntEnum):
    """A column of what is known of a word."""

    NONE = 0
    CASED = 1  # the word as it is written
    LOWER = 2  # in small letters, digits as 0
    SHAPE = 3  # Xxxx for Paris
    CASE = 4  # a `Case`
    PREFIX_2 = 5
    PREFIX_3 = 6
    PREFIX_4 = 7
    SUFFIX_2 = 8
    SUFFIX_3 = 9
    SUFFIX_4 = 10
    NEIGHBOUR = 11  # its group of close words
    FINE = 12  # the cluster of these
    COARSE = 13  # the cluster of clusters
    PLACE = 14  # what it may name by a list of places
    # And of a token in its document:
    WRITTEN = 15  # how the document writes the word elsewhere, and in what kind of sentence
    FIRST_BEFORE = 16  # the word before the first mention
    FIRST_AFTER = 17
    FIRST_BEFORE_FINE = 18
    FIRST_AFTER_FINE = 19


WORD_CODES = 15
CODES = 20


class Case(IntEnum):
    """How a word is written."""

    PADDING = 0
    LOWER = 1
    CAPITALISED = 2
    CAPITALS = 3
    MIXED = 4  # iPhone, McDonald
    LETTER = 5  # one capital letter, with or without a full stop
    NUMBER = 6
    OTHER = 7


def case_of(word: str) -> Case:
    """Return how a word is written; accents and scripts without case count as small letters."""
    if word.isalpha():
        if word.islower():
            return Case.LOWER
        if len(word) == 1 and word.isupper():
            return Case.LETTER
        if word.isupper():
            return Case.CAPITALS
        if word[0].isupper() and word[1:].islower():
            return Case.CAPITALISED
        return Case.MIXED if word.lower() != word else Case.LOWER
    if word[0].isdigit():
        return Case.NUMBER
    if not word[0].isalpha():
        return Case.OTHER
    if len(word) == 2:
        return Case.LETTER
    if word.isupper():
        return Case.CAPITALS
    if word.islower():
        return Case.LOWER
    return Case.CAPITALISED if word[0].isupper() else Case.MIXED


def _shape(word: str) -> str:
    letters = [
        "X" if c.isupper() else "x" if c.isalpha() else "0" if c.isdigit() else c for c in word[:8]
    ]
    return "".join(
        c for i, c in enumerate(letters) if i < 3 or not c == letters[i - 1] == letters[i - 2]
    )


def hash_of(text: str) -> int:
    """Return the CRC-32 of a word; a lone surrogate is a character as any other."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


def word_codes(word: str) -> list[int]:
    """Return the codes of a word up to `SUFFIX_4`; `Clusters` has the others."""
    case = case_of(word)
    lower = _DIGIT.sub("0", word.lower())
    data = lower.encode("utf-8", "surrogatepass")
    crc = zlib.crc32
    if case in (Case.NUMBER, Case.OTHER):
        whole = crc(data)
        return [0, hash_of(word), whole, whole, case, 1, 1, 1, 1, 1, 1]
    return [
        0,
        hash_of(word),
        crc(data),
        hash_of(_shape(word)),
        case,
        hash_of(lower[:2]),
        hash_of(lower[:3]),
        hash_of(lower[:4]),
        hash_of(lower[-2:]),
        hash_of(lower[-3:]),
        hash_of(lower[-4:]),
    ]


@dataclass(frozen=True, slots=True)
class Clusters:
    """Groups of words that are used alike, by the teacher's word vectors.

    `hashes` are the sorted CRC-32 of words, `neighbours` the group of each; `fine` has the cluster
    of each group, `coarse` that of each cluster. Group 0 is for words that are not there.
    `place_hashes` and `places` are the same for words of names of places.
    """

    hashes: npt.NDArray[np.uint32]
    neighbours: npt.NDArray[np.uint16]
    fine: npt.NDArray[np.uint16]
    coarse: npt.NDArray[np.uint16]
    place_hashes: npt.NDArray[np.uint32]
    places: npt.NDArray[np.uint8]

    def fill(self, codes: Codes, lowered: Sequence[str]) -> None:
        """Fill the codes of clusters, [code, word]; `lowered` are the words in small letters.

        A word that is not there as it is written may be there in small letters.
        """
        small = np.array([hash_of(word) for word in lowered], dtype=np.uint32)
        group = _found(self.hashes, self.neighbours, codes[Code.CASED])
        group = np.where(group > 0, group, _found(self.hashes, self.neighbours, small))
        codes[Code.NEIGHBOUR] = group
        codes[Code.FINE] = self.fine[group]
        codes[Code.COARSE] = self.coarse[self.fine[group]]
        codes[Code.PLACE] = _found(self.place_hashes, self.places, small)


def _found(
    hashes: npt.NDArray[np.uint32], values: npt.NDArray[np.unsignedinteger], wanted: Codes
) -> npt.NDArray[np.int64]:
    """Return the values of hashes, 0 of those that are not there."""
    at = np.minimum(np.searchsorted(hashes, wanted), len(hashes) - 1)
    return np.where(hashes[at] == wanted, values[at], 0).astype(np.int64)


Part = tuple[int, Code]  # from the token, and what of the word there
Template = tuple[Part, ...]

_ALONE: dict[int, tuple[tuple[Code, ...], ...]] = {
    0: (
        (Code.CASED,), (Code.LOWER,), (Code.SHAPE,), (Code.CASE,),
        (Code.PREFIX_2,), (Code.PREFIX_3,), (Code.PREFIX_4,),
        (Code.SUFFIX_2,), (Code.SUFFIX_3,), (Code.SUFFIX_4,),
        (Code.SUFFIX_3, Code.CASE), (Code.SUFFIX_2, Code.SHAPE),
        (Code.NEIGHBOUR, Code.CASE), (Code.FINE,), (Code.FINE, Code.CASE), (Code.COARSE, Code.CASE),
        (Code.PLACE, Code.CASE), (Code.PLACE, Code.COARSE),
    ),
    1: (
        (Code.CASED,), (Code.LOWER,), (Code.SHAPE,), (Code.CASE,), (Code.PREFIX_3,),
        (Code.SUFFIX_3, Code.CASE), (Code.SUFFIX_2,),
        (Code.NEIGHBOUR, Code.CASE), (Code.FINE, Code.CASE), (Code.COARSE, Code.CASE),
        (Code.PLACE, Code.CASE),
    ),
    2: ((Code.LOWER,), (Code.SHAPE,), (Code.SUFFIX_3,), (Code.NEIGHBOUR, Code.CASE),
        (Code.FINE, Code.CASE), (Code.COARSE, Code.CASE)),
}  # fmt: skip
OFFSETS = range(-REACH, REACH + 1)
# Of one word, by its place from the token.
WORD_TEMPLATES: dict[int, tuple[Template, ...]] = {
    offset: tuple(tuple((offset, code) for code in codes) for codes in _ALONE[abs(offset)])
    for offset in OFFSETS
}
# Of each token.
PAIR_TEMPLATES: tuple[Template, ...] = (
    ((-1, Code.LOWER), (0, Code.LOWER)),
    ((0, Code.LOWER), (1, Code.LOWER)),
    ((-1, Code.FINE), (0, Code.FINE)),
    ((0, Code.FINE), (1, Code.FINE)),
)
# Of each token that is not in small letters.
NAME_TEMPLATES: tuple[Template, ...] = (
    ((0, Code.CASE), (0, Code.WRITTEN)),
    ((0, Code.SHAPE), (0, Code.WRITTEN), (-1, Code.CASE)),
    ((0, Code.FIRST_BEFORE),),
    ((0, Code.FIRST_AFTER),),
    ((0, Code.FIRST_BEFORE_FINE),),
    ((0, Code.FIRST_AFTER_FINE),),
    ((0, Code.FIRST_BEFORE_FINE), (0, Code.FIRST_AFTER_FINE)),
    ((-1, Code.CASE), (0, Code.SHAPE), (1, Code.CASE)),
    ((-1, Code.LOWER), (0, Code.SHAPE)),
    ((0, Code.SHAPE), (1, Code.LOWER)),
    ((-1, Code.LOWER), (1, Code.LOWER)),
    ((-1, Code.LOWER), (0, Code.CASE), (1, Code.CASE)),
    ((-1, Code.CASE), (0, Code.CASE), (1, Code.LOWER)),
    ((-2, Code.LOWER), (-1, Code.LOWER), (0, Code.CASE)),
    ((0, Code.CASE), (1, Code.LOWER), (2, Code.LOWER)),
    ((-1, Code.COARSE), (0, Code.COARSE), (1, Code.COARSE)),
    ((-2, Code.CASE), (-1, Code.CASE), (0, Code.CASE)),
    ((0, Code.CASE), (1, Code.CASE), (2, Code.CASE)),
    ((-1, Code.FINE), (0, Code.SUFFIX_3)),
    ((0, Code.SUFFIX_3), (1, Code.FINE)),
    ((-1, Code.PLACE), (0, Code.PLACE), (0, Code.CASE)),
    ((0, Code.PLACE), (0, Code.CASE), (1, Code.PLACE)),
)
# Features with these tell a word by itself; in training some are left out, so that the model
# learns to do without.
TELLTALE = frozenset({Code.CASED, Code.LOWER})


class Hashing:
    """Turns templates into buckets, many tokens at a time."""

    def __init__(self, templates: Sequence[Template], first: int) -> None:
        """Take templates; `first` numbers the first of them, apart from those of others."""
        parts = max(map(len, templates))
        filled = [(*template, *((0, Code.NONE),) * parts)[:parts] for template in templates]
        # [part, template, 1]
        self._offsets = np.array([[o for o, _ in parts] for parts in filled]).T[:, :, None]
        self._codes = np.array([[c for _, c in parts] for parts in filled]).T[:, :, None]
        numbers = np.arange(first + 1, first + 1 + len(templates), dtype=np.uint32)
        self._seeds = (numbers * np.uint32(0x85EBCA6B))[:, None]

    def buckets(self, codes: Codes, places: Numbers) -> Codes:
        """Return [template, place] for some places of a text with `codes`, [code, place]."""
        mixed = self._seeds
        for offsets, columns in zip(self._offsets, self._codes, strict=True):
            mixed = (mixed ^ codes[columns, places + offsets]) * np.uint32(0x9E3779B1)
            mixed ^= mixed >> np.uint32(15)
        return mixed & np.uint32(BUCKETS - 1)


def _hashing() -> tuple[dict[int, Hashing], Hashing, Hashing]:
    first = 0
    words = {}
    for offset, templates in WORD_TEMPLATES.items():
        # These look at the word, wherever it stands.
        here = [tuple((0, code) for _, code in template) for template in templates]
        words[offset] = Hashing(here, first)
        first += len(templates)
    pairs = Hashing(PAIR_TEMPLATES, first)
    return words, pairs, Hashing(NAME_TEMPLATES, first + len(PAIR_TEMPLATES))


_WORDS, _PAIRS, _NAMES = _hashing()


def word_buckets(codes: Codes, offset: int) -> Codes:
    """Return [template, word] for words, [code, word], that stand at `offset` from a token."""
    return _WORDS[offset].buckets(codes, np.arange(codes.shape[1]))


@dataclass(frozen=True, slots=True)
class Layout:
    """A document's tokens with `REACH` places of padding before, between and after its sentences.

    `words` has the number of the word at each place, 0 for padding, `places` where the tokens went.
    """

    words: Numbers
    places: Numbers


def lay_out(words: Numbers, starts: Numbers) -> Layout:
    """Set the words of sentences, which begin at `starts`, apart."""
    sentence = np.zeros(len(words), np.int64)
    sentence[starts] = 1
    places = np.arange(len(words)) + REACH * np.cumsum(sentence)
    laid = np.zeros(len(words) + REACH * (len(starts) + 1), np.int64)
    laid[places] = words
    return Layout(laid, places)


class Document:
    """The codes of a document's tokens, and the buckets of those that are not of one word alone."""

    def __init__(self, layout: Layout, codes: Codes, lower: Numbers, opening: Numbers) -> None:
        """Look at a laid out document.

        `codes`, [code, word], has the codes of each word (word 0 is padding), `lower` a number of
        each word that does not depend on how it is written, `opening` whether a word is an opening
        mark.
        """
        self._words = layout.words
        count = len(layout.words)
        self._codes = np.zeros((CODES, count), np.uint32)
        self._codes[:WORD_CODES] = codes.take(layout.words, axis=1)
        case = self._codes[Code.CASE]
        self.names = np.flatnonzero(_IS_NAME[case])
        kinds = self._look_at_sentences(case, lower, opening)
        self._look_at_first_mentions(lower, kinds)

    def _look_at_sentences(
        self, case: npt.NDArray[np.uint32], lower: Numbers, opening: Numbers
    ) -> Numbers:
        """Note how each word is written elsewhere; return the kind of each place's sentence.

        That is 0 as usual, 1 with capitals as in a title, 2 in capitals.
        """
        words = self._words
        padding = words == 0
        begins = np.flatnonzero(padding)
        small = np.add.reduceat((case == Case.LOWER).astype(np.int64), begins)
        large = np.add.reduceat(_IS_LARGE[case].astype(np.int64), begins)
        shouted = np.add.reduceat((case == Case.CAPITALS).astype(np.int64), begins)
        kind = np.where(small * 3 > large, 0, np.where(shouted * 2 > large, 2, 1))
        kinds = np.repeat(kind, np.diff(begins, append=len(words)))
        follows = np.zeros(len(words), np.bool_)
        before = padding | (opening[words] != 0)
        follows[1:] = before[:-1]
        number = lower[words]
        size = int(number.max(initial=0)) + 1
        usual = (kinds == 0) & ~follows & ~padding
        written = np.zeros(size, np.uint32)
        for bit, cases in ((1, _IS_SMALL), (2, _IS_TITLE), (4, _IS_SHOUTED)):
            seen = np.zeros(size, np.bool_)
            seen[number[usual & cases[case]]] = True
            written |= seen.astype(np.uint32) * np.uint32(bit)
        self._codes[Code.WRITTEN] = (
            written[number] | (kinds.astype(np.uint32) << 3) | (follows.astype(np.uint32) << 5)
        )
        return kinds

    def _look_at_first_mentions(self, lower_of: Numbers, kinds: Numbers) -> None:
        """Note between which words a capitalised word was first named, where that is not here.

        A headline is no first mention if there is another in a sentence as usual.
        """
        names = self.names
        if not len(names):
            return
        number = lower_of[self._words[names]]
        first = np.zeros(int(number.max()) + 1, np.int64)
        for chosen in (slice(None), kinds[names] == 0):
            first[number[chosen][::-1]] = names[chosen][::-1]
        there = first[number]
        later = there != names
        here, there = names[later], there[later]
        codes = self._codes
        # A first mention itself has 0 there.
        clustered = codes[Code.FINE] * np.uint32(8) + codes[Code.CASE] + np.uint32(1)
        lower = codes[Code.LOWER] | np.uint32(1)
        codes[Code.FIRST_BEFORE, here] = lower[there - 1]
        codes[Code.FIRST_AFTER, here] = lower[there + 1]
        codes[Code.FIRST_BEFORE_FINE, here] = clustered[there - 1]
        codes[Code.FIRST_AFTER_FINE, here] = clustered[there + 1]

    def pair_buckets(self, begin: int, end: int) -> Codes:
        """Return [template, place] of pairs for the places from `begin` to `end`."""
        return _PAIRS.buckets(self._codes, np.arange(begin, end))

    def name_buckets(self, places: Numbers) -> Codes:
        """Return [template, place] of the templates of names for places, which are of `names`."""
        return _NAMES.buckets(self._codes, places)


def _cases(*cases: Case) -> npt.NDArray[np.bool_]:
    table = np.zeros(len(Case), np.bool_)
    table[list(cases)] = True
    return table


_IS_SMALL = _cases(Case.LOWER)
_IS_TITLE = _cases(Case.CAPITALISED, Case.MIXED)
_IS_SHOUTED = _cases(Case.CAPITALS)
_IS_LARGE = _cases(Case.CAPITALISED, Case.MIXED, Case.CAPITALS)
_IS_NAME = _cases(Case.CAPITALISED, Case.MIXED, Case.CAPITALS, Case.LETTER)
OPENING = int(Mark.OPENING)
