"""Being told to stop: by Ctrl-C (SIGINT) or by SIGTERM, the same for both, and once."""

import signal
from types import FrameType
from typing import NoReturn

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def await_interruption() -> None:
    """Let the next signal raise `KeyboardInterrupt`, and those after it do nothing.

    `make`, supervisors and impatient people send several, which would break off the tidying up.
    Called again, the next one counts again.
    """
    for number in _SIGNALS:
        signal.signal(number, _interrupt)


def ignore_interruption() -> None:
    """Let no signal do anything, also while the interpreter ends."""
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    # A function, as Python complains of a signal that came already and has no handler any more.
    for number in _SIGNALS:
        signal.signal(number, _disregard)
    raise KeyboardInterrupt


def _disregard(_number: int, _frame: FrameType | None) -> None:
    pass
