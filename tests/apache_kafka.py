"""One real Apache Kafka broker for a test, with no Docker: its jars come from Maven, once.

    with ApacheKafka() as kafka:
        producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers)

Topics are never created automatically, and records may be as large as 32 MiB. With `SECURE` the
broker listens in three more ways, each at an address of its own: with a password, with a password
over TLS, and over TLS where the client needs a certificate too. It listens on 127.0.0.1 only, keeps
its data in a temporary directory, and does not outlive this process.
"""

import hashlib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Self

from free_ports import free_ports
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

Security = Literal["SASL_PLAINTEXT", "SASL_SSL", "SSL"]
SECURE: tuple[Security, ...] = ("SASL_PLAINTEXT", "SASL_SSL", "SSL")
USERNAME, PASSWORD = "newswire", "correct horse battery staple"

_HERE = Path(__file__).resolve().parent
# The hyphen keeps the directory from passing for the module that kafka-python is.
_POM = _HERE / "apache-kafka" / "pom.xml"
_LOGGING = _HERE / "apache-kafka" / "log4j2.xml"
_CACHE = _HERE.parent / ".cache" / "kafka"

_JAAS = "org.apache.kafka.common.security"

_OLDEST_JAVA = 17
_LARGEST_RECORD = 32 * 1024 * 1024
_LOG_LINES_SHOWN = 40

_FETCH_SECONDS = 600
_FORMAT_SECONDS = 60
_START_SECONDS = 60
_STOP_SECONDS = 15
_POLL_SECONDS = 0.05

# The shell becomes the broker, so that the process started is the one that is signalled. It leaves
# behind a watcher that waits for standard input to end, as it does however this process dies; a
# line on it lets the watcher go. The two share a process group, so the number that is killed cannot
# have been reused.
_LIFELINE = """
exec 3<&0 </dev/null
{ read -r farewell <&3 || { kill -KILL $$; sleep 1; rm -rf "$1"; } } &
shift
exec "$@" 3<&-
"""


class ApacheKafkaError(Exception):
    """The broker could not be fetched, or did not start."""


def unavailable_reason() -> str | None:
    """Say in one line why no broker can run here, or None if one can."""
    if os.name != "posix":
        return "Apache Kafka is tested on POSIX systems only"
    version = _java_version()
    if version is None:
        return f"Apache Kafka needs Java {_OLDEST_JAVA} or newer, and there is none"
    if version < _OLDEST_JAVA:
        return f"Apache Kafka needs Java {_OLDEST_JAVA} or newer, and this is Java {version}"
    if not _jars().is_dir() and shutil.which("mvn") is None:
        return "Apache Kafka is fetched with Maven, and there is no mvn"
    return None


class ApacheKafka:
    """A broker and its controller in one process, running for as long as the context is entered."""

    def __init__(self, secure: Sequence[Security] = ()) -> None:
        self._port, self._controller_port, *others = free_ports(2 + len(secure))
        self._secure_ports = dict(zip(secure, others, strict=True))
        self._directory: tempfile.TemporaryDirectory[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap_servers(self) -> str:
        """Where clients connect; the same after a restart."""
        return f"127.0.0.1:{self._port}"

    def secure_servers(self, security: Security) -> str:
        """Where clients connect in that way."""
        return f"127.0.0.1:{self._secure_ports[security]}"

    def file(self, name: Literal["ca.pem", "client.pem", "client.key"]) -> Path:
        """A file that a client over TLS needs."""
        return self._home / name

    def __enter__(self) -> Self:
        _fetch_jars()
        self._directory = tempfile.TemporaryDirectory(prefix="apache-kafka-")
        try:
            self._format()
            self.start()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def start(self) -> None:
        """Start the broker on the data it has, and return when every partition has its leader."""
        if self._process is not None:
            raise RuntimeError("the broker was started already")
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *("sh", "-c", _LIFELINE, "lifeline", str(self._home)),
                    *self._java("-Xmx512m", "kafka.Kafka", str(self._settings)),
                ],
                cwd=self._home,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                # A group of its own: Ctrl-C reaches the test alone, which then ends the broker.
                start_new_session=True,
            )
        try:
            self._await_answer(self._process)
        except BaseException:
            self.kill()
            raise

    def stop(self) -> None:
        """Let the broker shut down in good order; kill it if it takes too long. Its data stays."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill the broker at once, as a crash would. Its data stays."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop the broker if it runs, and start it again on the same data and port."""
        self.stop()
        self.start()

    @property
    def _home(self) -> Path:
        if self._directory is None:
            raise RuntimeError("the broker has data only within its context")
        return Path(self._directory.name)

    @property
    def _settings(self) -> Path:
        return self._home / "server.properties"

    @property
    def _log(self) -> Path:
        return self._home / "broker.log"

    def _format(self) -> None:
        settings = {
            "process.roles": "broker,controller",
            "node.id": "1",
            "listeners": (
                f"PLAINTEXT://127.0.0.1:{self._port},CONTROLLER://127.0.0.1:{self._controller_port}"
            ),
            "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.listener.names": "CONTROLLER",
            "controller.quorum.bootstrap.servers": f"127.0.0.1:{self._controller_port}",
            "log.dirs": str(self._home / "data"),
            "auto.create.topics.enable": "false",
            "message.max.bytes": str(_LARGEST_RECORD),
            "replica.fetch.max.bytes": str(_LARGEST_RECORD),
            "group.initial.rebalance.delay.ms": "0",
            # One broker holds the only replica; few partitions are quickly made and loaded.
            "offsets.topic.num.partitions": "4",
            "offsets.topic.replication.factor": "1",
            "transaction.state.log.num.partitions": "4",
            "transaction.state.log.replication.factor": "1",
            "transaction.state.log.min.isr": "1",
            "share.coordinator.state.topic.num.partitions": "4",
            "share.coordinator.state.topic.replication.factor": "1",
            "share.coordinator.state.topic.min.isr": "1",
            # A killed broker is let back only when its former session is over: 9 s by default.
            "broker.session.timeout.ms": "3000",
            "broker.heartbeat.interval.ms": "500",
            # The default takes 128 MiB of the heap at once.
            "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),
        }
        if self._secure_ports:
            settings |= self._secure_settings()
        self._settings.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        command = self._java(
            *("kafka.tools.StorageTool", "format", "--standalone"),
            *("--cluster-id", "newswire-apache-kafka", "--config", str(self._settings)),
            *("--add-scram", f"SCRAM-SHA-512=[name={USERNAME},password={PASSWORD}]"),
        )
        _run(command, "the broker's storage could not be formatted", _FORMAT_SECONDS)

    def _secure_settings(self) -> dict[str, str]:
        """Each further listener bears the name of its security, which need not be mapped."""
        self._make_certificates()
        plain = f'{_JAAS}.plain.PlainLoginModule required user_{USERNAME}="{PASSWORD}";'
        settings = {
            "listeners": ",".join(
                [
                    f"PLAINTEXT://127.0.0.1:{self._port}",
                    f"CONTROLLER://127.0.0.1:{self._controller_port}",
                    *(f"{name}://127.0.0.1:{port}" for name, port in self._secure_ports.items()),
                ]
            ),
            "listener.security.protocol.map": ",".join(
                [
                    "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                    *(f"{name}:{name}" for name in self._secure_ports),
                ]
            ),
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(self._home / "broker.pem"),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self._home / "ca.pem"),
            "listener.name.ssl.ssl.client.auth": "required",
        }
        for name in ("sasl_plaintext", "sasl_ssl"):
            listener = f"listener.name.{name}"
            settings |= {
                f"{listener}.sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
                f"{listener}.plain.sasl.jaas.config": plain,
                f"{listener}.scram-sha-512.sasl.jaas.config": (
                    f"{_JAAS}.scram.ScramLoginModule required;"
                ),
            }
        return settings

    def _make_certificates(self) -> None:
        """Make a certificate authority, and a certificate of the broker and of a client by it."""
        new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]

        def make(name: str, *options: str) -> None:
            command = ["openssl", "req", "-x509", *new_key, "-days", "1", "-subj", f"/CN={name}"]
            files = ["-keyout", f"{self._home}/{name}.key", "-out", f"{self._home}/{name}.pem"]
            _run([*command, *files, *options], "openssl made no certificate", _FORMAT_SECONDS)

        make("ca")
        signed = ["-CA", f"{self._home}/ca.pem", "-CAkey", f"{self._home}/ca.key"]
        signed += ["-addext", "basicConstraints=critical,CA:FALSE"]
        for name in ("broker", "client"):
            make(name, *signed, "-addext", "subjectAltName=IP:127.0.0.1")
        # Kafka wants key and certificate in one file.
        broker = self._home / "broker.pem"
        broker.write_text((self._home / "broker.key").read_text() + broker.read_text())

    def _java(self, *arguments: str) -> list[str]:
        return [
            _java(),
            # A test's broker lives for seconds: start fast rather than run fast.
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            # What the JVM would write elsewhere goes to the directory that is removed, or nowhere.
            "-XX:-UsePerfData",
            f"-Djava.io.tmpdir={self._home}",
            f"-Dlog4j2.configurationFile={_LOGGING.as_uri()}",
            *("-cp", str(_jars() / "*")),
            *arguments,
        ]

    def _await_answer(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if (status := process.poll()) is not None:
                raise ApacheKafkaError(f"the broker ended with {status}:\n{self._log_tail()}")
            if self._answers():
                return
            time.sleep(_POLL_SECONDS)
        raise ApacheKafkaError(f"no answer in {_START_SECONDS} s:\n{self._log_tail()}")

    def _answers(self) -> bool:
        try:
            # The client waits out its time for a port that is closed, so ask that first.
            socket.create_connection(("127.0.0.1", self._port), timeout=1).close()
            admin = KafkaAdminClient(
                bootstrap_servers=self.bootstrap_servers, bootstrap_timeout_ms=5_000
            )
        except (OSError, KafkaError):
            return False
        try:
            partitions = [
                partition for topic in admin.describe_topics() for partition in topic["partitions"]
            ]
            return bool(admin.describe_cluster()["brokers"]) and all(
                partition["leader_id"] >= 0 for partition in partitions
            )
        except KafkaError:
            return False
        finally:
            admin.close()

    def _log_tail(self) -> str:
        lines = self._log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-_LOG_LINES_SHOWN:])

    def _end(self, how: signal.Signals) -> None:
        process = self._process
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._process = None
        assert process.stdin is not None
        try:
            process.stdin.write(b"farewell\n")
            process.stdin.close()
        except BrokenPipeError:
            pass  # Someone else ended the watcher.

    def _close(self) -> None:
        self.kill()
        if self._directory is not None:
            self._directory.cleanup()
            self._directory = None


def _java() -> str:
    """The Java of JAVA_HOME, as Maven's own, or else the one on the path."""
    home = os.environ.get("JAVA_HOME")
    return str(Path(home, "bin", "java")) if home else "java"


def _java_version() -> int | None:
    try:
        answer = subprocess.run(
            [_java(), "-version"], capture_output=True, text=True, timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r'version "(\d+)', answer.stderr)
    return int(found[1]) if found else None


def _jars() -> Path:
    """Where the jars of this very POM are, or would be."""
    return _CACHE / hashlib.sha256(_POM.read_bytes()).hexdigest()[:16]


def _fetch_jars() -> None:
    jars = _jars()
    if jars.is_dir():
        return
    _CACHE.mkdir(parents=True, exist_ok=True)
    # Fetched aside and renamed: the directory is whole or absent, also if two tests fetch at once.
    with tempfile.TemporaryDirectory(prefix="fetching-", dir=_CACHE) as aside:
        fetched = Path(aside, "jars")
        goal = ["dependency:copy-dependencies", f"-DoutputDirectory={fetched}"]
        command = ["mvn", "--batch-mode", "--quiet", "--file", str(_POM), *goal]
        _run(command, "Maven could not fetch Apache Kafka", _FETCH_SECONDS)
        try:
            fetched.rename(jars)
        except OSError:
            if not jars.is_dir():
                raise


def _run(command: list[str], failure: str, seconds: float) -> None:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ApacheKafkaError(f"{failure}: {error}") from error
    if done.returncode != 0:
        tail = "\n".join(done.stdout.splitlines()[-_LOG_LINES_SHOWN:])
        raise ApacheKafkaError(f"{failure}:\n{tail}")
