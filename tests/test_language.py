"""The language of an article, by its text and by its provider's word."""

import pytest
from test_cleaning_rules import STORIES

from pipeline.cleaning.language import identify


@pytest.mark.parametrize("language", STORIES)
def test_prose_is_recognised_with_a_high_score(language: str) -> None:
    found = identify("", "\n\n".join(STORIES[language]), None)
    assert found.tag == language
    assert found.score is not None
    assert found.score > 0.8


def test_the_providers_tag_is_kept_with_its_region_where_the_text_agrees() -> None:
    found = identify("", " ".join(STORIES["en"]), "en_GB")
    assert (found.tag, found.primary) == ("en-GB", "en")
    assert found.score is not None


def test_the_providers_word_stands_where_the_text_is_too_short_to_refute_it() -> None:
    assert identify("BFC 61.01/13", "IRL 1.1025/45", "fr").tag == "fr"


def test_the_providers_word_has_no_score_where_the_text_does_not_bear_it_out() -> None:
    assert identify("BFC 61.01/13", "IRL 1.1025/45", "fr").score is None


def test_the_providers_word_is_overruled_by_enough_text_in_another_language() -> None:
    assert identify("", " ".join(STORIES["de"]), "en").tag == "de"


def test_a_close_relative_of_the_providers_language_does_not_overrule_it() -> None:
    norwegian = (
        "Havnen i Lundby åpnet igjen tirsdag etter en brann som stengte to av kaiene. "
        "Ingen ble skadet, og tre skip måtte flyttes til ytre red mens brannen ble slukket."
    )
    assert identify("", norwegian, "nb").tag == "nb"


def test_text_in_no_language_has_none() -> None:
    assert identify("", "12 34 56 --- 7.8", None).tag is None


def test_what_is_no_language_tag_is_not_taken_for_one() -> None:
    assert identify("", " ".join(STORIES["en"]), "English (US)").tag == "en"
