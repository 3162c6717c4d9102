"""A process that never outlives the one that started it."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from typing import IO, Self

# Ends the process $1 when standard input ends without a line: whoever started us has died.
_WATCH = 'read -r _ || { kill -TERM "$1"; sleep 5; kill -KILL "$1"; } 2>/dev/null'


class ChildProcess:
    """A program that runs until it is stopped, its starter leaves the `with`, or its starter dies.

    A watching shell holds the read end of a pipe whose write end only we have: the kernel closes it
    even where we are killed with SIGKILL. Neither gets the terminal's Ctrl-C; that is ours to pass
    on.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str] | None = None,
        output: IO[bytes] | int = subprocess.DEVNULL,
    ) -> None:
        self._process = subprocess.Popen(
            arguments,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._watcher = subprocess.Popen(
            ["/bin/sh", "-c", _WATCH, "sh", str(self._process.pid)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        """The process id of the program itself."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self._process.poll()

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait up to `timeout` seconds for the end; return the exit code, None if it still runs."""
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None

    def stop(self, grace: float = 10.0) -> None:
        """Ask it to end (SIGTERM), and kill it where it has not after `grace` seconds."""
        self._process.terminate()
        if self.wait(grace) is None:
            self._process.kill()
        self._release()

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        self._process.kill()
        self._release()

    def _release(self) -> None:
        """Reap the program and dismiss its watcher."""
        self._process.wait()
        if self._watcher.poll() is None:
            self._watcher.communicate(b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
