"""The readers: what each makes of a real file of its format, and what of one that is none.

The files in tests/formats were written for these tests after the standards' own documentation.
"""

import gzip
import io
import json
import re
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reuters import DATA

from pipeline.article_index.markers import marker
from pipeline.clients.feed import read_file
from pipeline.errors import UserError
from pipeline.sources import READERS, reader_for, recognised
from pipeline.sources.json_lines import read_json_lines
from pipeline.sources.unreadable import MOST_BYTES, NoArticle, Problem, Unreadable
from schemas import RawArticle, TaggedArticle

FORMATS = Path(__file__).parent / "formats"
NINJS = DATA / "ninjs"
EXAMPLES = {
    "rss": "rss-2.0.xml",
    "rss 1.0": "rss-1.0.rdf",
    "atom": "atom.xml",
    "json-feed": "json-feed.json",
    "newsml-g2": "newsml-g2.xml",
    "nitf": "nitf.xml",
    "ninjs": "ninjs-1.json",
    "reuters-21578": "reuters-21578.sgm",
    "jsonl": "articles.jsonl",
    "text": "story.txt",
    "html": "page.html",
}


def read(path: Path, source: str | None = None) -> tuple[list[RawArticle], list[str]]:
    problems: list[str] = []
    items = list(read_file(str(path), reader_for(str(path)), source, problems.append))
    assert all(isinstance(item, RawArticle) for item in items)
    return [item for item in items if isinstance(item, RawArticle)], problems


def example(name: str) -> list[RawArticle]:
    return read(FORMATS / EXAMPLES[name])[0]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def test_rss_2() -> None:
    ferry, tides = example("rss")
    assert ferry.source == "Harbour News"
    assert ferry.source_id == "harbour-1001"
    assert ferry.url == "https://harbour.example/2026/01/ferry"
    assert ferry.headline == "Ferry & tug collide off the mole"
    assert ferry.byline == ("Ada Berg", "Jon Dahl")
    assert ferry.content_type == "text/html"
    assert ferry.content.startswith("<p>A ferry and a tug")
    assert ferry.published_at == at("2026-01-05T13:00:00Z")
    assert (ferry.language, ferry.usage_terms) == ("en-gb", "© 2026 Harbour News")
    assert tides.url == tides.source_id == "https://harbour.example/2026/01/tides"
    assert tides.byline == ("The Desk",)
    assert (tides.content, tides.content_type) == ("The tables are out. Café open.", "text/plain")


def test_rss_1_which_is_rdf() -> None:
    (bridge,) = example("rss 1.0")
    assert bridge.source_id == bridge.url == "https://valley.example/42"
    assert bridge.content == "Le pont a été rouvert mardi."
    assert bridge.published_at == at("2026-01-06T08:15:00Z")
    assert (bridge.language, bridge.usage_terms) == ("fr", "Valley Wire SA")


def test_atom() -> None:
    snow, short = example("atom")
    assert snow.source_id == "tag:hills.example,2026:snow"
    assert snow.url == "https://hills.example/news/snow.html"
    assert snow.headline == "Snow & ice close two passes"
    assert snow.content == (
        "<div><p>Two passes are <em>closed</em>.</p><p>They open on Friday.</p></div>"
    )
    assert snow.byline == ("Ida Holm",)
    assert snow.published_at == at("2026-01-07T06:00:00Z")
    assert snow.updated_at == at("2026-01-07T18:30:02Z")
    assert snow.usage_terms == "Hill Country Agency, all rights reserved"
    assert short.byline == ("The Agency",)
    assert (short.content, short.language) == ("Der Pass ist offen: 5 < 6.", "de")


def test_json_feed() -> None:
    lighthouse, note = example("json-feed")
    assert lighthouse.source == "Coast Observer"
    assert lighthouse.url == "https://coast.example/7"
    assert lighthouse.byline == ("Eva Lind",)
    assert lighthouse.updated_at == at("2026-01-08T23:00:00Z")
    assert (note.source_id, note.headline) == ("8", None)
    assert note.content == "A short note without a title."


def test_newsml_g2_keeps_version_status_embargo_rights_and_correction() -> None:
    articles, problems = read(FORMATS / EXAMPLES["newsml-g2"])
    rates, merger, hearing = articles
    assert problems == ["item 2 (line 35): passed over, it is a picture"]
    assert (rates.source, rates.version, rates.status) == ("Plain Agency", "3", "usable")
    assert rates.source_id == "urn:newsml:plain.example:20260110:RATES"
    assert rates.embargo_until == at("2026-01-10T12:00:00Z")
    assert rates.published_at == at("2026-01-10T08:00:00Z")
    assert rates.updated_at == at("2026-01-10T10:01:00Z")
    assert rates.usage_terms == "Copyright 2026 Plain Agency Ltd\nNot for use on television"
    assert (rates.slug, rates.urgency, rates.language) == ("BANK-RATES", 2, "en-GB")
    assert rates.byline == ("Mara Stein",)
    assert rates.editorial_note == "Corrects the rate in the second paragraph.\nCORRECTION"
    assert rates.content.startswith("<p>The bank raised its rate")
    assert (merger.status, merger.version, merger.content) == ("canceled", "4", "")
    assert hearing.status == "withheld"  # its embargo has no end yet
    assert hearing.editorial_note == "Embargoed until further notice"


def test_the_index_takes_a_correction_of_newsml_g2_for_one() -> None:
    note = example("newsml-g2")[0].editorial_note
    article = TaggedArticle(
        article_id="a", source="s", version="1", headline="", body="", editorial_note=note
    )
    assert marker(article).kind == "correction"


def test_nitf_with_the_name_of_its_dtd() -> None:
    (ship,) = example("nitf")
    assert (ship.source, ship.source_id) == ("Northern Wire", "NW-20260111-17")
    assert (ship.version, ship.slug, ship.urgency) == ("2", "SHIP-AGROUND", 3)
    assert ship.headline == "Ship runs aground in fog"
    assert ship.byline == ("Nils Aas",)
    assert ship.published_at == at("2026-01-11T07:15:00Z")
    assert ship.embargo_until == at("2026-01-11T09:00:00Z")
    assert ship.editorial_note == (
        "Adds quotes.\nPictures follow.\nDelivered by: NW 1, Desk Service 2"
    )
    assert ship.usage_terms == "Copyright 2026 Northern Wire\nFor subscribers only"
    assert ship.content.split("\n\n") == [
        "A freighter ran aground in fog on Sunday, the coast guard said.",
        "The crew of 12 is safe.",
        "Length | 140 m",
        "Built | 1998",
        "Nils Aas reports from Bergen.",
    ]


def test_a_kill_of_nitf_names_what_it_kills() -> None:
    (kill,), _ = read(FORMATS / "nitf-kill.xml")
    assert (kill.status, kill.target_id) == ("canceled", "NW-20260111-17")


def test_ninjs_1() -> None:
    (dam,) = example("ninjs")
    assert (dam.source, dam.source_id) == ("Agency", "http://agency.example/n/1")
    assert (dam.version, dam.status, dam.urgency) == ("7", "withheld", 1)
    assert dam.target_id is None  # it is held itself, not what it evolved from
    assert dam.embargo_until == at("2026-01-12T08:00:00Z")
    assert dam.usage_terms == "Copyright 2026 Agency\nPrint only"
    assert (dam.content, dam.content_type) == ("<p>The court ruled on the dam.</p>", "text/html")


def test_an_item_of_ninjs_follows_the_one_that_it_evolved_from() -> None:
    item = b'{"uri": "urn:b", "evolvedfrom": "urn:a", "headline": "Two", "urgency": 12}'
    problem, article = READERS["ninjs"].read(io.BytesIO(item), "Wire")
    assert isinstance(problem, Problem)  # an urgency that there is not
    assert problem.text.startswith("item 1: urgency: '12': ")
    assert isinstance(article, RawArticle)
    assert (article.target_id, article.urgency) == ("urn:a", None)


def test_an_embargo_that_cannot_be_read_is_a_hold() -> None:
    item = b'{"uri": "urn:b", "headline": "Two", "embargoed": "Friday noon"}'
    problem, article = READERS["ninjs"].read(io.BytesIO(item), "Wire")
    assert problem == Problem("item 1: embargo_until: 'Friday noon' is no time")
    assert isinstance(article, RawArticle)
    assert (article.status, article.embargo_until) == ("withheld", None)


@pytest.mark.skipif(not NINJS.exists(), reason=f"the ninjs examples are not at {NINJS}")
@pytest.mark.parametrize(
    ("name", "source", "version", "headline", "content_type"),
    [
        ("dpa_text", "dpa", "2", "Faktencheck Derby-Elfmeter", "text/html"),
        ("ntb_text", "NTB", "6", "Google har kjøpt giganttomt i Skien", "text/plain"),
        ("001_simple_example", "ninjs.example.com", "text:", "Captain of wrecked", "text/plain"),
        ("004_simple_text_article", "ninjs.example.com", "text:", "Captain of", "text/plain"),
        ("005_complex_text_article", "ninjs.example.com", "text:", "Captain of", "text/plain"),
        ("businesswire-newsml-20130605006126", "www.businesswire.com", "1", "Cambrios", "text/"),
        ("businesswire-newsml-20130731006140", "www.businesswire.com", "1", "Lunch", "text/html"),
    ],
)
def test_ninjs_3_of_real_agencies(
    name: str, source: str, version: str, headline: str, content_type: str
) -> None:
    (article,), problems = read(NINJS / f"{name}.json")
    assert problems == []
    assert article.source == source
    assert article.version.startswith(version)
    assert article.headline is not None
    assert article.headline.startswith(headline)
    assert article.content_type.startswith(content_type)
    assert len(article.content) > 50
    assert article.published_at is not None


def test_reuters_21578() -> None:
    tin, brief, unprocessed = example("reuters-21578")
    assert (tin.source, tin.source_id, tin.headline) == ("Reuters", "1", "TIN PRICE RISES <TIN>")
    assert (tin.slug, tin.urgency, tin.byline) == ("BC-TIN-EXAMPLE", 3, ("Juan Paz",))
    assert tin.content.startswith("LA PAZ, March 3 - The price of tin rose here today.\n    Tra")
    assert tin.published_at == tin.received_at == at("1987-03-03T09:18:21.260Z")
    assert (brief.headline, brief.content) == ("EXAMPLE CORP SEES HIGHER PROFIT", "")
    assert unprocessed.content == "EXAMPLE CORP 4TH QTR\n    Shr 12 cts vs 10 cts"


def test_json_lines_and_a_document_of_several_lines(tmp_path: Path) -> None:
    lines = example("jsonl")
    assert [article.headline for article in lines] == ["One", "Two"]
    (tmp_path / "list.json").write_text(
        '[\n {"source": "Wire", "content": "First."},\n {"source": "Wire", "content": "Next."}\n]'
    )
    assert [one.content for one in read(tmp_path / "list.json")[0]] == ["First.", "Next."]
    (tmp_path / "line.json").write_text(
        '[{"source": "Wire", "content": "First."}, {"source": "Wire", "content": "Next."}]'
    )
    assert read(tmp_path / "line.json") == read(tmp_path / "list.json")


NO_JSON = [b'{"source": "Wire", "content": "\\ud800"}', b'{"content": 5 5}', b"{'a': ['}']}",
           b'{"content": "caf\xe9"}', b"none", b'{"content": "say "hi, you""}']  # fmt: skip


@given(
    st.lists(st.text(), max_size=5), st.text(), st.sampled_from(NO_JSON), st.sampled_from([None, 2])
)
def test_an_element_that_is_no_json_costs_a_list_no_other_one(
    before: list[str], after: str, bad: bytes, indent: int | None
) -> None:
    articles = [{"source": "Wire", "content": text, "z": [{"a": []}]} for text in (*before, after)]
    whole = json.dumps([*articles[:-1], "the bad one", articles[-1]], indent=indent).encode()
    items = list(read_json_lines(io.BytesIO(whole.replace(b'"the bad one"', bad, 1)), None))
    found = items.pop(len(before))
    assert isinstance(found, NoArticle)
    assert found.content == bad
    assert found.text.startswith(f"item {len(before) + 1}: no JSON: ")
    assert [item.content for item in items] == [*before, after]


def test_an_element_without_its_end_costs_a_list_no_other_line(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text(
        '[\n {"source": "Wire", "content": "First.},\n {"source": "Wire", "content": "Next."}\n]'
    )
    with (tmp_path / "list.json").open("rb") as file:
        bad, good = read_json_lines(file, None)
    assert isinstance(bad, NoArticle)
    assert bad.content == b'{"source": "Wire", "content": "First.}'
    assert isinstance(good, RawArticle)


GOOD = b'{"source": "Wire", "content": "Good."}'


@pytest.mark.parametrize(
    "content", [b"[NaN, %b]", b'["x", %b]', b"[[1], %b]", b"[null,\n%b,\n%b\n]", b"[no,\n%b\n%b]"]
)
def test_a_first_element_that_is_no_object_costs_a_list_no_other_one(content: bytes) -> None:
    bad, *good = read_json_lines(io.BytesIO(content.replace(b"%b", GOOD)), None)
    assert isinstance(bad, NoArticle)
    assert bad.text.startswith("item 1: no ")
    assert [item.content for item in good] == ["Good."] * content.count(b"%b")


def test_what_follows_the_end_of_a_list_is_read_like_what_is_in_it() -> None:
    whole = b"[%b,%b] extra\n%b\n%b\n".replace(b"%b", GOOD)
    first, second, extra, *rest = read_json_lines(io.BytesIO(whole), None)
    assert [item.content for item in (first, second, *rest)] == ["Good."] * 4
    assert isinstance(extra, NoArticle)
    assert extra.content == b"extra"
    assert extra.text.startswith("item 3: no JSON: ")


def test_what_is_whole_in_a_list_that_is_cut_off_is_read_and_the_rest_is_named() -> None:
    items = read_json_lines(io.BytesIO(b'[{"source": "Wire", "content": "First."},'), None)
    assert next(items).content == "First."
    with pytest.raises(Unreadable, match="cut off after item 1: the list has no end"):
        next(items)


def test_text_and_html() -> None:
    (story,) = example("text")
    assert story.content.startswith("Bridge opens\n")
    (page,) = example("html")
    assert page.content_type == "text/html"


def test_a_name_that_was_given_stands_for_the_source() -> None:
    for name in EXAMPLES.values():
        articles, _ = read(FORMATS / name, "Given")
        assert {article.source for article in articles} <= {"Given", "Wire"}


def test_standard_archives_are_unpacked(tmp_path: Path) -> None:
    for name in EXAMPLES.values():
        packed = tmp_path / f"{name}.gz"
        packed.write_bytes(gzip.compress((FORMATS / name).read_bytes()))
        assert read(packed) == read(FORMATS / name)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_format_is_recognised_by_what_is_in_the_file(name: str) -> None:
    head = (FORMATS / EXAMPLES[name]).read_bytes()
    expected = name.partition(" ")[0]
    assert recognised(head) == (None if expected == "text" else expected)
    assert recognised(b"\xef\xbb\xbf\n " + head) == (None if expected == "text" else expected)


def test_every_format_has_an_example_and_a_line_in_the_readme() -> None:
    assert {name.partition(" ")[0] for name in EXAMPLES} == set(READERS)
    readme = (Path(__file__).resolve().parents[1] / "README.md").read_text("utf-8")
    named = set(re.findall(r"^\| `([\w-]+)` \|", readme, re.MULTILINE))
    assert set(READERS) <= named


def test_a_format_that_nobody_knows_is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="unknown; the formats are"):
        reader_for("a.xml", "pdf")
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG\r\n")
    with pytest.raises(Unreadable, match="not recognised; give --format"):
        read(path)


def test_a_list_that_is_too_large_for_one_document_is_refused_with_the_remedy(
    tmp_path: Path,
) -> None:
    with (tmp_path / "a.json").open("wb") as file:
        file.write(b"[\n")
        file.truncate(MOST_BYTES + 2)  # zeros that take no place on the disk
    with pytest.raises(Unreadable, match="bytes: split it, or give it as JSON lines"):
        read(tmp_path / "a.json")


# What is wrong with a file, in one line that tells the place.

BROKEN = [
    ("empty.xml", b"", "empty"),
    ("empty.json", b"", "empty"),
    ("a.ninjs", b"", "empty"),
    ("a.jsonl", b" \n\n", "empty"),
    ("a.jsonl", '{"source": "Wire"}'.encode("utf-16"), "not UTF-8 but UTF-16: convert it"),
    ("a.jsonl.gz", gzip.compress("[]".encode("utf-16"), mtime=0), "not UTF-8 but UTF-16"),
    ("a.nitf", b"  \n", "empty"),
    ("a.sgm", b"", "no <REUTERS> element in it"),
    ("a.txt", b" \n", "empty"),
    ("a.html", b"", "empty"),
    ("a.ninjs", b'{"uri": "x", ', "no JSON: EOF while parsing a value at line 1 column 13"),
    ("a.ninjs", b'{"uri": "caf\xe9"}', "not UTF-8: byte 0xe9 at offset 12"),
    ("a.ninjs", b'{"headline": "x"}', "item 1: no ninjs: it is no object with a uri"),
    ("a.rss", b"no feed at all", "no XML: no tag in it"),
    ("a.rss", b"<html><body>Not found</body></html>", "line 1: no feed: its root"),
    ("a.nitf", b"<rss/>", "no NITF: its root element is <rss>"),
    ("a.rss", b'{"version": "https://jsonfeed.org/version/1.1"}', "no JSON Feed: it is no object"),
    ("a.nitf", b"<nitf><head/>\n<body><body.content><p>The", "cut off after line 2"),
    ("a.sgm", b'<REUTERS NEWID="1">\n<TEXT><BODY>The', "line 1: cut off within item 1"),
    ("a.txt", b"caf\xe9", "not UTF-8: byte 0xe9 at offset 3"),
    ("a.txt.gz", b"\x1f\x8b\x08\x00broken", "cannot be unpacked: "),
    ("a.json.gz", b"no archive", "cannot be unpacked: not a gzipped file"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "line"), BROKEN)
def test_a_broken_file_is_one_line_with_the_place(
    tmp_path: Path, name: str, content: bytes, line: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Unreadable) as raised:
        read(tmp_path / name)
    assert str(raised.value).startswith(line)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (
            b'{"source": "Wire"\n',
            "line 1: no JSON: EOF while parsing an object at line 1 column 17",
        ),
        (b'{"source": "Wire", "content": "caf\xe9"}', "line 1: no JSON: "),
        (b'{"content": "x"}', "line 1: no article: source: field required"),
        (b"\n\n[1]", "item 1: no article: it is no JSON object"),
        (b'[\n {"source": "Wire", "content": 5}]', "item 1: no article: content: "),
    ],
)
def test_what_is_no_article_is_handed_on_with_its_place_and_fault(
    tmp_path: Path, content: bytes, fault: str
) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(content)
    faults: list[str] = []
    (item,) = read_file(str(path), reader_for(str(path)), None, on_fault=faults.append)
    assert isinstance(item, bytes)
    assert [line.startswith(fault) for line in faults] == [True], faults


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.rss", "a.nitf", "a.ninjs", "a.jsonl"])
def test_a_file_without_an_end_is_refused(tmp_path: Path, name: str) -> None:
    with (tmp_path / name).open("wb") as file:
        file.write(b"{")
        file.truncate(MOST_BYTES + 2)  # zeros that take no place on the disk
    with pytest.raises(Unreadable, match=f"{MOST_BYTES:,} bytes"):
        read(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "marker_of_the_cut", "whole", "line"),
    [
        ("rss", b"Tide tables", 1, "line 21: the feed is cut off; item 2 is left out"),
        ("atom", b"Kurze", 1, "line 20: the feed is cut off; entry 2 is left out"),
        ("newsml-g2", b"KILL:", 1, "cut off after line 45"),
        ("reuters-21578", b"SEES HIGHER", 1, "line 22: cut off within item 2"),
    ],
)
def test_what_is_whole_in_a_truncated_file_is_read_and_the_rest_is_named(
    tmp_path: Path, name: str, marker_of_the_cut: bytes, whole: int, line: str
) -> None:
    path = tmp_path / EXAMPLES[name]
    content = (FORMATS / EXAMPLES[name]).read_bytes()
    path.write_bytes(content[: content.index(marker_of_the_cut)])
    found: list[RawArticle | bytes] = []
    items = read_file(str(path), reader_for(str(path)), None)
    with pytest.raises(Unreadable) as raised:
        found.extend(items)
    assert len(found) == whole
    assert line in str(raised.value)


HOSTILE = {
    "an entity bomb": (
        b'<!DOCTYPE x [<!ENTITY a "ha">'
        + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
        + b"]>"
    ),
    "a file": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "a parameter entity": b'<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:1/"> %a;]>',
    "declarations": b"<!DOCTYPE x [<!ELEMENT x ANY>]>",
    "a second DOCTYPE": b'<!DOCTYPE x><!DOCTYPE x [<!ENTITY a "b">]>',
    "lower case": b'<!doctype x [<!ENTITY a "b">]>',
    "behind a comment": b'<!-- <rss> --><!DOCTYPE x [<!ENTITY a "b">]>',
    "behind text": b'text <!DOCTYPE x [<!ENTITY a "b">]>',
    "an end in quotes": b'<!DOCTYPE x SYSTEM ">" [<!ENTITY a "b">]>',
}


@pytest.mark.parametrize("prolog", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize(
    "format_name", ["rss", "atom", "newsml-g2", "nitf"]
)  # fmt: skip
def test_no_declaration_of_entities_is_accepted(prolog: bytes, format_name: str) -> None:
    root = {"rss": b"rss", "atom": b"feed", "newsml-g2": b"newsMessage", "nitf": b"nitf"}
    name = root[format_name]
    document = prolog + b"<" + name + b"><title>&a;</title></" + name + b">"
    for content in (document, document.decode().encode("utf-16")):
        with pytest.raises(Unreadable) as raised:
            list(READERS[format_name].read(io.BytesIO(content), None))
        assert "DOCTYPE" in str(raised.value)


@pytest.mark.parametrize(
    "prolog",
    [
        b'<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/rss.dtd">',
        b'<!DOCTYPE rss PUBLIC "-//N//DTD RSS//EN"\n "http://127.0.0.1:1/rss.dtd">\n<!-- x -->',
    ],
)
def test_a_bare_doctype_is_passed_over_and_never_fetched(prolog: bytes) -> None:
    document = prolog + b"<rss><item><title>Caf&eacute;</title></item></rss>"
    *items, problem = READERS["rss"].read(io.BytesIO(document), "Wire")
    assert [item.headline for item in items if isinstance(item, RawArticle)] == ["Café"]
    assert isinstance(problem, Problem)  # the entity, which no DTD was asked for


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"<rss>" + b"<a>" * 100_000, "line 1: too large or too deep"),
        (b"<rss><item><title>" + b"x" * 11_000_000, "line 1: too large or too deep"),
    ],
)
def test_what_is_too_deep_or_too_large_is_refused(content: bytes, line: str) -> None:
    with pytest.raises(Unreadable, match=line):
        list(READERS["rss"].read(io.BytesIO(content), None))


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["rss", "atom", "newsml-g2", "nitf"])
def test_xml_of_every_encoding_of_unicode_reads_the_same(codec: str, name: str) -> None:
    text = (FORMATS / EXAMPLES[name]).read_text("utf-8")
    again = text.replace("utf-8", "UTF-16") if "16" in codec else text
    expected = list(READERS[name].read(io.BytesIO(text.encode()), None))
    assert list(READERS[name].read(io.BytesIO(again.encode(codec)), None)) == expected


WHOLE = [(FORMATS / name).read_bytes() for name in EXAMPLES.values()]


def read_or_refuse(format_name: str, content: bytes) -> None:
    """Read it; any exception but Unreadable is a fault of the reader."""
    with suppress(Unreadable):
        for item in READERS[format_name].read(io.BytesIO(content), None):
            assert isinstance(item, RawArticle | NoArticle | Problem)


@pytest.mark.parametrize("format_name", READERS)
@given(content=st.binary(max_size=300))
def test_no_bytes_break_a_reader(format_name: str, content: bytes) -> None:
    read_or_refuse(format_name, content)


@given(
    example_number=st.integers(0, len(WHOLE) - 1),
    cut=st.integers(0, 4000),
    inserted=st.one_of(
        st.binary(max_size=8),
        st.sampled_from(
            [b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b'"', b"<item>", b"</p>"]
        ),
    ),
    removed=st.integers(0, 60),
)
def test_no_damaged_file_breaks_a_reader(
    example_number: int, cut: int, inserted: bytes, removed: int
) -> None:
    content = WHOLE[example_number]
    damaged = content[:cut] + inserted + content[cut + removed :]
    format_name = list(EXAMPLES)[example_number].partition(" ")[0]
    read_or_refuse(format_name, damaged)
    read_or_refuse(recognised(damaged) or "text", damaged)


@given(example_number=st.integers(0, len(WHOLE) - 1), end=st.integers(0, 4000))
def test_no_truncated_file_breaks_a_reader(example_number: int, end: int) -> None:
    read_or_refuse(list(EXAMPLES)[example_number].partition(" ")[0], WHOLE[example_number][:end])


@pytest.mark.timeout(60)  # each took minutes while a pattern took the square of its input
@pytest.mark.parametrize(
    ("format_name", "content"),
    [
        ("rss", b"<rss><item><description><![CDATA[" + b"<!--" * 500_000 + b"]]></description>"),
        ("rss", b"<rss><item><author>" + b"a@" * 200_000 + b"</author></item></rss>"),
        ("rss", b"<rss><item><title>" + b"&" * 500_000 + b"</title></item></rss>"),
        ("rss", b"<rss><item " + b" ".join(b'a%d="x"' % n for n in range(100_000)) + b"/></rss>"),
        ("nitf", b"<!DOCTYPE a>" * 100_000 + b"<nitf/>"),
        ("newsml-g2", b"<!--" * 300_000 + b"<newsItem/>"),
        ("ninjs", b'{"uri":' + b"[" * 500_000),
        ("json-feed", b'{"items":' + b"[" * 500_000),
        ("reuters-21578", b"<REUTERS>" + b"<TEXT>" * 200_000 + b"</REUTERS>"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_no_file_holds_a_reader_up(format_name: str, content: bytes) -> None:
    read_or_refuse(format_name, content)
    recognised(content[:8192])
