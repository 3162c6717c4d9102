"""Why one text is held to be a copy of another: what they share, where, and where they differ."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from pipeline.article_index.changes import Texts
from pipeline.article_index.words import WORD
from schemas import Evidence, Passage, VersionReference

# A passage of fewer words proves nothing.
_PASSAGE_WORDS = 4
_MOST_PASSAGES = 3
# Characters of a passage that are shown.
_SHOWN = 200
# Places of one sequence of words in a text that are tried: a refrain has any number.
_MOST_PLACES = 8
_NAME = re.compile(r"[A-Z][\w’'&-]+(?:\s+[A-Z][\w’'&-]+)*")
_MOST_LISTED = 20


class Token(NamedTuple):
    """A word, folded, and its offsets."""

    word: str
    start: int
    end: int


class Shared(NamedTuple):
    """A passage that two texts have: how many words, and from which word on."""

    words: int
    here: int
    there: int


def evidence(
    here: Texts,
    there: Texts,
    compared_with: VersionReference,
    containment: float,
    headline_similarity: float | None,
) -> Evidence:
    """Return what a person needs to see that `here` is a copy of `there`."""
    return Evidence(
        compared_with=compared_with,
        containment=round(containment, 3),
        headline_similarity=None if headline_similarity is None else round(headline_similarity, 3),
        shared_passages=shared_passages(here[1], there[1]),
        numbers_only_here=_only(numbers(here[1]), numbers(there[1])),
        numbers_only_there=_only(numbers(there[1]), numbers(here[1])),
        names_only_here=_only_names(here[1], there[1]),
        names_only_there=_only_names(there[1], here[1]),
    )


def shared_passages(here: str, there: str) -> tuple[Passage, ...]:
    """Return the longest passages that two texts have word for word, in the order of `here`."""
    words, others = tokens(here), tokens(there)
    longest = sorted(passages(words, others), reverse=True)[:_MOST_PASSAGES]
    return tuple(
        _passage(here, words[shared.here :][: shared.words], others[shared.there :][: shared.words])
        for shared in sorted(longest, key=lambda shared: shared.here)
    )


def _passage(here: str, words: Sequence[Token], others: Sequence[Token]) -> Passage:
    start, end = words[0].start, words[-1].end
    return Passage(
        text=here[start:end][:_SHOWN],
        start=start,
        end=end,
        there_start=others[0].start,
        there_end=others[-1].end,
    )


def numbers(text: str) -> set[str]:
    """Return the numbers in `text`, as they are written."""
    return {match[0] for match in WORD.finditer(text) if match[0][0].isdecimal()}


def tokens(text: str) -> list[Token]:
    """Return the words of a text and where they stand."""
    return [Token(match[0].casefold(), *match.span()) for match in WORD.finditer(text)]


def passages(here: Sequence[Token], there: Sequence[Token]) -> Iterator[Shared]:
    """Yield what is the same in both, none twice of `here`."""
    places: dict[tuple[str, ...], list[int]] = {}
    for place in range(len(there) - _PASSAGE_WORDS + 1):
        sequence = tuple(token.word for token in there[place : place + _PASSAGE_WORDS])
        places.setdefault(sequence, []).append(place)
    start = 0
    while start <= len(here) - _PASSAGE_WORDS:
        sequence = tuple(token.word for token in here[start : start + _PASSAGE_WORDS])
        words, place = max(
            ((_common(here, start, there, place), -place)
             for place in places.get(sequence, ())[:_MOST_PLACES]),
            default=(0, 0),
        )  # fmt: skip
        if words:
            yield Shared(words, start, -place)
        start += max(words, 1)


def _common(a: Sequence[Token], i: int, b: Sequence[Token], j: int) -> int:
    """Return how many words are the same from there on."""
    length = 0
    while i + length < len(a) and j + length < len(b) and a[i + length].word == b[j + length].word:
        length += 1
    return length


def _only(of: set[str], other: set[str]) -> tuple[str, ...]:
    return tuple(sorted(of - other)[:_MOST_LISTED])


def _only_names(text: str, other: str) -> tuple[str, ...]:
    """Return the names of `text` of which `other` has not one word, in order."""
    known = {match[0].casefold() for match in WORD.finditer(other)}
    names = (" ".join(match[0].split()) for match in _NAME.finditer(text))
    return tuple(
        dict.fromkeys(
            name
            for name in names
            if not known & {match[0].casefold() for match in WORD.finditer(name)}
        )
    )[:_MOST_LISTED]
