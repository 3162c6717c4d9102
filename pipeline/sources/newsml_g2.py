"""NewsML-G2 (IPTC): news items of text, alone or in a news message."""

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from lxml import etree

from pipeline.sources.feed_items import content_of
from pipeline.sources.nitf import nitf_text
from pipeline.sources.provided_fields import CORRECTION, article_of, joined
from pipeline.sources.unreadable import Problem, Unreadable, read_whole
from pipeline.sources.xml_elements import (
    XML_NAMESPACE,
    attribute,
    find,
    find_all,
    inner_markup,
    local_name,
    paragraphs,
    text_of,
)
from pipeline.sources.xml_parsing import XmlDocument, parse_xml
from schemas import RawArticle

_NEWSML_G2: Final = "newsml-g2"
_ITEMS: Final = frozenset({
    "newsitem", "packageitem", "conceptitem", "knowledgeitem", "planningitem", "catalogitem",
})  # fmt: skip
ROOTS: Final = _ITEMS | {"newsmessage"}
_TEXTS: Final = ("text", "composite", "")
# How an item is related to the one that it takes the place of: IPTC's word, and agencies' own.
_FOLLOWS: Final = frozenset({
    "evolvedfrom", "replaces", "updates", "corrects", "correctionof", "previousversion",
})  # fmt: skip
# Lines as a wire broke them, within one paragraph: some indented by a few spaces, some not at all.
_FLUSH, _INDENTED = re.compile(r"\n\S"), re.compile(r"\n {2,5}\S")


def read_newsml_g2(file: BinaryIO, source: str | None) -> Iterator[RawArticle | Problem]:
    """Yield the items of text; raise `Unreadable` for what is no NewsML-G2, or not all of it."""
    document = parse_xml(read_whole(file))
    root = document.root
    if local_name(str(root.tag)) not in ROOTS:
        raise Unreadable(f"no NewsML-G2: its root element is <{str(root.tag)[:60]}>")
    if document.fault:
        yield Problem(f"{document.fault}; mended")
    items = [one for one in root.iter() if local_name(str(one.tag)) in _ITEMS]
    faults = [] if document.is_whole else [_cut_off(document, items)]
    for number, item in enumerate(items, start=1):
        place = f"item {number} (line {item.sourceline})"
        try:
            yield from _articles(item, source, place)
        except Unreadable as error:
            faults.append(str(error))
    if faults:
        raise Unreadable("; ".join(faults[:5]))


def _cut_off(document: XmlDocument, items: list[etree._Element]) -> str:
    """Say where a document that has no end breaks off; take the item in which it does away."""
    if items and document.is_open(items[-1]):
        items.pop()
    return f"cut off after line {document.last_line}"


def _articles(
    item: etree._Element, source: str | None, place: str
) -> Iterator[RawArticle | Problem]:
    kind = local_name(str(item.tag))
    meta, about = find(item, "itemmeta"), find(item, "contentmeta")
    item_class = _code(find(meta, "itemclass"))
    if kind != "newsitem" or item_class not in _TEXTS:
        yield Problem(f"{place}: passed over, it is a {item_class or kind}")
        return
    status = _code(find(meta, "pubstatus")) or "usable"
    notes = [text_of(one) for one in find_all(meta, "ednote")]
    if any(_code(one) == "correction" for one in find_all(meta, "signal")):
        notes.append(CORRECTION)
    embargo = find(meta, "embargoed")
    if embargo is not None and not text_of(embargo):
        # Present and empty, it says that the end is not known yet.
        notes.append("Embargoed until further notice")
        status = "withheld" if status == "usable" else status
    rights = find_all(item, "rightsinfo")
    terms = [
        text_of(one)
        for part in rights
        for name in ("copyrightnotice", "usageterms")
        for one in find_all(part, name)
    ]
    holders = [_party(one) for part in rights for one in find_all(part, "copyrightholder")]
    creators = [_party(one) for one in find_all(about, "creator")]
    yield from article_of(
        {
            "source": (
                source or _party(find(meta, "provider")) or next(iter(holders), "") or _NEWSML_G2
            ),
            "source_id": attribute(item, "guid"),
            "version": attribute(item, "version"),
            "status": status,
            # A kill or hold is of the item itself, whatever it is linked to.
            "target_id": _target(meta) if status == "usable" else None,
            "headline": text_of(find(about, "headline")) or text_of(find(meta, "title")),
            "byline": tuple(_bylines(about) or [name for name in creators if name]),
            "language": (
                attribute(find(about, "language"), "tag") or item.get(f"{XML_NAMESPACE}lang")
            ),
            "published_at": (
                text_of(find(meta, "firstcreated")) or text_of(find(meta, "versioncreated"))
            ),
            "updated_at": text_of(find(meta, "versioncreated")),
            "embargo_until": text_of(embargo),
            "editorial_note": joined(notes),
            "usage_terms": joined(terms) or joined(f"Copyright {one}" for one in holders if one),
            "slug": text_of(find(about, "slugline")),
            "urgency": text_of(find(about, "urgency")),
            **_content(find(item, "contentset")),
        },
        place,
    )  # fmt: skip


def _content(content_set: etree._Element | None) -> dict[str, str]:
    for inline in find_all(content_set, "inlinexml"):
        root = next((one for one in inline if isinstance(one.tag, str)), None)
        if root is None:
            continue
        if local_name(str(root.tag)) == "nitf":
            content = {"content": nitf_text(root)}
        else:
            body = find(root, "body")
            content = _xhtml(inline if body is None else body)
        if content.get("content"):
            return content
    for inline in find_all(content_set, "inlinedata"):
        kind = attribute(inline, "contenttype").lower() or "text/plain"
        text = text_of(inline)
        if text and kind.startswith("text/") and not attribute(inline, "encoding"):
            return content_of(text) if "html" in kind else {"content": text}
    return {}


def _xhtml(body: etree._Element) -> dict[str, str]:
    text = "".join(map(str, body.itertext()))
    if _FLUSH.search(text) and _INDENTED.search(text):
        return {"content": "\n\n".join(paragraphs(body, as_written=True))}
    return content_of(inner_markup(body))


def _bylines(about: etree._Element | None) -> list[str]:
    texts = [text_of(one) for one in find_all(about, "by")]
    return [text.removeprefix("By ").removeprefix("BY ").strip() for text in texts if text]


def _target(meta: etree._Element | None) -> str | None:
    for link in find_all(meta, "link"):
        if attribute(link, "rel").rpartition(":")[2].rpartition("/")[2].lower() in _FOLLOWS:
            return attribute(link, "residref") or attribute(link, "href") or None
    return None


def _code(element: etree._Element | None) -> str:
    """Return what a concept is called: the end of its qcode, URI or literal."""
    for name in ("qcode", "uri", "literal"):
        if value := attribute(element, name):
            return value.rpartition(":")[2].rpartition("/")[2].strip().lower()
    return ""


def _party(element: etree._Element | None) -> str:
    """Return whom an element names: by name, else by literal, code or URI."""
    if name := text_of(find(element, "name")):
        return name
    qcode = attribute(element, "qcode").rpartition(":")[2]
    return attribute(element, "literal") or qcode or attribute(element, "uri") or text_of(element)
