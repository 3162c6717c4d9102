"""Articles for tests, at any stage."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.stages.cleaning import clean
from schemas import Evidence, RawArticle, TaggedArticle, VersionReference

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

STORM = "\n\n".join(
    [
        "Storm closes the harbour for a second day",
        "The harbour of the old town stayed closed on Tuesday after a storm with winds of 120 "
        "kilometres an hour tore four ships from their moorings, the port authority said.",
        "Crews worked through the night to secure the vessels. Two people were slightly hurt when "
        "a crane fell on a warehouse, and 300 residents of the quayside were taken to schools on "
        "higher ground.",
        "Ferries to the islands will not run before Thursday, the authority said. Forecasters "
        "expect the wind to ease on Wednesday evening, when divers are to look at the damage to "
        "the outer wall.",
    ]
)

# Enough for a duplicate of which a test wants nothing else.
EVIDENCE = Evidence(compared_with=VersionReference(article_id="b", version="1"), containment=1)


def raw(content: str = STORM, **fields: Any) -> RawArticle:
    """Return a raw article, of the wire "Wire" unless `fields` say otherwise."""
    return RawArticle.model_validate(
        {"source": "Wire", "content": content, "received_at": NOON, **fields}
    )


def tagged(content: str = STORM, minutes: float = 0, **fields: Any) -> TaggedArticle:
    """Return an article as the tagger hands it on, without entities, so many minutes after noon."""
    received_at = NOON + timedelta(minutes=minutes)
    return TaggedArticle(**dict(clean(raw(content, **{"received_at": received_at, **fields}))))
