"""Writes the register: the same records give the same bytes."""

import hashlib
import os
import sqlite3
import zlib
from collections.abc import Iterable
from pathlib import Path

from gazetteer.curated import CuratedPlace
from gazetteer.records import PlaceRecord, ThingRecord
from pipeline.entities.gazetteer import PlaceKind, folded
from pipeline.errors import UserError

_TABLES = """
PRAGMA page_size = 4096;
PRAGMA journal_mode = OFF;
CREATE TABLE place (
    id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, wikidata TEXT, country TEXT, region TEXT,
    latitude INTEGER, longitude INTEGER, population INTEGER NOT NULL,
    fame INTEGER NOT NULL, capital INTEGER NOT NULL,
    neighbours TEXT
) STRICT;
CREATE TABLE place_name (
    folded TEXT NOT NULL, place INTEGER NOT NULL, alternate INTEGER NOT NULL,
    preferred INTEGER NOT NULL, PRIMARY KEY (folded, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE thing (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, type TEXT NOT NULL, wikidata TEXT
) STRICT;
CREATE TABLE alias (
    alias TEXT PRIMARY KEY, folded TEXT NOT NULL, id INTEGER NOT NULL, recognised INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"""


def write(
    path: Path,
    places: Iterable[PlaceRecord],
    curated: Iterable[CuratedPlace],
    things: Iterable[ThingRecord],
) -> str:
    """Write the register to `path`, in place of what is there, and return its SHA-256."""
    by_id = {place.id: place for place in places}
    recognised = {place.id: [place.name] for place in by_id.values() if place.name}
    linked_only: dict[int, list[str]] = {}
    for line in curated:
        if line.kind == "never":
            for place in by_id.values():
                for name in line.names:
                    place.names.pop(folded(name), None)
            continue
        place = _apply(line, by_id)
        if place.kind in (PlaceKind.COUNTRY, PlaceKind.AREA):
            recognised.setdefault(place.id, []).extend(line.names)
            linked_only.setdefault(place.id, []).extend(line.linked_only)
    known_places = [
        ThingRecord(
            wikidata=by_id[id_].wikidata,
            type="PLACE",
            name=(names or linked_only[id_])[0],
            recognised=_once(name for name in names if name not in linked_only.get(id_, ())),
            linked_only=_once(linked_only.get(id_, ())),
        )
        for id_, names in recognised.items()
    ]
    beside = path.with_suffix(".building")
    beside.unlink(missing_ok=True)
    database = sqlite3.connect(beside)
    database.executescript(_TABLES)
    database.executemany(
        "INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (_place_row(by_id[id_]) for id_ in sorted(by_id)),
    )
    database.executemany(
        "INSERT INTO place_name VALUES (?, ?, ?, ?)",
        sorted(
            (name, place.id, int(alternate), int(name in place.preferred))
            for place in by_id.values()
            for name, alternate in place.names.items()
        ),
    )
    _write_things(database, [*things, *known_places])
    database.commit()
    database.execute("VACUUM")
    database.close()
    # The header tells which SQLite wrote the file; nothing reads that.
    with beside.open("r+b") as file:
        file.seek(96)
        file.write(bytes(4))
    os.replace(beside, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def _apply(line: CuratedPlace, by_id: dict[int, PlaceRecord]) -> PlaceRecord:
    names = {folded(name) for name in (*line.names, *line.linked_only)}
    if line.kind == "known":
        if line.geonames not in by_id:
            raise UserError(f"places.tsv: GeoNames {line.geonames} ({line.names[0]}) is not there")
        place = by_id[line.geonames]
    else:
        id_ = line.geonames or _own_id(line)
        place = by_id.setdefault(id_, PlaceRecord(id=id_, kind=PlaceKind.AREA, names={}))
        place.country = line.country
        place.neighbours = line.near
    place.wikidata = line.wikidata or place.wikidata
    for name in names:
        place.names[name] = False
    if line.preferred:
        place.preferred |= names
    return place


def _own_id(line: CuratedPlace) -> int:
    """Return the id of a place that GeoNames lacks: its negative Wikidata number, else a hash.

    What is meant near some countries only ("Gulf") is kept apart from its full name.
    """
    if line.wikidata and not line.near:
        return -int(line.wikidata[1:])
    return -(1 << 40) - zlib.crc32((line.names or line.linked_only)[0].encode())


def _place_row(place: PlaceRecord) -> tuple[object, ...]:
    return (
        place.id,
        int(place.kind),
        place.wikidata,
        place.country,
        place.region,
        None if place.latitude is None else round(place.latitude * 100_000),
        None if place.longitude is None else round(place.longitude * 100_000),
        place.population,
        place.fame,
        int(place.capital),
        ",".join(place.neighbours) or None,
    )


def _write_things(database: sqlite3.Connection, things: Iterable[ThingRecord]) -> None:
    ordered = sorted(things, key=lambda thing: (thing.type, thing.name))
    seen: dict[str, ThingRecord] = {}
    for id_, thing in enumerate(ordered, start=1):
        database.execute(
            "INSERT INTO thing VALUES (?, ?, ?, ?)", (id_, thing.name, thing.type, thing.wikidata)
        )
        for names, recognised in ((thing.recognised, 1), (thing.linked_only, 0)):
            for name in names:
                other = seen.setdefault(folded(name), thing)
                if other is not thing:
                    raise UserError(
                        f"gazetteer/things: {name!r} stands for both {other.name} and {thing.name}"
                    )
                database.execute(
                    "INSERT INTO alias VALUES (?, ?, ?, ?)", (name, folded(name), id_, recognised)
                )
