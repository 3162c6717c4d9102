"""Training of a linear-chain CRF (Lafferty, McCallum and Pereira 2001), compiled by numba.

Stochastic gradient, sentence by sentence, with AdaGrad (Duchi, Hazan and Singer 2011), whose rate
falls to 0 in a straight line. In each epoch some words are hidden: what is left of them is shape,
affixes and cluster, as of a word that was never seen.
"""

from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from pipeline.entities.features import (
    BUCKETS,
    NAME_TEMPLATES,
    OFFSETS,
    PAIR_TEMPLATES,
    TELLTALE,
    WORD_TEMPLATES,
    Template,
    word_buckets,
)
from pipeline.entities.model import LABELS, OUTSIDE, follows
from training.corpus import Corpus

# Labels in a row of weights: a multiple of what a processor adds at once.
_WIDTH = 24
_LEARNING_RATE = 0.05
_HIDDEN = 0.3
# A token that the model is that sure of teaches it nothing.
_SURE = 1e-3

Array = npt.NDArray[Any]
Weights = npt.NDArray[np.float32]


def train(
    corpus: Corpus, epochs: int, seed: int, kept: npt.NDArray[np.bool_] | None = None
) -> tuple[Weights, Weights]:
    """Return the weights of [bucket, label] and of [label before, label].

    `seed` decides the order of the sentences and which words are hidden. With `kept`, of buckets,
    only these are learnt.
    """
    if kept is None:
        kept = np.ones(BUCKETS, np.bool_)
    count = len(corpus.vocabulary)
    words = tuple(
        np.ascontiguousarray(
            word_buckets(corpus.vocabulary.codes[:, :count], offset).T.astype(np.int32)
        )
        for offset in OFFSETS
    )
    tells = tuple(
        np.array([bool(_telltale(template)) for template in WORD_TEMPLATES[offset]])
        for offset in OFFSETS
    )
    random = np.random.default_rng(seed)
    weights = np.zeros((BUCKETS, _WIDTH), np.float32)
    squares = np.full((BUCKETS, _WIDTH), 1e-8, np.float32)
    steps = np.zeros((LABELS, LABELS), np.float32)
    step_squares = np.full((LABELS, LABELS), 1e-8, np.float32)
    allowed = np.array([[follows(label, after) for label in range(LABELS)]
                        for after in range(LABELS)])  # fmt: skip
    order = np.arange(len(corpus.sentences))
    for epoch in range(epochs):
        random.shuffle(order)
        hidden = random.random(len(corpus.words)) < _HIDDEN
        loss = _epoch(
            corpus.words, corpus.labels, corpus.sentences, order, hidden, words, tells,
            corpus.pairs, _masks(PAIR_TEMPLATES), corpus.names, corpus.name_of,
            _masks(NAME_TEMPLATES), kept, weights, squares, steps, step_squares, allowed,
            _LEARNING_RATE * (1 - epoch / epochs), _LEARNING_RATE * (1 - (epoch + 1) / epochs),
        )  # fmt: skip
        print(
            f"epoch {epoch + 1} of {epochs}: {loss / (corpus.labels >= 0).sum():.4f} nats a token"
        )
    return weights[:, :LABELS], steps


def _telltale(template: Template) -> list[int]:
    """Return the offsets whose word a template tells."""
    return [offset for offset, code in template if code in TELLTALE]


def _masks(templates: tuple[Template, ...]) -> npt.NDArray[np.bool_]:
    """Return, for each template, which of the 5 words may not be hidden."""
    return np.array([[offset in _telltale(t) for offset in OFFSETS] for t in templates])


@numba.njit(fastmath=True, cache=True)
def _epoch(
    words: Array, labels: Array, sentences: Array, order: Array, hidden: Array,
    tables: tuple[Array, ...], tells: tuple[Array, ...], pairs: Array, pair_masks: Array,
    names: Array, name_of: Array, name_masks: Array, kept: Array, weights: Array, squares: Array,
    steps: Array, step_squares: Array, allowed: Array, first_rate: float, last_rate: float,
) -> float:  # fmt: skip
    """Learn from each sentence in `order`; return the loss before."""
    longest = 0
    for s in range(len(sentences)):
        longest = max(longest, sentences[s, 1] - sentences[s, 0])
    features = np.zeros((longest, 128), np.int32)
    counts = np.zeros(longest, np.int32)
    emission = np.zeros((longest, LABELS), np.float32)
    alpha = np.zeros((longest, LABELS), np.float32)
    beta = np.zeros((longest, LABELS), np.float32)
    moves = np.zeros((LABELS, LABELS), np.float32)
    moved = np.zeros((LABELS, LABELS), np.float32)
    gradient = np.zeros(_WIDTH, np.float32)
    score = np.zeros(_WIDTH, np.float32)
    loss = 0.0
    for number in range(len(order)):
        rate = np.float32(first_rate + (last_rate - first_rate) * number / len(order))
        begin = sentences[order[number], 0]
        length = sentences[order[number], 1] - begin
        # scores
        for i in range(length):
            at = begin + i
            n = 0
            for o in range(5):
                table = tables[o]
                word = words[at + o - 2]
                for f in range(table.shape[1]):
                    bucket = table[word, f]
                    if kept[bucket] and not (hidden[at + o - 2] and tells[o][f]):
                        features[i, n] = bucket
                        n += 1
            for f in range(pairs.shape[1]):
                seen = kept[pairs[at, f]]
                for o in range(5):
                    if pair_masks[f, o] and hidden[at + o - 2]:
                        seen = False
                if seen:
                    features[i, n] = pairs[at, f]
                    n += 1
            row = name_of[at]
            if row >= 0:
                for f in range(names.shape[1]):
                    seen = kept[names[row, f]]
                    for o in range(5):
                        if name_masks[f, o] and hidden[at + o - 2]:
                            seen = False
                    if seen:
                        features[i, n] = names[row, f]
                        n += 1
            counts[i] = n
            score[:] = 0
            for f in range(n):
                bucket = features[i, f]
                for y in range(_WIDTH):
                    score[y] += weights[bucket, y]
            highest = score[0]
            for y in range(1, LABELS):
                highest = max(highest, score[y])
            for y in range(LABELS):
                emission[i, y] = np.exp(score[y] - highest)
        for x in range(LABELS):
            for y in range(LABELS):
                moves[x, y] = np.exp(steps[x, y]) if allowed[x, y] else 0.0
                moved[x, y] = 0.0
        # forward and backward
        for i in range(length):
            total = np.float32(0)
            for y in range(LABELS):
                alpha[i, y] = moves[OUTSIDE, y] if i == 0 else 0.0
            if i:
                for x in range(LABELS):
                    a = alpha[i - 1, x]
                    for y in range(LABELS):
                        alpha[i, y] += a * moves[x, y]
            for y in range(LABELS):
                alpha[i, y] *= emission[i, y]
                total += alpha[i, y]
            for y in range(LABELS):
                alpha[i, y] /= total
        for y in range(LABELS):
            beta[length - 1, y] = moves[y, OUTSIDE]
        for i in range(length - 2, -1, -1):
            total = np.float32(0)
            for x in range(LABELS):
                b = np.float32(0)
                for y in range(LABELS):
                    b += moves[x, y] * emission[i + 1, y] * beta[i + 1, y]
                beta[i, x] = b
                total += b
            for x in range(LABELS):
                beta[i, x] /= total
        # what was expected, less what is
        for i in range(length):
            at = begin + i
            total = np.float32(0)
            for y in range(LABELS):
                gradient[y] = alpha[i, y] * beta[i, y]
                total += gradient[y]
            for y in range(LABELS):
                gradient[y] /= total
            loss -= np.log(max(gradient[labels[at]], 1e-30))
            if i:
                total = np.float32(0)
                for x in range(LABELS):
                    for y in range(LABELS):
                        total += alpha[i - 1, x] * moves[x, y] * emission[i, y] * beta[i, y]
                for x in range(LABELS):
                    for y in range(LABELS):
                        moved[x, y] += (
                            alpha[i - 1, x] * moves[x, y] * emission[i, y] * beta[i, y] / total
                        )
                moved[labels[at - 1], labels[at]] -= 1
            else:
                for y in range(LABELS):
                    moved[OUTSIDE, y] += gradient[y]
                moved[OUTSIDE, labels[at]] -= 1
            if i == length - 1:
                for y in range(LABELS):
                    moved[y, OUTSIDE] += gradient[y]
                moved[labels[at], OUTSIDE] -= 1
            gradient[labels[at]] -= 1
            largest = np.float32(0)
            for y in range(LABELS):
                largest = max(largest, abs(gradient[y]))
            if largest < _SURE:
                continue
            for f in range(counts[i]):
                bucket = features[i, f]
                for y in range(_WIDTH):
                    g = gradient[y]
                    squares[bucket, y] += g * g
                    weights[bucket, y] -= rate * g / np.sqrt(squares[bucket, y])
        for x in range(LABELS):
            for y in range(LABELS):
                if allowed[x, y] and abs(moved[x, y]) > _SURE:
                    step_squares[x, y] += moved[x, y] ** 2
                    steps[x, y] -= rate * moved[x, y] / np.sqrt(step_squares[x, y])
    return loss
