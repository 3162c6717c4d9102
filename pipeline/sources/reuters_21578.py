"""Reuters-21578 as it was distributed: SGML, one `<REUTERS>` element an item.

The files are no XML (they refer to control characters) and are in Latin letters of one byte.
"""

import html
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from pipeline.sources.provided_fields import article_of
from pipeline.sources.unreadable import Problem, Unreadable
from schemas import RawArticle

_SOURCE: Final = "Reuters"
_ENCODING: Final = "cp1252"
_END: Final = b"</REUTERS>"
_CHUNK: Final = 1 << 20
# Of one item; the longest has 14,000 bytes.
_MOST_BYTES: Final = 8 * 1024**2

_START = re.compile(rb"<REUTERS(?=[\s>])")
_NEW_ID = re.compile(r'\bNEWID="([^"]*)"')
_STARTS = {
    name: re.compile(rf"<{name}(?:\s[^>]{{0,200}})?>")
    for name in ("DATE", "UNKNOWN", "TEXT", "TITLE", "AUTHOR", "DATELINE", "BODY")
}
_TAGS = re.compile(r"</?[A-Z]{1,20}>")
_DATE = re.compile(r"(\d{1,2})-([A-Z]{3})-(\d{4}) +(\d\d:\d\d:\d\d(?:\.\d+)?)")
# "u f BC-BAHIA-COCOA-REVIEW   02-26 0105": priority, service, slug, date, number of words.
_SLUG = re.compile(r"([a-z]) [a-z] +(\S.{0,80}?) +\d\d-\d\d(?: +\d+)?\s*$")
# ANPA 1312's order of priorities, as ninjs counts urgency.
_URGENCY: Final = {"f": 1, "b": 2, "u": 3, "r": 4, "d": 5}


def read_reuters_21578(file: BinaryIO, source: str | None) -> Iterator[RawArticle | Problem]:
    """Yield the items; their time, which is that of their arrival, is both theirs and the feeder's.

    Raises `Unreadable` for a file without items, and for one that breaks off within an item.
    """
    count, line, buffer = 0, 1, b""
    while True:
        chunk = file.read(_CHUNK)
        buffer += chunk
        while (end := buffer.find(_END)) >= 0:
            start = _START.search(buffer, 0, end)
            if start is None:
                raise Unreadable(f"line {line + buffer.count(10, 0, end)}: an end without a start")
            place = f"item {count + 1} (line {line + buffer.count(10, 0, start.start())})"
            count += 1
            yield from article_of(_fields(buffer[start.start() : end], source), place)
            line += buffer.count(10, 0, end)
            buffer = buffer[end + len(_END) :]
        if not chunk:
            break
        if len(buffer) > _MOST_BYTES:
            raise Unreadable(f"line {line}: no item ends within {_MOST_BYTES:,} bytes")
    if rest := _START.search(buffer):
        line += buffer.count(10, 0, rest.start())
        raise Unreadable(f"line {line}: cut off within item {count + 1}")
    if not count:
        raise Unreadable("no <REUTERS> element in it")


def _fields(item: bytes, source: str | None) -> dict[str, Any]:
    text = item.decode(_ENCODING, "replace")
    attributes, _, inside = text.partition(">")
    new_id = _NEW_ID.search(attributes)
    slug = _SLUG.search(_element("UNKNOWN", inside).strip("\n")[-200:])
    story_text = _cut(inside, "TEXT")[0]
    body = _element("BODY", story_text) if "<BODY>" in story_text else _unprocessed(story_text)
    time = _iso(_element("DATE", inside))
    return {
        "source": source or _SOURCE,
        "source_id": new_id[1] if new_id else None,
        "headline": _element("TITLE", story_text).strip(),
        "content": (_element("DATELINE", story_text).strip() + " " + body).strip(" "),
        "byline": _author(_element("AUTHOR", story_text)),
        "language": "en",
        "published_at": time,
        "received_at": time,
        "slug": slug[2] if slug else None,
        "urgency": _URGENCY.get(slug[1]) if slug else None,
    }


def _element(name: str, text: str) -> str:
    # References to control characters, which frame the parts on the wire, mean nothing here.
    return html.unescape(_cut(text, name)[0])


def _cut(text: str, name: str) -> tuple[str, str]:
    """Return what is in the first element of that name, and the text without it."""
    start = _STARTS[name].search(text)
    end = text.find(f"</{name}>", start.end()) if start else -1
    if start is None or end < 0:
        return "", text
    return text[start.end() : end], text[: start.start()] + text[end + len(name) + 3 :]


def _unprocessed(text: str) -> str:
    """Return the text of an item that was not taken apart."""
    for name in ("TITLE", "AUTHOR", "DATELINE"):
        text = _cut(text, name)[1]
    found = html.unescape(_TAGS.sub("", text)).strip("\n")
    return "" if not found.strip("* \n") else found  # stars before a headline are its urgency


def _author(text: str) -> str:
    words = " ".join(text.split()).rstrip(",")
    for agency in (", Reuters", ", Reuter"):
        words = words.removesuffix(agency)
    return words.removeprefix("By ").removeprefix("by ")


def _iso(text: str) -> str:
    """Return a time such as `26-FEB-1987 15:01:01.79` in a form that others read too."""
    found = _DATE.search(text)
    return f"{found[1]} {found[2].title()} {found[3]} {found[4]}" if found else text.strip()
