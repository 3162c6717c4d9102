"""The parts of a pipeline on one machine: what is said where one has ended."""

import sys

import pytest

from pipeline.child_process import ChildProcess
from pipeline.embedded_broker import EmbeddedBroker
from pipeline.errors import UserError
from pipeline.services import require_alive
from pipeline.settings import Settings


def test_a_part_that_has_ended_is_named() -> None:
    with EmbeddedBroker() as broker, ChildProcess([sys.executable, "-c", "exit(3)"]) as part:
        part.wait(10)
        settings = Settings(broker=broker.address)
        with pytest.raises(UserError, match=r"^the worker ended with exit code 3; "):
            require_alive(settings, {"worker": part})


def test_where_the_broker_has_ended_it_is_named_first() -> None:
    with EmbeddedBroker() as broker, ChildProcess([sys.executable, "-c", "exit(3)"]) as part:
        part.wait(10)
        settings = Settings(broker=broker.address)
        broker.stop()
        with pytest.raises(UserError, match=rf"^the broker at {broker.address} went away, "):
            require_alive(settings, {"worker": part})
