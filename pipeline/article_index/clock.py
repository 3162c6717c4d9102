"""The index's clock: what time it is by the articles' own word, which now and then is wrong."""

from collections import deque
from collections.abc import Iterable
from math import isnan

# The clock is the median of so many articles' arrivals: four wrong ones in a row do not move it,
# and it is right again when as many right ones have come.
ARRIVALS = 9


class Clock:
    """The median of the latest arrivals, in seconds since 1970; NaN is an arrival without a time.

    Of an even number it is the earlier of the two in the middle. Where no article has a time, the
    clock stands still.
    """

    def __init__(self, arrivals: Iterable[float] = (), time: float = 0.0) -> None:
        self.time = time
        self._arrivals = deque(arrivals, maxlen=ARRIVALS)

    def advance(self, arrived: float) -> float:
        """Take note of an arrival; return the time now."""
        self._arrivals.append(arrived)
        known = sorted(time for time in self._arrivals if not isnan(time))
        if known:
            self.time = known[(len(known) - 1) // 2]
        return self.time
