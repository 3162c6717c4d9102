"""Joining the mentions of one thing within a document.

A name is joined with its short forms ("Rustam Asildarov", "Asildarov"), with the acronym that
follows it in brackets ("Federal Security Service (FSB)"), and with every other place where the text
says it and the model did not see it. Its type is put to the vote of its mentions.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from pipeline.entities.span import Span
from schemas import Entity, Mention
from schemas.article import ArticleField, EntityType

_OUTER = " \t\n\"'“”‘’.,;:!?()[]-–—"
_ARTICLE = re.compile(r"the\s+", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s?$")
_SPACE = re.compile(r"\s+")
_WORD = re.compile(r"\w+")
_NO_WORD = re.compile(r"[\W_]+")
_ACRONYM = re.compile(r"\s*\(\s*([A-Z][A-Z0-9&.-]{1,9})\s*\)")
_CAPITAL = re.compile(r"[A-Z]")

# A headline mention counts for this many in the body.
_HEADLINE_WEIGHT = 3
# A first mention at the beginning of the body counts for this many more, one at the end for none.
_LEAD_WEIGHT = 2


@dataclass(slots=True)
class _Group:
    """The mentions that share one name, or one thing once they are joined."""

    name: str
    forms: set[str] = field(default_factory=set)  # its names, as they are written
    mentions: list[Mention] = field(default_factory=list)
    votes: Counter[EntityType] = field(default_factory=Counter)

    @property
    def type(self) -> EntityType:
        """The type that most mentions have; of equals, the one that came first."""
        return self.votes.most_common(1)[0][0]

    def take(self, other: "_Group") -> None:
        self.forms |= other.forms
        self.mentions += other.mentions
        self.votes += other.votes


def resolve(headline: str, body: str, found: dict[ArticleField, list[Span]]) -> tuple[Entity, ...]:
    """Return the entities of a document, the most salient first.

    `found` holds what a model saw in the headline and in the body.
    """
    texts: dict[ArticleField, str] = {"headline": headline, "body": body}
    groups: dict[str, _Group] = {}
    for place in ("body", "headline"):
        for span in found.get(place, ()):
            mention = _trimmed(texts[place], span, place)
            if mention is not None:
                name = _SPACE.sub(" ", mention.text)
                group = groups.setdefault(name.casefold(), _Group(name))
                group.forms.add(name)
                group.mentions.append(mention)
                group.votes[span.type] += 1
    _join_acronyms(groups, body)
    _join_short_names(groups)
    _find_unseen(groups, texts)
    entities = [_entity(group, len(body)) for group in _distinct(groups)]
    highest = max((salience for _, salience in entities), default=1.0)
    ranked = sorted(entities, key=lambda entity: (-entity[1], entity[0].id))
    return tuple(
        entity.model_copy(update={"salience": round(salience / highest, 3)})
        for entity, salience in ranked
    )


def _trimmed(text: str, span: Span, place: ArticleField) -> Mention | None:
    """Return the span without a leading "the", a trailing possessive and outer punctuation."""
    start, end = span.start, span.end
    while start < end and text[start] in _OUTER:
        start += 1
    if article := _ARTICLE.match(text, start, end):
        start = article.end()
    while end > start and text[end - 1] in _OUTER and not _ends_abbreviation(text[start:end]):
        end -= 1
    if possessive := _POSSESSIVE.search(text[start:end]):
        end = start + possessive.start()
    if not any(character.isalpha() for character in text[start:end]):
        return None
    return Mention(start=start, end=end, text=text[start:end], field=place)


def _ends_abbreviation(name: str) -> bool:
    """Say whether the last full stop belongs to the name: "U.S.", "BNO News B.V."."""
    return re.search(r"(?:\b[A-Z]\.){2,}$", name) is not None


def _distinct(groups: dict[str, _Group]) -> list[_Group]:
    return list({id(group): group for group in groups.values()}.values())


def _join(groups: dict[str, _Group], into: _Group, other: _Group) -> None:
    into.take(other)
    for name, group in groups.items():
        if group is other:
            groups[name] = into


def _join_acronyms(groups: dict[str, _Group], body: str) -> None:
    """Join "Federal Security Service" with the "FSB" that follows it in brackets."""
    for group in _distinct(groups):
        if group.type != "ORG":
            continue
        for mention in group.mentions:
            bracket = _ACRONYM.match(body, mention.end) if mention.field == "body" else None
            if bracket is not None and bracket[1][0] == _first_capital(mention.text):
                acronym = groups.get(bracket[1].casefold())
                if acronym is None:
                    groups[bracket[1].casefold()] = group
                    group.forms.add(bracket[1])
                elif acronym is not group:
                    _join(groups, group, acronym)
                break


def _first_capital(name: str) -> str | None:
    """Return the letter that an acronym of `name` begins with.

    The others need not fit: the FSB is the Federal Security Service by its Russian name.
    """
    capital = _CAPITAL.search(name)
    return capital[0] if capital else None


def _join_short_names(groups: dict[str, _Group]) -> None:
    """Join "Asildarov" with the "Rustam Asildarov" of the same document, if there is but one."""
    people = [group for group in _distinct(groups) if group.type == "PERSON"]
    for short in people:
        words = short.name.casefold().split()
        longer = [
            group
            for group in people
            if len(group.name.split()) > len(words)
            and words in (group.name.casefold().split()[-len(words) :],
                          group.name.casefold().split()[: len(words)])
        ]  # fmt: skip
        names = {group.name.casefold() for group in longer}
        if len(names) == 1:
            _join(groups, longer[0], short)
            people = [group for group in people if group is not short]


def _find_unseen(groups: dict[str, _Group], texts: dict[ArticleField, str]) -> None:
    """Add the places where a text says a known name and the model did not see it.

    Capitals count ("Apple" is no apple), but in a headline that is all in capitals.
    """
    forms = {form for group in _distinct(groups) for form in group.forms if len(form) > 1}
    for place, text in texts.items():
        shouted = text.isupper()
        starting = _by_first_word(forms, shouted)
        taken = bytearray(len(text))
        for group in _distinct(groups):
            for mention in group.mentions:
                if mention.field == place:
                    taken[mention.start : mention.end] = b"\x01" * (mention.end - mention.start)
        for word in _WORD.finditer(text):
            start = word.start()
            if taken[start]:
                continue
            first = word[0].casefold() if shouted else word[0]
            for pattern in starting.get(first, ()):
                match = pattern.match(text, start)
                if match is None:
                    continue
                end = match.end()
                group_named = groups.get(_SPACE.sub(" ", match[0]).casefold())
                if group_named is not None and not any(taken[start:end]):
                    taken[start:end] = b"\x01" * (end - start)
                    group_named.mentions.append(
                        Mention(start=start, end=end, text=match[0], field=place)
                    )
                    break


def _by_first_word(forms: set[str], shouted: bool) -> dict[str, list[re.Pattern[str]]]:
    """Return a pattern for each name, the longest first, by the word that it begins with."""
    flags = re.IGNORECASE if shouted else re.NOFLAG
    starting: dict[str, list[re.Pattern[str]]] = {}
    for form in sorted(forms, key=lambda form: (-len(form), form)):
        if first := _WORD.match(form):
            name = re.escape(form).replace(r"\ ", r"\s+")
            pattern = re.compile(rf"{name}(?!\w)", flags)
            starting.setdefault(first[0].casefold() if shouted else first[0], []).append(pattern)
    return starting


def _entity(group: _Group, body_length: int) -> tuple[Entity, float]:
    mentions = tuple(sorted(group.mentions, key=lambda m: (m.field != "headline", m.start)))
    name = _SPACE.sub(" ", max(mentions, key=_as_a_name).text)
    entity = Entity(
        id=f"{group.type.lower()}:{_NO_WORD.sub('-', name.casefold()).strip('-')}",
        name=name,
        type=group.type,
        mentions=mentions,
        salience=0,
    )
    return entity, _weight(mentions, body_length)


def _as_a_name(mention: Mention) -> tuple[int, bool]:
    """Rank a mention by how well it names its entity: in full, and not in a shouting headline."""
    return len(mention.text), mention.field == "body"


def _weight(mentions: Iterable[Mention], body_length: int) -> float:
    in_headline = sum(mention.field == "headline" for mention in mentions)
    in_body = [mention.start for mention in mentions if mention.field == "body"]
    lead = _LEAD_WEIGHT * (1 - min(in_body) / body_length) if in_body else 0.0
    return len(in_body) + _HEADLINE_WEIGHT * in_headline + lead
