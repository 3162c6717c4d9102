"""Filters: records a second on one core, of short wire items and of long articles.

    python benchmarks/filters.py --items 3000

Records are parsed before; what is timed is the whole of a filter's answer. Wire items are of the
Reuters wire (ASCII, 800 characters), long articles are made of them: six in one, with typographic
quotes, which make Python's case-folding ten times slower. The best of five rounds. Exit code 1
where a filter does less than 50,000 records a second.
"""

import argparse
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from final_records import final_records
from reuters import reuters_articles

from pipeline.filters import Filter
from schemas import EnrichedArticle, FinalRecord

WANTED = 50_000.0
ROUNDS = 5
TEXT_OF = 6  # items in one long article

EXPRESSIONS = [
    "source:Reuters",
    "relation:original and not country:JP",
    "entity:OPEC",
    'entity:("Federal Reserve", Volcker) or type:PERSON',
    "country:(JP, BR) and novelty>=0.5",
    'headline:"interest rates"',
    "oil",
    '"interest rates" or body:(dividend, "prime rate")',
    "body:oil and (country:(JP, IR) or entity:OPEC) and not headline:(stake, merger)",
]


def long_articles(records: list[FinalRecord]) -> list[FinalRecord]:
    """Return articles of the length and letters of those of the web."""
    articles = [record for record in records if isinstance(record, EnrichedArticle)]
    return [
        article.model_copy(
            update={"body": "\n\n".join(f"“{part.body}”" for part in articles[at : at + TEXT_OF])}
        )
        for at, article in enumerate(articles)
    ]


def rate(wanted: Filter, records: list[FinalRecord]) -> float:
    """Return how many records a second the filter answers for."""
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.process_time()
        for record in records:
            wanted(record)
        best = min(best, time.process_time() - begin)
    return len(records) / best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--items", type=int, default=3000, help="of the Reuters wire")
    items = parser.parse_args().items
    short = [record for _, record in final_records(reuters_articles(items))]
    long = long_articles(short)
    table = Table("filter", "matches", "short/s", "long/s")
    slowest = float("inf")
    for text in EXPRESSIONS:
        wanted = Filter(text)
        rates = rate(wanted, short), rate(wanted, long)
        slowest = min(slowest, *rates)
        matches = sum(map(wanted, short))
        table.add_row(text, f"{matches:,}", *(f"{number:,.0f}" for number in rates))
    console = Console()
    console.print(table)
    texts = [
        sum(len(getattr(record, "body", "")) for record in records) / len(records)
        for records in (short, long)
    ]
    console.print(f"bodies of {texts[0]:,.0f} and {texts[1]:,.0f} characters on average")
    console.print(f"slowest: {slowest:,.0f} records a second; wanted: {WANTED:,.0f}")
    sys.exit(0 if slowest >= WANTED else 1)


if __name__ == "__main__":
    main()
