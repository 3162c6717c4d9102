"""Text on its way to the page: cut up, compared, and harmless."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from town_wire import article

from pipeline.console.rejected import decoded
from pipeline.console.shown_text import differences, opening, paragraphs, pieces, shown
from schemas import Entity, Mention

TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"


@given(st.text())
def test_shown_text_is_as_long_and_nothing_in_it_acts(text: str) -> None:
    made = shown(text)
    assert len(made) == len(text)
    assert not set(TURNING + "\x1b\x00\x7f\x9b\ufeff") & set(made)
    assert all(unicodedata.category(character) != "Cs" for character in made)


def test_persian_and_emoji_keep_their_joiners() -> None:
    assert shown("می\u200cخواهم 👩\u200d🚒") == "می\u200cخواهم 👩\u200d🚒"


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 70), st.integers(1, 20))))
def test_pieces_are_the_text_whatever_the_mentions_say(
    text: str, places: list[tuple[int, int]]
) -> None:
    mentions = tuple(
        Mention(start=start, end=start + length, text="", field="body") for start, length in places
    )
    entities = (
        [Entity(id="x", name="X", type="ORG", mentions=mentions, salience=1)] if mentions else []
    )
    assert "".join(piece[0] for piece in pieces(text, entities, "body")) == shown(text)


def test_names_are_found_in_the_paragraph_in_which_they_stand() -> None:
    made = article("x", "In Port Hale.\n\nThe Port Authority said so.")
    assert paragraphs(made.body, made.entities) == [
        [("In ",), ("Port Hale", "PLACE", "Port Hale"), (".",)],
        [("The ",), ("Port Authority", "ORG", "Port Authority"), (" said so.",)],
    ]


@given(st.text(max_size=80), st.text(max_size=80))
def test_a_comparison_holds_both_texts(before: str, after: str) -> None:
    found = differences(before, after)
    assert "".join(text for sign, text in found if sign in "=-") == shown(before)
    assert "".join(text for sign, text in found if sign in "=+") == shown(after)


def test_a_comparison_goes_by_words_and_keeps_phrases_whole() -> None:
    assert differences("None of them were hurt.", "Two members of them were hurt, he said.") == [
        ("-", "None"), ("+", "Two members"), ("=", " of them were hurt"), ("+", ", he said"),
        ("=", "."),
    ]  # fmt: skip


def test_sentences_with_little_in_common_stand_one_after_the_other() -> None:
    assert differences("It rained.", "Ministers met behind closed doors for talks") == [
        ("-", "It rained."),
        ("+", "Ministers met behind closed doors for talks"),
    ]


@given(st.text(max_size=300), st.integers(10, 100))
def test_an_opening_is_no_longer_than_it_may_be(text: str, most: int) -> None:
    assert opening(text, most) <= most


@given(st.binary(max_size=200))
def test_bytes_are_shown_whatever_they_are(value: bytes) -> None:
    text = "".join(text for text, _ in decoded(value))
    assert not set(TURNING + "\x1b\x00") & set(text)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"plain \xc3\xa9", [("plain é", False)]),
        (b"\xff<b>", [("\\xff", True), ("<b>", False)]),
        (b"a\x1b[31m", [("a", False), ("\\x1b", True), ("[31m", False)]),
        ("\u202e".encode(), [("\\u202e", True)]),
    ],
)
def test_bytes_are_decoded(value: bytes, expected: list[tuple[str, bool]]) -> None:
    assert list(decoded(value)) == expected


def test_a_character_that_is_cut_off_at_the_end_is_left_out() -> None:
    (piece,) = decoded(b"x" * 3_999 + b"\xc3")
    assert piece == ("x" * 3_999, False)
