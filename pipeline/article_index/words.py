"""The words of a text as numbers: hashed once, remembered, and told apart by their kind."""

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

Hashes = NDArray[np.uint64]

# A number with its separators is one word: 1,200 and 5.93 are not 1, 200, 5 and 93.
WORD = re.compile(r"\d+(?:[.,/:-]\d+)*(?!\w)|\w+")

# The kind of a word is in the two low bits of its hash; the others do not depend on capitals.
KIND: Final = 3
PLAIN, NUMBER, NAME = 0, 1, 2
KIND_BITS: Final = 2

# Wires write small numbers in words, or do not: `Pay April Three`, `Pay April 3`. "One" is left
# out: it is mostly a pronoun.
NUMBER_WORDS = {
    word: str(number)
    for number, word in enumerate(
        """
        two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
        sixteen seventeen eighteen nineteen twenty
        """.split(),  # noqa: SIM905
        start=2,
    )
}

# Words that are remembered: 65,536 make 98% of a year of news, in some 10 MB.
_MOST_REMEMBERED = 65_536


class _HashOfWord(dict[str, int]):
    """Remembers the hashes of words, which are few; forgets all of them when they become many."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        folded = word.casefold()
        folded = NUMBER_WORDS.get(folded, folded)
        if folded[0].isdecimal():
            kind = NUMBER
        elif word[0].isupper():
            kind = NAME
        else:
            kind = PLAIN
        digest = xxh3_64_intdigest(folded.encode("utf-8", "surrogatepass"))
        self[word] = value = digest & ~KIND | kind
        return value


_hash_of_word = _HashOfWord()


def word_hashes(text: str) -> Hashes:
    """Return the hash of every word of `text`, in order, each with its kind."""
    words = WORD.findall(text)
    return np.fromiter(map(_hash_of_word.__getitem__, words), np.uint64, len(words))
