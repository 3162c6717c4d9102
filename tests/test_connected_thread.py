"""The loop in which the console's threads connect, work, and connect anew."""

import threading

import pytest
from kafka.errors import KafkaConnectionError

from pipeline.console.connected_thread import ConnectedThread


class Broker:
    """Fails as often as it is told to, and counts its connections."""

    def __init__(self, failures: int, error: Exception | None = None) -> None:
        self.failures = failures
        self.error = error or KafkaConnectionError("away")
        self.connected = 0
        self.closed = 0
        self.answered = threading.Event()

    def connect(self) -> "Broker":
        self.connected += 1
        return self

    def close(self) -> None:
        self.closed += 1

    def work(self, connection: "Broker") -> None:
        assert connection is self
        if self.failures:
            self.failures -= 1
            raise self.error
        self.answered.set()


@pytest.mark.parametrize(("is_kept", "connections"), [(False, 4), (True, 1)])
def test_a_connection_that_fails_is_made_anew_unless_it_mends_itself(
    is_kept: bool, connections: int
) -> None:
    broker = Broker(failures=3)
    errors: list[Exception] = []

    def failed(error: Exception) -> bool:
        errors.append(error)
        return is_kept

    with ConnectedThread("trying", broker.connect, broker.work, failed, pause=0.0):
        assert broker.answered.wait(30)
    assert (len(errors), broker.connected, broker.closed) == (3, connections, connections)


def test_a_bug_is_logged_with_its_traceback_and_the_thread_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    broker = Broker(failures=2, error=IndexError("too far"))
    with ConnectedThread("trying", broker.connect, broker.work, lambda _: False, pause=0.0):
        assert broker.answered.wait(30)
    assert [record.getMessage() for record in caplog.records] == ["a bug in trying"] * 2
    assert "IndexError: too far" in caplog.text
    assert broker.connected == 1
