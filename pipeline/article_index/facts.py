"""Whether two texts with the same words tell the same: what they say of whom, and which figures.

What the rows of `fingerprint` only sample is looked at word for word here, where the samples leave
a doubt.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.article_index.changes import MONTHS, Texts, says_new_numbers
from pipeline.article_index.evidence import Shared, Token, passages, tokens
from pipeline.article_index.words import NUMBER_WORDS, WORD

# A text says nothing else than another one if this share of at least so many words stands there.
_CONTAINED, _LEAST_WORDS = 0.9, 10
# What stands between two shared passages stands for the same in both, if it is no longer than that.
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
    """Say whether `here` tells the same of another one, with figures of its own.

    Between what the bodies share, a name of its headline stands where the other has a name of the
    other's. A newspaper that spells a name its own way leaves the figures.
    """
    if not says_new_numbers(there[1], here[1]):
        return False
    new, old = tokens(here[1]), tokens(there[1])
    named_here = _named(here, new) - {token.word for token in old}
    named_there = _named(there, old) - {token.word for token in new}
    if not (named_here and named_there):
        return False
    for now, was in _between(new, old):
        names_now = [token.word for token in now if token.word in named_here]
        names_was = [token.word for token in was if token.word in named_there]
        if names_now and names_was and not one_character_wrong(names_was[0], names_now[0]):
            return True
    return False


def _named(text: Texts, words: Iterable[Token]) -> set[str]:
    """Return the words of the headline that have a capital in the body."""
    headline, body = text
    capitals = {word.word for word in words if body[word.start].isupper()}
    return {match[0].casefold() for match in WORD.finditer(headline)} & capitals


def _between(
    here: Sequence[Token], there: Sequence[Token]
) -> Iterator[tuple[Sequence[Token], Sequence[Token]]]:
    """Yield the few words that two texts have each between the same two passages."""
    end, end_there = 0, 0
    for words, start, start_there in (
        *passages(here, there), Shared(0, len(here), len(there)),
    ):  # fmt: skip
        if start - end <= _MOST_REPLACED and 0 <= start_there - end_there <= _MOST_REPLACED:
            yield here[end:start], there[end_there:start_there]
        end, end_there = start + words, start_there + words


def _figure(word: str) -> str:
    return NUMBER_WORDS.get(word, word)


def _is_figure(word: str) -> bool:
    return _figure(word)[0].isdecimal()


def _tells(word: str) -> bool:
    return word[0].isupper() or _is_figure(word.casefold())
