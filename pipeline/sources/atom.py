"""Atom 1.0 (RFC 4287), and 0.3 as far as it is still met."""

from functools import lru_cache
from typing import Any, Final

from lxml import etree

from pipeline.sources.feed_items import Feed, base_of, content_of, name_of, plain, resolved
from pipeline.sources.xml_elements import XML_NAMESPACE, inner_markup, local_name, text_of
from pipeline.sources.xml_parsing import XmlDocument

# An entry may also stand alone.
ROOTS: Final = frozenset({"feed", "entry"})

_HTML: Final = ("html", "text/html")
_XHTML: Final = ("xhtml", "application/xhtml+xml")
_PUBLISHED: Final = ("published", "issued", "created")
_UPDATED: Final = ("updated", "modified")

Found = dict[str, list[etree._Element]]


def read(document: XmlDocument, location: str) -> Feed:
    """Return the feed in a document whose root is one of `ROOTS`."""
    feed = Feed()
    if document.fault and document.is_whole:
        feed.problems.append(f"{document.fault}; mended")
    root = document.root
    found = _children(root)
    base = resolved(root.get(f"{XML_NAMESPACE}base") or "", base_of(location))
    base = base_of(base) or base_of(location) or base_of(_link(found, ""))
    entries = [one for one in root.iter("{*}entry") if _name(one.tag) == "entry"]
    entries = entries or [one for one in root.iter() if _name(one.tag) == "entry"]
    standing_alone = _name(root.tag) == "entry"
    feed.title = None if standing_alone else _headline(found) or None
    shared: dict[str, Any] = {
        "language": root.get(f"{XML_NAMESPACE}lang"),
        "usage_terms": None if standing_alone else _rights(found) or None,
        "byline": () if standing_alone else tuple(_authors(found)),
    }
    cut_off = None
    if not document.is_whole and entries and (
        document.is_open(entries[-1])
    ):  # fmt: skip
        cut_off = entries[-1]
    for number, element in enumerate(entries, start=1):
        if element is cut_off:
            break
        place = f"entry {number} (line {element.sourceline})"
        item = _entry(feed, element, place, base)
        if item:
            feed.items.append({**shared, **item})
    if not document.is_whole:
        lost = f"; entry {len(entries)} is left out" if cut_off is not None else ""
        feed.left_out(f"line {document.last_line}: the feed is cut off{lost}")
    return feed


def _entry(feed: Feed, element: etree._Element, place: str, base: str) -> dict[str, Any]:
    found = _children(element)
    base = resolved(element.get(f"{XML_NAMESPACE}base") or "", base) or base
    entry: dict[str, Any] = {
        "source_id": text_of(_one(found, "id")),
        "headline": _headline(found),
        "url": _link(found, base),
        "byline": tuple(_authors(found) or _authors(_children(_one(found, "source")))),
        "published_at": _time(feed, found, _PUBLISHED, place),
        "updated_at": _time(feed, found, _UPDATED, place),
        "language": element.get(f"{XML_NAMESPACE}lang") or _language_of_content(found),
        "usage_terms": _rights(found),
        **_content(found),
    }
    entry = {name: value for name, value in entry.items() if value}
    if not entry:
        feed.problems.append(f"{place}: empty")
    return entry


def _headline(found: Found) -> str:
    title = _one(found, "title")
    if title is None:
        return ""
    is_text = (title.get("type") or "text") in ("text", "text/plain")
    # Many write HTML and do not say so; a text with such a reference is not meant literally.
    return plain(text_of(title)) if not is_text or "&" in text_of(title) else text_of(title)


def _content(found: Found) -> dict[str, str]:
    for name in ("content", "summary"):
        for element in found.get(name, ()):
            kind = (element.get("type") or "text").strip().lower()
            if kind in _XHTML or len(element):
                text = inner_markup(element)
            elif kind.startswith(("text", *_HTML)) or kind == "application/xml":
                text = text_of(element)
            else:
                continue  # a picture or a film in base64
            if text:
                if kind in (*_HTML, *_XHTML) or len(element):
                    return content_of(text)
                return {"content": text} if "<" not in text else content_of(text)
    return {}


def _language_of_content(found: Found) -> str | None:
    content = _one(found, "content")
    return None if content is None else content.get(f"{XML_NAMESPACE}lang")


def _authors(found: Found) -> list[str]:
    names = []
    for element in found.get("author", ()):
        inside = _children(element)
        names.append(name_of(text_of(_one(inside, "name")) or text_of(element)))
    names = names or [name_of(text_of(element)) for element in found.get("creator", ())]
    return [name for name in dict.fromkeys(names) if name]


def _rights(found: Found) -> str:
    return plain(text_of(_one(found, "rights")) or text_of(_one(found, "copyright")))


def _link(found: Found, base: str) -> str:
    """Return the link to the page itself, one in HTML rather than another."""
    links = [
        ((one.get("type") or "text/html") not in _HTML + _XHTML, (one.get("href") or "").strip())
        for one in found.get("link", ())
        if (one.get("rel") or "alternate") == "alternate"
    ]
    for _, link in sorted(links, key=lambda pair: pair[0]):
        if link:
            return resolved(link, base)
    return ""


def _time(feed: Feed, found: Found, names: tuple[str, ...], place: str) -> Any:
    for name in names:
        if text := text_of(_one(found, name)):
            return feed.time(text, place)
    return None


def _one(found: Found, name: str) -> etree._Element | None:
    return next(iter(found.get(name, ())), None)


def _children(element: etree._Element | None) -> Found:
    found: Found = {}
    for child in () if element is None else element:
        name = _name(child.tag)
        if name in found:
            found[name].append(child)
        else:
            found[name] = [child]
    return found


@lru_cache(maxsize=4096)
def _name(tag: object) -> str:
    """Return an element's name; of what is no element or another vocabulary's, nothing."""
    if not isinstance(tag, str) or tag.startswith("{http://search.yahoo.com/"):
        return ""  # media:title is a picture's
    return local_name(tag)
