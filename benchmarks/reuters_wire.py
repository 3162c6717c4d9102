"""The Reuters wire of 1987 and its labelled pairs, as the last stage meets them."""

import sys
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from reuters import reuters_articles

from pipeline.stages.cleaning import clean
from pipeline.stages.unusable import Unusable
from schemas import TaggedArticle

WIRE = "wire/reuters-1987.jsonl.gz"
PAIRS = "wire/reuters-pairs.tsv"


class Pair(NamedTuple):
    """Two items by their ids, and whether they are one: P yes, N no, S the event told anew."""

    earlier: str
    later: str
    label: str


def read_wire(data: Path) -> list[TaggedArticle]:
    """Return the items in order of arrival, cleaned, without entities."""
    articles = []
    for raw in reuters_articles(data=data):
        try:
            articles.append(TaggedArticle(**dict(clean(raw))))
        except Unusable:  # item 12793 is empty
            continue
    return articles


def read_pairs(data: Path) -> list[Pair]:
    """Return the labelled pairs."""
    lines = (data / PAIRS).read_text().splitlines()[1:]
    return [Pair(*line.split("\t")) for line in lines]
