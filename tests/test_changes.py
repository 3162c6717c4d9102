from pipeline.article_index.changes import changes, denies, novelty, says_new_numbers, sentences
from schemas import Change


def number(before: str | None, after: str | None, counts: str | None) -> Change:
    return Change(kind="number", counts=counts, before=before, after=after)


def sentence(before: str | None, after: str | None) -> Change:
    return Change(kind="sentence", before=before, after=after)


def test_sentences_end_at_full_stops_and_paragraphs() -> None:
    assert sentences("One. Two “quoted.” Three\n\nFour at 5.30 p") == [
        "One.", "Two “quoted.”", "Three", "Four at 5.30 p",
    ]  # fmt: skip


def test_a_number_that_changed_is_paired_with_the_one_it_was_and_what_it_counts() -> None:
    before, after = "The blast killed 4. It rained.", "The blast killed 5. It rained."
    assert changes(("H", before), ("H", after)) == (
        number("4", "5", "killed"),
        sentence("The blast killed 4.", "The blast killed 5."),
    )


def test_numbers_in_words_change_too() -> None:
    before = "Police killed the leader and four other militants in a house on Saturday."
    found = changes(("", before), ("", before.replace("four", "five")))
    assert found[0] == number("four", "five", "militants")


def test_a_number_that_is_new_in_a_sentence_has_nothing_before() -> None:
    before = "The storm closed the harbour of the town."
    after = "The storm closed the harbour of the town for 3 days."
    assert changes(("", before), ("", after))[0] == number(None, "3", "days")


def test_an_added_sentence_has_nothing_before() -> None:
    assert changes(("H", "One."), ("H", "One. Two.")) == (sentence(None, "Two."),)


def test_a_removed_sentence_has_nothing_after() -> None:
    assert changes(("H", "One. Two."), ("H", "Two.")) == (sentence("One.", None),)


def test_an_altered_sentence_is_paired_with_the_one_it_was() -> None:
    old = "Ferries will not run before Thursday. The wind will ease."
    new = "Snow is expected in the hills. Ferries will not run before Friday. The wind will ease."
    assert changes(("", old), ("", new)) == (
        sentence(None, "Snow is expected in the hills."),
        sentence("Ferries will not run before Thursday.", "Ferries will not run before Friday."),
    )


def test_a_changed_headline_is_a_change() -> None:
    assert changes(("Old", "One."), ("New", "One.")) == (
        Change(kind="headline", before="Old", after="New"),
    )


def test_quotes_are_added_altered_and_removed() -> None:
    old = "“We will open on Monday,” he said."
    new = '“We will open on Tuesday,” he said. She added: "Nobody asked us at all."'
    quotes = [change for change in changes(("", old), ("", new)) if change.kind == "quote"]
    assert quotes == [
        Change(kind="quote", before="We will open on Monday,", after="We will open on Tuesday,"),
        Change(kind="quote", after="Nobody asked us at all."),
    ]
    gone = [change for change in changes(("", old), ("", "He left.")) if change.kind == "quote"]
    assert gone == [Change(kind="quote", before="We will open on Monday,")]


def test_the_same_text_has_no_changes() -> None:
    assert changes(("H", "One. Two."), ("H", "One. Two.")) == ()


def test_a_sentence_that_recurs_without_end_is_counted_and_not_matched() -> None:
    before = ("H", "Goal. " * 1000)
    assert changes(before, ("H", "Goal. " * 999 + "Miss.")) == (
        sentence("Goal.", None),
        sentence(None, "Miss."),
    )


def test_a_negation_is_noticed() -> None:
    said = "The court found the former minister guilty of fraud on Tuesday."
    altered = changes(("", said), ("", said.replace("guilty", "not guilty")))
    assert denies(altered)
    assert not denies(changes(("", said), ("", said.replace("fraud", "theft"))))


def test_numbers_are_new_in_figures_or_words() -> None:
    assert says_new_numbers("4 died", "5 died")
    assert says_new_numbers("four died", "five died")
    assert not says_new_numbers("4 of 10 died", "4 died")


def test_novelty_is_the_share_that_no_earlier_text_has() -> None:
    assert novelty(["a b c d"], "a b c d") == 0
    assert novelty(["a b c d"], "e f g h") == 1
    assert novelty(["a b c d"], "a b c d e f") == 0.5
    assert novelty(["a b c d", "c d e f"], "a b c d e f") == 0
    assert novelty(["a b c d"], "") == 0
