"""The words seen so far, each with what is known of it, so that it is worked out once."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from pipeline.entities.features import (
    OPENING,
    WORD_CODES,
    Clusters,
    Code,
    Codes,
    Numbers,
    word_codes,
)
from pipeline.entities.tokens import mark

_T = TypeVar("_T", bound=np.generic)

# Pieces with more white space are looked up anew each time.
_LONGEST_KEY = 80


class Vocabulary:
    """Numbers pieces and words, and keeps tables of what is known of them.

    The numbers depend on the order in which the words came, what the tables tell does not.
    """

    def __init__(self, clusters: Clusters) -> None:
        """Begin with the padding, word 0."""
        self._clusters = clusters
        self._pieces: dict[str, int] = {}
        self._words: dict[str, int] = {"": 0}
        self._lower: dict[str, int] = {"": 0}
        self._piece_table = np.zeros((1024, 3), np.int64)  # word, length of the token, marks
        self._word_table = np.zeros((1024, 2), np.int64)  # number of its small letters, opening
        self._codes = np.zeros((WORD_CODES, 1024), np.uint32)

    def __len__(self) -> int:
        return len(self._words)

    @property
    def pieces(self) -> int:
        """How many pieces are known."""
        return len(self._pieces)

    @property
    def codes(self) -> Codes:
        """The codes of each word, [code, word]."""
        return self._codes

    @property
    def lower(self) -> Numbers:
        """A number of each word that does not depend on how it is written."""
        return self._word_table[:, 0]

    @property
    def opening(self) -> Numbers:
        """Whether each word is an opening mark."""
        return self._word_table[:, 1]

    def look_up(self, pieces: Sequence[str]) -> Numbers:
        """Return a row a piece: the number of its word, the length of its token, its marks.

        What is new is added.
        """
        found = list(map(self._pieces.get, pieces))
        if None in found:
            before = len(self._words)
            found = [
                self._add(piece) if number is None else number
                for piece, number in zip(pieces, found, strict=True)
            ]
            self._fill(before)
        rows: Numbers = self._piece_table.take(np.array(found, np.int64), axis=0)
        return rows

    def _add(self, piece: str) -> int:
        number = self._pieces.get(piece)  # it may be the second of its kind in this text
        if number is not None:
            return number
        word = piece.lstrip()
        if len(piece) > _LONGEST_KEY:
            space = piece[: len(piece) - len(word)]
            return self._add("\n" * min(space.count("\n"), 2) + " " + word)
        number = len(self._pieces)
        self._pieces[piece] = number
        if number >= len(self._piece_table):
            self._piece_table = _doubled(self._piece_table)
        self._piece_table[number] = self._word(word), len(word), mark(piece)
        return number

    def _word(self, word: str) -> int:
        return self._words.setdefault(word, len(self._words))

    def _fill(self, before: int) -> None:
        """Fill the tables for the words from number `before` on."""
        count = len(self._words)
        if count == before:
            return
        while count > self._codes.shape[1]:
            self._codes = np.concatenate([self._codes, np.zeros_like(self._codes)], axis=1)
            self._word_table = _doubled(self._word_table)
        new = _last(self._words, count - before)
        lowered = [word.lower() for word in new]
        codes = self._codes[:, before:count]
        codes[: Code.NEIGHBOUR] = np.array([word_codes(word) for word in new], np.uint32).T
        self._clusters.fill(codes, lowered)
        lower = self._lower
        self._word_table[before:count, 0] = [lower.setdefault(word, len(lower)) for word in lowered]
        self._word_table[before:count, 1] = [mark(word) & OPENING != 0 for word in new]


def _last(words: dict[str, int], count: int) -> list[str]:
    backwards = reversed(words)
    return [next(backwards) for _ in range(count)][::-1]


def _doubled(table: npt.NDArray[_T]) -> npt.NDArray[_T]:
    return np.concatenate([table, np.zeros_like(table)])
