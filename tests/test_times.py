"""Times as providers write them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.times import parse_time

TWO = "2026-01-05T14:00:00+00:00"


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-01-05T14:00:00Z", TWO),
        ("2026-01-05T15:00+01:00", TWO),
        ("2026-01-05 14:00:00 UTC", TWO),
        ("20260105T140000Z", TWO),
        ("2026-01-05T14:00:00.0000000Z", TWO),
        ("2026-01-05T9:00-05:00", TWO),
        ("2026-01-05", "2026-01-05T00:00:00+00:00"),
        ("2026-01", "2026-01-01T00:00:00+00:00"),
        ("2026", "2026-01-01T00:00:00+00:00"),
        ("Mon, 05 Jan 2026 14:00:00 GMT", TWO),
        ("Mon, 5 Jan 2026 15:00:00 +0100", TWO),
        ("Mon,05 Jan 2026 14:00:00 GMT", TWO),
        ("5 Jan 2026 14:00 +0000", TWO),
        ("Mon, 5 Jan 26 09:00:00 EST", TWO),
        ("Monday, 05 January 2026 15:00:00 CET", TWO),
        ("Mon, 05 Jan 2026 15:00:00 GMT+1", TWO),
        ("Mon, 05 Jan 2026 14:00:00 +0000 (UTC)", TWO),
        ("Mon Jan  5 14:00:00 2026", TWO),
        ("January 5, 2026 2:00 pm", TWO),
        ("Jan 5, 2026 at 9:00 a.m. EST", TWO),
        ("lun, 05 ene 2026 15:00:00 +0100", TWO),
        ("5 de enero de 2026 14:00", TWO),
        ("Mon, 05 Jan 2026 24:00:00 GMT", "2026-01-06T00:00:00+00:00"),
        ("26 Feb 1987 15:01:01.79", "1987-02-26T15:01:01.790+00:00"),
    ],
)
def test_a_time_is_read(text: str, time: str) -> None:
    assert parse_time(text) == datetime.fromisoformat(time)


@pytest.mark.parametrize(
    "text",
    [None, "", " ", "yesterday", "01/02/2026", "2026-02-31", "Mon, 31 Feb 2026 14:00:00 GMT",
     "Mon, 05 Jan 2026 25:00:00 GMT", "Mon, 05 Jan 2026 14:00:00 XYZ", "1767621600", "9" * 500,
     "0001-01-01T00:00:00+01:00", "Fri, 31 Dec 9999 23:59:59 -0500"],
)  # fmt: skip
def test_what_says_no_time_is_none(text: str | None) -> None:
    assert parse_time(text) is None


@given(st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(9998, 1, 1)))
def test_every_time_that_is_written_by_the_standards_is_read_back(time: datetime) -> None:
    time = time.replace(tzinfo=UTC)
    assert parse_time(time.isoformat()) == time
    whole = time.replace(microsecond=0)
    assert parse_time(f"{whole:%a, %d %b} {whole.year:04} {whole:%H:%M:%S} +0000") == whole


@given(st.text(max_size=120))
def test_no_text_breaks_it(text: str) -> None:
    assert parse_time(text) is None or isinstance(parse_time(text), datetime)
