"""Being told to stop: by Ctrl-C (SIGINT) or by SIGTERM, the same for both."""

import signal
import time
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
# `make`, supervisors and impatient people send several, which would break off the tidying up.
_SAME_SECONDS = 1.0


def await_interruption() -> None:
    """Let either signal raise `KeyboardInterrupt`; what comes within a second belongs to it."""
    until = 0.0

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        nonlocal until
        if time.monotonic() >= until:
            until = time.monotonic() + _SAME_SECONDS
            raise KeyboardInterrupt

    for number in _SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:  # as of what a script's shell runs with &
            signal.signal(number, interrupt)


def ignore_interruption() -> None:
    """Let neither signal do anything, also while the interpreter ends."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
