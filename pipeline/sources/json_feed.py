"""JSON Feed 1 and 1.1 (https://www.jsonfeed.org/version/1.1/)."""

import json
from typing import Any, Final

import orjson

from pipeline.cleaning.html_decoding import decode
from pipeline.sources.feed_items import Feed, base_of, content_of, name_of, plain, resolved
from pipeline.sources.unreadable import MOST_BYTES, Unreadable

# What tells a JSON Feed from other JSON.
VERSIONS: Final = "jsonfeed.org/version/"


def read(content: bytes, charset: str | None, location: str) -> Feed:
    """Return the feed in a JSON document; raise `Unreadable` for what is none."""
    feed = Feed()
    data = _parsed(content, charset, feed)
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(data, dict) or not isinstance(items, list):
        raise Unreadable("no JSON Feed: it is no object with items")
    base = base_of(location) or base_of(_text(data, "feed_url"))
    base = base or base_of(_text(data, "home_page_url"))
    feed.title = _text(data, "title").strip() or None
    shared = {"language": _text(data, "language") or None, "byline": tuple(_authors(data))}
    for number, item in enumerate(items, start=1):
        place = f"item {number}"
        if not isinstance(item, dict):
            feed.left_out(f"{place}: no object")
            continue
        read_item = _item(feed, item, place, base)
        if read_item:
            feed.items.append({**shared, **read_item})
        else:
            feed.problems.append(f"{place}: empty")
    return feed


def _parsed(content: bytes, charset: str | None, feed: Feed) -> Any:
    if len(content) > MOST_BYTES:
        raise Unreadable(f"{len(content):,} bytes; {MOST_BYTES:,} are the most")
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        pass
    text = decode(content, charset).removeprefix("\ufeff").lstrip()
    try:
        data, end = json.JSONDecoder(strict=False).raw_decode(text)
        # The standard library takes lone surrogates, which are no text.
        orjson.dumps(data)
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"line {error.lineno}, column {error.colno}: no JSON: {error.msg}"
        ) from error
    except (RecursionError, ValueError, TypeError) as error:
        raise Unreadable(f"no JSON that can be read: {error}") from error
    if text[end:].strip():
        feed.problems.append(f"line {text.count(chr(10), 0, end) + 1}: text after the end; mended")
    return data


def _item(feed: Feed, item: dict[str, Any], place: str, base: str) -> dict[str, Any]:
    link = _text(item, "url") or _text(item, "external_url")
    read_item: dict[str, Any] = {
        "source_id": _text(item, "id"),
        "url": resolved(link, base),
        "headline": plain(_text(item, "title")),
        "byline": tuple(_authors(item)),
        "published_at": feed.time(_text(item, "date_published"), place),
        "updated_at": feed.time(_text(item, "date_modified"), place),
        "language": _text(item, "language"),
        **_content(item),
    }
    return {name: value for name, value in read_item.items() if value}


def _content(item: dict[str, Any]) -> dict[str, str]:
    markup = _text(item, "content_html").strip()
    if markup and (content := content_of(markup)):
        return content
    text = _text(item, "content_text").strip() or _text(item, "summary").strip()
    return {"content": text} if text else {}


def _authors(data: dict[str, Any]) -> list[str]:
    listed = data.get("authors")
    people = listed if isinstance(listed, list) else [data.get("author")]
    names = [name_of(_text(one, "name")) for one in people if isinstance(one, dict)]
    return [name for name in dict.fromkeys(names) if name]


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""
