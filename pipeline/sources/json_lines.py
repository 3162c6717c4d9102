"""JSON lines: one `RawArticle` a line, as UTF-8; empty lines are passed over.

A file that is one JSON document is read too: an article over several lines, or a list of articles.
"""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from typing import BinaryIO

from pydantic import ValidationError
from pydantic_core import from_json, to_json

from pipeline.sources.unreadable import MOST_BYTES, NoArticle, Unreadable
from schemas import RawArticle

# The first line of a document: nothing but its opening brace, or the beginning of a list.
_DOCUMENT = re.compile(rb"\{$|\[")
# What may end an element of a list, and strings, in which nothing does; no string has two lines.
_TOKEN = rb'"(?:[^"\\\n]|\\.)*+"?|[\[\]{},\n]'


def read_json_lines(file: BinaryIO, source: str | None) -> Iterator[RawArticle | NoArticle]:
    """Yield each line as an article, or as its bytes and its fault where it is none.

    `source` is the wire of the articles that name none themselves. Raises `Unreadable` for a line
    that does not end, for a document that is no JSON, in UTF-16, and where there is nothing. Of a
    list, the elements are yielded one by one, also where not all of them are JSON.
    """
    number = 0
    is_empty = True
    while line := file.readline(MOST_BYTES + 1):
        number += 1
        if len(line) > MOST_BYTES:
            raise Unreadable(f"line {number}: longer than {MOST_BYTES:,} bytes")
        if number == 1:
            if line.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
                raise Unreadable("not UTF-8 but UTF-16: convert it (iconv -f UTF-16 -t UTF-8)")
            line = line.removeprefix(b"\xef\xbb\xbf")
        stripped = line.strip()
        if is_empty and _DOCUMENT.match(stripped):
            yield from _document(line + file.read(MOST_BYTES + 1), source)
            return
        if stripped:
            is_empty = False
            yield _article(stripped, source, f"line {number}")
    if is_empty:
        raise Unreadable("empty")


def _document(content: bytes, source: str | None) -> Iterator[RawArticle | NoArticle]:
    if len(content) > MOST_BYTES:
        raise Unreadable(
            f"one JSON document of more than {MOST_BYTES:,} bytes: "
            "split it, or give it as JSON lines"
        )
    content = content.strip()
    has_end = True
    try:
        data = from_json(content)
        elements = [to_json(one) for one in (data if content.startswith(b"[") else [data])]
    except ValueError as error:
        if not content.startswith(b"["):
            raise Unreadable(f"no JSON: {error}") from error
        elements, has_end = _elements(content)
    for number, one in enumerate(elements, 1):
        yield _article(one, source, f"item {number}")
    if not has_end:
        raise Unreadable(f"cut off after item {len(elements)}: the list has no end")


def _elements(content: bytes) -> tuple[list[bytes], bool]:
    """Return the elements of a list that is no JSON, and whether it has an end.

    They are told by their commas, line ends, brackets and quotes. Where those of an element do
    not match, the next one begins like the first one: on a line of its own, as far indented.
    What follows the end of the list is read as elements too.
    """
    opening = re.match(rb"\[\s*", content)
    begin = opening[0][1:] if opening else b""
    next_one = re.escape(begin) + rb"(?=\{)" if b"\n" in begin else rb"(?!)"
    elements = []
    start, depth, has_end = 1, 0, content.endswith(b"]")
    for token in re.compile(rb"(" + next_one + rb")|" + _TOKEN).finditer(content, start):
        what = token[0]
        if token[1] or (depth == 0 and what in (b",", b"]", b"\n")):
            elements.append(content[start : token.start()])
            start, depth = token.end(), 0
            has_end = has_end or what == b"]"
        elif what in (b"{", b"["):
            depth += 1
        elif what in (b"}", b"]"):
            depth = max(depth - 1, 0)
    elements.append(content[start:])
    return [one for text in elements if (one := text.strip(b" \t\r\n,"))], has_end


def _article(line: bytes, source: str | None, place: str) -> RawArticle | NoArticle:
    try:
        data = from_json(line)  # as the pipeline reads it: large numbers stay whole
        if not isinstance(data, dict):
            return NoArticle(line, f"{place}: no article: it is no JSON object")
        if source is not None:
            data.setdefault("source", source)
        return RawArticle.model_validate(data)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(map(str, fault["loc"]))
        what = f"{field}: {fault['msg'].lower()}" if field else fault["msg"].lower()
        return NoArticle(line, f"{place}: no article: {what}")
    except ValueError as error:
        return NoArticle(line, f"{place}: no JSON: {error}")
