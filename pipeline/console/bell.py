"""A bell that a thread rings and that many wait for on an event loop."""

import asyncio
from contextlib import suppress


class Bell:
    """Wakes whoever listens. Take `listen()` before looking whether there is something to do."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._heard = asyncio.Event()
        self.closed = False

    def listen(self) -> asyncio.Event:
        """Return what is set when the bell rings next."""
        self._loop = asyncio.get_running_loop()
        return self._heard

    def ring(self) -> None:
        """Wake all who listen; from any thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._wake)

    def close(self) -> None:
        """Wake all, for the last time."""
        self.closed = True
        self.ring()

    def _wake(self) -> None:
        heard, self._heard = self._heard, asyncio.Event()
        heard.set()
