"""Whether two texts with the same words tell the same: what they say of whom, and which figures.

What the rows of `fingerprint` only sample is looked at word for word here, where the samples leave
a doubt.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.article_index.changes import MONTHS, Texts
from pipeline.article_index.evidence import Token, passages, tokens
from pipeline.article_index.words import NUMBER_WORDS, WORD

# A text says nothing else than another one if this share of at least so many words stands there.
_CONTAINED, _LEAST_WORDS = 0.9, 10
# What stands between two shared passages is another name or figure, if it is no longer than that.
_MOST_REPLACED = 4
# A word with a capital that does not begin a sentence.
_NAME = re.compile(r"(?<=[\w,;’'] )[A-Z]\w+")


def names(text: str) -> set[str]:
    """Return the words with a capital that do not begin a sentence."""
    return {*_NAME.findall(text)}


def one_character_wrong(word: str, read: str) -> bool:
    """Say whether one character of `word` is none, another or two in `read`."""
    same = next((n for n, (a, b) in enumerate(zip(word, read, strict=False)) if a != b), None)
    if same is None:
        return 0 <= len(word) - len(read) <= 1 or len(read) - len(word) == 1
    rest = word[same + 1 :]
    return read[same:].endswith(rest) and len(read) - same - len(rest) <= 2


def contained(here: str, there: str) -> bool:
    """Say whether `here` names somebody and says nothing that `there` does not say.

    Nearly all of its words stand in shared passages, and all of its names and figures there: a
    text that was cut, or whose headline was replaced. A brief that names nobody is a template's.
    """
    own, others = tokens(here), tokens(there)
    if len(own) < _LEAST_WORDS or not {name.casefold() for name in names(here)} - MONTHS:
        return False
    known = {_figure(token.word) for token in others}
    shared = sum(passage.words for passage in passages(own, others))
    return shared >= _CONTAINED * len(own) and all(
        _figure(token.word) in known for token in own if _tells(here[token.start : token.end])
    )


def other_facts(here: Texts, there: Texts) -> bool:
    """Say whether the same is told of another one, with other figures.

    Between what both bodies share, a name of one headline has become a name of the other, and a
    figure another figure. A newspaper that spells a name its own way leaves the figures.
    """
    headlines = {*_folded(here[0])}, {*_folded(there[0])}
    name = figure = False
    for was, now in _replaced(there[1], here[1]):
        name = name or (
            bool(headlines[0] & {*now})
            and bool(headlines[1] & {*was})
            and not one_character_wrong(was[0], now[0])
        )
        figure = figure or (any(map(_is_figure, was)) and any(map(_is_figure, now)))
    return name and figure


def _replaced(before: str, after: str) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the words of two texts between shared passages that the other text has nowhere."""
    old, new = tokens(before), tokens(after)
    lacking = {token.word for token in old} ^ {token.word for token in new}

    def only(words: Sequence[Token]) -> list[str]:
        return [token.word for token in words if token.word in lacking]

    here = there = 0
    for passage in (*passages(new, old), None):
        next_here, next_there = (passage.here, passage.there) if passage else (len(new), len(old))
        if 0 < next_here - here <= _MOST_REPLACED and 0 < next_there - there <= _MOST_REPLACED:
            was, now = only(old[there:next_there]), only(new[here:next_here])
            if was and now:
                yield was, now
        if passage:
            here, there = passage.here + passage.words, passage.there + passage.words


def _folded(text: str) -> Iterable[str]:
    return (match[0].casefold() for match in WORD.finditer(text))


def _figure(word: str) -> str:
    return NUMBER_WORDS.get(word, word)


def _is_figure(word: str) -> bool:
    return _figure(word)[0].isdecimal()


def _tells(word: str) -> bool:
    return word[0].isupper() or _is_figure(word.casefold())
