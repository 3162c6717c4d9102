"""Parsing of 200 mixed feeds against feedparser: speed, and what either finds of what is there.

    pip install -e .[bench]
    python benchmarks/feeds.py --feeds 200 --rounds 5

The feeds are made here, from a fixed seed: RSS 2.0, Atom, RSS 1.0 (RDF) and JSON Feed, most of them
with something that real ones do wrong (`FLAWS`). As it is known what was put in, both are also
measured against that. Exit code 1 where an item, title, link or date that feedparser finds is
missing from ours, or where we are less than ten times as fast.
"""

import argparse
import html
import json
import random
import re
import statistics
import sys
import time
from calendar import timegm
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape

import feedparser
from rich.console import Console
from rich.table import Table

from pipeline.sources.syndication import SyndicationFeed, read_syndication

TIMES_FASTER = 10

WORDS = (
    "minister harbour strike vote café court Zürich budget report after before the of in and with "
    "storm ferry Łódź talks naïve rail price wheat São oil police school “quoted” — market’s €5 "
    "border summit river bridge fire team wins over Ålesund plan delays new"
)
ENTITIES = ("&nbsp;", "&mdash;", "&eacute;", "&rsquo;", "&euro;", "&hellip;")
FORMATS = ("rss", "atom", "rdf", "json")


@dataclass
class Item:
    """What was put into a feed."""

    title: str
    link: str
    at: datetime
    body: str


@dataclass
class Made:
    """A feed, its items and its flaws."""

    form: str
    content: bytes
    items: list[Item]
    flaws: set[str] = field(default_factory=set)


def sentence(rng: random.Random, words: int) -> str:
    text = " ".join(rng.choice(WORDS.split()) for _ in range(words))
    return text[0].upper() + text[1:]


def paragraph(rng: random.Random) -> str:
    """Return a paragraph as content management systems write them."""
    text = f"<p>{sentence(rng, 30)}.</p>"
    if rng.random() < 0.4:
        link = f'<a href="https://other.example/{rng.randrange(1000)}/" target="_blank">'
        text = (
            f'<p class="wp-block-paragraph">{sentence(rng, 15)} {link}{sentence(rng, 3)}</a>, '
            f"<em>{sentence(rng, 4)}</em>.</p>"
        )
    if rng.random() < 0.2:
        text += (
            f'<figure class="wp-block-image size-large"><img loading="lazy" width="1024" '
            f'height="683" src="https://img.example/{rng.randrange(1000)}.jpg" alt=""/>'
            f"<figcaption>{sentence(rng, 8)}</figcaption></figure>"
        )
    return text


def items(rng: random.Random, number: int) -> list[Item]:
    start = datetime(2026, 1, 5, 6, tzinfo=UTC) + timedelta(days=rng.randrange(300))
    made = []
    for index in range(rng.randrange(8, 40)):
        body = "".join(paragraph(rng) for _ in range(rng.randrange(1, 8)))
        made.append(
            Item(
                title=sentence(rng, rng.randrange(4, 12)),
                link=f"https://wire{number}.example/{index}/story.html?a={index}&b=2",
                at=start - timedelta(minutes=37 * index),
                body=body,
            )
        )
    return made


def rfc_822(rng: random.Random, at: datetime, odd: bool) -> str:
    if not odd:
        return format_datetime(at)
    eastern = at - timedelta(hours=5)
    return rng.choice(
        [
            f"{eastern:%a, %d %b %Y %H:%M:%S} EST",
            f"{at:%A, %d %B %Y %H:%M:%S} GMT",
            f"{at:%d %b %Y %H:%M:%S} +0000",
            f"{at:%a, %d %b %y %H:%M:%S} GMT",
            f"{at:%a %b %d %H:%M:%S %Y}",
            f"{at:%Y-%m-%d %H:%M:%S}",
            at.isoformat(),
            f"{at:%a, %d %b %Y %H:%M:%S}",
            "yesterday afternoon",
        ]
    )


def w3c(rng: random.Random, at: datetime, odd: bool) -> str:
    if not odd:
        return f"{at:%Y-%m-%dT%H:%M:%SZ}"
    return rng.choice(
        [f"{at:%Y-%m-%dT%H:%M:%S}", f"{at:%Y-%m-%d %H:%M:%S}Z", format_datetime(at), "soon"]
    )


def title_text(rng: random.Random, title: str, flaws: set[str]) -> str:
    text = escape(title)
    if "cdata" in flaws:
        return f"<![CDATA[{title}]]>"
    if "undeclared entities" in flaws:
        text += " " + rng.choice(ENTITIES) + " end"
    if "bare ampersands" in flaws:
        text += " Q&A at R&D"
    if "double escaping" in flaws:
        text += " &lt;b&gt;bold&lt;/b&gt; &amp;amp; more"
    return text


def meant(written: str) -> str:
    """Return the title that somebody reads who sees what is written."""
    text = written.removeprefix("<![CDATA[").removesuffix("]]>")
    return shown(html.unescape(html.unescape(text)))


def shown(text: str) -> str:
    """Return a title without markup, with single spaces: what one sees of it."""
    return " ".join(re.sub(r"</?b>", "", html.unescape(text)).split())


def xml(form: str, number: int, rng: random.Random, made: list[Item], flaws: set[str]) -> bytes:
    odd = "bad dates" in flaws
    bare = "bare ampersands" in flaws
    encoding = "ISO-8859-1" if "wrong charset" in flaws and rng.random() < 0.5 else "UTF-8"
    codec = "cp1252" if "wrong charset" in flaws and encoding == "UTF-8" else "utf-8"
    missing = "missing namespaces" in flaws
    content = ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    dc = ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    spaces = "" if missing else content + dc
    body_of = (lambda body: f"<![CDATA[{body}]]>") if "cdata" in flaws else escape
    base = f"https://wire{number}.example"
    parts = [f'<?xml version="1.0" encoding="{encoding}"?>\n']
    if "doctype" in flaws:
        parts.append(
            '<!DOCTYPE rss PUBLIC "-//N//DTD RSS 0.91//EN" "http://dtd.example/rss.dtd">\n'
        )
    heads = {
        "rss": f'<rss version="2.0"{spaces}><channel><title>Wire {number}</title>'
        f"<link>{base}/</link><description>News</description>",
        "rdf": '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        f' xmlns="http://purl.org/rss/1.0/"{spaces or dc}>'
        f'<channel rdf:about="{base}/"><title>Wire {number}</title><link>{base}/</link></channel>',
        "atom": f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Wire {number}</title>'
        f"<id>{base}/</id><updated>2026-01-01T00:00:00Z</updated>",
    }
    parts.append(heads[form])
    for index, item in enumerate(made):
        written = title_text(rng, item.title, flaws)
        item.title = meant(written)
        link = item.link if bare else escape(item.link)
        body = body_of(item.body + ("<br>" if "cdata" in flaws else ""))
        if form == "rss":
            parts.append(
                f"<item><title>{written}</title><link>{link}</link>"
                f'<guid isPermaLink="false">{number}-{index}</guid>'
                f"<pubDate>{rfc_822(rng, item.at, odd)}</pubDate><dc:creator>A B</dc:creator>"
                f"<description>{escape(item.title)}</description>"
                f"<content:encoded>{body}</content:encoded></item>\n"
            )
        elif form == "rdf":
            parts.append(
                f'<item rdf:about="{escape(item.link)}"><title>{written}</title><link>{link}</link>'
                f"<description>{body}</description><dc:date>{w3c(rng, item.at, odd)}</dc:date>"
                "</item>\n"
            )
        else:
            kind = ' type="html"' if "double escaping" in flaws else ""
            parts.append(
                f'<entry><title{kind}>{written}</title><link href="{link}"/>'
                f"<id>tag:{number},{index}</id><published>{w3c(rng, item.at, odd)}</published>"
                f"<updated>{w3c(rng, item.at, odd)}</updated>"
                f'<content type="html">{body}</content></entry>\n'
            )
    parts.append({"rss": "</channel></rss>", "rdf": "</rdf:RDF>", "atom": "</feed>"}[form])
    if "trailing garbage" in flaws:
        parts.append(rng.choice(["\n<!-- 0.13 s -->", "\n</html>", "\nWarning: something", "<p>x"]))
    text = "".join(parts)
    if "control characters" in flaws:
        text = text.replace("</title>", "\x0b</title>", 3)
    if "leading space" in flaws:
        text = "\n  " + text
    data = text.encode(codec, "xmlcharrefreplace")
    return b"\xef\xbb\xbf" + data if "byte order mark" in flaws and codec == "utf-8" else data


def json_feed(number: int, rng: random.Random, made: list[Item], flaws: set[str]) -> bytes:
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": f"Wire {number}",
        "items": [
            {
                "id": f"{number}-{index}",
                "url": item.link,
                "title": item.title,
                "content_html": item.body,
                "date_published": w3c(rng, item.at, "bad dates" in flaws),
            }
            for index, item in enumerate(made)
        ],
    }
    data = json.dumps(feed, ensure_ascii="doctype" in flaws).encode()
    if "trailing garbage" in flaws:
        data += b"\n<!-- 0.13 s -->"
    return b"\xef\xbb\xbf" + data if "byte order mark" in flaws else data


FLAWS = (
    "undeclared entities", "bare ampersands", "bad dates", "wrong charset", "cdata",
    "missing namespaces", "trailing garbage", "byte order mark", "control characters",
    "double escaping", "doctype", "leading space",
)  # fmt: skip


def make(count: int) -> list[Made]:
    rng = random.Random(20260105)  # the same feeds in every run
    feeds = []
    for number in range(count):
        form = FORMATS[number % len(FORMATS)]
        flaws = set(rng.sample(FLAWS, rng.choice((0, 1, 1, 2, 2, 3))))
        made = items(rng, number)
        if form == "json":
            content = json_feed(number, rng, made, flaws)
        else:
            content = xml(form, number, rng, made, flaws)
        feeds.append(Made(form, content, made, flaws))
    return feeds


def seconds(parse: Callable[[bytes], object], feeds: list[Made]) -> float:
    begin = time.process_time()  # of this process: what else the machine does is no part of it
    for feed in feeds:
        parse(feed.content)
    return time.process_time() - begin


def parse_theirs(content: bytes) -> Any:
    return feedparser.parse(content)


def parse_ours(content: bytes) -> SyndicationFeed:
    return read_syndication(content)


def lost(feed: Made) -> tuple[list[str], int]:
    """Return what feedparser finds in a feed and we do not, and how often we find otherwise.

    Otherwise is not lost where ours is what was put in.
    """
    theirs, ours = parse_theirs(feed.content).entries, parse_ours(feed.content).items
    missing = [f"{len(theirs) - len(ours)} items"] if len(theirs) > len(ours) else []
    otherwise = 0
    for item, entry, article in zip(feed.items, theirs, ours, strict=False):
        times = {one.timestamp() for one in (article.published_at, article.updated_at) if one}
        parsed: list[Any] = [
            dict.get(entry, name) for name in ("published_parsed", "updated_parsed")
        ]
        for what, theirs_is, ours_is, truth in (
            ("title", {shown(entry.get("title", ""))}, {shown(article.headline or "")}, item.title),
            ("link", {entry.get("link", "")}, {article.url}, item.link),
            (
                "date",
                {timegm(one) for one in parsed if one is not None},
                times,
                item.at.timestamp(),
            ),
        ):
            if not theirs_is - {""} <= ours_is:
                otherwise += 1
                if truth not in ours_is:
                    missing.append(f"{what}: {theirs_is} there, {ours_is} here")
    return missing, otherwise


def right(feeds: list[Made]) -> dict[str, Counter[str]]:
    """Count, for each, what it finds rightly of what was put in."""
    counts: dict[str, Counter[str]] = {
        "put in": Counter(),
        "ours": Counter(),
        "feedparser": Counter(),
    }
    for feed in feeds:
        ours: list[tuple[str, str | None, set[float]]] = [
            (shown(one.headline or ""), one.url, {
                time.timestamp() for time in (one.published_at, one.updated_at) if time
            })
            for one in parse_ours(feed.content).items
        ]  # fmt: skip
        theirs: list[tuple[str, str | None, set[float]]] = [
            (shown(one.get("title", "")), one.get("link"), {
                timegm(one[name]) for name in ("published_parsed", "updated_parsed")
                if dict.get(one, name) is not None
            })
            for one in parse_theirs(feed.content).entries
        ]  # fmt: skip
        counts["put in"]["items"] += len(feed.items)
        for name, found in (("ours", ours), ("feedparser", theirs)):
            for item, (title, link, times) in zip(feed.items, found, strict=False):
                counts[name]["items"] += 1
                counts[name]["titles"] += title == shown(item.title)
                counts[name]["links"] += link == item.link
                counts[name]["dates"] += item.at.timestamp() in times
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    console = Console()
    feeds = make(arguments.feeds)
    ratios: dict[str, list[float]] = {}
    rates: dict[str, list[tuple[float, float]]] = {}
    for _ in range(arguments.rounds):  # in turn, so that what else the machine does meets both
        for form in (*FORMATS[:3], "json", "all", "XML only"):
            chosen = [
                feed for feed in feeds
                if form in ("all", feed.form) or (form == "XML only" and feed.form != "json")
            ]  # fmt: skip
            ours, theirs = seconds(parse_ours, chosen), seconds(parse_theirs, chosen)
            ratios.setdefault(form, []).append(theirs / ours)
            rates.setdefault(form, []).append((len(chosen) / ours, len(chosen) / theirs))
    table = Table("feeds", "ours, a second", "feedparser", "times as fast (median)", "lowest")
    for form, values in ratios.items():
        ours, theirs = (max(pair[index] for pair in rates[form]) for index in (0, 1))
        middle = statistics.median(values)
        table.add_row(form, f"{ours:,.0f}", f"{theirs:,.1f}", f"{middle:.1f}", f"{min(values):.1f}")
    console.print(table)
    counts = right(feeds)
    table = Table("right", *counts)
    for what in ("items", "titles", "links", "dates"):
        total = counts["put in"]["items"]
        table.add_row(
            what, f"{total:,}", *(f"{counts[one][what]:,}" for one in ("ours", "feedparser"))
        )
    console.print(table)
    found = [(feed, *lost(feed)) for feed in feeds]
    otherwise = sum(number for _, _, number in found)
    missing = [(feed, one) for feed, lines, _ in found for one in lines]
    console.print(
        f"{len(missing)} lost that feedparser finds; {otherwise} found otherwise, "
        f"{otherwise - len(missing)} of them as they were put in"
    )
    for feed, one in missing[:20]:
        console.print(f"  {feed.form} {sorted(feed.flaws)}: {one}", markup=False)
    fast = statistics.median(ratios["all"]) >= TIMES_FASTER
    return 0 if fast and not missing else 1


if __name__ == "__main__":
    sys.exit(main())
