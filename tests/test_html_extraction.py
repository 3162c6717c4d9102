"""Extraction of an article from a web page, on small pages of our own and on hostile ones."""

import contextlib
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.cleaning.html_extraction import ExtractionError, decode, extract
from pipeline.cleaning.html_metadata import language_tag, parse_time, split_authors
from pipeline.cleaning.html_rules import (
    BLOCK_RULES,
    LINE_RULES,
    BlockRule,
    LineRule,
    Place,
    block_kind,
    line_kind,
)

FIRST = (
    "The harbour of Port Ellery reopened on Friday after divers had cleared the wreck that had "
    "kept ferries away for eleven days, the port authority said."
)
SECOND = (
    "Two of the three ferries will sail as usual from Saturday, while the third needs repairs to "
    "its rudder that may take until the end of the month."
)
THIRD = (
    "Fishermen, who had moved their boats to the next bay, said the closure had cost them most of "
    "the mackerel season and asked for compensation."
)
PARAGRAPHS = (FIRST, SECOND, THIRD)
MAIN_TEXT = "\n\n".join(PARAGRAPHS)
PLACES: tuple[Place, ...] = ("anywhere", "start", "end", "rest")
SECONDS_ALLOWED = 2.0
MEGABYTES_ALLOWED = 500


def page(article: str, head: str = "") -> str:
    return (
        '<!DOCTYPE html><html lang="en"><head><title>Harbour reopens | The Ellery Post</title>'
        f"{head}</head><body><article>{article}</article></body></html>"
    )


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def article_with(*, before: str = "", between: str = "", after: str = "") -> str:
    return before + paragraphs(FIRST, SECOND) + between + paragraphs(THIRD) + after


def json_ld(content: str) -> str:
    return f'<script type="application/ld+json">{content}</script>'


# What a page says about its article


GRAPH = json_ld(
    """
{"@context": "https://schema.org", "@graph": [
  {"@type": "WebPage", "@id": "https://post.example/#page"},
  {"@type": "Person", "@id": "#ann", "name": "Ann Lee"},
  {"@type": "NewsArticle", "headline": "Harbour reopens after wreck is cleared &amp; towed",
   "author": [{"@id": "#ann"}, {"@type": "Person", "name": "Bo Ek"}],
   "datePublished": "2024-03-01T09:30:00+01:00", "dateModified": "2024-03-01T10:00:00Z",
   "inLanguage": "en_gb", "publisher": {"@type": "Organization", "name": "The Ellery Post"},
   "description": "line
break"}]}
"""
)


def test_metadata_is_read_from_json_ld_with_references_between_its_parts() -> None:
    found = extract(page(article_with(), GRAPH))
    assert found.headline == "Harbour reopens after wreck is cleared & towed"
    assert found.authors == ("Ann Lee", "Bo Ek")
    assert found.published_at == datetime(2024, 3, 1, 8, 30, tzinfo=UTC)
    assert found.updated_at == datetime(2024, 3, 1, 10, 0, tzinfo=UTC)
    assert found.language == "en-GB"
    assert found.publisher == "The Ellery Post"


def test_metadata_is_read_from_meta_tags_where_there_is_no_json_ld() -> None:
    head = (
        '<meta property="og:title" content="Harbour reopens">'
        '<meta property="og:site_name" content="The Ellery Post">'
        '<meta name="author" content="By Ann Lee and Bo Ek">'
        '<meta property="article:published_time" content="2024-03-01">'
        '<meta property="article:modified_time" content="Fri, 01 Mar 2024 10:00:00 GMT">'
        '<link rel="canonical" href="/news/harbour">'
    )
    found = extract(page(article_with(), head), "https://post.example/amp/harbour?x=1")
    assert found.headline == "Harbour reopens"
    assert found.authors == ("Ann Lee", "Bo Ek")
    assert found.published_at == datetime(2024, 3, 1, tzinfo=UTC)
    assert found.updated_at == datetime(2024, 3, 1, 10, tzinfo=UTC)
    assert found.canonical_url == "https://post.example/news/harbour"
    assert found.publisher == "The Ellery Post"
    assert found.language == "en"


def test_a_page_without_metadata_gives_its_heading_and_nothing_invented() -> None:
    found = extract(f"<html><body><h1>Harbour reopens</h1>{paragraphs(*PARAGRAPHS)}</body></html>")
    assert found.headline == "Harbour reopens"
    assert found.authors == ()
    assert found.published_at is found.updated_at is None
    assert found.language is found.canonical_url is found.publisher is None


def test_the_name_of_the_site_is_cut_from_the_title() -> None:
    assert extract(page(article_with())).headline == "Harbour reopens"


def test_broken_json_ld_does_not_stop_the_meta_tags() -> None:
    head = json_ld('{"@type": oops') + '<meta name="author" content="Ann Lee">'
    assert extract(page(article_with(), head)).authors == ("Ann Lee",)


def test_the_publisher_is_not_its_own_author() -> None:
    head = json_ld(
        '{"@type": "NewsArticle", "headline": "x", "author": {"name": "The Ellery Post"}, '
        '"publisher": {"name": "The Ellery Post"}}'
    )
    assert extract(page(article_with(), head)).authors == ()


def test_an_address_is_no_author() -> None:
    head = '<meta property="article:author" content="https://social.example/ellerypost">'
    assert extract(page(article_with(), head)).authors == ()


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By Ann Lee and Bo Ek", ["Ann Lee", "Bo Ek"]),
        ("Ann Lee, Bo Ek & Cy Day", ["Ann Lee", "Bo Ek", "Cy Day"]),
        ("TOM FOLD, AP National Writer", ["TOM FOLD"]),
        ("Ann Lee, MS, RDN", ["Ann Lee"]),
        ("https://social.example/post", []),
        ("admin", []),
        ("", []),
    ],
)
def test_bylines_are_split_into_names(byline: str, names: list[str]) -> None:
    assert split_authors(byline) == names


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2024-03-01T09:30:00+0100", datetime(2024, 3, 1, 8, 30, tzinfo=UTC)),
        ("2024-03-01T09:30:00.123Z", datetime(2024, 3, 1, 9, 30, 0, 123000, tzinfo=UTC)),
        ("2024-03-01 09:30:00", datetime(2024, 3, 1, 9, 30, tzinfo=UTC)),
        ("March 1, 2024", datetime(2024, 3, 1, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", None),
        ("9999-12-31T23:59:59-23:59", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times_are_aware_or_absent(written: str, meant: datetime | None) -> None:
    assert parse_time(written) == meant


@pytest.mark.parametrize(
    ("written", "tag"),
    [("en_us", "en-US"), ("zh-hans-cn", "zh-Hans-CN"), ("PT", "pt"), ("english", None), ("", None)],
)
def test_languages_are_written_as_bcp_47_does(written: str, tag: str | None) -> None:
    assert language_tag(written) == tag


# The text without the page around it


def test_paragraphs_are_separated_by_a_blank_line() -> None:
    assert extract(page(article_with())).text == MAIN_TEXT


def test_headline_standfirst_and_byline_above_the_text_are_left_out() -> None:
    before = "<h1>Harbour reopens</h1><h2>Ferries to sail again</h2><p>By Ann Lee</p>"
    head = '<meta name="author" content="Ann Lee">'
    assert extract(page(article_with(before=before), head)).text == MAIN_TEXT


def test_a_byline_stays_for_the_plain_text_rules_where_the_page_names_no_author() -> None:
    text = extract(page(article_with(before="<p>By Ann Lee</p>"))).text
    assert text == f"By Ann Lee\n\n{MAIN_TEXT}"


def test_the_heading_of_a_first_section_stays_like_those_after_it() -> None:
    article = f"<h2>Ferries</h2>{paragraphs(FIRST, SECOND)}<h2>Fishing</h2>{paragraphs(THIRD)}"
    assert extract(page(article)).text == "\n\n".join(("Ferries", FIRST, SECOND, "Fishing", THIRD))


def test_a_block_named_as_a_newsletter_is_left_out() -> None:
    between = '<div class="NewsletterSignup__box"><h3>Post mail</h3><p>Five stories.</p></div>'
    assert extract(page(article_with(between=between))).text == MAIN_TEXT


def test_an_article_inside_a_frame_with_a_misleading_name_is_kept() -> None:
    article = f'<div class="entry-content-read-more">{article_with()}</div>'
    assert extract(page(article)).text == MAIN_TEXT


def test_a_frame_that_only_has_a_sidebar_is_kept() -> None:
    assert block_kind("content-with-sidebar") is None
    assert block_kind("sidebar") == "rail"


def test_a_linked_headline_between_paragraphs_is_left_out() -> None:
    between = '<p><a href="/other">LIGHTHOUSE KEEPER WINS PRIZE FOR HIS TOMATOES</a></p>'
    assert extract(page(article_with(between=between))).text == MAIN_TEXT


def test_linked_headlines_that_share_a_paragraph_are_left_out() -> None:
    links = (
        '<a href="/1">Lighthouse keeper wins prize for his tomatoes</a> [VIDEO]<br>'
        '<a href="/2">School choir sails to the island for a concert</a> [INSIGHT]'
    )
    assert extract(page(article_with(between=f"<p>{links}</p>"))).text == MAIN_TEXT


def test_a_link_inside_a_sentence_stays() -> None:
    sentence = 'The repairs are described in <a href="/r">a report of the board</a> of last week.'
    text = extract(page(article_with(between=f"<p>{sentence}</p>"))).text
    assert "a report of the board of last week." in text


def test_a_list_of_links_is_left_out_and_a_list_of_facts_stays() -> None:
    links = "".join(f'<li><a href="/{n}">Another story of the coast {n}</a></li>' for n in "12")
    facts = "<ul><li>Length of the wreck: 62 metres</li><li>Ferries: three</li></ul>"
    text = extract(page(article_with(between=facts, after=f"<ul>{links}</ul>"))).text
    assert "Length of the wreck: 62 metres" in text
    assert "Another story" not in text


def test_a_heading_such_as_related_takes_what_follows_with_it() -> None:
    after = "<h3>More from The Ellery Post</h3><p>Lighthouse keeper wins prize.</p>"
    assert extract(page(article_with(after=after))).text == MAIN_TEXT


def test_copyright_and_source_leave_the_text_and_are_kept_as_notices() -> None:
    notices = ("Source: Ellery News Agency", "© 2024 The Ellery Post. All rights reserved.")
    found = extract(page(article_with(after=paragraphs(*notices))))
    assert found.text == MAIN_TEXT
    assert set(found.notices) == set(notices)


def test_the_line_about_the_author_at_the_end_is_left_out() -> None:
    head = '<meta name="author" content="Ann Lee">'
    after = paragraphs("Ann Lee is the harbour correspondent of the Post and keeps two boats.")
    assert extract(page(article_with(after=after), head)).text == MAIN_TEXT


def test_what_the_publisher_did_for_the_report_stays() -> None:
    head = '<meta property="og:site_name" content="The Ellery Post">'
    after = "The Ellery Post has asked the owner of the wreck for comment."
    assert extract(page(article_with(after=paragraphs(after)), head)).text.endswith(after)


def test_a_quoted_post_stays_although_its_frame_is_called_an_embed() -> None:
    post = "We are sailing again from Saturday, see you on board, all of you!"
    between = (
        '<div class="social-media-embed"><blockquote class="twitter-tweet">'
        f"<p>{post}</p></blockquote></div>"
    )
    assert post in extract(page(article_with(between=between))).text


@pytest.mark.parametrize(
    "sentence",
    [
        "Copyright law is older than the harbour, the judge said in her ruling on the chart.",
        "Related charges against the captain were dropped in May, his lawyer told the court.",
        "Share prices of the ferry company rose by four per cent after the announcement.",
        "Follow-up dives are planned for the summer, when the water is clearer.",
        "More than two hundred passengers were waiting on the quay when the first ferry came.",
        "Like most people on Facebook, the captain had not read the terms.",
        "Comments by the minister drew laughter from the fishermen on the quay.",
        "Return to work is slow after eleven days without any income, fishermen said.",
        "About 200 people watched from the quay as the wreck was towed away.",
        "Source close to the board, who asked not to be named, called the plan a mistake.",
        "Updated charts will be printed once the harbour has been sounded again.",
        "Video of the sinking was shown to the court, and the captain looked away.",
        "Watch towers along the coast had seen nothing that night, the board found.",
        "Contact with the crew was lost shortly after midnight, the coastguard said.",
    ],
)
def test_a_sentence_that_merely_begins_like_page_furniture_stays(sentence: str) -> None:
    line = f"<p>{sentence}</p>"
    for article in (
        article_with(before=line),
        article_with(between=line),
        article_with(after=line),
    ):
        assert sentence in extract(page(article)).text


def test_json_ld_text_is_used_where_the_page_shows_only_a_part() -> None:
    body = "\\n".join(PARAGRAPHS * 2)
    head = json_ld(f'{{"@type": "NewsArticle", "articleBody": "{body}"}}')
    found = extract(page(f"<p>{FIRST}</p>", head))
    assert found.text.split("\n\n") == list(PARAGRAPHS * 2)


# The rules


@pytest.mark.parametrize("rule", BLOCK_RULES, ids=lambda rule: str(rule.example))
def test_each_block_rule_finds_its_example(rule: BlockRule) -> None:
    assert block_kind(rule.example) == rule.kind


@pytest.mark.parametrize("rule", LINE_RULES, ids=lambda rule: f"{rule.place}: {rule.example}")
def test_each_line_rule_finds_its_example(rule: LineRule) -> None:
    assert line_kind(rule.example, rule.place) == rule.kind


@pytest.mark.parametrize("start", sorted({rule.example[:12] for rule in LINE_RULES}))
def test_no_line_rule_is_slow_on_a_line_that_nearly_matches(start: str) -> None:
    line = (start + " and on and on @ a.b (c) 20" * 20)[:299]
    began = time.process_time()
    for _ in range(100):
        for place in PLACES:
            line_kind(line, place)
    assert time.process_time() - began < 0.5


# Charsets


TEXT = "Im Hafen von Münster – so heißt es – fährt wieder ein Schiff."


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (TEXT.encode(), None),
        (TEXT.encode(), "iso-8859-1"),
        (TEXT.encode("cp1252"), "ISO-8859-1"),
        (b'<meta charset="windows-1252">' + TEXT.encode("cp1252"), None),
        (b'<?xml version="1.0" encoding="windows-1252"?>' + TEXT.encode("cp1252"), "utf-8"),
        (TEXT.encode("utf-16"), None),
        (b"\xef\xbb\xbf" + TEXT.encode(), None),
        (TEXT.encode("utf-16-le"), "utf-16"),
        ((TEXT * 3).encode("cp1252"), None),
        ((TEXT * 3).encode("cp1252"), "punycode"),
        ((TEXT * 3).encode("cp1252"), "euc-tw"),
    ],
)
def test_bytes_are_decoded_by_their_declared_charset_or_by_detection(
    content: bytes, declared: str | None
) -> None:
    assert TEXT in decode(content, declared)


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Порт снова открыт для паромов, сообщили в пятницу власти города.", "cp1251"),
        ("Порт снова открыт для паромов, сообщили в пятницу власти города.", "koi8-r"),
        ("港口当局星期五说，轮渡将从星期六起恢复正常航行。", "gb18030"),
        ("港湾当局は金曜日、フェリーの運航を土曜日から再開すると発表した。", "cp932"),
        ("Port został w piątek ponownie otwarty, żegluga ruszyła, podały władze.", "cp1250"),
    ],
)
def test_an_undeclared_charset_is_detected(text: str, charset: str) -> None:
    assert text in decode(f"<p>{text}</p>".encode(charset))


def test_a_single_broken_byte_does_not_change_the_charset() -> None:
    text = "Ü" * 1000
    assert decode(text.encode() + b"\xff", "utf-8") == text + "\ufffd"


@pytest.mark.parametrize("content", [b"", b"\xff" * 8_000_000, bytes(range(256)) * 32_000])
def test_bytes_in_no_charset_are_decoded_all_the_same_and_in_time(content: bytes) -> None:
    began = time.process_time()
    assert isinstance(decode(content), str)
    assert time.process_time() - began < SECONDS_ALLOWED


# Bad input


def hostile_pages() -> dict[str, Callable[[], str]]:
    start, close = "<html><body><article>", "</article></body></html>"

    def many(piece: str, count: int) -> Callable[[], str]:
        return lambda: start + piece * count + close

    def numbered(form: str, count: int) -> Callable[[], str]:
        return lambda: start + "".join(form.format(n=n) for n in range(count)) + close

    def attributes(tag: str, form: str) -> Callable[[], str]:
        return lambda: tag + " ".join(form.format(n=n) for n in range(200_000)) + ">x</p>"

    return {
        "ten megabytes": many(f"<p>{FIRST}</p>", 70_000),
        "as large as allowed": many(f"<p>{FIRST}</p>", 18_000),
        "as much text as allowed": numbered(f"<p>{{n}} {FIRST}</p>", 3_900),
        "one line": many("word ", 190_000),
        "nested a hundred thousand deep": many("<div>", 100_000),
        "nested and closed": lambda: "<div>" * 100_000 + FIRST + "</div>" * 100_000,
        "too deep to be read": many("<div>", 300),
        "many nested 200 deep": many("<div>" * 200 + "x" + "</div>" * 200, 60),
        "nested lists": many("<ul><li>" * 100 + "x" + "</li></ul>" * 100, 60),
        "deep and wide": lambda: (
            start + "<div>" * 60 + "<p><a href=x>word and word</a></p>" * 1500 + close
        ),
        "wide": numbered("<p>line {n}</p>", 11_000),
        "formatted": many("<b>a</b> x", 3_900),
        "linked": many("<a href=x>a</a> x", 3_900),
        "attributes": attributes("<p ", "a{n}=1"),
        "attributes behind a quoted tag end": attributes("<p ", 'a{n}=">"'),
        "attributes behind a control character": attributes("<\0p ", "a{n}"),
        "tags only": many("<", 2_900_000),
        "half tags": many("<a ", 900_000),
        "all script": lambda: (
            "<html><head><script>" + "var a=1;" * 300_000 + "</script></head><body></body></html>"
        ),
        "entity bomb": lambda: (
            '<!DOCTYPE html [<!ENTITY a0 "ha">'
            + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
            + f"]>{start}<p>&a9;</p>{close}"
        ),
        "entities": many("&lt;", 700_000),
        "nested json": lambda: page(article_with(), json_ld("[" * 200_000)),
        "a number of many digits": lambda: page(article_with(), json_ld("9" * 200_000)),
        "a long title": lambda: page(article_with(), f"<title>{'a | ' * 500_000}</title>"),
        "a long author": lambda: page(
            article_with(), f'<meta name="author" content="{"and " * 500_000}">'
        ),
    }


@pytest.mark.parametrize("name", hostile_pages())
def test_a_hostile_page_is_extracted_or_refused_in_time(name: str) -> None:
    html = hostile_pages()[name]()
    began = time.process_time()
    with contextlib.suppress(ExtractionError):
        extract(html)
    assert time.process_time() - began < SECONDS_ALLOWED


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from Linux")
def test_no_hostile_page_takes_more_memory_than_allowed() -> None:
    """All of them one after the other in one process of their own, whose peak counts."""
    program = textwrap.dedent(
        """
        import contextlib
        from pathlib import Path
        from test_html_extraction import hostile_pages
        from pipeline.cleaning.html_extraction import ExtractionError, extract

        for make in hostile_pages().values():
            with contextlib.suppress(ExtractionError):
                extract(make())
        print(Path("/proc/self/status").read_text())
        """
    )
    status = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        check=True,
        text=True,
        cwd=Path(__file__).parent,
    ).stdout
    # Not getrusage: its peak is that of the process that forked this one, if that was higher.
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    assert int(peak.split()[1]) < MEGABYTES_ALLOWED * 1000


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("ten megabytes", "too large"),
        ("nested a hundred thousand deep", "too large"),
        ("too deep to be read", "too deep"),
        ("many nested 200 deep", "too deep"),
        ("attributes", "too large"),
        ("attributes behind a quoted tag end", "too large"),
        ("attributes behind a control character", "too large"),
        ("all script", "no main text"),
    ],
)
def test_a_refused_page_says_why(name: str, reason: str) -> None:
    with pytest.raises(ExtractionError) as caught:
        extract(hostile_pages()[name]())
    assert caught.value.reason.startswith(reason)


@pytest.mark.parametrize("html", ["", " ", "\0", "<!-- -->", "<html/>", "<p></p>"])
def test_what_is_hardly_a_page_is_refused(html: str) -> None:
    with pytest.raises(ExtractionError, match="no main text"):
        extract(html)


@pytest.mark.parametrize(
    "character",
    ["\0", "\x1b", "\ufffe", "\uffff", "&#1;", "&#x1F;", "&#12", "&#xFFFF;", "&#65535;"],
)
def test_characters_that_no_text_has_are_dropped_and_the_text_around_them_stays(
    character: str,
) -> None:
    dirty = FIRST.replace("Friday", f"Fri{character}day")
    assert extract(page(paragraphs(dirty, SECOND, THIRD))).text == MAIN_TEXT


def test_bidi_controls_stay_for_the_plain_text_rules() -> None:
    dirty = FIRST.replace("harbour", "\u202eharbour\u202c")
    assert extract(page(paragraphs(dirty, SECOND, THIRD))).text.startswith(dirty)


def test_a_lone_surrogate_does_no_harm() -> None:
    dirty = FIRST.replace("harbour", "har\ud800bour")
    assert SECOND in extract(page(paragraphs(dirty, SECOND, THIRD))).text


def test_extraction_neither_opens_a_connection_nor_writes_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen: list[str] = []
    watching = True

    def watch(event: str, arguments: tuple[object, ...]) -> None:
        # An audit hook cannot be taken off again.
        if watching and (
            event.startswith(("socket.", "urllib."))
            or (event == "open" and any(letter in str(arguments[1]) for letter in "wax+"))
        ):
            seen.append(f"{event} {arguments}")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.chdir(tmp_path)
    head = '<base href="https://post.example/"><link rel="canonical" href="/news">'
    html = '<!DOCTYPE html SYSTEM "https://post.example/x.dtd">' + page(article_with(), head)
    sys.addaudithook(watch)
    extract(html, "https://post.example/")
    watching = False
    assert seen == []
    assert list(tmp_path.iterdir()) == []


def test_the_same_page_gives_the_same_article_again() -> None:
    html = page(article_with(), GRAPH)
    assert extract(html) == extract(html)
