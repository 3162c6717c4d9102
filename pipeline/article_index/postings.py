"""Which articles have a key, the newest first: a hash table of chains in flat arrays.

An article has up to `per_article` keys of 32 bits. Every bucket of keys leads to its newest
posting, and every posting to the one before it; a posting's place tells its article. Articles are
added at the end and leave from the front, so that what has left is never met: a walk stops at the
first posting that is too old. 12 bytes a posting, where lists in a dictionary need some 130.
"""

from array import array
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

# What stands where an article has no more keys, and where a chain ends.
_NO_KEY = 0
_END = -1
_FEWEST_BUCKETS = 1024


class Postings:
    """Keys of articles, which are numbered in the order in which they were added."""

    def __init__(self, per_article: int) -> None:
        self._per_article = per_article
        self._keys = array("I")
        self._before = array("i")
        self._newest = array("i", [_END]) * _FEWEST_BUCKETS
        self._mask = _FEWEST_BUCKETS - 1
        self._first = 0

    def __len__(self) -> int:
        return len(self._keys) // self._per_article

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        return 4 * (len(self._keys) + len(self._before) + len(self._newest))

    def add(self, keys: Iterable[int]) -> None:
        """Add the next article."""
        place = end = len(self._keys)
        end += self._per_article
        for key in keys:
            bucket = (key or 1) & self._mask
            self._keys.append(key or 1)
            self._before.append(self._newest[bucket])
            self._newest[bucket] = place
            place += 1
        assert place <= end
        while place < end:
            self._keys.append(_NO_KEY)
            self._before.append(_END)
            place += 1
        if end > len(self._newest) * self._per_article // 4:
            self._link()

    def extend(self, keys: NDArray[np.uint32]) -> None:
        """Add many articles, a row each, filled up with zeros."""
        assert keys.shape[1] == self._per_article
        self._keys.frombytes(keys.astype(np.uint32).tobytes())
        self._link()

    def having(self, key: int, most: int) -> list[int]:
        """Return the numbers of the articles that have `key`, the newest first, at most so many."""
        key = key or 1
        keys, before, first = self._keys, self._before, self._first * self._per_article
        found: list[int] = []
        place = self._newest[key & self._mask]
        while place >= first:
            if keys[place] == key:
                found.append(place // self._per_article)
                if len(found) == most:
                    break
            place = before[place]
        return found

    def hide(self, first: int) -> None:
        """Let articles before number `first` be found no more."""
        self._first = first

    def cut(self, first: int) -> None:
        """Forget the articles before number `first`; those behind it are numbered anew from 0."""
        del self._keys[: first * self._per_article]
        self._first = max(0, self._first - first)
        self._link()

    def _link(self) -> None:
        """Chain all postings anew, with as many buckets as they need."""
        count = len(self._keys)
        buckets = _FEWEST_BUCKETS
        while buckets < count // self._per_article * 8:
            buckets *= 2
        self._mask = buckets - 1
        keys = np.frombuffer(self._keys, np.uint32) if count else np.empty(0, np.uint32)
        used = np.flatnonzero(keys != _NO_KEY)
        bucket = keys[used] & np.uint32(self._mask)
        order = np.argsort(bucket, kind="stable")
        used, bucket = used[order].astype(np.int32), bucket[order]
        starts = np.r_[True, bucket[1:] != bucket[:-1]] if len(used) else np.empty(0, bool)
        before = np.full(count, _END, np.int32)
        before[used] = np.where(starts, _END, np.r_[np.int32(_END), used[:-1]])
        newest = np.full(buckets, _END, np.int32)
        newest[bucket] = used  # in order, so that the last of a bucket stays
        self._before = array("i", before.tobytes())
        self._newest = array("i", newest.tobytes())
