"""Feeds: RSS 0.9 to 2.0, Atom and JSON Feed, as they are and not only as they should be."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from pipeline.sources import atom, json_feed, rss
from pipeline.sources.unreadable import Problem, Unreadable, read_whole
from pipeline.sources.xml_elements import local_name
from pipeline.sources.xml_parsing import parse_xml
from schemas import RawArticle

_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*[\[{]")
_SPACES: Final = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class SyndicationFeed:
    """What is in a feed.

    `problems` are lines to show: what had to be mended, what was left out and why, each with its
    place. `is_whole` says that nothing was left out.
    """

    title: str | None
    items: tuple[RawArticle, ...]
    problems: tuple[str, ...] = ()
    is_whole: bool = True


def read_syndication(
    data: bytes, *, source: str | None = None, charset: str | None = None, location: str = ""
) -> SyndicationFeed:
    """Read a feed of any of the formats; which it is, its content says.

    `source` is the name of the wire, for which the feed's title stands in; `charset` what the
    transport declares; `location` where it comes from: a URL is the base of relative links. An
    item's id, link, title, text, authors, times, language and rights are its article's; an item
    that a truncated feed breaks off in is left out. Raises `Unreadable` for what is no feed; like
    every reader's, its message tells the place in the feed and leaves it to the caller to name
    the feed.
    """
    if _JSON.match(data[:100].lstrip(_SPACES).replace(b"\x00", b"")):
        feed = json_feed.read(data, charset, location)
    else:
        document = parse_xml(data, charset)
        root = local_name(str(document.root.tag))
        if root in rss.ROOTS:
            feed = rss.read(document, location)
        elif root in atom.ROOTS:
            feed = atom.read(document, location)
        else:
            line = document.root.sourceline or 1
            raise Unreadable(f"line {line}: no feed: its root element is <{root[:40]}>")
    return SyndicationFeed(
        title=feed.title,
        items=tuple(feed.articles(source, location)),
        problems=feed.shown_problems(),
        is_whole=feed.is_whole,
    )


def read_feed_file(file: BinaryIO, source: str | None) -> Iterator[RawArticle | Problem]:
    """Yield the items of a feed in a file; raise `Unreadable` at the end for what was left out."""
    feed = read_syndication(read_whole(file), source=source)
    yield from feed.items
    if not feed.is_whole:
        raise Unreadable("; ".join(feed.problems))
    yield from map(Problem, feed.problems)
