"""The formats that are text, and that nothing in them does anything but be read."""

import csv
import io
import sys
import unicodedata
from collections.abc import Iterable
from xml.etree import ElementTree

import orjson
import pytest
from articles import NOON, tagged
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from pipeline.formats import FORMATS, Published
from pipeline.formats.harmless import escaped_json, printable, xml_text
from pipeline.formats.readable import readable
from schemas import EnrichedArticle, FinalRecord, Rejection, Withdrawal

HOSTILE = [
    "<script>alert(1)</script>",
    "\x1b[2J\x1b]0;title\x07red",
    "\x9b31mred",
    "abc\u202egnp.exe\u202c",
    "\u2066isolated\u2069 \u200bnothing\u2028line",
    "]]><x/>&lt;b&gt;<!--",
    '","=1+1',
    "nul\x00 and \x7f",
]
ACTING = set("\x00\x07\x1b\x7f\x9b\u200b\u202c\u202e\u2028\u2066\u2069")
JOINERS = set("\xad\u200c\u200d")  # which scripts and emoji are written with


def article(headline: str = "Storm", **fields: object) -> EnrichedArticle:
    known = {**dict(tagged()), "headline": headline, **fields}
    return EnrichedArticle(**known, story_id="s", relation="original", sources=("Wire",))


def withdrawal(*affected: str) -> Withdrawal:
    return Withdrawal(article_id="kill", source="Wire", version="1", headline="KILL",
                      status="canceled", reason="wrong", affected=affected)  # fmt: skip


def shown(name: str, records: Iterable[FinalRecord]) -> str:
    form = FORMATS[name]()
    middle = [text for record in records for text in form.show(Published(record, "topic", "id"))]
    return "".join([form.begin(), *middle, form.end()])


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_gets_through_any_format(name: str, text: str) -> None:
    record = article(text, body=text, source=text, byline=(text,), url=text, editorial_note=text)
    assert not ACTING & set(shown(name, [record]))


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_gets_through_to_the_terminal(text: str) -> None:
    record = article(text, body=text, source=text, byline=(text,))
    console = Console(width=100, force_terminal=True, color_system=None, file=io.StringIO())
    console.print(readable(record))
    assert isinstance(console.file, io.StringIO)
    styles = ("\x1b[1m", "\x1b[2m", "\x1b[0m", "\x1b[7m", "\x1b[1;7m")
    printed = console.file.getvalue()
    for style in styles:
        printed = printed.replace(style, "")
    assert not ACTING & set(printed)


def test_json_has_the_record_whole_and_its_ce_id() -> None:
    record = article("\u202e\x9b" + "a" * 5)
    line = orjson.loads(shown("json", [record]))
    assert line["topic"] == "topic"
    assert line["ce_id"] == "id"
    assert EnrichedArticle.model_validate_json(orjson.dumps(line["record"])) == record


def test_json_says_why_where_that_is_asked_for() -> None:
    (line,) = FORMATS["json"]().show(Published(article(), "topic", "id", ("a reason",)))
    assert orjson.loads(line)["because"] == ["a reason"]


@given(st.text())
def test_escaping_leaves_the_value_of_json_alone(text: str) -> None:
    try:
        json = orjson.dumps(text).decode()
    except orjson.JSONEncodeError:
        return  # surrogates, which no record has
    escaped = escaped_json(json)
    assert orjson.loads(escaped) == text
    assert not any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") for c in escaped)


def test_every_character_that_is_not_seen_is_known() -> None:
    for number in range(sys.maxunicode + 1):
        character = chr(number)
        unseen = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        if unseen and character not in JOINERS:
            assert character.isspace() or printable(character) == "\ufffd", hex(number)


def test_joiners_stay() -> None:
    assert printable("می‌خواهم 👩‍🚀") == "می‌خواهم 👩‍🚀"
    assert xml_text("می‌خواهم") == "می‌خواهم"


def rows(records: Iterable[FinalRecord]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(shown("csv", records), newline="")))


def test_csv_has_a_row_a_record_of_any_kind() -> None:
    rejection = Rejection(stage="parse", reason="not_json", detail="x", topic=None, value=b"x")
    first, second, third = rows([article(), withdrawal("a", "b"), rejection])
    assert first["outcome"] == "original"
    assert first["headline"] == "Storm"
    assert first["received_at"] == f"{NOON:%Y-%m-%dT%H:%M:%SZ}"
    assert second["withdraws"] == "a; b"
    assert third["reason"] == "not_json"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "＝", "\t=", " ="])
def test_no_cell_of_csv_is_a_formula(begin: str) -> None:
    (row,) = rows([article(f'{begin}HYPERLINK("http://x";"y")')])
    assert row["headline"].startswith(("'=", "'+", "'-", "'@", "'＝"))


def test_quotes_commas_and_lines_in_csv_are_read_back() -> None:
    (row,) = rows([article('He said "no", twice', byline=("A", "B"))])
    assert row["headline"] == 'He said "no", twice'
    assert row["byline"] == "A; B"


def feed(records: Iterable[FinalRecord]) -> list[ElementTree.Element]:
    return ElementTree.fromstring(shown("rss", records)).findall("channel/item")


def test_rss_has_the_latest_version_of_each_article_the_newest_first() -> None:
    items = feed(
        [article("One", article_id="a"), article("Two", article_id="b"),
         article("Three", article_id="a")]
    )  # fmt: skip
    assert [item.findtext("title") for item in items] == ["Three", "Two"]


def test_rss_takes_out_what_was_withdrawn_under_the_same_guid() -> None:
    (item,) = feed([article("One", article_id="a"), withdrawal("a")])
    assert item.findtext("guid") == "a"
    assert item.findtext("title") == "Withdrawn"
    assert "One" not in ElementTree.tostring(item, "unicode")


def test_a_headline_in_rss_is_text_also_to_who_takes_it_for_html() -> None:
    (item,) = feed([article("<script>alert(1)</script>", body="<script>alert(1)</script>")])
    for element in item.iter():
        assert "<script" not in (element.text or "")
    assert item.findtext("title") == "&lt;script>alert(1)&lt;/script>"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://[no address"])
def test_rss_links_to_pages_only(url: str) -> None:
    (bad,) = feed([article(url=url)])
    (good,) = feed([article(url="https://example.org/a?b=1&c=2")])
    assert bad.find("link") is None
    assert good.findtext("link") == "https://example.org/a?b=1&c=2"


def test_an_empty_feed_is_a_feed() -> None:
    assert ElementTree.fromstring(shown("rss", [])).findtext("channel/title") == "Newswire"
