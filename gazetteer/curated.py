"""The lists kept by hand: places.tsv, and one list of organisations and groups a file in things/.

Every file is tab-separated under a first line of column names; names in one column are separated
by `|`. A Wikidata id stands in a list only where a public source was read that gives it, and the
column `source` says which: `rigour`, `nsi` (name-suggestion-index), `code` (files of public
repositories that give id and name together). Otherwise `wikidata` is empty.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from gazetteer.records import ThingRecord
from pipeline.errors import UserError
from schemas.article import EntityType

LISTS = Path(__file__).parent
_PLACE_COLUMNS = ["kind", "wikidata", "geonames", "country", "near", "preferred", "names", "source"]
_THING_COLUMNS = ["type", "wikidata", "name", "recognised", "linked_only", "source"]
_WIKIDATA = re.compile(r"Q[1-9]\d*")
_SOURCES = {"", "rigour", "nsi", "code"}


@dataclass(frozen=True, slots=True)
class CuratedPlace:
    """A line of places.tsv.

    An `area` is a place of its own, which GeoNames may lack: a part of the world, a sea, a state
    that is no more. Where `near` lists countries, it is meant only in articles that name one of
    them. One without an id is linked to its country alone. `known` gives further names to a place
    of GeoNames. `never` takes names from every place: buildings, directions, common nouns.
    `preferred` says that the names alone mean this place and no larger one.

    The names of areas and countries are recognised wherever they stand, but for those that begin
    with `~`, which have other uses ("Pacific Gas").
    """

    kind: str
    wikidata: str | None
    geonames: int | None
    country: str | None
    near: tuple[str, ...]
    preferred: bool
    names: tuple[str, ...]
    linked_only: tuple[str, ...]


def places(path: Path = LISTS / "places.tsv") -> list[CuratedPlace]:
    """Return the lines of places.tsv. Raises UserError where one is malformed."""
    return [
        CuratedPlace(
            kind=_one_of(row["kind"], {"area", "known", "never"}, where),
            wikidata=_wikidata(row, where),
            geonames=int(row["geonames"]) if row["geonames"] else None,
            country=row["country"] or None,
            near=_names(row["near"]),
            preferred=_one_of(row["preferred"], {"", "yes"}, where) == "yes",
            names=tuple(name for name in _names(row["names"]) if not name.startswith("~")),
            linked_only=tuple(name[1:] for name in _names(row["names"]) if name.startswith("~")),
        )
        for where, row in _rows(path, _PLACE_COLUMNS)
    ]


def things(folder: Path = LISTS / "things") -> list[ThingRecord]:
    """Return the lines of all lists in `folder`. Raises UserError where one is malformed."""
    found = []
    for path in sorted(folder.glob("*.tsv")):
        for where, row in _rows(path, _THING_COLUMNS):
            type_ = _one_of(row["type"], set(get_args(EntityType)), where)
            recognised = _names(row["recognised"])
            found.append(
                ThingRecord(
                    wikidata=_wikidata(row, where),
                    type=type_,  # type: ignore[arg-type]  # one of the literals, as just checked
                    name=row["name"],
                    recognised=recognised,
                    linked_only=_names(row["linked_only"]),
                )
            )
    return found


def _rows(path: Path, columns: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield where a line stands and its cells by column."""
    lines = path.read_text("utf-8").splitlines()
    if lines[0].split("\t") != columns:
        raise UserError(f"{path.name}: the first line must be {' '.join(columns)}, with tabs")
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        cells += [""] * (len(columns) - len(cells))
        where = f"{path.name}, line {number}"
        if len(cells) != len(columns) or any(cell != cell.strip() for cell in cells):
            raise UserError(f"{where}: {len(columns)} columns without outer spaces are wanted")
        yield where, dict(zip(columns, cells, strict=True))


def _names(cell: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in cell.split("|") if name.strip())


def _one_of(value: str, allowed: set[str], where: str) -> str:
    if value not in allowed:
        raise UserError(f"{where}: {value!r} is not one of {sorted(allowed)}")
    return value


def _wikidata(row: dict[str, str], where: str) -> str | None:
    id_, source = row["wikidata"], _one_of(row["source"], _SOURCES, where)
    if id_ and not _WIKIDATA.fullmatch(id_):
        raise UserError(f"{where}: {id_!r} is no Wikidata id")
    if bool(id_) != bool(source):
        raise UserError(f"{where}: a Wikidata id and the source that gives it come together")
    return id_ or None
