"""How well and how fast plain text is cleaned: `python benchmarks/cleaning.py [--data FOLDER]`.

Reuters: every item is composed as the wire carried it (header, title, byline, dateline and body run
together, signature), cleaned with nothing else given, and compared with the fields that it came
from. Speed: articles of 400 words on one core. Restoring: every item, to the character.
"""

import argparse
import gzip
import json
import re
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.cleaning.rules import LONGEST_LINE, RULES
from pipeline.demo.wire import seed_article
from pipeline.stages.cleaning import LONGEST_TEXT, MOST_LINES, clean
from pipeline.stages.unusable import Unusable
from schemas import CleanArticle, RawArticle

REUTERS = "wire/reuters-1987.jsonl.gz"
WORDS = 400
Item = dict[str, Any]

# The item's own signature or "more to come", as the data set has it at the end of most bodies.
_SIGNATURE = re.compile(r"(?:\A|\n)\s*(?:reuters?|more)(?:\.\.\.)?(?:\^M)?\s*\Z", re.IGNORECASE)
_BYLINE = re.compile(r"\s*by\s+", re.IGNORECASE)
_AFFILIATION = re.compile(r"[,\s]+reuters?d?\.?\s*\Z", re.IGNORECASE)


@dataclass
class Tally:
    """True positives, what was found, what was there."""

    right: int = 0
    found: int = 0
    there: int = 0
    wrong: list[str] = field(default_factory=list)

    def count(self, found: object, there: object, item: Item) -> None:
        """Count one item; an empty value is no find."""
        self.found += bool(found)
        self.there += bool(there)
        self.right += bool(there) and found == there
        if (found or there) and found != there:
            self.wrong.append(f"{item['id']}: {found!r} for {there!r}")

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / (self.found + self.there)


@dataclass
class Share:
    """In how many of the items something holds."""

    held: int = 0
    of: int = 0
    failed: list[str] = field(default_factory=list)

    def count(self, holds: bool, item: Item, why: str = "") -> None:
        """Count one item."""
        self.of += 1
        self.held += holds
        if not holds:
            self.failed.append(f"{item['id']}: {why}")


def read(data: Path) -> Iterator[Item]:
    """Return the items of the Reuters wire, in order of arrival."""
    with gzip.open(data / REUTERS, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def composed(item: Item) -> str:
    """Return the item as the wire carried it."""
    author = _BYLINE.sub("", item["author"])
    body = _SIGNATURE.sub("", item["body"])
    head = [item["header"], item["title"], f"By {author}" if author else ""]
    story = f"    {item['dateline']} {body}" if item["dateline"] else f"    {body}" if body else ""
    return "\n".join([*filter(None, [*head, story]), " Reuter"])


def names(author: str) -> tuple[str, ...]:
    """Return the names that a careful editor would take from the data set's author line."""
    bare = _AFFILIATION.sub("", _BYLINE.sub("", author)).strip()
    return tuple(filter(None, re.split(r"(?i),\s*| and ", bare)))


def bare(text: str) -> str:
    """Return the text without its white space, which joining lines changes."""
    return "".join(text.split())


def measure_reuters(items: list[Item], show: int) -> None:
    """Print the table of what was found against what was there."""
    datelines, bylines = Tally(), Tally()
    headlines, signatures, untouched, words, restored = (Share() for _ in range(5))
    for item in items:
        text = composed(item)
        try:
            article = clean(RawArticle(source="reuters", content=text))
        except Unusable:  # item 12793 is empty
            untouched.count(not item["title"] and not item["body"], item, "rejected")
            continue
        dateline = next((edit.text for edit in article.removed if edit.kind == "dateline"), "")
        datelines.count(" ".join(dateline.split()), " ".join(item["dateline"].split()), item)
        bylines.count(article.byline, names(item["author"]), item)
        signed = [edit.end for edit in article.removed if edit.kind == "signature"]
        signatures.count(bool(signed) and signed[-1] == len(text), item, text[-60:])
        body = _SIGNATURE.sub("", item["body"])
        same = bare(article.body) == bare(body)
        untouched.count(same, item, str([(e.kind, e.text[:60]) for e in article.removed]))
        words.count(article.body.split() == body.split(), item)
        if item["title"]:
            title = " ".join(item["title"].split())
            headlines.count(article.headline == title, item, f"{article.headline!r} for {title!r}")
        restored.count(article.restore() == text, item)
    print(f"Reuters, {len(items):,} items composed as the wire carried them\n")
    print(f"{'':26}{'result':>8}{'bar':>7}")
    rows: list[tuple[str, float, str, list[str]]] = [
        ("dateline F1", datelines.f1, ".98", datelines.wrong),
        ("byline F1", bylines.f1, ".95", bylines.wrong),
        *(
            (name, share.held / share.of, bar, share.failed)
            for name, share, bar in (
                ("signature removed", signatures, ".99"),
                ("body untouched", untouched, ".99"),
                ("  and the same words", words, ""),
                ("headline found", headlines, ""),
                ("restored exactly", restored, "1"),
            )
        ),
    ]
    for name, value, bar, failures in rows:
        print(f"{name:26}{value:8.4f}{bar:>7}")
        for failure in failures[:show]:
            print(f"    {failure}")


def articles_of_400_words(items: list[Item]) -> tuple[list[str], list[str]]:
    """Return articles of 400 words: wrapped as a wire's, and as paragraphs with curly quotes."""
    wrapped, plain = [], []
    for item in items:
        words = 0
        lines = []
        for line in composed(item).split("\n"):
            lines.append(line)
            words += len(line.split())
            if words >= WORDS:
                wrapped.append("\n".join(lines) + "\n Reuter")
                break
    for text in wrapped:
        joined = re.sub(r"\n(?! )", " ", text).replace("\n    ", "\n\n").replace("'", "’")
        plain.append(joined)
    return wrapped, plain


def per_second(texts: list[str]) -> float:
    """Return articles a second of this process's own time, the best of three runs."""
    articles = [RawArticle(source="reuters", content=text) for text in texts]
    best = 0.0
    for _ in range(3):
        started = time.process_time()
        for article in articles:
            clean(article)
        best = max(best, len(articles) / (time.process_time() - started))
    return best


def _repeated(piece: str, length: int) -> str:
    return (piece * (length // len(piece) + 1))[:length]


def hostile_lines() -> Iterator[str]:
    """Return lines that begin as a rule expects, go on and on, and end as it does not."""
    fillers = (
        "A", "a", " ", "A ", "Aa ", "A, ", "Jan 1 ", "and A ", "1", "-", ".", "©", "/", "x@x.", "(",
        "@a ", "A and ", "all ", "St. ",
    )  # fmt: skip
    for rule in RULES:
        cuts = {0, *(match.end() for match in re.finditer(r"\W", rule.example)), len(rule.example)}
        for cut in sorted(cuts):
            for filler in fillers:
                yield rule.example[:cut] + _repeated(filler, LONGEST_LINE - cut - 1) + "\x7e"


def worst_line() -> tuple[float, str]:
    """Return the seconds and the text of the line that any one rule takes longest for."""
    worst = (0.0, "")
    for line in hostile_lines():
        for rule in RULES:
            fit: Callable[[str], object] = (
                rule.pattern.search if rule.zone == "closing" else rule.pattern.match
            )
            started = time.perf_counter()
            fit(line)
            took = time.perf_counter() - started
            if took > worst[0]:
                worst = (took, f"{rule.kind} ({rule.example[:30]!r}): {line[:50]!r}...")
    return worst


def hostile_texts() -> Iterator[tuple[str, str]]:
    """Return texts of the greatest length that are made to be slow."""
    pieces = {
        "one word": "a", "spaces": " ", "line feeds": "\n", "short lines": "a\n",
        "wrapped lines": "word " * 12 + "word\n", "NULs": "\0", "NULs apart": "a\0",
        "bidi controls": "\u202ea\u202c", "entities": "&amp;", "nested entities": "&amp;amp;lt;",
        "misread": "â€™ ", "misread lines": "Ã©\n", "not NFC": "e\u0301 ", "one combined": "\u0301",
        "soft hyphens": "a\xad\n", "capitals": "A", "capital words": "NEW YORK, ", "dashes": "- ",
        "bylines": "By Jane Doe\n", "datelines": "ROME, March 1 (AP) - ", "copyright": "© 2015 A\n",
        "paragraphs": "A\n\n", "long lines": "word " * 10 + "\n", "parentheses": "(", "quotes": "“",
        "blank lines": " \n",
    }  # fmt: skip
    for name, piece in pieces.items():
        lines = piece.count("\n")
        most = LONGEST_TEXT if not lines else len(piece) * ((MOST_LINES - 1) // lines)
        yield name, _repeated(piece, min(LONGEST_TEXT, most))


def measure_speed(items: list[Item]) -> None:
    """Print articles a second, and the slowest of what is made to be slow."""
    wrapped, plain = articles_of_400_words(items)
    seed = seed_article()
    print(f"\nSpeed, one core, articles of {WORDS} words a second (bar: 2,000)\n")
    print(f"{f'wrapped lines ({len(wrapped)})':26}{per_second(wrapped):8.0f}")
    print(f"{'paragraphs, curly quotes':26}{per_second(plain):8.0f}")
    print(f"{'the seed article':26}{per_second([seed] * 500):8.0f}")


def measure_hostile() -> None:
    """Print what the slowest of the texts and lines take that are made to be slow."""
    took, line = worst_line()
    print(f"\nworst line of {LONGEST_LINE} characters: {took * 1e3:.2f} ms, {line}")
    print(f"\ntexts of {LONGEST_TEXT:,} characters, made to be slow (bar: 2 s)\n")
    for name, text in hostile_texts():
        started = time.perf_counter()
        try:
            article: CleanArticle | None = clean(RawArticle(source="hostile", content=text))
            outcome = "clean"
        except Unusable as unusable:
            article, outcome = None, unusable.reason
        took = time.perf_counter() - started
        if article and article.restore() != text:
            outcome = "NOT RESTORED"
        print(f"{name:26}{took:7.2f} s  {outcome}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak memory of all of it: {peak:.0f} MB (bar: 500 MB)")


def main() -> int:
    """Measure all of it; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--show", type=int, default=0, help="how many failures of each row to list")
    parser.add_argument("--no-hostile", action="store_true", help="leave out the slow texts")
    options = parser.parse_args()
    if (options.data / REUTERS).is_file():
        items = list(read(options.data))
        measure_reuters(items, options.show)
        measure_speed(items)
    else:
        print(f"Reuters and speed are not measured: no {options.data / REUTERS}.", file=sys.stderr)
    if not options.no_hostile:
        measure_hostile()
    return 0


if __name__ == "__main__":
    sys.exit(main())
