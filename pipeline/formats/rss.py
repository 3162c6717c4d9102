"""RSS 2.0: the articles as a feed, of each the latest version, the newest first.

A feed is written when all of it is there. What was withdrawn stands in it without its text, under
the same `guid`, so that readers replace what they have. Titles and descriptions are text, escaped
such that they stay text also where a reader takes them for HTML.
"""

import html
from collections.abc import Iterator
from email.utils import format_datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

from pipeline.formats.harmless import printable, xml_text
from pipeline.formats.published import Published
from schemas import Duplicate, EnrichedArticle, Withdrawal

_DC = "http://purl.org/dc/elements/1.1/"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_HOME = "http://127.0.0.1:8000/"  # RSS asks for the page of a feed: that is the console


class Rss:
    """Keeps an item an article until the end, and then is a document."""

    def __init__(self) -> None:
        self._items: dict[str, ElementTree.Element] = {}

    def begin(self) -> str:
        """Return nothing: the document is written at the end."""
        return ""

    def show(self, published: Published) -> Iterator[str]:
        """Keep the record."""
        record = published.record
        match record:
            case EnrichedArticle():
                self._put(record.article_id, _article(record))
            case Duplicate():
                text = f"A copy of {record.duplicate_of}."
                self._put(record.article_id, _item(record.article_id, record.headline, text))
            case Withdrawal():
                title = "Withdrawn" if record.status == "canceled" else "On hold"
                text = f"{record.source}: {record.reason}"
                for article_id in record.affected or (record.article_id,):
                    self._put(article_id, _item(article_id, title, text))
        yield from ()

    def end(self) -> str:
        """Return the document."""
        ElementTree.register_namespace("dc", _DC)
        ElementTree.register_namespace("content", _CONTENT)
        root = ElementTree.Element("rss", version="2.0")
        channel = ElementTree.SubElement(root, "channel")
        for name, text in (
            ("title", "Newswire"),
            ("link", _HOME),
            ("description", "What newswire subscribe was asked for."),
            ("generator", "newswire"),
        ):
            ElementTree.SubElement(channel, name).text = text
        channel.extend(reversed(self._items.values()))
        ElementTree.indent(root)
        document = ElementTree.tostring(root, encoding="unicode")
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{document}\n'

    def _put(self, article_id: str, item: ElementTree.Element) -> None:
        self._items.pop(article_id, None)  # so that it goes to the end
        self._items[article_id] = item


def _article(article: EnrichedArticle) -> ElementTree.Element:
    paragraphs = [paragraph for paragraph in article.body.split("\n\n") if paragraph.strip()]
    item = _item(article.article_id, article.headline, paragraphs[0] if paragraphs else "")
    if _is_page(link := xml_text(article.url or "")):
        _add(item, "link", link)
    published = article.published_at or article.received_at
    if published:
        _add(item, "pubDate", format_datetime(published, usegmt=True))
    for name in article.byline:
        _add(item, f"{{{_DC}}}creator", _as_html(name))
    _add(item, f"{{{_DC}}}publisher", _as_html(article.source))
    if article.language:
        _add(item, f"{{{_DC}}}language", _as_html(article.language))
    for entity in article.entities:
        _add(item, "category", _as_html(entity.name))
    text = "".join(f"<p>{html.escape(xml_text(paragraph))}</p>" for paragraph in paragraphs)
    _add(item, f"{{{_CONTENT}}}encoded", text)
    return item


def _item(article_id: str, title: str, description: str) -> ElementTree.Element:
    item = ElementTree.Element("item")
    _add(item, "title", _as_html(title) or "(no headline)")
    _add(item, "description", html.escape(xml_text(description)))
    guid = _add(item, "guid", xml_text(article_id))
    guid.set("isPermaLink", "false")
    return item


def _is_page(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False


def _add(item: ElementTree.Element, name: str, text: str) -> ElementTree.Element:
    element = ElementTree.SubElement(item, name)
    element.text = text
    return element


def _as_html(text: str) -> str:
    """Return text that is no markup to who reads it as HTML, and itself to who reads it as text.

    Readers differ in what they take a title for. Only `<` is worth the difference: without it
    there is no markup, and `AT&T` looks right to both.
    """
    return printable(text, longest=None).replace("<", "&lt;")
