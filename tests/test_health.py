"""The worker's health page."""

import json
import socket
import time
import urllib.error
import urllib.request

import pytest

from pipeline.services import running_broker, start_worker
from pipeline.settings import Settings

pytestmark = pytest.mark.kafka

DEADLINE_SECONDS = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def health(port: int) -> tuple[int, object] | None:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)
    except OSError:
        return None


def test_is_not_ready_until_the_worker_has_its_partitions() -> None:
    settings = Settings.model_construct().model_copy(update={"web_port": free_port()})
    seen: list[tuple[int, object]] = []
    with running_broker(settings) as running, start_worker(running):
        deadline = time.monotonic() + DEADLINE_SECONDS
        while (200, {"ready": True}) not in seen and time.monotonic() < deadline:
            answer = health(running.web_port)
            if answer is not None and answer not in seen:
                seen.append(answer)
            time.sleep(0.02)
    assert seen == [(503, {"ready": False}), (200, {"ready": True})]
