"""JSON lines: one `RawArticle` a line, as UTF-8; empty lines are passed over."""

from collections.abc import Iterator
from typing import BinaryIO

from pydantic_core import from_json

from schemas import RawArticle


def read_json_lines(file: BinaryIO, source: str | None) -> Iterator[RawArticle | bytes]:
    """Yield each line as an article, or as its bytes where it is none.

    `source` is the wire of the articles that name none themselves.
    """
    for line in file:
        stripped = line.strip()
        if not stripped:
            continue
        try:
            data = from_json(stripped)  # as the pipeline reads it: large numbers stay whole
            if source is not None and isinstance(data, dict):
                data.setdefault("source", source)
            yield RawArticle.model_validate(data)
        except ValueError:  # no JSON, or no article
            yield stripped
