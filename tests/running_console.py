"""`newswire serve` for a test: the process itself, on a broker to which records are published.

No worker runs and no model is needed: what workers would publish, the test does.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from free_ports import free_port
from kafka import KafkaProducer

from pipeline.message import Message
from pipeline.settings import Settings
from pipeline.topics import TOPIC_OF, ensure_topics
from schemas import FinalRecord

_START_SECONDS = 40.0


class RunningConsole:
    """The server, which can be stopped and started again, and what publishes to its broker."""

    def __init__(self, settings: Settings, log: Path) -> None:
        ensure_topics(settings)
        self.settings = settings.model_copy(update={"serve_port": free_port()})
        self.url = f"http://127.0.0.1:{self.settings.serve_port}"
        self._log = log
        self._published = 0
        self._producer = KafkaProducer(
            bootstrap_servers=settings.broker, max_request_size=32 * 1024**2
        )
        self.start()

    def start(self) -> None:
        """Start the server and wait until it listens."""
        begun = self._log.stat().st_size if self._log.exists() else 0
        with self._log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "pipeline", "serve"],
                env={**os.environ, **self.settings.environment()},
                stderr=output,
            )
        deadline = time.monotonic() + _START_SECONDS
        while b"listening on" not in self._log.read_bytes()[begun:]:
            assert self.process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.05)

    def stop(self, number: int = signal.SIGTERM) -> None:
        """Stop the server with a signal."""
        self.process.send_signal(number)
        self.process.wait(timeout=30)

    def close(self) -> None:
        """End it all."""
        self._producer.close()
        if self.process.poll() is None:
            self.stop(signal.SIGKILL)

    def publish(self, *records: FinalRecord) -> None:
        """Publish records, each as the outcome of an input of its own, one after the other."""
        for record in records:
            self.send(record)
            self._producer.flush()

    def publish_many(self, records: Iterable[FinalRecord]) -> None:
        """Publish records as fast as it goes."""
        for record in records:
            self.send(record)
        self._producer.flush()

    def publish_bytes(self, topic: str, value: bytes) -> None:
        """Publish what need not be a record."""
        self._producer.send(topic, value=value)
        self._producer.flush()

    def send(self, record: FinalRecord) -> None:
        self._published += 1
        made_of = Message(value=b"", headers=(("ce_id", f"input-{self._published}".encode()),))
        message = Message.of_record(record, made_of)
        self._producer.send(
            TOPIC_OF[type(record)].name,
            key=message.key,
            value=message.value,
            headers=[(name, value) for name, value in message.headers if value is not None],
        )

    def ask(self, path: str) -> Any:
        """Return what the server answers as JSON."""
        with urllib.request.urlopen(self.url + path, timeout=30) as answer:
            return json.load(answer)

    def resident_bytes(self) -> int:
        """Return the memory that the server has."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        (line,) = [line for line in status.splitlines() if line.startswith("VmRSS:")]
        return int(line.split()[1]) * 1024


@contextmanager
def running_console(settings: Settings, log: Path) -> Iterator[RunningConsole]:
    """Yield a console on the broker of `settings`."""
    console = RunningConsole(settings, log)
    try:
        yield console
    finally:
        console.close()
