"""What the index keeps in memory of every article: under a kilobyte, in arrays.

Articles have places: the oldest is the first. They are added at the end and expire at the front.
"""

from array import array
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

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
    agreement,
    features,
    shortness,
)

# Beside the text's keys: headline, article, provider's id, story, title, and what it replaces.
MOST_POSTINGS = MOST_KEYS + 6
# Of the articles with one key, the latest so many are looked at. A template has legions, and a key
# that so many stories have leads to them but says nothing.
_MOST_WITH_KEY = 16
# One that more articles have is the title of a column.
_MOST_WITH_HEADLINE = 4
# So many of those that share most are compared in full. A copy is among the first three.
_MOST_CANDIDATES = 8
# Of texts that have less of each other in common no score makes one: the least of all labelled
# pairs have half. Most articles have no candidate that has more.
_LEAST_TEXT = 0.25
# Arrays grow by a sixteenth, and what has expired is cut off when it is an eighth.
_GROWTH, _WASTE, _FEWEST = 16, 8, 1024
_DIGEST_BYTES = 16


class Candidate(NamedTuple):
    """An article that shares keys with a text: its place, and how much they have in common."""

    place: int
    features: dict[str, float]
    shortness: float


class Memory:
    """The rows, times and postings of the articles, by place."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self._first = 0  # what is before has expired
        self._end = 0
        self._postings = Postings(MOST_POSTINGS)
        # What is compared is in an array of numpy, what is looked at one by one in Python's.
        self._rows = np.empty((_FEWEST, ROW_SIZE), np.uint32)
        self._stories = array("I")
        self._times = array("d")
        self._words = array("I")
        self._digests = bytearray()

    def __len__(self) -> int:
        return self._end - self._first

    @property
    def nbytes(self) -> int:
        """Bytes of memory."""
        columns = (self._stories, self._times, self._words)
        return (
            self._rows.nbytes
            + self._postings.nbytes
            + len(self._digests)
            + sum(column.itemsize * len(column) for column in columns)
        )

    def key(self, place: int) -> str:
        """Return the table's key of the article at `place`."""
        return self._digests[place * _DIGEST_BYTES : (place + 1) * _DIGEST_BYTES].hex()

    # --- adding and expiring ------------------------------------------------------------------

    def add(
        self, key: str, story: int, time: float, fingerprint: Fingerprint, postings: Sequence[int]
    ) -> None:
        """Add the latest article, of a story, to be found under `postings`."""
        place = self._end
        if place == len(self._rows):
            self._resize(place + max(_FEWEST, place // _GROWTH))
        self._rows[place] = fingerprint.row
        self._stories.append(story)
        self._times.append(time)
        self._words.append(fingerprint.words)
        self._digests += bytes.fromhex(key)
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
        self._stories.extend(entry.story for _, entry in entries)
        self._times.extend(entry.time for _, entry in entries)
        self._words.extend(entry.words for _, entry in entries)
        self._digests += bytes.fromhex("".join(key for key, _ in entries))
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
        first, count = self._first, len(self)
        self._rows[:count] = self._rows[first : self._end].copy()
        del self._stories[:first], self._times[:first], self._words[:first]
        del self._digests[: first * _DIGEST_BYTES]
        self._postings.cut(first)
        self._first, self._end = 0, count
        self._resize(count + max(_FEWEST, count // _GROWTH))

    def _resize(self, size: int) -> None:
        rows = np.empty((size, ROW_SIZE), np.uint32)
        rows[: self._end] = self._rows[: self._end]
        self._rows = rows

    def old(self, limit: float, look_at: int) -> int:
        """Return how many articles at the front are older than `limit`.

        A wrong time does not hold up those behind it: the first `look_at` are looked at.
        """
        times = self._times[self._first : self._first + look_at]
        if not times or min(times) >= limit:
            return 0
        older = (number for number, time in enumerate(times, start=1) if time < limit)
        return max(older, default=0)

    # --- finding ------------------------------------------------------------------------------

    def having(self, posting: int, most: int | None = None) -> list[int]:
        """Return the places of the latest articles that were added under `posting`."""
        return self._postings.having((posting,), most or len(self))[0]

    def candidates(self, fingerprint: Fingerprint, since: float) -> list[Candidate]:
        """Return the articles since the time `since` that share keys with a text."""
        rare: dict[int, float] = {}
        for found in self._postings.having(fingerprint.keys, _MOST_WITH_KEY):
            if found:
                # A key is as rare as the stories that have it: all versions of one do.
                stories = len(set(map(self._stories.__getitem__, found)))
                share = 1 / stories if stories < _MOST_WITH_KEY else 0.0
                for place in found:
                    rare[place] = rare.get(place, 0.0) + share
        ranks = rare
        if fingerprint.headline_key is not None:
            # A headline only leads to a text; it is no sign that the texts share something.
            ranks = rare.copy()
            key = fingerprint.headline_key
            for place in self._postings.having((key,), _MOST_WITH_HEADLINE)[0]:
                ranks[place] = ranks.get(place, 0.0) + 1
        # The highest first, of equals the first: sorting in reverse keeps the order of equals.
        ranked = sorted(sorted(ranks), key=ranks.__getitem__, reverse=True)
        places = [place for place in ranked if self._times[place] >= since][:_MOST_CANDIDATES]
        if not places:
            return []
        return [
            Candidate(
                place,
                features(common, rare.get(place, 0.0), len(fingerprint.keys)),
                shortness(fingerprint.words, self._words[place]),
            )
            for place, common in zip(
                places, agreement(fingerprint.row, self._rows[places]), strict=True
            )
            if common.of_shorter(TEXT) >= _LEAST_TEXT
        ]
