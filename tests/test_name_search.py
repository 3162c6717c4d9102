import pytest

from pipeline.entities.name_search import NameSearch


def found(text: str, *names: str, capitals: bool = False) -> list[str]:
    search = NameSearch(names, capitals=capitals)
    return [name for _, _, name in search.find(text, bytearray(len(text)))]


def test_the_longest_name_at_a_place_is_found() -> None:
    assert found("He left New York City.", "New York", "New York City") == ["New York City"]


def test_a_place_that_is_taken_is_left_alone() -> None:
    taken = bytearray(b"\x01" * 5 + b"\x00" * 7)
    assert list(NameSearch(["Paris"]).find("Paris, Paris", taken)) == [(7, 12, "Paris")]
    assert 0 not in taken[7:12]


@pytest.mark.parametrize(
    "text",
    [
        "They met Bruce Lee there.",
        "So Lee Marvin said.",
        "a Leeward wind",
        "the xLee",
    ],
)
def test_a_word_that_is_likely_part_of_another_name_is_passed_over(text: str) -> None:
    assert found(text, "Lee") == []


@pytest.mark.parametrize(
    "text",
    [
        "Then Lee left.",
        "It was Lee.",
        "as President Lee said",
        "what Lee said Monday, and Lee Monday",
        "“Lee said",
        "It ended.\n\nBut Lee stayed.",
    ],
)
def test_a_word_by_itself_is_found(text: str) -> None:
    assert "Lee" in found(text, "Lee")


def test_a_name_that_is_a_month_is_left_to_the_model() -> None:
    assert found("In May, they left.", "May") == []


def test_in_capitals_neither_case_nor_neighbours_count() -> None:
    assert found("OPEC MEETS IN PARIS TODAY", "Paris", "Opec", capitals=True) == ["Opec", "Paris"]
