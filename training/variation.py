"""The same news about other names, for the teacher to label.

The texts name a few thousand people and places; the teacher knows many more. Some words of the
names in a text are each replaced, wherever they stand in it, by a word that is used alike.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from pipeline.entities.features import Case, Clusters, case_of, hash_of
from pipeline.entities.span import Span
from pipeline.entities.tokens import pieces
from training.texts import Text, number

_REPLACED = 0.5  # of the words of names


class Variation:
    """Replaces words of names by others of their cluster."""

    def __init__(self, clusters: Clusters, words: Iterable[str]) -> None:
        """Take clusters and the words that are in them."""
        names = [word for word in words if len(word) > 2 and case_of(word) == Case.CAPITALISED]
        group = dict(zip(clusters.hashes.tolist(), clusters.neighbours.tolist(), strict=True))
        self._cluster = {word: int(clusters.fine[group[hash_of(word)]]) for word in names}
        self._words: defaultdict[int, list[str]] = defaultdict(list)
        for word in names:
            self._words[self._cluster[word]].append(word)

    def of(self, text: Text, spans: Sequence[Span], round_: int) -> Text:
        """Return the text with other names; `round_` numbers the variants of one text."""
        identifier = f"{text.id} variation {round_}"
        random = np.random.default_rng(number(identifier))
        within = np.zeros(len(text.text) + 1, np.bool_)
        for span in spans:
            within[span.start : span.end] = True
        chosen: dict[str, str] = {}
        result: list[str] = []
        at = 0
        for piece in pieces(text.text):
            at += len(piece)
            word = piece.lstrip()
            if within[at - 1] and word in self._cluster and word not in chosen:
                others = self._words[self._cluster[word]]
                chosen[word] = (
                    others[random.integers(len(others))] if random.random() < _REPLACED else word
                )
            result.append(piece[: len(piece) - len(word)] + chosen.get(word, word))
        return Text(identifier, "".join(result))


def varied(
    labelled: Iterable[tuple[Text, list[Span]]], variation: Variation, rounds: int
) -> Iterator[Text]:
    """Yield the variants of texts."""
    for text, spans in labelled:
        for round_ in range(rounds):
            yield variation.of(text, spans, round_)
