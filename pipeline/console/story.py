"""One story as the page tells it: its versions, copies, sources, and what was withdrawn."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pipeline.console.shown_text import differences, paragraphs, pieces, shown
from pipeline.console.window import Entry
from schemas import Change, Duplicate, EnrichedArticle, Entity, Withdrawal

_WEB = re.compile(r"https?://[^\s\x00-\x20<>\"']+\Z")
_WIKIDATA = re.compile(r"Q[1-9]\d{0,11}\Z")
_MOST_VERSIONS = 50
_MOST_COPIES = 200
_MOST_ENTITIES = 60
_MOST_PARAGRAPHS = 400


def story(entries: Sequence[Entry]) -> dict[str, Any]:
    """Return the story that the entries are of, the oldest entry first."""
    records = [(entry, entry.record) for entry in entries]
    articles = [pair for pair in records if pair[0].kind == "article"]
    latest = next(
        (
            (entry, record)
            for entry, record in reversed(articles)
            if isinstance(record, EnrichedArticle)
        ),
        None,
    )
    copies = [pair for pair in records if pair[0].kind == "copy"]
    return {
        "story": next((entry.story_id for entry in entries if entry.story_id), None),
        "latest": None if latest is None else _whole(*latest),
        "versions": [_version(*pair) for pair in reversed(articles[-_MOST_VERSIONS:])],
        "copies": [_copy(*pair) for pair in copies[-_MOST_COPIES:]],
        "more_copies": max(0, len(copies) - _MOST_COPIES),
        "withdrawals": [
            _withdrawal(entry, record)
            for entry, record in records
            if isinstance(record, Withdrawal)
        ],
    }


def _whole(entry: Entry, article: EnrichedArticle) -> dict[str, Any]:
    text = paragraphs(article.body, article.entities)
    dateline = article.dateline
    return {
        "article": article.article_id,
        "headline": pieces(article.headline, article.entities, "headline"),
        "paragraphs": text[:_MOST_PARAGRAPHS],
        "more_paragraphs": max(0, len(text) - _MOST_PARAGRAPHS),
        "source": shown(article.source),
        "byline": [shown(name) for name in article.byline],
        "dateline": shown(dateline.place) if dateline and dateline.place else None,
        "language": article.language,
        "url": article.url if article.url and _WEB.match(article.url) else None,
        "note": shown(article.editorial_note) if article.editorial_note else None,
        "usage": shown(article.usage_terms) if article.usage_terms else None,
        "copyright": shown(article.copyright.notice) if article.copyright else None,
        "credits": [shown(name) for name in article.credits],
        "times": _times(entry, article),
        "sources": [shown(name) for name in article.sources],
        "entities": [_entity(entity) for entity in article.entities[:_MOST_ENTITIES]],
    }


def _times(entry: Entry, article: EnrichedArticle) -> dict[str, datetime]:
    times = {
        "published": article.published_at,
        "updated": article.updated_at,
        "received": article.received_at,
        "embargo ended": entry.embargo_until,
        "came out here": entry.arrival.at,
    }
    return {name: time for name, time in times.items() if time is not None}


def _entity(entity: Entity) -> dict[str, Any]:
    link = entity.link
    return {
        "name": shown(entity.name),
        "type": entity.type,
        "mentions": len(entity.mentions),
        "salience": entity.salience,
        "country": shown(link.country) if link and link.country else None,
        "wikidata": link.wikidata if link and _WIKIDATA.match(link.wikidata or "") else None,
    }


def _version(entry: Entry, record: object) -> dict[str, Any]:
    told: dict[str, Any] = {
        "article": entry.arrival.article_id,
        "at": entry.arrival.at,
        "source": shown(entry.arrival.source or ""),
        "withdrawn": _reason(entry),
    }
    if isinstance(record, EnrichedArticle):
        told |= {
            "version": _name(record.version),
            "follows": _name(record.previous.version) if record.previous else None,
            "relation": record.relation,
            "headline": shown(record.headline),
            "novelty": record.novelty,
            "note": shown(record.editorial_note) if record.editorial_note else None,
            "changes": [_change(change) for change in record.changes],
        }
    return told


def _change(change: Change) -> dict[str, Any]:
    if change.kind == "number":
        pairs = (("-", change.before), ("+", change.after))
        return {"kind": "number", "text": [(sign, shown(text)) for sign, text in pairs if text]}
    return {"kind": change.kind, "text": differences(change.before, change.after)}


def _copy(entry: Entry, record: object) -> dict[str, Any]:
    told: dict[str, Any] = {
        "article": entry.arrival.article_id,
        "at": entry.arrival.at,
        "source": shown(entry.arrival.source or ""),
        "withdrawn": _reason(entry),
    }
    if isinstance(record, Duplicate):
        evidence = record.evidence
        told |= {
            "headline": shown(record.headline),
            "kind": record.kind,
            "of": record.duplicate_of,
            "similarity": record.similarity,
            "containment": evidence.containment,
            "headline_similarity": evidence.headline_similarity,
            "shared": [shown(passage.text) for passage in evidence.shared_passages],
            "only_here": [shown(number) for number in evidence.numbers_only_here],
            "only_there": [shown(number) for number in evidence.numbers_only_there],
        }
    return told


def _withdrawal(entry: Entry, withdrawal: Withdrawal) -> dict[str, Any]:
    return {
        "at": entry.arrival.at,
        "source": shown(withdrawal.source),
        "status": withdrawal.status,
        "reason": shown(withdrawal.reason),
        "affected": len(withdrawal.affected),
    }


def _reason(entry: Entry) -> dict[str, str] | None:
    withdrawn = entry.withdrawn
    if withdrawn is None:
        return None
    return {"status": withdrawn.status, "reason": shown(withdrawn.reason)}


def _name(version: str) -> str:
    """Return a version as people tell it from its neighbours; one that is a hash, by its head."""
    return shown(version.removeprefix("text:")[:8] if version.startswith("text:") else version)
