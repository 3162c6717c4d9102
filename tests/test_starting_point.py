from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.clients.starting_point import StartingPoint, point_in_time
from pipeline.errors import UserError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("beginning", "beginning"),
        ("NOW", "now"),
        ("2h", NOW - timedelta(hours=2)),
        ("90m", NOW - timedelta(minutes=90)),
        ("45s", NOW - timedelta(seconds=45)),
        ("3d", NOW - timedelta(days=3)),
        ("1w", NOW - timedelta(days=7)),
        ("999999w", datetime(1970, 1, 1, tzinfo=UTC)),
        ("2026-11-22T08:00Z", NOW - timedelta(hours=4)),
        ("2026-11-22T08:00", NOW - timedelta(hours=4)),
        ("2026-11-22T10:00+02:00", NOW - timedelta(hours=4)),
        ("2026-11-22", NOW - timedelta(hours=12)),
    ],
)
def test_a_beginning_is_read(text: str, at: object) -> None:
    assert StartingPoint.parse(text, NOW).at == at


@pytest.mark.parametrize("text", ["", "yesterday", "2 fortnights", "h", "-2h", "2026-13-01", "²h"])
def test_what_is_no_time_is_one_clear_line(text: str) -> None:
    line = f"{text}: no time; give one like 2026-11-22T18:00, or 90m, 24h, 7d for so long ago"
    with pytest.raises(UserError) as raised:
        StartingPoint.parse(text, NOW)
    assert str(raised.value) == f"--from {line}, or beginning, or now"
    with pytest.raises(UserError) as raised:
        point_in_time(text, "--since", NOW)
    assert str(raised.value) == f"--since {line}"


@given(st.datetimes(timezones=st.timezones() | st.just(UTC)))
def test_a_time_means_the_same_wherever_it_may_be_given(time: datetime) -> None:
    with suppress(OverflowError):  # at the ends of the calendar, where there is no such time in UTC
        at = time.astimezone(UTC)
        assert point_in_time(time.isoformat(), "--since") == at


def test_a_time_in_the_future_is_one_clear_line() -> None:
    with pytest.raises(UserError) as raised:
        StartingPoint.parse("2026-11-22T12:01Z", NOW)
    assert str(raised.value) == (
        "--from 2026-11-22T12:01Z: lies in the future, it is 2026-11-22T12:00:00Z now: "
        "give a time past, or now"
    )


@given(st.text(max_size=30))
def test_any_text_is_a_beginning_or_a_users_mistake(text: str) -> None:
    with suppress(UserError):
        StartingPoint.parse(text, NOW)
