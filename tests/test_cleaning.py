"""The cleaning stage: every field as a careful editor would fill it, and nothing lost."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from test_cleaning_rules import AFTER, BEFORE, HEADLINE, STORIES
from wire_conventions import CONVENTIONS, Convention

from pipeline.cleaning.html_extraction import extract
from pipeline.cleaning.rules import RULES
from pipeline.stages.cleaning import LONGEST_TEXT, MOST_LINES, clean
from pipeline.stages.unusable import Unusable
from schemas import CleanArticle, Dateline, RawArticle

GOLDEN = Path(__file__).parent / "golden" / "seed"


def cleaned(content: str, **fields: object) -> CleanArticle:
    """Clean an article of this content."""
    return clean(RawArticle.model_validate({"source": "test", "content": content, **fields}))


def test_the_seed_article_is_cleaned_as_a_careful_editor_would() -> None:
    content = (GOLDEN / "input.txt").read_text(encoding="utf-8")
    expected = json.loads((GOLDEN / "clean.json").read_text(encoding="utf-8"))
    article = cleaned(content, source="BNO News", source_id="asildarov")
    assert article.model_dump(mode="json") == expected


def test_the_body_of_the_seed_article_is_its_ten_paragraphs() -> None:
    content = (GOLDEN / "input.txt").read_text(encoding="utf-8")
    paragraphs = content.split("\n\n")[3:13]
    assert cleaned(content).body.split("\n\n") == paragraphs
    assert len(paragraphs) == 10


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda convention: convention.name)
def test_an_article_set_by_a_wires_own_conventions_is_cleaned(convention: Convention) -> None:
    article = cleaned(convention.content, headline=convention.given_headline)
    fields = (
        "headline", "body", "byline", "dateline", "credits", "copyright", "editorial_note", "slug",
    )  # fmt: skip
    assert {name: getattr(article, name) for name in fields} == {
        name: getattr(convention, name) for name in fields
    }


@pytest.mark.parametrize("convention", CONVENTIONS, ids=lambda convention: convention.name)
def test_an_article_set_by_a_wires_own_conventions_is_restored(convention: Convention) -> None:
    article = cleaned(convention.content, headline=convention.given_headline)
    assert article.restore() == convention.content


PIECES = st.one_of(
    st.sampled_from([rule.example for rule in RULES]),
    st.sampled_from(
        ["\n", "\n\n", "\r\n", "    ", "  ", " ", "\t", "\0", "\u00a0", "\u200b", "&amp;"]
    ),
    st.sampled_from([BEFORE, AFTER, HEADLINE, "cafÃ©", "Cafe\u0301", "harbor\u00ad\nmaster"]),
    st.text(max_size=40),
)


@given(
    content=st.lists(PIECES, max_size=25).map("".join), headline=st.none() | st.text(max_size=40)
)
@example(content="Title\n\nBy Jane Doe\0\n\nText", headline=None)
@example(content="\0\n\n\0", headline="Title")
def test_any_text_is_restored_to_the_character(content: str, headline: str | None) -> None:
    try:
        article = cleaned(content, headline=headline)
    except Unusable as unusable:
        assert unusable.reason == "no_text"  # noqa: PT017 - most examples raise nothing
        return
    assert article.restore() == content
    if headline and headline.strip() and article.headline:
        assert article.restore("headline") in (headline, article.headline)


@given(st.lists(PIECES, max_size=25).map("".join))
def test_every_edit_says_truly_what_stood_where(content: str) -> None:
    article = cleaned(content, headline=HEADLINE)
    for edit in (*article.removed, *article.edits):
        assert content[edit.start : edit.end] == edit.text or edit.field == "headline"
        assert article.body[edit.at : edit.at + len(edit.replacement)] == edit.replacement


@given(st.lists(PIECES, max_size=25).map("".join))
def test_a_body_has_no_blank_lines_but_between_paragraphs(content: str) -> None:
    body = cleaned(content, headline=HEADLINE).body
    assert body == body.strip()
    assert "\n\n\n" not in body


def test_an_editors_note_is_added_to_the_providers() -> None:
    article = cleaned(
        f"{BEFORE}\n\n(Adds quotes)\n\n{AFTER}", headline=HEADLINE, editorial_note="Hold"
    )
    assert article.editorial_note == "Hold\nAdds quotes"


def test_the_providers_byline_goes_before_the_one_in_the_text() -> None:
    article = cleaned(f"By Jane Doe\n\n{BEFORE}", headline=HEADLINE, byline="J. Doe")
    assert article.byline == ("J. Doe",)
    assert article.body == BEFORE


def test_a_wires_priority_letter_is_the_urgency() -> None:
    article = cleaned(f"u f BC-LUNDBY-PORT   03-01 0105\n{HEADLINE}\n    {BEFORE}")
    assert (article.urgency, article.slug) == (3, "BC-LUNDBY-PORT")


def test_the_providers_slug_and_urgency_go_before_the_wires() -> None:
    content = f"u f BC-LUNDBY-PORT   03-01 0105\n{HEADLINE}\n    {BEFORE}"
    article = cleaned(content, slug="port fire", urgency=5)
    assert (article.urgency, article.slug) == (5, "port fire")


def test_a_headline_repeated_in_the_text_is_taken_out_of_it() -> None:
    article = cleaned(f"{HEADLINE}.\n\n{BEFORE}", headline=HEADLINE)
    assert (article.headline, article.body) == (HEADLINE, BEFORE)


def test_a_first_line_that_the_next_continues_is_no_headline() -> None:
    article = cleaned("The port of Lundby reopened on Tuesday after a fire\nin two of its piers.")
    assert article.headline == ""
    assert (
        article.body == "The port of Lundby reopened on Tuesday after a fire in two of its piers."
    )


def test_a_first_paragraph_of_some_length_is_no_headline() -> None:
    story = (
        f"{BEFORE} It took the crews of eleven engines the whole night to put it out.\n\n{AFTER}"
    )
    article = cleaned(story)
    assert (article.headline, article.body) == ("", story)


def test_a_wires_headline_may_run_over_two_lines() -> None:
    article = cleaned(
        "u f BC-LUNDBY-PORT   03-01 0105\n"
        "PORT OF LUNDBY REOPENS AFTER FIRE THAT\nCLOSED TWO PIERS\n Reuter"
    )
    assert article.headline == "PORT OF LUNDBY REOPENS AFTER FIRE THAT CLOSED TWO PIERS"
    assert article.body == ""


def test_a_dateline_goes_with_the_first_paragraph_that_has_one() -> None:
    points = "* Two piers closed\n\n* Nobody hurt"
    article = cleaned(f"{points}\n\nLUNDBY, March 1 (Reuters) - {BEFORE}", headline=HEADLINE)
    assert article.dateline == Dateline(place="LUNDBY", date="March 1", agency="Reuters")


def test_a_second_dateline_stays() -> None:
    second = f"OSLO, March 1 (Reuters) - {AFTER}"
    article = cleaned(f"LUNDBY, March 1 (Reuters) - {BEFORE}\n\n{second}", headline=HEADLINE)
    assert article.body == f"{BEFORE}\n\n{second}"


def test_a_wrapped_line_of_a_paragraph_is_no_furniture() -> None:
    wrapped = (
        "The harbor master said each of the owners would get back what\nhe had paid for his or her"
        " berth, plus a compensation for each\nshare."
    )
    assert cleaned(f"{wrapped}\n Reuter", headline=HEADLINE).body == wrapped.replace("\n", " ")


def test_a_found_language_comes_with_its_score() -> None:
    article = cleaned(f"{BEFORE}\n\n{AFTER}", headline=HEADLINE)
    assert article.language == "en"
    assert article.language_score is not None
    assert article.language_score > 0.9


def test_rules_of_the_articles_own_language_are_applied() -> None:
    story = "\n\n".join(STORIES["de"])
    article = cleaned(f"Von Jana Muster\n\n{story}", headline="Hafen von Lundby wieder offen")
    assert (article.rules_language, article.byline, article.body) == ("de", ("Jana Muster",), story)


def test_an_article_in_a_language_without_rules_says_so_and_is_cleaned_by_those_for_all() -> None:
    story = (
        "Lundbyn satama avattiin uudelleen tiistaina tulipalon jälkeen, kertoi satamapäällikkö.\n\n"
        "Kukaan ei loukkaantunut, ja kolme laivaa siirrettiin varmuuden vuoksi ulkosatamaan."
    )
    content = f"LUNDBY (STT) — {story}\n\nBy Jane Doe\n\n© 2016 STT"
    article = cleaned(content, headline="Lundbyn satama avattiin")
    assert (article.language, article.rules_language) == ("fi", None)
    assert article.dateline == Dateline(place="LUNDBY", agency="STT")
    assert article.copyright is not None
    assert article.body == f"{story}\n\nBy Jane Doe"


def test_an_article_in_no_known_language_is_read_with_the_rules_of_most_wires() -> None:
    article = cleaned("NY COCOA 1000\n MAY7  1928 OFF 6\n Reuter", headline="0101")
    assert article.rules_language == "en"


def test_an_article_with_neither_headline_nor_body_is_unusable() -> None:
    with pytest.raises(Unusable) as raised:
        cleaned(" \0\n Reuter", headline=" ")
    assert raised.value.reason == "no_text"


def test_a_kill_needs_no_text() -> None:
    assert cleaned("", status="canceled").body == ""


def test_a_headline_alone_is_an_article() -> None:
    assert cleaned("", headline=HEADLINE).headline == HEADLINE


@pytest.mark.parametrize("content", ["a" * (LONGEST_TEXT + 1), "a\n" * (MOST_LINES + 1)])
def test_a_text_that_no_newsroom_would_call_an_article_is_too_large(content: str) -> None:
    with pytest.raises(Unusable) as raised:
        cleaned(content)
    assert raised.value.reason == "too_large"


PAGE = """<html lang="en"><head><title>Storm closes harbour | The Example</title>
<meta property="og:site_name" content="The Example">
<meta property="article:published_time" content="2026-01-02T03:04:05Z">
<link rel="canonical" href="https://example.org/storm">
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Storm closes harbour",
"author": {"name": "Wire Desk"}}</script></head><body><nav>Home News Sport</nav><article>
<h1>Storm closes harbour</h1>
<p>HARBOUR TOWN, Jan. 2 (AP) — The harbour of the old town stayed closed on Tuesday after a
storm tore four ships from their moorings, the port authority said in a statement.</p>
<p>Crews worked through the night to secure the vessels, and 300 residents of the quayside were
taken to schools on higher ground, where they will stay until the wind has eased.</p>
<p>Copyright 2026 The Example. All rights reserved.</p></article></body></html>"""


def test_a_page_is_cleaned_of_itself_and_then_like_any_text() -> None:
    article = cleaned(PAGE, content_type="text/html")
    assert article.headline == "Storm closes harbour"
    assert article.byline == ("Wire Desk",)
    assert article.dateline == Dateline(place="HARBOUR TOWN", date="Jan. 2", agency="AP")
    assert article.body.startswith("The harbour of the old town")
    assert article.body.endswith("until the wind has eased.")
    assert article.copyright is not None
    assert article.copyright.holder == "The Example"
    assert (article.url, article.publisher) == ("https://example.org/storm", "The Example")
    assert article.published_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_the_provider_is_believed_before_the_page() -> None:
    article = cleaned(
        PAGE,
        content_type="text/html",
        headline="Given",
        byline=["Given Name"],
        url="https://x.org/",
    )
    assert (article.headline, article.byline, article.url) == (
        "Given", ("Given Name",), "https://x.org/",
    )  # fmt: skip


def test_the_text_of_a_page_is_restored_to_the_character() -> None:
    article = cleaned(PAGE, content_type="text/html")
    assert article.restore() == extract(PAGE).text


def test_a_page_without_an_article_is_rejected_with_the_reason() -> None:
    with pytest.raises(Unusable, match="No article in the page"):
        cleaned("<script>only()</script>", content_type="text/html")


def test_an_empty_page_under_a_headline_is_an_article() -> None:
    assert cleaned(" ", content_type="text/html", headline="Headline").body == ""
