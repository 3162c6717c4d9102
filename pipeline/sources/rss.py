"""RSS 2.0 and its forerunners, and RSS 1.0, which is RDF."""

from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from lxml import etree

from pipeline.sources.feed_items import Feed, base_of, content_of, name_of, plain, resolved
from pipeline.sources.xml_elements import XML_NAMESPACE, inner_markup, local_name, text_of
from pipeline.sources.xml_parsing import XmlDocument

ROOTS: Final = frozenset({"rss", "rdf", "channel"})

# The prefix that each vocabulary usually has; those of RSS itself have none.
_PREFIXES: Final = {
    "http://www.w3.org/2005/atom": "atom",
    "http://purl.org/atom/ns#": "atom",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/elements/1.0/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://backend.userland.com/rss2": "",
    "http://backend.userland.com/rss": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://search.yahoo.com/mrss": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://www.w3.org/1999/xhtml": "xhtml",
}
_RDF_ABOUT: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"

# Where an article's fields are looked for, the best place first.
_PLACES: Final = {
    "title": ("title", "dc:title", "atom:title", "media:title"),
    "text": (
        "content:encoded", "xhtml:body", "content", "atom:content", "description",
        "dc:description", "summary", "atom:summary", "itunes:summary", "media:description",
    ),
    "author": ("dc:creator", "author", "dc:author", "atom:author", "itunes:author"),
    "published": (
        "pubdate", "dc:date", "dcterms:issued", "dcterms:created", "atom:published", "published",
        "date", "dcterms:available",
    ),
    "updated": ("atom:updated", "dcterms:modified", "updated", "lastbuilddate"),
    "language": ("dc:language", "language", "dcterms:language"),
    "rights": ("dc:rights", "dcterms:rights", "copyright", "rights", "atom:rights"),
    "id": ("guid", "atom:id", "id"),
    "link": ("link", "atom:link"),
}  # fmt: skip
_FIELD: Final = {
    name: (field, rank) for field, names in _PLACES.items() for rank, name in enumerate(names)
}

# Of each field of `_PLACES` the elements that have it, with the rank of their place.
Found = dict[str, list[tuple[int, etree._Element]]]


def read(document: XmlDocument, location: str) -> Feed:
    """Return the feed in a document whose root is one of `ROOTS`."""
    feed = Feed()
    if document.fault and document.is_whole:
        feed.problems.append(f"{document.fault}; mended")
    root = document.root
    channel = _children(next(iter(_named(root, "channel")), root))
    feed.title = plain(_first(channel, "title")) or None
    base = base_of(location) or base_of(_link(channel, ""))
    shared = {
        "language": _first(channel, "language") or root.get(f"{XML_NAMESPACE}lang"),
        "usage_terms": plain(_first(channel, "rights")) or None,
    }
    items = _named(root, "item")
    cut_off = None if document.is_whole else _cut_off(document, items)
    for number, element in enumerate(items, start=1):
        if element is cut_off:
            break
        item = _item(feed, element, f"item {number} (line {element.sourceline})", base)
        if item:
            feed.items.append({**shared, **item})
    if not document.is_whole:
        lost = f"; item {len(items)} is left out" if cut_off is not None else ""
        feed.left_out(f"line {document.last_line}: the feed is cut off{lost}")
    return feed


def _cut_off(document: XmlDocument, items: list[etree._Element]) -> etree._Element | None:
    """Return the item within which the document ends; None where it ends between two."""
    if items and document.is_open(items[-1]):
        return items[-1]
    return None


def _item(feed: Feed, element: etree._Element, place: str, base: str) -> dict[str, Any]:
    found = _children(element)
    base = resolved(element.get(f"{XML_NAMESPACE}base") or "", base) or base
    guid = _first(found, "id")
    link = _link(found, base)
    if not link and guid.startswith(("http://", "https://")):
        # A guid is a link unless it says that it is none, and a URL in any case.
        link = guid
    about = element.get(_RDF_ABOUT) or element.get("about") or ""
    item: dict[str, Any] = {
        "source_id": guid or about.strip() or None,
        "url": link or resolved(about, base) or None,
        "headline": plain(_first(found, "title")) or None,
        "byline": tuple(_authors(found)),
        "published_at": _time(feed, found, "published", place),
        "updated_at": _time(feed, found, "updated", place),
        "language": _first(found, "language") or element.get(f"{XML_NAMESPACE}lang"),
        "usage_terms": plain(_first(found, "rights")),
        **_content(found),
    }
    item = {name: value for name, value in item.items() if value}
    if not item:
        feed.problems.append(f"{place}: empty")
    return item


def _content(found: Found) -> dict[str, str]:
    for _, element in found.get("text", ()):
        text = inner_markup(element) if len(element) else text_of(element)
        if text:
            return content_of(text)
    return {}


def _authors(found: Found) -> list[str]:
    """Return the names in the best place that has any."""
    names: dict[int, list[str]] = {}
    for rank, element in found.get("author", ()):
        if name := name_of(_author(element)):
            names.setdefault(rank, []).append(name)
    return list(dict.fromkeys(names[min(names)])) if names else []


def _author(element: etree._Element) -> str:
    """Return what an author element says; Atom's has elements for the name and the address."""
    if not len(element):
        return text_of(element)
    named = next((one for one in element if local_name(str(one.tag)) == "name"), element)
    return text_of(named)


def _time(feed: Feed, found: Found, field: str, place: str) -> datetime | None:
    text = _first(found, field)
    return feed.time(text, place) if text else None


def _link(found: Found, base: str) -> str:
    """Return where an item or channel leads: its link element, else an Atom link in it."""
    for _, element in found.get("link", ()):
        link = text_of(element) or (element.get("href") or "").strip()
        if link and element.get("rel", "alternate") == "alternate":
            return resolved(link, base)
    return ""


def _first(found: Found, field: str) -> str:
    for _, element in found.get(field, ()):
        if text := text_of(element):
            return text
    return ""


def _named(root: etree._Element, name: str) -> list[etree._Element]:
    """Return all elements of RSS of that name, however they are written."""
    # The first way is the fast one, and is right for nearly every feed.
    usual = [one for one in root.iter(f"{{*}}{name}") if _prefixed(one.tag) == name]
    return usual or [one for one in root.iter() if _prefixed(one.tag) == name]


def _children(element: etree._Element) -> Found:
    """Return what is in an item or channel, of each field the best place first."""
    found: Found = {}
    for child in element:
        known = _FIELD.get(_prefixed(child.tag))
        if known is not None:
            field, rank = known
            if field in found:
                found[field].append((rank, child))
                found[field].sort(key=_rank)
            else:
                found[field] = [(rank, child)]
    return found


def _rank(place: tuple[int, etree._Element]) -> int:
    return place[0]


@lru_cache(maxsize=4096)
def _prefixed(tag: object) -> str:
    """Return a name in lower case with its usual prefix; of what is no element, nothing.

    A prefix that was never declared is what its author meant by it.
    """
    if not isinstance(tag, str):
        return ""
    namespace, _, local = tag.lower().removeprefix("{").rpartition("}")
    if not namespace:
        return local
    prefix = _PREFIXES.get(namespace, _PREFIXES.get(namespace.rstrip("/"), "other"))
    return f"{prefix}:{local}" if prefix else local
