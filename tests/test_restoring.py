import pytest
from articles import STORM

from pipeline.article_index.restoring import restored

ADVERTISEMENT = "Sign up here for our briefing, delivered every weekday."
FIRST, SECOND = STORM.split("\n\n")[1:3]


def test_advertising_between_paragraphs_is_taken_out() -> None:
    here = "\n\n".join(("ADVERTISEMENT", FIRST, ADVERTISEMENT, SECOND))
    assert restored(here, STORM) == f"{FIRST}\n\n{SECOND}"


@pytest.mark.parametrize(
    "read", ["5ign up here for 0ur briefing.", "This may n0t 6e printed 0r lent."]
)
def test_misread_advertising_says_nothing_either(read: str) -> None:
    assert restored(f"{FIRST}\n\n{read}\n\n{SECOND}", STORM) == f"{FIRST}\n\n{SECOND}"


def test_a_text_without_alterations_is_left_as_it_is() -> None:
    assert restored(f"{FIRST}\n\n{SECOND}", STORM) is None


@pytest.mark.parametrize(
    "news", ["Some 12 people were taken in.", "Last night the Anselm Bridge was closed too."]
)
def test_a_paragraph_with_a_figure_or_a_name_of_its_own_stays(news: str) -> None:
    assert restored(f"{FIRST}\n\n{news}", STORM) is None


def test_a_long_paragraph_stays() -> None:
    assert restored(f"{FIRST}\n\n{' '.join(['word'] * 30)}", STORM) is None


def test_of_a_digest_too_little_would_be_left() -> None:
    digest = "\n\n".join([" ".join(FIRST.split()[:6]), *[ADVERTISEMENT] * 6])
    assert restored(digest, STORM) is None


@pytest.mark.parametrize("read", ["rcsidents", "resiclents", "esidents", "resident"])
def test_a_misread_word_is_read_as_the_other_text_has_it(read: str) -> None:
    assert restored(STORM.replace("residents", read), STORM) == STORM


BANK = "The sale of Port Bank to Mills and Co is expected to close in Mar or soon after, it said."


def test_a_short_name_is_read_as_the_other_text_has_it_where_much_is_the_same() -> None:
    read = f"{STORM}\n\n{BANK.replace('Bank', 'Bauk')}"
    assert restored(read, f"{STORM}\n\n{BANK}") == f"{STORM}\n\n{BANK}"
    assert restored("to Barik to Mills and Co is expected to close", BANK) is None


def test_a_word_with_a_figure_in_it_was_misread() -> None:
    assert restored("of Port 6ank to Mills and Co is", BANK) == "of Port Bank to Mills and Co is"


@pytest.mark.parametrize(("word", "other"), [("Mar", "May"), ("BP", "BA")])
def test_a_month_and_an_acronym_are_exact(word: str, other: str) -> None:
    text = f"{STORM}\n\n{BANK} BP gave no details of the sale."
    assert restored(text.replace(f" {word} ", f" {other} "), text) is None


@pytest.mark.parametrize(("word", "other"), [("300", "800"), ("Two", "Too"), ("closed", "opened")])
def test_another_figure_number_or_word_stays(word: str, other: str) -> None:
    assert restored(STORM.replace(word, other), STORM) is None
