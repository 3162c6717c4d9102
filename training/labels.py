"""From the teacher's spans to a label for each token.

What the teacher finds is resolved first, as the pipeline does with what the tagger finds: a name
has one type in a document and is marked wherever it is said, persons lose their titles, and what
the gazetteer knows is marked as well.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from pipeline.entities.gazetteer import Gazetteer
from pipeline.entities.model import BEGIN, INSIDE, LAST, OUTSIDE, UNIT
from pipeline.entities.resolution import KnownNames, resolve
from pipeline.entities.span import Span
from training.texts import Text

_ARTICLES = frozenset({"the", "The", "THE"})
_AFTER = frozenset({"'s", "’s", "'S", "’S", "'", "’", ",", ".", "-", '"', "”"})

Name = tuple[int, int, int]  # first token, one past the last, number of its type


def resolved(texts: Iterable[tuple[Text, list[Span]]]) -> Iterator[tuple[Text, list[Span]]]:
    """Yield each text with the spans that resolution makes of those found in it."""
    known = KnownNames(Gazetteer().known_names())
    for text, spans in texts:
        things = resolve("", text.text, {"body": spans}, known)
        yield (
            text,
            sorted(
                (
                    Span(mention.start, mention.end, thing.type)
                    for thing in things
                    for mention in thing.mentions
                ),
                key=lambda span: (span.start, span.end),
            ),
        )


def names_of(
    spans: Sequence[tuple[int, int, int]], starts: Sequence[int], ends: Sequence[int],
    words: Sequence[str],
) -> list[Name]:  # fmt: skip
    """Return spans of characters as spans of tokens, without "the" and "'s"."""
    names = []
    first = np.searchsorted(starts, [start for start, _, _ in spans], side="left").tolist()
    last = np.searchsorted(ends, [end for _, end, _ in spans], side="right").tolist()
    for begin, end, (_, _, kind) in zip(first, last, spans, strict=True):
        if end > begin and words[begin] in _ARTICLES:
            begin += 1
        while end > begin and words[end - 1] in _AFTER:
            end -= 1
        if end > begin and any(word[0].isalpha() for word in words[begin:end]):
            names.append((begin, end, kind))
    return names


def labels_of(
    names: Sequence[Name], count: int, sentences: npt.NDArray[np.int64]
) -> npt.NDArray[np.int8]:
    """Return the label of each of `count` tokens; a name ends with its sentence.

    `sentences` are the tokens that begin one.
    """
    labels = np.full(count, OUTSIDE, np.int8)
    for begin, end, kind in names:
        cut = sentences[np.searchsorted(sentences, begin, side="right") :]
        if len(cut) and cut[0] < end:
            end = int(cut[0])
        if end - begin == 1:
            labels[begin] = UNIT + kind
        else:
            labels[begin] = BEGIN + kind
            labels[begin + 1 : end - 1] = INSIDE + kind
            labels[end - 1] = LAST + kind
    return labels
