"""JSON lines: one `RawArticle` a line, as UTF-8; empty lines are passed over.

A file that is one JSON document over several lines is read too: an article, or a list of them.
"""

from collections.abc import Iterator
from typing import BinaryIO

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from pipeline.sources.unreadable import MOST_BYTES, NoArticle, Unreadable
from schemas import RawArticle


def read_json_lines(file: BinaryIO, source: str | None) -> Iterator[RawArticle | NoArticle]:
    """Yield each line as an article, or as its bytes and its fault where it is none.

    `source` is the wire of the articles that name none themselves. Raises `Unreadable` for a line
    that does not end, for a document that is no JSON, and where there is nothing.
    """
    number = 0
    is_empty = True
    while line := file.readline(MOST_BYTES + 1):
        number += 1
        if len(line) > MOST_BYTES:
            raise Unreadable(f"line {number}: longer than {MOST_BYTES:,} bytes")
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        stripped = line.strip()
        if number == 1 and stripped in (b"{", b"[", b"[{"):
            yield from _document(line + file.read(MOST_BYTES + 1), source)
            return
        if stripped:
            is_empty = False
            yield _article(stripped, source, f"line {number}")
    if is_empty:
        raise Unreadable("empty")


def _document(content: bytes, source: str | None) -> Iterator[RawArticle | NoArticle]:
    if len(content) > MOST_BYTES:
        raise Unreadable(f"one JSON document of more than {MOST_BYTES:,} bytes")
    try:
        data = from_json(content)
    except ValueError as error:
        raise Unreadable(f"no JSON: {error}") from error
    for number, one in enumerate(data if isinstance(data, list) else [data], 1):
        yield _article(to_json(one), source, f"item {number}")


def _article(line: bytes, source: str | None, place: str) -> RawArticle | NoArticle:
    try:
        data = from_json(line)  # as the pipeline reads it: large numbers stay whole
        if source is not None and isinstance(data, dict):
            data.setdefault("source", source)
        return RawArticle.model_validate(data)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(map(str, fault["loc"]))
        what = f"{field}: {fault['msg'].lower()}" if field else fault["msg"].lower()
        return NoArticle(line, f"{place}: no article: {what}")
    except ValueError as error:
        return NoArticle(line, f"{place}: no JSON: {error}")
