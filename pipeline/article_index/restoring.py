"""A text as it was before other hands: without their advertising, and without a scanner's errors.

A copy on a web site has advertising between its paragraphs. Where the copy is short it outweighs
it, so a text that is nearly held for a copy is looked at again as it may have been.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import count
from typing import NamedTuple

from pipeline.article_index.changes import MONTHS
from pipeline.article_index.evidence import Shared, Token, numbers, passages, tokens
from pipeline.article_index.facts import names, one_character_wrong
from pipeline.article_index.words import NUMBER_WORDS

_BETWEEN_PARAGRAPHS = re.compile(r"\n\s*\n")
# A longer paragraph says something.
_MOST_WORDS = 25
# What is left of a text must be this share of it: a digest is more than the story it carries.
_LEAST_KEPT = 0.2
_LETTER = re.compile(r"[^\W\d_]")
# A shorter word with a capital may be another name, Bank for Bond: it was misread only if so many
# words of the text are the other's for each such word.
_LONG_NAME, _WORDS_OF_THE_OTHER = 5, 15


class _Reading(NamedTuple):
    """How the other text has a word that was misread; `sure` if it can be no other name."""

    word: str
    sure: bool


class _Paragraph(NamedTuple):
    text: str
    words: Sequence[Token]
    readings: dict[int, _Reading]
    """By the word's place."""


def restored(here: str, there: str) -> str | None:
    """Return `here` as it may have been before it was altered, if it is nearly `there`.

    Without its paragraphs that say nothing and of which `there` has no passage: one says something
    if it has a figure or a name of its own. And with the words of `there` for those beside a shared
    passage in which one character is another. None if nothing is to be restored, or too little is
    left.
    """
    others = tokens(there)
    kept: list[_Paragraph] = []
    words = words_shared = 0
    for paragraph in _BETWEEN_PARAGRAPHS.split(here):
        own = tokens(paragraph)
        shared = list(passages(own, others))
        words += len(own)
        words_shared += sum(passage.words for passage in shared)
        if shared or len(own) > _MOST_WORDS or _says(paragraph, there):
            kept.append(_Paragraph(paragraph, own, _readings(own, there, others, shared)))
    unsure = sum(not reading.sure for kept_one in kept for reading in kept_one.readings.values())
    sure_only = words_shared < unsure * _WORDS_OF_THE_OTHER
    text = "\n\n".join(_reread(paragraph, sure_only) for paragraph in kept)
    words_kept = sum(len(paragraph.words) for paragraph in kept)
    return text if text != here and words_kept >= _LEAST_KEPT * words else None


def _says(paragraph: str, there: str) -> bool:
    # 0ur and 5ign are misread; so may be 5m, which is looked at again where a copy says more.
    figures = {figure for figure in numbers(paragraph) if _LETTER.search(figure) is None}
    return bool(figures - numbers(there) or names(paragraph) - names(there))


def _reread(paragraph: _Paragraph, sure_only: bool) -> str:
    """Return a paragraph with the words of the other text for those that were misread."""
    text, words, readings = paragraph
    pieces: list[str] = []
    at = 0
    for place, reading in sorted(readings.items()):
        if reading.sure or not sure_only:
            pieces += text[at : words[place].start], reading.word
            at = words[place].end
    return "".join((*pieces, text[at:]))


def _readings(
    own: Sequence[Token], there: str, others: Sequence[Token], shared: Sequence[Shared]
) -> dict[int, _Reading]:
    """Return the words beside shared passages that were misread, as the other text has them."""
    found = {}
    for passage in shared:
        for place, other in _beside(passage, own, others):
            word = there[others[other].start : others[other].end]
            if _misread(word, own[place].word):
                found[place] = _Reading(word, _sure(word, own[place].word))
    return found


def _beside(
    passage: Shared, own: Sequence[Token], others: Sequence[Token]
) -> Iterator[tuple[int, int]]:
    """Yield the places before and after a passage, outwards, up to a word that is another one."""
    ends = ((passage.here - 1, passage.there - 1, -1),
            (passage.here + passage.words, passage.there + passage.words, 1))  # fmt: skip
    for start, start_there, step in ends:
        for place, other in zip(count(start, step), count(start_there, step), strict=False):
            if not (0 <= place < len(own) and 0 <= other < len(others)):
                break
            word, theirs = own[place].word, others[other].word
            if word != theirs and not one_character_wrong(theirs, word):
                break
            yield place, other


def _misread(word: str, read: str) -> bool:
    """Say whether `read` may be `word` with one character wrong; figures and acronyms are exact."""
    folded = word.casefold()
    return (
        word.isalpha()
        and folded not in NUMBER_WORDS
        and read not in MONTHS
        and not (word.isupper() and len(word) < _LONG_NAME)
        and folded != read
        and one_character_wrong(folded, read)
    )


def _sure(word: str, read: str) -> bool:
    """Say whether a misread word can be no other name."""
    return word.islower() or len(word) >= _LONG_NAME or not read.isalpha()
