"""How often a place is linked rightly: `python -m benchmarks.linking [--data FOLDER]`.

Place mentions of the Reuters items, drawn at random and judged by hand: linking_judged.tsv names
the item, the field, the offsets, and the GeoNames or Wikidata id that is meant there; several where
either is right. `elsewhere` is a place that the register need not hold (a mine, an airport), `none`
no place at all: a link is wrong for both. The draws share no item. The linker was made with the
first in view; the second gave .951 (77 of 81) before one rule was changed for it, and nothing was
changed for the third.

Precision is the share of the links given that are right; coverage that of the judged places that
have a right link. Mentions that the tagger does not find now are counted apart.
"""

import argparse
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.entities.finder import EntityFinder
from pipeline.settings import Settings
from pipeline.stages.cleaning import clean
from pipeline.stages.tagging import tag
from schemas import CleanArticle, RawArticle, TaggedArticle

REUTERS = "wire/reuters-1987.jsonl.gz"
JUDGED = Path(__file__).with_name("linking_judged.tsv")
NO_PLACE = "none"


@dataclass(frozen=True)
class Judged:
    draw: str
    item: str
    field: str
    start: int
    end: int
    name: str
    expected: frozenset[str]


@dataclass
class Score:
    mentions: int = 0
    found: int = 0
    places: int = 0
    links: int = 0
    right: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.links if self.links else 0.0

    @property
    def coverage(self) -> float:
        return self.right / self.places if self.places else 0.0


def judged_mentions(path: Path = JUDGED) -> list[Judged]:
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines()[1:])
    return [
        Judged(draw, item, field, int(start), int(end), name, frozenset(expected.split("|")))
        for draw, item, field, start, end, name, expected in rows
    ]


def articles(data: Path, wanted: set[str]) -> Iterator[CleanArticle]:
    """Yield the wanted Reuters items as the wire carried them, dateline first, cleaned."""
    with gzip.open(data / REUTERS, "rt", encoding="utf-8") as lines:
        for line in lines:
            item = json.loads(line)
            if str(item["id"]) in wanted:
                yield clean(
                    RawArticle.model_validate(
                        {
                            "source": "Reuters",
                            "source_id": str(item["id"]),
                            "headline": item["title"],
                            "content": f"{item['dateline'].strip()} {item['body']}".strip(),
                            "language": "en",
                        }
                    )
                )


def measure(data: Path, finder: EntityFinder) -> dict[str, Score]:
    """Return the score of each draw."""
    by_item: defaultdict[str, list[Judged]] = defaultdict(list)
    for judged in judged_mentions():
        by_item[judged.item].append(judged)
    scores: defaultdict[str, Score] = defaultdict(Score)
    for article in articles(data, set(by_item)):
        tagged = tag(article, finder)
        for judged in by_item[article.source_id or ""]:
            _count(scores[judged.draw], judged, tagged)
    return dict(scores)


def _count(total: Score, judged: Judged, tagged: TaggedArticle) -> None:
    total.mentions += 1
    if NO_PLACE not in judged.expected:
        total.places += 1
    for entity in tagged.entities:
        if entity.type == "PLACE" and any(
            (mention.field, mention.start, mention.end) == (judged.field, judged.start, judged.end)
            for mention in entity.mentions
        ):
            total.found += 1
            if entity.link is not None:
                total.links += 1
                total.right += bool({entity.link.geonames, entity.link.wikidata} & judged.expected)


def table(scores: Mapping[str, Score]) -> Iterator[str]:
    yield "draw     mentions  found  links  right  precision  coverage"
    for draw, one in scores.items():
        yield (
            f"{draw:<8} {one.mentions:>8} {one.found:>6} {one.links:>6} {one.right:>6}"
            f" {one.precision:>10.3f} {one.coverage:>9.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data",
        type=Path,
        default=Path(__file__).resolve().parents[2] / "shared" / "data",
        help="the folder that holds wire/",
    )
    data = parser.parse_args().data
    if not (data / REUTERS).exists():
        raise SystemExit(f"{data / REUTERS} is not there: it is the data set to measure with")
    finder = EntityFinder.load(Settings().tagger)
    print("\n".join(table(measure(data, finder))))


if __name__ == "__main__":
    main()
