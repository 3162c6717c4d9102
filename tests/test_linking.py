"""Which place of the world a name means."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.entities.gazetteer import Gazetteer
from pipeline.entities.linking import PlaceContext, following_name, link_places
from schemas import Link

SEED_PLACES = [
    "Russia", "Caucasus", "Makhachkala", "Dagestan", "North Caucasus", "Magaramkent", "Volgograd",
    "Chechnya",
]  # fmt: skip


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer()


def linked(
    gazetteer: Gazetteer, *names: str, after: dict[str, str] | None = None, dateline: str = ""
) -> list[str | None]:
    """Return for each name the GeoNames id, else the Wikidata id, else the country."""
    following = [[after[name]] if after and name in after else [] for name in names]
    links = link_places(gazetteer, names, PlaceContext(following, dateline or None))
    return [(link.geonames or link.wikidata or link.country) if link else None for link in links]


@pytest.mark.parametrize(
    ("name", "after", "expected"),
    [
        ("Paris", "Texas", "4717560"),
        ("London", "Ontario", "6058560"),
        ("Birmingham", "Alabama", "4049979"),
        ("Birmingham", "Ala.", "4049979"),
        ("Moscow", "Idaho", "5601538"),
        ("Tripoli", "Lebanon", "266826"),
        ("Cordoba", "Spain", "2519240"),
        ("Cordoba", "Argentina", "3860259"),
        ("San Jose", "Costa Rica", "3621849"),
        ("San Jose", "California", "5392171"),
        ("Washington", "D.C.", "4140963"),
        ("Lebanon", "Pennsylvania", "5197517"),
        ("Athens", "Georgia", "4180386"),
    ],
)
def test_a_town_is_in_the_region_that_is_said_after_it(
    gazetteer: Gazetteer, name: str, after: str, expected: str
) -> None:
    assert linked(gazetteer, name, after={name: after}) == [expected]


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Paris"], ["2988507"]),
        (["London"], ["2643743"]),
        (["Volgograd"], ["472757"]),
        (["Washington"], ["4140963"]),
        (["New York"], ["5128581"]),
        (["Jordan"], ["248816"]),
        (["Chad"], ["2434508"]),
        (["Turkey"], ["298795"]),
        (["Quebec"], ["6115047"]),
        (["U.S.", "Britain"], ["6252001", "2635167"]),
        (["Georgia"], ["614540"]),
        (["Georgia", "Tbilisi"], ["614540", "611717"]),
        (["Georgia", "Russia"], ["614540", "2017370"]),
        (["Georgia", "Atlanta", "Florida"], ["4197000", "4180439", "4155751"]),
        (["Tripoli", "Lebanon", "Beirut"], ["266826", "272103", "276781"]),
        (["Tripoli", "Libya"], ["2210247", "2215636"]),
        (["San Jose", "Costa Rica"], ["3621849", "3624060"]),
        (["Birmingham", "England"], ["2655603", "6269131"]),
        (["Mexico", "Taiwan", "Luxembourg"], ["3996063", "1668284", "2960313"]),
        (["Burma"], ["1327865"]),
        (["Peking"], ["1816670"]),
        (["Soviet Union"], ["Q15180"]),
        (["West Germany"], ["Q713750"]),
        (["Yugoslavia"], ["Q83286"]),
        (["Zaire"], ["Q6500954"]),
        (["Persian Gulf"], ["Q34675"]),
        (["Gulf", "Kuwait"], ["Q34675", "285570"]),
    ],
)
def test_a_name_means_what_its_size_and_its_company_say(
    gazetteer: Gazetteer, names: list[str], expected: list[str]
) -> None:
    assert linked(gazetteer, *names) == expected


@pytest.mark.parametrize(
    "name",
    ["the West", "White House", "Treasury", "Wall Street", "Union", "Springfield", "San Jose",
     "Congress", "Gulf", "mobile", "Atlantis", "", " ", "," , "The", "Mr"],
)  # fmt: skip
def test_a_name_in_doubt_has_no_link(gazetteer: Gazetteer, name: str) -> None:
    assert linked(gazetteer, name) == [None]


def test_a_town_that_the_register_lacks_is_not_its_namesake(gazetteer: Gazetteer) -> None:
    assert linked(gazetteer, "Haverhill", "U.S.", after={"Haverhill": "Ohio"})[0] is None


def test_states_in_a_row_are_no_towns(gazetteer: Gazetteer) -> None:
    assert linked(
        gazetteer, "Delaware", "Ohio", "Mexico", "Philippines",
        after={"Delaware": "Ohio", "Mexico": "Philippines"},
    ) == ["4142224", "5165418", "3996063", "1694008"]  # fmt: skip


def test_the_state_after_a_town_is_the_state(gazetteer: Gazetteer) -> None:
    assert linked(gazetteer, "Buffalo", "New York", after={"Buffalo": "New York"}) == [
        "5110629",
        "5128638",
    ]


def test_the_dateline_says_which_town_is_meant_below(gazetteer: Gazetteer) -> None:
    assert linked(gazetteer, "Columbus", dateline="COLUMBUS, Ind.") == ["4256038"]


def test_a_small_town_needs_its_region_beside_it(gazetteer: Gazetteer) -> None:
    assert linked(gazetteer, "Magaramkent") == [None]
    assert linked(gazetteer, "Magaramkent", "Dagestan")[0] == "532307"


def test_the_places_of_the_seed_article_are_linked(gazetteer: Gazetteer) -> None:
    assert linked(gazetteer, *SEED_PLACES) == [
        "2017370", "Q18869", "532096", "567293", "RU", "532307", "472757", "569665",
    ]  # fmt: skip


def test_a_million_letters_are_no_name(gazetteer: Gazetteer) -> None:
    word = "A" * 1_000_000
    assert link_places(gazetteer, [word], PlaceContext([[word]], f"{word}, {word}")) == [None]


def test_a_link_tells_country_and_coordinates(gazetteer: Gazetteer) -> None:
    (link,) = link_places(gazetteer, ["Makhachkala"], PlaceContext())
    assert link is not None
    assert link.country == "RU"
    assert link.latitude == pytest.approx(42.98, abs=0.1)
    assert link.longitude == pytest.approx(47.5, abs=0.1)


def test_the_order_of_the_names_does_not_matter(gazetteer: Gazetteer) -> None:
    names = [*SEED_PLACES, "Georgia", "Tripoli", "Birmingham", "U.S.", "San Jose", "New York"]
    expected = dict(zip(names, linked(gazetteer, *names), strict=True))
    for seed in range(20):
        shuffled = random.Random(seed).sample(names, len(names))
        assert dict(zip(shuffled, linked(gazetteer, *shuffled), strict=True)) == expected


def test_what_was_linked_before_does_not_matter(gazetteer: Gazetteer) -> None:
    linked(gazetteer, "Georgia", "Atlanta", "Florida")
    assert linked(gazetteer, "Georgia") == linked(Gazetteer(), "Georgia")


@settings(max_examples=300)
@given(
    st.lists(
        st.one_of(st.text(), st.sampled_from([*SEED_PLACES, "Georgia", "Paris", "U.S.", "\ud800"])),
        max_size=12,
    ),
    st.lists(st.lists(st.one_of(st.text(), st.sampled_from(["Texas", "Lebanon"])), max_size=2)),
    st.one_of(st.none(), st.text(), st.just("PARIS, Texas")),
)
def test_any_names_link_to_a_valid_link_or_to_none(
    names: list[str], following: list[list[str]], dateline: str | None
) -> None:
    links = link_places(_GAZETTEER, names, PlaceContext(following[: len(names)], dateline))
    assert len(links) == len(names)
    for link in links:
        assert link is None or Link.model_validate(link.model_dump()) == link


_GAZETTEER = Gazetteer()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Paris, Texas, said", "Texas"),
        ("Paris, Texas-based", "Texas"),
        ("Paris, N.Y., said", "N.Y."),
        ("Paris, New York", "New York"),
        ("Paris, Trinidad and Tobago", "Trinidad and Tobago"),
        ("Paris, he said", None),
        ("Paris. Texas", None),
        ("Paris", None),
    ],
)
def test_what_follows_a_name_after_a_comma(text: str, expected: str | None) -> None:
    assert following_name(text, len("Paris")) == expected
