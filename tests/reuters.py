"""The Reuters wire of 1987 as inputs: read where it lies, never copied."""

import gzip
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import orjson

from schemas import RawArticle

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def reuters_articles(count: int | None = None, data: Path = DATA) -> Iterator[RawArticle]:
    """Yield the first `count` items in the order of their arrival.

    Raises FileNotFoundError where the data set is not there.
    """
    path = data / "wire" / "reuters-1987.jsonl.gz"
    with gzip.open(path) as lines:
        for line in islice(lines, count):
            yield _article(orjson.loads(line))


def _article(item: dict[str, str]) -> RawArticle:
    arrived = datetime.strptime(item["date"].strip().split(".")[0], "%d-%b-%Y %H:%M:%S")
    return RawArticle.model_validate(
        {
            "source": "Reuters",
            "source_id": item["id"],
            "headline": item["title"],
            "content": item["body"],
            "slug": item["header"].splitlines()[-1].strip() if item["header"] else None,
            "byline": item["author"] or (),
            "language": "en",
            "received_at": arrived.replace(tzinfo=UTC),
        }
    )
