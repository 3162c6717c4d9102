"""What an article names: found by a model, joined, linked and ranked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Self

from pipeline.entities.gazetteer import Gazetteer
from pipeline.entities.linking import PlaceContext, following_name, link_places
from pipeline.entities.models import Models, NameModel
from pipeline.entities.resolution import Group, KnownNames, resolve
from pipeline.entities.salience import salience, weight
from pipeline.entities.tagger import Tagger
from pipeline.errors import UserError
from schemas import Entity, Link, Mention
from schemas.article import UntaggedReason

# What records say found the names where no model reads the language.
GAZETTEER = "gazetteer"

_NO_WORD = re.compile(r"[\W_]+")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class FoundEntities:
    """The entities of an article, the most salient first, and what found them or why none."""

    entities: tuple[Entity, ...] = ()
    tagger: str | None = None
    untagged_reason: UntaggedReason | None = None


class EntityFinder:
    """Finds entities; the same article always gives the same ones, whatever was asked before."""

    def __init__(self, models: Models, gazetteer: Gazetteer) -> None:
        self._models = models
        self._gazetteer = gazetteer
        self._known = KnownNames(gazetteer.known_names())

    @classmethod
    def load(cls, taggers: str) -> Self:
        """Load the models that the setting NEWSWIRE_TAGGER names, and the gazetteer.

        Raises `UserError` where one is missing or altered.
        """
        names = [name.strip() for name in taggers.split(",")]
        return cls(Models([_model(name) for name in names]), Gazetteer())

    def find(
        self, headline: str, body: str, language: str | None, filed_from: str | None
    ) -> FoundEntities:
        """Return the entities of an article in `language`, a BCP 47 tag where it is known.

        `filed_from` is the place of its dateline. A headline in capitals is not shown to the model,
        which sees names everywhere in it; the names of the body are looked for in it instead. What
        no model reads is searched for known names alone.
        """
        if not any(map(str.isalpha, headline)) and not any(map(str.isalpha, body)):
            return FoundEntities(untagged_reason="no_text")
        model = self._models.reading(language)
        seen = model.names("" if headline.isupper() else headline, body) if model else {}
        groups = resolve(headline, body, seen, self._known)
        return FoundEntities(
            self._entities(groups, body, filed_from),
            model.name if model else GAZETTEER,
            None if groups else "no_names" if model else "no_model",
        )

    def _entities(
        self, groups: Sequence[Group], body: str, filed_from: str | None
    ) -> tuple[Entity, ...]:
        # What has the same id is the same thing: "U.S." and "United States".
        things: dict[str, tuple[Group, Link | None]] = {}
        for group, link in zip(groups, self._links(groups, body, filed_from), strict=True):
            thing, _ = things.setdefault(_id(group, link), (group, link))
            if thing is not group:
                thing.take(group)
        shares = salience([weight(group.mentions, len(body)) for group, _ in things.values()])
        entities = (
            Entity(
                id=id_,
                name=_name(group),
                type=group.type,
                mentions=tuple(sorted(group.mentions, key=_place)),
                salience=share,
                link=link,
            )
            for (id_, (group, link)), share in zip(things.items(), shares, strict=True)
        )
        return tuple(sorted(entities, key=lambda entity: (-entity.salience, entity.id)))

    def _links(
        self, groups: Sequence[Group], body: str, filed_from: str | None
    ) -> list[Link | None]:
        """Return what each group is in the world's registers; None where that is in doubt."""
        places = [group for group in groups if group.type == "PLACE"]
        following = [
            [
                name
                for mention in place.mentions
                if mention.field == "body" and (name := following_name(body, mention.end))
            ]
            for place in places
        ]
        linked = link_places(
            self._gazetteer,
            [_name(place) for place in places],
            PlaceContext(following, filed_from),
        )
        link_of = {place.key: link for place, link in zip(places, linked, strict=True)}
        return [
            link_of[group.key] if group.type == "PLACE" else self._register_link(group)
            for group in groups
        ]

    def _register_link(self, group: Group) -> Link | None:
        known = group.known or self._gazetteer.known(_name(group))
        if known is None or known.type != group.type or known.wikidata is None:
            return None
        return Link(wikidata=known.wikidata)


def _model(name: str) -> NameModel:
    """Return our own tagger, or the spaCy pipeline of that name."""
    if name == Tagger.name:
        return Tagger()
    if find_spec("spacy") is None:
        raise UserError(
            f"NEWSWIRE_TAGGER={name}: spaCy is not installed: pip install newswire[spacy], "
            f"or set NEWSWIRE_TAGGER={Tagger.name}"
        )
    from pipeline.entities.spacy_model import SpacyModel  # an optional extra, a second to import

    return SpacyModel(name)


def _name(group: Group) -> str:
    """Return the name by which a thing is known, else the fullest that the article has for it."""
    if group.known is not None:
        return group.known.name
    return _SPACE.sub(" ", max(group.mentions, key=_fullness).text)


def _fullness(mention: Mention) -> tuple[int, bool]:
    """Rank a mention by how well it names: in full, and not in a headline of capitals."""
    return len(mention.text), mention.field == "body"


def _place(mention: Mention) -> tuple[bool, int]:
    return mention.field != "headline", mention.start


def _id(group: Group, link: Link | None) -> str:
    if link is not None and link.wikidata is not None:
        return f"wikidata:{link.wikidata}"
    if link is not None and link.geonames is not None:
        return f"geonames:{link.geonames}"
    return f"{group.type.lower()}:{_NO_WORD.sub('-', _name(group).casefold()).strip('-')}"
