"""The register and the lists that it is built from."""

import re
import shutil
import sqlite3
import threading
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gazetteer import curated
from gazetteer.database import write
from gazetteer.records import PlaceRecord, ThingRecord
from pipeline.entities.gazetteer import FILE, Gazetteer, PlaceKind, folded
from pipeline.errors import UserError

LINES = curated.things()


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("St. Étienne", "Saint-Etienne"),
        ("MAKHACHKALA", "Makhachkala"),
        ("the Caucasus", "Caucasus"),
        ("U.S.", "US"),
        ("Łódź", "Lodz"),
        ("Côte d’Ivoire", "Cote d'Ivoire"),
        ("Trinidad & Tobago", "Trinidad and Tobago"),
    ],
)
def test_two_ways_to_write_a_name_are_one(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@given(st.text())
def test_a_folded_name_folds_to_itself(name: str) -> None:
    assert folded(folded(name)) == folded(name)


def test_magaramkent_is_geonames_532307(gazetteer: Gazetteer) -> None:
    (place,) = gazetteer.places("magaramkent")
    assert (place.geonames, place.country, place.kind) == ("532307", "RU", PlaceKind.CITY)


def test_a_country_has_both_ids_and_a_point(gazetteer: Gazetteer) -> None:
    (place,) = (p for p in gazetteer.places("russia") if p.kind is PlaceKind.COUNTRY)
    assert (place.wikidata, place.geonames, place.country) == ("Q159", "2017370", "RU")
    assert place.latitude is not None


def test_every_point_is_on_the_earth() -> None:
    with sqlite3.connect(f"file:{FILE}?mode=ro", uri=True) as database:
        (count,) = database.execute(
            "SELECT count(*) FROM place WHERE abs(latitude) > 9000000 OR abs(longitude) > 18000000"
        ).fetchone()
    assert count == 0


@pytest.mark.parametrize(
    ("name", "canonical", "type_", "wikidata"),
    [
        ("Islamic State", "Islamic State", "ORG", "Q2429253"),
        ("ISIS", "Islamic State", "ORG", "Q2429253"),
        ("FSB", "Federal Security Service", "ORG", None),
        ("ISIS-CP", "Caucasus Province", "ORG", None),
        ("Caucasus Emirate", "Caucasus Emirate", "ORG", None),
        ("al Qaeda", "al-Qaeda", "ORG", "Q34490"),
        ("Muslims", "Muslim", "NORP", None),
        ("Caucasus", "Caucasus", "PLACE", "Q18869"),
        ("U.N.", "United Nations", "ORG", "Q1065"),
    ],
)
def test_a_known_name_may_be_recognised(
    gazetteer: Gazetteer, name: str, canonical: str, type_: str, wikidata: str | None
) -> None:
    known = gazetteer.known_names()[name]
    assert (known.name, known.type, known.wikidata) == (canonical, type_, wikidata)


@pytest.mark.parametrize("name", ["IS", "Apple", "Total", "US", "Jordan", "Chad", "Shell", "Gulf"])
def test_a_name_with_other_uses_is_not_recognised_on_its_own(
    gazetteer: Gazetteer, name: str
) -> None:
    assert name not in gazetteer.known_names()
    assert gazetteer.known(name) is not None


def test_a_thing_is_known_however_its_name_is_written(gazetteer: Gazetteer) -> None:
    known = gazetteer.known("AL-QAEDA")
    assert known is not None
    assert known.wikidata == "Q34490"


@given(st.text())
def test_any_text_may_be_asked_for(name: str) -> None:
    gazetteer = Gazetteer()
    gazetteer.known(name)
    gazetteer.places(folded(name))


def test_every_known_name_is_found_again_by_its_folded_form(gazetteer: Gazetteer) -> None:
    for name, known in gazetteer.known_names().items():
        assert gazetteer.known(name) == known


def test_threads_get_the_same_answers() -> None:
    gazetteer = Gazetteer()
    names = ["paris", "london", "georgia", "springfield", "san jose", "moscow"] * 20
    expected = [Gazetteer().places(name) for name in names]
    got: list[object] = []

    def ask() -> None:
        got.append([gazetteer.places(name) for name in names])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [expected] * 8


def test_the_file_is_opened_read_only(tmp_path: Path) -> None:
    shutil.copy(FILE, tmp_path / "gazetteer.sqlite")
    path = tmp_path / "gazetteer.sqlite"
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    try:
        database = Gazetteer(path)._database
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            database.execute("DELETE FROM place")
    finally:
        tmp_path.chmod(0o755)


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=re.escape(str(tmp_path / "none.sqlite"))):
        Gazetteer(tmp_path / "none.sqlite")


def test_an_altered_file_is_one_clear_error(tmp_path: Path) -> None:
    altered = tmp_path / "gazetteer.sqlite"
    altered.write_bytes(FILE.read_bytes()[:-1] + b"\x01")
    with pytest.raises(UserError, match="not the file that this version was made for"):
        Gazetteer(altered)


def test_the_file_is_small() -> None:
    assert FILE.stat().st_size <= 10_000_000


def test_the_same_records_give_the_same_bytes(tmp_path: Path) -> None:
    places = [
        PlaceRecord(id=2, kind=PlaceKind.CITY, names={"b": False}, country="RU"),
        PlaceRecord(id=1, kind=PlaceKind.COUNTRY, names={"a": False}, name="A", country="RU"),
    ]
    things = [ThingRecord(None, "ORG", "X", ("X",), ())]
    first = write(tmp_path / "first", places, [], things)
    assert first == write(tmp_path / "second", reversed(places), [], things)


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.name)
def test_a_curated_line_is_well_formed(line: ThingRecord) -> None:
    names = [*line.recognised, *line.linked_only]
    assert names, "a line without names"
    assert line.name in names
    assert all(name == name.strip() and 1 < len(name) <= 80 for name in names)
    assert len(names) == len(set(names))
    assert line.wikidata is None or re.fullmatch(r"Q[1-9]\d*", line.wikidata)


def test_no_curated_name_stands_for_two_things() -> None:
    owners: dict[str, set[str]] = {}
    for line in LINES:
        for name in (*line.recognised, *line.linked_only):
            owners.setdefault(folded(name), set()).add(line.name)
    assert {name: lines for name, lines in owners.items() if len(lines) > 1} == {}


def test_no_wikidata_id_is_given_to_two_things() -> None:
    ids = Counter(line.wikidata for line in LINES if line.wikidata)
    assert [id_ for id_, count in ids.items() if count > 1] == []


def test_no_nationality_is_a_place(gazetteer: Gazetteer) -> None:
    """One list with "Hong Kong" as a nationality cost 45 false hits."""
    large = {
        name
        for line in LINES
        if line.type == "NORP"
        for name in line.recognised
        for place in gazetteer.places(folded(name))
        if place.kind in (PlaceKind.COUNTRY, PlaceKind.AREA)
    }
    assert large == set()


def test_a_malformed_line_is_named_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "list.tsv").write_text(
        "type\twikidata\tname\trecognised\tlinked_only\tsource\nORG\tQ1\tX\tX\t\t\n"
    )
    with pytest.raises(UserError, match=r"list\.tsv, line 2: a Wikidata id and the source"):
        curated.things(tmp_path)
