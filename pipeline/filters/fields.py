"""The fields of a filter: what each looks at, which values it takes, how it is compared.

A field that a record lacks does not match; `not` of it therefore does.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, get_args

from pipeline.filters.expression import Operator
from pipeline.filters.words import Words, folded
from schemas import Entity, FinalRecord, Record
from schemas.article import EntityType, Relation
from schemas.verdicts import DuplicateKind

# What made a term match; None where nothing did.
Finding = Any
Finder = Callable[["View"], Finding]


class View:
    """A record as filters see it: what several terms look at is made once."""

    def __init__(self, record: FinalRecord | Record) -> None:
        self.record = record
        # A model's fields are its __dict__; a record that lacks one has no entry.
        self.fields: dict[str, Any] = record.__dict__

    @cached_property
    def headline(self) -> str:
        """The headline in lower case, empty where there is none."""
        return folded(str(self.fields.get("headline") or ""))

    @cached_property
    def body(self) -> str:
        """The body in lower case, empty where there is none."""
        return folded(str(self.fields.get("body") or ""))

    @property
    def entities(self) -> tuple[Entity, ...]:
        """The entities, none where the record has no such field."""
        found: tuple[Entity, ...] = self.fields.get("entities") or ()
        return found

    @cached_property
    def entity_of(self) -> dict[str, Entity]:
        """The entities by id, by name and by each way in which they are named."""
        found: dict[str, Entity] = {}
        for entity in self.entities:
            found.setdefault(entity.id.casefold(), entity)
            found.setdefault(entity.name.casefold(), entity)
            for mention in entity.mentions:
                found.setdefault(mention.text.casefold(), entity)
        return found


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a filter.

    `check` says what is wrong with a value, None where nothing is; `finder` returns what looks for
    any of some values; `describe` says in words what was found.
    """

    name: str
    help: str
    example: str
    finder: Callable[[Operator, tuple[str, ...]], Finder]
    check: Callable[[str], str | None]
    describe: Callable[[Finding], str]
    operators: tuple[Operator, ...] = (":",)


# --- values ----------------------------------------------------------------------------------


def _any_text(value: str) -> str | None:
    return None if value.strip() else "the value is empty"


def _words(value: str) -> str | None:
    return None if Words.in_text(value) else "there is no word in it to look for"


def _country(value: str) -> str | None:
    if len(value) == 2 and value.isascii() and value.isalpha():
        return None
    return f"{value} is no country code of two letters (ISO 3166-1), such as RU"


def _language(value: str) -> str | None:
    parts = value.split("-")
    if all(part.isascii() and part.isalnum() for part in parts) and parts[0].isalpha():
        return None
    return f"{value} is no language code (BCP 47), such as en or pt-BR"


def _share(value: str) -> str | None:
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    return None if 0 <= number <= 1 else f"{value} is no number from 0 to 1"


def _one_of(*names: str) -> Callable[[str], str | None]:
    known = {name.casefold() for name in names}

    def check(value: str) -> str | None:
        if value.casefold() in known:
            return None
        return f"{value} is none of {', '.join(names)}"

    return check


# --- finding ---------------------------------------------------------------------------------


def _entity(_operator: Operator, values: tuple[str, ...]) -> Finder:
    wanted = frozenset(value.strip().casefold() for value in values)

    def find(view: View) -> Finding:
        if not view.entities:
            return None
        named = view.entity_of
        for value in wanted:
            if value in named:
                return named[value]
        return None

    return find


def _type(_operator: Operator, values: tuple[str, ...]) -> Finder:
    wanted = frozenset(value.upper() for value in values)

    def find(view: View) -> Finding:
        for entity in view.entities:
            if entity.type in wanted:
                return entity
        return None

    return find


def _in_country(_operator: Operator, values: tuple[str, ...]) -> Finder:
    wanted = frozenset(value.upper() for value in values)

    def find(view: View) -> Finding:
        for entity in view.entities:
            link = entity.link
            if link is not None and link.country in wanted:
                return entity
        return None

    return find


def _in_language(_operator: Operator, values: tuple[str, ...]) -> Finder:
    wanted = frozenset(value.casefold() for value in values)
    longer = tuple(f"{value}-" for value in wanted)

    def find(view: View) -> Finding:
        language = view.fields.get("language")
        if not language:
            return None
        lower = language.casefold()
        return language if lower in wanted or lower.startswith(longer) else None

    return find


def _equal(attribute: str) -> Callable[[Operator, tuple[str, ...]], Finder]:
    def finder(_operator: Operator, values: tuple[str, ...]) -> Finder:
        wanted = frozenset(value.strip().casefold() for value in values)

        def find(view: View) -> Finding:
            value = view.fields.get(attribute)
            return value if value and value.casefold() in wanted else None

        return find

    return finder


def _novelty(operator: Operator, values: tuple[str, ...]) -> Finder:
    numbers = tuple(map(float, values))
    number = numbers[0]
    tests: dict[Operator, Callable[[float], bool]] = {
        ":": lambda novelty: novelty in numbers,
        "<": lambda novelty: novelty < number,
        "<=": lambda novelty: novelty <= number,
        ">": lambda novelty: novelty > number,
        ">=": lambda novelty: novelty >= number,
    }
    test = tests[operator]

    def find(view: View) -> Finding:
        novelty = view.fields.get("novelty")
        # A novelty of 0 is found too, so it is not returned as it is.
        return (novelty,) if novelty is not None and test(novelty) else None

    return find


def _in_texts(*texts: str) -> Callable[[Operator, tuple[str, ...]], Finder]:
    def finder(_operator: Operator, values: tuple[str, ...]) -> Finder:
        wanted = tuple(map(Words, values))

        def find(view: View) -> Finding:
            for text in texts:
                searched = getattr(view, text)
                for words in wanted:
                    place = words.find(searched)
                    if place is not None:
                        return view, text, place
            return None

        return find

    return finder


# --- telling ---------------------------------------------------------------------------------


def _named(entity: Entity) -> str:
    return f"{entity.name} ({entity.id}, {entity.type})"


def _named_in_country(entity: Entity) -> str:
    return f"{entity.name} is in {entity.link.country if entity.link else None}"


def _passage(found: tuple[View, str, tuple[int, int]]) -> str:
    """Return the words with some of what stands around them."""
    view, name, (start, end) = found
    text = str(view.fields[name])
    if len(text) != len(getattr(view, name)):
        text = getattr(view, name)  # casefolding moved the offsets, as ß does
    first, last = max(0, start - 30), min(len(text), end + 30)
    before, after = "…" if first else "", "…" if last < len(text) else ""
    return f"{name}: {before}{' '.join(text[first:last].split())}{after}"


def _said(name: str) -> Callable[[Finding], str]:
    return lambda value: f"{name} is {value}"


ANYWHERE: Final = Field(
    "", "Words or a phrase in headline or body.", '"interest rates"',
    _in_texts("headline", "body"), _words, _passage,
)  # fmt: skip

_ALL = (
    Field(
        "entity", "Who or what is named: an id, or a name in full as known or as written.",
        'entity:"Islamic State"', _entity, _any_text, _named,
    ),
    Field(
        "type", f"Something of that type is named: {', '.join(get_args(EntityType))}.",
        "type:ORG", _type, _one_of(*get_args(EntityType)), _named,
    ),
    Field(
        "country", "A place there is named; ISO 3166-1, two letters.",
        "country:(RU, UA)", _in_country, _country, _named_in_country,
    ),
    Field(
        "language", "The language, BCP 47; en finds en-GB too.",
        "language:en", _in_language, _language, _said("language"),
    ),
    Field(
        "source", "The wire that delivered it, in full.",
        'source:"BNO News"', _equal("source"), _any_text, _said("source"),
    ),
    Field(
        "relation", f"What it is to its story: {', '.join(get_args(Relation))}.",
        "relation:correction", _equal("relation"), _one_of(*get_args(Relation)),
        _said("relation"),
    ),
    Field(
        "kind", f"What kind of copy: {', '.join(get_args(DuplicateKind))}.",
        "kind:exact", _equal("kind"), _one_of(*get_args(DuplicateKind)), _said("kind"),
    ),
    Field(
        "novelty", "Share of the text that is new to the story, 0 to 1.",
        "novelty>=0.3", _novelty, _share, lambda found: f"novelty is {found[0]}",
        (":", "<", "<=", ">", ">="),
    ),
    Field(
        "headline", "Words or a phrase in the headline.",
        'headline:"killed in"', _in_texts("headline"), _words, _passage,
    ),
    Field(
        "body", "Words or a phrase in the body.",
        "body:ceasefire", _in_texts("body"), _words, _passage,
    ),
    Field(
        "text", "Words or a phrase in either; the same as words without a field.",
        'text:"interest rates"', _in_texts("headline", "body"), _words, _passage,
    ),
)  # fmt: skip

FIELDS: Final = {field.name: field for field in _ALL}


def field_named(name: str | None) -> Field:
    """Return the field of that name; without one, headline and body."""
    return FIELDS[name] if name else ANYWHERE


def check_value(name: str | None, value: str) -> str | None:
    """Say what is wrong with a value of the field; None where nothing is."""
    return field_named(name).check(value)
