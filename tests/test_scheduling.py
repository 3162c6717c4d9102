from hypothesis import given
from hypothesis.strategies import booleans, floats, integers, none

from pipeline.live_feeds.scheduling import GONE_RETRY, SLOWEST_RETRY, seconds_until_next


def test_a_feed_that_is_well_is_asked_at_its_interval() -> None:
    assert seconds_until_next(900, 0, None, False, 0.5) == 900


def test_a_feed_that_fails_is_asked_ever_less_often() -> None:
    waits = [seconds_until_next(900, failures, None, False, 0.5) for failures in range(1, 9)]
    assert waits == [60, 120, 240, 480, 960, 1920, SLOWEST_RETRY, SLOWEST_RETRY]


def test_a_feed_that_is_gone_is_asked_once_a_day() -> None:
    assert seconds_until_next(60, 1, None, True, 0.5) == GONE_RETRY


@given(
    floats(1, 604_800), integers(0, 10_000), none() | floats(0, 86_400), booleans(), floats(0, 1)
)
def test_it_is_never_asked_before_its_server_wants(
    interval: float, failures: int, retry_after: float | None, gone: bool, chance: float
) -> None:
    wait = seconds_until_next(interval, failures, retry_after, gone, chance)
    assert wait >= (retry_after or 0)
    assert wait <= 1.1 * max(interval, SLOWEST_RETRY, retry_after or 0, GONE_RETRY if gone else 0)
