"""A whole pipeline for a test: workers in processes of their own, on the broker of the settings."""

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from kafka import KafkaConsumer

from pipeline.account import Account, account
from pipeline.child_process import ChildProcess
from pipeline.clients.feed import Feeder
from pipeline.message import Message
from pipeline.services import start_worker
from pipeline.settings import Settings
from pipeline.topics import FINAL_TOPICS, TOPIC_OF, Topic, ensure_topics
from schemas import RawArticle, TaggedArticle


class RunningPipeline:
    """Workers that run until the `with` is left; what they log is in `log`."""

    def __init__(self, settings: Settings, log: Path, workers: int = 1) -> None:
        self.settings = settings
        self.log = log
        self._count = workers
        self._stack = ExitStack()
        self.workers: list[ChildProcess] = []
        self.fed: list[Message] = []

    def __enter__(self) -> Self:
        ensure_topics(self.settings)
        for _ in range(self._count):
            self.start_worker()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def start_worker(self) -> ChildProcess:
        """Start one more worker."""
        with self.log.open("ab") as log:
            worker = self._stack.enter_context(start_worker(self.settings, log))
        self.workers.append(worker)
        return worker

    def feed(self, items: Iterable[RawArticle | bytes]) -> None:
        """Feed `items` in, and remember what was fed."""
        with Feeder(self.settings) as feeder:
            self.fed += [feeder.send(item) for item in items]

    def final_messages(self, timeout: float = 120.0) -> list[Message]:
        """Return the final messages once every input has one, or after `timeout` seconds."""
        wanted = {message.input_id for message in self.fed}
        seen: set[str] = set()

        def enough(message: Message) -> bool:
            seen.add(message.input_id)
            return seen >= wanted

        return read_topics(self.settings, FINAL_TOPICS, enough, timeout)

    def account(self, timeout: float = 120.0) -> Account:
        """Wait for the final messages and draw up the account of all that was fed."""
        return account(self.fed, self.final_messages(timeout))

    def tagged(self) -> list[Message]:
        """Return the recorded `news.tagged`, in order."""
        return read_topics(self.settings, [TOPIC_OF[TaggedArticle]], idle=2.0)


def read_topics(
    settings: Settings,
    topics: Sequence[Topic],
    enough: Callable[[Message], bool] = lambda _: False,
    timeout: float = 120.0,
    idle: float = 120.0,
) -> list[Message]:
    """Return the messages of `topics` from their beginning, in the order of their coming.

    Ends a second after `enough` says so (what is too much would be seen), after `idle` seconds
    without a message, and after `timeout` seconds in all.
    """
    consumer = KafkaConsumer(
        *(topic.name for topic in topics),
        bootstrap_servers=settings.broker,
        auto_offset_reset="earliest",
        group_id=None,
    )
    messages: list[Message] = []
    last = time.monotonic()
    deadline = last + timeout
    while time.monotonic() < min(deadline, last + idle):
        for records in consumer.poll(200).values():
            for record in records:
                message = Message.of_consumed(record)
                messages.append(message)
                last = time.monotonic()
                if enough(message):
                    deadline = min(deadline, last + 1.0)
    consumer.close()
    return messages
