"""CSV (RFC 4180): a row a record, with what fits in a table.

A cell that a spreadsheet would take for a formula begins with an apostrophe, which it does not
show. The body is not in it.
"""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import datetime

from pipeline.formats.harmless import printable
from pipeline.formats.published import Published
from schemas import Duplicate, EnrichedArticle, FinalRecord, Rejection, Withdrawal

# OWASP's list, with the full-width forms that spreadsheets take for the same.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def _of(*names: str) -> Callable[[FinalRecord], object]:
    """Return what gives the first of these fields that the record has."""

    def value(record: FinalRecord) -> object:
        for name in names:
            if (found := getattr(record, name, None)) is not None:
                return found
        return None

    return value


def _outcome(record: FinalRecord) -> str:
    match record:
        case EnrichedArticle():
            return record.relation
        case Duplicate():
            return f"{record.kind} copy"
        case Withdrawal():
            return record.status
        case Rejection():
            return "rejected"


def _names(record: FinalRecord) -> str:
    return "; ".join(entity.name for entity in getattr(record, "entities", ()))


def _countries(record: FinalRecord) -> str:
    found = (entity.link and entity.link.country for entity in getattr(record, "entities", ()))
    return "; ".join(dict.fromkeys(country for country in found if country))


COLUMNS: dict[str, Callable[[FinalRecord], object]] = {
    "outcome": _outcome,
    "article_id": _of("article_id"),
    "version": _of("version"),
    "source": _of("source"),
    "source_id": _of("source_id"),
    "published_at": _of("published_at"),
    "received_at": _of("received_at"),
    "language": _of("language"),
    "headline": _of("headline"),
    "byline": lambda record: "; ".join(getattr(record, "byline", ())),
    "url": _of("url"),
    "story_id": _of("story_id"),
    "novelty": _of("novelty"),
    "duplicate_of": _of("duplicate_of"),
    "withdraws": lambda record: "; ".join(getattr(record, "affected", ())),
    "reason": _of("reason"),
    "entities": _names,
    "countries": _countries,
}


class CommaSeparated:
    """A head line with the names of the columns, then a line a record."""

    def begin(self) -> str:
        """Return the head line."""
        return _line(["topic", "ce_id", *COLUMNS])

    def show(self, published: Published) -> Iterator[str]:
        """Yield the record's line."""
        values = [value(published.record) for value in COLUMNS.values()]
        yield _line([published.topic, published.event_id, *values])

    def end(self) -> str:
        """Return nothing."""
        return ""


def _line(values: list[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(map(_cell, values))
    return text.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    text = printable(str(value), longest=None)
    return f"'{text}" if text.startswith(_FORMULA) else text
