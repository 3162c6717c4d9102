"""Replay: articles come at the pace at which they came."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.clients.replay import Pace, parse_speed, time_of
from pipeline.errors import UserError
from schemas import RawArticle

START = datetime(2026, 1, 5, 14, tzinfo=UTC)


class Stage:
    """A clock that only sleeping moves, and what was waited for."""

    def __init__(self) -> None:
        self.now = 0.0
        self.flushes = 0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def flush(self) -> None:
        self.flushes += 1


def article(seconds: float | None) -> RawArticle:
    time = None if seconds is None else START + timedelta(seconds=seconds)
    return RawArticle(source="Wire", headline="x", published_at=time)


def times(speed: float | None, items: list[RawArticle | bytes]) -> tuple[list[float], Stage]:
    stage = Stage()
    pace = Pace(speed, stage.clock, stage.sleep)
    due = []
    for item in items:
        pace.wait_for(item, stage.flush)
        due.append(stage.now)
    return due, stage


@pytest.mark.parametrize(("speed", "due"), [(1, [0, 60, 600]), (60, [0, 1, 10]), (None, [0, 0, 0])])
def test_an_article_comes_when_it_came(speed: float | None, due: list[float]) -> None:
    assert times(speed, [article(0), article(60), article(600)])[0] == pytest.approx(due)


def test_what_has_no_time_or_an_earlier_one_keeps_its_place() -> None:
    items: list[RawArticle | bytes] = [
        article(0), article(60), article(None), b"no article", article(10), article(70)
    ]  # fmt: skip
    assert times(1, items)[0] == pytest.approx([0, 60, 60, 60, 60, 70])


def test_what_was_sent_is_delivered_before_a_wait() -> None:
    assert times(1, [article(0), article(1), article(1), article(2)])[1].flushes == 2


def test_the_time_of_an_article_is_when_it_was_received() -> None:
    later = START + timedelta(hours=1)
    both = RawArticle(source="Wire", headline="x", published_at=START, updated_at=later)
    assert time_of(both) == later
    assert time_of(both.model_copy(update={"received_at": START})) == START
    assert time_of(b"no article") is None


@pytest.mark.parametrize(("text", "speed"), [("max", None), ("1", 1.0), ("0.5", 0.5)])
def test_a_speed_is_read(text: str, speed: float | None) -> None:
    assert parse_speed(text) == speed


@pytest.mark.parametrize("text", ["0", "-1", "fast", "nan", "inf", ""])
def test_a_speed_that_is_none_is_the_users_mistake(text: str) -> None:
    with pytest.raises(UserError, match=r"^--speed .*: give max or a number above 0"):
        parse_speed(text)
