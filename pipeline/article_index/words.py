"""The words of a text as numbers: hashed once, remembered, and told apart by their kind."""

import re
import sys
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
        """.split(),  # noqa: SIM905  a list of words reads better so
        start=2,
    )
}

# What stands between spaces is remembered with its punctuation: 65,536 such tokens make 97% of a
# year of news, in some 12 MB. Longer ones are texts without spaces, which do not recur.
_MOST_REMEMBERED = 65_536
_LONGEST_REMEMBERED = 32


class _HashesOfToken(dict[str, bytes]):
    """Remembers the hashes of a token's words; forgets all tokens when they become many."""

    def __missing__(self, token: str) -> bytes:
        hashes = b"".join(_hash(word).to_bytes(8, sys.byteorder) for word in WORD.findall(token))
        if len(token) <= _LONGEST_REMEMBERED:
            if len(self) >= _MOST_REMEMBERED:
                self.clear()
            self[token] = hashes
        return hashes


_hashes_of_token = _HashesOfToken()


def word_hashes(text: str) -> Hashes:
    """Return the hash of every word of `text`, in order, each with its kind."""
    hashes = b"".join(map(_hashes_of_token.__getitem__, text.split()))  # no word has a space
    return np.frombuffer(hashes, np.uint64)


def _hash(word: str) -> int:
    folded = word.casefold()
    folded = NUMBER_WORDS.get(folded, folded)
    if folded[0].isdecimal():
        kind = NUMBER
    elif word[0].isupper():
        kind = NAME
    else:
        kind = PLAIN
    return xxh3_64_intdigest(folded.encode("utf-8", "surrogatepass")) & ~KIND | kind
