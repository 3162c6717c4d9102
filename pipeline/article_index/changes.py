"""What one version of a text says that another does not: numbers, sentences, quotes, headline."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from pipeline.article_index.words import NUMBER_WORDS
from schemas import Change

_SENTENCE = re.compile(r"\S.*?(?:[.!?][\"”’')\]]*(?=\s)|$|(?=\n\n))", re.DOTALL)
_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"\d+(?:[.,/:-]\d+)*|\w+(?:[’']\w+)?")
_QUOTE = re.compile(r"“([^”]+)”|\"([^\"]+)\"")
_SHINGLE = 3
# A quote of fewer words is a term.
_QUOTE_WORDS = 3
# Two sentences are one that was altered where they share this part of all their words.
_ALTERED = 0.4
_NEGATIONS = frozenset(
    {"not", "no", "never", "nor", "neither", "none", "without", "denied", "denies"}
)
# Words that stand between a number and what it counts, or are counted by nobody.
_NOT_COUNTED = frozenset(
    """
    other more new of the a an in on at to by for from with and or than about over under some least
    was were is are has have had its his her their this that vs against prior
    """.split()  # noqa: SIM905  a list of words reads better so
)

MONTHS = frozenset(
    """
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sept sep oct nov dec
    """.split()  # noqa: SIM905  a list of words reads better so
)

# What is beyond these is not compared or listed; a long report has some 100 sentences.
_MOST_SENTENCES = 1000
_MOST_CHANGES = 100
_MOST_WORK = 20_000

Texts = tuple[str, str]
"""A headline and a body."""


def sentences(text: str) -> list[str]:
    """Return the sentences of `text`, spaces folded."""
    return [" ".join(match[0].split()) for match in _SENTENCE.finditer(text)]


def changes(before: Texts, after: Texts) -> tuple[Change, ...]:
    """Return what differs between two versions: numbers first, then headline, quotes, sentences."""
    old = sentences(before[1])[:_MOST_SENTENCES]
    new = sentences(after[1])[:_MOST_SENTENCES]
    pairs = list(_pairs(old, new))
    found = list(dict.fromkeys(
        number for was, now in pairs if was and now for number in _numbers(was, now)
    ))  # fmt: skip
    if before[0] != after[0]:
        found.append(Change(kind="headline", before=before[0] or None, after=after[0] or None))
    found += (
        Change(kind="quote", before=was, after=now)
        for was, now in _pairs(_quotes(before[1]), _quotes(after[1]))
    )
    found += (Change(kind="sentence", before=was, after=now) for was, now in pairs)
    return tuple(found[:_MOST_CHANGES])


def denies(found: Iterable[Change]) -> bool:
    """Say whether a sentence was altered by a negation: the worst change to take for none."""
    return any(
        _negations(change.before) != _negations(change.after)
        for change in found
        if change.kind == "sentence" and change.before and change.after
    )


def says_new_numbers(before: str, after: str) -> bool:
    """Say whether `after` has a number, in figures or words, that `before` does not have."""
    return not _all_numbers(after) <= _all_numbers(before)


def novelty(earlier: Iterable[str], after: str) -> float:
    """Return the share of `after`'s 3-word sequences that none of the `earlier` texts has."""
    new = _shingles(after)
    total = len(new)
    for text in earlier:
        new -= _shingles(text)
    return round(len(new) / total, 3) if total else 0.0


def _all_numbers(text: str) -> set[str]:
    return {word.casefold() for word in _TOKEN.findall(text) if _is_number(word)}


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    length = min(_SHINGLE, len(words))
    return (
        {tuple(words[i : i + length]) for i in range(len(words) - length + 1)} if words else set()
    )


def _pairs(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str | None, str | None]]:
    """Yield what differs: each passage with what it became, or with nothing."""
    counted = Counter(new)
    if sum(counted[passage] for passage in old) > _MOST_WORK:
        # The same few sentences without end: what was removed and added is counted, not matched.
        gone, come = Counter(old) - counted, counted - Counter(old)
        yield from ((passage, None) for passage in gone)
        yield from ((None, passage) for passage in come)
        return
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield from _matched(old[i1:i2], new[j1:j2])


def _matched(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str | None, str | None]]:
    """Pair each new passage with the first of the most similar old ones, where one is similar."""
    left = list(old)
    words = {passage: Counter(_WORD.findall(passage.casefold())) for passage in (*old, *new)}
    for now in new:
        if len(left) * len(new) > _MOST_WORK:
            was = left[0] if left else None
        else:
            similar = [
                (_overlap(words[was], words[now]), -place, was) for place, was in enumerate(left)
            ]
            best = max(similar, default=(0.0, 0, ""))
            was = best[2] if best[0] >= _ALTERED else None
        if was is not None:
            left.remove(was)
        yield was, now
    yield from ((was, None) for was in left)


def _overlap(a: Counter[str], b: Counter[str]) -> float:
    return 2 * (a & b).total() / max(a.total() + b.total(), 1)


def _quotes(text: str) -> list[str]:
    quotes = (" ".join((match[1] or match[2]).split()) for match in _QUOTE.finditer(text))
    return [quote for quote in quotes if len(quote.split()) >= _QUOTE_WORDS][:_MOST_SENTENCES]


def _numbers(before: str, after: str) -> Iterator[Change]:
    """Yield the numbers of a sentence that became others, with what they count."""
    was, now = _TOKEN.findall(before), _TOKEN.findall(after)
    old_words, new_words = [word.casefold() for word in was], [word.casefold() for word in now]
    matcher = SequenceMatcher(None, old_words, new_words, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        old = [place for place in range(i1, i2) if _is_number(was[place])]
        new = [place for place in range(j1, j2) if _is_number(now[place])]
        for place in range(max(len(old), len(new))):
            i = old[place] if place < len(old) else None
            j = new[place] if place < len(new) else None
            yield Change(
                kind="number",
                counts=_counted(now, j) if j is not None else _counted(was, i or 0),
                before=None if i is None else was[i],
                after=None if j is None else now[j],
            )


def _is_number(word: str) -> bool:
    return word[0].isdecimal() or word.casefold() in NUMBER_WORDS


def _counted(words: Sequence[str], place: int) -> str | None:
    """Return what the number at `place` counts: the word after it, else the one before it."""
    if place and words[place - 1].casefold() in MONTHS:
        return words[place - 1]
    for around in (words[place + 1 : place + 3], words[max(place - 2, 0) : place][::-1]):
        for word in around:
            if word.casefold() not in _NOT_COUNTED and not _is_number(word):
                return word
    return None


def _negations(sentence: str | None) -> Counter[str]:
    words = (word.casefold() for word in _TOKEN.findall(sentence or ""))
    return Counter(
        "not" if word.endswith(("n't", "n’t")) else word
        for word in words
        if word in _NEGATIONS or word.endswith(("n't", "n’t"))
    )
