import pytest
from articles import STORM

from pipeline.article_index.restoring import restored

ADVERTISEMENT = "Sign up here for our briefing, delivered every weekday."
FIRST, SECOND = STORM.split("\n\n")[1:3]


def test_advertising_between_paragraphs_is_taken_out() -> None:
    here = "\n\n".join(("ADVERTISEMENT", FIRST, ADVERTISEMENT, SECOND))
    assert restored(here, STORM) == f"{FIRST}\n\n{SECOND}"


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


@pytest.mark.parametrize(("word", "other"), [("300", "800"), ("Two", "Too"), ("closed", "opened")])
def test_another_figure_number_or_word_stays(word: str, other: str) -> None:
    assert restored(STORM.replace(word, other), STORM) is None
