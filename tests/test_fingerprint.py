import numpy as np
import pytest
from articles import STORM
from hypothesis import given
from hypothesis import strategies as st

from pipeline.article_index.fingerprint import (
    EMPTY_ROW,
    FACTS,
    HEADLINE,
    MOST_KEYS,
    NAMES,
    NUMBERS,
    TEXT,
    TICKERS,
    Fingerprint,
    unpacked,
)
from pipeline.article_index.similarity import Agreement, agreement

LONG = " ".join(f"word{number}" for number in range(2000))


def compared(a: Fingerprint, b: Fingerprint) -> Agreement:
    return agreement(a.row, b.row[None])[0]


def contained(a: Fingerprint, b: Fingerprint, section: int = TEXT) -> float:
    return compared(a, b).of_shorter(section)


def test_capitals_punctuation_and_spaces_do_not_count() -> None:
    a = Fingerprint.of("Storm", STORM)
    b = Fingerprint.of("STORM!", STORM.lower().replace(".", " ; "))
    assert (a.words, a.exact, a.keys) == (b.words, b.exact, b.keys)
    assert contained(a, b) == 1


def test_a_text_contains_itself() -> None:
    fingerprint = Fingerprint.of("", LONG)
    assert contained(fingerprint, fingerprint) == 1


def test_a_part_is_contained_in_the_whole() -> None:
    part = " ".join(LONG.split()[500:1000])
    whole = Fingerprint.of("", LONG)
    assert contained(whole, Fingerprint.of("", part)) == pytest.approx(1, abs=0.05)


def test_half_a_text_in_common_is_told_from_samples() -> None:
    half = " ".join(LONG.split()[:1000]) + " " + " ".join(f"other{n}" for n in range(1000))
    shared = contained(Fingerprint.of("", LONG), Fingerprint.of("", half))
    assert shared == pytest.approx(0.5, abs=0.2)


def test_texts_with_nothing_in_common_contain_nothing() -> None:
    assert contained(Fingerprint.of("", LONG), Fingerprint.of("", STORM)) == 0


def test_an_abridged_text_shares_candidate_keys() -> None:
    lead = " ".join(LONG.split()[:400])
    assert set(Fingerprint.of("", LONG).keys) & set(Fingerprint.of("", lead).keys)


def test_a_body_of_three_words_is_fingerprinted_with_its_headline() -> None:
    first, second = (Fingerprint.of(headline, "Dividend 5 cts.") for headline in ("Acme", "Bolt"))
    assert first.exact != second.exact


def test_an_empty_article_has_a_fingerprint() -> None:
    empty = Fingerprint.of("", "")
    assert (empty.keys, contained(empty, empty)) == ([], 0)


def test_numbers_in_words_and_in_figures_are_the_same() -> None:
    a, b = (Fingerprint.of("", f"Qtly div {n} cts, pay April {n}") for n in ("four", "4"))
    assert a.exact == b.exact
    assert contained(a, b, NUMBERS) == 1


def test_a_word_that_also_stands_without_a_capital_is_no_name() -> None:
    a = Fingerprint.of("", "The harbour of Anse is closed. Harbour staff of the town left.")
    b = Fingerprint.of("", "The staff of Anse left. Nobody was hurt, the mayor said.")
    common = compared(a, b)
    assert (common.shared[NAMES], common.here[NAMES]) == (1, 1)


def test_sequences_with_a_number_or_a_name_are_facts() -> None:
    a = Fingerprint.of("", "they said that 5 were lost in the storm of last night")
    assert compared(a, a).here[FACTS] == 3


@pytest.mark.parametrize("ticker", ["<ACME.N>", "(NYSE: ACME)", "(ACME)"])
def test_a_ticker_of_the_headline_is_known(ticker: str) -> None:
    fingerprint = Fingerprint.of(f"Acme {ticker} sets payout", STORM)
    assert compared(fingerprint, fingerprint).here[TICKERS] == 1


def test_a_missing_headline_shares_nothing() -> None:
    common = compared(Fingerprint.of("", STORM), Fingerprint.of("A b", STORM))
    assert (common.here[HEADLINE], common.shared[HEADLINE]) == (0, 0)


@given(st.lists(st.tuples(st.text(max_size=60), st.text(max_size=400)), min_size=1, max_size=5))
def test_rows_are_packed_and_unpacked(texts: list[tuple[str, str]]) -> None:
    fingerprints = [Fingerprint.of(*text) for text in texts]
    parts = [fingerprint.packed() for fingerprint in fingerprints]
    sizes = np.frombuffer(b"".join(sizes for sizes, _ in parts), np.uint8).reshape(len(parts), -1)
    hashes = np.frombuffer(b"".join(hashes for _, hashes in parts), np.uint32)
    rows = np.array([fingerprint.row for fingerprint in fingerprints])
    assert (unpacked(sizes, hashes) == rows).all()


@given(st.text(max_size=60), st.text(max_size=2000))
def test_a_row_is_in_order_and_has_few_keys(headline: str, body: str) -> None:
    fingerprint = Fingerprint.of(headline, body)
    assert (np.diff(fingerprint.row.astype(np.int64)) >= 0).all()
    assert len(fingerprint.row) == len(EMPTY_ROW)
    assert len(set(fingerprint.keys)) == len(fingerprint.keys) <= MOST_KEYS
