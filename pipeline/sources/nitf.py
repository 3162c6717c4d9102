"""NITF 3.x (IPTC): one item a file, with the name of its DTD or without, which is never read."""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from lxml import etree

from pipeline.sources.provided_fields import CORRECTION, article_of, joined
from pipeline.sources.unreadable import Problem, Unreadable, read_whole
from pipeline.sources.xml_elements import (
    XML_NAMESPACE,
    attribute,
    find,
    find_all,
    local_name,
    paragraphs,
    text_of,
)
from pipeline.sources.xml_parsing import parse_xml
from schemas import RawArticle

_NITF: Final = "nitf"
_BY = re.compile(r"(?:By|BY|by)\s+")
# `embargoed` is said by the time of release; others, such as `info`, change nothing.
_STATUSES: Final = {"withheld": "withheld", "canceled": "canceled", "cancelled": "canceled"}


def read_nitf(file: BinaryIO, source: str | None) -> Iterator[RawArticle | Problem]:
    """Yield the item; raise `Unreadable` for what is no NITF, or not all of it."""
    document = parse_xml(read_whole(file))
    if local_name(str(document.root.tag)) != "nitf":
        raise Unreadable(f"no NITF: its root element is <{str(document.root.tag)[:60]}>")
    if not document.is_whole:
        raise Unreadable(f"cut off after line {document.last_line}")
    if document.fault:
        yield Problem(f"{document.fault}; mended")
    yield from article_of(nitf_fields(document.root, source), "the item")


def nitf_fields(root: etree._Element, source: str | None) -> dict[str, Any]:
    """Return the fields of the article that an `nitf` element is; times as they are written."""
    data = find(root, "head", "docdata")
    doc_id = find(data, "doc-id")
    head, body = find(root, "body", "body.head"), find(root, "body")
    rights = find(data, "doc.copyright")
    holder = attribute(rights, "holder")
    status, target = _management(data)
    notes: list[str] = []
    embargo = attribute(find(data, "date.release"), "norm")
    if not embargo and attribute(data, "management-status").lower() == "embargoed":
        status = "withheld"  # until somebody says when
    correction = find(data, "correction")
    if correction is not None:
        notes.append(f"{CORRECTION} {attribute(correction, 'info')}")
        target = target or attribute(correction, "id-string")
    notes += [attribute(one, "info") for one in find_all(data, "ed-msg")]
    notes += [text_of(one) for one in find_all(head, "note")]
    return {
        "source": (
            source or attribute(doc_id, "regsrc") or text_of(find(head, "distributor"))
            or holder or _NITF
        ),
        "source_id": attribute(doc_id, "id-string") or attribute(root, "uno"),
        "version": attribute(find(data, "du-key"), "version"),
        "status": status,
        "target_id": target,
        "headline": (
            text_of(find(head, "hedline", "hl1")) or text_of(find(head, "hedline"))
            or text_of(find(root, "head", "title"))
        ),
        "byline": tuple(_names(head)),
        "language": root.get(f"{XML_NAMESPACE}lang") or attribute(body, f"{XML_NAMESPACE}lang"),
        "published_at": attribute(find(data, "date.issue"), "norm"),
        "embargo_until": embargo,
        "editorial_note": joined([*notes, _delivered_by(data)]),
        "usage_terms": joined([
            f"Copyright {attribute(rights, 'year')} {holder}" if holder else None,
            *(text_of(one) for name in ("copyrite", "rights") for one in find_all(head, name)),
        ]),
        "slug": attribute(find(data, "du-key"), "key"),
        "urgency": attribute(find(data, "urgency"), "ed-urg"),
        "content": nitf_text(root),
    }  # fmt: skip


def nitf_text(root: etree._Element) -> str:
    """Return the text of the body, in paragraphs; the abstract's where it has none."""
    body = find(root, "body")
    found = paragraphs(find(body, "body.content")) or paragraphs(
        find(body, "body.head", "abstract")
    )
    ends = paragraphs(find(body, "body.end"))
    return "\n\n".join([*found, *ends])


def _management(data: etree._Element | None) -> tuple[str, str]:
    """Return the item's status, and whom it is about if not itself.

    An item that names another gives the other's status: a kill is an item of its own.
    """
    own = attribute(data, "management-status").lower()
    target = attribute(data, "management-doc-idref")
    of_target = attribute(data, "management-idref-status").lower()
    return _STATUSES.get((of_target or own) if target else own, "usable"), target


def _delivered_by(data: etree._Element | None) -> str | None:
    """Return through whose hands the item came: the delivery list."""
    hands = [
        " ".join(filter(None, (attribute(one, "src-name"), attribute(one, "level-number"))))
        for one in find_all(find(data, "del-list"), "from-src")
    ]
    return f"Delivered by: {', '.join(hands)}" if any(hands) else None


def _names(head: etree._Element | None) -> list[str]:
    names = []
    for byline in find_all(head, "byline"):
        people = [text_of(one) for one in find_all(byline, "person")]
        own = (byline.text or "") + "".join(
            (text_of(one) if local_name(str(one.tag)) != "byttl" else "") + (one.tail or "")
            for one in byline
        )
        names += people or [_BY.sub("", " ".join(own.split()), count=1)]
    return [name for name in names if name]
