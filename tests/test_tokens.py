from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.entities.tokens import LONGEST_SENTENCE, LONGEST_TOKEN, pieces, tokenise

# Any characters, lone surrogates too, and those that mean something here more often.
TEXTS = st.text(
    st.one_of(
        st.characters(exclude_categories=()),
        st.sampled_from("aA1.’'s -\n\t\"(Mr。é\ud800\x00"),
    )
)


@given(TEXTS)
def test_tokens_come_in_order_and_hold_all_but_white_space(text: str) -> None:
    tokens = tokenise(text)
    assert all(token.start < token.end for token in tokens)
    assert all(one.end <= other.start for one, other in pairwise(tokens))
    joined = "".join(text[token.start : token.end] for token in tokens)
    assert joined == "".join(text.split())


@given(TEXTS)
def test_pieces_are_the_text_again(text: str) -> None:
    assert "".join(pieces(text)) == text.rstrip()


@given(TEXTS)
def test_sentences_are_counted_without_a_gap(text: str) -> None:
    numbers = [token.sentence for token in tokenise(text)]
    assert sorted(set(numbers)) == list(range(len(set(numbers))))
    assert numbers == sorted(numbers)


@given(st.sampled_from(["a ", "A", "1 ", "\x00", "\ud800", "ж ", ", ", "'"]), st.integers(1, 2000))
def test_a_sentence_without_an_end_is_ended(piece: str, count: int) -> None:
    tokens = tokenise(piece * count)
    lengths = [0] * (tokens[-1].sentence + 1)
    for token in tokens:
        lengths[token.sentence] += 1
        assert token.end - token.start <= LONGEST_TOKEN
    assert max(lengths) <= LONGEST_SENTENCE


def sentences(text: str) -> list[str]:
    found: list[list[str]] = []
    for token in tokenise(text):
        if token.sentence == len(found):
            found.append([])
        found[-1].append(text[token.start : token.end])
    return [" ".join(words) for words in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He left. She stayed.", ["He left .", "She stayed ."]),
        ("Gen. Ali met Mr. Li of the U.S. Army.", ["Gen. Ali met Mr. Li of the U.S. Army ."]),
        ("He is in the U.S. The FSB is not.", ["He is in the U.S.", "The FSB is not ."]),
        ("George W. Bush spoke.", ["George W. Bush spoke ."]),
        ('"It is over." He left.', ['" It is over . "', "He left ."]),
        ("“No!” Putin’s aide said.", ["“ No ! ”", "Putin ’s aide said ."]),
        ("LEADER KILLED\n\nThe head of it", ["LEADER KILLED", "The head of it"]),
        ("Leader dead in Dagestan\nThe head of", ["Leader dead in Dagestan", "The head of"]),
        ("It rose 1,250.50 to 3.5 by 10:30.", ["It rose 1,250.50 to 3.5 by 10:30 ."]),
        ("O'Brien doesn't know al-Qaeda", ["O'Brien doesn't know al - Qaeda"]),
        ("東京。大阪。", ["東京 。", "大阪 。"]),
    ],
)  # fmt: skip
def test_sentences_and_tokens(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_a_wrapped_line_does_not_end_a_sentence() -> None:
    text = "The president of the republic, who had been ill, met with Vladimir\nPutin on Monday."
    assert len(sentences(text)) == 1
