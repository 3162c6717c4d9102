"""A thread that works on a connection to the broker, and makes a new one where that fails."""

import logging
import threading
from collections.abc import Callable
from typing import Any, Self

from kafka.errors import KafkaError

from pipeline.errors import UserError

logger = logging.getLogger(__name__)

_STOP_SECONDS = 10.0


class ConnectedThread:
    """Works while its `with` lasts: `work` is called with what `connect` returned, again and again.

    Where either raises because of the broker, `failed` is told, and after `pause` seconds it goes
    on: with the same connection where `failed` returned true, else with a new one. Any other error
    is a bug, which is logged with its traceback: then it goes on behind what it stumbled over.
    """

    def __init__(
        self,
        name: str,
        connect: Callable[[], Any],
        work: Callable[[Any], None],
        failed: Callable[[Exception], bool],
        pause: float,
    ) -> None:
        self._connect = connect
        self._work = work
        self._failed = failed
        self._pause = pause
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self.stopping = threading.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._thread.join(_STOP_SECONDS)

    def _run(self) -> None:
        connection: Any = None
        try:
            while not self.stopping.is_set():
                try:
                    if connection is None:
                        connection = self._connect()
                    self._work(connection)
                except (KafkaError, UserError, OSError) as error:
                    if not self._failed(error) and connection is not None:
                        connection.close()
                        connection = None
                    self.stopping.wait(self._pause)
                except Exception:
                    logger.exception("a bug in %s", self._thread.name)
                    self.stopping.wait(self._pause)
        finally:
            if connection is not None:
                connection.close()
