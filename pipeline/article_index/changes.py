"""What one version of a text says that another does not."""

import re
from collections import Counter
from difflib import SequenceMatcher
from itertools import zip_longest

from pipeline.article_index.fingerprint import shingles, words
from schemas import Change

_SENTENCE = re.compile(r"\S.*?(?:[.!?][\"”’')\]]*(?=\s)|$|(?=\n\n))", re.DOTALL)
_NUMBER = re.compile(r"\d+(?:[.,/]\d+)*")
_SPACE = re.compile(r"\s+")
_SHINGLE = 3

# What is beyond these is not compared or listed; a long report has some 100 sentences.
_MOST_SENTENCES = 1000
_MOST_CHANGES = 100
_MOST_WORK = 20_000


def sentences(text: str) -> list[str]:
    """Return the sentences of `text`, spaces folded."""
    return [_SPACE.sub(" ", match[0]).strip() for match in _SENTENCE.finditer(text)]


def changes(before: tuple[str, str], after: tuple[str, str]) -> tuple[Change, ...]:
    """Return what differs between two versions, each a headline and a body."""
    found: list[Change] = []
    if before[0] != after[0]:
        found.append(Change(kind="headline", before=before[0] or None, after=after[0] or None))
    old = sentences(before[1])[:_MOST_SENTENCES]
    new = sentences(after[1])[:_MOST_SENTENCES]
    if _work(old, new) > _MOST_WORK:
        return tuple([*found, *_unpaired(old, new)][:_MOST_CHANGES])
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for was, now in zip_longest(old[i1:i2], new[j1:j2]):
            if was is not None and now is not None:
                found += _changed_numbers(was, now)
            found.append(Change(kind="sentence", before=was, after=now))
    return tuple(found[:_MOST_CHANGES])


def _work(old: list[str], new: list[str]) -> int:
    """Return how many pairs of equal sentences there are, which is what matching them costs."""
    counted = Counter(new)
    return sum(counted[sentence] for sentence in old)


def _unpaired(old: list[str], new: list[str]) -> list[Change]:
    """List what was removed and added where the same sentences recur too often to be matched."""
    was, now = Counter(old), Counter(new)
    return [
        *(Change(kind="sentence", before=sentence) for sentence in (was - now)),
        *(Change(kind="sentence", after=sentence) for sentence in (now - was)),
    ]


def _changed_numbers(before: str, after: str) -> list[Change]:
    """Pair the numbers that only one of two sentences has, in order: 4 became 5."""
    was, now = (Counter(_NUMBER.findall(sentence)) for sentence in (before, after))
    return [
        Change(kind="number", before=old, after=new)
        for old, new in zip_longest((was - now).elements(), (now - was).elements())
    ]


def novelty(before: str, after: str) -> float:
    """Return the share of `after`'s 3-word sequences that `before` does not have."""
    old, new = shingles(words(before), _SHINGLE), shingles(words(after), _SHINGLE)
    return round(len(new - old) / len(new), 3) if new else 0.0


def shared_sentences(a: str, b: str, most: int = 3) -> tuple[str, ...]:
    """Return the longest sentences that two texts have in common, at most `most`."""
    in_b = {sentence.casefold() for sentence in sentences(b)}
    shared = {sentence for sentence in sentences(a) if sentence.casefold() in in_b}
    return tuple(sorted(shared, key=lambda sentence: (-len(sentence), sentence))[:most])


def numbers(text: str) -> frozenset[str]:
    """Return the numbers in `text`, as they are written."""
    return frozenset(_NUMBER.findall(text))
