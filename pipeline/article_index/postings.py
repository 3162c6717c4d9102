"""Which articles have a key, the newest first: a hash table of chains in flat arrays.

An article has up to `per_article` keys of 32 bits. Every bucket of keys leads to its newest
posting, and every posting to the one before it; a posting's place tells its article. Articles are
added at the end and leave from the front, so that what has left is never met: a walk stops at the
first posting that is too old. Some 13 bytes a posting, where lists in a dictionary need 130.
"""

from array import array
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

# What stands where an article has no more keys, and where a chain ends: posting 0 is none.
_NONE = 0
_FEWEST_BUCKETS = 1024
# A look-up waits for memory at every step of its chain: of so many, half are empty.
_BUCKETS_PER_ARTICLE = 16
_BITS = 32
_LOW = (1 << _BITS) - 1


class Postings:
    """Keys of articles, which are numbered in the order in which they were added."""

    def __init__(self, per_article: int) -> None:
        self._per_article = per_article
        # A posting is its key in the high bits and the posting before it in the low ones, since
        # whoever needs the one needs the other. Postings are counted from 1.
        self._postings = array("Q", [_NONE])
        self._newest = array("I", [_NONE]) * _FEWEST_BUCKETS
        self._mask = _FEWEST_BUCKETS - 1
        self._first = 0

    def __len__(self) -> int:
        return len(self._postings) // self._per_article

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        return sum(part.itemsize * len(part) for part in (self._postings, self._newest))

    def add(self, keys: Sequence[int]) -> None:
        """Add the next article."""
        assert len(keys) <= self._per_article
        newest, mask = self._newest, self._mask
        for place, key in enumerate(keys, start=len(self._postings)):
            bucket = (key or 1) & mask
            self._postings.append((key or 1) << _BITS | newest[bucket])
            newest[bucket] = place
        self._postings.extend([_NONE] * (self._per_article - len(keys)))
        if len(self) * _BUCKETS_PER_ARTICLE > len(newest):
            self._link()

    def extend(self, keys: NDArray[np.uint32]) -> None:
        """Add many articles, a row each, filled up with zeros."""
        assert keys.shape[1] == self._per_article
        self._postings.frombytes((keys.astype(np.uint64) << np.uint64(_BITS)).tobytes())
        self._link()

    def having(self, keys: Iterable[int], most: int) -> list[list[int]]:
        """Return for each key the numbers of the articles that have it.

        The newest first, and at most so many of a key.
        """
        postings, newest, mask = self._postings, self._newest, self._mask
        per_article = self._per_article
        hidden = self._first * per_article
        found = []
        for key in keys:
            articles: list[int] = []
            wanted = key or 1
            place = newest[wanted & mask]
            while place > hidden:
                posting = postings[place]
                if posting >> _BITS == wanted:
                    articles.append((place - 1) // per_article)
                    if len(articles) == most:
                        break
                place = posting & _LOW
            found.append(articles)
        return found

    def hide(self, first: int) -> None:
        """Let articles before number `first` be found no more."""
        self._first = first

    def cut(self, first: int) -> None:
        """Forget the articles before number `first`; those behind it are numbered anew from 0."""
        del self._postings[1 : 1 + first * self._per_article]
        self._first = max(0, self._first - first)
        self._link()

    def _link(self) -> None:
        """Chain all postings anew, with as many buckets as they need."""
        buckets = _FEWEST_BUCKETS
        while buckets < len(self) * _BUCKETS_PER_ARTICLE:
            buckets *= 2
        self._mask = buckets - 1
        postings = np.array(self._postings, np.uint64)
        keys = (postings >> np.uint64(_BITS)).astype(np.uint32)
        places = np.flatnonzero(keys)
        bucket = keys[places] & np.uint32(self._mask)
        order = np.argsort(bucket, kind="stable")
        places, bucket = places[order].astype(np.uint32), bucket[order]
        before = np.where(bucket[1:] != bucket[:-1], np.uint32(_NONE), places[:-1])
        postings = keys.astype(np.uint64) << np.uint64(_BITS)
        postings[places[1:]] |= before
        newest = np.full(buckets, _NONE, np.uint32)
        newest[bucket] = places  # in order, so that the last of a bucket stays
        self._postings = array("Q", postings.tobytes())
        self._newest = array("I", newest.tobytes())
