from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from articles import STORM, tagged

from pipeline.article_index.entry import Verdict
from pipeline.article_index.index import ArticleIndex
from pipeline.stages.relating import relate
from schemas import (
    Change,
    Copy,
    EnrichedArticle,
    Placement,
    Recall,
    TaggedArticle,
    VersionReference,
)


class Wire:
    """An index, and the articles that were judged, in short."""

    def __init__(self, window: timedelta = timedelta(days=7), least_articles: int = 0) -> None:
        self.entries: dict[str, bytes] = {}
        self.texts: dict[str, bytes] = {}
        self.index = ArticleIndex(self.entries, self.texts, window, least_articles=least_articles)

    def judge(self, content: str = STORM, **fields: Any) -> Verdict:
        return self.index.judge(tagged(content, **fields))

    def placed(self, content: str = STORM, **fields: Any) -> Placement:
        verdict = self.judge(content, **fields)
        assert isinstance(verdict, Placement)
        return verdict

    def copied(self, content: str = STORM, **fields: Any) -> Copy:
        verdict = self.judge(content, **fields)
        assert isinstance(verdict, Copy)
        return verdict

    def recalled(self, content: str = STORM, **fields: Any) -> Recall:
        verdict = self.judge(content, **fields)
        assert isinstance(verdict, Recall)
        return verdict


@pytest.fixture
def wire() -> Wire:
    return Wire()


def article_id(**fields: Any) -> str:
    return tagged(**fields).article_id


SHORTER = "\n\n".join(STORM.split("\n\n")[:2])
UPDATED = STORM.replace("Two people were slightly hurt", "Three people were slightly hurt")


def test_the_first_article_is_an_original(wire: Wire) -> None:
    placed = wire.placed(source="A")
    assert (placed.relation, placed.previous, placed.novelty) == ("original", None, 1)
    assert placed.sources == ("A",)


def test_the_same_text_of_another_wire_is_an_exact_copy(wire: Wire) -> None:
    original = wire.placed(source="A", source_id="1")
    copy = wire.copied(STORM.upper(), source="B", source_id="1")
    assert (copy.kind, copy.similarity, copy.story_id) == ("exact", 1, original.story_id)
    assert copy.duplicate_of == article_id(source="A", source_id="1")


def test_the_same_text_of_the_same_wire_is_a_repeat(wire: Wire) -> None:
    wire.placed(source_id="1")
    assert wire.copied(source_id="2").kind == "repeat"


def test_a_text_with_other_words_here_and_there_is_a_near_copy(wire: Wire) -> None:
    wire.placed(source="A")
    assert wire.copied(STORM.replace("slightly", "lightly"), source="B").kind == "near"


def test_a_text_cut_short_is_abridged(wire: Wire) -> None:
    wire.placed(source="A")
    assert wire.copied(SHORTER, source="B").kind == "abridged"


def test_a_copy_of_a_copy_names_the_original(wire: Wire) -> None:
    wire.placed(source="A", source_id="1")
    wire.copied(SHORTER, source="B")
    copy = wire.copied(SHORTER + "\n", source="C")
    assert copy.duplicate_of == article_id(source="A", source_id="1")


NOON, ONE = (datetime(2026, 1, 3, hour, tzinfo=UTC) for hour in (12, 13))


@pytest.mark.parametrize(
    ("original", "copy", "held_until"),
    [
        (NOON, None, NOON),
        (None, NOON, NOON),
        (NOON, ONE, ONE),
        (ONE, NOON, ONE),
        (None, None, None),
    ],
)
def test_a_copy_is_under_embargo_as_long_as_it_and_its_original_are(
    wire: Wire, original: datetime | None, copy: datetime | None, held_until: datetime | None
) -> None:
    wire.placed(source="A", embargo_until=original)
    assert wire.copied(source="B", embargo_until=copy).embargo_until == held_until
    assert wire.copied(STORM.upper(), source="C").embargo_until == original


def test_a_copy_of_what_is_under_embargo_no_more_is_not_either(wire: Wire) -> None:
    wire.placed(source="A", source_id="1", version="1", embargo_until=NOON)
    wire.placed(source="A", source_id="1", version="2")
    assert wire.copied(source="B").embargo_until is None


def test_an_update_by_another_source_is_under_embargo_as_long_as_what_it_follows(
    wire: Wire,
) -> None:
    wire.placed(source="A", embargo_until=NOON)
    update = wire.placed(UPDATED, source="B", source_id="1")
    assert (update.relation, update.embargo_until) == ("update", NOON)
    assert update.changes
    more = UPDATED.replace("300 residents", "500 residents")
    assert wire.placed(more, source="B", source_id="1").embargo_until == NOON
    most = more.replace("four ships", "nine ships")
    assert wire.placed(most, source="C", embargo_until=ONE).embargo_until == ONE


@pytest.mark.parametrize(("own", "held_until"), [(None, NOON), (ONE, ONE)])
def test_the_record_of_an_update_says_until_when_it_is_under_embargo(
    wire: Wire, own: datetime | None, held_until: datetime
) -> None:
    relate(tagged(source="A", embargo_until=NOON), wire.index)
    record = relate(tagged(UPDATED, source="B", embargo_until=own), wire.index)
    assert isinstance(record, EnrichedArticle)
    assert record.embargo_until == held_until
    assert relate(tagged(UPDATED, source="B", embargo_until=own), wire.index) == record


def test_a_new_version_of_a_copy_is_under_embargo_as_the_copy_is(wire: Wire) -> None:
    wire.placed(source="A", embargo_until=NOON)
    wire.copied(source="B", source_id="1", version="1")
    assert wire.placed(UPDATED, source="B", source_id="1", version="2").embargo_until == NOON


def test_a_provider_lifts_its_embargo_and_nothing_is_quoted_of_what_was_under_it(
    wire: Wire,
) -> None:
    wire.placed(source="A", source_id="1", embargo_until=NOON)
    lifted = wire.placed(UPDATED, source="A", source_id="1")
    assert (lifted.relation, lifted.embargo_until, lifted.changes) == ("update", None, ())
    follower = wire.placed(STORM.replace("four ships", "nine ships"), source="B")
    assert (follower.embargo_until, follower.changes) == (None, ())
    evidence = wire.copied(SHORTER, source="C").evidence
    assert (evidence.numbers_only_there, evidence.names_only_there) == ((), ())


def test_what_changed_is_told_once_the_embargo_is_over(wire: Wire) -> None:
    wire.placed(source="A", source_id="1", embargo_until=NOON)
    update = wire.placed(UPDATED, source="A", source_id="1", received_at=ONE)
    assert (update.embargo_until, len(update.changes)) == (None, 2)


def test_a_copy_shows_why(wire: Wire) -> None:
    wire.placed(source="A")
    evidence = wire.copied(SHORTER, source="B").evidence
    assert evidence.containment == 1
    (passage,) = evidence.shared_passages
    assert passage.text.startswith("The harbour of the old town stayed closed")
    body = tagged(SHORTER).body
    assert body[passage.start : passage.end] in tagged().body
    assert (passage.there_start, passage.there_end) == (passage.start, passage.end)
    assert evidence.numbers_only_there == ("300",)
    assert evidence.numbers_only_here == ()


def test_a_longer_text_that_says_more_is_published(wire: Wire) -> None:
    wire.placed(SHORTER, source="A")
    placed = wire.placed(STORM, source="B")
    assert placed.relation == "update"
    assert placed.sources == ("A",)  # B carries all of A's text


def test_a_copy_of_a_first_version_is_no_abridgement_of_a_longer_second_one(wire: Wire) -> None:
    wire.placed(source="A", source_id="1", version="1")
    longer = f"{STORM}\n\nIn 1987 there were 31 hurt, 12 boats lost and 840 homes without power."
    wire.placed(longer, source="A", source_id="1", version="2", embargo_until=NOON)
    copy = wire.copied(source="B")
    assert copy.kind == "exact"


def test_a_copy_with_a_number_of_its_own_is_published(wire: Wire) -> None:
    wire.placed(source="A")
    placed = wire.placed(STORM.replace("300 residents", "450 residents"), source="B")
    assert Change(kind="number", counts="residents", before="300", after="450") in placed.changes


def test_another_story_is_an_original(wire: Wire) -> None:
    first = wire.placed()
    other = wire.placed(
        "Bank raises rates\n\nThe central bank raised its key rate by a quarter of a point "
        "to 4.5 percent on Thursday and said that more would follow if prices kept rising."
    )
    assert (other.relation, other.story_id != first.story_id) == ("original", True)


def test_two_companies_briefs_from_one_template_are_two_stories(wire: Wire) -> None:
    brief = "{} sets dividend\n\nQtly div {} cts vs {} cts prior\nPay April {}\nRecord March {}"
    wire.placed(brief.format("Acme Corp", 12, 10, 15, 31))
    assert wire.placed(brief.format("Bolt Inc", 7, 6, 20, 1)).relation == "original"


def test_a_later_version_is_an_update_that_says_what_changed(wire: Wire) -> None:
    first = wire.placed(source_id="1", version=1)
    second = wire.placed(UPDATED, source_id="1", version=2)
    assert (second.relation, second.story_id) == ("update", first.story_id)
    assert second.previous == VersionReference(article_id=article_id(source_id="1"), version="1")
    assert [change.kind for change in second.changes] == ["number", "sentence"]
    assert 0 < second.novelty < 0.2


def test_a_version_marked_corrected_is_a_correction(wire: Wire) -> None:
    wire.placed(source_id="1", version=1)
    corrected = wire.placed("CORRECTED: " + UPDATED, source_id="1", version=2)
    assert corrected.relation == "correction"


def test_a_correction_of_another_item_finds_it_by_the_target_that_it_names(wire: Wire) -> None:
    wire.placed(source_id="1")
    corrected = wire.placed(
        "CORRECTED: Harbour is open\n\nThe harbour is open, contrary to what was reported.",
        source_id="2",
        target_id="1",
    )
    assert corrected.relation == "correction"
    assert corrected.previous is not None
    assert corrected.previous.article_id == article_id(source_id="1")


def test_a_marked_article_finds_its_base_by_its_text(wire: Wire) -> None:
    wire.placed(source_id="1")
    assert wire.placed("UPDATE 1-" + STORM, source_id="2").relation == "update"


def test_a_marked_article_without_its_base_is_an_original(wire: Wire) -> None:
    assert wire.placed("UPDATE 1-" + STORM).relation == "original"


def test_a_version_that_comes_after_a_later_one_follows_nothing(wire: Wire) -> None:
    second = wire.placed(UPDATED, source_id="1", version=2)
    first = wire.placed(source_id="1", version=1)
    assert (first.relation, first.previous, first.story_id) == ("original", None, second.story_id)


def test_a_version_follows_the_one_before_it_by_number(wire: Wire) -> None:
    for version in (2, 10):
        wire.placed(source_id="1", version=version)
    placed = wire.placed(source_id="1", version=9)
    assert placed.previous is not None
    assert placed.previous.version == "2"


@pytest.mark.parametrize(("status", "done"), [("canceled", "killed"), ("withheld", "put on hold")])
def test_a_withdrawal_names_every_article_of_the_story(wire: Wire, status: str, done: str) -> None:
    wire.placed(source="A", source_id="1", version=1)
    wire.copied(source="B", source_id="9")
    recall = wire.recalled(
        "", source="A", source_id="1", version=2, status=status, editorial_note=f"wrongly {done}"
    )
    assert (recall.status, recall.reason) == (status, f"wrongly {done}")
    assert recall.affected == (
        article_id(source="A", source_id="1"),
        article_id(source="B", source_id="9"),
    )


def test_a_kill_reaches_the_item_that_it_names(wire: Wire) -> None:
    wire.placed(source_id="1")
    recall = wire.recalled("KILL", source_id="2", status="canceled", target_id="1")
    assert recall.affected == (article_id(source_id="1"),)


def test_a_kill_with_the_version_of_what_it_kills_is_no_redelivery(wire: Wire) -> None:
    wire.placed(source_id="1", version=1)
    assert wire.recalled("", source_id="1", version=1, status="canceled").affected


@pytest.mark.parametrize(
    "said",
    [{"editorial_note": "KILL: libellous, withdrawn"}, {"slug": "BC-STORM KILL KILL KILL"}],
)
def test_a_kill_that_only_a_note_or_slug_tells_is_no_redelivery(
    wire: Wire, said: dict[str, str]
) -> None:
    wire.placed(source_id="1")
    assert wire.recalled(source_id="1", **said).affected
    wire.recalled(source="B", source_id="5")


def test_a_correction_that_only_a_note_tells_is_no_redelivery(wire: Wire) -> None:
    wire.placed(source_id="1")
    placed = wire.placed(source_id="1", editorial_note="Corrects the dateline")
    assert (placed.relation, placed.changes) == ("correction", ())


@pytest.mark.parametrize("later", [None, ONE])
def test_an_embargo_that_changes_without_a_new_version_holds_for_copies(
    wire: Wire, later: datetime | None
) -> None:
    wire.placed(source="A", source_id="1", embargo_until=NOON)
    wire.placed(source="A", source_id="1", embargo_until=later)
    assert wire.copied(source="B").embargo_until == later


def test_a_kill_of_an_unknown_article_affects_nothing(wire: Wire) -> None:
    recall = wire.recalled("", source_id="1", status="canceled")
    assert (recall.story_id, recall.affected) == (None, ())


def test_an_article_whose_kill_came_first_is_withdrawn(wire: Wire) -> None:
    wire.recalled("", source_id="1", status="canceled")
    assert wire.recalled(source_id="1").affected == (article_id(source_id="1"),)


def test_a_copy_that_comes_after_the_kill_is_withdrawn(wire: Wire) -> None:
    wire.placed(source="A", source_id="1")
    wire.recalled("", source="A", source_id="1", status="canceled")
    late = wire.recalled(source="B", source_id="9")
    assert (late.status, late.affected) == ("canceled", (article_id(source="B", source_id="9"),))


def test_a_version_that_comes_after_the_kill_is_withdrawn(wire: Wire) -> None:
    wire.placed(source_id="1", version=1)
    wire.recalled("", source_id="1", version=2, status="canceled")
    assert wire.recalled(UPDATED, source_id="1", version=3).status == "canceled"


def test_a_hold_ends_with_a_later_usable_version(wire: Wire) -> None:
    wire.placed(source="A", source_id="1", version=1)
    wire.recalled("", source="A", source_id="1", version=2, status="withheld")
    assert wire.recalled(source="B").status == "withheld"
    assert wire.placed(UPDATED, source="A", source_id="1", version=3).relation == "update"
    assert wire.copied(UPDATED, source="C").kind == "exact"


def test_kills_without_id_and_text_are_told_apart_by_what_they_name(wire: Wire) -> None:
    wire.placed(source_id="1")
    wire.placed("Bank\n\nThe central bank raised its key rate to 4.5 percent.", source_id="2")
    for target in ("1", "2"):
        recall = wire.recalled("", status="canceled", target_id=target)
        assert recall.affected == (article_id(source_id=target),)


def test_a_kill_that_came_before_the_item_that_it_names_reaches_it(wire: Wire) -> None:
    wire.recalled("KILL", source_id="9", status="canceled", target_id="1")
    assert wire.recalled(source_id="1").affected == (article_id(source_id="1"),)


def test_a_correction_of_its_own_follows_its_target_whatever_their_versions(wire: Wire) -> None:
    wire.placed(source_id="1", version=1)
    corrected = wire.placed("CORRECTED: " + UPDATED, source_id="2", version=1, target_id="1")
    assert corrected.relation == "correction"
    assert corrected.previous == VersionReference(article_id=article_id(source_id="1"), version="1")


def test_an_older_version_that_comes_late_does_not_end_a_hold(wire: Wire) -> None:
    wire.placed(source_id="1", version=3)
    wire.recalled("", source_id="1", version=4, status="withheld")
    assert wire.recalled(UPDATED, source_id="1", version=2).status == "withheld"
    assert wire.placed(UPDATED, source_id="1", version=5).relation == "update"


def test_a_second_hold_is_a_hold_again(wire: Wire) -> None:
    wire.placed(source_id="1", version=1)
    wire.recalled("", source_id="1", status="withheld", editorial_note="first")
    wire.placed(UPDATED, source_id="1", version=2)
    again = wire.recalled("", source_id="1", status="withheld", editorial_note="second")
    assert again.reason == "second"
    assert wire.recalled(UPDATED, source="B").status == "withheld"


def test_a_copiers_kill_reaches_its_copy_alone(wire: Wire) -> None:
    wire.placed(source="A", source_id="1", version=1)
    wire.copied(source="B", source_id="9")
    recall = wire.recalled("", source="B", source_id="9", status="canceled")
    assert recall.affected == (article_id(source="B", source_id="9"),)
    assert wire.placed(UPDATED, source="A", source_id="1", version=2).relation == "update"
    assert wire.recalled(UPDATED, source="B", source_id="9", version=2).status == "canceled"


def test_a_time_far_in_the_future_does_not_empty_the_memory(wire: Wire) -> None:
    wire.placed(source="A")
    wire.placed("Other\n\nAnother story.", received_at="9999-01-01T00:00:00Z")
    assert wire.copied(source="B", minutes=5).kind == "exact"


def test_a_version_of_thousands_of_digits_is_a_name(wire: Wire) -> None:
    wire.placed(source_id="1", version="9" * 5000)
    assert wire.placed(UPDATED, source_id="1", version="1").relation == "update"


def test_the_text_of_a_kill_is_no_text_of_the_story(wire: Wire) -> None:
    wire.placed(source_id="1")
    note = "Editors: kill the story on the harbour. It was sent in error. A new story follows soon."
    wire.recalled(f"Note\n\n{note}", source_id="2", status="canceled", target_id="1")
    assert wire.placed(f"Note\n\n{note}", source="B").relation == "original"


def test_asked_again_the_verdict_is_the_same(wire: Wire) -> None:
    first = wire.placed(source="A", source_id="1", version=1)
    copy = wire.copied(source="B")
    wire.placed(UPDATED, source="A", source_id="1", version=2)
    assert wire.judge(source="A", source_id="1", version=1) == first
    assert wire.judge(source="B") == copy


def test_a_redelivered_article_never_becomes_a_copy_of_its_copy(wire: Wire) -> None:
    wire.placed(source="A", source_id="1")
    wire.copied(source="B")
    assert isinstance(wire.judge(source="A", source_id="1"), Placement)


def filler(number: int, minutes: float) -> TaggedArticle:
    return tagged(f"Item {number}\n\nSomething {number}.", source_id=f"f{number}", minutes=minutes)


def test_what_is_older_than_the_window_is_no_original() -> None:
    wire = Wire(window=timedelta(hours=1))
    wire.placed(source="A")
    assert wire.placed(source="B", minutes=61).relation == "original"


def test_what_is_older_than_the_window_is_forgotten() -> None:
    wire = Wire(window=timedelta(hours=1))
    wire.placed(source="A")
    for number in range(30):
        wire.index.judge(filler(number, 61 + 10 * number))
    # Those of an hour by the clock, which is the median of the last nine and so 40 minutes behind.
    assert len(wire.index) == len(wire.entries) == len(wire.texts) == 6 + 4


def test_a_redelivery_later_than_the_window_gets_its_verdict_again() -> None:
    """In a replay at full speed, days of the articles pass while a worker is replaced."""
    wire = Wire(window=timedelta(hours=1), least_articles=40)
    wire.placed(source="A")
    copy = wire.copied(source="B")
    for number in range(38):
        wire.index.judge(filler(number, 61 + 10 * number))
    assert wire.judge(source="B") == copy
    assert wire.placed(source="C", minutes=500).relation == "original"


def test_no_more_articles_are_remembered_than_the_index_may_hold() -> None:
    entries: dict[str, bytes] = {}
    index = ArticleIndex(entries, {}, most_articles=12)
    for number in range(30):
        index.judge(tagged(f"Item {number}\n\nSomething {number}.", received_at=None))
    assert len(index) == len(entries) == 12


def test_a_text_whose_entry_was_forgotten_in_a_crash_is_forgotten_too() -> None:
    texts = {"0" * 32: b"text"}
    index = ArticleIndex({}, texts)
    index.judge(tagged())
    assert "0" * 32 not in texts


def test_an_article_from_the_future_is_published(wire: Wire) -> None:
    wire.placed(source="A")
    assert wire.placed(source="B", received_at="9999-01-01T00:00:00Z").relation == "original"


def test_bodies_of_three_words_are_one_under_one_headline(wire: Wire) -> None:
    brief = "{}\n\nDividend 5 cts."
    wire.placed(brief.format("Acme Corp sets its quarterly payout"), source="A")
    assert wire.copied(brief.format("Acme Corp sets its quarterly payout"), source="B")
    assert wire.placed(brief.format("Bolt Inc raises its yearly payment"), source="B")


def test_a_correction_of_a_correction_follows_it(wire: Wire) -> None:
    wire.placed(source_id="1", version=1)
    wire.placed("CORRECTED: " + UPDATED, source_id="1", version=2)
    again = wire.placed("CORRECTED: " + STORM, source_id="1", version=3)
    assert again.relation == "correction"
    assert again.previous == VersionReference(article_id=article_id(source_id="1"), version="2")


def test_advertising_in_a_short_copy_does_not_hide_it(wire: Wire) -> None:
    wire.placed(source="A")
    lead = SHORTER.split("\n\n")[1]
    advertised = (
        f"Harbour\n\nSign up for our newsletter and never miss a story.\n\n{lead}\n\n"
        "Follow us for the latest pictures and opinion.\n\nADVERTISEMENT"
    )
    assert wire.copied(advertised, source="B").kind == "abridged"


def test_what_is_left_of_a_copy_under_another_headline_is_found(wire: Wire) -> None:
    sale = (
        "Brindle Textiles Inc said its board approved the sale of Brindle Yarns to Oakhanger Mills "
        "for 12.5 mln dlrs in cash, subject to the consent of its banks."
    )
    original = wire.placed(sale, source="A", headline="Brindle sells a unit")
    left = " ".join(sale.split()[:20]).replace("Inc", "Ine")
    altered = f"5ign up here for 0ur briefing, delivered every weekday.\n\n{left}"
    found = wire.judge(altered, source="B", headline="Port of Mills to be closed")
    assert found.story_id == original.story_id


def test_the_same_report_of_another_town_with_another_figure_is_an_original(wire: Wire) -> None:
    headline = "Mills in {} pay the charge on cloth"
    report = (
        "Officials of the trade board in Oakhanger said all seven mills in {} have begun to pay "
        "the agreed charge of {} percent on cloth sent abroad. They spoke after talks with the "
        "owners of the mills about reports that some of them did not pay. The board and the Union "
        "of Weavers agreed on the charge of two kinds last December, three years after the four "
        "towns had left the five councils, which ended a long dispute over the prices of cloth. "
        "The board did not say who had been late, but the minister of trade, Ann Lorrimer, was "
        "pleased with what she had heard, and meant to see that the agreement was carried out."
    )
    wire.placed(report.format("Brindle", 15), source="A", headline=headline.format("Brindle"))
    other = wire.placed(
        report.format("Corvane", 39), source="B", headline=headline.format("Corvane")
    )
    assert other.relation == "original"


def test_wrong_times_of_the_first_articles_do_no_harm() -> None:
    wire = Wire(window=timedelta(hours=1))
    wire.judge("Other\n\nAnother story.", received_at="9999-01-01T00:00:00Z")
    wire.placed(source="A")
    assert wire.copied(source="B", minutes=5).kind == "exact"
    for number in range(30):
        wire.index.judge(filler(number, 60 + 10 * number))
    assert len(wire.index) == 6 + 4


def test_an_article_with_an_earlier_time_does_not_turn_the_clock_back() -> None:
    wire = Wire(window=timedelta(hours=1))
    wire.placed(source="A", minutes=60)
    wire.copied(source="B", minutes=-600)
    assert wire.copied(source="C", minutes=119).kind == "exact"


def test_an_article_without_any_time_is_remembered(wire: Wire) -> None:
    wire.judge(source="A", received_at=None)
    assert wire.copied(source="B", received_at=None).kind == "exact"


def test_the_agencys_own_item_that_comes_late_becomes_the_original(wire: Wire) -> None:
    dateline = "ANSE, Jan 1 (Agency) - "
    body = dateline + STORM.split("\n\n", 1)[1]
    carried = wire.placed(body, source="Daily", source_id="1", headline="Storm closes harbour")
    late = wire.placed(
        body, source="Agency", source_id="7", headline="Storm closes harbour", minutes=-30
    )
    assert (late.relation, late.story_id) == ("update", carried.story_id)
    assert late.replaces_original == article_id(source="Daily", source_id="1")
    copy = wire.copied(body, source="Courier", headline="Storm closes harbour", minutes=9)
    assert copy.duplicate_of == article_id(source="Agency", source_id="7")
    assert late.sources == ("Agency",)


def test_a_late_copy_of_another_wire_is_a_copy(wire: Wire) -> None:
    wire.placed(source="A", source_id="1")
    copy = wire.copied(source="B", minutes=-30)
    assert copy.duplicate_of == article_id(source="A", source_id="1")


def test_a_report_in_words_of_its_own_joins_the_sources(wire: Wire) -> None:
    wire.placed(source="A", source_id="1")
    own = "Divers found a crack in the wall of the port. Nobody can say how long repairs take."
    placed = wire.placed(f"CORRECTED: Port wall\n\n{own}", source="B", target_id=article_id(
        source="A", source_id="1"))  # fmt: skip
    assert placed.sources == ("A", "B")


def test_novelty_is_measured_against_the_whole_story(wire: Wire) -> None:
    wire.placed(source_id="1", version=1)
    wire.placed(SHORTER, source_id="1", version=2)
    assert wire.placed(source_id="1", version=3).novelty == 0


def test_two_articles_with_one_id_and_version_are_two_versions(wire: Wire) -> None:
    wire.placed(source_id="1", version=1)
    second = wire.placed(UPDATED, source_id="1", version=1)
    assert (second.relation, bool(second.changes)) == ("update", True)


def test_an_id_counts_within_its_source(wire: Wire) -> None:
    wire.placed(source="A", article_id="1")
    other = wire.placed(
        "Bank\n\nThe bank raised its rate to 4 percent.", source="B", article_id="1"
    )
    assert other.relation == "original"


def test_a_negation_is_no_copy(wire: Wire) -> None:
    wire.placed(source="A")
    denied = STORM.replace("Ferries to the islands will not run", "Ferries to the islands will run")
    assert wire.placed(denied, source="B").relation == "update"


def test_a_wire_that_sends_its_own_text_otherwise_worded_updates_it(wire: Wire) -> None:
    wire.placed(source_id="1")
    assert wire.placed(STORM.replace("slightly", "badly"), source_id="2").relation == "update"


def _day() -> list[TaggedArticle]:
    """Return articles of every kind, two of them out of the window of the others."""
    articles = [
        tagged(source="A", source_id="0", minutes=-10_000),
        tagged(SHORTER, source="B", minutes=-9_990),
    ]
    for number, text in enumerate((STORM, SHORTER, UPDATED, STORM.upper())):
        articles.append(tagged(text, source="A", source_id="1", version=number, minutes=number))
        articles.append(tagged(text, source=f"W{number}", minutes=number))
    articles.append(tagged("", source="A", source_id="1", version=9, status="withheld"))
    articles.append(tagged(STORM, source="Z"))
    articles.append(tagged(UPDATED, source="A", source_id="1", version=10))
    articles.append(tagged("", source="W0", target_id="1", status="canceled", editorial_note="x"))
    articles.append(tagged(SHORTER, source="Y"))
    return articles


@pytest.mark.parametrize("cut", range(len(_day()) + 1))
def test_an_index_made_anew_from_its_tables_goes_on_as_if_nothing_had_been(cut: int) -> None:
    undisturbed = Wire(window=timedelta(days=1))
    expected = [undisturbed.index.judge(article) for article in _day()]
    wire = Wire(window=timedelta(days=1))
    verdicts = [wire.index.judge(article) for article in _day()[:cut]]
    restarted = ArticleIndex(wire.entries, wire.texts, timedelta(days=1), least_articles=0)
    # The last two are delivered again, as after a crash; but for those that the third drove out.
    again = max(0, cut - 2) if cut < 3 else max(2, cut - 2)
    verdicts[again:] = [restarted.judge(article) for article in _day()[again:]]
    assert verdicts == expected
    assert (wire.entries, wire.texts) == (undisturbed.entries, undisturbed.texts)


class _Counting(dict[str, bytes]):
    reads = 0

    def __getitem__(self, key: str) -> bytes:
        self.reads += 1
        return super().__getitem__(key)


def test_of_an_article_with_hundreds_of_versions_only_some_are_looked_at() -> None:
    entries = _Counting()
    index = ArticleIndex(entries, {})
    reads = []
    for version in range(300):
        before = entries.reads
        index.judge(tagged(f"{STORM} Update {version}.", source_id="1", version=version))
        reads.append(entries.reads - before)
    assert max(reads[250:]) <= max(reads[100:150])


def test_a_kill_stays_however_many_copies_come_after_it(wire: Wire) -> None:
    wire.placed(source="A", source_id="1")
    wire.recalled("", source="A", source_id="2", target_id="1", status="canceled")
    for number in range(600):
        assert wire.recalled(source=f"W{number}").status == "canceled"


class CountingReads(dict[str, bytes]):
    """A table that knows how often it was read."""

    reads = 0

    def __getitem__(self, key: str) -> bytes:
        self.reads += 1
        return super().__getitem__(key)


def test_a_kill_costs_no_more_after_many_others_of_its_story() -> None:
    entries = CountingReads()
    index = ArticleIndex(entries, {})
    index.judge(tagged(source_id="1"))
    reads = []
    for number in range(20):
        entries.reads = 0
        kill = tagged("KILL", source_id=f"k{number}", status="canceled", target_id="1")
        verdict = index.judge(kill)
        assert isinstance(verdict, Recall)
        assert verdict.affected == (article_id(source_id="1"),)
        reads.append(entries.reads)
    assert reads[-1] == reads[1]
