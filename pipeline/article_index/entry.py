"""One article as its table holds it: some 600 bytes, written once.

    header · section sizes · postings · hashes of the row · identity · verdict

Identity and verdict are JSON, a long verdict compressed. What the look-ups need stands first and
in fixed form, so that an index of millions is rebuilt without parsing any JSON.
"""

import struct
import zlib
from array import array
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
import orjson
from numpy.typing import NDArray
from xxhash import xxh32_intdigest

from pipeline.article_index.fingerprint import SECTIONS, Fingerprint
from schemas import Copy, Placement, Recall
from schemas.article import Status

Verdict = Placement | Copy | Recall

# sequence, clock, arrival, exact hash, story, words, postings, bytes of the row, of the identity
_HEADER = struct.Struct("<QddQIIBHH")
HEADER_SIZE = _HEADER.size
# Packing a shorter verdict costs more than it saves. JSON begins with a brace, zlib never does.
_SHORT_VERDICT = 256
_VERDICTS: tuple[type[Placement] | type[Copy] | type[Recall], ...] = (Placement, Copy, Recall)


@dataclass(frozen=True, slots=True)
class Stored:
    """What the look-ups need of an entry."""

    sequence: int
    time: float
    arrived: float
    story: int
    words: int
    postings: bytes
    sizes: bytes
    row: bytes

    @classmethod
    def of(cls, value: bytes) -> "Stored":
        """Read the front of an entry's bytes."""
        sequence, time, arrived, _, story, words, postings, row, _ = _HEADER.unpack_from(value)
        sizes = HEADER_SIZE + SECTIONS
        keys = sizes + 4 * postings
        return cls(
            sequence, time, arrived, story, words, value[sizes:keys],
            value[HEADER_SIZE:sizes], value[keys : keys + row],
        )  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """One version of one article, and what was said of it."""

    sequence: int
    time: float
    """The index's clock when the article came, seconds since 1970: when this one expires."""
    arrived: float
    """When the article came by its own word; NaN where it has none."""
    exact: int
    """Hash of the words."""
    words: int
    key: str
    article_id: str
    version: str
    source: str
    source_id: str | None
    story_id: str
    status: Status
    target: str | None
    """Of a kill or hold: the article id that it withdraws."""
    agency: str
    """Whose text it is by its own words."""
    event_time: float | None
    verdict_kind: int
    verdict_bytes: bytes
    embargo_until: datetime | None = None
    """Until when it is held back; of a copy, with what it is a copy of."""

    @cached_property
    def verdict(self) -> Verdict:
        """What was said of the article."""
        kind = _VERDICTS[self.verdict_kind]
        packed = self.verdict_bytes
        json = packed if packed.startswith(b"{") else zlib.decompress(packed)
        return kind.model_validate_json(json)

    @property
    def is_copy(self) -> bool:
        """Whether the article was held to be a copy."""
        return self.verdict_kind == _VERDICTS.index(Copy)

    @property
    def is_placed(self) -> bool:
        """Whether the article was published."""
        return self.verdict_kind == _VERDICTS.index(Placement)

    @property
    def is_recall(self) -> bool:
        """Whether the article was withdrawn, or withdrew another."""
        return self.verdict_kind == _VERDICTS.index(Recall)

    @property
    def story(self) -> int:
        """A hash of the story, by which look-ups tell stories apart."""
        return xxh32_intdigest(self.story_id.encode("utf-8", "surrogatepass"))

    def to_bytes(self, fingerprint: Fingerprint, postings: list[int]) -> bytes:
        """Return the entry as it is stored, to be found under `postings`."""
        sizes, row = fingerprint.packed()
        identity = orjson.dumps(
            [
                self.article_id, self.version, self.source, self.source_id, self.story_id,
                self.status, self.target, self.agency, self.event_time, self.verdict_kind,
                *([self.embargo_until] if self.embargo_until else []),
            ]
        )  # fmt: skip
        header = _HEADER.pack(
            self.sequence,
            self.time,
            self.arrived,
            self.exact,
            self.story,
            self.words,
            len(postings),
            len(row),
            len(identity),
        )
        keys = array("I", postings).tobytes()
        return b"".join((header, sizes, keys, row, identity, self.verdict_bytes))

    @classmethod
    def from_bytes(cls, key: str, value: bytes) -> "Entry":
        """Read an entry that is stored under `key`."""
        sequence, time, arrived, exact, _, words, postings, row, length = _HEADER.unpack_from(value)
        start = HEADER_SIZE + SECTIONS + 4 * postings + row
        (
            article_id, version, source, source_id, story_id, status, target, agency, event_time,
            kind, *embargo,
        ) = orjson.loads(value[start : start + length])  # fmt: skip
        return cls(
            sequence, time, arrived, exact, words, key, article_id, version, source, source_id,
            story_id, status, target, agency, event_time, kind, value[start + length :],
            datetime.fromisoformat(embargo[0]) if embargo else None,
        )  # fmt: skip


def verdict_bytes(verdict: Verdict) -> tuple[int, bytes]:
    """Return a verdict's kind and its bytes, as entries hold them."""
    kind = _VERDICTS.index(type(verdict))
    json = verdict.model_dump_json(exclude_defaults=True).encode()
    return kind, json if len(json) < _SHORT_VERDICT else zlib.compress(json)


def keys_of(postings: bytes) -> NDArray[np.uint32]:
    """Return postings as an array."""
    return np.frombuffer(postings, np.uint32)
