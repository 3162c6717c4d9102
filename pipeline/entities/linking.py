"""Which place of the world a name means, by its size and by the other places of the article.

All names of an article are linked together: what is certain (countries, names with one bearer, what
"Paris, Texas" says outright) is evidence for the rest. A name that stays in doubt gets no link.
"""

import math
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from pipeline.entities.gazetteer import LONGEST_NAME, Gazetteer, Place, PlaceKind, folded
from schemas import Link

# Points are powers of ten of a population, and of the number of names that a city has in all
# languages: Geneva has more than Midland, Texas. They were set by hand on the first draw of judged
# mentions; benchmarks/linking.py prints all draws.
_COUNTRY = 9.0
_REGION = 0.5
_FAME = 0.75
_CAPITAL = 0.5
_PREFERRED = 2.5
_ALTERNATE = -1.0
_SAID_OUTRIGHT = 10.0
_SAID_AFTER_A_TOWN = 5.0
_COUNTRY_NAMED = 2.0
_COUNTRY_NAMED_AGAIN = 0.5
# The United States are named in most wires, which says little about the other places in them.
_UNITED_STATES_NAMED = 0.5
_REGION_NAMED = 0.75
_TOWN_OF_IT_NAMED = 1.5
_SISTER_REGION_NAMED = 1.0
_SISTER_REGIONS_NAMED = 2.0
_CITY_OF_ITS_NAME = -1.0
_NEIGHBOUR_NAMED = 1.0

# What is to be evidence for other names must lead by this much, what is to be a link by that.
_CERTAIN = 1.0
_MARGIN = 0.25
# What was evidence in one round changes the next; two settle all cases that were met.
_ROUNDS = 2

# People that a place needs to be meant by its name alone, or beside its country or region.
_KNOWN_EVERYWHERE = 100_000
_KNOWN_BY_ANOTHER_NAME = 250_000
# Names in all languages that the place must have too, to be meant by its name alone.
_FAMOUS = 30
_KNOWN_IN_ITS_COUNTRY = 15_000
_KNOWN_IN_THE_UNITED_STATES = 100_000
_KNOWN_IN_ITS_REGION = 5_000
_REGION_KNOWN_EVERYWHERE = 300_000

# A city and a region of one name this near are two views of one place, and no ambiguity.
_SAME_PLACE_DEGREES = 1.0

_REMEMBERED_NAMES = 8192

_REGION_WORD = re.compile(r" (?:state|province|region|oblast|republic|prefecture)$")
_WORD = r"(?:(?:[A-Z]\.){2,}|[A-Z][\w’']*\.?)"
_FOLLOWING = re.compile(rf",\s{{1,3}}({_WORD}(?:[ -](?:of |and )?{_WORD}){{0,3}})")


@dataclass(frozen=True, slots=True)
class PlaceContext:
    """What an article says about its places beside their names.

    `following` holds, for each name in order, what stands after a comma behind its mentions
    (`following_name`), `dateline` the place of the dateline, as written.
    """

    following: Sequence[Sequence[str]] = ()
    dateline: str | None = None


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A place that a name may mean, and its points before anything is known of the article."""

    place: Place
    points: float


@dataclass(slots=True)
class _Named:
    """A name, the places that it may mean, and the places said to contain it."""

    candidates: tuple["_Candidate", ...]
    containers: tuple[Place, ...] = ()
    after_a_town: bool = False
    outright: bool = False  # a candidate lies in one of the containers
    meant: Place | None = None


@dataclass(slots=True)
class _Evidence:
    """The places that are taken for certain, by their country and region."""

    by_country: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    towns: dict[tuple[str, str], set[int]] = field(default_factory=lambda: defaultdict(set))
    regions_named: set[tuple[str, str]] = field(default_factory=set)
    regions: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def add(self, place: Place) -> None:
        if place.country is None:
            return
        self.by_country[place.country].add(place.id)
        if place.region is not None:
            if place.kind is PlaceKind.REGION:
                self.regions_named.add((place.country, place.region))
                self.regions[place.country].add(place.id)
            else:
                self.towns[place.country, place.region].add(place.id)


def following_name(text: str, end: int) -> str | None:
    """Return the capitalised words after a comma at `end`: of "Paris, Texas, said", "Texas"."""
    match = _FOLLOWING.match(text, end)
    return match[1] if match else None


def link_places(
    gazetteer: Gazetteer, names: Sequence[str], context: PlaceContext
) -> list[Link | None]:
    """Return for each name of an article the place that it means, or None where that is in doubt.

    The result depends on nothing but the arguments; the order of the names does not matter.
    """
    following = [*context.following, *((),) * (len(names) - len(context.following))]
    named = [
        _named(gazetteer, name, said_after)
        for name, said_after in zip(names, following, strict=False)
    ]
    if context.dateline:
        named.append(_dateline(gazetteer, context.dateline, names, named))
    _note_places_after_towns(named)
    evidence = _Evidence()
    for _ in range(_ROUNDS):
        for one in named:
            one.meant = _meant(one, evidence, _CERTAIN)
        evidence = _Evidence()
        for one in named:
            if one.meant is not None:
                evidence.add(one.meant)
                for container in one.containers:
                    if _contains(container, one.meant):
                        evidence.add(container)
    return [_link(_meant(one, evidence, _MARGIN)) for one in named[: len(names)]]


def _named(gazetteer: Gazetteer, name: str, following: Sequence[str]) -> _Named:
    # What is too long for a name is not remembered either.
    bearers = _bearers(gazetteer, name) if len(name) <= LONGEST_NAME else ()
    if not bearers or not following:
        return _Named(tuple(one for one in bearers if _known(one.place)))
    containers = tuple(
        container
        for container in dict.fromkeys(
            place for words in following for place in _containers(gazetteer, words)
        )
        if not any(_in_a_list(one.place, container) for one in bearers)
    )
    outright = {
        one.place for one in bearers if any(_contains(place, one.place) for place in containers)
    }
    return _Named(
        tuple(one for one in bearers if _known(one.place) or one.place in outright),
        containers,
        outright=bool(outright),
    )


@lru_cache(_REMEMBERED_NAMES)
def _bearers(gazetteer: Gazetteer, name: str) -> tuple[_Candidate, ...]:
    """Return what the name may mean in any article; a name without a capital means nothing."""
    if not any(letter.isupper() for letter in name):
        return ()
    key = folded(name)
    places = gazetteer.places(key)
    if not places and (word := _REGION_WORD.search(key)):
        places = tuple(
            place
            for place in gazetteer.places(key[: word.start()])
            if place.kind is PlaceKind.REGION
        )
    plausible = _plausible(places)
    return tuple(_Candidate(place, _points(place, plausible)) for place in plausible)


def _points(place: Place, bearers: Sequence[Place]) -> float:
    points = _COUNTRY
    if place.kind is PlaceKind.CITY:
        points = math.log10(max(place.population, 1)) + _FAME * math.log10(1 + place.fame)
    elif place.kind is PlaceKind.REGION:
        points = math.log10(max(place.population, 1)) + _REGION
        if _has_city_of_its_name(place, bearers):
            points += _CITY_OF_ITS_NAME
    if place.capital:
        points += _CAPITAL
    if place.preferred:
        points += _PREFERRED
    if place.alternate:
        points += _ALTERNATE
    return points


def _known(place: Place) -> bool:
    """Say whether a place may be meant without the one that contains it being said after it."""
    return (
        place.kind is not PlaceKind.CITY
        or place.population >= _KNOWN_IN_ITS_REGION
        or place.preferred
        or place.capital
    )


def _dateline(
    gazetteer: Gazetteer, dateline: str, names: Sequence[str], named: Sequence[_Named]
) -> _Named:
    """Return what the dateline names; what it says of a place is said of the same name below."""
    place, _, container = dateline.partition(",")
    found = _named(gazetteer, place, (container,) if container else ())
    if found.outright:
        for name, one in zip(names, named, strict=True):
            if not one.outright and len(name) <= LONGEST_NAME and folded(name) == folded(place):
                one.candidates, one.containers = found.candidates, found.containers
                one.outright = True
    return found


def _containers(gazetteer: Gazetteer, words: str) -> tuple[Place, ...]:
    """Return the countries and regions that the longest beginning of `words` may mean."""
    key = folded(words[:LONGEST_NAME])
    while key:
        found = tuple(
            place
            for place in gazetteer.places(key)
            if place.kind in (PlaceKind.COUNTRY, PlaceKind.REGION)
        )
        if found:
            return found
        key = key.rpartition(" ")[0]
    return ()


def _in_a_list(place: Place, other: Place) -> bool:
    """Say whether "Delaware, Ohio" and "Mexico, Brazil" are more likely a list than a town."""
    if other.kind is PlaceKind.COUNTRY:
        return place.kind is PlaceKind.COUNTRY
    return (
        place.kind is PlaceKind.REGION
        and place.country == other.country
        and place.population >= _REGION_KNOWN_EVERYWHERE
        and place.wikidata is not None
        and place.region != other.region
    )


def _contains(container: Place, place: Place) -> bool:
    return (
        container.country == place.country
        and container.id != place.id
        and (container.kind is PlaceKind.COUNTRY or container.region == place.region)
        and container.kind < place.kind
    )


def _note_places_after_towns(named: Sequence[_Named]) -> None:
    """Mark the names that stand as the container of another: in "Buffalo, New York" the state."""
    if not any(one.outright for one in named):
        return
    said = {
        container.id
        for one in named
        for container in one.containers
        if any(_contains(container, candidate.place) for candidate in one.candidates)
    }
    for one in named:
        one.after_a_town = any(candidate.place.id in said for candidate in one.candidates)


def _plausible(candidates: Sequence[Place]) -> tuple[Place, ...]:
    """Return the candidates without those that lie in a country of the name: "Mexico", "Taiwan"."""
    countries = {place.country for place in candidates if place.kind is PlaceKind.COUNTRY}
    return tuple(
        place
        for place in candidates
        if place.kind is PlaceKind.COUNTRY or place.country not in countries
    )


def _has_city_of_its_name(region: Place, candidates: Sequence[Place]) -> bool:
    """Say whether a region is the less likely bearer of its name: New York, Moscow, Madrid."""
    return any(
        place.kind is PlaceKind.CITY
        and place.population >= _KNOWN_EVERYWHERE
        and place.country == region.country
        and _same(place, region)
        for place in candidates
    )


def _same(one: Place, other: Place) -> bool:
    """Say whether two bearers of a name are one place, seen as a city and as its region."""
    if one.country != other.country:
        return False
    if one.region == other.region and one.kind is not other.kind:
        return True
    if None in (one.latitude, one.longitude, other.latitude, other.longitude):
        return False
    assert one.latitude is not None
    assert one.longitude is not None
    assert other.latitude is not None
    assert other.longitude is not None
    return (
        abs(one.latitude - other.latitude) < _SAME_PLACE_DEGREES
        and abs(one.longitude - other.longitude) < _SAME_PLACE_DEGREES
    )


def _meant(one: _Named, evidence: _Evidence, margin: float) -> Place | None:
    """Return the candidate that leads all others by `margin` and may be meant at all."""
    if not one.candidates:
        return None
    own = one.meant.id if one.meant is not None else None
    if len(one.candidates) == 1:
        best = one.candidates[0].place
        return best if _may_be_meant(best, one, evidence, own) else None
    scored = sorted(
        (-_score(candidate, one, evidence, own), candidate.place.id, candidate.place)
        for candidate in one.candidates
    )
    best_score, _, best = scored[0]
    for score, _, place in scored[1:]:
        if score - best_score >= margin:
            break
        if not _same(best, place):
            return None
    return best if _may_be_meant(best, one, evidence, own) else None


def _score(candidate: _Candidate, one: _Named, evidence: _Evidence, own: int | None) -> float:
    place, score = candidate.place, candidate.points
    if one.outright and any(_contains(container, place) for container in one.containers):
        score += _SAID_OUTRIGHT
    if one.after_a_town and place.kind is PlaceKind.REGION:
        score += _SAID_AFTER_A_TOWN
    if place.country in evidence.by_country:
        score += _score_in_its_country(place, place.country, evidence, own)
    if place.kind is PlaceKind.COUNTRY and any(
        _others(evidence.by_country.get(country), place, own) for country in place.neighbours
    ):
        score += _NEIGHBOUR_NAMED
    return score


def _score_in_its_country(
    place: Place, country: str, evidence: _Evidence, own: int | None
) -> float:
    """Return the points for what else the article names of the place's country."""
    score = 0.0
    others = _others(evidence.by_country[country], place, own)
    if others:
        score += _UNITED_STATES_NAMED if country == "US" else _COUNTRY_NAMED
        score += _COUNTRY_NAMED_AGAIN if others > 1 else 0
    if place.region is None:
        return score
    if place.kind is PlaceKind.CITY:
        if (country, place.region) in evidence.regions_named:
            score += _REGION_NAMED
        return score
    if _others(evidence.towns.get((country, place.region)), place, own):
        score += _TOWN_OF_IT_NAMED
    sisters = _others(evidence.regions.get(country), place, own)
    if sisters:
        score += _SISTER_REGION_NAMED if sisters < 3 else _SISTER_REGIONS_NAMED
    return score


def _others(ids: set[int] | None, place: Place, own: int | None) -> int:
    """Count the places of `ids` that are evidence for `place`: not itself, nor what it was."""
    if not ids:
        return 0
    return len(ids) - (place.id in ids) - (own is not None and own != place.id and own in ids)


def _may_be_meant(place: Place, one: _Named, evidence: _Evidence, own: int | None) -> bool:
    """Say whether the place is large enough to be meant, given what else the article names."""
    country_named = place.country is not None and bool(
        _others(evidence.by_country.get(place.country), place, own)
    )
    if place.kind is PlaceKind.AREA:
        return not place.neighbours or any(evidence.by_country.get(c) for c in place.neighbours)
    if place.kind is PlaceKind.COUNTRY or place.preferred:
        return True
    said_outright = one.outright and any(
        _contains(container, place) for container in one.containers
    )
    if place.kind is PlaceKind.REGION:
        return (
            said_outright
            or one.after_a_town
            or country_named
            or (place.wikidata is not None and place.population >= _REGION_KNOWN_EVERYWHERE)
        )
    famous = place.fame >= _FAMOUS
    if said_outright:
        return True
    if not famous and one.containers and not one.outright:
        # "Springfield, Ontario", of which the register knows nothing, is no other Springfield.
        return False
    if (place.country, place.region) in evidence.regions_named and not place.alternate:
        return place.population >= _KNOWN_IN_ITS_REGION
    if country_named:
        known = _KNOWN_IN_THE_UNITED_STATES if place.country == "US" else _KNOWN_IN_ITS_COUNTRY
        return place.population >= (_KNOWN_EVERYWHERE if place.alternate else known)
    return famous and place.population >= (
        _KNOWN_BY_ANOTHER_NAME if place.alternate else _KNOWN_EVERYWHERE
    )


@lru_cache(8192)
def _link(place: Place | None) -> Link | None:
    if place is None:
        return None
    return Link(
        wikidata=place.wikidata,
        geonames=place.geonames,
        country=place.country,
        latitude=place.latitude,
        longitude=place.longitude,
    )
