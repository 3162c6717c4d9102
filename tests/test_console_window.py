"""What the console keeps, and what of it may be shown."""

from typing import Any

import orjson
import pytest
from articles import EVIDENCE
from console_arrivals import Arrivals, after
from hypothesis import given
from hypothesis import strategies as st
from town_wire import article, many, rejection

from pipeline.console.arrival import KEPT_BYTES, Arrival
from pipeline.console.window import Position, Window
from schemas import Duplicate, EnrichedArticle, Rejection, Withdrawal

FAR = 10_000.0


@pytest.fixture
def arrivals() -> Arrivals:
    return Arrivals()


@pytest.fixture
def window() -> Window:
    return Window()


def rows(window: Window) -> list[dict[str, Any]]:
    return [orjson.loads(entry.row) for entry in window.since(window.news, 0)]


def withdrawal(of: EnrichedArticle, *copies: str, status: str = "canceled") -> Withdrawal:
    return Withdrawal.model_validate(
        {
            "article_id": of.article_id, "source": of.source, "version": "k", "status": status,
            "reason": "KILL", "story_id": of.story_id, "affected": (of.article_id, *copies),
            "headline": of.headline,
        }
    )  # fmt: skip


def copy_of(of: EnrichedArticle) -> Duplicate:
    return Duplicate(
        article_id="copy", source="Copyist", version="1", duplicate_of=of.article_id,
        story_id=of.story_id, kind="near", similarity=1.0, evidence=EVIDENCE,
        headline=of.headline, embargo_until=of.embargo_until,
    )  # fmt: skip


def test_a_kill_takes_the_words_of_an_article_and_its_copies(
    window: Window, arrivals: Arrivals
) -> None:
    first = article("Secret word", "Secret text")
    window.add(arrivals.all(first, copy_of(first), withdrawal(first, "copy")), after(FAR))
    shown = rows(window)
    assert [row["kind"] for row in shown] == ["article", "copy", "withdrawal"]
    assert b"Secret" not in orjson.dumps(shown)
    assert [entry.record for entry in window.story(first.story_id)][:2] == [None, None]


@given(st.permutations(range(4)))
def test_what_is_withdrawn_does_not_depend_on_the_order_of_arrival(order: list[int]) -> None:
    arrivals, window = Arrivals(), Window()
    first = article("First")
    later = first.model_copy(update={"headline": "Later", "version": "2"})
    made = [
        arrivals.of(record)
        for record in (first, copy_of(first), withdrawal(first, "copy", status="withheld"), later)
    ]
    for number in order:
        window.add([made[number]], after(FAR))
    kept = {
        entry.record.headline
        for entry in window.story(first.story_id)
        if isinstance(entry.record, EnrichedArticle | Duplicate)
    }
    assert kept == {"Later"}


def test_an_embargoed_article_and_its_copies_wait_for_their_time(
    window: Window, arrivals: Arrivals
) -> None:
    embargoed = article("Prize", embargo_until=after(100))
    window.add(arrivals.all(embargoed, copy_of(embargoed), article("Other")), after(10))
    assert [row["headline"] for row in rows(window)] == [[["Other"]]]
    assert not window.release(after(99))
    assert window.release(after(100))
    assert len(rows(window)) == 3


def test_an_article_that_was_killed_under_embargo_never_comes(
    window: Window, arrivals: Arrivals
) -> None:
    embargoed = article("Prize", embargo_until=after(100))
    window.add(arrivals.all(embargoed, withdrawal(embargoed)), after(10))
    window.release(after(100))
    assert [row["kind"] for row in rows(window)] == ["withdrawal"]


def test_a_rejected_input_under_embargo_waits_too(window: Window, arrivals: Arrivals) -> None:
    value = orjson.dumps({"headline": "Prize", "embargo_until": after(100)})
    window.add([arrivals.of(rejection(value))], after(10))
    assert window.since(window.rejected, 0) == []
    window.release(after(100))
    assert len(window.since(window.rejected, 0)) == 1


def test_what_is_redelivered_is_shown_once(window: Window, arrivals: Arrivals) -> None:
    arrival = arrivals.of(article("Once"))
    window.add([arrival, arrival], after(FAR))
    window.add([arrival], after(FAR))
    assert len(rows(window)) == 1


def test_the_window_is_bounded_by_count(arrivals: Arrivals) -> None:
    window = Window(most_news=10)
    window.add(map(arrivals.of, many(50)), after(FAR))
    assert len(rows(window)) == 10
    assert window.story(next(many(1)).story_id) == []


def test_the_window_is_bounded_by_bytes(arrivals: Arrivals) -> None:
    window = Window(most_bytes=50_000)
    window.add(map(arrivals.of, many(100)), after(FAR))
    assert sum(entry.size for entry in window.since(window.news, 0)) <= 50_000


def test_of_a_rejected_input_only_the_beginning_is_kept(window: Window, arrivals: Arrivals) -> None:
    window.add([arrivals.of(rejection(b"x" * 1_000_000))], after(FAR))
    (entry,) = window.since(window.rejected, 0)
    assert isinstance(entry.record, Rejection)
    assert len(entry.record.value) == KEPT_BYTES
    assert entry.arrival.whole_size == 1_000_000


# --- positions -----------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 2**62), min_size=4, max_size=4), st.integers(0, 2**50))
def test_a_position_is_read_as_it_was_written(offsets: list[int], at: int) -> None:
    position = Position(tuple(offsets), at)
    assert Position.of(str(position)) == position


@given(st.text())
def test_what_is_no_position_is_none(text: str) -> None:
    found = Position.of(text)
    assert found is None or str(found).replace(".", "").isdecimal()


@given(st.lists(st.sampled_from(["article", "copy", "embargoed"]), max_size=20), st.data())
def test_whoever_resumes_is_given_everything_once(kinds: list[str], data: st.DataObject) -> None:
    arrivals, window = Arrivals(), Window()
    given_rows: list[int] = []
    position = None
    for number, kind in enumerate(kinds):
        until = after(number + 3) if kind == "embargoed" else None
        record = article(f"Number {number}", embargo_until=until)
        arrival: Arrival = arrivals.of(copy_of(record) if kind == "copy" else record, number)
        window.add([arrival], after(number))
        window.release(after(number))
        if data.draw(st.booleans()):
            split = window.split(window.news, position) if position else None
            new = split[1] if split else window.since(window.news, 0)
            given_rows += [entry.sequence for entry in new]
            position = new[-1].position if new else position
    window.release(after(FAR))
    split = window.split(window.news, position) if position else None
    new = split[1] if split else window.since(window.news, 0)
    given_rows += [entry.sequence for entry in new]
    assert sorted(given_rows) == [entry.sequence for entry in window.since(window.news, 0)]


def test_who_was_away_for_too_long_is_told_so(arrivals: Arrivals) -> None:
    window = Window(most_news=10)
    window.add(map(arrivals.of, many(5)), after(FAR))
    position = window.since(window.news, 0)[0].position
    assert window.split(window.news, position) is not None
    window.add(map(arrivals.of, many(20, start=5)), after(FAR))
    assert window.split(window.news, position) is None


def test_a_position_in_topics_that_were_made_anew_is_not_known(
    window: Window, arrivals: Arrivals
) -> None:
    window.add([arrivals.of(article("First of the new"))], after(FAR))
    assert window.split(window.news, Position((7, 0, 0, 0), 0)) is None
