"""Wrapped lines become paragraphs; tables, lists and verse keep their lines."""

import pytest

from pipeline.cleaning.edited_text import EditedText
from pipeline.cleaning.paragraphs import close_gaps, join_paragraphs


def joined(incoming: str) -> str:
    """Return the text after its lines were joined."""
    text = EditedText(incoming)
    join_paragraphs(text)
    return text.text


def test_lines_wrapped_at_a_width_are_joined() -> None:
    wrapped = (
        "The port of Lundby reopened on Tuesday after a fire that closed\n"
        "two of its piers, the harbor master said."
    )
    assert joined(wrapped) == wrapped.replace("\n", " ")


def test_an_indented_line_begins_a_paragraph() -> None:
    wire = (
        "    The port of Lundby reopened on Tuesday after a fire that\nclosed two of its piers.\n"
        "    Nobody was hurt. Three ships that lay at anchor were moved\nto the outer roads."
    )
    assert joined(wire).split("\n\n") == [
        "The port of Lundby reopened on Tuesday after a fire that closed two of its piers.",
        "Nobody was hurt. Three ships that lay at anchor were moved to the outer roads.",
    ]


def test_any_number_of_blank_lines_is_one() -> None:
    assert joined("\n one\n \n\n\n two \n") == "one\n\ntwo"


def test_a_paragraph_on_every_line_is_set_apart() -> None:
    sentence = (
        "The port of Lundby reopened on Tuesday after a fire that closed two of its piers, as the"
        " harbor master of the port said."
    )
    assert joined(f"{sentence}\n{sentence}") == f"{sentence}\n\n{sentence}"


def test_a_table_keeps_its_lines() -> None:
    table = (
        "The department reported these prices, in dollars a bushel, on the\n"
        "second day of the month:\n\n"
        " Wheat    2.55    2.40\n Corn     1.35    1.92\n Oats     1.64    0.99"
    )
    assert joined(table).endswith(table[-65:])


def test_a_list_of_short_lines_keeps_its_lines() -> None:
    listed = "- one ship\n- two piers\n- three tugs"
    assert joined(listed) == listed


def test_lines_among_long_paragraphs_keep_their_breaks() -> None:
    paragraph = "The port of Lundby reopened on Tuesday. " * 12
    lines = "By the numbers, as far as anybody in the port knows them\nThree ships and two piers"
    text = f"{lines}\n\n{paragraph.strip()}"
    assert joined(text) == text


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("anti-\nfire crews, as anti-fire crews do,", "anti-fire crews, as anti-fire crews do,"),
        ("the anti-\nfire crews", "the anti- fire crews"),
        ("the oil-\nand gas piers", "the oil- and gas piers"),
        ("it was so -\nhe said -", "it was so - he said -"),
    ],
)
def test_a_word_broken_at_its_hyphen_is_made_whole_where_the_text_proves_it(
    broken: str, whole: str
) -> None:
    line = "The port of Lundby reopened on Tuesday after"
    end = "had come to an end."
    assert joined(f"{line} {broken} {end}") == f"{line} {whole} {end}"


def test_scripts_without_spaces_are_joined_without_one() -> None:
    line = (
        "港口周二在火灾后重新开放港务局长说有两个码头因火灾而关闭三艘船被移到外锚地没有人受伤港口"
    )
    assert joined(f"{line}\n{line}") == line * 2


def test_gaps_that_removals_left_are_closed() -> None:
    text = EditedText("\n\none \n\n\n\ntwo\n\n")
    close_gaps(text)
    assert text.text == "one\n\ntwo"
