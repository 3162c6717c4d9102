"""Names in English news, by a linear-chain CRF: some 20 times the speed of spaCy's recogniser.

    >>> tagger = Tagger()
    >>> text = "Rustam Asildarov led the Islamic State in Dagestan."
    >>> [(text[span.start : span.end], span.type) for span in tagger.spans(text)]
    [('Rustam Asildarov', 'PERSON'), ('Islamic State', 'ORG'), ('Dagestan', 'PLACE')]

The five types: PERSON; ORG (companies, agencies, parties, armed groups, teams); PLACE (countries,
cities, regions, mountains, buildings); NORP (nationalities, religious and political groups:
"Russian", "Muslims", "Republican"); OTHER (events, laws, languages, products, works of art).
A span holds the name without "the" before it and without "'s" after it.

Where the time goes, and what is done about it: a word's features are scored once and kept, for each
place in which it may stand to a token; tokens that are almost certainly outside names are left out
of the search for the best labels; what is left is searched for all sentences at once.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from pipeline.entities.features import (
    OFFSETS,
    REACH,
    Document,
    Numbers,
    lay_out,
    word_buckets,
)
from pipeline.entities.model import (
    BEGIN,
    INSIDE,
    LABELS,
    LAST,
    OUTSIDE,
    TYPES,
    UNIT,
    Model,
    load_model,
)
from pipeline.entities.span import Span
from pipeline.entities.tokens import LONGEST_TOKEN, pieces, sentence_starts
from pipeline.entities.vocabulary import Vocabulary
from schemas.article import ArticleField

# Words kept with their scores, some 20 MB; then all are forgotten.
_MOST_WORDS = 50_000
# Places scored at once: bounds the memory that a long text takes.
_BLOCK = 4096
# A token whose score outside names is that much above any other is not searched, with 32 to the
# nat; one that is written like a name has to be surer. Of 38,341 names of the evaluation sets and
# of 1,000 articles of the wire, this loses 162 and adds 203, and takes a quarter off the time.
_CERTAIN = 80
_CERTAIN_OF_NAME = 112

Scores = npt.NDArray[np.int16]


class Tagger:
    """Finds names in a text; the same text always gives the same spans."""

    name: ClassVar[str] = "newswire"
    language: ClassVar[str] = "en"

    def __init__(self, model: Model | None = None) -> None:
        """Take a model, or load that of the package; `UserError` where it is missing or altered."""
        self._model = model or load_model()
        self._forget()

    def spans(self, text: str) -> list[Span]:
        """Return the names in `text`, in order, none overlapping another."""
        return self._tag([text])[0]

    def names(self, headline: str, body: str) -> dict[ArticleField, list[Span]]:
        """Return the names of both parts of a document, where each serves the other as evidence."""
        in_headline, in_body = self._tag([headline, body])
        return {"headline": in_headline, "body": in_body}

    def _forget(self) -> None:
        self._vocabulary = Vocabulary(self._model.clusters)
        # For each place of a word to a token, the scores of the words there.
        self._scores: list[Scores] = [np.zeros((0, LABELS), np.int16) for _ in OFFSETS]
        self._scored = 0

    def _tag(self, texts: Sequence[str]) -> list[list[Span]]:
        """Return the spans in each of the texts of one document."""
        vocabulary = self._vocabulary
        if len(vocabulary) > _MOST_WORDS or vocabulary.pieces > 2 * _MOST_WORDS:
            self._forget()
            vocabulary = self._vocabulary
        words, starts, ends, sentences = [], [], [], []
        counts = [0]
        for text in texts:
            found = pieces(text)
            rows = vocabulary.look_up(found)
            end = np.fromiter(map(len, found), np.int64, len(found)).cumsum()
            start = end - rows[:, 1]
            # What was cut from a longer word is no name: padding stands for it.
            words.append(np.where(rows[:, 1] < LONGEST_TOKEN, rows[:, 0], 0))
            starts.append(start)
            ends.append(end)
            sentences.append(sentence_starts(rows[:, 2], start) + counts[-1])
            counts.append(counts[-1] + len(found))
        if not counts[-1]:
            return [[] for _ in texts]
        labels = self._labels(np.concatenate(words), np.concatenate(sentences))
        return [
            _spans(text, labels[first:last], start, end)
            for text, (first, last), start, end in zip(
                texts, pairwise(counts), starts, ends, strict=True
            )
        ]

    def _labels(self, words: Numbers, sentences: Numbers) -> npt.NDArray[np.int64]:
        """Return the best label of each word of a document whose sentences begin at `sentences`."""
        self._score_words()
        vocabulary = self._vocabulary
        layout = lay_out(words, sentences)
        document = Document(layout, vocabulary.codes, vocabulary.lower, vocabulary.opening)
        count = len(layout.words)
        labels = np.zeros(count, np.int64)
        scores = np.zeros((count, LABELS), np.int16)
        for begin in range(REACH, count - REACH, _BLOCK):
            end = min(begin + _BLOCK, count - REACH)
            self._score(layout.words, document, begin, end, scores[begin:end])
        by_label = np.ascontiguousarray(scores.T)
        certain = np.full(count, _CERTAIN, np.int16)
        certain[document.names] = _CERTAIN_OF_NAME
        possible = by_label[OUTSIDE] - by_label[1:].max(axis=0) < certain
        possible &= layout.words != 0
        places = np.flatnonzero(possible)
        if len(places):
            labels[places] = _search(scores, places, self._model.steps)
        return labels[layout.places]

    def _score_words(self) -> None:
        """Sum the scores of the words that are new."""
        known, count = self._scored, len(self._vocabulary)
        if known == count:
            return
        codes = self._vocabulary.codes[:, known:count]
        model = self._model
        size = self._vocabulary.codes.shape[1]
        for number, offset in enumerate(OFFSETS):
            if size > len(self._scores[number]):
                larger = np.zeros((size, LABELS), np.int16)
                larger[:known] = self._scores[number][:known]
                self._scores[number] = larger
            self._scores[number][known:count] = _sums(model, word_buckets(codes, offset))
        self._scored = count

    def _score(
        self, words: Numbers, document: Document, begin: int, end: int, scores: Scores
    ) -> None:
        """Write the scores of the places from `begin` to `end`."""
        scores[:] = _sums(self._model, document.pair_buckets(begin, end))
        for number, offset in enumerate(OFFSETS):
            scores += self._scores[number].take(words[begin + offset : end + offset], axis=0)
        first, last = np.searchsorted(document.names, (begin, end))
        names = document.names[first:last]
        if len(names):
            scores[names - begin] += _sums(self._model, document.name_buckets(names))


def _sums(model: Model, buckets: npt.NDArray[np.uint32]) -> Scores:
    """Return the sum of the scores of each column of buckets."""
    sums: Scores = model.weights.take(model.rows.take(buckets), axis=0).sum(axis=0, dtype=np.int16)
    return sums


def _search(scores: Scores, places: Numbers, steps: npt.NDArray[np.int32]) -> npt.NDArray[np.int64]:
    """Return the best labels of `places`, by Viterbi; what is beside them is outside names.

    Runs of places are searched side by side, the longest first.
    """
    apart = np.flatnonzero(np.diff(places, prepend=-2) != 1)
    lengths = np.diff(apart, append=len(places))
    order = np.argsort(-lengths, kind="stable")
    begins, lengths = apart[order], lengths[order]
    longest = int(lengths[0])
    # How many runs are longer than 0, 1, 2, ...
    active = np.searchsorted(-lengths, -np.arange(longest), side="left")
    own = scores[places].astype(np.int32)
    best = own[begins] + steps[OUTSIDE]
    kept = [best]
    for step in range(1, longest):
        count = active[step]
        before = best[:count]
        best = (before.T[:, :, None] + steps[:, None, :]).max(axis=0)
        best += own[begins[:count] + step]
        kept.append(best)
    into = np.ascontiguousarray(steps.T)
    labels = np.zeros(len(places), np.int64)
    after = np.zeros(len(begins), np.int64)
    for step in range(longest - 1, -1, -1):
        count = active[step]
        chosen = (kept[step] + into[after[:count]]).argmax(axis=1)
        after[:count] = chosen
        labels[begins[:count] + step] = chosen
    return labels


def _spans(text: str, labels: npt.NDArray[np.int64], starts: Numbers, ends: Numbers) -> list[Span]:
    """Return the names that labels mark, of which each has a letter."""
    first = np.flatnonzero((labels >= UNIT) | ((labels >= BEGIN) & (labels < INSIDE)))
    if not len(first):
        return []
    last = np.flatnonzero(labels >= LAST)
    kinds = (labels[first] - 1) % len(TYPES)
    return [
        Span(start, end, TYPES[kind])
        for start, end, kind in zip(
            starts[first].tolist(), ends[last].tolist(), kinds.tolist(), strict=True
        )
        if any(map(str.isalpha, text[start:end]))
    ]
