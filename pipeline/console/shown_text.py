"""Text of articles made ready to be looked at: cut up, compared, and harmless.

What the page is given is text in pieces, never markup. Characters that act instead of being seen
(escape, those that turn text around) are replaced by a sign that something stood there.
"""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from schemas import Entity
from schemas.article import ArticleField

# A piece of text; with an entity's type and name where it names one.
Piece = tuple[str] | tuple[str, str, str]
# A piece of a comparison: "=" both have it, "-" only the older, "+" only the newer.
Difference = tuple[str, str]

# Control codes but tab and line feed; marks, embeddings, overrides and isolates of the
# bidirectional algorithm; the byte order mark; annotations; tags, which hide text in text. Joiners
# stay: Persian, Indic scripts and emoji are written with them.
_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_SEPARATOR = re.compile("[\u2028\u2029]")
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
# Sentences that have less in common are read more easily one after the other.
_ALIKE = 0.5
_MOST_TOKENS = 600


def shown(text: str) -> str:
    """Return `text` of the same length, in which nothing acts."""
    return _SEPARATOR.sub("\n", _ACTING.sub("\N{REPLACEMENT CHARACTER}", text))


def pieces(
    text: str,
    entities: Iterable[Entity],
    field: ArticleField,
    start: int = 0,
    end: int | None = None,
) -> list[Piece]:
    """Return `text[start:end]` cut up where entities are named.

    A mention that overlaps one before it, or lies across an end, is passed over.
    """
    text = shown(text)
    end = len(text) if end is None else end
    named = sorted(
        (mention.start, mention.end, entity.type, entity.name)
        for entity in entities
        for mention in entity.mentions
        if mention.field == field and start <= mention.start < mention.end <= end
    )
    cut: list[Piece] = []
    position = start
    for first, last, kind, name in named:
        if first < position:
            continue
        if first > position:
            cut.append((text[position:first],))
        cut.append((text[first:last], kind, shown(name)))
        position = last
    if position < end:
        cut.append((text[position:end],))
    return cut


def paragraphs(body: str, entities: Sequence[Entity]) -> list[list[Piece]]:
    """Return the paragraphs of a body, each in pieces."""
    cut = []
    position = 0
    for paragraph in body.split("\n\n"):
        end = position + len(paragraph)
        if paragraph.strip():
            cut.append(pieces(body, entities, "body", position, end))
        position = end + 2
    return cut


def opening(text: str, most: int) -> int:
    """Return where to end the first `most` characters of a text, at the end of a word."""
    if len(text) <= most:
        return len(text)
    space = text.rfind(" ", most // 2, most)
    return space if space > 0 else most


def differences(before: str | None, after: str | None) -> list[Difference]:
    """Return what was taken out and put in, by words; as two wholes where little is the same."""
    old, new = shown(before or ""), shown(after or "")
    a, b = _TOKEN.findall(old), _TOKEN.findall(new)
    if old and new and max(len(a), len(b)) <= _MOST_TOKENS:
        matcher = SequenceMatcher(None, a, b, autojunk=False)
        if matcher.ratio() >= _ALIKE:
            return _by_words(matcher, a, b)
    return [(sign, text) for sign, text in (("-", old), ("+", new)) if text]


def _by_words(matcher: SequenceMatcher[str], a: list[str], b: list[str]) -> list[Difference]:
    found: list[Difference] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            found.append(("=", "".join(a[i1:i2])))
            continue
        found += [
            (sign, text)
            for sign, text in (("-", "".join(a[i1:i2])), ("+", "".join(b[j1:j2])))
            if text
        ]
    return _spaces_joined(found)


def _spaces_joined(found: list[Difference]) -> list[Difference]:
    """Let a space alone between two changes be part of them, so that phrases stay whole."""
    joined: list[Difference] = []
    old = new = ""
    for index, (sign, text) in enumerate(found):
        lonely = text.isspace() and 0 < index < len(found) - 1 and (old or new)
        if sign == "=" and not lonely:
            joined += [(mark, run) for mark, run in (("-", old), ("+", new)) if run]
            old = new = ""
            joined.append((sign, text))
        else:
            old += text if sign in "=-" else ""
            new += text if sign in "=+" else ""
    return joined + [(mark, run) for mark, run in (("-", old), ("+", new)) if run]
