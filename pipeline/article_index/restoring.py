"""A text as it was before other hands: without their advertising, and without a scanner's errors.

A copy on a web site has advertising between its paragraphs. Where the copy is short it outweighs
it, so a text that is nearly held for a copy is looked at again as it may have been.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import count

from pipeline.article_index.evidence import Shared, Token, numbers, passages, tokens
from pipeline.article_index.words import NUMBER_WORDS

_BETWEEN_PARAGRAPHS = re.compile(r"\n\s*\n")
# A longer paragraph says something.
_MOST_WORDS = 25
# What is left of a text must be this share of it: a digest is more than the story it carries.
_LEAST_KEPT = 0.2
# A word with a capital that does not begin a sentence.
_NAME = re.compile(r"(?<=[\w,;’'] )[A-Z]\w+")
# A shorter word with a capital may be another: May for Mar, BA for BP.
_LONG_NAME = 5


def restored(here: str, there: str) -> str | None:
    """Return `here` as it may have been before it was altered, if it is nearly `there`.

    Without its paragraphs that say nothing and of which `there` has no passage: one says something
    if it has a figure or a name of its own. And with the words of `there` for those beside a shared
    passage in which one character is another. None if nothing is to be restored, or too little is
    left.
    """
    others = tokens(there)
    kept, words, words_kept = [], 0, 0
    for paragraph in _BETWEEN_PARAGRAPHS.split(here):
        own = tokens(paragraph)
        shared = list(passages(own, others))
        words += len(own)
        if shared or len(own) > _MOST_WORDS or _says(paragraph, there):
            kept.append(_reread(paragraph, own, there, others, shared))
            words_kept += len(own)
    text = "\n\n".join(kept)
    return text if text != here and words_kept >= _LEAST_KEPT * words else None


def _says(paragraph: str, there: str) -> bool:
    figures = numbers(paragraph) - numbers(there)
    return bool(figures or {*_NAME.findall(paragraph)} - {*_NAME.findall(there)})


def _reread(
    here: str, own: Sequence[Token], there: str, others: Sequence[Token], shared: Sequence[Shared]
) -> str:
    """Return a paragraph with the words of `there` for those that were misread."""
    read = {
        place: there[others[other].start : others[other].end]
        for passage in shared
        for place, other in _beside(passage, own, others)
        if _misread(there[others[other].start : others[other].end], own[place].word)
    }
    pieces: list[str] = []
    at = 0
    for place in sorted(read):
        pieces += here[at : own[place].start], read[place]
        at = own[place].end
    return "".join((*pieces, here[at:]))


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
            if word != theirs and not _one_character(theirs, word):
                break
            yield place, other


def _misread(word: str, read: str) -> bool:
    """Say whether `read` is `word` with one character wrong; figures and short names are exact."""
    folded = word.casefold()
    return (
        word.isalpha()
        and folded not in NUMBER_WORDS
        and (word.islower() or len(word) >= _LONG_NAME)
        and folded != read
        and _one_character(folded, read)
    )


def _one_character(word: str, read: str) -> bool:
    """Say whether one character of `word` is none, another or two in `read`."""
    same = next((n for n, (a, b) in enumerate(zip(word, read, strict=False)) if a != b), None)
    if same is None:
        return 0 <= len(word) - len(read) <= 1 or len(read) - len(word) == 1
    rest = word[same + 1 :]
    return read[same:].endswith(rest) and len(read) - same - len(rest) <= 2
