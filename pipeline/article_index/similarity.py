"""Whether two texts are one: what they share and where they differ, weighed to one score.

The weights are a logistic model's, learned by `python -m training.pair_scorer` from labelled pairs
of a wire and from texts that were altered as newsrooms, web sites and scanners do; they stand in
`pair_scorer.json`. Every feature is a share or the logarithm of a count. Short texts are weighed
in another way than long ones, since a template of 20 words says little: a feature's weight is
`long + shortness × short`.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

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

Values = NDArray[np.float64]

_LAST = SECTION_STARTS + np.array(SECTION_SIZES) - 1
_SECTION_OF = np.repeat(np.arange(SECTIONS), SECTION_SIZES)
_LARGEST = FILLINGS - np.uint32(1)

_TEXT_SIZE, _TEXT_FILLING = SECTION_SIZES[TEXT], int(FILLINGS[TEXT])  # the row's first section

# A text of 60 words is not short, one of 20 is: between them shortness falls from 1 to 0.
_LONG_WORDS, _SHORT_WORDS = 60, 20
# What a missing headline is taken for: neither agreement nor disagreement.
_UNKNOWN_HEADLINE = 0.3

HEADLINE_FEATURES: Final = ("headline", "other headline", "no headline", "ticker", "other ticker")


@dataclass(frozen=True, slots=True)
class Agreement:
    """What one text has in common with each of several others, by the section of their rows.

    All counts are of the samples that can be compared: lines are the others, columns the sections.
    """

    shared: Values
    here: Values
    there: Values

    def of_shorter(self, section: int) -> Values:
        """Return the share of the smaller set that the larger one has; 0 of an empty one."""
        smaller = np.minimum(self.here[:, section], self.there[:, section])
        return self.shared[:, section] / np.maximum(smaller, 1)


def agreement(row: Row, others: NDArray[np.uint32]) -> Agreement:
    """Compare a row with others, one a line."""
    bounds = np.minimum(np.minimum(row[_LAST], others[:, _LAST]), _LARGEST)
    within = others <= bounds[:, _SECTION_OF]
    places = row.searchsorted(others)
    places[places == ROW_SIZE] = 0
    shared = (row[places] == others) & within
    return Agreement(
        shared=np.add.reduceat(shared, SECTION_STARTS, axis=1, dtype=np.float64),
        here=(row.searchsorted(bounds, side="right") - SECTION_STARTS).astype(np.float64),
        there=np.add.reduceat(within, SECTION_STARTS, axis=1, dtype=np.float64),
    )


def shares_text(row: Row, others: NDArray[np.uint32], least: float) -> list[int]:
    """Return which of the others have at least this share of the text in common with a row.

    What `agreement` says of the text alone, without arrays: most articles have a candidate or two,
    with which they share a phrase.
    """
    lines = []
    here = row[:_TEXT_SIZE].tolist()
    members = {*here} - {_TEXT_FILLING}
    for line, there in enumerate(others[:, :_TEXT_SIZE].tolist()):
        shared = len(members.intersection(there))
        bound = min(here[-1], there[-1], _TEXT_FILLING - 1)
        fewer = min(bisect_right(here, bound), bisect_right(there, bound))
        if shared >= least * max(fewer, 1):
            lines.append(line)
    return lines


def features(common: Agreement, rare_keys: Values, keys_here: int) -> dict[str, Values]:
    """Return what the scorer weighs, by name; `here` is the new text.

    `rare_keys` is the sum over the shared candidate keys of 1 / (stories that have the key).
    """
    shared, here, there = common.shared, common.here, common.there
    fewer = np.minimum(here, there)
    missing = fewer - shared  # of the text that has fewer, what the other one lacks
    of_new = shared[:, TEXT] / np.maximum(here[:, TEXT], 1)
    of_old = shared[:, TEXT] / np.maximum(there[:, TEXT], 1)
    of_either = np.maximum(of_new, of_old)
    mean = np.sqrt(of_new * of_old)
    numbers = missing[:, NUMBERS] / np.maximum(fewer[:, NUMBERS], 1)
    names = missing[:, NAMES] / np.maximum(fewer[:, NAMES], 1)
    known = fewer[:, HEADLINE] > 0
    words = here[:, HEADLINE] + there[:, HEADLINE] - shared[:, HEADLINE]
    headline = np.where(known, shared[:, HEADLINE] / np.maximum(words, 1), _UNKNOWN_HEADLINE)
    facts = shared[:, FACTS]
    return {
        "text of the new": of_new,
        "text of the new, up to 1/5": np.minimum(of_new, 0.2),
        "text of the old": of_old,
        "text of either": of_either,
        "text of either, over 1/2": np.maximum(of_either - 0.5, 0),
        "text of either, over 4/5": np.maximum(of_either - 0.8, 0),
        "text of both": mean,
        "text of both, up to 2/5": np.minimum(mean, 0.4),
        "rare keys": np.log1p(rare_keys),
        "rare keys, up to 3": np.minimum(rare_keys, 3),
        "rare keys of the new": rare_keys / max(keys_here, 1),
        "facts of the new": facts / np.maximum(here[:, FACTS], 1),
        "facts of either": common.of_shorter(FACTS),
        "facts": np.log1p(facts),
        "numbers missing": numbers,
        "numbers missing in the same text": numbers * of_either,
        "numbers replaced": np.log1p(missing[:, NUMBERS]),
        "numbers new": np.log1p(here[:, NUMBERS] - shared[:, NUMBERS]),
        "numbers gone": np.log1p(there[:, NUMBERS] - shared[:, NUMBERS]),
        "numbers shared": np.log1p(shared[:, NUMBERS]),
        "names missing": names,
        "names missing in the same text": names * of_either,
        "names replaced": np.log1p(missing[:, NAMES]),
        "names new": np.log1p(here[:, NAMES] - shared[:, NAMES]),
        "names shared": np.log1p(shared[:, NAMES]),
        "headline": headline,
        "other headline": np.maximum(0.25 - headline, 0),
        "no headline": (~known).astype(np.float64),
        "ticker": np.minimum(shared[:, TICKERS], 1),
        "other ticker": ((fewer[:, TICKERS] > 0) & (shared[:, TICKERS] == 0)).astype(np.float64),
        "short": np.ones_like(mean),
    }


def shortness(words_here: int, words_there: Values) -> Values:
    """Return 0 where both texts are long, 1 where one of them is short."""
    shorter = np.minimum(words_there, words_here)
    return np.clip((_LONG_WORDS - shorter) / (_LONG_WORDS - _SHORT_WORDS), 0, 1)


class Scorer:
    """A logistic model: more than 0 is rather one text than two."""

    def __init__(self, weights: dict[str, Any]) -> None:
        self.bias = float(weights["bias"])
        self.names = tuple(weights["features"])
        pairs: Sequence[Sequence[float]] = tuple(weights["features"].values())
        self._long, self._short = np.array(pairs, np.float64).T

    def __call__(self, by_name: dict[str, Values], short: Values) -> Values:
        """Return the score of every line."""
        assert tuple(by_name) == self.names, "pair_scorer.json was made for other features"
        matrix = np.array(list(by_name.values()))
        scores: Values = self.bias + self._long @ matrix + short * (self._short @ matrix)
        return scores


def learned_scorer() -> Scorer:
    """Return the scorer of `pair_scorer.json`."""
    path = files("pipeline.article_index") / "pair_scorer.json"
    return Scorer(orjson.loads(path.read_bytes()))


def headline_similarity(by_name: dict[str, Values], line: int) -> float | None:
    """Return the share of words that two headlines have in common; None where one is missing."""
    return None if by_name["no headline"][line] else float(by_name["headline"][line])
