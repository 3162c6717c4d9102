"""What the index keeps in memory of every article: under a kilobyte, in arrays.

Articles have places: the oldest is the first. They are added at the end and expire at the front.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from pipeline.article_index.entry import Stored, keys_of
from pipeline.article_index.fingerprint import (
    MOST_KEYS,
    ROW_SIZE,
    TEXT,
    Fingerprint,
    unpacked,
)
from pipeline.article_index.postings import Postings
from pipeline.article_index.similarity import (
    Values,
    agreement,
    features,
    shortness,
)

# Beside the text's keys: article, provider's id, story, title, and what it replaces.
MOST_POSTINGS = MOST_KEYS + 5
# Of the articles with one key, the latest so many are looked at. A template has legions, and what
# so many have says nothing.
_MOST_WITH_KEY = 64
# So many of those that share most are compared in full. A copy is among the first three.
_MOST_CANDIDATES = 24
# Of texts that have less of each other in common no score makes one: the least of all labelled
# pairs have half. Most articles have no candidate that has more.
_LEAST_TEXT = 0.25
# Arrays grow by a sixteenth, and what has expired is cut off when it is an eighth.
_GROWTH, _WASTE, _FEWEST = 16, 8, 1024
_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Candidates:
    """Articles that share keys with a text: their places, and how much they have in common."""

    places: list[int]
    features: dict[str, Values]
    shortness: Values


class Memory:
    """The rows, times and postings of the articles, by place."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._first = 0  # what is before has expired
        self._end = 0
        self._postings = Postings(MOST_POSTINGS)
        self._rows = np.empty((_FEWEST, ROW_SIZE), np.uint32)
        self._words = np.empty(_FEWEST, np.uint32)
        self._stories = np.empty(_FEWEST, np.uint32)
        self._times = np.empty(_FEWEST, np.float64)
        self._digests = np.empty((_FEWEST, _DIGEST_BYTES), np.uint8)

    def __len__(self) -> int:
        return self._end - self._first

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        arrays = (self._rows, self._words, self._stories, self._times, self._digests)
        return self._postings.nbytes + sum(array.nbytes for array in arrays)

    def key(self, place: int) -> str:
        """Return the table's key of the article at `place`."""
        digest: bytes = self._digests[place].tobytes()
        return digest.hex()

    def time(self, place: int) -> float:
        """Return the clock when the article at `place` came."""
        return float(self._times[place])

    def keys_in_order(self) -> list[str]:
        """Return all keys, the oldest first."""
        return [self.key(place) for place in range(self._first, self._end)]

    # --- adding and expiring ------------------------------------------------------------------

    def add(
        self, key: str, story: int, time: float, fingerprint: Fingerprint, postings: Sequence[int]
    ) -> None:
        """Add the latest article, of a story, to be found under `postings`."""
        place = self._end
        if place == len(self._times):
            self._resize(place + max(_FEWEST, place // _GROWTH))
        self._rows[place] = fingerprint.row
        self._words[place] = fingerprint.words
        self._stories[place] = story
        self._times[place] = time
        self._digests[place] = np.frombuffer(bytes.fromhex(key), np.uint8)
        self._postings.add(postings)
        self._end += 1

    def extend(self, stored: Iterable[tuple[str, Stored]]) -> None:
        """Add articles that were stored, the oldest first, to a memory that has none."""
        entries = list(stored)
        if not entries:
            return
        count = len(entries)
        self._resize(count + max(_FEWEST, count // _GROWTH))
        sizes = np.frombuffer(b"".join(entry.sizes for _, entry in entries), np.uint8)
        hashes = np.frombuffer(b"".join(entry.row for _, entry in entries), np.uint32)
        self._rows[:count] = unpacked(sizes.reshape(count, -1), hashes)
        self._words[:count] = [entry.words for _, entry in entries]
        self._stories[:count] = [entry.story for _, entry in entries]
        self._times[:count] = [entry.time for _, entry in entries]
        digests = bytes.fromhex("".join(key for key, _ in entries))
        self._digests[:count] = np.frombuffer(digests, np.uint8).reshape(count, -1)
        lengths = np.array([len(entry.postings) // 4 for _, entry in entries])
        postings = np.zeros((count, MOST_POSTINGS), np.uint32)
        postings[np.arange(MOST_POSTINGS) < lengths[:, None]] = keys_of(
            b"".join(entry.postings for _, entry in entries)
        )
        self._postings.extend(postings)
        self._end = count

    def expire(self, count: int) -> list[str]:
        """Forget the oldest `count` articles; return their keys."""
        keys = [self.key(place) for place in range(self._first, self._first + count)]
        self._first += count
        self._postings.hide(self._first)
        if self._first > max(_FEWEST, self._end // _WASTE):
            self._cut()
        return keys

    def _cut(self) -> None:
        kept = slice(self._first, self._end)
        count = len(self)
        for array in (self._rows, self._words, self._stories, self._times, self._digests):
            array[:count] = array[kept].copy()
        self._postings.cut(self._first)
        self._first, self._end = 0, count
        self._resize(count + max(_FEWEST, count // _GROWTH))

    def _resize(self, size: int) -> None:
        def resized(array: NDArray) -> NDArray:  # type: ignore[type-arg]
            new = np.empty((size, *array.shape[1:]), array.dtype)
            new[: self._end] = array[: self._end]
            return new

        self._rows = resized(self._rows)
        self._words = resized(self._words)
        self._stories = resized(self._stories)
        self._times = resized(self._times)
        self._digests = resized(self._digests)

    def old(self, limit: float, look_at: int) -> int:
        """Return how many articles at the front are older than `limit`.

        A wrong time does not hold up those behind it: the first `look_at` are looked at.
        """
        times = self._times[self._first : min(self._first + look_at, self._end)]
        older = np.flatnonzero(times < limit)
        return int(older[-1]) + 1 if len(older) else 0

    # --- finding ------------------------------------------------------------------------------

    def having(self, posting: int) -> Iterable[int]:
        """Return the places of the articles that were added under `posting`, the latest first."""
        return self._postings.having(posting)

    def candidates(self, fingerprint: Fingerprint, since: float) -> Candidates | None:
        """Return the articles since the time `since` that share keys with a text."""
        rare: dict[int, float] = {}
        for key in fingerprint.keys:
            found = list(islice(self._postings.having(key), _MOST_WITH_KEY))
            if found:
                # A key is as rare as the stories that have it: all versions of one do.
                stories = 1 if len(found) == 1 else len(set(self._stories[found].tolist()))
                for place in found:
                    rare[place] = rare.get(place, 0.0) + 1 / stories
        places = sorted(
            (place for place in rare if self._times[place] >= since),
            key=lambda place: (-rare[place], place),
        )[:_MOST_CANDIDATES]
        if not places:
            return None
        common = agreement(fingerprint.row, self._rows[places])
        alike = np.flatnonzero(common.of_shorter(TEXT) >= _LEAST_TEXT)
        if not len(alike):
            return None
        places = [places[line] for line in alike]
        words = self._words[places].astype(np.float64)
        return Candidates(
            places,
            features(
                common.of(alike),
                np.array([rare[place] for place in places]),
                len(fingerprint.keys),
            ),
            shortness(fingerprint.words, words),
        )
