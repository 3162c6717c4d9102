"""Labelled texts as arrays of numbers, as the training wants them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.entities.features import (
    NAME_TEMPLATES,
    PAIR_TEMPLATES,
    REACH,
    Clusters,
    Document,
    lay_out,
)
from pipeline.entities.model import TYPES
from pipeline.entities.span import Span
from pipeline.entities.tokens import pieces, sentence_starts
from pipeline.entities.vocabulary import Vocabulary
from training.labels import labels_of, names_of
from training.texts import Text, number

# Of the texts, how many in a hundred begin in capitals: a title, or else a first sentence.
_SHOUTED_TITLES = 30
_SHOUTED_SENTENCES = 10
_LONGEST_TITLE = 150  # characters


@dataclass(frozen=True, slots=True)
class Corpus:
    """All places of all documents, padding included, one after the other."""

    vocabulary: Vocabulary
    words: npt.NDArray[np.int32]
    labels: npt.NDArray[np.int8]
    sentences: npt.NDArray[np.int64]  # [first place, one past the last] of each
    pairs: npt.NDArray[np.int32]  # buckets of each place
    names: npt.NDArray[np.int32]  # buckets of the places that may be in names
    name_of: npt.NDArray[np.int32]  # the row in `names` of each place, or -1


def make_corpus(texts: Iterable[tuple[Text, list[Span]]], clusters: Clusters) -> Corpus:
    """Return the corpus of texts and of the names in them."""
    vocabulary = Vocabulary(clusters)
    words, labels, sentences, pairs, names, name_of = [], [], [], [], [], []
    places = rows = 0
    for text, spans in texts:
        original = pieces(text.text)
        found = vocabulary.look_up(original)
        ends = np.fromiter(map(len, original), np.int64, len(original)).cumsum()
        starts = ends - found[:, 1]
        begun = sentence_starts(found[:, 2], starts)
        tokens = [piece.lstrip() for piece in original]
        marked = names_of(
            [(span.start, span.end, TYPES.index(span.type)) for span in spans],
            starts.tolist(), ends.tolist(), tokens,
        )  # fmt: skip
        own = labels_of(marked, len(original), begun)
        shouted = _shouted(text, original, begun)
        if shouted:
            original = [piece.upper() for piece in original[:shouted]] + original[shouted:]
            found = vocabulary.look_up(original)
        layout = lay_out(found[:, 0], begun)
        document = Document(layout, vocabulary.codes, vocabulary.lower, vocabulary.opening)
        count = len(layout.words)
        laid = np.full(count, -1, np.int8)
        laid[layout.places] = own
        pair = np.zeros((count, len(PAIR_TEMPLATES)), np.int32)
        pair[REACH:-REACH] = document.pair_buckets(REACH, count - REACH).T
        at = np.full(count, -1, np.int32)
        at[document.names] = np.arange(rows, rows + len(document.names))
        words.append(layout.words.astype(np.int32))
        labels.append(laid)
        last = np.append(begun[1:], len(original)) - 1
        sentences.append(np.stack([layout.places[begun], layout.places[last] + 1], axis=1) + places)
        pairs.append(pair)
        names.append(document.name_buckets(document.names).T.astype(np.int32))
        name_of.append(at)
        places += count
        rows += len(document.names)
    return Corpus(
        vocabulary,
        np.concatenate(words),
        np.concatenate(labels),
        np.concatenate(sentences),
        np.concatenate(pairs),
        np.concatenate([*names, np.zeros((0, len(NAME_TEMPLATES)), np.int32)]),
        np.concatenate(name_of),
    )


def _shouted(text: Text, tokens: list[str], begun: npt.NDArray[np.int64]) -> int:
    """Return how many of the first tokens are put in capitals.

    Headlines in capitals are common on wires, and rare in these texts.
    """
    title, _, rest = text.text.partition("\n")
    is_title = bool(rest) and len(title) <= _LONGEST_TITLE
    chance = _SHOUTED_TITLES if is_title else _SHOUTED_SENTENCES
    if number(f"shouted {text.id}") % 100 >= chance:
        return 0
    if not is_title:
        return int(begun[1]) if len(begun) > 1 else 0
    return next((at for at, piece in enumerate(tokens) if "\n" in piece), 0)
