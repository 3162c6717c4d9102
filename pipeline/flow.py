"""The stages in a row, each from a message to the record that comes of it, none ever failing.

A stage that finds its input unusable, or breaks on it, gives a `Rejection` with the input's bytes.
The worker runs the steps between topics; `process` runs them in one process, with no broker.
"""

import logging
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import orjson

from pipeline.article_index.index import ArticleIndex
from pipeline.entities.finder import EntityFinder
from pipeline.message import Message
from pipeline.stages.cleaning import clean
from pipeline.stages.parsing import LONGEST_ID, parse
from pipeline.stages.relating import relate
from pipeline.stages.tagging import tag
from pipeline.stages.unusable import Unusable
from schemas import (
    CleanArticle,
    Duplicate,
    EnrichedArticle,
    FinalRecord,
    Header,
    Record,
    Rejection,
    TaggedArticle,
    Withdrawal,
)
from schemas.verdicts import RejectedReason, RejectedStage

logger = logging.getLogger(__name__)

Result = TypeVar("Result", bound=Record)


def clean_message(message: Message) -> CleanArticle | Rejection:
    """Parse and clean an input."""
    raw = _guarded("parse", message, lambda: parse(message.value))
    if isinstance(raw, Rejection):
        return raw
    return _guarded("clean", message, lambda: clean(raw))


def tag_message(message: Message, finder: EntityFinder) -> TaggedArticle | Rejection:
    """Tag a clean article."""
    return _guarded(
        "tag", message, lambda: tag(CleanArticle.model_validate_json(message.value), finder)
    )


def relate_message(message: Message, index: ArticleIndex) -> FinalRecord:
    """Relate a tagged article to those before it."""
    return _guarded(
        "relate", message, lambda: relate(TaggedArticle.model_validate_json(message.value), index)
    )


def process(
    messages: Iterable[Message], finder: EntityFinder, index: ArticleIndex
) -> Iterator[tuple[Message, FinalRecord]]:
    """Run every stage on every input, in order; yield each input with its final record."""
    for message in messages:
        record: Record = clean_message(message)
        if isinstance(record, CleanArticle):
            record = tag_message(Message.of_record(record, message), finder)
        if isinstance(record, TaggedArticle):
            record = relate_message(Message.of_record(record, message), index)
        assert isinstance(record, EnrichedArticle | Duplicate | Withdrawal | Rejection)
        yield message, record


def rejection(
    message: Message, stage: RejectedStage, reason: RejectedReason, detail: str
) -> Rejection:
    """Return the record that keeps `message`, which could not be used."""
    known = _identity(message.value)
    return Rejection(
        article_id=known.get("article_id"),
        source=known.get("source"),
        source_id=known.get("source_id"),
        stage=stage,
        reason=reason,
        detail=detail,
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        key=message.key,
        value=message.value,
        headers=tuple(Header(name=name, value=value) for name, value in message.headers),
    )


def _guarded(
    stage: RejectedStage, message: Message, work: Callable[[], Result]
) -> Result | Rejection:
    try:
        return work()
    except Unusable as error:
        return rejection(message, stage, error.reason, error.detail)
    except Exception as error:
        # Not the exception's own words, which may have the article's: those go to the rejection.
        logger.error(
            "a stage broke: %s", type(error).__name__,
            extra={
                "article_id": message.header("ce_subject"), "input": message.input_id,
                "stage": stage, "stack": "".join(traceback.format_tb(error.__traceback__)),
            },
        )  # fmt: skip
        detail = f"The stage broke: {type(error).__name__}: {error}"
        return rejection(message, stage, "stage_failed", detail.encode(errors="replace").decode())


def _identity(value: bytes) -> dict[str, str]:
    """Return what can be read of an article's identity in bytes that are no good article.

    What is too long is in the rejection's bytes alone: as key, header and field besides it would
    make the rejection too large for its own topic.
    """
    try:
        data = orjson.loads(value)
    except orjson.JSONDecodeError:
        return {}
    names = ("article_id", "source", "source_id")
    known = data if isinstance(data, dict) else {}
    return {
        name: known[name]
        for name in names
        if isinstance(known.get(name), str) and len(known[name]) <= LONGEST_ID
    }
