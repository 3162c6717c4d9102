"""The records that cross a topic. `python -m schemas` writes their JSON Schemas."""

from schemas.article import (
    Change,
    CleanArticle,
    Copyright,
    Dateline,
    Edit,
    EnrichedArticle,
    Entity,
    Link,
    Mention,
    Placement,
    RawArticle,
    TaggedArticle,
    VersionReference,
    canonical_url,
)
from schemas.record import SCHEMA_VERSION, Record, stable_hash
from schemas.verdicts import (
    Copy,
    Duplicate,
    Evidence,
    Header,
    Passage,
    Recall,
    Rejection,
    Withdrawal,
)

FinalRecord = EnrichedArticle | Duplicate | Withdrawal | Rejection
TOPIC_RECORDS: tuple[type[Record], ...] = (
    RawArticle, CleanArticle, TaggedArticle, EnrichedArticle, Duplicate, Withdrawal, Rejection,
)  # fmt: skip

__all__ = [
    "SCHEMA_VERSION",
    "TOPIC_RECORDS",
    "Change",
    "CleanArticle",
    "Copy",
    "Copyright",
    "Dateline",
    "Duplicate",
    "Edit",
    "EnrichedArticle",
    "Entity",
    "Evidence",
    "FinalRecord",
    "Header",
    "Link",
    "Mention",
    "Passage",
    "Placement",
    "RawArticle",
    "Recall",
    "Record",
    "Rejection",
    "TaggedArticle",
    "VersionReference",
    "Withdrawal",
    "canonical_url",
    "stable_hash",
]
