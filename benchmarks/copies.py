"""How many copies are found, and how many links are false: `python -m benchmarks.copies`.

1. The labelled pairs of the Reuters wire, over the whole stream in order: a pair is found when both
   items get the same `story_id`. The weights of the index are learned on four fifths of the days
   and measured on the fifth. On the same run, MinHash-LSH (datasketch, the `bench` extra) and
   SimHash, which put an item into the story of the first item that they find.
2. Items altered in ten ways, 300 long and 300 short ones each, against an index of the whole wire:
   found is the item's own story. And items that merely look like one: those are not to be linked.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from xxhash import xxh3_64_intdigest

from benchmarks.perturbations import COPIES, OTHERS, Item, Perturbation, long_and_short, suits
from benchmarks.reuters_wire import PAIRS, Pair, read_pairs, read_wire
from pipeline.article_index.index import ArticleIndex
from pipeline.article_index.similarity import HEADLINE_FEATURES, Scorer
from pipeline.stages.cleaning import clean
from schemas import RawArticle, TaggedArticle
from training.pair_scorer import Examples, day_number, examples, learned

EACH = 300
BARS = {
    ("cut to 25%", "short"): 0.92, ("OCR noise, 10% of words", "short"): 0.92,
    ("several at once", "short"): 0.92, ("same template, other facts", "long"): 0.01,
    ("same template, other facts", "short"): 0.01, ("digest with 60 words of it", "long"): 0.005,
    ("digest with 60 words of it", "short"): 0.005,
}  # fmt: skip

Stories = dict[str, str]
"""From an item's id to its story."""


def stories(wire: Iterable[TaggedArticle], scorer: Scorer | None = None) -> Stories:
    """Return the stories that the index makes of the wire."""
    index = ArticleIndex({}, {}, scorer=scorer)
    return {article.source_id or "": index.judge(article).story_id or "" for article in wire}


def words(article: TaggedArticle) -> list[str]:
    """Return what the peers see: the body's words, with the headline's where the body is short."""
    body = article.body.casefold().split()
    return body if len(body) >= 12 else [*article.headline.casefold().split(), *body]


def minhash_stories(wire: Iterable[TaggedArticle], threshold: float) -> Stories:
    """Return the stories of MinHash-LSH with 128 permutations over 5-word shingles."""
    from datasketch import MinHash, MinHashLSH

    index = MinHashLSH(threshold=threshold, num_perm=128)
    found: Stories = {}
    for article in wire:
        text = words(article)
        sketch = MinHash(num_perm=128)
        starts = range(max(1, len(text) - 4))
        sketch.update_batch({" ".join(text[start : start + 5]).encode() for start in starts})
        item = article.source_id or ""
        near = min(index.query(sketch), key=int, default=None)
        found[item] = found[near] if near else item
        index.insert(item, sketch)
    return found


def simhash_stories(wire: Iterable[TaggedArticle], distance: int = 3) -> Stories:
    """Return the stories of SimHash (64 bits over words): four blocks, one of which is the same."""
    found: Stories = {}
    blocks: dict[tuple[int, int], list[tuple[str, int]]] = {}
    for article in wire:
        hashes = np.array(
            [xxh3_64_intdigest(word.encode()) for word in words(article)] or [0], np.uint64
        )
        bits = (hashes[:, None] >> np.arange(64, dtype=np.uint64)) & np.uint64(1)
        ones = bits.sum(0) * 2 > len(hashes)
        value = int(np.packbits(ones).tobytes().hex(), 16)
        item = article.source_id or ""
        keys = [(block, value >> 16 * block & 0xFFFF) for block in range(4)]
        near = (
            other
            for key in keys
            for other, known in blocks.get(key, ())
            if (known ^ value).bit_count() <= distance
        )
        first = min(near, key=int, default=None)
        found[item] = found[first] if first else item
        for key in keys:
            blocks.setdefault(key, []).append((item, value))
    return found


def figures(same: np.ndarray, found: np.ndarray) -> tuple[float, float, float]:
    """Return precision, recall and F1."""
    right = float((same & found).sum())
    precision, recall = right / max(found.sum(), 1), right / max(same.sum(), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def show_row(name: str, pairs: Sequence[Pair], found_by: Callable[[Pair], bool]) -> None:
    """Print a line with 95% intervals of 1,000 bootstrap samples of the pairs."""
    same = np.array([pair.label == "P" for pair in pairs])
    found = np.array([found_by(pair) for pair in pairs])
    chance = np.random.default_rng(7)
    samples = [chance.integers(0, len(pairs), len(pairs)) for _ in range(1000)]
    spread = np.array([figures(same[sample], found[sample]) for sample in samples])
    low, high = np.percentile(spread, (2.5, 97.5), axis=0)
    cells = (
        f"{value:.3f} [{a:.3f}, {b:.3f}]"
        for value, a, b in zip(figures(same, found), low, high, strict=True)
    )
    print(f"{name:34}" + "".join(f"{cell:24}" for cell in cells))


def measure_pairs(wire: list[TaggedArticle], labelled: list[Pair], data: Examples) -> None:
    """Print the table of precision and recall over the stream."""
    items = {article.source_id for article in wire}
    pairs = [pair for pair in labelled if pair.label != "S" and {pair.earlier, pair.later} <= items]
    days = {article.source_id or "": day_number(article) for article in wire}
    print(f"Reuters, {len(wire):,} items in order; {len(pairs):,} labelled pairs")
    print("Bars: .96, .96, .965; F1 .94 without headline features\n")
    print(f"{'':34}{'precision':24}{'recall':24}{'F1':24}")

    def by_folds(name: str, without: Sequence[str] = ()) -> None:
        folds = []
        for fold in range(5):
            rest = data.of(data.days % 5 != fold)
            folds.append(stories(wire, Scorer(learned(rest, without))))

        def found(pair: Pair) -> bool:
            by = folds[days[pair.later] % 5]
            return by[pair.earlier] == by[pair.later]

        show_row(name, pairs, found)

    def plain(name: str, by: Stories) -> None:
        show_row(name, pairs, lambda pair: by[pair.earlier] == by[pair.later])

    by_folds("newswire, five folds by day")
    by_folds("  without headline features", HEADLINE_FEATURES)
    plain("  as it ships (learned on all days)", stories(wire))
    for threshold in (0.5, 0.7):
        plain(f"MinHash-LSH, Jaccard {threshold}", minhash_stories(wire, threshold))
    plain("SimHash, 3 bits of 64", simhash_stories(wire))


def measure_perturbations(
    wire: list[TaggedArticle], data: Examples | None, seed: int, show: int
) -> None:
    """Print recall of what was altered and false links of what looks alike.

    Each fifth of the items is judged by weights that were not learned from its days.
    """
    chance = Random(seed)
    items = [Item(article.headline, article.body) for article in wire]
    pools = long_and_short(items)
    whole = timedelta(days=365)
    scorers: list[Scorer | None] = [None]
    if data:
        rests = [data.of(data.days % 5 != fold) for fold in range(5)]
        scorers = [Scorer(learned(rest)) for rest in rests]
    states: list[tuple[dict[str, bytes], dict[str, bytes], Stories]] = []
    for scorer in scorers:
        entries: dict[str, bytes] = {}
        texts: dict[str, bytes] = {}
        index = ArticleIndex(entries, texts, whole, scorer=scorer)
        of = {article.source_id or "": index.judge(article).story_id or "" for article in wire}
        states.append((entries, texts, of))
    print(f"\nAltered items, {EACH} long (60 words and more) and {EACH} short (15 to 59 words)\n")
    print(f"{'':34}{'long':>8}{'bar':>8}{'short':>9}{'bar':>8}")
    perturbations: dict[str, Perturbation] = {**COPIES, **OTHERS}
    for name, perturbation in perturbations.items():
        cells = []
        for length, pool in pools.items():
            fitting = [place for place in pool if suits(name, items[place])]
            chosen = chance.sample(fitting, EACH)
            linked = 0
            indexes = [
                ArticleIndex(dict(entries), dict(texts), whole, scorer=scorer)
                for scorer, (entries, texts, _) in zip(scorers, states, strict=True)
            ]
            for number, place in enumerate(chosen):
                fold = day_number(wire[place]) % 5 if data else 0
                altered = tagged(perturbation(items[place], items, chance), wire[-1], number)
                story = indexes[fold].judge(altered).story_id
                found = story == states[fold][2][wire[place].source_id or ""]
                linked += found
                if found != (name in COPIES) and show:
                    print(f"    {name}: {items[place]} -> {altered.headline!r} {altered.body!r}")
                    show -= 1
            bar = BARS.get((name, length), 0.99 if length == "long" else 0.97)
            cells.append(f"{linked / EACH:8.3f}{bar:8.3f}")
        print(f"{name:34}" + " ".join(cells))


def tagged(item: Item, last: TaggedArticle, number: int) -> TaggedArticle:
    """Return an altered item as another wire delivers it, after all others."""
    raw: dict[str, Any] = {
        "source": "Other",
        "source_id": str(number),
        "headline": item.headline,
        "content": item.body,
        "received_at": last.received_at,
    }
    return TaggedArticle(**dict(clean(RawArticle.model_validate(raw))))


def main() -> int:
    """Measure both; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--only", choices=("pairs", "perturbations"))
    parser.add_argument("--seed", type=int, default=11, help="of the perturbations")
    parser.add_argument("--show", type=int, default=0, help="how many failures to list")
    options = parser.parse_args()
    if not (options.data / PAIRS).is_file():
        print(f"Nothing is measured: no {options.data / PAIRS}.", file=sys.stderr)
        return 2
    wire, pairs = read_wire(options.data), read_pairs(options.data)
    data = examples(wire, pairs)
    if options.only != "perturbations":
        measure_pairs(wire, pairs, data)
    if options.only != "pairs":
        measure_perturbations(wire, data, options.seed, options.show)
    return 0


if __name__ == "__main__":
    sys.exit(main())
