"""A text under edit: what it becomes is what was asked for, and it leads back to what came in."""

import re

from hypothesis import given
from hypothesis import strategies as st

from pipeline.cleaning.edited_text import MOST_REPAIRS, EditedText, Replacement
from schemas import Edit

TEXTS = st.text(alphabet="ab \n", max_size=30)
# Passes of (gap to the span before, length of the span, text instead).
SPANS = st.tuples(st.integers(0, 8), st.integers(1, 5), st.text("xy", max_size=3))
PASSES = st.lists(st.tuples(st.booleans(), st.lists(SPANS, max_size=6)), max_size=5)


def placed(spans: list[tuple[int, int, str]], length: int) -> list[Replacement]:
    """Lay the spans one after the other, as far as they fit into `length`."""
    replacements, position = [], 0
    for gap, width, text in spans:
        start, end = position + gap, position + gap + width
        if end > length:
            break
        replacements.append(Replacement(start, end, text, "whitespace"))
        position = end
    return replacements


def applied(text: str, replacements: list[Replacement]) -> str:
    """Replace the spans from the right, where offsets still hold."""
    for new in reversed(replacements):
        text = text[: new.start] + new.text + text[new.end :]
    return text


def restored(text: str, edits: list[Edit]) -> str:
    """Rebuild the text that came in, and check every edit's offsets on the way."""
    rebuilt, position = "", 0
    for edit in edits:
        assert text[edit.at : edit.at + len(edit.replacement)] == edit.replacement
        rebuilt += text[position : edit.at]
        assert (len(rebuilt), len(edit.text)) == (edit.start, edit.end - edit.start)
        rebuilt += edit.text
        position = edit.at + len(edit.replacement)
    return rebuilt + text[position:]


@given(TEXTS, PASSES)
def test_any_passes_lead_to_the_text_asked_for_and_back(
    incoming: str, passes: list[tuple[bool, list[tuple[int, int, str]]]]
) -> None:
    text = EditedText(incoming)
    for around_deletions, spans in passes:
        replacements = placed(spans, len(text.text))
        expected = applied(text.text, replacements)
        (text.repair if around_deletions else text.replace)(replacements)
        assert text.text == expected
    assert restored(text.text, text.edits("body")) == incoming


def test_a_span_that_reaches_into_an_earlier_edit_takes_it_in() -> None:
    text = EditedText("one  two three")
    text.replace([Replacement(3, 5, " ", "whitespace")])
    text.replace([Replacement(0, 8, "", "byline")])
    (edit,) = text.edits("body")
    assert (text.text, edit.text, edit.kind) == ("three", "one  two ", "byline")


def test_a_repair_leaves_an_earlier_deletion_its_own_edit() -> None:
    text = EditedText("one\nBY X\ntwo")
    text.replace([Replacement(4, 8, "", "byline")])
    text.substitute(re.compile(r"\s+"), " ", "whitespace")
    assert text.text == "one two"
    assert [(edit.kind, edit.text) for edit in text.edits("body")] == [
        ("whitespace", "\n"),
        ("byline", "BY X"),
        ("whitespace", "\n"),
    ]


def test_a_match_that_would_stay_as_it_is_is_no_edit() -> None:
    text = EditedText("a b  c")
    text.substitute(re.compile(" +"), " ", "whitespace")
    assert [edit.text for edit in text.edits("body")] == ["  "]


def test_very_many_repairs_are_recorded_together() -> None:
    incoming = "a\0" * (MOST_REPAIRS * 3)
    text = EditedText(incoming)
    text.substitute(re.compile("\0"), "", "control_character")
    edits = text.edits("body")
    assert text.text == "a" * (MOST_REPAIRS * 3)
    assert len(edits) <= MOST_REPAIRS
    assert restored(text.text, edits) == incoming


def test_no_replacement_is_no_edit() -> None:
    text = EditedText("as it came")
    text.replace([])
    assert (text.text, text.edits("body")) == ("as it came", [])
