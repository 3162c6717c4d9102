"""Wrong decoding and odd characters are put right, and what a script needs stays."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cleaning.edited_text import EditedText
from pipeline.cleaning.repair import repair


def repaired(incoming: str) -> str:
    """Return the text after repair."""
    text = EditedText(incoming)
    repair(text)
    return text.text


@pytest.mark.parametrize(
    ("incoming", "outgoing"),
    [
        ("The portâ€™s â€œsecondâ€\x9d fire", "The port’s “second” fire"),
        ("cafÃ© in MÃ¼nchen", "café in München"),
        ("ÐœÐ¾Ñ\x81ÐºÐ²Ð° said", "Москва said"),
        ("Ã  la carte", "à la carte"),
        ("\x93Quoted\x94 \x96 he said", "“Quoted” – he said"),
        ("AT&amp;T &lt;T.N&gt;", "AT&T <T.N>"),
        ("&amp;lt;", "&lt;"),
        ("&#8217;&#x2019;&#146;", "’’’"),
        ("AT&T, R&D; ?a=1&copy=2", "AT&T, R&D; ?a=1&copy=2"),
        ("one\r\ntwo\rthree\u2028four\u2029five", "one\ntwo\nthree\nfour\n\nfive"),
        ("a\0b\x1bc\x7f", "abc"),
        ("10\u00a0000\u202fkm\u3000on", "10 000 km on"),
        ("harbor\u00admaster", "harbormaster"),
        ("harbor\u00ad\n  master", "harbormaster"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("user\u202egnp.exe\u202c and \u2066more\u2069", "usergnp.exe and more"),
        ("Cafe\u0301", "Café"),
        ("\u1112\u1161\u11ab", "한"),
    ],
)
def test_a_fault_is_put_right(incoming: str, outgoing: str) -> None:
    assert repaired(incoming) == outgoing


@pytest.mark.parametrize(
    "text",
    [
        "The port’s “second” fire — 3 °C, £5, ½ mile, São Paulo, Malmö, Łódź",
        "L’été à « Genève » : déjà vu",
        "Москва и ёлка «да»",
        "قال الرئيس يوم الاثنين",
        "می\u200cخواهم",
        "क्\u200dष",
        "👩\u200d🚒 put it out",
        "总统星期一说，",
    ],
)
def test_good_text_of_any_script_stays(text: str) -> None:
    assert repaired(text) == text


def test_a_misread_word_is_the_only_edit_of_its_line() -> None:
    text = EditedText("A long line with one cafÃ© in it")
    repair(text)
    assert [(edit.text, edit.replacement) for edit in text.edits("body")] == [("cafÃ©", "café")]


@given(st.text())
def test_any_text_comes_out_in_normal_form_and_without_control_characters(incoming: str) -> None:
    text = repaired(incoming)
    assert unicodedata.is_normalized("NFC", text)
    control_characters = {letter for letter in text if unicodedata.category(letter) == "Cc"}
    assert control_characters <= {"\t", "\n"}


@given(st.text(alphabet="aé&;#x29’â€™Ã\u00a0\u00ad\u0301\u200b\0\r\n ltgamp"))
def test_repair_can_be_undone(incoming: str) -> None:
    text = EditedText(incoming)
    repair(text)
    rebuilt, position = "", 0
    for edit in text.edits("body"):
        rebuilt += text.text[position : edit.at] + edit.text
        position = edit.at + len(edit.replacement)
    assert rebuilt + text.text[position:] == incoming
