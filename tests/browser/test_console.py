"""The console in a browser, as somebody sees it."""

import json
import statistics
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser.conftest import PagesOf
from playwright.sync_api import Page, expect
from running_console import RunningConsole, running_console
from running_pipeline import RunningPipeline
from town_wire import article, demonstration, many, rejection, town

from pipeline.embedded_broker import EmbeddedBroker
from pipeline.settings import Settings
from schemas import (
    Change,
    Duplicate,
    EnrichedArticle,
    Evidence,
    RawArticle,
    VersionReference,
    Withdrawal,
)
from schemas.verdicts import Passage

pytestmark = [pytest.mark.browser, pytest.mark.kafka]

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / ".cache" / "pictures"
PAGES = ("/", "/story/{story}", "/rejected", "/pipeline")


def kill(article: EnrichedArticle, *copies: str, reason: str = "KILL: wrong") -> Withdrawal:
    return Withdrawal(
        article_id=article.article_id,
        source=article.source,
        version="9",
        status="canceled",
        reason=reason,
        story_id=article.story_id,
        affected=(article.article_id, *copies),
        headline="",
    )


def correction(of: EnrichedArticle, headline: str, **fields: object) -> EnrichedArticle:
    return of.model_copy(
        update={
            "headline": headline,
            "version": "2",
            "relation": "correction",
            "previous": VersionReference(article_id=of.article_id, version=of.version),
            "changes": (Change(kind="headline", before=of.headline, after=headline),),
            "entities": (),
            **fields,
        }
    )


def copy_of(of: EnrichedArticle, headline: str = "The same") -> Duplicate:
    return Duplicate(
        article_id=f"copy-of-{of.article_id}",
        source="Copyist",
        version="1",
        duplicate_of=of.article_id,
        story_id=of.story_id,
        kind="near",
        similarity=0.97,
        evidence=Evidence(
            compared_with=VersionReference(article_id="b", version="1"),
            containment=0.97,
            shared_passages=(
                Passage(text="Both say this.", start=0, end=14, there_start=0, there_end=14),
            ),
        ),
        headline=headline,
        embargo_until=of.embargo_until,
    )


@pytest.fixture
def filled(shared_console: RunningConsole) -> tuple[RunningConsole, str]:
    """A console with the demonstration up to its correction, and the id of its story."""
    records = demonstration()
    original = records[0]
    assert isinstance(original, EnrichedArticle)
    if not shared_console.ask("/api/rejected"):
        shared_console.publish(*records[:4], *town(), records[5])
        shared_console.publish(rejection(b"\xff\x00\x1b[31m<b>no</b>"))
        while len(shared_console.ask("/api/rejected")) < 2:
            time.sleep(0.05)
    return shared_console, original.story_id


def headlines(page: Page) -> list[str]:
    texts: list[str] = page.locator(".row h2").all_inner_texts()
    return texts


# --- the stream ----------------------------------------------------------------------------------


def test_what_is_published_appears_within_a_second(
    console: RunningConsole, open_page: PagesOf
) -> None:
    page = open_page(console.url)
    console.publish(article("The first, which warms all up"))
    expect(page.locator(".row")).to_have_count(1)
    taken = []
    for number in range(5):
        console.publish(article(f"Number {number}"))
        begun = time.monotonic()
        page.get_by_text(f"Number {number}", exact=True).wait_for()
        taken.append(time.monotonic() - begun)
    assert statistics.median(taken) < 1.0


def test_names_are_marked_by_their_type(
    filled: tuple[RunningConsole, str], open_page: PagesOf
) -> None:
    console, _ = filled
    page = open_page(console.url)
    row = page.locator(".row", has_text="Ferries to resume")
    expect(row.locator("h2 .ORG")).to_have_text("Port Authority")
    assert row.locator(".lead .PLACE").all_inner_texts() == ["Port Hale", "Hale Bay"]
    expect(row.locator(".lead .OTHER")).to_have_attribute("title", "Other: Tall Ships’ Week")


def test_a_new_version_takes_the_place_of_the_old_one(
    console: RunningConsole, open_page: PagesOf
) -> None:
    page = open_page(console.url)
    first = article("Two ships lost")
    console.publish(first, correction(first, "Three ships lost"))
    expect(page.locator(".row")).to_have_count(2)
    expect(page.locator(".row").nth(0)).to_contain_text("correction")
    expect(page.locator(".row").nth(1)).to_have_class("row article superseded")


def test_who_reads_is_left_alone_until_the_newest_is_asked_for(
    console: RunningConsole, open_page: PagesOf
) -> None:
    console.publish_many(many(40))
    page = open_page(console.url)
    page.locator(".row").nth(20).scroll_into_view_if_needed()
    console.publish(article("Comes while somebody reads"))
    newer = page.get_by_role("button", name="1 newer")
    newer.wait_for()
    assert page.get_by_text("Comes while").count() == 0
    newer.click()
    expect(page.locator(".row").first).to_contain_text("Comes while")


# --- filters -------------------------------------------------------------------------------------


def test_a_filter_shows_what_it_matches_now_and_later(
    console: RunningConsole, open_page: PagesOf
) -> None:
    console.publish(article("Port Hale floods"), article("Elsewhere it is dry"))
    page = open_page(console.url)
    expect(page.locator(".row")).to_have_count(2)
    page.get_by_label("Filter").fill('entity:"Port Hale"')
    page.keyboard.press("Enter")
    expect(page.locator(".row")).to_have_count(1)
    console.publish(article("Still dry"), article("Port Hale dries"))
    expect(page.locator(".row")).to_have_count(2)
    assert headlines(page) == ["Port Hale dries", "Port Hale floods"]
    assert "where=entity" in page.url
    page.reload()
    expect(page.locator(".row")).to_have_count(2)
    page.go_back()
    expect(page.locator(".row")).to_have_count(4)


def test_a_filter_that_does_not_parse_is_told_at_its_place(
    console: RunningConsole, open_page: PagesOf
) -> None:
    page = open_page(console.url)
    where = page.get_by_label("Filter")
    where.fill("𝔸 and colour:red")
    page.keyboard.press("Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("No such field: colour")
    expect(alert.locator("mark")).to_have_text("colour")
    expect(where).to_have_attribute("aria-invalid", "true")
    selected = "element => element.value.slice(element.selectionStart, element.selectionEnd)"
    assert where.evaluate(selected) == "colour"


def test_a_correction_and_a_kill_reach_whoever_was_shown_the_article_whatever_the_filter(
    console: RunningConsole, open_page: PagesOf
) -> None:
    first = article("Port Hale floods")
    console.publish(first)
    page = open_page(f"{console.url}/?where=floods")
    expect(page.locator(".row")).to_have_count(1)
    console.publish(correction(first, "It does not"))
    expect(page.locator(".row")).to_have_count(2)
    console.publish(kill(first))
    expect(page.locator(".row.withdrawn")).to_have_count(2)
    assert "flood" not in page.locator("#rows").inner_text()


def test_a_kill_of_what_was_not_shown_is_not_shown(
    console: RunningConsole, open_page: PagesOf
) -> None:
    shown, other = article("Port Hale floods"), article("Elsewhere")
    console.publish(shown, other)
    page = open_page(f"{console.url}/?where=floods")
    expect(page.locator(".row")).to_have_count(1)
    console.publish(kill(other), article("More floods"))
    expect(page.locator(".row").first).to_contain_text("More floods")
    expect(page.locator(".row")).to_have_count(2)


# --- withdrawals and embargoes -------------------------------------------------------------------


def test_what_is_killed_goes_at_once_with_its_copies(
    console: RunningConsole, open_page: PagesOf
) -> None:
    first = article("Harbour master resigns", "He does not say why.")
    duplicate = copy_of(first, "Harbour chief quits")
    console.publish(first, duplicate)
    stream, story = open_page(console.url), open_page(f"{console.url}/story/{first.story_id}")
    expect(stream.locator(".row")).to_have_count(2)
    expect(story.get_by_role("heading", level=1)).to_have_text("Harbour master resigns")
    console.publish(kill(first, duplicate.article_id, reason="KILL: he did not"))
    expect(stream.locator(".row.withdrawn")).to_have_count(2)
    expect(stream.locator(".row.withdrawal")).to_contain_text("KILL: he did not")
    expect(story.get_by_role("heading", level=1)).to_have_text("Withdrawn")
    later = open_page(console.url)
    expect(later.locator(".row")).to_have_count(3)
    for page in (stream, story, later):
        text = page.locator("main").inner_text() + page.title()
        assert not {"resigns", "quits", "say why"} & {
            word for word in ("resigns", "quits", "say why") if word in text
        }


def test_a_hold_ends_with_a_later_version(console: RunningConsole, open_page: PagesOf) -> None:
    first = article("Harbour closes")
    hold = kill(first).model_copy(update={"status": "withheld", "reason": "HOLD"})
    console.publish(first)
    time.sleep(0.01)
    console.publish(hold)
    time.sleep(0.01)
    console.publish(correction(first, "Harbour stays open"))
    page = open_page(console.url)
    expect(page.locator(".row")).to_have_count(3)
    expect(page.locator(".row").first).to_contain_text("Harbour stays open")
    assert "Harbour closes" not in page.locator("main").inner_text()


def test_an_embargoed_article_is_held_back_until_its_time(
    console: RunningConsole, open_page: PagesOf
) -> None:
    until = datetime.now(UTC) + timedelta(seconds=15)
    embargoed = article("The prize goes to", embargo_until=until)
    console.publish(embargoed, copy_of(embargoed, "Leaked"), article("Something else"))
    page = open_page(console.url)
    expect(page.locator(".row")).to_have_count(1)
    assert page.get_by_text("The prize").count() == 0
    expect(page.locator(".row")).to_have_count(3, timeout=30_000)
    assert datetime.now(UTC) >= until


# --- the story -----------------------------------------------------------------------------------


def test_a_story_tells_its_versions_what_changed_its_copies_and_why(
    filled: tuple[RunningConsole, str], open_page: PagesOf
) -> None:
    console, story_id = filled
    page = open_page(f"{console.url}/story/{story_id}")
    versions = page.locator(".version")
    expect(versions).to_have_count(3)
    expect(versions.nth(0)).to_contain_text("correction")
    assert versions.nth(0).locator("del").all_inner_texts() == ["29"]
    assert versions.nth(0).locator("ins").all_inner_texts()[1:] == ["30"]
    copy = page.locator(".copy")
    expect(copy).to_contain_text("Example Daily")
    expect(copy).to_contain_text("of the shorter text in the longer")
    copy.locator("summary").click()
    expect(copy.locator("blockquote").first).to_contain_text("Rustam Asildarov")
    aside = page.get_by_role("complementary")
    expect(aside).to_contain_text("BNO News")
    expect(aside.locator(".PERSON").first).to_have_text("Rustam Asildarov")


def test_a_row_leads_to_its_story_and_a_name_to_the_filtered_stream(
    filled: tuple[RunningConsole, str], open_page: PagesOf
) -> None:
    console, _ = filled
    page = open_page(console.url)
    page.get_by_role("link", name="Ferries to resume").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ferries to resume")
    page.get_by_role("complementary").get_by_role("link", name="Hale Bay").click()
    expect(page.get_by_label("Filter")).to_have_value('entity:"Hale Bay"')
    expect(page.locator(".row")).to_have_count(1)


# --- rejected and pipeline -----------------------------------------------------------------------


def test_rejected_inputs_are_told_with_reason_and_harmless_bytes(
    filled: tuple[RunningConsole, str], open_page: PagesOf
) -> None:
    console, _ = filled
    page = open_page(f"{console.url}/rejected")
    first = page.locator(".rejection").first
    expect(first).to_contain_text("Not JSON")
    expect(first).to_contain_text("news.raw/0/7")
    first.locator("summary").click()
    expect(first.locator("pre")).to_have_text(r"\xff\x00\x1b[31m<b>no</b>")


def test_a_rejection_appears_while_somebody_looks(
    console: RunningConsole, open_page: PagesOf
) -> None:
    page = open_page(f"{console.url}/rejected")
    expect(page.get_by_text("Nothing was rejected.")).to_be_visible()
    console.publish(rejection(b"{", detail="Not JSON: it ends."))
    expect(page.get_by_role("heading", name="Not JSON: it ends.")).to_be_visible()


def test_the_pipeline_page_tells_rate_lag_and_latency(
    filled: tuple[RunningConsole, str], open_page: PagesOf
) -> None:
    console, _ = filled
    page = open_page(f"{console.url}/pipeline")
    for stage in ("clean", "tag", "relate"):
        row = page.locator("#stages tr", has=page.get_by_role("rowheader", name=stage))
        expect(row.locator("td").nth(1)).to_have_text("0")
    enriched = page.locator("#topics tr", has_text="news.enriched")
    expect(enriched.locator("td").last).to_have_text("6")


def test_a_newer_schema_is_shown_as_far_as_it_goes_and_counted_where_it_does_not(
    console: RunningConsole, open_page: PagesOf
) -> None:
    newer = article("Of tomorrow").model_dump(mode="json") | {"schema_version": "2", "mood": "glad"}
    without = {name: value for name, value in newer.items() if name != "headline"}
    for record in (newer, without):
        console.publish_bytes("news.enriched", json.dumps(record).encode())
    console.publish(article("Of today"))
    page = open_page(console.url)
    expect(page.locator(".row")).to_have_count(2)
    assert sorted(headlines(page)) == ["Of today", "Of tomorrow"]
    page.keyboard.press("3")
    expect(page.get_by_text("1 message could not be read")).to_be_visible()


# --- whoever was away ----------------------------------------------------------------------------


def test_the_stream_goes_on_where_it_stopped_when_the_server_comes_back(
    console: RunningConsole, open_page: PagesOf
) -> None:
    console.publish(*(article(f"Before {number}") for number in range(3)))
    page = open_page(console.url, may_lose_server=True)
    expect(page.locator(".row")).to_have_count(3)
    page.evaluate("document.querySelector('.row').dataset.mine = 'kept'")
    console.stop()
    console.publish(*(article(f"Meanwhile {number}") for number in range(3)))
    console.start()
    expect(page.locator(".row")).to_have_count(6, timeout=15_000)
    console.publish(article("After"))
    expect(page.locator(".row")).to_have_count(7)
    assert sorted(headlines(page)) == sorted(
        ["After", *(f"{when} {number}" for when in ("Before", "Meanwhile") for number in range(3))]
    )
    # Nothing was drawn anew: the rows are those that were there.
    expect(page.locator("[data-mine=kept]")).to_have_count(1)
    expect(page.locator("#state")).to_have_text("live")


def test_a_broker_that_is_away_is_told(tmp_path: Path, open_page: PagesOf) -> None:
    with EmbeddedBroker() as broker:
        settings = Settings().on_embedded_broker(broker.address)
        with running_console(settings, tmp_path / "log") as console:
            console.publish(article("Before"))
            page = open_page(console.url)
            expect(page.locator("#state")).to_have_text("live")
            broker.stop()
            expect(page.locator("#state")).to_have_text("no broker", timeout=15_000)
            page.goto(f"{console.url}/pipeline")
            expect(page.locator("#away")).to_contain_text("has not answered since")


def test_the_server_stops_at_once_though_somebody_follows(
    console: RunningConsole, open_page: PagesOf
) -> None:
    page = open_page(console.url, may_lose_server=True)
    expect(page.locator("#state")).to_have_text("live")
    begun = time.monotonic()
    console.stop()
    assert time.monotonic() - begun < 8


def test_articles_go_on_appearing_when_a_worker_was_killed_and_another_started(
    embedded: Settings, console: RunningConsole, open_page: PagesOf, tmp_path: Path
) -> None:
    page = open_page(console.url)
    with RunningPipeline(embedded, tmp_path / "worker.log") as running:
        running.feed([RawArticle(source="Wire", headline="Before", content="The quay is dry.")])
        expect(page.get_by_text("Before", exact=True)).to_be_visible(timeout=60_000)
        running.workers[0].stop(grace=0)
        running.feed([RawArticle(source="Wire", headline="After", content="Rain is expected.")])
        running.start_worker()
        expect(page.get_by_text("After", exact=True)).to_be_visible(timeout=60_000)
        expect(page.locator(".row")).to_have_count(2)


# --- harmless ------------------------------------------------------------------------------------


def test_markup_and_controls_in_an_article_are_text(
    console: RunningConsole, open_page: PagesOf
) -> None:
    script = "<script>alert(1)</script>"
    turned = "\u202eevil\u202c \u2066right\u2069 \x1b[31mred\u200f"
    hostile = article(
        script, f"<img src=x onerror=alert(2)> {turned}", source=f"<b>{turned}</b>",
        byline=(script,), usage_terms=script, url="javascript:alert(3)",
    )  # fmt: skip
    console.publish(hostile, copy_of(hostile, turned), correction(hostile, turned + script))
    console.publish(rejection(script.encode() + turned.encode(), detail=script + turned))
    stream = open_page(console.url)
    expect(stream.locator(".row")).to_have_count(3)
    story = open_page(f"{console.url}/story/{hostile.story_id}")
    expect(story.locator(".version")).to_have_count(2)
    rejections = open_page(f"{console.url}/rejected")
    expect(rejections.locator(".rejection")).to_have_count(1)
    rejections.locator("summary").click()
    for page in (stream, story, rejections):
        expect(page.locator("main")).to_contain_text(script)
        assert page.locator("main script, main img, main b, a[href^=javascript]").count() == 0
        text = page.locator("main").inner_text() + page.title()
        assert not set("\u202e\u202c\u2066\u2069\u200f\x1b") & set(text)


def test_every_answer_has_the_headers_that_keep_a_browser_safe(
    filled: tuple[RunningConsole, str], open_page: PagesOf
) -> None:
    console, story_id = filled
    page = open_page(console.url)
    for path in (*PAGES, "/assets/stream.js", "/api/rejected", "/nothing-there"):
        answer = page.request.get(console.url + path.format(story=story_id))
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["referrer-policy"] == "no-referrer"


def test_a_page_from_elsewhere_cannot_read_along_under_a_name_of_its_own(
    filled: tuple[RunningConsole, str], open_page: PagesOf
) -> None:
    console, _ = filled
    page = open_page(console.url)
    answer = page.request.get(f"{console.url}/api/rejected", headers={"Host": "rebound.example"})
    assert answer.status == 400


# --- for everybody -------------------------------------------------------------------------------


def test_all_of_it_is_done_by_keyboard_alone(
    filled: tuple[RunningConsole, str], open_page: PagesOf
) -> None:
    console, _ = filled
    page = open_page(console.url)
    expect(page.locator(".row")).to_have_count(7)
    press = page.keyboard.press
    press("/")
    page.keyboard.type("reservoir")
    press("Enter")
    expect(page.locator(".row")).to_have_count(1)
    press("Escape")
    press("j")
    press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lake Orrin reservoir")
    page.go_back()
    expect(page.get_by_role("link", name="Lake Orrin reservoir")).to_be_focused()
    press("2")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rejected")
    expect(page.locator(".rejection")).to_have_count(2)
    press("j")
    press("Enter")
    expect(page.locator(".rejection pre").first).to_be_visible()
    press("3")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pipeline")
    expect(page.locator("#state")).to_have_text("live")
    press("1")
    expect(page.locator(".row")).to_have_count(7)
    press("c")
    expect(page.locator(".row")).to_have_count(6)
    press("p")
    expect(page.get_by_role("button", name="Go on")).to_be_visible()
    press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_whatever_can_be_clicked_is_reached_with_the_tabulator(
    filled: tuple[RunningConsole, str], open_page: PagesOf
) -> None:
    console, story_id = filled
    for path in PAGES:
        page = open_page(console.url + path.format(story=story_id))
        expect(page.locator("#state")).to_have_text("live")
        page.wait_for_timeout(300)
        wanted = page.locator(
            "main :is(a, button, input, summary):not([tabindex='-1']):visible"
        ).count()
        reached = set()
        for _ in range(wanted + 20):
            page.keyboard.press("Tab")
            reached.add(
                page.evaluate(
                    """() => document.activeElement.closest('main')
                    && [...document.querySelectorAll('*')].indexOf(document.activeElement)"""
                )
            )
        assert len(reached - {None, False}) >= wanted, path


def test_single_keys_can_be_turned_off(
    filled: tuple[RunningConsole, str], open_page: PagesOf
) -> None:
    console, _ = filled
    page = open_page(console.url)
    page.get_by_role("button", name="Keys").click()
    page.get_by_label("Single keys do this").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    page.wait_for_timeout(200)
    assert page.url == f"{console.url}/"


def test_nothing_scrolls_sideways_on_a_phone(console: RunningConsole, open_page: PagesOf) -> None:
    long = article("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamten" * 3,
                   "x" * 900, source="W" * 80)  # fmt: skip
    console.publish(*demonstration()[:4], *town(), long, copy_of(long, "y" * 300))
    console.publish(kill(long.model_copy(update={"article_id": "other"}), reason="z" * 300))
    console.publish(rejection(b"v" * 3000, detail="w" * 300))
    stories = (
        long.story_id,
        *(r.story_id for r in demonstration()[:1] if isinstance(r, EnrichedArticle)),
    )
    for path in ("/", "/rejected", "/pipeline", *(f"/story/{story}" for story in stories)):
        page = open_page(console.url + path, width=360, height=740, has_touch=True)
        expect(page.locator("#state")).to_have_text("live")
        page.wait_for_timeout(300)
        wide = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert wide[0] <= wide[1], path
        assert wide[1] == 360


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_that_bars_anybody(
    path: str, scheme: str, filled: tuple[RunningConsole, str], open_page: PagesOf
) -> None:
    console, story_id = filled
    page = open_page(
        console.url + path.format(story=story_id), color_scheme=scheme, bypass_csp=True
    )
    expect(page.locator("#state")).to_have_text("live")
    page.wait_for_timeout(500)  # until the rows have come to rest
    for summary in page.locator("summary").all():
        summary.click()
    page.wait_for_timeout(300)
    violations = Axe().run(page).response["violations"]
    found = [
        (each["id"], each["impact"], [node["html"][:200] for node in each["nodes"][:3]])
        for each in violations
        if each["impact"] in ("moderate", "serious", "critical")
    ]
    assert found == []


# --- for ever ------------------------------------------------------------------------------------


@pytest.mark.timeout(900)
def test_ten_thousand_articles_stream_through_without_growing_memory(
    console: RunningConsole, open_page: PagesOf
) -> None:
    page = open_page(console.url)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")

    def settled(last: int) -> tuple[float, float, int]:
        page.get_by_text(f"Bulletin {last} of", exact=False).wait_for(timeout=120_000)
        page.wait_for_timeout(500)
        session.send("HeapProfiler.collectGarbage")
        metrics = {each["name"]: each["value"] for each in
                   session.send("Performance.getMetrics")["metrics"]}  # fmt: skip
        return metrics["JSHeapUsedSize"], metrics["Nodes"], console.resident_bytes()

    # Until the server's window is full, it may grow.
    console.publish_many(many(6_000))
    heap, nodes, resident = settled(5_999)
    console.publish_many(many(10_000, start=6_000))
    later_heap, later_nodes, later_resident = settled(15_999)
    assert page.locator(".row").count() == 200
    assert later_heap < heap * 1.2 + 1_000_000
    assert later_nodes < nodes * 1.2
    assert later_resident < resident * 1.1


# --- pictures ------------------------------------------------------------------------------------


def test_pictures_are_taken(filled: tuple[RunningConsole, str], open_page: PagesOf) -> None:
    """Stream, story, rejected, pipeline, narrow and dark, to be looked at."""
    console, story_id = filled
    PICTURES.mkdir(parents=True, exist_ok=True)
    for name, path, width, height, scheme in (
        ("stream", "/", 1280, 900, "light"),
        ("stream-dark", "/", 1280, 900, "dark"),
        ("stream-narrow", "/", 360, 740, "light"),
        ("story", "/story/{story}", 1280, 900, "light"),
        ("story-dark", "/story/{story}", 1280, 900, "dark"),
        ("story-narrow", "/story/{story}", 360, 740, "dark"),
        ("rejected", "/rejected", 1280, 900, "light"),
        ("pipeline", "/pipeline", 1280, 900, "dark"),
    ):
        page = open_page(
            console.url + path.format(story=story_id), width, height,
            color_scheme=scheme, has_touch=width < 500,
        )  # fmt: skip
        expect(page.locator("#state")).to_have_text("live")
        page.wait_for_timeout(600)
        for summary in page.locator(".rejection summary").all():
            summary.click()
        page.screenshot(path=PICTURES / f"{name}.png")
    assert len(list(PICTURES.glob("*.png"))) >= 8
