"""Learn when two texts are one: `python -m training.pair_scorer [--data FOLDER]`.

Examples are the labelled pairs of the Reuters wire, as the index meets them when the wire runs
through it, and items of that wire altered as newsrooms, web sites and scanners alter them
(`benchmarks/perturbations.py`). A logistic model with a small penalty is fitted to them by Newton's
method; its weights go to `pipeline/article_index/pair_scorer.json`. Nothing is random but for the
perturbations, whose seed is fixed: the same data give the same file.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from benchmarks.perturbations import COPIES, OTHERS, Item, long_and_short, suits
from benchmarks.reuters_wire import PAIRS, Pair, read_pairs, read_wire
from pipeline.article_index.fingerprint import Fingerprint
from pipeline.article_index.memory import Memory
from schemas import TaggedArticle, stable_hash

WEIGHTS = Path(__file__).parents[1] / "pipeline" / "article_index" / "pair_scorer.json"

# A labelled pair is what an index meets; altered texts are many, and tell what it may meet. The
# hardest of them (several alterations at once, look-alikes) count more than those that all find.
_WEIGHT_ALTERED = 0.1
_WEIGHT_HARD = 0.3
_HARD = {"several at once", *OTHERS}
_ALTERED_EACH = 400
_PENALTY = 3e-3
_STEPS = 40

Vector = NDArray[np.float64]


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
    """Run the wire through an index's memory, and note what it finds of the labelled pairs."""
    memory = Memory()
    labels: dict[str, dict[str, bool]] = {}
    for pair in pairs:
        if pair.label != "S":
            labels.setdefault(pair.later, {})[pair.earlier] = pair.label == "P"
    lines: list[Vector] = []
    same: list[bool] = []
    weights: list[float] = []
    days: list[int] = []
    kinds: list[str] = []
    names: tuple[str, ...] = ()

    def note(
        fingerprint: Fingerprint, wanted: dict[int, bool], weight: float, day: int, kind: str
    ) -> None:
        nonlocal names
        found = memory.candidates(fingerprint, float("-inf"))
        for line, place in enumerate(found.places if found else ()):
            if found and place in wanted:
                names = tuple(found.features)
                values = [column[line] for column in found.features.values()]
                lines.append(np.array([*values, found.shortness[line]]))
                same.append(wanted[place])
                weights.append(weight)
                days.append(day)
                kinds.append(kind)

    places = {article.source_id or "": place for place, article in enumerate(wire)}
    day_of = [day_number(article) for article in wire]
    for place, article in enumerate(wire):
        fingerprint = Fingerprint.of(article.headline, article.body)
        wanted = labels.get(article.source_id or "", {})
        note(
            fingerprint, {places[earlier]: one for earlier, one in wanted.items()}, 1.0,
            day_of[place], "pair",
        )  # fmt: skip
        key = stable_hash(article.article_id)
        memory.add(key, 0.0, fingerprint, fingerprint.keys)
    chance = Random(seed)
    items = [Item(article.headline, article.body) for article in wire]
    pools = long_and_short(items)
    for name, perturbation in {**COPIES, **OTHERS}.items():
        weight = _WEIGHT_HARD if name in _HARD else _WEIGHT_ALTERED
        for length, pool in pools.items():
            fit = [place for place in pool if suits(name, items[place])]
            for place in chance.sample(fit, min(_ALTERED_EACH, len(fit))):
                altered = perturbation(items[place], items, chance)
                fingerprint = Fingerprint.of(*altered)
                note(
                    fingerprint, {place: name in COPIES}, weight, day_of[place], f"{name}, {length}"
                )
    return Examples(
        names, np.array(lines), np.array(same), np.array(weights), np.array(days), np.array(kinds)
    )


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
        weights -= np.linalg.solve((columns.T * spread) @ columns + np.diag(penalty), gradient)
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


def balanced(weights: dict[str, Any], data: Examples, by: Vector) -> dict[str, Any]:
    """Return the weights with the bias that gives the best F1 of the labelled pairs at score 0."""
    pairs = data.kinds == "pair"
    same = data.same[pairs]

    def f1(threshold: float) -> float:
        found = by[pairs] > threshold
        return float(2 * (found & same).sum() / (found.sum() + same.sum()))

    best = max(np.arange(-2, 2, 0.05), key=f1)
    return {**weights, "bias": round(weights["bias"] - float(best), 3)}


def cross_validated(data: Examples, without: Sequence[str] = ()) -> Vector:
    """Return scores by models that did not see the day of what they score, five in all."""
    found = np.zeros(len(data.same))
    for fold in range(5):
        held_out = data.days % 5 == fold
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
