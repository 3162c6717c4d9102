"""Inputs that no sensible source sends: random bytes, mutated JSON, mutated HTML, by a seed."""

import random
import re
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import orjson
from wire_conventions import CONVENTIONS

from pipeline.article_index.index import ArticleIndex
from pipeline.clients.feed import input_message
from pipeline.entities.finder import EntityFinder
from pipeline.entities.gazetteer import Gazetteer
from pipeline.entities.models import ANY_LANGUAGE, Models
from pipeline.entities.span import Span
from pipeline.flow import process
from schemas import FinalRecord, Rejection
from schemas.article import ArticleField

GOLDEN = Path(__file__).parent / "golden"
# Longer on the CPU than any input may take.
HANG_SECONDS = 2.0
# So many inputs share an index; then the world begins anew, as in the window of a small wire.
WORLD = 5_000

PAGE = """<!doctype html><html lang="en"><head><title>{headline} | Example</title>
<meta property="og:title" content="{headline}"><meta name="author" content="Jo Doe">
<script type="application/ld+json">{{"@type": "NewsArticle", "datePublished": "2026-01"}}</script>
</head><body><nav><ul><li><a href="/">Home</a><li><a href="/w">World</a></ul></nav><article>
<h1>{headline}</h1><p class="byline">By Jo Doe</p>{paragraphs}<table><tr><td>1<td>2</table>
<aside>Read more</aside></article><footer>&copy; 2026 Example &nbsp; All rights reserved</footer>"""

# What has been known to upset parsers, each as UTF-8.
TOKENS = [
    token.encode("utf-8", "surrogatepass")
    for token in (
        "", "\x00", "\ufeff", "\ud800", "\u202e", "\u2028", "\ufffd", "e\u0301" * 50, "\U0001f600",
        "İ", "ß", "ﬁ", "\r\n", "\t" * 100, " " * 5_000, "\n" * 2_000, "-" * 3_000, "A" * 10_000,
        "&amp;", "&#0;", "&#xffffffff;", "&nbsp" * 500, "<", "<!--", "-->", "<![CDATA[", "</",
        "<p>" * 500, "<div>" * 300, "<table><tr>" * 50, "<script>", "<style>", "<a href='", "<svg>",
        "<br/>" * 1_000, "<p " + "x=1 " * 300 + ">", "[" * 200, '{"a":' * 200, '"', "\\u0000",
        "\\ud800", "null", "true", "1e999", "-0", "9" * 400, "NaN", "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00+14:00", "(C) Reuters 1987", "By ", "(AP) -- ", "KILL KILL KILL",
        "1STLD", "WITHDRAWN", "CORRECTED-", "Photo of author", "U.S. " * 2_000,
        "(" * 2_000, "/" * 2_000,
    )
]  # fmt: skip
VALUES: list[object] = [
    None, True, 0, -1, 2**63, 1.5, "", " ", [], {}, [[]], "x" * 3_000, ["a", 1], "canceled",
    "withheld", "text/html", "1987-02-26T15:01:01", "9999-12-31T23:59:59Z", "\x00",
]  # fmt: skip


class CapitalisedWords:
    """Stands for the model: names wherever there is a capital."""

    name = "capitals"
    language = ANY_LANGUAGE

    def names(self, headline: str, body: str) -> dict[ArticleField, list[Span]]:
        return {"headline": self.spans(headline), "body": self.spans(body)}

    def spans(self, text: str) -> list[Span]:
        return [
            Span(match.start(), match.end(), ("PERSON", "ORG", "PLACE")[match.start() % 3])
            for match in re.finditer(r"[A-Z]\w{2,}(?: [A-Z]\w+)?", text)
        ]


def seeds() -> list[dict[str, object]]:
    """Return articles as JSON objects, plain text and pages, that mutation begins with."""
    found: list[dict[str, object]] = []
    for path in sorted(GOLDEN.glob("*/input.jsonl")):
        for line in path.read_bytes().splitlines():
            try:
                item = orjson.loads(line)
            except orjson.JSONDecodeError:
                continue
            if isinstance(item, dict):
                found.append(item)
    for convention in CONVENTIONS:
        paragraphs = convention.content.split("\n\n")
        headline = convention.given_headline or paragraphs[0][:80]
        found.append({"source": "Wire", "headline": headline, "content": convention.content})
        html = PAGE.format(headline=headline, paragraphs="".join(f"<p>{p}" for p in paragraphs))
        found.append({"source": "Site", "content": html, "content_type": "text/html"})
    return found


def inputs(count: int, seed: int) -> Iterator[bytes]:
    """Yield `count` inputs: a tenth random bytes, the others mutations of articles and of pages."""
    chance = random.Random(seed)
    articles = seeds()
    pages = [item for item in articles if item.get("content_type") == "text/html"]
    texts = [item for item in articles if item.get("content_type") != "text/html"]
    for _ in range(count):
        kind = chance.random()
        if kind < 0.1:
            yield chance.randbytes(int(chance.expovariate(1 / 300)))
        elif kind < 0.3:
            yield _mutated(orjson.dumps(chance.choice(articles)), chance)
        else:
            item = dict(chance.choice(pages if kind < 0.5 else texts))
            yield _article(item, chance)


def _article(item: dict[str, object], chance: random.Random) -> bytes:
    """Return an article that is good JSON, with another text and other fields."""
    if isinstance(content := item.get("content"), str):
        item["content"] = _mutated(content.encode(), chance).decode("utf-8", "replace")
    for name in chance.sample(FIELDS, chance.randrange(3)):
        item[name] = chance.choice(VALUES)
    item["source_id"] = chance.choice([None, "7", str(chance.randrange(200))])
    try:
        return orjson.dumps(item)
    except orjson.JSONEncodeError:  # a number that JSON of orjson's has not
        return repr(item).encode("utf-8", "replace")


FIELDS = [
    "article_id", "source", "url", "version", "status", "target_id", "headline", "content_type",
    "byline", "language", "published_at", "updated_at", "received_at", "embargo_until", "slug",
    "editorial_note", "usage_terms", "urgency", "unknown",
]  # fmt: skip


def _mutated(value: bytes, chance: random.Random) -> bytes:
    data = bytearray(value)
    for _ in range(1 + int(chance.expovariate(0.5))):
        start = chance.randrange(len(data) + 1)
        end = min(len(data), start + int(chance.expovariate(1 / 40)))
        match chance.randrange(5):
            case 0:
                data[start:end] = b""
            case 1:
                data[start:start] = data[start:end] * chance.randrange(1, 20)
            case 2:
                data[start:start] = chance.choice(TOKENS)
            case 3:
                data[start:end] = chance.randbytes(end - start)
            case _:
                other = chance.randrange(len(data) + 1)
                data[start:start] = data[other : other + 200]
    return bytes(data)


@dataclass
class Outcome:
    """What became of a run."""

    inputs: int = 0
    records: Counter[str] = field(default_factory=Counter)
    failures: list[tuple[str, bytes]] = field(default_factory=list)  # what went wrong, the input
    slowest: float = 0.0

    def add(self, other: "Outcome") -> None:
        self.inputs += other.inputs
        self.records += other.records
        self.failures += other.failures
        self.slowest = max(self.slowest, other.slowest)


def run(values: Iterator[bytes] | Sequence[bytes]) -> Outcome:
    """Run every stage on the values; what breaks, hangs or goes unaccounted for is a failure."""
    outcome = Outcome()
    finder = EntityFinder(Models([CapitalisedWords()]), Gazetteer())
    index = ArticleIndex({}, {}, timedelta(days=7))
    for value in values:
        if outcome.inputs % WORLD == 0:
            index = ArticleIndex({}, {}, timedelta(days=7))
        outcome.inputs += 1
        begin = time.thread_time()
        try:
            records = [record for _, record in process([input_message(value)], finder, index)]
            for record in records:
                record.to_json()
        except Exception as error:
            outcome.failures.append((f"crash: {type(error).__name__}: {error}", value))
            continue
        seconds = time.thread_time() - begin
        outcome.slowest = max(outcome.slowest, seconds)
        if seconds > HANG_SECONDS:
            outcome.failures.append((f"hang: {seconds:.1f} s", value))
        if len(records) != 1:
            outcome.failures.append((f"{len(records)} records", value))
        outcome.records.update(type(record).__name__ for record in records)
        outcome.failures += [
            (fault, value) for record in records for fault in _faults(record, value)
        ]
    return outcome


def _faults(record: FinalRecord, value: bytes) -> Iterator[str]:
    if isinstance(record, Rejection):
        if record.reason == "stage_failed":
            yield f"{record.stage} broke: {record.detail}"
        if record.stage in ("parse", "clean") and record.value != value:
            yield "the rejection has other bytes"
