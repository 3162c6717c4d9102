"""What the builder puts into the register."""

from dataclasses import dataclass, field

from pipeline.entities.gazetteer import PlaceKind
from schemas.article import EntityType


@dataclass(slots=True)
class PlaceRecord:
    """A place and its folded names, with whether each is another than the usual one.

    `name` is the usual name as it is written, where that is to be recognised. `fame` counts the
    names that GeoNames has for it in all languages.

    `id` is that of GeoNames; a place that has none there has the negative of its Wikidata number.
    """

    id: int
    kind: PlaceKind
    names: dict[str, bool]
    name: str = ""
    wikidata: str | None = None
    country: str | None = None
    region: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    population: int = 0
    fame: int = 0
    capital: bool = False
    neighbours: tuple[str, ...] = ()
    preferred: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class ThingRecord:
    """A line of the curated lists: an organisation, a group, or a place known by its name."""

    wikidata: str | None
    type: EntityType
    name: str
    recognised: tuple[str, ...]
    linked_only: tuple[str, ...]
