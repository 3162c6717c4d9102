import pytest
from articles import STORM

from pipeline.article_index.fingerprint import (
    Fingerprint,
    containment,
    headline_similarity,
    number_agreement,
)

LONG = " ".join(f"word{number}" for number in range(2000))


def test_capitals_punctuation_and_spaces_do_not_count() -> None:
    assert Fingerprint.of("Storm", STORM) == Fingerprint.of(
        "STORM!", STORM.upper().replace(".", " ; ")
    )


def test_a_text_contains_itself() -> None:
    fingerprint = Fingerprint.of("", LONG)
    assert containment(fingerprint, fingerprint) == 1


def test_a_part_is_contained_in_the_whole() -> None:
    part = " ".join(LONG.split()[500:1000])
    assert containment(Fingerprint.of("", LONG), Fingerprint.of("", part)) == pytest.approx(
        1, abs=0.05
    )


def test_half_a_text_in_common_is_told_from_sketches() -> None:
    half = " ".join(LONG.split()[:1000]) + " " + " ".join(f"other{n}" for n in range(1000))
    assert containment(Fingerprint.of("", LONG), Fingerprint.of("", half)) == pytest.approx(
        0.5, abs=0.15
    )


def test_texts_with_nothing_in_common_contain_nothing() -> None:
    assert containment(Fingerprint.of("", LONG), Fingerprint.of("", STORM)) == 0


def test_an_abridged_text_shares_candidate_keys() -> None:
    lead = " ".join(LONG.split()[:400])
    assert set(Fingerprint.of("", LONG).keys) & set(Fingerprint.of("", lead).keys)


def test_a_short_body_is_fingerprinted_with_its_headline() -> None:
    first, second = (Fingerprint.of(headline, "Dividend 5 cts.") for headline in ("Acme", "Bolt"))
    assert first.exact != second.exact


def test_an_empty_article_has_a_fingerprint() -> None:
    assert containment(Fingerprint.of("", ""), Fingerprint.of("", "")) == 0


def test_numbers_agree_as_far_as_the_text_with_fewer_has_them() -> None:
    first, second = (Fingerprint.of("", text) for text in ("10 of 1,200 left", "10 left"))
    assert number_agreement(first, second) == 1


def test_a_missing_headline_says_nothing() -> None:
    assert headline_similarity(Fingerprint.of("", STORM), Fingerprint.of("A b", STORM)) is None
