"""How well names are found in headlines in capitals: `python -m benchmarks.headlines`.

Reuters titles are all in capitals, and nobody marked the names in them. What stands for that are
the names that spaCy finds in an item's body, looked for in its title: whole, without a company's
legal form, or by the last name of a person. So the reference comes from another model than the one
that is measured. It lacks names that only the title has: what is found of these counts as wrong,
alike for all. The same items are measured before (each model on the title as it is) and after (the
whole stage).
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from reuters import DATA, reuters_articles

from pipeline.entities.finder import EntityFinder
from pipeline.entities.name_parts import shortened, trim, trim_title, without_company_form
from pipeline.entities.name_search import NameSearch
from pipeline.entities.spacy_model import SpacyModel
from pipeline.entities.span import Span
from pipeline.entities.tagger import Tagger
from pipeline.settings import Settings
from pipeline.stages.cleaning import clean
from pipeline.stages.tagging import tag
from schemas import CleanArticle

ITEMS = 1000
Found = set[tuple[int, int, str]]


def reference(title: str, body: str, spans: list[Span]) -> Found:
    """Return where `title` says what was found in `body`."""
    types: dict[str, str] = {}
    for span in spans:
        start, end = trim(body, span.start, span.end)
        if span.type == "PERSON":
            start = trim_title(body, start, end)
        name = " ".join(body[start:end].split())
        forms = [name, without_company_form(name)] if span.type == "ORG" else [name]
        if span.type == "PERSON":
            forms += shortened(name)[:-1]
        for form in forms:
            types.setdefault(form, span.type)
    search = NameSearch(types, capitals=True)
    taken = bytearray(len(title))
    return {(start, end, types[name]) for start, end, name in search.find(title, taken)}


def trimmed(title: str, spans: list[Span]) -> Found:
    """Return what a model found, in the form of the reference."""
    return {(*trim(title, span.start, span.end), span.type) for span in spans}


def measure(data: Path, finder: EntityFinder) -> dict[str, tuple[int, int, int]]:
    """Return what was right, found and there, by what found it."""
    spacy, tagger = SpacyModel(), Tagger()

    def stage(article: CleanArticle) -> Found:
        return {
            (mention.start, mention.end, entity.type)
            for entity in tag(article, finder).entities
            for mention in entity.mentions
            if mention.field == "headline"
        }

    finds: dict[str, Callable[[CleanArticle], Found]] = {
        "spaCy on the title": lambda a: trimmed(a.headline, spacy.spans(a.headline)),
        "tagger on the title": lambda a: trimmed(a.headline, tagger.spans(a.headline)),
        "the stage": stage,
    }
    counts = dict.fromkeys(finds, (0, 0, 0))
    for article in articles(data):
        there = reference(article.headline, article.body, spacy.spans(article.body))
        for name, find in finds.items():
            found = find(article)
            right, number, total = counts[name]
            counts[name] = (right + len(found & there), number + len(found), total + len(there))
    return counts


def articles(data: Path, most: int = ITEMS) -> Iterator[CleanArticle]:
    """Yield the first items that have a body, cleaned."""
    with_body = (article for article in reuters_articles(data=data) if article.content.strip())
    return map(clean, islice(with_body, most))


def table(counts: Mapping[str, tuple[int, int, int]]) -> Iterator[str]:
    """Yield the lines of the table."""
    yield f"{'names in headlines in capitals':30} {'precision':>9} {'recall':>7} {'F1':>6}"
    for name, (right, found, there) in counts.items():
        f1 = 200 * right / max(1, found + there)
        precision, recall = 100 * right / max(1, found), 100 * right / max(1, there)
        yield f"{name:30} {precision:9.1f} {recall:7.1f} {f1:6.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DATA)
    options = parser.parse_args()
    finder = EntityFinder.load(Settings().tagger)
    print("\n".join(table(measure(options.data, finder))))


if __name__ == "__main__":
    main()
