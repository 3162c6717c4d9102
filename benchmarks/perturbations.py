"""What happens to a wire's text on its way through other hands, and what merely looks like it.

Every perturbation takes an item and a source of chance, and gives an item. `COPIES` leave the story
what it is; `OTHERS` make another story of its words.
"""

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import NamedTuple


class Item(NamedTuple):
    """A headline and a body."""

    headline: str
    body: str


Perturbation = Callable[[Item, Sequence[Item], Random], Item]
"""From an item, the others of the wire and a source of chance, to an item."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n\s*\n")
_WORD = re.compile(r"[^\W\d_]{2,}")
_NUMBER = re.compile(r"\d")
_NAME = re.compile(r"[A-Z][A-Za-z'&]+")

_BOILERPLATE = (
    "ADVERTISEMENT",
    "Sign up here for our morning briefing, delivered to your inbox every weekday.",
    "Read more: Ten things to know before the markets open today",
    "Subscribe now for unlimited access. Cancel any time. Terms and conditions apply.",
    "Follow us for the latest headlines, pictures and opinion from around the world.",
    "This material may not be published, broadcast, rewritten or redistributed.",
    "Story continues below this advertisement",
    "Our standards: what we promise our readers and how to complain.",
)
# Words from which on an item is long, and below which it is not taken.
LONG, SHORTEST = 60, 15
# What a scanner takes for what.
_MISREAD = {
    "l": "1", "o": "0", "e": "c", "h": "b", "m": "rn", "n": "ri", "s": "5", "i": "l", "a": "o",
    "t": "f", "u": "v", "c": "e", "g": "q", "r": "t", "d": "cl", "b": "6", "y": "v", "w": "vv",
}  # fmt: skip
_SPACES = ("\u00a0", "  ", "\u2009", "\t", "\u202f ")
# Names of companies that nobody has.
_OTHER_NAMES = (
    "Abelard", "Brindle", "Corvane", "Dunmarsh", "Estrellon", "Fenwick", "Garrowby", "Hollister",
    "Ironvale", "Jessamy", "Kelvedon", "Lorrimer", "Mandeville", "Northcote", "Oakhanger",
    "Pellworth", "Quarrington", "Rosedene", "Silverthorn", "Tavistock", "Umberleigh", "Vanterpool",
    "Wexcombe", "Yarborough", "Zellwood",
)  # fmt: skip


def other_headline(item: Item, others: Sequence[Item], chance: Random) -> Item:
    """Give the item the headline of another one."""
    return item._replace(
        headline=chance.choice(
            [o for o in chance.sample(others, 8) if o.headline != item.headline]
        ).headline
    )


def cut(share: float) -> Perturbation:
    """Return what keeps the first `share` of the words."""

    def keep(item: Item, others: Sequence[Item], chance: Random) -> Item:
        ends = [match.end() for match in re.finditer(r"\S+", item.body)]
        return item._replace(body=item.body[: ends[max(1, round(len(ends) * share)) - 1]])

    return keep


def advertising(item: Item, others: Sequence[Item], chance: Random) -> Item:
    """Put two pieces of advertising and boilerplate between the sentences."""
    sentences = _sentences(item.body)
    for piece in chance.sample(_BOILERPLATE, 2):
        sentences.insert(chance.randint(0, len(sentences)), piece)
    return item._replace(body="\n\n".join(sentences))


def typography(item: Item, others: Sequence[Item], chance: Random) -> Item:
    """Set the item with curly quotes, dashes and odd spaces."""

    def typeset(text: str) -> str:
        text = re.sub(r'"(\S)', "“\\1", text).replace('"', "”").replace("'", "’")
        text = text.replace(" - ", " — ")
        return re.sub(
            r" ", lambda _: chance.choice(_SPACES) if chance.random() < 0.2 else " ", text
        )

    return Item(typeset(item.headline), typeset(item.body))


def misread(share: float) -> Perturbation:
    """Return what a scanner makes of the body: one character wrong in `share` of the words."""

    def scan(item: Item, others: Sequence[Item], chance: Random) -> Item:
        words = list(_WORD.finditer(item.body))
        body = item.body
        for match in sorted(chance.sample(words, round(len(words) * share)), reverse=True,
                            key=lambda match: match.start()):  # fmt: skip
            place = chance.randrange(match.start(), match.end())
            wrong = _MISREAD.get(body[place].lower(), "")
            body = body[:place] + wrong + body[place + 1 :]
        return item._replace(body=body)

    return scan


def shuffled(item: Item, others: Sequence[Item], chance: Random) -> Item:
    """Put the sentences in another order."""
    sentences = _sentences(item.body)
    chance.shuffle(sentences)
    return item._replace(body=" ".join(sentences))


def thinned(item: Item, others: Sequence[Item], chance: Random) -> Item:
    """Drop a quarter of the sentences, at least one where there are two."""
    sentences = _sentences(item.body)
    dropped = max(round(len(sentences) / 4), 1 if len(sentences) > 1 else 0)
    kept = sorted(chance.sample(range(len(sentences)), len(sentences) - dropped))
    return item._replace(body=" ".join(sentences[place] for place in kept))


def several(item: Item, others: Sequence[Item], chance: Random) -> Item:
    """Replace the headline, cut to a half, insert advertising, misread 5% of the words."""
    for perturbation in (other_headline, cut(0.5), advertising, misread(0.05)):
        item = perturbation(item, others, chance)
    return item


def other_facts(item: Item, others: Sequence[Item], chance: Random) -> Item:
    """Keep the sentences, and let another company do it with other numbers.

    The names that the headline shares with the body become others, every digit another one.
    """
    names = _names(item)
    given = dict(zip(sorted(names), chance.sample(_OTHER_NAMES * 3, len(names)), strict=True))

    def changed(text: str) -> str:
        text = re.sub(
            r"[A-Za-z][\w'&]+", lambda match: given.get(match[0].casefold(), match[0]), text
        )
        return _NUMBER.sub(lambda match: str((int(match[0]) + chance.randint(1, 8)) % 9 + 1), text)

    return Item(changed(item.headline), changed(item.body))


def digest(item: Item, others: Sequence[Item], chance: Random) -> Item:
    """Put 60 words of the item among 60 words each of seven others."""
    pieces = []
    for source in (item, *chance.sample(others, 7)):
        words = source.body.split()
        start = chance.randint(0, max(0, len(words) - 60))
        pieces.append(" ".join(words[start : start + 60]))
    chance.shuffle(pieces)
    return Item("News in brief", "\n\n".join(pieces))


def _names(item: Item) -> set[str]:
    """Return the names that the headline shares with the body."""
    in_body = {name.casefold() for name in _NAME.findall(item.body)}
    return {name.casefold() for name in _NAME.findall(item.headline)} & in_body


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in _SENTENCE_END.split(text) if sentence.strip()]


COPIES: dict[str, Perturbation] = {
    "headline replaced": other_headline,
    "cut to 50%": cut(0.5),
    "cut to 25%": cut(0.25),
    "advertising inserted": advertising,
    "quotes and spaces": typography,
    "OCR noise, 5% of words": misread(0.05),
    "OCR noise, 10% of words": misread(0.1),
    "sentences shuffled": shuffled,
    "a quarter dropped": thinned,
    "several at once": several,
}
OTHERS: dict[str, Perturbation] = {
    "same template, other facts": other_facts,
    "digest with 60 words of it": digest,
}


def long_and_short(items: Sequence[Item]) -> dict[str, list[int]]:
    """Return the places of long items (60 words and more) and of short ones (from 15 words)."""
    words = [len(item.body.split()) for item in items]
    return {
        "long": [place for place, count in enumerate(words) if count >= LONG],
        "short": [place for place, count in enumerate(words) if SHORTEST <= count < LONG],
    }


def suits(name: str, item: Item) -> bool:
    """Say whether there is something to change in the item: facts need a name and numbers."""
    if name != "same template, other facts":
        return True
    return bool(_names(item)) and sum(map(str.isdigit, item.body)) >= 2
