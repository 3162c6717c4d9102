"""What the stream shows of a record: one row, as JSON for the page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import orjson

from pipeline.console.arrival import Arrival
from pipeline.console.shown_text import differences, opening, pieces, shown
from schemas import Duplicate, EnrichedArticle, FinalRecord, Rejection, Withdrawal

Kind = Literal["article", "copy", "withdrawal", "rejection"]

_LEAD = 240
_LONGEST_CHANGE = 600
_LONGEST_HEADLINE = 400


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """That an article may not be shown any more, since when and why."""

    at: datetime
    status: str
    reason: str


def kind_of(record: FinalRecord) -> Kind:
    """Return what kind of row a record makes."""
    match record:
        case EnrichedArticle():
            return "article"
        case Duplicate():
            return "copy"
        case Withdrawal():
            return "withdrawal"
        case Rejection():
            return "rejection"


def row(arrival: Arrival, record: FinalRecord) -> bytes:
    """Return the row of a record."""
    match record:
        case EnrichedArticle():
            content = _article(record)
        case Duplicate():
            content = _copy(record)
        case Withdrawal():
            content = _withdrawal(record)
        case Rejection():
            content = {
                "stage": record.stage,
                "reason": record.reason,
                "offset": arrival.offset,
            }
    story_id = getattr(record, "story_id", None)
    return _json(arrival, kind_of(record), story_id, content)


def tombstone(arrival: Arrival, kind: Kind, story_id: str | None, withdrawn: Withdrawn) -> bytes:
    """Return the row of what was withdrawn: that it was there, and nothing that it said."""
    content = {"withdrawn": {"status": withdrawn.status, "reason": shown(withdrawn.reason)}}
    return _json(arrival, kind, story_id, content)


def _json(arrival: Arrival, kind: Kind, story_id: str | None, content: dict[str, Any]) -> bytes:
    return orjson.dumps(
        {
            "kind": kind,
            "article": arrival.article_id,
            "story": story_id,
            "at": arrival.at,
            "source": shown(arrival.source or ""),
            **content,
        }
    )


def _article(article: EnrichedArticle) -> dict[str, Any]:
    return {
        "relation": article.relation,
        "urgent": article.urgency is not None and article.urgency <= 2,
        "language": article.language,
        "headline": pieces(
            article.headline, article.entities, "headline",
            end=opening(article.headline, _LONGEST_HEADLINE),
        ),
        "change": _change(article),
        "lead": pieces(
            article.body, article.entities, "body", end=opening(article.body, _LEAD)
        ),
        "cut": len(article.body) > _LEAD,
        "sources": len(article.sources),
    }  # fmt: skip


def _change(article: EnrichedArticle) -> list[tuple[str, str]] | None:
    """Return the change that says most: the first sentence that differs, and not by all of it."""
    sentences = [change for change in article.changes if change.kind == "sentence"]
    sentences.sort(key=lambda change: not (change.before and change.after))
    for change in sentences:
        found = differences(change.before, change.after)
        if sum(len(text) for _, text in found) <= _LONGEST_CHANGE:
            return found
    return None


def _copy(copy: Duplicate) -> dict[str, Any]:
    return {
        "copy": copy.kind,
        "of": copy.duplicate_of,
        "headline": pieces(copy.headline, (), "headline",
                           end=opening(copy.headline, _LONGEST_HEADLINE)),
    }  # fmt: skip


def _withdrawal(withdrawal: Withdrawal) -> dict[str, Any]:
    # Not its headline, which may be that of the article it withdraws.
    return {
        "status": withdrawal.status,
        "reason": shown(withdrawal.reason),
        "affected": withdrawal.affected,
    }
