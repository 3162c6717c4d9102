"""The parts of a whole pipeline on one machine, started and stopped together."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import IO

from pipeline.child_process import ChildProcess
from pipeline.connection import is_reachable
from pipeline.embedded_broker import EmbeddedBroker
from pipeline.errors import UserError
from pipeline.settings import Settings
from pipeline.topics import ensure_topics


@contextmanager
def running_broker(settings: Settings, port: int | None = None) -> Iterator[Settings]:
    """Yield settings that have a broker, the one that is set or an embedded one, with its topics.

    The embedded one ends with the `with`.
    """
    with ExitStack() as stack:
        if settings.broker is None:
            broker = stack.enter_context(EmbeddedBroker(port))
            settings = settings.on_embedded_broker(broker.address)
        ensure_topics(settings)
        yield settings


def start(
    settings: Settings, *command: str, output: IO[bytes] | int = subprocess.DEVNULL
) -> ChildProcess:
    """Start `newswire COMMAND...` in a process of its own; what it logs goes to `output`."""
    # -P: not the modules of the folder that the user happens to stand in.
    return ChildProcess(
        [sys.executable, "-P", "-m", "pipeline", *command], settings.environment(), output
    )


def start_worker(settings: Settings, output: IO[bytes] | int = subprocess.DEVNULL) -> ChildProcess:
    """Start a worker in a process of its own; what it logs goes to `output`."""
    return start(settings, "worker", output=output)


def require_alive(settings: Settings, parts: Mapping[str, ChildProcess]) -> None:
    """Raise `UserError` where one of the parts, by their names, has ended, or their broker has."""
    for name, process in parts.items():
        if process.exit_code is not None:
            if not is_reachable(settings):
                raise UserError(f"the broker at {settings.broker} went away, and the {name} ended")
            raise UserError(
                f"the {name} ended with exit code {process.exit_code}; see what it said"
            )
