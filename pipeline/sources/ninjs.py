"""ninjs 1.x to 3.x (IPTC): one object a file, a list of them, or one a line.

The names of 1.x are in lower case, those of 3.x in camel case; of both the letters are the same.
"""

from collections.abc import Iterator
from typing import Any, BinaryIO, Final
from urllib.parse import urlsplit

import orjson
from pydantic_core import from_json

from pipeline.sources.feed_items import content_of
from pipeline.sources.provided_fields import article_of, joined
from pipeline.sources.unreadable import Problem, Unreadable, read_whole
from schemas import RawArticle

_NINJS: Final = "ninjs"
# Items of other types have no text of their own.
_TEXTS: Final = ("text", "composite", "")
# Of several bodies or headlines, the first of these roles is the article's.
_ROLES: Final = ("main", "", "html", "xhtml", "richtext", "text")

Item = dict[str, Any]


def read_ninjs(file: BinaryIO, source: str | None) -> Iterator[RawArticle | Problem]:
    """Yield the news objects of text in the file; raise `Unreadable` for what is no ninjs."""
    content = read_whole(file)
    faults = []
    for place, item in _objects(content.removeprefix(b"\xef\xbb\xbf")):
        try:
            yield from _articles(item, source, place)
        except Unreadable as error:
            faults.append(str(error))
    if faults:
        raise Unreadable("; ".join(faults[:5]))


def _objects(content: bytes) -> Iterator[tuple[str, object]]:
    try:
        data = from_json(content)
    except ValueError as error:
        lines = [(n, line) for n, line in enumerate(content.splitlines(), 1) if line.strip()]
        if len(lines) < 2 or not _is_json(lines[0][1]):
            raise Unreadable(_fault(content, error)) from error
        for number, line in lines:
            yield f"line {number}", _line(line)
        return
    if isinstance(data, list):
        yield from ((f"item {number}", item) for number, item in enumerate(data, 1))
    else:
        yield "item 1", data


def _line(line: bytes) -> object:
    try:
        return from_json(line)
    except ValueError as error:
        return Unreadable(str(error))


def _is_json(line: bytes) -> bool:
    try:
        from_json(line)
    except ValueError:
        return False
    return True


def _fault(content: bytes, error: ValueError) -> str:
    try:
        content.decode()
    except UnicodeDecodeError as fault:
        return f"not UTF-8: byte {content[fault.start]:#04x} at offset {fault.start}"
    return f"no JSON: {error}"


def _articles(item: object, source: str | None, place: str) -> Iterator[RawArticle | Problem]:
    if isinstance(item, Unreadable):
        raise Unreadable(f"{place}: no JSON: {item}")
    if not isinstance(item, dict) or not any(name.lower() == "uri" for name in item):
        raise Unreadable(f"{place}: no ninjs: it is no object with a uri")
    named: Item = {name.lower(): value for name, value in item.items()}
    kind = _text(named, "type")
    if kind not in _TEXTS:
        yield Problem(f"{place}: passed over, its type is {kind[:40]}")
        return
    uri = _text(named, "uri")
    status = _text(named, "pubstatus").strip().lower() or "usable"
    fields: dict[str, Any] = {
        "source": source or _text(named, "copyrightholder") or _host(uri) or _NINJS,
        "source_id": uri,
        "url": uri if uri.startswith(("http://", "https://")) else None,
        "version": _text(named, "version"),
        "status": status,
        # A kill or hold is of the item itself, whatever it evolved from.
        "target_id": _text(named, "evolvedfrom") if status == "usable" else None,
        "headline": _value(named, "headlines", "headline"),
        "byline": _text(named, "by") or _text(named, "byline"),
        "language": _text(named, "language"),
        "published_at": _text(named, "firstcreated") or _text(named, "versioncreated"),
        "updated_at": _text(named, "versioncreated"),
        "embargo_until": _text(named, "embargoeduntil") or _text(named, "embargoed"),
        "editorial_note": _text(named, "ednote"),
        "usage_terms": joined((_text(named, "copyrightnotice"), _text(named, "usageterms"))),
        "slug": _text(named, "slugline"),
        "urgency": named.get("urgency"),
        **_content(named),
    }
    yield from article_of(fields, place)


def _content(item: Item) -> dict[str, str]:
    body = _chosen(item.get("bodies"))
    if body is None:  # ninjs 1: body_html, body_text, body_xhtml and the like
        named = {name: value for name, value in item.items() if name.startswith("body_")}
        for name in sorted(named, key=lambda name: ("html" not in name, name)):
            if text := _text(named, name).strip():
                return content_of(text) if "html" in name else {"content": text}
        body = _chosen(item.get("descriptions"))
        if body is None:
            return {"content": _text(item, "description_text").strip()}
    text = _text(body, "value").strip()
    kind = _text(body, "contenttype")
    return content_of(text) if "html" in kind else {"content": text}


def _value(item: Item, name: str, name_in_1: str) -> str:
    chosen = _chosen(item.get(name))
    return (_text(chosen, "value") if chosen else _text(item, name_in_1)).strip()


def _chosen(values: object) -> Item | None:
    """Return the one of the role that comes first; their names in lower case."""
    if not isinstance(values, list):
        return None
    objects = [
        {name.lower(): value for name, value in one.items()}
        for one in values
        if isinstance(one, dict)
    ]
    with_text = [one for one in objects if _text(one, "value").strip()]
    ranks = {role: rank for rank, role in enumerate(_ROLES)}
    return min(
        with_text, key=lambda one: ranks.get(_text(one, "role").lower(), len(ranks)), default=None
    )


def _host(uri: str) -> str | None:
    """Return whom a uri names: its host, or the authority of `urn:newsml:` and `tag:`."""
    parts = uri.split(":")
    if parts[0] == "urn" and parts[1:2] == ["newsml"] and len(parts) > 2:
        return parts[2]
    if parts[0] == "tag" and len(parts) > 1:
        return parts[1].partition(",")[0]
    try:
        return urlsplit(uri).hostname
    except ValueError:
        return None


def _text(item: Item, name: str) -> str:
    value = item.get(name)
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode() if isinstance(value, int | float) else ""
