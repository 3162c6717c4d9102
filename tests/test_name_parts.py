import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.entities.name_parts import (
    folded,
    shortened,
    trim,
    trim_common_noun,
    trim_title,
    without_company_form,
    without_suffix,
)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("the Volga’s", "Volga"),
        ("The Guardian", "Guardian"),
        ("“Caucasus Emirate”,", "Caucasus Emirate"),
        ("the U.S.", "U.S."),
        ("Sammy Davis Jr.", "Sammy Davis Jr."),
        ("Texaco Inc.", "Texaco Inc."),
        ("Paris.", "Paris"),
        ("Reuters'", "Reuters"),
    ],
)
def test_trimming_leaves_the_name(text: str, name: str) -> None:
    start, end = trim(text, 0, len(text))
    assert text[start:end] == name


@given(st.text(alphabet="the Ab.’'s(\n", max_size=30), st.integers(0, 30), st.integers(0, 30))
def test_trimming_stays_within_the_span(text: str, a: int, b: int) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    trimmed_start, trimmed_end = trim(text, start, end)
    assert start <= trimmed_start <= trimmed_end <= end


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("President Barack Obama", "Barack Obama"),
        ("Prime Minister Noboru Takeshita", "Noboru Takeshita"),
        ("Gen. Sir John Hackett", "John Hackett"),
        ("Princess", "Princess"),
        ("Presidential Palace", "Presidential Palace"),
    ],
)
def test_titles_are_no_part_of_a_name(text: str, name: str) -> None:
    assert text[trim_title(text, 0, len(text)) :] == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Caucasus region", "Caucasus"),
        ("New York City", "New York City"),
        ("city", "city"),
        ("Panama", "Panama"),
    ],
)
def test_a_common_noun_is_no_part_of_the_name_of_a_place(text: str, name: str) -> None:
    assert text[: trim_common_noun(text, 0, len(text))] == name


def test_case_accents_and_wide_spaces_do_not_tell_two_names_apart() -> None:
    assert folded("Recep  Tayyip ERDOĞAN") == folded("Recep Tayyip Erdogan")


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Texaco Inc", "Texaco"),
        ("Texaco, Inc.", "Texaco"),
        ("Merrill Lynch & Co. Inc", "Merrill Lynch"),
        ("Volkswagen AG", "Volkswagen"),
        ("Group", "Group"),
        ("Coca-Cola", "Coca-Cola"),
    ],
)
def test_a_company_is_called_without_its_legal_form(name: str, short: str) -> None:
    assert without_company_form(name) == short


def test_a_person_is_called_without_junior() -> None:
    assert without_suffix("Sammy Davis, Jr.") == "Sammy Davis"


def test_a_full_name_is_shortened_to_last_names_and_the_first() -> None:
    assert shortened("Abu Bakr al-Baghdadi") == [
        "Bakr al-Baghdadi", "al-Baghdadi", "Baghdadi", "Abu",
    ]  # fmt: skip


def test_a_single_name_is_not_shortened() -> None:
    assert shortened("Pelé") == []
