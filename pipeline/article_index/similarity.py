"""Whether two texts are one: what they share and where they differ, weighed to one score.

The weights are a logistic model's, learned by `python -m training.pair_scorer` from labelled pairs
of a wire and from texts that were altered as newsrooms, web sites and scanners do; they stand in
`pair_scorer.json`. Every feature is a share or the logarithm of a count. Short texts are weighed
in another way than long ones, since a template of 20 words says little: a feature's weight is
`long + shortness × short`.
"""

from importlib.resources import files
from math import log1p, sqrt
from typing import Any, Final, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from pipeline.article_index.fingerprint import (
    FACTS,
    FILLINGS,
    HEADLINE,
    NAMES,
    NUMBERS,
    ROW_SIZE,
    SECTION_SIZES,
    SECTION_STARTS,
    SECTIONS,
    TEXT,
    TICKERS,
    Row,
)

_LAST = SECTION_STARTS + np.array(SECTION_SIZES) - 1
_SECTION_OF = np.repeat(np.arange(SECTIONS), SECTION_SIZES)
_LARGEST = FILLINGS - np.uint32(1)

# A text of 60 words is not short, one of 20 is: between them shortness falls from 1 to 0.
_LONG_WORDS, _SHORT_WORDS = 60, 20
# What a missing headline is taken for: neither agreement nor disagreement.
_UNKNOWN_HEADLINE = 0.3

HEADLINE_FEATURES: Final = ("headline", "other headline", "no headline", "ticker", "other ticker")


class Agreement(NamedTuple):
    """What two texts have in common, by the section of their rows.

    All counts are of the samples that can be compared.
    """

    shared: list[int]
    here: list[int]
    there: list[int]

    def of_shorter(self, section: int) -> float:
        """Return the share of the smaller set that the larger one has; 0 of an empty one."""
        return self.shared[section] / max(min(self.here[section], self.there[section]), 1)


def agreement(row: Row, others: NDArray[np.uint32]) -> list[Agreement]:
    """Compare a row with each of several others."""
    bounds = np.minimum(np.minimum(row[_LAST], others[:, _LAST]), _LARGEST)
    within = others <= bounds[:, _SECTION_OF]
    places = row.searchsorted(others)
    places[places == ROW_SIZE] = 0
    shared = (row[places] == others) & within
    counts = (
        np.add.reduceat(shared, SECTION_STARTS, axis=1, dtype=np.intp),
        row.searchsorted(bounds, side="right") - SECTION_STARTS,
        np.add.reduceat(within, SECTION_STARTS, axis=1, dtype=np.intp),
    )
    # Of the two or three that are looked at further, Python's numbers are faster than arrays.
    return list(map(Agreement, *(count.tolist() for count in counts)))


def features(common: Agreement, rare_keys: float, keys_here: int) -> dict[str, float]:
    """Return what the scorer weighs, by name; `here` is the new text.

    `rare_keys` is the sum over the shared candidate keys of 1 / (stories that have the key).
    """
    shared, here, there = common
    fewer = list(map(min, here, there))
    of_new = shared[TEXT] / max(here[TEXT], 1)
    of_old = shared[TEXT] / max(there[TEXT], 1)
    of_either = max(of_new, of_old)
    mean = sqrt(of_new * of_old)
    # Of the text that has fewer, what the other one lacks.
    numbers_missing = fewer[NUMBERS] - shared[NUMBERS]
    names_missing = fewer[NAMES] - shared[NAMES]
    numbers = numbers_missing / max(fewer[NUMBERS], 1)
    names = names_missing / max(fewer[NAMES], 1)
    words = here[HEADLINE] + there[HEADLINE] - shared[HEADLINE]
    headline = shared[HEADLINE] / max(words, 1) if fewer[HEADLINE] else _UNKNOWN_HEADLINE
    facts = shared[FACTS]
    return {
        "text of the new": of_new,
        "text of the new, up to 1/5": min(of_new, 0.2),
        "text of the old": of_old,
        "text of either": of_either,
        "text of either, over 1/2": max(of_either - 0.5, 0.0),
        "text of either, over 4/5": max(of_either - 0.8, 0.0),
        "text of both": mean,
        "text of both, up to 2/5": min(mean, 0.4),
        "rare keys": log1p(rare_keys),
        "rare keys, up to 3": min(rare_keys, 3.0),
        "rare keys of the new": rare_keys / max(keys_here, 1),
        "facts of the new": facts / max(here[FACTS], 1),
        "facts of either": common.of_shorter(FACTS),
        "facts": log1p(facts),
        "numbers missing": numbers,
        "numbers missing in the same text": numbers * of_either,
        "numbers replaced": log1p(numbers_missing),
        "numbers new": log1p(here[NUMBERS] - shared[NUMBERS]),
        "numbers gone": log1p(there[NUMBERS] - shared[NUMBERS]),
        "numbers shared": log1p(shared[NUMBERS]),
        "names missing": names,
        "names missing in the same text": names * of_either,
        "names replaced": log1p(names_missing),
        "names new": log1p(here[NAMES] - shared[NAMES]),
        "names shared": log1p(shared[NAMES]),
        "headline": headline,
        "other headline": max(0.25 - headline, 0.0),
        "no headline": 0.0 if fewer[HEADLINE] else 1.0,
        "ticker": min(shared[TICKERS], 1.0),
        "other ticker": 1.0 if fewer[TICKERS] and not shared[TICKERS] else 0.0,
        "short": 1.0,
    }


def shortness(words_here: int, words_there: int) -> float:
    """Return 0 where both texts are long, 1 where one of them is short."""
    over = (_LONG_WORDS - min(words_here, words_there)) / (_LONG_WORDS - _SHORT_WORDS)
    return min(max(over, 0.0), 1.0)


class Scorer:
    """A logistic model: more than 0 is rather one text than two."""

    def __init__(self, weights: dict[str, Any]) -> None:
        self.bias = float(weights["bias"])
        self.names = tuple(weights["features"])
        self._weights = [
            (float(long), float(short)) for long, short in weights["features"].values()
        ]

    def __call__(self, by_name: dict[str, float], short: float) -> float:
        """Return the score of two texts that have these features and this shortness."""
        score = self.bias
        for value, (weight, weight_of_short) in zip(by_name.values(), self._weights, strict=True):
            score += value * (weight + short * weight_of_short)
        return score


def learned_scorer() -> Scorer:
    """Return the scorer of `pair_scorer.json`."""
    path = files("pipeline.article_index") / "pair_scorer.json"
    return Scorer(orjson.loads(path.read_bytes()))


def headline_similarity(by_name: dict[str, float]) -> float | None:
    """Return the share of words that two headlines have in common; None where one is missing."""
    return None if by_name["no headline"] else by_name["headline"]
