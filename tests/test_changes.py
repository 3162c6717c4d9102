from pipeline.article_index.changes import changes, novelty, sentences, shared_sentences
from schemas import Change


def test_sentences_end_at_full_stops_and_paragraphs() -> None:
    assert sentences("One. Two “quoted.” Three\n\nFour at 5.30 p") == [
        "One.", "Two “quoted.”", "Three", "Four at 5.30 p",
    ]  # fmt: skip


def test_a_number_that_changed_is_paired_with_the_one_it_was() -> None:
    assert changes(("H", "They killed 4. It rained."), ("H", "They killed 5. It rained.")) == (
        Change(kind="number", before="4", after="5"),
        Change(kind="sentence", before="They killed 4.", after="They killed 5."),
    )


def test_an_added_sentence_has_nothing_before() -> None:
    assert changes(("H", "One."), ("H", "One. Two.")) == (
        Change(kind="sentence", before=None, after="Two."),
    )


def test_a_removed_sentence_has_nothing_after() -> None:
    assert changes(("H", "One. Two."), ("H", "Two.")) == (
        Change(kind="sentence", before="One.", after=None),
    )


def test_a_changed_headline_is_a_change() -> None:
    assert changes(("Old", "One."), ("New", "One.")) == (
        Change(kind="headline", before="Old", after="New"),
    )


def test_the_same_text_has_no_changes() -> None:
    assert changes(("H", "One. Two."), ("H", "One. Two.")) == ()


def test_a_sentence_that_recurs_without_end_is_counted_and_not_matched() -> None:
    before = ("H", "Goal. " * 1000)
    assert changes(before, ("H", "Goal. " * 999 + "Miss.")) == (
        Change(kind="sentence", before="Goal.", after=None),
        Change(kind="sentence", before=None, after="Miss."),
    )


def test_novelty_is_the_share_that_is_new() -> None:
    assert novelty("a b c d", "a b c d") == 0
    assert novelty("a b c d", "e f g h") == 1
    assert novelty("a b c d", "a b c d e f") == 0.5
    assert novelty("a b c d", "") == 0


def test_shared_sentences_are_the_longest_first() -> None:
    assert shared_sentences("A b. C d e f. G.", "x. G. A b. c d E f.") == ("C d e f.", "A b.", "G.")
