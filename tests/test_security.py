"""Brokers that ask who is there, and talk over TLS: the worker and the clients get in alike."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from apache_kafka import PASSWORD, SECURE, USERNAME, ApacheKafka, Security, unavailable_reason
from running_pipeline import RunningPipeline

from pipeline.connection import broker_security
from pipeline.errors import UserError
from pipeline.settings import Settings, load_settings

SEED = Path(__file__).resolve().parents[1] / "pipeline" / "demo" / "bno-news-asildarov.txt"


@pytest.fixture(scope="module")
def secure_kafka() -> Iterator[ApacheKafka]:
    if shutil.which("openssl") is None:
        pytest.skip("certificates are made with openssl, and there is none")
    if reason := unavailable_reason():
        pytest.skip(reason)
    with ApacheKafka(SECURE) as kafka:
        yield kafka


def secure_settings(kafka: ApacheKafka, security: Security, tmp_path: Path) -> Settings:
    password = tmp_path / "password"
    password.write_text(PASSWORD + "\n")
    mechanism = {"SASL_PLAINTEXT": "PLAIN", "SASL_SSL": "SCRAM-SHA-512", "SSL": None}[security]
    tls = security != "SASL_PLAINTEXT"
    return Settings.model_validate(
        {
            "broker": kafka.secure_servers(security),
            "partitions": 1,
            "log_level": "debug",
            "sasl_mechanism": mechanism,
            "sasl_username": USERNAME if mechanism else None,
            "sasl_password_file": str(password) if mechanism else None,
            "tls": tls,
            "tls_ca_file": str(kafka.file("ca.pem")) if tls else None,
            "tls_certificate_file": str(kafka.file("client.pem")) if not mechanism else None,
            "tls_key_file": str(kafka.file("client.key")) if not mechanism else None,
            "consumer_group": f"newswire-{security.lower()}",
        }
    )


def newswire(*arguments: str, settings: Settings) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pipeline", *arguments],
        env={**os.environ, **settings.environment()},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.apache_kafka
@pytest.mark.parametrize("security", SECURE)
def test_an_article_goes_all_the_way_and_no_log_has_the_password(
    security: Security, secure_kafka: ApacheKafka, tmp_path: Path
) -> None:
    settings = secure_settings(secure_kafka, security, tmp_path)
    log = tmp_path / "worker.log"
    created = newswire("topics", settings=settings)
    assert created.returncode == 0, created.stderr
    fed = newswire("feed", "--source", security, str(SEED), settings=settings)
    assert fed.returncode == 0, fed.stderr
    assert fed.stderr.endswith("1 articles delivered, 0 not\n")
    assert PASSWORD not in created.stderr + fed.stderr
    with RunningPipeline(settings, log) as pipeline:
        printed = ""
        for _ in range(10):
            subscribed = newswire("subscribe", settings=settings)
            assert subscribed.returncode == 0, subscribed.stderr
            printed = subscribed.stdout
            if security in printed:
                break
        assert security in printed
        assert [worker.exit_code for worker in pipeline.workers] == [None]
    assert log.stat().st_size > 500  # debugging
    assert PASSWORD not in log.read_text()


@pytest.mark.apache_kafka
def test_a_wrong_password_is_one_line_that_names_the_settings(
    secure_kafka: ApacheKafka, tmp_path: Path
) -> None:
    settings = secure_settings(secure_kafka, "SASL_SSL", tmp_path)
    settings = settings.model_copy(update={"log_level": "info"})
    assert settings.sasl_password_file
    Path(settings.sasl_password_file).write_text("wrong")
    for command in (["topics"], ["worker"]):
        ran = newswire(*command, settings=settings)
        assert (ran.returncode, ran.stderr) == (
            2,
            f"newswire: what listens at {settings.broker} does not answer as Kafka does over "
            "SASL_SSL: correct NEWSWIRE_BROKER, NEWSWIRE_TLS, NEWSWIRE_SASL_MECHANISM and the "
            "credentials\n",
        )


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"sasl_username": "a"}, "NEWSWIRE_SASL_USERNAME is set without NEWSWIRE_SASL_MECHANISM"),
        ({"sasl_mechanism": "PLAIN"}, "NEWSWIRE_SASL_MECHANISM=PLAIN needs NEWSWIRE_SASL_USERNAME"),
        ({"sasl_mechanism": "PLAIN", "sasl_username": "a"},
         "NEWSWIRE_SASL_MECHANISM=PLAIN needs NEWSWIRE_SASL_PASSWORD, or "),
        ({"sasl_mechanism": "PLAIN", "sasl_username": "a", "sasl_password_file": "/none"},
         "NEWSWIRE_SASL_PASSWORD_FILE=/none: no such file or directory"),
        ({"tls_ca_file": "a"}, "NEWSWIRE_TLS_CA_FILE is set without NEWSWIRE_TLS=true"),
        ({"tls": True, "tls_ca_file": "/none"},
         "NEWSWIRE_TLS_CA_FILE=/none: no such file or directory"),
        ({"tls": True, "tls_ca_file": __file__},
         f"NEWSWIRE_TLS_CA_FILE={__file__}: not as a PEM file should be"),
        ({"tls": True, "tls_key_file": "a"},
         "NEWSWIRE_TLS_CERTIFICATE_FILE and NEWSWIRE_TLS_KEY_FILE go together"),
    ],
)  # fmt: skip
def test_a_contradiction_is_one_line(values: dict[str, object], line: str) -> None:
    with pytest.raises(UserError) as raised:
        broker_security(Settings.model_validate(values))
    assert str(raised.value).startswith(line)


def test_a_secret_is_in_no_representation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWIRE_SASL_PASSWORD", PASSWORD)
    monkeypatch.setenv("NEWSWIRE_SASL_MECHANISM", "PLAIN")
    monkeypatch.setenv("NEWSWIRE_SASL_USERNAME", USERNAME)
    settings = load_settings()
    security = broker_security(settings)
    assert security.password == PASSWORD
    for shown in (repr(settings), str(settings), repr(security), repr(security.client_options())):
        assert PASSWORD not in shown
    assert PASSWORD not in "".join(settings.environment().values())
