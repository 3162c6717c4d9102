"""Joining the mentions of one thing within a document.

A name is joined with its short forms ("Rustam Asildarov", "Asildarov"; "Texaco Inc", "Texaco"),
with the acronym that follows it in brackets ("Federal Security Service (FSB)"), with its other
names where these are known ("Islamic State", "ISIS"), and with every other place where the text
says it and the model did not see it. Its type is what is known of it, else what most of its
mentions have.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipeline.entities.gazetteer import KnownName
from pipeline.entities.name_parts import (
    folded,
    shortened,
    trim,
    trim_common_noun,
    trim_title,
    without_company_form,
)
from pipeline.entities.name_search import NameSearch
from pipeline.entities.span import Span
from schemas import Mention
from schemas.article import ArticleField, EntityType

_SPACE = re.compile(r"\s+")
_ACRONYM = re.compile(r"\s*\(\s*([A-Z][A-Za-z0-9&.-]{1,9})\s*\)")
_POSSESSIVE = re.compile(r"(?:['’]s|(?<=s)['’])\s+(?=[A-Z])")

# A full name says more of what it names than a short one: it has this many votes for its type.
_FULL_NAME_VOTES = 3
# In a text in capitals, shorter known names than this may be words: "WHO", "US".
_SHORTEST_IN_CAPITALS = 4


class KnownNames:
    """What is known by name alone, and can be found in a text without a model."""

    def __init__(self, names: Mapping[str, KnownName]) -> None:
        self.names = names
        self.search = NameSearch(names)
        self.search_in_capitals = NameSearch(
            (name for name in names if len(name) >= _SHORTEST_IN_CAPITALS), capitals=True
        )


@dataclass(slots=True)
class Group:
    """The mentions that share one name, or one thing once they are joined."""

    key: str  # of its fullest name, folded
    forms: set[str] = field(default_factory=set)  # its names, as they are written
    mentions: list[Mention] = field(default_factory=list)
    votes: Counter[EntityType] = field(default_factory=Counter)
    known: KnownName | None = None

    @property
    def type(self) -> EntityType:
        """What is known of it; else what most mentions have; of equals, what came first."""
        if self.known is not None:
            return self.known.type
        return max(self.votes, key=self.votes.__getitem__)

    def take(self, other: "Group") -> None:
        """Add the mentions of `other`, which names the same."""
        self.forms |= other.forms
        self.mentions += other.mentions
        self.votes += other.votes
        self.known = self.known or other.known


class _Document:
    """The texts of a document, what of them is taken, and the groups so far."""

    def __init__(self, texts: Mapping[ArticleField, str]) -> None:
        self.texts = texts
        self.taken = {place: bytearray(len(text)) for place, text in texts.items()}
        self.groups: dict[str, Group] = {}  # by folded name; joined names share a group

    def add(
        self, place: ArticleField, start: int, end: int, kind: EntityType | None
    ) -> Group | None:
        text = self.texts[place][start:end]
        if not any(map(str.isalpha, text)):
            return None
        self.taken[place][start:end] = b"\x01" * (end - start)
        name = _SPACE.sub(" ", text)
        key = folded(name)
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = Group(key)
        group.forms.add(name)
        group.mentions.append(Mention(start=start, end=end, text=text, field=place))
        if kind is not None:
            group.votes[kind] += _FULL_NAME_VOTES if " " in name else 1
        return group

    def distinct(self) -> list[Group]:
        return list({id(group): group for group in self.groups.values()}.values())

    def join(self, into: Group, other: Group) -> None:
        if into is other:
            return
        into.take(other)
        for key, group in self.groups.items():
            if group is other:
                self.groups[key] = into


def resolve(
    headline: str, body: str, found: Mapping[ArticleField, list[Span]], known: KnownNames
) -> list[Group]:
    """Return what a document names, each thing with all its mentions, in no certain order.

    `found` holds what a model saw in the headline and in the body.
    """
    document = _Document({"body": body, "headline": headline})
    for place, text in document.texts.items():
        _take_mentions(document, place, text, found.get(place, []), known)
    _join_known(document)
    _join_acronyms(document, body)
    _join_people(document)
    _join_organisations(document)
    _join_plurals(document)
    _find_unseen(document)
    return document.distinct()


def _take_mentions(
    document: _Document, place: ArticleField, text: str, spans: Iterable[Span], known: KnownNames
) -> None:
    """Take what the model saw and what is known; of two that overlap, the longer."""
    seen = [piece for span in spans for piece in _pieces(text, span, known)]
    occupied = bytearray(len(text))
    for span in seen:
        occupied[span.start : span.end] = b"\x01" * (span.end - span.start)
    known_at: dict[int, KnownName] = {}
    for start, end, name in _search(text, known).find(text, bytearray(len(text))):
        if 1 in occupied[start:end]:
            overlapping = [span for span in seen if span.start < end and start < span.end]
            if any(span.start < start or span.end > end for span in overlapping):
                continue
            seen = [span for span in seen if span not in overlapping]
        start, end = trim(text, start, end)
        known_at[start] = known.names[name]
        seen.append(Span(start, end, known.names[name].type))
    for span in sorted(seen, key=lambda span: span.start):
        group = document.add(place, span.start, span.end, span.type)
        if group is not None:
            group.known = group.known or known_at.get(span.start)


def _search(text: str, known: KnownNames) -> NameSearch:
    return known.search_in_capitals if text.isupper() else known.search


def _pieces(text: str, span: Span, known: KnownNames) -> Iterable[Span]:
    """Yield the name in a span; the two names in "Islamic State's Caucasus Province"."""
    start, end = trim(text, span.start, span.end)
    possessive = _POSSESSIVE.search(text, start, end)
    if possessive is not None:
        owner = known.names.get(text[start : possessive.start()])
        if owner is not None:
            yield Span(start, possessive.start(), owner.type)
            start, end = trim(text, possessive.end(), end)
    if span.type == "PERSON":
        start = trim_title(text, start, end)
    elif span.type == "PLACE":
        end = trim_common_noun(text, start, end)
    if start < end:
        yield Span(start, end, span.type)


def _join_known(document: _Document) -> None:
    """Join what is known to be the same: "Islamic State" and "ISIS"."""
    first: dict[str, Group] = {}
    for group in document.distinct():
        if group.known is not None:
            document.join(first.setdefault(group.known.name, group), group)


def _join_acronyms(document: _Document, body: str) -> None:
    """Join "Federal Security Service" with the "FSB" that follows it in brackets."""
    for group in document.distinct():
        for mention in group.mentions:
            bracket = _ACRONYM.match(body, mention.end) if mention.field == "body" else None
            if bracket is None:
                continue
            short, key = bracket[1], folded(bracket[1])
            owner = _owner(short, mention.text, document)
            if owner is not None:
                group.votes[owner.type] += 2 * _FULL_NAME_VOTES
            elif not _abbreviates(short, mention.text, group.type):
                continue
            if key in document.groups:
                document.join(group, document.groups[key])
            else:
                document.groups[key] = group
                group.forms.add(short)
            break


def _abbreviates(short: str, name: str, kind: EntityType) -> bool:
    """Say whether the acronym `short` may stand for the name before it.

    Of an organisation the first letter must fit; the others need not: the FSB is the Federal
    Security Service by its Russian name.
    """
    initials = _initials(name)
    if kind in ("ORG", "OTHER"):
        return initials[:1] == short[0]
    return kind != "PERSON" and len(initials) > 1 and initials == short.replace(".", "")


def _owner(short: str, name: str, document: _Document) -> Group | None:
    """Return whom a branch belongs to by its acronym: of "Caucasus Province (ISIS-CP)", ISIS."""
    owner, _, own = short.rpartition("-")
    return document.groups.get(folded(owner)) if own == _initials(name) else None


def _initials(name: str) -> str:
    return "".join(word[0] for word in name.split() if word[0].isupper())


def _join_people(document: _Document) -> None:
    """Join "Asildarov" with the "Rustam Asildarov" of the document, if there is but one.

    Also where the model took the short name for something else, unless that is a known name.
    """
    bearers: dict[str, list[Group]] = {}  # by what their names are shortened to
    for group in document.distinct():
        if group.type == "PERSON":
            for short in {short for form in group.forms for short in shortened(form)}:
                bearers.setdefault(short, []).append(group)
    for short, people in bearers.items():
        found = document.groups.get(folded(short))
        others = {id(group) for group in people} - {id(found)}
        if len(others) != 1:
            continue
        person = next(group for group in people if group is not found)
        last = not person.key.startswith(f"{folded(short)} ")
        if found is None:
            if last:
                document.groups[folded(short)] = person
                person.forms.add(short)
        elif found.type == "PERSON" or (last and found.known is None):
            document.join(person, found)


def _join_organisations(document: _Document) -> None:
    """Join "Texaco" with "Texaco Inc"."""
    for group in document.distinct():
        if group.type != "ORG":
            continue
        for form in tuple(group.forms):
            short = without_company_form(form)
            if short != form:
                other = document.groups.get(folded(short))
                if other is None:
                    document.groups[folded(short)] = group
                    group.forms.add(short)
                elif other.known is None or other.type == "ORG":
                    document.join(group, other)


def _join_plurals(document: _Document) -> None:
    """Join "Chechens" with "Chechen"."""
    for group in document.distinct():
        singular = document.groups.get(group.key.removesuffix("s"))
        if singular is not None and group.type == "NORP" and singular.type == "NORP":
            document.join(singular, group)


def _find_unseen(document: _Document) -> None:
    """Add the places where a text says a name of the document that the model did not see there.

    Capitals count ("Apple" is no apple), but in a text that is all in capitals.
    """
    forms = {form for group in document.distinct() for form in group.forms}
    for place, text in document.texts.items():
        search = NameSearch(forms, capitals=text.isupper())
        for start, end, name in search.find(text, document.taken[place]):
            group = document.groups[folded(name)]
            group.mentions.append(Mention(start=start, end=end, text=text[start:end], field=place))
