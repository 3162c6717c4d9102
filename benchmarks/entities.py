"""How well and how fast names are found: `python -m benchmarks.entities [--data FOLDER]`.

Accuracy: micro F1 over exact spans and types, a leading "the" and a trailing "'s" stripped on both
sides, on the sets of `../shared/data/entities`. GPE and FAC count as LOC; MISC, where the set has
it, is NORP or OTHER. Each document is one text, which every tagger gets alike.

Headlines in capitals and links: see headlines.py and linking.py, which run alone as well.

Speed: spaCy's recogniser alone against the tagger, and against the tagger with resolution and
linking, in turns, on articles of 400 words, one core. The first 500 are tagged by a new tagger.
"""

import argparse
import gzip
import json
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import headlines, linking
from pipeline.entities.finder import EntityFinder
from pipeline.entities.gazetteer import Gazetteer
from pipeline.entities.models import Models
from pipeline.entities.spacy_model import SpacyModel
from pipeline.entities.span import Span
from pipeline.entities.tagger import Tagger

WORDS = 400
Find = Callable[[str], list[Span]]  # the names in the text of a document
Name = tuple[int, int, str]

_TYPES = {"PERSON": "PER", "ORG": "ORG", "PLACE": "LOC", "NORP": "MISC", "OTHER": "MISC"}
_LABELS = {"GPE": "LOC", "FAC": "LOC"}
_LEADING = re.compile(r"the\s+", re.IGNORECASE)
_TRAILING = re.compile(r"\s*['’]s?$", re.IGNORECASE)
# WikiGold has no text: what is written without a space before, and after.
_NO_SPACE_BEFORE = frozenset({".", ",", ";", ":", "?", "!", ")", "]", "'s", "'", "n't", "%", "''"})
_NO_SPACE_AFTER = frozenset({"(", "[", "$", "``"})


@dataclass
class Document:
    """A text, and the names that people marked in it."""

    text: str = ""
    names: list[Name] = field(default_factory=list)

    def add(self, tokens: Sequence[tuple[str, str]], text: str | None, between: str) -> None:
        """Add a sentence of tokens and tags, after the text `between`."""
        if self.text:
            self.text += between
        begun: Name | None = None
        sentence = len(self.text)
        self.text += text or ""
        at = sentence
        before, open_quote = "", False
        for word, tag in tokens:
            if text is not None:
                at = self.text.index(word, at)
            else:
                quote = word == '"'
                joined = (
                    at == sentence or word in _NO_SPACE_BEFORE or before in _NO_SPACE_AFTER
                    or (quote and open_quote) or (before == '"' and open_quote)
                )  # fmt: skip
                if quote:
                    open_quote = not open_quote
                self.text += word if joined else f" {word}"
                at = len(self.text) - len(word)
                before = word
            kind = _LABELS.get(tag[2:], tag[2:])
            if begun and (tag[0] != "I" or begun[2] != kind):
                self.names.append(begun)
                begun = None
            if tag != "O":
                begun = (begun[0] if begun else at, at + len(word), kind)
            at += len(word)
        if begun:
            self.names.append(begun)


def read_iob2(path: Path, between: str = " ") -> list[Document]:
    """Read a set of Universal NER: text and document of each sentence are in its comments."""
    documents: list[Document] = []
    for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
        lines = block.split("\n")
        text = next(line[9:] for line in lines if line.startswith("# text = "))
        if any(line.startswith("# newdoc") for line in lines) or not documents:
            documents.append(Document())
        rows = [line.split("\t") for line in lines if not line.startswith("#")]
        documents[-1].add([(row[1], row[2]) for row in rows], text, between)
    return documents


def read_conll(path: Path, between: str = " ") -> list[Document]:
    """Read WikiGold: a token and its tag a line, documents apart by -DOCSTART-."""
    documents: list[Document] = [Document()]
    for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
        rows = [tuple(line.split(" ")) for line in block.strip().split("\n")]
        if rows[0][0] == "-DOCSTART-":
            documents.append(Document())
            rows = rows[1:]
        if rows:
            documents[-1].add([(word, tag) for word, tag in rows], None, between)
    return [document for document in documents if document.text]


def stripped(text: str, name: Name) -> Name:
    """Return a name without "the" and "'s"."""
    start, end, kind = name
    inner = text[start:end]
    if trailing := _TRAILING.search(inner):
        end = start + trailing.start()
    if leading := _LEADING.match(inner):
        start += leading.end()
    return start, end, kind


@dataclass
class Score:
    """What was right, found and there, by type."""

    right: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    there: Counter[str] = field(default_factory=Counter)

    def f1(self, kind: str | None = None) -> float:
        """Return F1 in percent, of one type or of all."""
        right, found, there = (
            count[kind] if kind else count.total() for count in (self.right, self.found, self.there)
        )
        return 200 * right / max(found + there, 1)


def score(documents: Sequence[Document], find: Find) -> Score:
    """Compare what `find` finds with what people marked."""
    result = Score()
    kinds = {kind for document in documents for _, _, kind in document.names}
    for document in documents:
        text = document.text
        gold = {stripped(text, name) for name in document.names}
        names = {
            stripped(text, (span.start, span.end, _TYPES[span.type]))
            for span in find(text)
            if _TYPES[span.type] in kinds
        }
        result.right.update(kind for _, _, kind in gold & names)
        result.found.update(kind for _, _, kind in names)
        result.there.update(kind for _, _, kind in gold)
    return result


def sets(data: Path) -> Iterator[tuple[str, float, list[Document]]]:
    """Yield the sets that are there, with the bar of each."""
    yield "PUD", 73, read_iob2(data / "entities" / "pud.iob2")
    yield "EWT-dev", 65, read_iob2(data / "entities" / "ewt-dev.iob2")
    yield "WikiGold", 68, read_conll(data / "entities" / "wikigold.conll.txt")


def measure_accuracy(data: Path, finders: dict[str, Find]) -> None:
    """Print F1 of each set: of all types, and of each."""
    print(f"{'F1':22}{'bar':>6}" + "".join(f"{name:>12}" for name in finders))
    for name, bar, documents in sets(data):
        scores = [score(documents, find) for find in finders.values()]
        print(f"{name:22}{bar:6.1f}" + "".join(f"{one.f1():12.2f}" for one in scores))
        for kind in sorted(scores[0].there):
            print(f"  {kind:26}" + "".join(f"{one.f1(kind):12.2f}" for one in scores))


def entities(finder: EntityFinder) -> Find:
    """Return what finds the entities in a body, as a function to the spans of their mentions."""

    def find(text: str) -> list[Span]:
        return [
            Span(mention.start, mention.end, entity.type)
            for entity in finder.find("", text, "en", None).entities
            for mention in entity.mentions
        ]

    return find


def articles_of_400_words(data: Path) -> list[str]:
    """Return articles of 400 words: items of the Reuters wire, joined and cut."""
    articles: list[str] = []
    words: list[str] = []
    with gzip.open(data / "wire" / "reuters-1987.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            words += json.loads(line)["body"].split()
            if len(words) >= WORDS:
                articles.append(" ".join(words[:WORDS]))
                words = []
    return articles


def seconds(find: Find, texts: Sequence[str]) -> float:
    """Return this process's own time for the texts."""
    started = time.process_time()
    for text in texts:
        find(text)
    return time.process_time() - started


def measure_speed(data: Path, rounds: int) -> None:
    """Print articles a second: spaCy and the tagger in turns, warm, and the tagger from cold."""
    articles = articles_of_400_words(data)
    spacy, tagger = SpacyModel(), Tagger()
    for text in articles[500:]:
        tagger.spans(text)
    finder = EntityFinder(Models([tagger]), Gazetteer())
    for text in articles[500:1500]:
        finder.find("", text, "en", None)
    rates: dict[str, list[float]] = {"spaCy": [], "tagger": [], "stage": [], "cold": []}
    for number in range(rounds):
        few = articles[50 * number : 50 * (number + 1)]
        rates["spaCy"].append(len(few) / seconds(spacy.spans, few))
        many = articles[500 * number : 500 * (number + 1)]
        rates["tagger"].append(len(many) / seconds(tagger.spans, many))
        rates["stage"].append(len(many) / seconds(entities(finder), many))
        fresh = EntityFinder(Models([Tagger()]), Gazetteer())
        rates["cold"].append(500 / seconds(entities(fresh), articles[:500]))
    spacy_rate = statistics.median(rates["spaCy"])
    print(f"\nArticles of {WORDS} words a second, one core, median of {rounds} rounds in turns\n")
    for name, title, bar in (
        ("spaCy", "spaCy's ner alone", ""),
        ("tagger", "tagger", "20"),
        ("stage", "resolved and linked", "10"),
        ("cold", "the same, first 500", "10"),
    ):
        rate = statistics.median(rates[name])
        print(f"{title:22}{rate:8.0f}{rate / spacy_rate:8.1f} times  {bar and f'bar {bar}'}")


_LOAD = """
import sys, time
started = time.perf_counter()
import pipeline.worker
from benchmarks import headlines, linking
from pipeline.entities.finder import EntityFinder
finder = EntityFinder.load("newswire")
loaded = time.perf_counter() - started
from pipeline.stages.cleaning import clean
from pipeline.stages.tagging import tag
from schemas import RawArticle
for text in sys.stdin.read().split("\\0"):
    tag(clean(RawArticle(source="benchmark", content=text)), finder)
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(loaded, int(peak.split()[1]) / 1024)
"""


def measure_load(data: Path) -> None:
    """Print what a worker's import and load take, and its memory after 500 articles."""
    texts = "\0".join(articles_of_400_words(data)[:500])
    results = []
    for _ in range(3):
        output = subprocess.run(
            [sys.executable, "-c", _LOAD], check=True, capture_output=True, text=True, input=texts
        ).stdout
        results.append([float(value) for value in output.split()])
    loaded, memory = map(statistics.median, zip(*results, strict=True))
    print("\nA worker with the tagger, the gazetteer and the language model, 500 articles cleaned")
    print(f"import and load {loaded:.2f} s (bar 2); memory {memory:.0f} MB at most (bar 400)")


def main() -> int:
    """Measure all of it; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--no-speed", action="store_true")
    parser.add_argument("--no-accuracy", action="store_true")
    options = parser.parse_args()
    if not (options.data / "entities").is_dir():
        print(f"Nothing is measured: no {options.data / 'entities'}.", file=sys.stderr)
        return 2
    if not options.no_accuracy:
        tagger = Tagger()
        finder = EntityFinder(Models([tagger]), Gazetteer())
        measure_accuracy(
            options.data,
            {"spaCy md": SpacyModel().spans, "tagger": tagger.spans, "resolved": entities(finder)},
        )
        print()
        print("\n".join(headlines.table(headlines.measure(options.data, finder))))
        print("\nPlaces of the Reuters items linked, judged by hand (bar: precision .95)\n")
        print("\n".join(linking.table(linking.measure(options.data, finder))))
    if not options.no_speed:
        measure_speed(options.data, options.rounds)
        measure_load(options.data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
