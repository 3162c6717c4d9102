"""When a feed is asked again: at its interval, later where it fails or asks for it."""

# A feed that fails is asked again after this, then after twice as long, and so on.
FIRST_RETRY = 60.0
# But at least as often as this, or at its interval where that is longer.
SLOWEST_RETRY = 3600.0
# Of a feed that is gone for good (HTTP status 410).
GONE_RETRY = 24 * 3600.0
# The part of the wait that chance decides, so that feeds do not keep in step.
JITTER = 0.1


def seconds_until_next(
    interval: float, failures: int, retry_after: float | None, gone: bool, chance: float
) -> float:
    """Return how long to wait after a poll.

    `failures` is the number of polls that failed in a row, this one included; `chance` is from 0
    to 1. Never is the wait shorter than the server asked for.
    """
    if gone:
        wait = GONE_RETRY
    elif failures:
        first = min(FIRST_RETRY, interval)
        wait = min(first * 2 ** min(failures - 1, 32), max(SLOWEST_RETRY, interval))
    else:
        wait = interval
    wait *= 1 + JITTER * (2 * chance - 1)
    return max(wait, (retry_after or 0.0) * (1 + JITTER * chance))
