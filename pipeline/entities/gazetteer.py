"""The register of places, organisations and groups: one SQLite file, opened read-only.

`python -m gazetteer` writes it, from GeoNames and from the lists under gazetteer/. Names are looked
up by their folded form: without case, accents, dots and hyphens.
"""

import hashlib
import sqlite3
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from pipeline.errors import UserError
from schemas.article import EntityType

FILE = Path(__file__).with_name("gazetteer.sqlite")
# Of the file that this version reads; `python -m gazetteer` prints that of the file it wrote.
SHA256 = "8cde68626c9817e9ed8e0b9e5cd4a254b430e3c7135429140cc8866eb90417be"

# A name is at most this long; whatever is longer names nothing here.
LONGEST_NAME = 80
_REMEMBERED_NAMES = 8192

_ABBREVIATIONS = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount"}
_LETTERS = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ə": "a",
        "ħ": "h", "'": "", "’": "", "‘": "", "ʻ": "", "ʼ": "", "`": "", ".": "", "&": " and ",
        "-": " ", "‐": " ", "‑": " ", "–": " ", "/": " ",
    }
)  # fmt: skip


class PlaceKind(IntEnum):
    """What a place is; an area is larger than a country, crosses borders, or is no more."""

    COUNTRY = 0
    REGION = 1
    CITY = 2
    AREA = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A place that a name may mean.

    `region` is the GeoNames code of its first-level region within the country, `alternate` says
    that the name is not its usual one, `preferred` that the name alone means this place; `fame`
    counts the names that a city has in all languages.
    """

    id: int
    kind: PlaceKind
    wikidata: str | None
    geonames: str | None
    country: str | None
    region: str | None
    latitude: float | None
    longitude: float | None
    population: int
    fame: int
    capital: bool
    neighbours: frozenset[str]
    alternate: bool
    preferred: bool

    def __hash__(self) -> int:
        return self.id


@dataclass(frozen=True, slots=True)
class KnownName:
    """What a name of the curated lists stands for."""

    name: str
    type: EntityType
    wikidata: str | None


class Gazetteer:
    """Reads the register; the same question always has the same answer, from any thread."""

    def __init__(self, path: Path = FILE, sha256: str = SHA256) -> None:
        """Open the register. Raises UserError where the file is missing or is another one."""
        try:
            found = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            raise UserError(
                f"gazetteer: cannot read {path} ({error.strerror}). Install Newswire again, or "
                "build the file with `python -m gazetteer`."
            ) from error
        if found != sha256:
            raise UserError(
                f"gazetteer: {path} is not the file that this version was made for (sha256 "
                f"{found[:12]}, not {sha256[:12]}). Install Newswire again, or build the file "
                "with `python -m gazetteer`."
            )
        # immutable: no lock and no journal are looked for, so a read-only directory will do.
        self._database = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        self._database.execute("PRAGMA query_only = 1")
        self._database.execute("PRAGMA cache_size = -4000")
        self._known_names = MappingProxyType(
            {
                alias: KnownName(name, type_, wikidata)
                for alias, name, type_, wikidata in self._database.execute(
                    "SELECT alias, name, type, wikidata FROM alias JOIN thing USING (id)"
                    " WHERE recognised ORDER BY alias"
                )
            }
        )
        self._known: dict[str, KnownName] = {
            folded: KnownName(name, type_, wikidata)
            for folded, name, type_, wikidata in self._database.execute(
                "SELECT DISTINCT folded, name, type, wikidata FROM alias JOIN thing USING (id)"
            )
        }
        # What a name means never changes, so what is remembered shows in nothing but speed.
        self.places = lru_cache(_REMEMBERED_NAMES)(self._places)

    def known_names(self) -> Mapping[str, KnownName]:
        """Return the names, as they are written, that may be recognised wherever they stand."""
        return self._known_names

    def known(self, name: str) -> KnownName | None:
        """Return what `name` stands for in the curated lists, by any of its aliases."""
        return self._known.get(folded(name)) if len(name) <= LONGEST_NAME else None

    def _places(self, name: str) -> tuple[Place, ...]:
        """Return the places that the folded `name` may mean, in the order of their ids."""
        if not name or len(name) > LONGEST_NAME:
            return ()
        return tuple(
            Place(
                id=id_,
                kind=PlaceKind(kind),
                wikidata=wikidata,
                geonames=str(id_) if id_ > 0 else None,
                country=country,
                region=region,
                latitude=None if latitude is None else latitude / 100_000,
                longitude=None if longitude is None else longitude / 100_000,
                population=population,
                fame=fame,
                capital=bool(capital),
                neighbours=frozenset(neighbours.split(",")) if neighbours else frozenset(),
                alternate=bool(alternate),
                preferred=bool(preferred),
            )
            for (
                id_, kind, wikidata, country, region, latitude, longitude, population, fame,
                capital, neighbours, alternate, preferred,
            ) in self._database.execute(
                "SELECT place.id, kind, wikidata, country, region, latitude, longitude,"
                " population, fame, capital, neighbours, alternate, preferred"
                " FROM place_name JOIN place ON place.id = place_name.place"
                " WHERE folded = ? ORDER BY place.id",
                (name,),
            )
        )  # fmt: skip


@lru_cache(_REMEMBERED_NAMES)
def folded(name: str) -> str:
    """Return the form under which `name` is looked up: "St. Étienne" and "Saint-Etienne" agree."""
    if not name.isascii():
        decomposed = unicodedata.normalize("NFKD", name)
        name = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    words = name.casefold().translate(_LETTERS).split()
    if len(words) > 1 and words[0] == "the":
        del words[0]
    # SQLite takes no lone surrogates.
    folded = " ".join(_ABBREVIATIONS.get(word, word) for word in words)
    return folded.encode("utf-8", "ignore").decode()
