"""Learn when two texts are one: `python -m training.pair_scorer [--data FOLDER]`.

Examples are the labelled pairs of the Reuters wire, as the index meets them when the wire runs
through it, and items of that wire altered as newsrooms, web sites and scanners alter them
(`benchmarks/perturbations.py`). A logistic model with a small penalty is fitted to them by Newton's
method; its weights go to `pipeline/article_index/pair_scorer.json`. Nothing is random but for the
perturbations, whose seed is fixed: the same data give the same file.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from benchmarks.perturbations import COPIES, OTHERS, Item, long_and_short, suits
from benchmarks.reuters_wire import PAIRS, Pair, read_pairs, read_wire
from pipeline.article_index.fingerprint import Fingerprint
from pipeline.article_index.memory import Memory
from schemas import TaggedArticle, stable_hash

WEIGHTS = Path(__file__).parents[1] / "pipeline" / "article_index" / "pair_scorer.json"

# A labelled pair is what an index meets; altered texts are many, and tell what it may meet. Those
# that merely look alike count more. Of what was altered in several ways little is left: it would
# teach that little in common is enough. The index looks at it again, restored.
_WEIGHT_ALTERED = 0.1
_WEIGHTS = {**dict.fromkeys(OTHERS, 0.5), "several at once": 0.02}
_ALTERED_EACH = 400
_PENALTY = 3e-2
# Recall counts half as much as precision in the measure that chooses the threshold (beta² of an
# F-measure): a false link hides news, and joins whole stories.
_RECALL_COUNTS = 0.5
_STEPS, _SMALLEST_STEP = 40, 1e-4

Vector = NDArray[np.float64]


class _Line(NamedTuple):
    """One example."""

    names: tuple[str, ...]
    values: list[float]
    same: bool
    weight: float
    day: int
    kind: str


@dataclass(frozen=True)
class Examples:
    """Pairs of texts: their features with `shortness` last, whether they are one, their day."""

    names: tuple[str, ...]
    matrix: Vector
    same: NDArray[np.bool_]
    weights: Vector
    days: NDArray[np.int_]
    kinds: NDArray[np.str_]

    def of(self, chosen: NDArray[np.bool_]) -> "Examples":
        """Return some of the examples."""
        return Examples(
            self.names, self.matrix[chosen], self.same[chosen], self.weights[chosen],
            self.days[chosen], self.kinds[chosen],
        )  # fmt: skip


def examples(wire: Sequence[TaggedArticle], pairs: Sequence[Pair], seed: int = 5) -> Examples:
    """Run the wire through an index's memory, and note what it finds of pairs and altered items.

    Twice: as it is, and without the tickers in its headlines, which other wires do not
    have.
    """
    lines: list[_Line] = []
    for number, articles in enumerate((wire, [without_tickers(article) for article in wire])):
        lines += _examples_of(articles, pairs, Random(seed + number))
    return Examples(
        lines[0].names,
        np.array([line.values for line in lines]),
        np.array([line.same for line in lines]),
        np.array([line.weight for line in lines]),
        np.array([line.day for line in lines]),
        np.array([line.kind for line in lines]),
    )


def without_tickers(article: TaggedArticle) -> TaggedArticle:
    """Return an article of a wire that has no tickers in its headlines."""
    return article.model_copy(update={"headline": re.sub(r"<[A-Z.]+>", "", article.headline)})


def _examples_of(
    wire: Sequence[TaggedArticle], pairs: Sequence[Pair], chance: Random
) -> Iterator[_Line]:
    memory = Memory()
    days = [day_number(article) for article in wire]
    places = {article.source_id or "": place for place, article in enumerate(wire)}
    labels: dict[int, dict[int, bool]] = {}
    for pair in pairs:
        if pair.label != "S":
            wanted = labels.setdefault(places[pair.later], {})
            wanted[places[pair.earlier]] = pair.label == "P"

    def found(
        fingerprint: Fingerprint, wanted: dict[int, bool], weight: float, day: int, kind: str
    ) -> Iterator[_Line]:
        for place, by_name, short in memory.candidates(fingerprint, float("-inf")):
            if place in wanted:
                values = [*by_name.values(), short]
                yield _Line(tuple(by_name), values, wanted[place], weight, day, kind)

    for place, article in enumerate(wire):
        fingerprint = Fingerprint.of(article.headline, article.body)
        yield from found(fingerprint, labels.get(place, {}), 1.0, days[place], "pair")
        memory.add(stable_hash(str(place)), place, 0.0, fingerprint, fingerprint.postings)
    items = [Item(article.headline, article.body) for article in wire]
    pools = long_and_short(items)
    for name, perturbation in {**COPIES, **OTHERS}.items():
        weight = _WEIGHTS.get(name, _WEIGHT_ALTERED)
        for length, pool in pools.items():
            fitting = [place for place in pool if suits(name, items[place])]
            for place in chance.sample(fitting, _ALTERED_EACH):
                fingerprint = Fingerprint.of(*perturbation(items[place], items, chance))
                wanted = {place: name in COPIES}
                yield from found(fingerprint, wanted, weight, days[place], f"{name}, {length}")


def day_number(article: TaggedArticle) -> int:
    """Return the day of an article's arrival, counted from the year 1."""
    assert article.received_at is not None
    return article.received_at.toordinal()


def fit(data: Examples, without: Sequence[str] = ()) -> dict[str, Any]:
    """Return the weights of a logistic model, as `Scorer` reads them; those `without` are 0."""
    used = np.array([name not in without for name in data.names])
    values, short = data.matrix[:, :-1] * used, data.matrix[:, -1:]
    raw = np.hstack([values, values * short])
    scale = np.where(raw.std(0) > 0, raw.std(0), 1.0)
    columns = np.hstack([raw / scale, np.ones((len(raw), 1))])
    penalty = np.append(np.full(raw.shape[1], _PENALTY * len(raw) / 100), 1e-9)
    weights = np.zeros(columns.shape[1])
    for _ in range(_STEPS):
        likely = 1 / (1 + np.exp(-np.clip(columns @ weights, -30, 30)))
        gradient = columns.T @ (data.weights * (likely - data.same)) + penalty * weights
        spread = np.maximum(likely * (1 - likely), 1e-6) * data.weights
        step = np.linalg.solve((columns.T * spread) @ columns + np.diag(penalty), gradient)
        weights -= step
        if np.abs(step).max() < _SMALLEST_STEP:
            break
    long, of_short = np.split(weights[:-1] / scale, 2)
    return {
        "bias": round(float(weights[-1]), 3),
        "features": {
            name: [round(float(a), 3), round(float(b), 3)]
            for name, a, b in zip(data.names, long, of_short, strict=True)
        },
    }


def scores(weights: dict[str, Any], data: Examples) -> Vector:
    """Return the model's scores of examples."""
    long, short = np.array(list(weights["features"].values())).T
    values = data.matrix[:, :-1]
    result: Vector = weights["bias"] + values @ long + data.matrix[:, -1] * (values @ short)
    return result


def learned(data: Examples, without: Sequence[str] = ()) -> dict[str, Any]:
    """Return weights whose score 0 was the best threshold for days that were held out."""
    return balanced(fit(data, without), data, cross_validated(data, without))


def balanced(weights: dict[str, Any], data: Examples, by: Vector) -> dict[str, Any]:
    """Return the weights with the bias that gives the best F-measure of the pairs at score 0."""
    pairs = data.kinds == "pair"
    same = data.same[pairs]

    def measure(threshold: float) -> float:
        found = by[pairs] > threshold
        right = (found & same).sum()
        return float((1 + _RECALL_COUNTS) * right / (found.sum() + _RECALL_COUNTS * same.sum()))

    best = max(np.arange(-2, 3, 0.05), key=measure)
    return {**weights, "bias": round(weights["bias"] - float(best), 3)}


def cross_validated(data: Examples, without: Sequence[str] = ()) -> Vector:
    """Return scores by models that did not see the day of what they score, five in all."""
    found = np.zeros(len(data.same))
    for fold in range(5):
        held_out = data.days % 5 == fold
        if held_out.any():
            found[held_out] = scores(fit(data.of(~held_out), without), data.of(held_out))
    return found


def main() -> int:
    """Learn the weights and write them down; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    options = parser.parse_args()
    if not (options.data / PAIRS).is_file():
        print(f"Nothing to learn from: no {options.data / PAIRS}.", file=sys.stderr)
        return 2
    data = examples(read_wire(options.data), read_pairs(options.data))
    by = cross_validated(data)
    weights = balanced(fit(data), data, by)
    WEIGHTS.write_bytes(orjson.dumps(weights, option=orjson.OPT_INDENT_2) + b"\n")
    threshold = fit(data)["bias"] - weights["bias"]
    print(f"{len(data.same):,} examples; found by models that did not see their day:")
    for kind in dict.fromkeys(data.kinds):
        for one in (True, False):
            of_kind = (data.kinds == kind) & (data.same == one)
            if of_kind.any():
                share = (by[of_kind] > threshold).mean()
                print(f"  {kind:45}{'the same' if one else 'another':10}{share:8.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
