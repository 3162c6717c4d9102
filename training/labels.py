"""From the teacher's spans to a label for each token.

What the teacher finds is made more consistent first: within a document a name keeps one type, which
its mentions vote on, a surname has the person's, and a name that was found in most places is marked
in all.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.entities.model import BEGIN, INSIDE, LAST, OUTSIDE, TYPES, UNIT

_ARTICLES = frozenset({"the", "The", "THE"})
_AFTER = frozenset({"'s", "’s", "'S", "’S", "'", "’", ",", ".", "-", '"', "”"})

Name = tuple[int, int, int]  # first token, one past the last, number of its type


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


def made_consistent(names: Sequence[Name], words: Sequence[str]) -> list[Name]:
    """Return the names of a document after a vote on their types, and those that were missed."""
    votes: defaultdict[tuple[str, ...], Counter[int]] = defaultdict(Counter)
    for begin, end, kind in names:
        votes[tuple(words[begin:end])][kind] += 1
    types = {form: count.most_common(1)[0][0] for form, count in votes.items()}
    person = TYPES.index("PERSON")
    for form, kind in list(types.items()):
        if kind == person and len(form) > 1:
            for part in (form[-1:], form[:1]):
                if part in types and votes[part].total() < 2 * votes[form].total() + 2:
                    types[part] = person
    taken = np.zeros(len(words), np.bool_)
    result = []
    for begin, end, _ in names:
        taken[begin:end] = True
        result.append((begin, end, types[tuple(words[begin:end])]))
    by_first: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
    for form in sorted(types, key=lambda form: (-len(form), form)):
        if form[0][0].isupper() and len("".join(form)) > 2:
            by_first[form[0]].append(form)
    missed: defaultdict[tuple[str, ...], list[Name]] = defaultdict(list)
    at = 0
    while at < len(words):
        step = 1
        if not taken[at]:
            for form in by_first.get(words[at], ()):
                end = at + len(form)
                if tuple(words[at:end]) == form and not taken[at:end].any():
                    missed[form].append((at, end, types[form]))
                    step = len(form)
                    break
        at += step
    for form, places in missed.items():
        if votes[form].total() >= len(places):
            result += places
    return sorted(result)


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
